"""Hyperband: the worked case, the strict and the lenient judgement, and what is said."""

import math

import pytest

from sweeps_app.stopping.decide import rule_of
from tests.unit.stopping.replay import Board

WORKED = {"a": (10, 9), "b": (10, 10), "c": (10, 8, 8), "d": (10, 7, 7), "e": (10, 6, 6)}
RUNNING = ("b", "c", "d")
CONFIG = {"type": "hyperband", "max_iter": 5, "eta": 2, "s": 2}


def _worked(goal="minimize", sign=1):
    """Log all histories, then judge the running runs at their last band, as a controller does that looks now."""
    rule = rule_of(CONFIG, goal)
    board = Board(rule)
    standings = {run: board.observe(run, *(sign * v for v in values)).standings[-1] for run, values in WORKED.items()}
    return {run: rule.decide(standings[run], board.peers(run, standings[run].band)) for run in RUNNING}


@pytest.mark.parametrize(("goal", "sign"), [("minimize", 1), ("maximize", -1)])
def test_the_worked_case_stops_b_alone(goal, sign):
    decisions = _worked(goal, sign)
    assert [run for run, decision in decisions.items() if decision.stop] == ["b"]
    assert {decision.band for decision in decisions.values()} == {2}
    assert {decision.threshold for decision in decisions.values()} == {8 * sign}


def test_the_worked_case_has_threshold_10_at_band_1():
    board = Board(rule_of(CONFIG, "minimize"))
    decisions = [board.log(run, values[0])[0] for run, values in WORKED.items()]
    assert decisions[-1].band == 1
    assert decisions[-1].threshold == 10
    assert not decisions[-1].stop


def test_a_decision_tells_what_was_compared():
    decision = _worked()["b"]
    assert (decision.rule, decision.band, decision.iteration) == ("hyperband", 2, 2)
    assert (decision.value, decision.threshold, decision.peers) == (10, 8, 4)
    assert decision.reason == "10 after 2 values is above 8, the value of rank 3 at band 2 with 4 other runs"


def test_a_run_is_judged_again_at_its_last_band_when_peers_have_come():
    board = Board(rule_of(CONFIG, "minimize"))
    assert not board.log("slow", 5, 5)[-1].stop
    for run in "xyz":
        board.log(run, 1, 1)
    [decision] = board.log("slow", 5)
    assert decision.stop
    assert (decision.band, decision.iteration) == (2, 3)


def test_strict_judges_by_the_value_at_the_band_and_otherwise_by_the_best():
    for strict, stops in ((True, True), (False, False)):
        board = Board(rule_of(CONFIG | {"strict": strict}, "minimize"))
        for run in "xyz":
            board.log(run, 4, 4)
        assert board.log("improved", 9, 9, 1)[-1].stop is stops


def test_nothing_is_judged_before_the_first_band():
    board = Board(rule_of({"type": "hyperband", "min_iter": 3}, "minimize"))
    assert board.log("a", 1, 1) == []
    assert board.rungs == {}


def test_values_that_are_not_finite_are_not_counted():
    board = Board(rule_of({"type": "hyperband", "min_iter": 3}, "minimize"))
    assert board.log("a", 1, math.nan, math.inf, 2, -math.inf) == []
    [decision] = board.log("a", 7)
    assert decision.iteration == 3
    assert board.at(3) == {"a": 7}
    assert board.log("a", math.nan) == []


def test_a_lone_run_is_not_stopped():
    [decision] = Board(rule_of({"type": "hyperband", "min_iter": 1}, "minimize")).log("a", 1e300)
    assert not decision.stop
    assert decision.peers == 0


def test_a_band_of_earlier_settings_is_not_judged():
    earlier = Board(rule_of({"type": "hyperband", "min_iter": 2}, "minimize"))
    earlier.log("a", 5, 5)
    edited = Board(rule_of({"type": "hyperband", "min_iter": 4}, "minimize"))
    edited.progress |= earlier.progress
    assert edited.log("a", 5) == []
    assert [decision.band for decision in edited.log("a", 5)] == [4]
