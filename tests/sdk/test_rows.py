"""Steps of a run's history."""

import pytest

from sweepdeck._history import RowBuilder


def _add(builder, data, step=None, commit=None):
    rows = builder.add(data, step, commit)
    return [{key: value for key, value in row.items() if key != "_timestamp"} for row in rows]


def test_each_call_without_step_is_a_step():
    builder = RowBuilder()
    assert _add(builder, {"a": 1}) == [{"a": 1, "_step": 0}]
    assert _add(builder, {"a": 2}) == [{"a": 2, "_step": 1}]


def test_commit_false_leaves_the_step_open():
    builder = RowBuilder()
    assert _add(builder, {"a": 1}, commit=False) == []
    assert _add(builder, {"b": 2}) == [{"a": 1, "b": 2, "_step": 0}]
    assert builder.step == 1


def test_a_larger_step_completes_the_open_one():
    builder = RowBuilder()
    assert _add(builder, {"a": 1}, step=5) == []
    assert _add(builder, {"b": 2}, step=5) == []
    assert _add(builder, {"a": 3}, step=8) == [{"a": 1, "b": 2, "_step": 5}]
    assert _add(builder, {"a": 4}, step=8, commit=True) == [{"a": 4, "_step": 8}]
    assert builder.step == 9


def test_a_step_that_skips_completes_what_is_open_and_itself():
    builder = RowBuilder()
    _add(builder, {"a": 1}, commit=False)
    assert _add(builder, {"b": 2}, step=4, commit=True) == [{"a": 1, "_step": 0}, {"b": 2, "_step": 4}]


def test_a_step_in_the_past_is_refused():
    builder = RowBuilder(first_step=3)
    with pytest.raises(ValueError, match="step 2 is less than the current step 3"):
        builder.add({"a": 1}, 2, None)


def test_flush_gives_the_open_row_once():
    builder = RowBuilder()
    _add(builder, {"a": 1}, commit=False)
    assert len(builder.flush()) == 1
    assert builder.flush() == []
