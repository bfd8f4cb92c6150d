"""Agents that a person tells to wait, to go on, to end after their run, or at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.errors import Conflict
from sweeps_app.models import Agent, Run, RunAttempt, Sweep
from sweeps_app.services.agents import agent_exit, agent_heartbeat
from sweeps_app.services.orders import agent_order
from sweeps_app.services.reconcile import reconcile
from sweeps_app.services.runs import run_finish, run_heartbeat, run_stop
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.sweeps import sweep_control
from tests.factories import ask, make_agent, make_sweep, make_user, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def sweep(user):
    return make_sweep(user)


@pytest.fixture
def agent(user, sweep):
    return make_agent(user, sweep)


def _woken():
    return Sweep.objects.get().woken


def test_an_agent_is_paused_resumed_and_drained_and_woken_by_each(agent):
    for number, (action, command) in enumerate([("pause", "wait"), ("resume", "run"), ("drain", "exit")]):
        before = _woken()
        agent_order(agent=agent, action=action)
        assert _woken() > before
        # What the agent's request has read before the order counts for nothing.
        claim = suggestion_claim(agent=agent, request_id=f"q{number}")
        assert claim.command == command
        if claim.run is not None:
            run_finish(run=claim.run, exit_code=0)


def test_repeating_an_order_changes_nothing(agent):
    agent_order(agent=agent, action="pause")
    before = _woken()
    assert agent_order(agent=agent, action="pause").order == "pause"
    assert _woken() == before


def test_an_agent_with_a_run_does_not_wait_and_wakes_nobody(user, agent):
    start(user, ask(agent))
    before = _woken()
    agent_order(agent=agent, action="drain")
    assert _woken() == before


def test_a_killed_agents_run_is_asked_to_stop_and_goes_to_another(user, sweep, agent):
    run = start(user, ask(agent))
    killed = agent_order(agent=agent, action="kill")
    assert agent_heartbeat(agent=killed).command == "exit"
    told = Run.objects.get()
    assert (run_heartbeat(run=told), told.stop_reason) == (True, "agent")
    ended = run_finish(run=told, exit_code=255, state="failed")
    assert (ended.state, ended.requeue_cause, ended.stop_requested) == ("pending", "killed", False)
    assert RunAttempt.objects.get().state == "killed"
    agent.refresh_from_db()
    assert (agent.runs_done, agent.runs_failed) == (1, 0)
    again = ask(make_agent(user, sweep))
    assert (again.pk, again.attempt, again.config) == (run.pk, 2, run.config)


def test_a_killed_agents_run_that_finishes_all_the_same_has_finished(user, agent):
    start(user, ask(agent))
    agent_order(agent=agent, action="kill")
    assert run_finish(run=Run.objects.get(), exit_code=0).state == "finished"


def test_a_run_that_a_person_stops_is_not_given_to_another_when_its_agent_is_killed(user, agent):
    for first, then in ((run_stop, _kill), (_kill, run_stop)):
        run = start(user, ask(agent))
        Agent.objects.update(order="")
        for tell in (first, then):
            tell(run=run)
        assert run_finish(run=Run.objects.get(pk=run.pk), exit_code=255).state == "killed"
        Agent.objects.update(order="")


def _kill(*, run):
    agent_order(agent=run.agent, action="kill")


def test_a_killed_agent_that_is_silent_loses_its_run_to_another_and_stops_when_it_comes_back(user, agent):
    run = start(user, ask(agent))
    agent_order(agent=agent, action="kill")
    assert reconcile(now=timezone.now() + timedelta(seconds=61)).runs == 1
    waiting = Run.objects.get()
    assert (waiting.state, waiting.requeue_cause) == ("pending", "killed")
    assert run_heartbeat(run=waiting)
    assert run_finish(run=run, exit_code=255).queued_at is not None


def test_what_a_killed_agent_has_not_begun_goes_to_another_when_it_leaves(agent):
    ask(agent)
    agent_order(agent=agent, action="kill")
    agent_exit(agent=agent)
    assert Run.objects.get().requeue_cause == "killed"


def test_a_run_of_a_killed_agent_ends_with_a_sweep_that_is_canceled(user, sweep, agent):
    start(user, ask(agent))
    agent_order(agent=agent, action="kill")
    sweep_control(sweep=sweep, action="cancel")
    assert run_finish(run=Run.objects.get(), exit_code=255).state == "killed"


def test_a_kill_stays_and_who_has_left_is_told_nothing(user, sweep, agent):
    agent_order(agent=agent, action="kill")
    with pytest.raises(Conflict, match="was killed"):
        agent_order(agent=agent, action="resume")
    agent_exit(agent=agent)
    assert agent_order(agent=agent, action="kill").state == "exited"
    left = agent_exit(agent=make_agent(user, sweep))
    with pytest.raises(Conflict, match="has left"):
        agent_order(agent=left, action="drain")
