"""ASHA: each rung is passed, or not, at the moment when it is reached."""

from sweeps_app.stopping.decide import rule_of
from tests.unit.stopping.replay import Board


def _board(goal="minimize", **config):
    return Board(rule_of({"type": "asha", "eta": 3} | config, goal))


def test_the_best_third_passes():
    board = _board()
    stopped = [board.log(str(i), value)[0].stop for i, value in enumerate([5, 6, 4, 9, 8, 4.5])]
    # of 1: pass; of 2 and 3, the best 1; of 4 and 5, the best 1; of 6, the best 2
    assert stopped == [False, True, False, True, True, False]


def test_a_run_is_judged_once_at_each_rung():
    board = _board()
    assert not board.log("early", 5)[0].stop
    board.log("late", 1)
    assert board.log("early", 5) == []  # no rung between 1 and 3
    assert board.log("early", 5)[0].band == 3


def test_rungs_that_one_batch_reaches_are_judged_in_order():
    board = _board()
    board.log("good", *[1] * 9)
    decisions = board.log("late", 0, 0, 2, 2, 2, 2, 2, 2, 0)
    assert [(d.band, d.stop, d.value) for d in decisions] == [(1, False, 0), (3, True, 2), (9, False, 0)]


def test_a_decision_tells_what_was_compared():
    board = _board("maximize")
    board.log("good", 0.9)
    [decision] = board.log("bad", 0.25)
    assert decision.stop
    assert (decision.rule, decision.band, decision.value, decision.threshold, decision.peers) == (
        "asha",
        1,
        0.25,
        0.9,
        1,
    )
    assert decision.reason == "0.25 after 1 value is below 0.9, the worst value that passes rung 1 with 1 other run"
