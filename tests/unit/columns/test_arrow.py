import json
import math

import pyarrow as pa
import pytest
from hypothesis import given

from sweeps_app.columns import parse_rows
from sweeps_app.columns.arrow import Types, record_batch
from tests.unit.columns.rows import as_stored, batches, same


def table(*batches_of_rows):
    """Return rows as one Arrow table, made batch by batch."""
    parts = [parse_rows(rows) for rows in batches_of_rows]
    types = Types()
    for part in parts:
        types.note(part)
    schema = types.schema(sorted({name for part in parts for name in part.metrics}))
    return pa.Table.from_batches([record_batch(part, schema) for part in parts], schema)


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        ([0.5, math.inf, None], "double", [0.5, math.inf, None]),
        ([1, 2**63 - 1, None], "int64", [1, 2**63 - 1, None]),
        ([1, 0.5], "double", [1.0, 0.5]),
        ([2**53 + 1, 0.5], "string", ["9007199254740993", "0.5"]),
        ([2**70], "string", [str(2**70)]),
        (["a", "NaN-like"], "string", ["a", "NaN-like"]),
        ([True, False, None], "bool", [True, False, None]),
        ([[1, math.nan], "a"], "string", ['[1,"NaN"]', '"a"']),
        ([{}], "string", ["{}"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("cut", [False, True], ids=["in one batch", "in a batch each"])
def test_each_kind_of_value_has_its_type(values, kind, read, cut):
    rows = [{} if value is None else {"m": value} for value in values]
    made = table(*([row] for row in rows)) if cut else table(rows)
    assert str(made.schema.field("m").type) == kind
    assert same(made.column("m").to_pylist(), read)


def test_a_field_says_that_it_holds_json():
    made = table([{"a": [1], "b": "text"}])
    assert made.schema.field("a").metadata == {b"encoding": b"json"}
    assert made.schema.field("b").metadata is None


@given(batches())
def test_every_value_of_every_row_is_there(rows):
    made, stored = table(rows), as_stored(rows)
    assert made.column("_step").to_pylist() == [row["_step"] for row in stored]
    for name in set(made.column_names) - {"_step"}:
        is_json = (made.schema.field(name).metadata or {}).get(b"encoding") == b"json"
        for row, value in zip(stored, made.column(name).to_pylist(), strict=True):
            found = row.get(name)
            if name not in row:
                assert value is None
            elif is_json:
                assert json.loads(value) == _sendable(found)
            else:
                assert value == found or (math.isnan(value) and math.isnan(found))


def _sendable(value):
    if type(value) is float and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return [_sendable(item) for item in value] if type(value) is list else value
