"""The median rule: the best value against the median of the others' running averages."""

import math

import pytest

from sweeps_app.stopping.decide import rule_of
from tests.unit.stopping.replay import Board


def _board(goal="minimize", **config):
    board = Board(rule_of({"type": "median"} | config, goal))
    for run, values in {"a": (9, 1), "b": (6, 4), "c": (7, 5)}.items():
        board.log(run, *values)
    return board


def test_rungs_are_running_averages():
    assert _board().at(2) == {"a": 5, "b": 5, "c": 6}


def test_a_run_stops_whose_best_is_worse_than_the_median():
    [decision] = _board().log("x", 8, 5.5)
    assert decision.stop
    assert (decision.band, decision.value, decision.threshold, decision.peers) == (2, 5.5, 5, 3)
    assert decision.reason == "5.5 after 2 values is above 5, the median running average of 3 other runs at 2 values"


def test_a_good_value_long_ago_still_counts():
    assert not _board().log("x", 4.9, 100)[0].stop


def test_the_median_of_an_even_number_is_between_the_two():
    board = _board()
    board.log("y", 9, 9)
    assert board.log("x", 8, 8)[0].threshold == 5.5


def test_with_too_few_runs_nothing_stops():
    board = _board(min_runs=4)
    [decision] = board.log("x", 100, 100)
    assert not decision.stop
    assert decision.threshold is None
    assert decision.reason == "3 other runs to compare with, 4 needed"


def test_nothing_is_judged_before_min_iter():
    board = Board(rule_of({"type": "median", "min_iter": 3}, "minimize"))
    assert board.log("x", 1, 1) == []
    assert board.log("x", 1)[0].band == 3


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_averages_of_the_largest_numbers_stay_finite(goal):
    board = Board(rule_of({"type": "median"}, goal))
    board.log("a", *[1.7e308] * 10, *[-1.7e308] * 9)
    assert all(math.isfinite(value) for value in board.rungs.values())
    assert board.at(10) == {"a": pytest.approx(1.7e308)}
