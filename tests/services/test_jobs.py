"""Agent jobs: the row decides who runs one, whatever messages are lost or come twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.models import Agent, AgentJob, HeldGpu, Run, Worker
from sweeps_app.selectors.jobs import output_tails, waiting_reasons
from sweeps_app.selectors.workers import fleet_workers, rooms
from sweeps_app.services import job_console
from sweeps_app.services.agents import agent_heartbeat, agent_register
from sweeps_app.services.job_bell import RUN_AGENT_JOB
from sweeps_app.services.job_console import Printed
from sweeps_app.services.job_launch import JobSettings, job_launch, job_launch_once
from sweeps_app.services.jobs import (
    MAX_ATTEMPTS,
    SILENCE,
    job_beat,
    job_claim,
    job_drain,
    job_finish,
    job_key,
    job_release,
    job_stop,
    jobs_reconcile,
    jobs_requeue_all,
    jobs_ring_next,
)
from sweeps_app.services.keys import key_authenticate
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.workers import worker_beat, worker_leave, workers_lose, workers_reconcile
from tests.concurrency import in_threads
from tests.factories import ask, make_sweep, make_user, make_worker, start

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


@pytest.fixture
def worker(user):
    return make_worker()


def _launched(user, sweep, **wanted):
    return job_launch_once(user=user, sweep=sweep, wanted=JobSettings("digits", **wanted))[0]


def _claimed(user, sweep, worker=None, **wanted):
    return job_claim(job_id=_launched(user, sweep, **wanted).job_id, worker=worker or make_worker())


def _said(job, *texts, first_line=0):
    return Printed(first_line, [(1.0, "stdout", text) for text in texts])


def _tail(job):
    return output_tails([job]).get(job.pk, "")


def _working(user, sweep, job):
    """Return the run that an agent of the job is at."""
    agent, _ = agent_register(user=user, sweep=sweep, agent_id=f"agent{job.attempt}{job.job_id}", job_id=job.job_id)
    return start(user, ask(agent))


def _silent_since(job, seconds):
    AgentJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


def _state(job):
    return AgentJob.objects.get(pk=job.pk).state


def test_a_job_is_claimed_once(user, sweep, worker):
    job = _claimed(user, sweep, worker)
    assert (job.state, job.worker, job.attempt) == (State.RUNNING, worker, 1)
    assert job_claim(job_id=job.job_id, worker=make_worker()) is None
    assert job_claim(job_id="nonesuch", worker=worker) is None


@pytest.mark.django_db(transaction=True)
def test_one_of_many_workers_gets_the_job():
    user = make_user()
    job = job_launch(user=user, sweep=make_sweep(user), program="digits")
    workers = [make_worker(f"worker-{i}") for i in range(6)]
    claims = in_threads(6, lambda i: job_claim(job_id=job.job_id, worker=workers[i]))
    [winner] = [claim for claim in claims if claim is not None]
    job.refresh_from_db()
    assert (job.worker, job.attempt) == (winner.worker, 1)


@pytest.mark.django_db(transaction=True)
def test_of_an_end_and_a_reconciler_one_wins():
    user = make_user()
    job = _claimed(user, make_sweep(user))
    _silent_since(job, SILENCE.total_seconds() + 1)
    now = timezone.now()
    acts = [lambda: job_finish(job=job, exit_code=0), lambda: bool(jobs_reconcile(now=now).requeued)]
    results = in_threads(2, lambda i: acts[i]())
    assert results.count(True) == 1
    assert _state(job) == (State.FINISHED if results[0] else State.QUEUED)


def _is_given_back(run):
    run.refresh_from_db()
    return run.state == Run.State.PENDING and run.queued_at is not None and run.requeue_cause == Run.Cause.LOST


@pytest.mark.parametrize(("code", "state"), [(0, State.FINISHED), (3, State.FAILED), (-9, State.FAILED)])
def test_an_end_closes_the_books(user, sweep, code, state):
    job = _claimed(user, sweep)
    secret = job_key(job=job)
    assert key_authenticate(secret=secret).user == user
    run = _working(user, sweep, job)
    assert job_finish(job=job, exit_code=code, output=_said(job, "the end\x00"))
    job.refresh_from_db()
    assert (job.state, job.exit_code, _tail(job), job.pid) == (state, code, "the end\n", None)
    assert job.finished_at is not None
    assert key_authenticate(secret=secret) is None
    assert Agent.objects.get().state == Agent.State.LOST
    assert _is_given_back(run)


def test_the_key_of_another_job_lives_on(user, sweep):
    job, other = _claimed(user, sweep), _claimed(user, sweep)
    secret = job_key(job=other)
    job_finish(job=job, exit_code=0)
    assert key_authenticate(secret=secret) is not None


def test_a_beat_stores_each_line_once(user, sweep):
    job = _claimed(user, sweep)
    _silent_since(job, 20)
    assert not job_beat(job=job, output=_said(job, "a", "b"), pid=17)
    assert not job_beat(job=job, output=_said(job, "b", "c", first_line=1))
    job.refresh_from_db()
    assert (_tail(job), job.console_lines, job.pid) == ("a\nb\nc\n", 3, 17)
    assert timezone.now() - job.heartbeat_at < timedelta(seconds=10)


def test_of_much_output_beginning_and_end_are_kept(user, sweep, monkeypatch):
    monkeypatch.setattr(job_console, "HEAD_CHARACTERS", 1_000)
    monkeypatch.setattr(job_console, "TAIL_CHARACTERS", 3_000)
    monkeypatch.setattr("sweeps_app.services.line_chunks.CHUNK_LINES", 10)
    job = _claimed(user, sweep)
    for first in range(0, 1_000, 50):
        said = _said(job, *(f"line {n:05}" + "." * 40 for n in range(first, first + 50)), first_line=first)
        job_beat(job=job, output=said)
    job.refresh_from_db()
    chunks = list(job.console_chunks.order_by("first_line"))
    assert (chunks[0].first_line, job.console_lines) == (0, 1_000)
    assert sum(chunk.characters for chunk in chunks) <= 4_000
    assert chunks[-1].first_line + chunks[-1].lines == 1_000
    assert _tail(job).endswith(f"line 00999{'.' * 40}\n")


def test_a_waiting_job_stops_at_once_and_cannot_be_claimed(user, sweep):
    job = job_launch(user=user, sweep=sweep, program="digits")
    assert job_stop(job=job).state == State.STOPPED
    assert job_stop(job=job).state == State.STOPPED
    assert job_claim(job_id=job.job_id, worker=make_worker()) is None


def test_a_running_job_stops_by_way_of_its_worker(user, sweep):
    job = _claimed(user, sweep)
    assert job_stop(job=job).state == State.RUNNING
    assert job_beat(job=job)
    assert job_finish(job=job, exit_code=255)
    assert _state(job) == State.STOPPED


def test_a_released_job_waits_again_and_has_not_used_up_an_attempt(user, sweep, rung):
    job = _claimed(user, sweep)
    secret = job_key(job=job)
    run = _working(user, sweep, job)
    assert rung(lambda: job_release(job=job, output=_said(job, "so far"))) == [job.job_id]
    again = job_claim(job_id=job.job_id, worker=make_worker())
    assert (again.attempt, _tail(again)) == (1, "so far\n")
    assert key_authenticate(secret=secret) is None
    assert _is_given_back(run)


def test_a_silent_job_is_given_to_another_worker_and_lost_to_the_first(user, sweep, rung):
    worker = make_worker()
    job = _claimed(user, sweep, worker)
    run = _working(user, sweep, job)
    now = timezone.now()
    assert jobs_reconcile(now=now + SILENCE - timedelta(seconds=5)).requeued == 0
    assert rung(lambda: jobs_reconcile(now=now + SILENCE + timedelta(seconds=5))).count(job.job_id) >= 1
    assert _state(job) == State.QUEUED
    assert _is_given_back(run)
    successor = job_claim(job_id=job.job_id, worker=worker)  # even the same one
    assert successor.attempt == 2
    assert job_beat(job=job)
    assert not job_finish(job=job, exit_code=0, output=_said(job, "late"))
    assert not job_release(job=job, output=_said(job, "late"))
    assert _state(job) == State.RUNNING
    assert _tail(successor) == ""


def test_a_job_that_kills_its_workers_is_given_up(user, sweep):
    job = _claimed(user, sweep)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert AgentJob.objects.get(pk=job.pk).attempt == attempt
        _silent_since(job, SILENCE.total_seconds() + 1)
        done = jobs_reconcile(now=timezone.now())
        assert (done.requeued, done.lost) == ((1, 0) if attempt < MAX_ATTEMPTS else (0, 1))
        job_claim(job_id=job.job_id, worker=make_worker())
    job.refresh_from_db()
    assert (job.state, job.reason) == (State.LOST, "given up: 3 workers in turn were lost while they ran it")
    assert job.finished_at is not None


def test_a_silent_job_that_was_to_stop_has_stopped(user, sweep):
    job = job_stop(job=_claimed(user, sweep))
    _silent_since(job, SILENCE.total_seconds() + 1)
    assert jobs_reconcile(now=timezone.now()).requeued == 0
    assert _state(job) == State.STOPPED


def test_what_waits_is_rung_for_the_oldest_first_as_far_as_there_is_room(user, sweep, rung, sent_tasks):
    big, other = _launched(user, sweep, slots=5), _launched(user, sweep, queue="other")
    small = [_launched(user, sweep, slots=2) for _ in range(3)]
    worker = make_worker(slots=4)
    assert rung(lambda: jobs_reconcile(now=timezone.now())) == [job.job_id for job in (big, other, *small)]
    assert rung(lambda: jobs_ring_next(worker=worker)) == [job.job_id for job in small[:2]]
    for job in small[:2]:
        job_claim(job_id=job.job_id, worker=worker)
    assert rung(lambda: jobs_ring_next(worker=worker)) == []


def test_before_the_only_worker_starts_every_running_job_waits_again(user, sweep):
    jobs = [_claimed(user, sweep) for _ in range(2)]
    ended = _claimed(user, sweep)
    assert job_finish(job=ended, exit_code=0)
    assert jobs_requeue_all(now=timezone.now()) == 2
    assert [_state(job) for job in (*jobs, ended)] == [State.QUEUED, State.QUEUED, State.FINISHED]


def test_slots_and_cards_are_given_as_far_as_there_are_any(user, sweep):
    worker = make_worker(slots=4, gpus=["0", "1", "2"])
    first = _claimed(user, sweep, worker, slots=3, gpus=2)
    assert first.gpu_ids == ["0", "1"]
    assert _claimed(user, sweep, worker, slots=2) is None
    assert _claimed(user, sweep, worker, gpus=2) is None
    assert _claimed(user, sweep, worker, queue="other") is None
    busy = _launched(user, sweep, gpus=1)
    assert job_claim(job_id=busy.job_id, worker=worker, busy_gpus={"2"}) is None
    assert job_claim(job_id=busy.job_id, worker=worker).gpu_ids == ["2"]
    job_finish(job=first, exit_code=0)
    assert _claimed(user, sweep, worker, slots=3, gpus=2).gpu_ids == ["0", "1"]


def test_a_silent_workers_cards_are_free_for_whoever_takes_the_job(user, sweep):
    old, new = make_worker(gpus=["0"]), make_worker(gpus=["0"])
    job = _claimed(user, sweep, old, gpus=1)
    assert _claimed(user, sweep, new, gpus=1) is None  # another worker of the same machine
    assert _claimed(user, sweep, make_worker(host="host2", gpus=["0"]), gpus=1) is not None
    assert workers_lose(workers=[old], now=timezone.now()) == 1
    assert Worker.objects.get(pk=old.pk).state == Worker.State.LOST
    assert job_claim(job_id=job.job_id, worker=old) is None
    again = job_claim(job_id=job.job_id, worker=new)
    assert (again.gpu_ids, again.attempt) == (["0"], 2)


@pytest.mark.django_db(transaction=True)
def test_no_card_has_two_jobs_and_no_worker_too_many_however_many_ask_at_once():
    user = make_user()
    sweep = make_sweep(user)
    workers = [make_worker(f"worker-{n}", slots=3, gpus=["0", "1", "2", "3"]) for n in range(2)]
    jobs = [_launched(user, sweep, gpus=1) for _ in range(8)]
    claims = in_threads(8, lambda i: job_claim(job_id=jobs[i].job_id, worker=workers[i % 2]))
    held = list(HeldGpu.objects.values_list("gpu", flat=True))
    assert len(held) == len(set(held)) == sum(claim is not None for claim in claims)
    assert all(worker.jobs.filter(state=State.RUNNING).count() <= 3 for worker in workers)
    # Who came too late finds what is left.
    waiting = [job for job, claim in zip(jobs, claims, strict=True) if claim is None]
    for job in waiting:
        for worker in workers:
            job_claim(job_id=job.job_id, worker=worker)
    assert HeldGpu.objects.count() == 4


@pytest.mark.parametrize(
    ("offers", "needs", "reason"),
    [
        (None, {}, "no worker listens to queue agents"),
        ({"queues": ["cpu"]}, {"queue": "gpu"}, "no worker listens to queue gpu"),
        ({}, {}, ""),
        (
            {"gpus": ["0"]},
            {"gpus": 2},
            "needs 2 GPUs and 1 CPU slot; the largest worker of queue agents has 1 GPU and 4 CPU slots",
        ),
        ({"slots": 2}, {"slots": 3}, "needs 3 CPU slots; the largest worker of queue agents has 2 CPU slots"),
    ],
)
def test_a_job_that_fits_nowhere_says_why(user, sweep, offers, needs, reason):
    if offers is not None:
        make_worker(**offers)
    job = _launched(user, sweep, **needs)
    assert waiting_reasons([job], timezone.now()) == {job.pk: reason}


def test_a_job_that_waits_for_room_says_what_there_is(user, sweep):
    worker = make_worker(gpus=["0", "1"], slots=8)
    _claimed(user, sweep, worker, gpus=1)
    job = _launched(user, sweep, gpus=2)
    now = timezone.now()
    told = "needs 2 GPUs and 1 CPU slot; the largest free worker of queue agents has 1 GPU and 7 CPU slots"
    assert waiting_reasons([job], now) == {job.pk: told}
    later = now + timedelta(minutes=1)
    assert waiting_reasons([job], later) == {job.pk: "no worker listens to queue agents"}
    assert workers_reconcile(now=later) == 1
    assert job_claim(job_id=job.job_id, worker=worker) is None


def test_workers_are_remembered_for_a_while(user, sweep):
    alive, ended, named = make_worker("alive"), make_worker("ended"), make_worker("named")
    _claimed(user, sweep, named)
    for worker in (ended, named):
        worker_leave(worker=worker)
    now = timezone.now()
    assert list(fleet_workers(ended_after=now - timedelta(hours=1))) == [named, ended, alive]
    assert list(fleet_workers(ended_after=now + timedelta(hours=1))) == [alive]
    assert [(room.worker, room.slots, room.jobs) for room in rooms([alive, named])] == [(alive, 4, 0), (named, 3, 1)]
    workers_reconcile(now=now + timedelta(days=8))
    assert set(Worker.objects.all()) == {alive, named}
    worker_beat(worker=alive)
    assert Worker.objects.get(pk=alive.pk).state == Worker.State.ACTIVE


def test_a_reason_of_any_length_is_kept_as_far_as_there_is_room(user, sweep):
    job = _claimed(user, sweep)
    assert job_finish(job=job, exit_code=None, reason="x" * 2_000)
    assert AgentJob.objects.get(pk=job.pk).reason == "x" * 500


def test_a_drained_job_takes_no_further_run_and_ends_finished(user, sweep):
    job = _claimed(user, sweep)
    run = _working(user, sweep, job)
    late, _ = agent_register(user=user, sweep=sweep, agent_id="lateagent", job_id=job.job_id)
    assert job_drain(job=job).state == State.RUNNING
    later, _ = agent_register(user=user, sweep=sweep, agent_id="lateragent", job_id=job.job_id)
    assert not job_beat(job=job)
    for agent in Agent.objects.filter(pk__in=[run.agent_id, late.pk, later.pk]):
        assert agent_heartbeat(agent=agent).command == "go"
        assert suggestion_claim(agent=agent, request_id="next").command == "exit"
    assert job_finish(job=job, exit_code=0)
    job.refresh_from_db()
    assert (job.state, job.reason) == (State.FINISHED, "drained")


@pytest.mark.parametrize("how", ["waits", "released", "silent"])
def test_a_drained_job_is_not_queued_again(user, sweep, rung, how):
    job = _launched(user, sweep) if how == "waits" else _claimed(user, sweep)
    job_drain(job=job)
    if how == "released":
        assert rung(lambda: job_release(job=job)) == []
    if how == "silent":
        _silent_since(job, SILENCE.total_seconds() + 1)
        jobs_reconcile(now=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.reason) == (State.FINISHED, "drained")


def test_a_change_of_a_job_is_one_of_its_sweep(user, sweep):
    job, seen = _launched(user, sweep), set()
    for act in (
        lambda: None,
        lambda: job_claim(job_id=job.job_id, worker=make_worker()),
        lambda: job_stop(job=job),
        lambda: job_finish(job=AgentJob.objects.get(), exit_code=1),
    ):
        act()
        sweep.refresh_from_db()
        seen.add(sweep.change)
    assert len(seen) == 4


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_does_not_fail_the_launch(monkeypatch):
    def refuse(*_, **__):
        raise ConnectionError("no broker")

    monkeypatch.setattr("sweeps_app.config.celery.app.send_task", refuse)
    user = make_user()
    assert _state(job_launch(user=user, sweep=make_sweep(user), program="digits")) == State.QUEUED
