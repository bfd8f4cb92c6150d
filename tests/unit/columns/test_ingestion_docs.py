"""docs/ingestion.md: its writer and its reader, taken from the page, agree with the server's own."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given

from sweeps_app.columns import encode, parse_rows, read_batch, to_rows
from sweeps_app.columns.grouping import TARGET_BYTES, TARGET_ROWS
from sweeps_app.columns.rows import MAX_DEPTH, MAX_METRICS, MAX_NAME
from sweeps_app.columns.series import MAX_POINTS
from sweeps_app.columns.wire import MAX_ROWS, MEDIA_TYPE
from tests.unit.columns.rows import as_stored, batches

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "ingestion.md").read_text()
WRITER, READER = (
    compile(block, "docs/ingestion.md", "exec")
    for block in re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
)


def executed(code):
    """Return the names that a block of the page defines."""
    names = {}
    exec(code, names)
    return names


READ_CHUNK = executed(READER)["read_chunk"]


def test_the_client_of_the_page_sends_what_the_server_reads():
    names = executed(WRITER)
    rows = to_rows(read_batch(names["body"]).columns)
    assert [(row["_step"], row["loss"]) for row in rows] == [(0, 0.9), (1, 0.7)]
    body = names["batch"](7, [3, 4], {"a": [1.5, math.inf], "b": [-0.0, 2.5]})
    assert to_rows(read_batch(body).columns) == [
        {"_step": 3, "a": 1.5, "b": -0.0},
        {"_step": 4, "a": math.inf, "b": 2.5},
    ]


@given(batches())
def test_the_reader_of_the_page_reads_every_chunk(rows):
    steps, metrics = READ_CHUNK(encode(parse_rows(rows)))
    stored = as_stored(rows)
    assert steps.tolist() == [row["_step"] for row in stored]
    assert metrics.keys() == {name for row in stored for name in row} - {"_step"}
    for name, (places, values) in metrics.items():
        found = dict(zip(places.tolist(), values if isinstance(values, list) else values.tolist(), strict=True))
        expected = {n: row[name] for n, row in enumerate(stored) if name in row}
        assert found.keys() == expected.keys()
        assert all(found[n] == value or repr(found[n]) == repr(value) for n, value in expected.items())


@pytest.mark.parametrize("number", [MAX_NAME, MAX_ROWS, MAX_METRICS, MAX_DEPTH, MAX_POINTS, TARGET_ROWS])
def test_the_page_tells_the_limits_that_there_are(number):
    assert re.search(rf"\b{number:,}\b", TEXT)


def test_the_page_names_the_type_and_the_size_of_chunks():
    assert MEDIA_TYPE in TEXT
    assert f"{TARGET_BYTES // 2**20} MiB" in TEXT
