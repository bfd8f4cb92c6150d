"""What trials tell: losses in the direction of the goal, failures filled in, repeats averaged."""

import pytest

from sweeps_app.search.request import SearchRequest
from sweeps_app.search.told import loss_matrix, metrics_of, told_of
from sweeps_app.search.trials import Trial

A, B, C, D = ({"x": value} for value in range(4))


def _told(*trials, metrics=None, **metric):
    one = {"name": "loss", "goal": "minimize", "impute": "worst", "impute_while_running": False} | metric
    config = {"metrics": [one | m for m in metrics]} if metrics else {"metric": one}
    found = told_of(SearchRequest(config, 1, 9, tuple(Trial(i, *trial) for i, trial in enumerate(trials))))
    return [(outcome.config, *outcome.losses) for outcome in found.outcomes], list(found.running)


@pytest.mark.parametrize(("goal", "sign"), [("minimize", 1), ("maximize", -1)])
def test_losses_are_smaller_for_the_better(goal, sign):
    finished, running = _told((A, "finished", (1.0,)), (B, "finished", (2.0,)), (C, "running", ()), goal=goal)
    assert finished == [(A, sign * 1.0), (B, sign * 2.0)]
    assert running == [C]


@pytest.mark.parametrize(("goal", "worst"), [("minimize", 5.0), ("maximize", -1.0)])
def test_failed_runs_count_as_the_worst(goal, worst):
    trials = [(A, "finished", (1.0,)), (B, "failed", (0.5,)), (C, "finished", (None,)), (D, "finished", (5.0,))]
    finished, _ = _told(*trials, goal=goal)
    assert [loss for _, loss in finished][1:3] == [worst, worst]


@pytest.mark.parametrize("impute", ["best", "latest"])
def test_impute_may_take_a_failed_runs_own_value(impute):
    finished, _ = _told((A, "finished", (1.0,)), (B, "failed", (0.5,)), (C, "failed", (None,)), impute=impute)
    assert finished == [(A, 1.0), (B, 0.5), (C, 1.0)]


def test_impute_while_running_reads_running_runs():
    trials = [(A, "finished", (1.0,)), (B, "running", (0.5,)), (C, "running", (None,))]
    assert _told(*trials, impute_while_running="latest") == ([(A, 1.0), (B, 0.5)], [C])
    assert _told(*trials, impute_while_running="worst")[0] == [(A, 1.0), (B, 1.0), (C, 1.0)]


def test_runs_of_one_configuration_are_averaged():
    trials = [
        (A, "finished", (1.0,)),
        (B, "finished", (1e308,)),
        (dict(A), "finished", (3.0,)),
        (B, "finished", (1e308,)),
    ]
    assert _told(*trials)[0] == [(A, 2.0), (B, 1e308)]


def test_a_configuration_that_has_ended_is_not_running():
    assert _told((A, "finished", (1.0,)), (A, "running", ()))[1] == []


def test_numbers_and_truth_are_different_configurations():
    finished, _ = _told(
        ({"x": 1}, "finished", (1.0,)), ({"x": 1.0}, "finished", (2.0,)), ({"x": True}, "finished", (3.0,))
    )
    assert len(finished) == 3


def test_each_of_several_metrics_has_its_own_goal_and_its_own_worst():
    metrics = [{"goal": "minimize"}, {"goal": "maximize"}]
    finished, _ = _told(
        (A, "finished", (1.0, 5.0)), (B, "failed", (None, None)), (C, "finished", (2.0, 9.0)), metrics=metrics
    )
    assert finished == [(A, 1.0, -5.0), (B, 2.0, -5.0), (C, 2.0, -9.0)]


def test_nothing_is_told_before_each_metric_has_a_number():
    assert _told((A, "failed", (None,)))[0] == []
    assert _told((A, "finished", (1.0, None)), metrics=[{}, {}])[0] == []


def test_a_config_without_metrics_tells_nothing():
    assert metrics_of({}) == []
    assert told_of(SearchRequest({}, 1, 1, (Trial(0, A, "finished"),))).outcomes == []
    assert loss_matrix([]).size == 0
