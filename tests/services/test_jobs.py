"""Agent jobs: the row decides who runs one, whatever messages are lost or come twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import Agent, AgentJob, Run
from sweeps_app.services.agents import agent_register
from sweeps_app.services.jobs import (
    MAX_ATTEMPTS,
    OUTPUT_CHARACTERS,
    RUN_AGENT_JOB,
    SILENCE,
    job_beat,
    job_claim,
    job_finish,
    job_key,
    job_launch,
    job_launch_once,
    job_release,
    job_stop,
    jobs_reconcile,
    jobs_requeue_all,
    jobs_ring_next,
)
from sweeps_app.services.keys import key_authenticate
from tests.concurrency import in_threads
from tests.factories import ask, make_sweep, make_user, start

pytestmark = pytest.mark.django_db

State = AgentJob.State


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def sweep(user):
    return make_sweep(user)


@pytest.fixture
def rung(sent_tasks, django_capture_on_commit_callbacks):
    """Return the ids of the jobs that a call rings for, once its transaction holds."""

    def call(function):
        sent_tasks.clear()
        with django_capture_on_commit_callbacks(execute=True):
            function()
        assert {name for name, _ in sent_tasks} <= {RUN_AGENT_JOB}
        return [arguments["job_id"] for _, arguments in sent_tasks]

    return call


def _claimed(user, sweep, worker="worker-1"):
    return job_claim(job_id=job_launch(user=user, sweep=sweep, program="digits").job_id, worker=worker)


def _working(user, sweep, job):
    """Return the run that an agent of the job is at."""
    agent, _ = agent_register(user=user, sweep=sweep, agent_id=f"agent{job.attempt}{job.job_id}", job_id=job.job_id)
    return start(user, ask(agent))


def _silent_since(job, seconds):
    AgentJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


def _state(job):
    return AgentJob.objects.get(pk=job.pk).state


def test_a_launch_is_repeated_without_harm_and_rings_once(user, sweep, rung):
    launch = lambda: job_launch_once(user=user, sweep=sweep, program="digits", count=2, job_id="job00001")  # noqa: E731
    assert rung(launch) == ["job00001"]
    assert rung(launch) == []
    job, created = launch()
    assert (AgentJob.objects.get(), created) == (job, False)
    assert (job.state, job.count, job.created_by, job.project) == (State.QUEUED, 2, user, sweep.project)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"program": "rm -rf /"}, "program"), ({"count": 0}, "count"), ({"job_id": "NOT-AN-ID"}, "job_id")],
)
def test_a_launch_that_makes_no_sense_names_the_field(user, sweep, wrong, field):
    with pytest.raises(InvalidInput) as caught:
        job_launch_once(**{"user": user, "sweep": sweep, "program": "digits"} | wrong)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not AgentJob.objects.exists()


def test_an_id_belongs_to_one_person_and_sweep(user, sweep):
    job_launch_once(user=user, sweep=sweep, program="digits", job_id="job00001")
    for other_user, other_sweep in ((make_user(), sweep), (user, make_sweep(user))):
        with pytest.raises(Conflict, match="taken"):
            job_launch_once(user=other_user, sweep=other_sweep, program="digits", job_id="job00001")


def test_a_job_is_claimed_once(user, sweep):
    job = _claimed(user, sweep)
    assert (job.state, job.worker, job.attempt) == (State.RUNNING, "worker-1", 1)
    assert job_claim(job_id=job.job_id, worker="worker-2") is None
    assert job_claim(job_id="nonesuch", worker="worker-2") is None


@pytest.mark.django_db(transaction=True)
def test_one_of_many_workers_gets_the_job():
    user = make_user()
    job = job_launch(user=user, sweep=make_sweep(user), program="digits")
    claims = in_threads(6, lambda i: job_claim(job_id=job.job_id, worker=f"worker-{i}"))
    [winner] = [claim for claim in claims if claim is not None]
    job.refresh_from_db()
    assert (job.worker, job.attempt) == (winner.worker, 1)


@pytest.mark.django_db(transaction=True)
def test_of_an_end_and_a_reconciler_one_wins():
    user = make_user()
    job = _claimed(user, make_sweep(user))
    _silent_since(job, SILENCE.total_seconds() + 1)
    now = timezone.now()
    acts = [lambda: job_finish(job=job, exit_code=0, output=""), lambda: bool(jobs_reconcile(now=now).requeued)]
    results = in_threads(2, lambda i: acts[i]())
    assert results.count(True) == 1
    assert _state(job) == (State.FINISHED if results[0] else State.QUEUED)


@pytest.mark.parametrize(("code", "state"), [(0, State.FINISHED), (3, State.FAILED), (-9, State.FAILED)])
def test_an_end_closes_the_books(user, sweep, code, state):
    job = _claimed(user, sweep)
    secret = job_key(job=job)
    assert key_authenticate(secret=secret).user == user
    run = _working(user, sweep, job)
    assert job_finish(job=job, exit_code=code, output="the end\x00")
    job.refresh_from_db()
    assert (job.state, job.exit_code, job.output_tail, job.pid) == (state, code, "the end", None)
    assert job.finished_at is not None
    assert key_authenticate(secret=secret) is None
    assert Agent.objects.get().state == Agent.State.LOST
    assert Run.objects.get(pk=run.pk).state == Run.State.CRASHED


def test_the_key_of_another_job_lives_on(user, sweep):
    job, other = _claimed(user, sweep), _claimed(user, sweep)
    secret = job_key(job=other)
    job_finish(job=job, exit_code=0, output="")
    assert key_authenticate(secret=secret) is not None


def test_a_beat_keeps_the_end_of_the_output(user, sweep):
    job = _claimed(user, sweep)
    _silent_since(job, 20)
    assert not job_beat(job=job, output="a" * OUTPUT_CHARACTERS + "end", pid=17)
    job.refresh_from_db()
    assert (len(job.output_tail), job.output_tail[-4:], job.pid) == (OUTPUT_CHARACTERS, "aend", 17)
    assert timezone.now() - job.heartbeat_at < timedelta(seconds=10)
    assert not job_beat(job=job)
    assert AgentJob.objects.get(pk=job.pk).output_tail.endswith("aend")


def test_a_waiting_job_stops_at_once_and_cannot_be_claimed(user, sweep):
    job = job_launch(user=user, sweep=sweep, program="digits")
    assert job_stop(job=job).state == State.STOPPED
    assert job_stop(job=job).state == State.STOPPED
    assert job_claim(job_id=job.job_id, worker="worker-1") is None


def test_a_running_job_stops_by_way_of_its_worker(user, sweep):
    job = _claimed(user, sweep)
    assert job_stop(job=job).state == State.RUNNING
    assert job_beat(job=job)
    assert job_finish(job=job, exit_code=255, output="")
    assert _state(job) == State.STOPPED


def test_a_released_job_waits_again_and_has_not_used_up_an_attempt(user, sweep, rung):
    job = _claimed(user, sweep)
    secret = job_key(job=job)
    run = _working(user, sweep, job)
    assert rung(lambda: job_release(job=job, output="so far")) == [job.job_id]
    again = job_claim(job_id=job.job_id, worker="worker-2")
    assert (again.attempt, again.output_tail) == (1, "so far")
    assert key_authenticate(secret=secret) is None
    assert Run.objects.get(pk=run.pk).state == Run.State.CRASHED


def test_a_silent_job_is_given_to_another_worker_and_lost_to_the_first(user, sweep, rung):
    job = _claimed(user, sweep)
    run = _working(user, sweep, job)
    now = timezone.now()
    assert jobs_reconcile(now=now + SILENCE - timedelta(seconds=5)).requeued == 0
    assert rung(lambda: jobs_reconcile(now=now + SILENCE + timedelta(seconds=5))).count(job.job_id) >= 1
    assert _state(job) == State.QUEUED
    assert Run.objects.get(pk=run.pk).state == Run.State.CRASHED
    successor = job_claim(job_id=job.job_id, worker="worker-1")  # even one of the same name
    assert successor.attempt == 2
    assert job_beat(job=job)
    assert not job_finish(job=job, exit_code=0, output="late")
    assert not job_release(job=job, output="late")
    assert _state(job) == State.RUNNING
    assert AgentJob.objects.get(pk=job.pk).output_tail == ""


def test_a_job_that_kills_its_workers_is_given_up(user, sweep):
    job = _claimed(user, sweep)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert AgentJob.objects.get(pk=job.pk).attempt == attempt
        _silent_since(job, SILENCE.total_seconds() + 1)
        done = jobs_reconcile(now=timezone.now())
        assert (done.requeued, done.lost) == ((1, 0) if attempt < MAX_ATTEMPTS else (0, 1))
        job_claim(job_id=job.job_id, worker="worker-1")
    job.refresh_from_db()
    assert job.state == State.LOST
    assert job.finished_at is not None


def test_a_silent_job_that_was_to_stop_has_stopped(user, sweep):
    job = job_stop(job=_claimed(user, sweep))
    _silent_since(job, SILENCE.total_seconds() + 1)
    assert jobs_reconcile(now=timezone.now()).requeued == 0
    assert _state(job) == State.STOPPED


def test_what_waits_is_rung_for_the_oldest_first(user, sweep, rung):
    jobs = [job_launch(user=user, sweep=sweep, program="digits").job_id for _ in range(3)]
    assert rung(lambda: jobs_reconcile(now=timezone.now())) == jobs
    assert rung(jobs_ring_next) == jobs[:1]
    for job_id in jobs:
        job_claim(job_id=job_id, worker="worker-1")
    assert rung(jobs_ring_next) == []


def test_before_the_only_worker_starts_every_running_job_waits_again(user, sweep):
    jobs = [_claimed(user, sweep) for _ in range(2)]
    ended = _claimed(user, sweep)
    job_finish(job=ended, exit_code=0, output="")
    assert jobs_requeue_all(now=timezone.now()) == 2
    assert [_state(job) for job in (*jobs, ended)] == [State.QUEUED, State.QUEUED, State.FINISHED]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_does_not_fail_the_launch(monkeypatch):
    def refuse(*_, **__):
        raise ConnectionError("no broker")

    monkeypatch.setattr("sweeps_app.config.celery.app.send_task", refuse)
    user = make_user()
    assert _state(job_launch(user=user, sweep=make_sweep(user), program="digits")) == State.QUEUED
