"""Images, histograms and tables that a script logs."""

import hashlib
import json
import math
import struct
import subprocess
import sys
import types
import zlib

import numpy as np
import pytest

import sweepdeck
from sweepdeck import Histogram, Image, Table, _cli
from sweepdeck._media.png import png, size_of
from sweepdeck._spool.folder import folders

RED, GREEN = [255, 0, 0], [0, 255, 0]


def _pixels(content):
    """Return shape and pixels of a PNG as this SDK writes it, checked chunk by chunk."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, {}
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", content, place + 8 + length) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        place += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colour = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    channels = {0: 1, 4: 2, 2: 3, 6: 4}[colour]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(height, 1 + width * channels)
    assert depth == 8
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, channels).tolist()


def _logged(fake, **values):
    """Log values and return the row and the files of the run."""
    with sweepdeck.init() as run:
        run.log(values)
    (row,) = fake.rows[run.id]
    return row, {path: content for (run_id, path), content in fake.files.items() if run_id == run.id}


class _Tensor:
    """What PyTorch's tensors offer of what is used."""

    def __init__(self, array):
        self._array = array

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self._array


CHESS = np.array([[RED, GREEN], [GREEN, RED]], dtype=np.uint8)


@pytest.mark.parametrize(
    ("value", "pixels"),
    [
        (CHESS, CHESS.tolist()),
        (CHESS.tolist(), CHESS.tolist()),
        (CHESS.astype(np.int64), CHESS.tolist()),
        (CHESS / 255, CHESS.tolist()),
        ((CHESS / 255).tolist(), CHESS.tolist()),
        (CHESS[::-1, :, :], CHESS[::-1].tolist()),
        (_Tensor(CHESS.transpose(2, 0, 1)), CHESS.tolist()),
        (_Tensor(CHESS), CHESS.tolist()),
        (np.array([[0, 128], [255, 1]], dtype=np.uint8), [[[0], [128]], [[255], [1]]]),
        (np.array([[True, False]]), [[[255], [0]]]),
        ([[0.0, 0.5, 1.0]], [[[0], [128], [255]]]),
        (np.array([[-1.0, 0.0, 1.0]]), [[[0], [128], [255]]]),
        ([[-1.0, 0.0, 1.0]], [[[0], [128], [255]]]),
        (np.array([[0.0, np.nan, 255.0]], dtype=np.float32), [[[0], [0], [255]]]),
        ([[0, 1]], [[[0], [1]]]),
        (np.array([[0, 1000]]), [[[0], [255]]]),
        (np.full((1, 2), 7.5) * 100, [[[0], [0]]]),
        (np.zeros((1, 1, 4), dtype=np.uint8), [[[0, 0, 0, 0]]]),
        (np.zeros((1, 1, 2), dtype=np.uint8), [[[0, 0]]]),
    ],
    ids=range(19),
)
def test_pixels_are_what_the_array_holds(value, pixels):
    assert _pixels(Image(value)._content) == pixels


@pytest.mark.parametrize(
    "value",
    [
        3,
        "no.txt",
        "missing.png",
        None,
        object(),
        [],
        [[]],
        [1, 2],
        [[1, 2], [3]],
        [["a"]],
        np.zeros((2, 2, 5)),
        np.zeros(4),
        np.zeros((1, 2, 2, 3)),
        np.array([[np.inf, 0.0]]),
        np.zeros((0, 3)),
    ],
    ids=range(15),
)
def test_what_is_no_image_is_refused_where_it_is_made(value):
    with pytest.raises(sweepdeck.UsageError):
        Image(value)


def test_an_image_is_a_file_and_a_value_of_the_history(fake):
    row, files = _logged(fake, **{"examples/cat": Image(CHESS, caption="a cat"), "loss": 0.5})
    ((path, content),) = files.items()
    digest = hashlib.sha256(content).hexdigest()
    assert path == f"media/images/examples/cat_0_{digest[:20]}.png"
    facts = {"_type": "image-file", "path": path, "sha256": digest, "size": len(content), "format": "png"}
    assert row["examples/cat"] == facts | {"width": 2, "height": 2, "caption": "a cat"}
    assert row["loss"] == 0.5


def test_a_list_of_images_is_one_value(fake):
    row, files = _logged(fake, images=[Image(CHESS), Image(CHESS[::-1], caption="b"), Image(CHESS)])
    value = row["images"]
    assert {name: value[name] for name in ("_type", "count", "width", "height", "format")} == {
        "_type": "images/separated",
        "count": 3,
        "width": 2,
        "height": 2,
        "format": "png",
    }
    assert value["captions"] == ["", "b", ""]
    assert len(files) == 2  # of three, two are the same
    assert set(value["filenames"]) == set(files)


def test_files_figures_and_pil_images_are_taken(tmp_path):
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x07\x00\x09\x01\x01\x11\x00"
    (tmp_path / "a.JPEG").write_bytes(jpeg)
    (tmp_path / "a.gif").write_bytes(b"GIF89a" + struct.pack("<HH", 5, 6) + b"\0\0\0")
    (tmp_path / "a.png").write_bytes(png(1, 1, 3, b"abc"))
    (tmp_path / "a.webp").write_bytes(b"RIFF")
    found = [Image(tmp_path / name) for name in ("a.JPEG", "a.gif", "a.png", "a.webp")]
    assert [(image.format, image.size) for image in found] == [
        ("jpg", (9, 7)),
        ("gif", (5, 6)),
        ("png", (1, 1)),
        ("webp", None),
    ]
    figure = types.SimpleNamespace(savefig=lambda file, **_: file.write(png(3, 2, 1, b"abcdef")))
    assert Image(figure).size == (3, 2)
    assert Image(types.SimpleNamespace(figure=figure)).size == (3, 2)
    again = Image(Image(figure, caption="first"))
    assert (again.size, again.caption) == ((3, 2), "first")


class _Pil:
    """What PIL's images offer of what is used."""

    def __init__(self, mode):
        self.mode = mode

    def convert(self, mode):
        return _Pil(mode)

    def save(self, file, **options):
        assert options == {"format": "PNG"}
        file.write(png(1, 1, 1, b"a") + self.mode.encode())


@pytest.mark.parametrize(("mode", "wanted", "saved"), [("RGB", None, "RGB"), ("CMYK", None, "RGB"), ("RGB", "L", "L")])
def test_pil_images_are_saved_in_a_mode_that_png_has(mode, wanted, saved):
    assert Image(_Pil(mode), mode=wanted)._content.endswith(saved.encode())


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"\xff\xd8ab", b"BM"])
def test_files_that_are_cut_have_no_size(content):
    assert size_of(content) is None


def test_names_that_no_path_may_hold_are_changed(fake):
    row, files = _logged(fake, **{"../a\\b//..": Image(CHESS), "x" * 255: Image(CHESS[::-1]), "d": {"e": Image(CHESS)}})
    assert sorted(path.rpartition("_0_")[0].removeprefix("media/images/") for path in files) == sorted(
        ["_/a_b/_", "x" * 255, "d/e"]
    )
    assert row["d"]["e"]["_type"] == "image-file"


def test_a_histogram_counts_as_numpy_does(fake):
    values = np.random.default_rng(1).normal(size=(100, 10))
    counts, edges = np.histogram(values, 20)
    for made in (
        Histogram(values, num_bins=20),
        Histogram(values.tolist(), num_bins=20),
        Histogram(np_histogram=(counts, edges)),
    ):
        assert made.histogram == counts.tolist()
        assert made.bins == pytest.approx(edges.tolist())
    row, files = _logged(fake, h=Histogram([1, 2, [2, math.nan, math.inf]], num_bins=2))
    assert row["h"] == {"_type": "histogram", "values": [1, 2], "bins": [1.0, 1.5, 2.0]}
    assert files == {}
    assert Histogram([], num_bins=1).histogram == [0]
    assert sum(Histogram(np.array([3, 3])).histogram) == 2
    assert sum(Histogram([3, 3]).histogram) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"sequence": [1], "np_histogram": ([1], [0, 1])},
        {"sequence": ["a"]},
        {"sequence": [1], "num_bins": 513},
        {"sequence": object()},
        {"np_histogram": ([1, 2], [0, 1])},
        {"np_histogram": ([1] * 600, range(601))},
    ],
    ids=range(7),
)
def test_what_is_no_histogram_is_refused(arguments):
    with pytest.raises(sweepdeck.UsageError):
        Histogram(**arguments)


def test_a_table_is_a_file_of_columns_and_data(fake):
    table = Table(columns=["name", "n"], data=[["a", 1], ("b", np.float32(0.5))])
    table.add_data("picture", Image(CHESS))
    table.add_data("thing", object)
    row, files = _logged(fake, **{"my table": table})
    value = row["my table"]
    stored = json.loads(files[value["path"]])
    assert (value["_type"], value["ncols"], value["nrows"]) == ("table-file", 2, 4)
    assert value["path"].startswith("media/table/my table_0_")
    assert value["path"].endswith(".table.json")
    assert stored["columns"] == ["name", "n"]
    assert stored["data"][:2] == [["a", 1], ["b", 0.5]]
    assert stored["data"][2][1]["path"] in files
    assert stored["data"][3][1] == "<class 'object'>"
    frame = types.SimpleNamespace(columns=["a", "b"], values=np.array([[1, 2]]))
    assert Table(dataframe=frame).data == [[1, 2]]
    with pytest.raises(sweepdeck.UsageError, match="a row has 2 cells"):
        table.add_data(1)


def test_what_cannot_be_logged_is_left_out_alone(fake, capsys):
    row, _ = _logged(fake, mixed=[Image(CHESS), Table()], tables=[Table(), Table()], loss=1)
    assert row.keys() - {"_step", "_timestamp"} == {"loss"}
    said = capsys.readouterr().err
    assert "'mixed' is a list of media of several types: it is left out" in said
    assert "'tables' is a list of Table" in said


def test_without_a_disk_an_image_is_left_out_with_a_word(fake, monkeypatch, capsys):
    monkeypatch.setenv("SWEEPDECK_SPOOL_DIR", "/proc/none")
    row, files = _logged(fake, image=Image(CHESS), loss=1)
    assert (files, row["loss"], "image" in row) == ({}, 1, False)
    assert "'image' cannot be kept as a file" in capsys.readouterr().err


def test_images_of_offline_and_disabled_runs(fake, capsys):
    with sweepdeck.init(mode="disabled") as run:
        run.log({"image": Image(CHESS)})
    assert run.summary["image"]["width"] == 2
    assert (fake.files, folders()) == ({}, [])
    with sweepdeck.init(mode="offline") as run:
        run.log({"image": Image(CHESS)}, step=5)
    assert _cli.main(["sync"]) == 0
    ((_, path),) = fake.files
    assert fake.rows[run.id][0]["image"]["path"] == path
    assert path.startswith("media/images/image_5_")


def test_what_wandb_has_beside_is_named(capsys):
    Image(CHESS, boxes={"a": 1})
    assert "Image(boxes=...) does nothing" in capsys.readouterr().err
    with pytest.raises(TypeError):
        Image(CHESS, bxes=1)
    with pytest.raises(AttributeError, match="has no 'Video' in Sweepdeck"):
        sweepdeck.Video  # noqa: B018


def test_lists_need_no_numpy():
    code = (
        "import sys, sweepdeck as w; w.Image([[0, 1]]); w.Histogram([1, 2]); w.Table(data=[])\n"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_page_of_the_real_server_shows_logged_images(real, request):
    project = request.node.name[:60]
    with sweepdeck.init(project=project) as run:
        run.log({"one": Image(CHESS, caption="first"), "many": [Image(CHESS), Image(CHESS[::-1])]})
    place = f"/runs/owner/{project}/{run.id}"
    (row,) = real.get(f"{place}/history")["rows"]
    assert (row["one._type"], row["one.caption"], row["many.count"]) == ("image-file", "first", 2)
    paths = {file["path"] for file in real.get(f"{place}/files")["results"]}
    assert paths == {row["one.path"], *row["many.filenames"]}
