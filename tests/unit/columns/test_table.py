import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.columns import decode, encode, merge, parse_rows, to_rows
from tests.unit.columns.rows import as_stored, batches, same


@given(st.lists(batches(), min_size=1, max_size=4), st.integers(0, 10**6))
def test_merged_batches_read_like_one_after_the_other(parts, first_row):
    chunks, expected, row = [], [], first_row
    for rows in parts:
        chunks.append(decode(encode(parse_rows(rows, first_row=row))))
        expected += as_stored(rows, row)
        row += len(rows)
    merged = merge(chunks)
    assert merged.first_row == first_row
    assert same(to_rows(decode(encode(merged))), expected)


def test_numbers_that_no_double_holds_stay_exact_when_kinds_meet():
    parts = [parse_rows([{"x": 2**53 + 1}]), parse_rows([{"x": 0.5}], first_row=1)]
    assert [row["x"] for row in to_rows(merge(parts))] == [2**53 + 1, 0.5]


@given(batches(), st.integers(0, 100), st.integers(-5, 20), st.integers(-5, 20))
def test_a_slice_has_the_rows_between_its_ends(rows, first_row, start, length):
    columns = parse_rows(rows, first_row=first_row)
    low, high = first_row + start, first_row + start + length
    expected = [row for i, row in enumerate(as_stored(rows, first_row), first_row) if low <= i < high]
    cut = columns.slice(low, high)
    assert same(to_rows(decode(encode(cut))), expected)
    assert cut.metrics.keys() == {name for row in expected for name in row} - {"_step"}
    if expected:
        assert cut.first_row == max(low, first_row)


def test_a_gap_an_overlap_and_nothing_cannot_be_merged():
    first = parse_rows([{"x": 1}, {"x": 2}])
    for wrong in (1, 3):
        with pytest.raises(ValueError, match=f"row 2 expected, found {wrong}"):
            merge([first, parse_rows([{"x": 3}], first_row=wrong)])
    with pytest.raises(ValueError, match="nothing to merge"):
        merge([])
