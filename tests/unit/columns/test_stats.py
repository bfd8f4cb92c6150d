import math
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.columns import MetricStats, parse_rows
from tests.unit.columns.rows import batches, same


def _stats(*parts):
    stats = MetricStats()
    for rows in parts:
        columns = parse_rows(rows)
        if "x" in columns.metrics:
            stats = stats.extended(columns.steps, columns.metrics["x"])
    return stats


def test_figures_follow_the_order_of_arrival_not_of_steps():
    stats = _stats([{"_step": 9, "x": 3}, {"_step": 2, "x": -1.5}], [{"_step": 4, "y": 0}, {"_step": 5, "x": 2}])
    assert stats == MetricStats(count=3, last=2.0, last_step=5, minimum=-1.5, maximum=3.0)


@pytest.mark.parametrize(("last", "shown"), [("text", None), (True, None), (None, None), ([1], None), (7, 7.0)])
def test_only_a_number_can_be_the_last_value(last, shown):
    stats = _stats([{"x": 1.0}, {"x": last}])
    assert (stats.count, stats.last, stats.last_step) == (2, shown, 1)


def test_non_finite_values_count_and_may_be_last_but_are_no_extremes():
    stats = _stats([{"x": 1.0}, {"x": math.inf}, {"x": math.nan}])
    assert (stats.count, stats.minimum, stats.maximum) == (3, 1.0, 1.0)
    assert math.isnan(stats.last)
    assert _stats([{"x": -math.inf}]) == MetricStats(count=1, last=-math.inf, last_step=0)


@given(st.lists(batches(), max_size=4))
def test_batches_in_a_row_give_what_one_batch_gives(parts):
    renamed = [[{"x": row["a"], "_step": 1} if "a" in row else {"_step": 1} for row in rows] for rows in parts]
    whole = _stats([row for rows in renamed for row in rows])
    assert same(list(astuple(_stats(*renamed))), list(astuple(whole)))
