import hashlib
import io
import re

import pytest

from dashboard.formatting import size
from sweeps_app.models import RunFile
from sweeps_app.services.files import Upload, file_put
from sweeps_app.services.ingest import history_append


def put(run, path, content=b"hello", content_type=""):
    upload = Upload(io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())
    return file_put(run=run, path=path, upload=upload, content_type=content_type)[0]


@pytest.fixture
def files(world):
    """The files of the first run."""
    run = world.runs[0]
    return [put(run, path) for path in ("config.yaml", 'media/a "b".png', "page.html", "model/weights.pt")]


def test_files_are_listed_with_what_can_be_done(page, world, files):
    html = page.get(f"{world.run_path}?tab=files").content.decode()
    address = f"/api/v1/runs/owner/demo/{world.runs[0].run_id}/files/media/a%20%22b%22.png"
    assert f'<a href="{address}">' in html
    assert html.count("<img src=") == 1
    assert html.count("data-preview=") == 1
    assert 'aria-label="Delete media/a &quot;b&quot;.png"' in html
    assert page.get(address).status_code == 200


def test_files_are_found_by_path_and_paged(page, world, files):
    html = page.get(f"{world.run_path}?tab=files&find=MODEL").content.decode()
    assert re.findall(r'id="file-(\d+)"', html) == [str(files[3].pk)]
    assert "No file has “x&lt;”" in page.get(f"{world.run_path}?tab=files&find=x%3C").content.decode()
    for number in range(60):
        put(world.runs[0], f"many/{number:03d}")
    html = page.get(f"{world.run_path}?tab=files&page=2").content.decode()
    assert len(re.findall(r'id="file-\d+"', html)) == 14


def test_a_file_is_deleted_and_makes_the_page_new(page, world, files):
    tag = page.get(f"{world.run_path}?tab=files&fragments=1")["ETag"]
    answer = page.post(f"{world.run_path}/files/delete", {"path": "page.html"})
    assert (answer.status_code, answer["Location"]) == (302, f"{world.run_path}?tab=files")
    assert not RunFile.objects.filter(path="page.html").exists()
    again = page.get(f"{world.run_path}?tab=files&fragments=1", headers={"If-None-Match": tag})
    assert (again.status_code, "page.html" in again.content.decode()) == (200, False)
    assert page.post(f"{world.run_path}/files/delete", {"path": "a\x00"}).status_code == 302


def test_a_stranger_deletes_nothing(stranger, world, files):
    assert stranger.post(f"{world.run_path}/files/delete", {"path": "page.html"}).status_code == 404
    assert RunFile.objects.count() == len(files)


def test_images_stand_by_name_and_step(page, world):
    run = world.runs[0]
    assert "?tab=media" not in page.get(world.run_path).content.decode()
    put(run, "media/images/a.png")
    rows = [
        {"sample": {"_type": "image-file", "path": "media/images/a.png", "caption": "<b>"}, "_step": 5},
        {"loss": 1.0, "_step": 6},
        {"sample": {"_type": "image-file", "path": "media/images/gone.png"}, "_step": 7},
        {"grid": {"_type": "images/separated", "filenames": ["media/images/a.png", 3], "captions": None}, "_step": 8},
        {"table": {"_type": "table-file", "path": "t.json"}, "other": {"_type": 5}, "_step": 9},
    ]
    history_append(run=run, offset=run.history_rows, rows=rows)
    assert "?tab=media" in page.get(world.run_path).content.decode()
    html = page.get(f"{world.run_path}?tab=media").content.decode()
    assert re.findall(r'data-media="(\w+)"', html) == ["grid", "sample"]
    assert re.findall(r'data-step="(\d+)"', html) == ["8", "5", "7"]
    assert 'alt="&lt;b&gt;"' in html
    assert 'alt="grid at step 8"' in html
    assert "media/images/gone.png is not here yet." in html


def test_only_the_newest_images_of_a_name_are_shown(page, world):
    run = world.runs[0]
    for first in (0, 70):
        rows = [{"s": {"_type": "image-file", "path": f"{n}.png"}, "_step": n} for n in range(first, first + 70)]
        history_append(run=run, offset=run.history_rows + first, rows=rows)
    html = page.get(f"{world.run_path}?tab=media").content.decode()
    assert re.findall(r'data-step="(\d+)"', html) == [str(n) for n in range(40, 140)]


def test_a_run_without_files_says_how_they_come(page, world):
    assert "wandb.save" in page.get(f"{world.run_path}?tab=files").content.decode()


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (123_456, "123 kB"),
        (999_600, "1.0 MB"),
        (3_400_000, "3.4 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_are_short(count, text):
    assert size(count) == text
