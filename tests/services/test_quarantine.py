"""Agents and hosts whose runs fail far more often than elsewhere get no more, and what failed there is tried again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.models import Agent, Run, RunAttempt, Sweep
from sweeps_app.services.agents import agent_register
from sweeps_app.services.quarantine import agent_release
from sweeps_app.services.reconcile import reconcile
from sweeps_app.services.runs import run_finish, run_stop
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.sweeps import sweep_control
from tests.factories import RANDOM_CONFIG, ask, make_sweep, make_user, start

pytestmark = pytest.mark.django_db

State = Run.State


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def sweep(user):
    return make_sweep(user)


def _agent(user, sweep, host, number=0):
    return agent_register(user=user, sweep=sweep, agent_id=f"{host.replace('-', '')}agent{number:05d}", host=host)[0]


def _end(user, agent, count, code):
    return [run_finish(run=start(user, ask(agent)), exit_code=code, error="boom" * code) for _ in range(count)]


def _asks(agent):
    return suggestion_claim(agent=agent, request_id=f"extra{Run.objects.count()}")


def _pending():
    return Run.objects.filter(queued_at__isnull=False)


def test_a_bad_host_gets_no_more_runs_and_what_it_failed_goes_elsewhere(user, sweep):
    good = [_agent(user, sweep, f"good-{n}") for n in range(3)]
    for agent in good:
        _end(user, agent, 5, 0)
    bad = [_agent(user, sweep, "bad-1", n) for n in range(2)]
    failed = [*_end(user, bad[0], 2, 1), *_end(user, bad[1], 2, 1)]
    assert [run.state for run in failed] == ["failed"] * 4
    (last,) = _end(user, bad[0], 1, 1)
    assert (last.state, last.requeue_cause) == ("pending", "quarantine")
    for agent in bad:
        agent.refresh_from_db()
        assert agent.quarantine_reason == "On host bad-1 5 of 5 runs have failed, elsewhere 0 of 15"
        assert _asks(agent).command == "wait"
    assert set(_pending()) == {*failed, last}
    assert set(RunAttempt.objects.values_list("cause", "state", "error")) == {("quarantine", "failed", "boom")}
    again = ask(good[0])
    assert (again.pk, again.attempt) == (failed[0].pk, 2)
    # It comes back with new agents, whose runs would fail as well.
    assert _asks(_agent(user, sweep, "bad-1", 9)).command == "wait"
    assert _asks(_agent(user, sweep, "good-9")).command == "run"


def test_one_bad_agent_among_good_ones_of_its_host_is_alone_in_quarantine(user, sweep):
    agents = [_agent(user, sweep, "node-1", n) for n in range(4)]
    for agent in agents[1:]:
        _end(user, agent, 6, 0)
    _end(user, agents[0], 5, 1)
    held = Agent.objects.get(quarantined_at__isnull=False)
    assert (held.pk, held.quarantined_with_host) == (agents[0].pk, False)
    assert held.quarantine_reason == "With this agent 5 of 5 runs have failed, elsewhere 0 of 18"
    assert _agent(user, sweep, "node-1", 9).quarantined_at is None


@pytest.mark.parametrize("elsewhere", [[], [(1, 12)], [(1, 9), (0, 3)]], ids=["nobody", "all fail", "most fail"])
def test_nobody_is_blamed_where_there_is_nobody_else_or_the_others_fail_alike(user, sweep, elsewhere):
    other = _agent(user, sweep, "node-2")
    for code, count in elsewhere:
        _end(user, other, count, code)
    _end(user, _agent(user, sweep, "node-1"), 40, 1)
    assert not Agent.objects.exclude(quarantined_at=None).exists()


def test_a_sweep_may_do_without_quarantine(user):
    sweep = make_sweep(user, RANDOM_CONFIG | {"retry": {"quarantine": False}})
    _end(user, _agent(user, sweep, "node-2"), 20, 0)
    _end(user, _agent(user, sweep, "node-1"), 10, 1)
    assert not _pending().exists()


def test_runs_that_go_on_elsewhere_speak_against_a_host_that_fails_at_once(user, sweep):
    for n in range(16):
        start(user, ask(_agent(user, sweep, f"good-{n}")))
    Run.objects.update(started_at=timezone.now() - timedelta(hours=1))
    _end(user, _agent(user, sweep, "bad-1"), 5, 1)
    reason = Agent.objects.get(host="bad-1").quarantine_reason
    assert reason == "On host bad-1 5 of 5 runs have failed, elsewhere 0 of 16"


def test_runs_of_a_host_that_are_lost_count_as_failed(user):
    sweep = make_sweep(user, RANDOM_CONFIG | {"retry": {"on_lost": False}})
    _end(user, _agent(user, sweep, "good-1"), 20, 0)
    runs = [start(user, ask(_agent(user, sweep, "bad-1", n))) for n in range(6)]
    reconcile(now=timezone.now() + timedelta(seconds=301))
    assert Agent.objects.filter(host="bad-1", quarantined_at__isnull=False).count() == 6
    assert set(_pending()) == set(runs)


def test_what_still_runs_in_quarantine_may_finish_and_if_it_fails_goes_elsewhere(user, sweep):
    _end(user, _agent(user, sweep, "good-1"), 20, 0)
    bad = _agent(user, sweep, "bad-1")
    under_way = [start(user, ask(bad)) for _ in range(3)]
    _end(user, bad, 5, 1)
    assert run_finish(run=under_way[0], exit_code=0).state == State.FINISHED
    assert run_finish(run=under_way[1], exit_code=1).requeue_cause == "quarantine"
    run_stop(run=under_way[2])
    assert run_finish(run=under_way[2], exit_code=1).state == State.KILLED


def test_attempts_in_quarantine_do_not_use_up_the_policys(user):
    sweep = make_sweep(user, RANDOM_CONFIG | {"retry": {"attempts": 2, "exit_codes": "any"}})
    good, bad = _agent(user, sweep, "good-1"), _agent(user, sweep, "bad-1")
    _end(user, good, 20, 0)
    run = start(user, ask(bad))
    _end(user, bad, 5, 1)
    assert run_finish(run=run, exit_code=1).queued_at is not None
    for attempt in (2, 3):
        Run.objects.exclude(pk=run.pk).update(queued_at=None)
        again = start(user, ask(good))
        assert (again.pk, again.attempt) == (run.pk, attempt)
        ended = run_finish(run=again, exit_code=1)
    assert (ended.state, ended.queued_at) == ("failed", None)


def test_a_release_frees_all_of_the_host_and_only_what_comes_after_counts(user, sweep):
    _end(user, _agent(user, sweep, "good-1"), 20, 0)
    bad = [_agent(user, sweep, "bad-1", n) for n in range(2)]
    _end(user, bad[0], 5, 1)
    before = Sweep.objects.get().woken
    for _ in range(2):
        released = agent_release(agent=bad[1])
        assert (released.quarantined_at, released.quarantine_reason) == (None, "")
    assert Sweep.objects.get().woken > before
    assert [run.state for run in _end(user, bad[0], 4, 1)] == ["failed"] * 4
    assert _end(user, bad[1], 1, 1)[0].requeue_cause == "quarantine"
    assert Agent.objects.filter(quarantined_with_host=True).count() == 2


def test_a_sweep_that_hands_out_no_more_puts_nobody_in_quarantine(user, sweep):
    _end(user, _agent(user, sweep, "good-1"), 20, 0)
    bad = _agent(user, sweep, "bad-1")
    runs = [start(user, ask(bad)) for _ in range(8)]
    sweep_control(sweep=sweep, action="stop")
    assert {run_finish(run=run, exit_code=1).state for run in runs} == {"failed"}


def test_a_person_who_stops_a_run_that_waits_ends_it_and_with_it_the_sweep(user):
    sweep = make_sweep(user, RANDOM_CONFIG | {"run_cap": 1, "retry": {"exit_codes": "any"}})
    agent = _agent(user, sweep, "node-1")
    (run,) = _end(user, agent, 1, 1)
    Sweep.objects.update(is_exhausted=True)
    assert run_stop(run=Run.objects.get(pk=run.pk))
    ended = Run.objects.get()
    assert (ended.state, ended.queued_at, ended.error) == ("failed", None, "boom")
    assert Sweep.objects.get().state == "FINISHED"


def test_a_failure_costs_a_few_queries(user, sweep, django_assert_max_num_queries):
    agents = [_agent(user, sweep, f"node-{n}") for n in range(3)]
    for agent in agents:
        _end(user, agent, 3, 1)
    run = start(user, ask(agents[0]))
    with django_assert_max_num_queries(16):
        run_finish(run=run, exit_code=1)
