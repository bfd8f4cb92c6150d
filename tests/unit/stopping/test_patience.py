"""Patience: how many values in a row may fail to better the best."""

import math

import pytest

from sweeps_app.stopping.decide import rule_of
from tests.unit.stopping.replay import Board


def _stopped_after(values, goal="minimize", **config):
    """Return after which value the run stops, logging one at a time, or None."""
    board = Board(rule_of({"type": "patience", "patience": 3} | config, goal))
    for count, value in enumerate(values, 1):
        if any(decision.stop for decision in board.log("a", value)):
            return count
    return None


@pytest.mark.parametrize(("goal", "sign"), [("minimize", 1), ("maximize", -1)])
def test_stops_after_so_many_values_without_a_better_one(goal, sign):
    assert _stopped_after([sign * v for v in (5, 4, 4, 4, 3.9, 4, 4, 3.9, 1)], goal) == 8
    assert _stopped_after([sign * v for v in (5, 4, 3, 2, 1, 2, 2)], goal) is None


def test_an_improvement_within_min_delta_is_none():
    assert _stopped_after([5, 4.95, 4.9, 4.85, 4.0], min_delta=0.2) == 4
    assert _stopped_after([5, 4.9, 4.9, 4.7, 4.7], min_delta=0.2) is None  # counted from 5, not from the one before


def test_nothing_stops_before_min_iter():
    assert _stopped_after([1] * 20, min_iter=10) == 10


def test_values_that_are_not_finite_are_not_counted():
    assert _stopped_after([1, math.nan, math.inf, math.nan, 2, -math.inf, 2, 2]) == 8


def test_a_batch_that_ends_with_a_better_value_goes_on():
    board = Board(rule_of({"type": "patience", "patience": 3}, "minimize"))
    [decision] = board.log("a", 5, 6, 6, 6, 6, 4)
    assert not decision.stop


def test_a_decision_tells_what_was_compared():
    board = Board(rule_of({"type": "patience", "patience": 2, "min_delta": 0.5}, "maximize"))
    [decision] = board.log("a", 1, 1.25, 1.5)
    assert decision.stop
    assert (decision.band, decision.iteration, decision.value, decision.threshold) == (None, 3, 1.5, 1.5)
    assert decision.reason == "2 values in a row have not bettered 1 by more than 0.5 (patience 2)"
