import math
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.columns import WireError, parse_rows, read_batch, to_rows
from sweeps_app.columns.wire import MAX_ROWS
from tests.unit.columns.rows import same, steps
from tests.unit.columns.wire import framed, written

_integers = st.integers(-(2**53), 2**53)
_columns = st.sampled_from([st.floats(), st.integers(-(2**63), 2**63 - 1), st.floats() | _integers])
ROWS = [{"_step": 0, "loss": 0.5, "n": 1}, {"_step": 3, "loss": -0.0}, {"_step": 3, "n": 2}]


@st.composite
def batches(draw):
    """Draw rows of numbers in which metrics come and go."""
    kinds = {name: draw(_columns) for name in ("a", "b.c", "ü")}
    return [
        {"_step": draw(steps)} | {name: draw(kinds[name]) for name in draw(st.sets(st.sampled_from(sorted(kinds))))}
        for _ in range(draw(st.integers(0, 9)))
    ]


@given(batches(), st.integers(0, 2**63 - 1))
def test_a_batch_holds_exactly_what_was_written(rows, offset):
    batch = read_batch(written(offset, rows, {"best": 1}))
    assert (batch.offset, batch.columns.first_row, batch.summary) == (offset, offset, {"best": 1})
    assert same(to_rows(batch.columns), rows)


def test_columns_are_those_that_rows_would_have_made():
    sent, parsed = read_batch(written(0, ROWS)).columns, parse_rows(ROWS)
    assert {name: column.kind for name, column in sent.metrics.items()} == {
        name: column.kind for name, column in parsed.metrics.items()
    }


def test_integers_among_floats_stay_integers():
    rows = [{"_step": 0, "a": 1}, {"_step": 1, "a": 1.0}, {"_step": 2, "a": math.nan}]
    assert same(to_rows(read_batch(written(0, rows)).columns), rows)


@given(st.integers(0, len(written(0, ROWS)) - 1))
def test_a_batch_that_is_cut_off_is_refused(length):
    with pytest.raises(WireError):
        read_batch(written(0, ROWS)[:length])


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_be_read_or_refused(data):
    for body in (
        data,
        b"SWB1" + data,
        framed(data),
        framed({"offset": 0, "rows": 2, "columns": [["a", "f", 1]]}, data),
    ):
        with suppress(WireError):
            read_batch(body)


_STEPS = struct.pack("<2q", 0, 1)
_HEAD = {"offset": 0, "rows": 2, "columns": []}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", ""),
        (b"SWB2" + written(0, ROWS)[4:], ""),
        (written(0, ROWS) + b"x", ""),
        (framed(b"{", _STEPS), "header"),
        (framed([], _STEPS), "header"),
        (framed(b"\xff", _STEPS), "header"),
        (b"SWB1\xff\xff\xff\xff{}", "header"),
        (framed(_HEAD | {"extra": 1}, _STEPS), "extra"),
        (framed(_HEAD | {"offset": -1}, _STEPS), "offset"),
        (framed(_HEAD | {"offset": True}, _STEPS), "offset"),
        (framed(_HEAD | {"rows": MAX_ROWS + 1}, _STEPS), "rows"),
        (framed(_HEAD | {"rows": 3}, _STEPS), "steps"),
        (framed(_HEAD, struct.pack("<2q", 0, -(2**63))), "steps"),
        (framed(_HEAD | {"columns": {}}, _STEPS), "columns"),
        (framed(_HEAD | {"columns": [["a", "f"]]}, _STEPS), "columns[0]"),
        (framed(_HEAD | {"columns": [["", "f", 2]]}, _STEPS, bytes(16)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a\x00", "f", 2]]}, _STEPS, bytes(16)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a" * 256, "f", 2]]}, _STEPS, bytes(16)), "columns[0]"),
        (framed(_HEAD | {"columns": [["_step", "i", 2]]}, _STEPS, bytes(16)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "j", 2]]}, _STEPS, bytes(16)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "f", 0]]}, _STEPS, bytes(2)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "f", 3]]}, _STEPS, bytes(24)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "f", 2], ["a", "f", 2]]}, _STEPS, bytes(32)), "columns[1]"),
        (framed(_HEAD | {"columns": [["a", "f", 1]]}, _STEPS, b"\1\1", bytes(8)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "f", 1]]}, _STEPS, b"\2\0", bytes(8)), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "n", 2]]}, _STEPS, struct.pack("<2d", 0.5, 1), b"\1\1"), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "n", 2]]}, _STEPS, struct.pack("<2d", 2.0**54, 1), b"\1\1"), "columns[0]"),
        (framed(_HEAD | {"columns": [["a", "n", 2]]}, _STEPS, struct.pack("<2d", math.nan, 1), b"\1\1"), "columns[0]"),
        (framed(_HEAD | {"summary": []}, _STEPS), "summary"),
    ],
    ids=range(29),
)
def test_what_is_no_batch_is_refused_by_the_place_that_is_wrong(body, place):
    with pytest.raises(WireError) as raised:
        read_batch(body)
    assert raised.value.place == place
