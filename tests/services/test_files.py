import hashlib
import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from sweeps_app.config.storage import files_storage
from sweeps_app.errors import InvalidInput, NotFound, StorageFailed
from sweeps_app.models import Run, RunFile
from sweeps_app.selectors.files import run_files
from sweeps_app.services import files
from sweeps_app.services.files import Upload, file_delete, file_put
from sweeps_app.services.objects import GRACE, object_open, objects_tidy
from tests.concurrency import in_threads
from tests.factories import make_run, make_user
from tests.fake_s3 import fake_s3

LATER = timezone.now() + GRACE + timedelta(hours=1)


@pytest.fixture(params=["folder", "bucket"])
def stored(request, settings, tmp_path):
    """Return a function that names all stored objects, in a folder and in a bucket."""
    if request.param == "folder":
        settings.STORAGES = settings.STORAGES | {"files": files_storage("", tmp_path / "files")}
        yield lambda: sorted(
            str(path.relative_to(tmp_path / "files")) for path in tmp_path.rglob("*") if path.is_file()
        )
    else:
        with fake_s3() as server:
            settings.STORAGES = settings.STORAGES | {"files": files_storage(server.address, tmp_path)}
            yield lambda: sorted(name.removeprefix("bucket/folder/") for name in server.objects)


@pytest.fixture
def run(db):
    return make_run(make_user())


def upload(content):
    return Upload(io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())


def put(run, path="a.txt", content=b"hello", **more):
    return file_put(run=run, path=path, upload=upload(content), **more)


def read(file):
    with object_open(file.content) as content:
        return content.read()


def test_a_file_is_stored_replaced_and_deleted_with_its_object(stored, run, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        file, created = put(run)
    assert (created, read(file), file.size, file.content_type) == (True, b"hello", 5, "text/plain")
    assert stored() == [file.content]
    assert file.digest in file.content
    with django_capture_on_commit_callbacks(execute=True):
        replaced, created = put(run, content=b"other")
    assert (created, replaced.pk, read(replaced)) == (False, file.pk, b"other")
    assert stored() == [replaced.content]
    with django_capture_on_commit_callbacks(execute=True):
        assert file_delete(run=run, path="a.txt")
        assert not file_delete(run=run, path="a.txt")
    assert (stored(), RunFile.objects.count()) == ([], 0)


def test_the_same_bytes_again_change_nothing(stored, run):
    file, _ = put(run)
    change = Run.objects.get(pk=run.pk).change
    again, created = put(run)
    assert (again.content, created, Run.objects.get(pk=run.pk).change) == (file.content, False, change)
    other, _ = put(run, path="b.txt")
    assert other.content != file.content
    assert Run.objects.get(pk=run.pk).change > change


def test_what_no_row_names_is_removed_after_a_day(stored, run, monkeypatch):
    kept, _ = put(run)
    monkeypatch.setattr(files, "_name_object", None)  # as if the process were killed between the object and its row
    monkeypatch.setattr(files, "objects_remove", lambda names: None)
    with pytest.raises(TypeError):
        put(run, content=b"lost")
    assert len(stored()) == 2
    assert objects_tidy(now=timezone.now() - timedelta(days=400)) == 0
    assert objects_tidy(now=LATER) == 1
    assert stored() == [kept.content]


def test_a_transaction_that_fails_leaves_neither_row_nor_object(stored, run, monkeypatch):
    kept, _ = put(run)

    def fail(_):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(files, "_changed", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        put(run, content=b"new")
    assert (stored(), read(RunFile.objects.get())) == ([kept.content], b"hello")


@pytest.mark.django_db(transaction=True)
def test_many_that_put_a_file_at_once_leave_one_with_its_object(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {"files": files_storage("", tmp_path)}
    run = make_run(make_user())
    in_threads(6, lambda i: put(run, content=f"content {i % 3}".encode()))
    file = RunFile.objects.get()
    assert hashlib.sha256(read(file)).hexdigest() == file.digest
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [Path(file.content).name]


@pytest.mark.django_db(transaction=True)
def test_objects_stay_while_the_callers_transaction_may_still_fail(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {"files": files_storage("", tmp_path)}
    run = make_run(make_user())
    put(run)

    def delete_and_fail():
        with transaction.atomic():
            file_delete(run=run, path="a.txt")
            raise RuntimeError("something else failed")

    with pytest.raises(RuntimeError):
        delete_and_fail()
    assert read(RunFile.objects.get()) == b"hello"


@pytest.mark.parametrize(
    "path", ["", "a//b", "/a", "a/", ".", "a/../b", "a\\b", "a\nb", "a\x7fb", "\ud800", "x" * 501], ids=repr
)
def test_a_path_that_no_file_can_have_is_refused(run, path):
    with pytest.raises(InvalidInput) as caught:
        put(run, path=path)
    assert caught.value.problems[0].field == "path"


@pytest.mark.parametrize("path", ["a", "a b/ä/…", ".hidden", "a..b/c", "x" * 500, "NUL/con.txt"], ids=len)
def test_a_path_may_hold_almost_anything(run, path, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {"files": files_storage("", tmp_path)}
    assert read(put(run, path=path)[0]) == b"hello"


@pytest.mark.parametrize(
    ("given", "path", "kept"),
    [
        ("", "a.png", "image/png"),
        ("", "weights", "application/octet-stream"),
        ("", "model/weights.pt", "application/octet-stream"),
        ("", "configs.d/config.yaml", "application/yaml"),
        ("", "data.csv.gz", "application/gzip"),
        ("text/x-python; charset=utf-8", "a.bin", "text/x-python; charset=utf-8"),
    ],
)
def test_the_type_is_that_which_was_given_or_what_the_name_tells(run, given, path, kept):
    assert put(run, path=path, content_type=given)[0].content_type == kept


@pytest.mark.parametrize("given", ["text", "text/plain\r\nX: y", "a/b" * 40, "text/ü"])
def test_a_type_that_is_none_is_refused(run, given):
    with pytest.raises(InvalidInput, match="Content-Type"):
        put(run, content_type=given)


def test_files_are_listed_by_path_and_by_how_it_begins(run):
    for path in ("media/B.png", "Media/c.png", "media/a.png", "other"):
        put(run, path=path)
    assert sorted(f.path for f in run_files(run, "media/")) == ["media/B.png", "media/a.png"]
    assert run_files(run).count() == 4


def test_a_storage_that_refuses_is_told_and_nothing_changes(run, settings, tmp_path):
    with fake_s3() as server:
        settings.STORAGES = settings.STORAGES | {"files": files_storage(server.address, tmp_path)}
        file, _ = put(run)
        server.is_broken = True
        with pytest.raises(StorageFailed):
            put(run, content=b"new")
        assert read(RunFile.objects.get()) == b"hello"
        server.objects.clear()
        with pytest.raises(StorageFailed):
            object_open(file.content)


def test_tidying_up_takes_empty_folders_along(run, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.STORAGES = settings.STORAGES | {"files": files_storage("", tmp_path / "files")}
    with django_capture_on_commit_callbacks(execute=True):
        put(run)
        file_delete(run=run, path="a.txt")
    for _ in range(3):
        objects_tidy(now=LATER)
    assert list((tmp_path / "files").iterdir()) == []


def test_an_address_names_endpoint_bucket_folder_region_and_keys(tmp_path):
    options = files_storage("s3://K%2F:S%40@store:9000/my-bucket/a/b?region=eu-1", tmp_path)["OPTIONS"]
    assert options == {
        "endpoint_url": "https://store:9000",
        "bucket_name": "my-bucket",
        "location": "a/b",
        "region_name": "eu-1",
        "access_key": "K/",
        "secret_key": "S@",
    }
    assert "access_key" not in files_storage("s3://store/bucket", tmp_path)["OPTIONS"]


def test_boto3_is_not_loaded_where_no_bucket_is_used():
    code = "import sys, sweeps_app.config.asgi, sweeps_app.services.files; print('boto3' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_default_storage_is_a_folder_of_the_data_folder(settings):
    assert storages["files"].location == str(settings.DATA_DIR / "files")


def test_a_file_of_a_run_that_has_been_deleted_meanwhile_leaves_no_object(stored, run):
    Run.everything.filter(pk=run.pk).update(deleted_at=timezone.now())
    with pytest.raises(NotFound):
        put(run)
    assert (stored(), RunFile.objects.count()) == ([], 0)
