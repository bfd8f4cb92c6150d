"""The spool: how rows become records, files and columns, and what is read back."""

import errno
import json
import math
import os
import struct
import threading
import time

import numpy as np
import pytest

from sweepdeck._spool import reader as reader_module
from sweepdeck._spool import store as store_module
from sweepdeck._spool.columns import MEDIA_TYPE, Unfit, columns_body
from sweepdeck._spool.folder import folders
from sweepdeck._spool.offsets import Offsets
from sweepdeck._spool.progress import Progress
from sweepdeck._spool.reader import Place, Reader
from sweepdeck._spool.shapes import Shapes, flattened
from sweepdeck._spool.spool import Spool
from tests.sdk.wire import read_columns

META = {"run_id": "r", "name": "r", "entity": "e", "project": "p", "mode": "online", "server": "s", "rows": 0}


@pytest.fixture
def spool(monkeypatch, tmp_path):
    """A spool on disk."""
    monkeypatch.setenv("SWEEPDECK_SPOOL_DIR", str(tmp_path))
    made = Spool.begin(META)
    yield made
    made.leave()


def _put(spool, *rows):
    for row in rows:
        assert spool.history.put_numbers(row, spool.history.rows, 1000.0 + spool.history.rows) is not None


def _rows(channel):
    """Return all rows that a channel would send, as a server would store them, and the types of the requests."""
    found, types = [], []
    while (window := channel.window()) is not None:
        while (batch := channel.batch()).pieces:
            body, media_type = channel.body(batch, {})
            data = read_columns(body) if media_type == MEDIA_TYPE else json.loads(body)
            assert data["offset"] == batch.offset
            found += data["rows"]
            types.append(media_type)
            channel.accepted(batch)
        assert window.ending is None
        channel.done()
    return found, types


def _values(rows):
    return [{name: value for name, value in row.items() if name[0] != "_"} for row in rows]


def test_numbers_go_as_columns_bit_for_bit(spool):
    nan = struct.unpack("<d", struct.pack("<Q", 0x7FF8DEADBEEF0001))[0]
    _put(spool, {"f": nan, "i": 2**63 - 1}, {"f": -0.0, "i": -(2**63)}, {"f": math.inf, "i": 0})
    channel = spool.channels()[0]
    channel.window()
    body, media_type = channel.body(channel.batch(), {"summary": {"best": 1}})
    assert media_type == MEDIA_TYPE
    got = read_columns(body)
    assert got["summary"] == {"best": 1}
    assert struct.pack("<d", got["rows"][0]["f"]) == struct.pack("<d", nan)
    assert math.copysign(1, got["rows"][1]["f"]) == -1
    assert [row["i"] for row in got["rows"]] == [2**63 - 1, -(2**63), 0]
    assert [(row["_step"], row["_timestamp"]) for row in got["rows"]] == [(0, 1000.0), (1, 1001.0), (2, 1002.0)]


def test_rows_of_many_shapes_go_as_columns_in_their_order(spool):
    logged = []
    for i in range(400):
        row = [{"a": i, "b": i / 3}, {"a": i / 7}, {"c": -i}, {"b": 0.5, "a": i}][(i * i // 3) % 4]
        logged.append(row)
    _put(spool, *logged)
    rows, types = _rows(spool.channels()[0])
    assert _values(rows) == logged
    kinds = [{name: type(value) for name, value in row.items()} for row in _values(rows)]
    assert kinds == [{name: type(value) for name, value in row.items()} for row in logged]
    assert types == [MEDIA_TYPE]


def test_integers_that_floats_cannot_hold_beside_floats_are_no_columns(spool):
    _put(spool, {"a": 2**53 + 1}, {"a": 0.5})
    channel = spool.channels()[0]
    channel.window()
    batch = channel.batch()
    with pytest.raises(Unfit):
        channel.body(batch, {})
    channel.send_as_json(batch, always=False)
    assert _values(_rows(channel)[0]) == [{"a": 2**53 + 1}, {"a": 0.5}]


class _Float(float):
    pass


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("float", 0.5, 0.5),
        ("int", 3, 3),
        ("float subclass", _Float(1.5), 1.5),
        ("float16", np.float16(0.5), 0.5),
        ("float32", np.float32(0.1), float(np.float32(0.1))),
        ("float64", np.float64(0.1), 0.1),
        ("int8", np.int8(-3), -3),
        ("uint64", np.uint64(7), 7),
    ],
)
def test_numbers_keep_their_type(spool, name, value, stored):
    noted = spool.history.put_numbers({"x": value}, 0, 0.0)
    assert type(noted["x"]) is type(stored)
    rows, types = _rows(spool.channels()[0])
    assert (rows[0]["x"], type(rows[0]["x"]), types) == (stored, type(stored), [MEDIA_TYPE])


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"a": True},
        {"a": None},
        {"a": "text"},
        {"a": [1.0]},
        {"a": np.bool_(True)},
        {"a": np.longdouble(1)},
        {"a": np.timedelta64(1)},
        {"a": np.array(1.0)},
        {"a": 2**63},
        {"a": np.uint64(2**63)},
        {"": 1.0},
        {"x" * 256: 1.0},
        {"a\0": 1.0},
        {1: 1.0},
        {"_step": 1},
        {"_timestamp": 1.0},
    ],
    ids=repr,
)
def test_what_is_no_row_of_numbers_is_left_to_json(row):
    assert Shapes().packed(row, 0, 0.0) is None


def test_nested_numbers_get_dotted_names_unless_two_ways_lead_to_one():
    assert flattened({"a": {"b": {"c": 1}, "d": 2}, "e": 3}) == {"a.b.c": 1, "a.d": 2, "e": 3}
    assert flattened({"a.b": 1, "a": {"b": 2}}) is None
    assert flattened({"a": {}}) is None


def test_few_rows_of_texts_go_with_their_neighbours_and_many_apart(spool):
    _put(spool, *({"a": i} for i in range(1000)))
    spool.history.put_text('{"t":"x","_step":1000}')
    _put(spool, {"a": 1}, {"a": 2})
    spool.history.put_text('{"t":"y","_step":1003}')
    _put(spool, *({"a": i} for i in range(1000)))
    rows, types = _rows(spool.channels()[0])
    assert len(rows) == 2004
    assert [row.get("t") for row in rows[1000:1004]] == ["x", None, None, "y"]
    assert types == [MEDIA_TYPE, "application/json", MEDIA_TYPE]


def test_a_later_process_goes_on_where_the_server_stands(spool, monkeypatch):
    monkeypatch.setattr(store_module, "SEGMENT_BYTES", 1000)
    _put(spool, *({"a": i} for i in range(100)))
    channel = spool.channels()[0]
    for _ in range(2):
        channel.window()
        channel.accepted(channel.batch())
        channel.done()
    sent = channel.row
    assert 0 < sent < 100
    _put(spool, {"b": 1})
    spool.leave()
    later = Spool.open(spool.folder.path).channels()[0]
    assert (later.row, later.count_left()) == (sent, 101 - sent)
    assert _values(_rows(later)[0]) == [{"a": i} for i in range(sent, 100)] + [{"b": 1}]


def _segments(spool):
    return sorted(spool.folder.path.glob("*.log"))


@pytest.mark.parametrize("cut", [1, 7, 8, 20, 31])
def test_a_record_that_a_crash_has_torn_is_left_out(spool, cut):
    _put(spool, {"a": 1}, {"a": 2}, {"a": 3})
    spool.leave()
    (path,) = _segments(spool)
    os.truncate(path, path.stat().st_size - cut)
    channel = Spool.open(spool.folder.path).channels()[0]
    assert _values(_rows(channel)[0]) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("damage", [bytes(40), b"\xff" * 8])
def test_what_a_loss_of_power_has_damaged_is_left_out_and_later_files_are_read(spool, monkeypatch, damage):
    monkeypatch.setattr(store_module, "SEGMENT_BYTES", 200)
    _put(spool, *({"a": i} for i in range(20)))
    spool.leave()
    first, *others = _segments(spool)
    content = bytearray(first.read_bytes())
    content[-len(damage) :] = damage
    first.write_bytes(content)
    channel = Spool.open(spool.folder.path).channels()[0]
    values = [row["a"] for row in _values(_rows(channel)[0])]
    assert others
    assert values == sorted(set(values))
    assert values[0] == 0
    assert values[-1] == 19
    assert len(values) in (18, 19)


@pytest.mark.parametrize("size", [0, 5, 40])
def test_a_disk_that_fills_up_in_the_middle_of_a_record_loses_nothing(spool, monkeypatch, capsys, size):
    write = os.write
    _put(spool, {"a": 0})

    def full(file, data):
        if not size:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[:size]) if len(data) > size else 0

    monkeypatch.setattr(os, "write", full)
    _put(spool, {"a": 1}, {"b": 2})
    monkeypatch.setattr(os, "write", write)
    _put(spool, {"a": 3})
    assert not spool.is_durable
    assert capsys.readouterr().err.count("rows wait in memory, at most 64 MB") == 1
    assert _values(_rows(spool.channels()[0])[0]) == [{"a": 0}, {"a": 1}, {"b": 2}, {"a": 3}]


def test_without_a_folder_rows_wait_in_memory(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SWEEPDECK_SPOOL_DIR", str(tmp_path / "file" / "x"))
    spool = Spool.begin(META | {"rows": 5})
    _put(spool, {"a": 1})
    assert "no folder can be made" in capsys.readouterr().err
    channel = spool.channels()[0]
    assert channel.offset == 5
    assert _values(_rows(channel)[0]) == [{"a": 1}]


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A spool that holds few rows."""
    monkeypatch.setenv("SWEEPDECK_SPOOL_DIR", str(tmp_path))
    monkeypatch.setattr("sweepdeck._spool.spool.MEGABYTE", 4000)
    monkeypatch.setenv("SWEEPDECK_SPOOL_MAX_MB", "1")
    spool = Spool.begin(META)
    yield spool
    spool.leave()


def test_a_full_spool_drops_and_counts_while_the_server_is_away_and_the_end_is_kept(small, capsys):
    small.block()
    for i in range(500):
        small.history.put_numbers({"a": i}, i, 0.0)
    assert small.history.rows + small.history.dropped == 500
    assert small.history.dropped > 0
    small.end({"exit_code": 0})
    assert sum(path.stat().st_size for path in _segments(small)) < 5000
    assert capsys.readouterr().err.count("no room is left") == 1
    channel = small.channels()[0]
    assert len(channel.stamps(1000)) == small.history.rows
    window = channel.window()
    while window.ending is None:
        channel.accepted(channel.batch())
        channel.done()
        window = channel.window()
    assert window.ending == {"exit_code": 0}


def test_a_full_spool_makes_its_writer_wait_until_the_server_has_taken_rows(small):
    done = threading.Event()

    def write():
        for i in range(500):
            small.history.put_numbers({"a": i}, i, 0.0)
        done.set()

    threading.Thread(target=write).start()
    assert not done.wait(0.05)
    channel = small.channels()[0]
    rows = []
    while not done.is_set() or channel.window() is not None:
        rows += _rows(channel)[0]
    assert [row["a"] for row in rows] == list(range(500))
    assert small.history.dropped == 0


def test_rows_that_were_sent_are_sent_again_to_a_server_that_has_lost_them(spool, monkeypatch):
    monkeypatch.setattr(store_module, "SEGMENT_BYTES", 1000)
    _put(spool, *({"a": i} for i in range(100)))
    channel = spool.channels()[0]
    channel.window()
    channel.drop(channel.batch(), 3)
    _rows(channel)
    assert channel.offset == 99
    assert len(_segments(spool)) == 3
    assert channel.resume_at(60) == 0
    channel.window()
    assert channel.offset == 60
    assert _values(_rows(channel)[0]) == [{"a": i} for i in range(61, 100)]


def test_rows_that_were_sent_long_ago_and_are_lost_on_the_server_are_counted(spool, monkeypatch):
    monkeypatch.setattr(store_module, "SEGMENT_BYTES", 1000)
    _put(spool, *({"a": i} for i in range(100)))
    channel = spool.channels()[0]
    _rows(channel)
    assert channel.resume_at(5) == 95
    _put(spool, {"a": 100})
    assert channel.offset == 5
    assert _values(_rows(channel)[0]) == [{"a": 100}]


def test_offsets_know_what_was_dropped_and_what_others_have_added():
    offsets = Offsets(100)
    offsets.drop(10, 5)
    offsets.move(20, 7)
    assert [offsets.of(row) for row in (0, 9, 10, 12, 15, 19, 20)] == [100, 109, 110, 110, 110, 114, 122]
    assert offsets.row_of(110, 50) == 10
    assert offsets.row_of(122, 50) == 20


def test_a_damaged_note_of_progress_means_to_begin_again(tmp_path):
    path = tmp_path / "history.json"
    progress = Progress(path)
    offsets = Offsets(3)
    offsets.drop(1)
    progress.save(Place(2, 64, 7), offsets)
    place, found = progress.load(3)
    assert (place, found.of(7)) == (Place(2, 64, 7), 9)
    path.write_text("{")
    assert progress.load(3)[0] == Place()


def test_a_window_is_bounded_and_never_empty(spool):
    spool.history.put_text('{"t":"' + "x" * 100_000 + '"}')
    _put(spool, {"a": 1})
    channel = spool.channels()[0]
    window = Reader(channel.journal, Place()).read(10)
    assert window.rows == 1
    assert reader_module.COLUMN_ROWS <= 100_000
    assert columns_body(0, [], {})[:4] == b"SWB1"


def test_what_was_left_unfinished_is_removed_when_it_is_old(spool, tmp_path):
    for name, age in (("old", 7200), ("young", 60)):
        (tmp_path / f".new-{name}").mkdir()
        (tmp_path / f".new-{name}" / "lock").touch()
        os.utime(tmp_path / f".new-{name}", (time.time() - age,) * 2)
    (tmp_path / "others").mkdir()
    assert folders(tmp_path) == [spool.folder.path]
    assert sorted(path.name for path in tmp_path.iterdir() if path != spool.folder.path) == [".new-young", "others"]
    os.utime(tmp_path / ".new-young", (0, 0))
    Spool.begin(META).remove()
    assert not (tmp_path / ".new-young").exists()
