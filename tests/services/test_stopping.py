"""Early stopping: judged as values arrive, stored with its reason, and ending in a state of its own."""

from datetime import timedelta

import pytest

from sweeps_app.models import RunRung, StoppingDecision
from sweeps_app.selectors.sweeps import best_run
from sweeps_app.services.ingest import history_append
from sweeps_app.services.reconcile import reconcile
from sweeps_app.services.runs import run_finish, run_stop
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_sweep, make_user, start

pytestmark = pytest.mark.django_db

HYPERBAND = RANDOM_CONFIG | {"early_terminate": {"type": "hyperband", "max_iter": 5, "eta": 2, "s": 2}}


def _runs(config, count):
    user = make_user()
    sweep = make_sweep(user, config)
    agent = make_agent(user, sweep)
    return sweep, [start(user, ask(agent)) for _ in range(count)]


def _log(run, values, offset=0):
    return history_append(run=run, offset=offset, rows=[{"loss": value} for value in values])


def test_the_worked_case_of_the_reference_stops_only_b():
    _, (a, b, c, d, e) = _runs(HYPERBAND, 5)
    stops = {}
    histories = {
        "a": (a, [10, 9]),
        "c": (c, [10, 8, 8]),
        "d": (d, [10, 7, 7]),
        "e": (e, [10, 6, 6]),
        "b": (b, [10, 10]),
    }
    for name, (run, values) in histories.items():
        for i, value in enumerate(values):
            stops[name] = _log(run, [value], offset=i).stop
    assert stops == {"a": False, "b": True, "c": False, "d": False, "e": False}
    decision = StoppingDecision.objects.get(run=b, stop=True)
    assert (decision.rule, decision.band, decision.value, decision.threshold, decision.peers) == (
        "hyperband",
        2,
        10,
        8,
        4,
    )
    assert decision.reason == "10 after 2 values is above 8, the value of rank 3 at band 2 with 4 other runs"


def test_a_run_stopped_by_the_rule_ends_as_stopped_early_and_counts_with_its_value():
    sweep, (good, bad) = _runs(HYPERBAND | {"early_terminate": {"type": "asha", "min_iter": 1, "eta": 2}}, 2)
    _log(good, [1.0, 0.5, 0.4])
    assert _log(bad, [5.0, 5.0, 5.0]).stop is True
    bad.refresh_from_db()
    assert (bad.stop_requested, bad.stop_reason) == (True, "rule")
    assert run_finish(run=bad, exit_code=255, state="killed").state == "stopped_early"
    result = sweep.results.get(run=bad)
    assert (result.state, result.values) == ("finished", [5.0])
    run_finish(run=good, exit_code=0)
    assert best_run(sweep) == good


def test_a_stopped_run_that_falls_silent_is_stopped_early_and_a_persons_stop_is_a_kill():
    config = HYPERBAND | {"early_terminate": {"type": "patience", "patience": 2, "min_iter": 1}}
    _, (by_rule, by_person) = _runs(config, 2)
    assert _log(by_rule, [1.0, 1.0, 1.0, 1.0]).stop is True
    run_stop(run=by_person)
    by_rule.refresh_from_db()
    by_person.refresh_from_db()
    reconcile(now=max(by_rule.heartbeat_at, by_person.heartbeat_at) + timedelta(seconds=61))
    by_rule.refresh_from_db()
    by_person.refresh_from_db()
    assert (by_rule.state, by_person.state) == ("stopped_early", "killed")


def test_resent_and_differently_cut_batches_store_the_same_rungs():
    _, (one, two) = _runs(HYPERBAND, 2)
    values = [9.0, float("nan"), 8.0, 7.0, 6.0]
    _log(one, values)
    _log(one, values)
    for i, value in enumerate(values):
        _log(two, [value], offset=i)
    rungs = {run.pk: list(RunRung.objects.filter(run=run).values_list("band", "value")) for run in (one, two)}
    assert rungs[one.pk] == rungs[two.pk] == [(1, 9.0), (2, 8.0)]


def test_the_number_of_queries_does_not_grow_with_the_number_of_runs(django_assert_max_num_queries):
    _, runs = _runs(HYPERBAND, 40)
    for i, run in enumerate(runs[:-1]):
        _log(run, [10.0 + i])
    with django_assert_max_num_queries(25):
        _log(runs[-1], [10.0])


def test_decisions_are_kept_once_a_band():
    _, (one,) = _runs(HYPERBAND, 1)
    for i in range(6):
        _log(one, [1.0], offset=i)
    assert StoppingDecision.objects.filter(run=one).count() == 2
