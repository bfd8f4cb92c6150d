"""Runs that are lost, preempted or fail: who tries them again, when nobody does, what an old attempt may still say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput, StaleAttempt
from sweeps_app.models import Agent, Result, Run, RunAttempt, Sweep
from sweeps_app.models.identifiers import new_id
from sweeps_app.selectors.streams import HISTORY
from sweeps_app.services.agents import agent_exit, agent_register
from sweeps_app.services.console import console_append
from sweeps_app.services.ingest import RowBatch, batch_append, history_append
from sweeps_app.services.reconcile import reconcile
from sweeps_app.services.retry import run_retry, runs_retry, runs_retry_selected
from sweeps_app.services.runs import (
    RunDetails,
    RunEnding,
    RunStart,
    run_finish,
    run_heartbeat,
    run_mark_preempting,
    run_start,
    run_stop,
)
from sweeps_app.services.suggestions import Place, suggestion_claim
from sweeps_app.services.sweeps import sweep_control
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_run, make_sweep, make_user, start

pytestmark = pytest.mark.django_db

Cause, State = Run.Cause, Run.State
GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"layers": {"values": [1, 2]}},
}


@pytest.fixture
def user():
    return make_user()


def _retrying(**retry):
    return GRID | {"retry": retry}


def _silence(*, seconds=301):
    return reconcile(now=timezone.now() + timedelta(seconds=seconds))


def _fresh(run):
    """Return the run as a client's next request would find it."""
    return Run.objects.get(pk=run.pk)


def test_a_lost_run_goes_to_the_next_agent_before_anything_new(user):
    sweep = make_sweep(user, GRID)
    lost = start(user, ask(make_agent(user, sweep)))
    assert _silence().runs == 1
    waiting = _fresh(lost)
    assert (waiting.state, waiting.attempt, waiting.requeue_cause) == ("pending", 1, "lost")
    again = ask(make_agent(user, sweep))
    assert (again.pk, again.attempt, again.config) == (lost.pk, 2, lost.config)
    assert ask(make_agent(user, sweep)).config != lost.config
    attempt = RunAttempt.objects.get()
    assert (attempt.run_id, attempt.number, attempt.cause, attempt.state) == (lost.pk, 1, "lost", "crashed")
    assert Sweep.objects.get().handed_out == 2


def test_a_sweep_is_not_finished_while_a_run_of_it_waits(user):
    sweep = make_sweep(user, GRID)
    agent = make_agent(user, sweep)
    lost, done = start(user, ask(agent)), start(user, ask(agent))
    run_finish(run=done, exit_code=0)
    _silence()
    Agent.objects.update(state="active")
    sweep.refresh_from_db()
    assert sweep.finished_at is None
    again = ask(agent)
    assert again.pk == lost.pk
    run_finish(run=again, exit_code=0)
    assert suggestion_claim(agent=agent, request_id="last").command == "exit"
    sweep.refresh_from_db()
    assert sweep.state == Sweep.State.FINISHED
    assert list(Result.objects.values_list("state", flat=True)) == ["finished", "finished"]


def test_a_run_that_is_lost_too_often_is_given_up(user):
    sweep = make_sweep(user, _retrying(attempts=2))
    start(user, ask(make_agent(user, sweep)))
    _silence()
    start(user, ask(make_agent(user, sweep)))
    _silence()
    run = Run.objects.get()
    assert (run.state, run.attempt, run.queued_at) == (State.CRASHED, 2, None)
    assert "attempt 2" in run.error
    assert Result.objects.get().state == Result.State.FAILED


def test_the_sweep_decides_whether_lost_runs_are_tried_again(user):
    start(user, ask(make_agent(user, make_sweep(user, _retrying(on_lost=False)))))
    _silence()
    assert Run.objects.get().state == State.CRASHED


@pytest.mark.parametrize(("codes", "code", "waits"), [([137], 137, True), ([137], 1, False), ("any", 1, True)])
def test_failures_are_tried_again_by_their_exit_codes(user, codes, code, waits):
    run = start(user, ask(make_agent(user, make_sweep(user, _retrying(exit_codes=codes)))))
    ended = run_finish(run=run, exit_code=code, error="Traceback")
    assert (ended.queued_at is not None, ended.state) == (waits, "pending" if waits else "failed")
    # An answer that was lost on its way is asked for again.
    repeated = run_finish(run=_fresh(run), exit_code=code, error="Traceback")
    assert (repeated.state, repeated.attempt) == (ended.state, 1)
    assert RunAttempt.objects.count() == int(waits)


def test_a_run_outside_of_a_sweep_is_tried_again_by_nobody(user):
    run = make_run(user)
    _silence()
    assert _fresh(run).state == State.CRASHED
    with pytest.raises(Conflict, match="not of a sweep"):
        run_retry(run=_fresh(run), user=user)


def test_what_an_old_attempt_still_says_is_refused(user):
    sweep = make_sweep(user, GRID)
    old = start(user, ask(make_agent(user, sweep)))
    _silence()
    new = start(user, ask(make_agent(user, sweep)))
    history_append(run=new, offset=0, rows=[{"loss": 1.0}])
    for say in (
        lambda: history_append(run=old, offset=0, rows=[{"loss": 9.0}]),
        lambda: batch_append(run=old, batch=RowBatch(0, []), stream=HISTORY, ending=RunEnding(0)),
        lambda: console_append(run=old, offset=0, lines=[]),
        lambda: run_heartbeat(run=old),
        lambda: run_finish(run=old, exit_code=1),
        lambda: run_mark_preempting(run=old),
    ):
        with pytest.raises(StaleAttempt, match="attempt 1 is over"):
            say()
    run = _fresh(new)
    assert (run.state, run.attempt, run.history_rows, run.summary) == ("running", 2, 1, {"loss": 1.0})


@pytest.mark.parametrize(
    "say",
    [
        lambda run: run_heartbeat(run=run),
        lambda run: history_append(run=run, offset=0, rows=[{"loss": 1.0}]),
        lambda run: console_append(run=run, offset=0, lines=[[1.0, "stdout", "alive"]]),
    ],
    ids=["heartbeat", "rows", "output"],
)
def test_who_was_only_silent_gets_its_run_back_while_nobody_else_has_it(user, say):
    sweep = make_sweep(user, GRID)
    run = start(user, ask(make_agent(user, sweep)))
    started_at = _fresh(run).started_at
    _silence()
    say(_fresh(run))
    back = _fresh(run)
    assert (back.state, back.attempt, back.queued_at, back.started_at) == ("running", 1, None, started_at)
    assert not RunAttempt.objects.exists()
    assert ask(make_agent(user, sweep)).pk != run.pk


def test_a_lost_run_that_ends_after_all_has_ended(user):
    run = start(user, ask(make_agent(user, make_sweep(user, GRID))))
    _silence()
    assert run_finish(run=_fresh(run), exit_code=0).state == State.FINISHED
    assert (_fresh(run).queued_at, RunAttempt.objects.count()) == (None, 0)


def test_a_preempted_run_goes_on_under_its_id_and_adds_to_its_history(user):
    sweep = make_sweep(user, _retrying(attempts=1))
    run = start(user, ask(make_agent(user, sweep)))
    history_append(run=run, offset=0, rows=[{"loss": 3.0}, {"loss": 2.0}])
    assert run_mark_preempting(run=_fresh(run))
    assert _fresh(run).state == State.PREEMPTING
    assert run_finish(run=_fresh(run), exit_code=1, state="failed").queued_at is not None
    again = start(user, ask(make_agent(user, sweep)))
    assert (again.pk, again.attempt, again.history_rows, again.last_step) == (run.pk, 2, 2, 1)
    history_append(run=again, offset=2, rows=[{"loss": 1.0}])
    assert _fresh(run).last_step == 2
    assert [attempt.state for attempt in RunAttempt.objects.all()] == ["preempted"]


def test_a_preempting_run_may_still_finish(user):
    run = start(user, ask(make_agent(user, make_sweep(user, GRID))))
    run_mark_preempting(run=_fresh(run))
    assert run_finish(run=_fresh(run), exit_code=0).state == State.FINISHED


def test_a_preempting_run_that_falls_silent_is_preempted(user):
    run = start(user, ask(make_agent(user, make_sweep(user, _retrying(on_lost=False)))))
    run_mark_preempting(run=_fresh(run))
    _silence()
    assert (_fresh(run).state, _fresh(run).requeue_cause) == ("pending", "preempted")


def test_a_preempted_run_without_a_sweep_can_be_taken_up_again(user):
    run = make_run(user)
    run_mark_preempting(run=run)
    assert run_finish(run=_fresh(run), exit_code=1).state == State.PREEMPTED
    again, created = run_start(user=user, details=RunDetails(), run_id=run.run_id, project_name="demo")
    assert (created, again.state, again.finished_at) == (False, "running", None)


def test_an_attempt_that_begins_anew_begins_its_history_anew(user):
    sweep = make_sweep(user, GRID | {"early_terminate": {"type": "hyperband", "min_iter": 1}})
    run = start(user, ask(make_agent(user, sweep)))
    history_append(run=run, offset=0, rows=[{"loss": 3.0}, {"loss": 2.0}])
    _silence()
    again = ask(make_agent(user, sweep))
    for _ in range(2):  # the answer to the first was lost
        restarted, _ = run_start(
            user=user,
            details=RunDetails(),
            run_id=again.run_id,
            project_name="demo",
            start=RunStart(attempt=2, resume=False),
        )
    assert (restarted.history_rows, restarted.last_step, restarted.summary) == (0, None, {})
    assert (restarted.objective, restarted.stopping_progress, restarted.metrics.count()) == (None, {}, 0)
    history_append(run=restarted, offset=0, rows=[{"loss": 5.0}])
    run_start(
        user=user, details=RunDetails(), run_id=again.run_id, project_name="demo", start=RunStart(None, 2, resume=False)
    )
    assert _fresh(run).history_rows == 1
    assert run.attempts.get().summary == {"loss": 2.0}


def test_an_agent_that_leaves_gives_back_what_it_has_not_begun(user):
    sweep = make_sweep(user, GRID)
    agent = make_agent(user, sweep)
    begun, unbegun = start(user, ask(agent)), ask(agent)
    agent_exit(agent=agent, reason="count reached")
    assert (_fresh(begun).state, _fresh(begun).queued_at) == ("running", None)
    assert _fresh(unbegun).requeue_cause == Cause.UNBEGUN
    assert ask(make_agent(user, sweep)).pk == unbegun.pk


def test_what_is_handed_out_and_not_begun_within_a_minute_goes_to_another(user):
    sweep = make_sweep(user, _retrying(attempts=1))
    unbegun = ask(make_agent(user, sweep))
    assert _silence(seconds=61).runs == 1
    assert ask(make_agent(user, sweep)).pk == unbegun.pk
    with pytest.raises(StaleAttempt):
        run_start(
            user=user,
            details=RunDetails(),
            run_id=unbegun.run_id,
            project_name="demo",
            start=RunStart(attempt=unbegun.attempt),
        )


def test_a_repeated_question_takes_the_run_back_from_the_queue(user):
    agent = make_agent(user, make_sweep(user, GRID))
    run = suggestion_claim(agent=agent, request_id="one").run
    _silence(seconds=61)
    again = suggestion_claim(agent=agent, request_id="one").run
    assert (again.pk, again.attempt, again.queued_at) == (run.pk, 1, None)
    assert _fresh(run).queued_at is None


def test_a_run_can_start_with_the_answer(user):
    agent = make_agent(user, make_sweep(user, GRID))
    for _ in range(2):
        run = suggestion_claim(agent=agent, request_id="one", place=Place("node-7", "train.py")).run
        assert (run.state, run.host, run.program, run.attempt) == ("running", "node-7", "train.py", 1)
        assert run.started_at is not None
    assert Run.objects.count() == 1


def test_a_stopped_run_is_not_tried_again(user):
    run = start(user, ask(make_agent(user, make_sweep(user, _retrying(exit_codes="any")))))
    run_stop(run=run)
    _silence(seconds=61)
    assert (_fresh(run).state, _fresh(run).queued_at) == ("killed", None)


@pytest.mark.parametrize("action", ["stop", "cancel"])
def test_a_sweep_that_ends_gives_up_what_waits(user, action):
    sweep = make_sweep(user, GRID)
    run = start(user, ask(make_agent(user, sweep)))
    _silence()
    ended = sweep_control(sweep=sweep, action=action)
    assert (_fresh(run).state, _fresh(run).queued_at) == ("crashed", None)
    assert ended.finished_at is not None
    assert Result.objects.get().run == run
    with pytest.raises(Conflict, match="hands out no more"):
        run_retry(run=_fresh(run), user=user)


def test_no_run_waits_any_longer_once_the_target_is_reached(user):
    sweep = make_sweep(user, GRID | {"metric": {"name": "loss", "target": 1.0}})
    agent = make_agent(user, sweep)
    lost, best = start(user, ask(agent)), start(user, ask(agent))
    _silence()
    history_append(run=_fresh(best), offset=0, rows=[{"loss": 0.5}])
    run_finish(run=_fresh(best), exit_code=0)
    assert suggestion_claim(agent=agent, request_id="x").command == "exit"
    assert _fresh(lost).state == State.CRASHED


def test_a_person_tries_a_failed_run_again_in_a_sweep_that_has_finished(user):
    sweep = make_sweep(user, GRID)
    agent = make_agent(user, sweep)
    runs = [start(user, ask(agent)) for _ in range(2)]
    for code, run in enumerate(runs):
        run_finish(run=run, exit_code=code, error="boom" * code)
    assert suggestion_claim(agent=agent, request_id="x").command == "exit"
    assert run_retry(run=_fresh(runs[1]), user=user)
    assert not run_retry(run=_fresh(runs[1]), user=user)
    sweep.refresh_from_db()
    assert (sweep.state, sweep.finished_at) == ("RUNNING", None)
    again = ask(agent)
    assert (again.pk, again.attempt, again.error, again.exit_code) == (runs[1].pk, 2, "", None)
    attempt = RunAttempt.objects.get()
    assert (attempt.cause, attempt.state, attempt.error, attempt.asked_by) == ("retried", "failed", "boom", user)
    run_finish(run=again, exit_code=0)
    suggestion_claim(agent=agent, request_id="y")
    sweep.refresh_from_db()
    assert sweep.state == "FINISHED"
    with pytest.raises(Conflict, match="finished is not tried again"):
        run_retry(run=_fresh(runs[0]), user=user)


def test_all_failed_runs_are_tried_again_at_once_and_policy_counts_anew(user):
    sweep = make_sweep(user, _retrying(attempts=2, exit_codes="any"))
    agent = make_agent(user, sweep)
    for _ in range(4):
        run_finish(run=start(user, ask(agent)), exit_code=1)
    assert [run.state for run in Run.objects.all()] == ["failed", "failed"]
    retried = runs_retry(sweep=sweep, user=user)
    assert (len(retried.run_ids), retried.left) == (2, 0)
    assert runs_retry(sweep=sweep, user=user).run_ids == ()
    first = start(user, ask(agent))
    assert first.attempt == 3
    assert run_finish(run=first, exit_code=1).queued_at is not None
    with pytest.raises(InvalidInput, match=r"states\[0\]"):
        runs_retry(sweep=sweep, user=user, states=["finished"])


def test_agents_count_what_has_ended_with_them(user):
    sweep = make_sweep(user, RANDOM_CONFIG)
    agent = make_agent(user, sweep)
    for code in (0, 1):
        run_finish(run=start(user, ask(agent)), exit_code=code)
    start(user, ask(agent))
    _silence()
    agent.refresh_from_db()
    assert (agent.runs_done, agent.runs_failed) == (3, 2)


@pytest.mark.parametrize(("order", "command"), [("pause", "wait"), ("drain", "exit"), ("kill", "exit")])
def test_agents_do_what_they_are_told(user, order, command):
    agent = make_agent(user, make_sweep(user))
    Agent.objects.update(order=order)
    agent.refresh_from_db()
    assert suggestion_claim(agent=agent, request_id="x").command == command


def test_of_runs_that_are_named_those_are_tried_again_that_can(user):
    sweep, other = make_sweep(user, GRID), make_sweep(user, GRID)
    agent = make_agent(user, sweep)
    failed, finished = start(user, ask(agent)), start(user, ask(agent))
    run_finish(run=failed, exit_code=1)
    run_finish(run=finished, exit_code=0)
    elsewhere, alone = start(user, ask(make_agent(user, other))), make_run(user)
    run_finish(run=elsewhere, exit_code=1)
    run_finish(run=alone, exit_code=1)
    sweep_control(sweep=other, action="stop")
    named = [run.run_id for run in (failed, finished, elsewhere, alone)] + ["nobody"]
    for expected in (1, 0):
        assert runs_retry_selected(project=sweep.project, run_ids=named, user=user) == expected
    assert [run.run_id for run in Run.objects.filter(queued_at__isnull=False)] == [failed.run_id]


def test_a_question_for_work_makes_few_statements_while_its_sweep_is_locked(user, django_assert_num_queries):
    agent = make_agent(user, make_sweep(user))
    ask(agent)
    # A savepoint and its release, the lock, the agent with the runs known, suggestion, change, run, sweep.
    with django_assert_num_queries(8):
        suggestion_claim(agent=agent, request_id="next", place=Place())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no locks of rows")
def test_an_agent_locks_its_sweep_as_it_registers_only_where_runs_have_failed_on_its_host(user):
    sweep = make_sweep(user, RANDOM_CONFIG)

    def locks():
        with CaptureQueriesContext(connection) as queries:
            agent, _ = agent_register(user=user, sweep=sweep, agent_id=new_id(), host="node-1")
        return agent, any("FOR UPDATE" in query["sql"] for query in queries)

    agent, has_locked = locks()
    assert not has_locked
    Agent.objects.filter(pk=agent.pk).update(runs_failed=1)
    assert locks()[1]
