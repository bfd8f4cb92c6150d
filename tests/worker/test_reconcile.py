"""The look at what silence has left: after an outage of the server, clients are given the time to be heard again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app import tasks
from sweeps_app.models import AgentJob, Run, Watch, Worker
from sweeps_app.services.job_launch import job_launch
from sweeps_app.services.jobs import job_claim
from sweeps_app.services.runs import run_heartbeat
from sweeps_app.services.workers import worker_beat
from tests.factories import ask, make_agent, make_sweep, make_user, make_worker, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    """A run of which nothing was heard for six minutes."""
    user = make_user()
    run = start(user, ask(make_agent(user, make_sweep(user))))
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=6))
    return run


def _worker(started, heard):
    """Note a worker that began and was last heard of so many seconds ago."""
    worker, now = make_worker(f"worker-{started}"), timezone.now()
    Worker.objects.filter(pk=worker.pk).update(
        started_at=now - timedelta(seconds=started), heartbeat_at=now - timedelta(seconds=heard)
    )


def _is_lost(run):
    tasks.reconcile()
    return Run.objects.get(pk=run.pk).queued_at is not None


def test_silence_while_workers_watched_is_a_loss(run):
    _worker(started=3600, heard=3)
    assert _is_lost(run)


def test_after_an_outage_of_the_server_nobody_is_lost_at_once(run):
    _worker(started=3600, heard=350)
    _worker(started=2, heard=0)
    assert not _is_lost(run)
    run_heartbeat(run=Run.objects.get(pk=run.pk))
    Worker.objects.update(started_at=timezone.now() - timedelta(seconds=61))
    assert not _is_lost(run)


def test_who_does_not_come_back_after_an_outage_is_lost_a_minute_later(run):
    _worker(started=61, heard=0)
    assert _is_lost(run)


def test_a_worker_that_is_started_again_delays_nothing(run):
    _worker(started=3600, heard=25)
    _worker(started=5, heard=0)
    assert _is_lost(run)


def _watch(part, since, heard):
    """Note that a part of the server has been there for so many seconds, and was last heard of so many ago."""
    now = timezone.now()
    times = {"since": now - timedelta(seconds=since), "heartbeat_at": now - timedelta(seconds=heard)}
    Watch.objects.update_or_create(part=part, defaults=times)


def test_silence_while_the_web_was_away_is_no_loss_though_workers_lived(run):
    _worker(started=3600, heard=0)
    _watch(Watch.Part.WEB, since=3600, heard=400)
    assert not _is_lost(run)
    _watch(Watch.Part.WEB, since=2, heard=0)
    assert not _is_lost(run)


def test_who_does_not_come_back_to_the_web_is_lost_a_minute_later(run):
    _worker(started=3600, heard=0)
    _watch(Watch.Part.WEB, since=61, heard=0)
    assert _is_lost(run)


def test_while_the_web_was_there_an_outage_of_the_workers_forgives_nothing(run):
    _worker(started=1, heard=0)
    _watch(Watch.Part.WEB, since=3600, heard=5)
    assert _is_lost(run)


def test_after_an_outage_of_the_database_no_worker_loses_its_job():
    """One worker is the first to reach the database again, and looks for silent ones before the others have spoken."""
    user = make_user()
    first, other = make_worker("first"), make_worker("other")
    job = job_launch(user=user, sweep=make_sweep(user), program="digits")
    assert job_claim(job_id=job.job_id, worker=other) is not None
    silent = timezone.now() - timedelta(minutes=10)
    Worker.objects.update(heartbeat_at=silent)
    AgentJob.objects.update(heartbeat_at=silent)
    _watch(Watch.Part.WORKERS, since=3600, heard=600)
    worker_beat(worker=first)
    tasks.reconcile()
    assert AgentJob.objects.get().state == AgentJob.State.RUNNING
    assert Worker.objects.get(pk=other.pk).state == Worker.State.ACTIVE
    Watch.objects.update(since=timezone.now() - timedelta(seconds=61))
    tasks.reconcile()
    assert AgentJob.objects.get().state == AgentJob.State.QUEUED
    assert Worker.objects.get(pk=other.pk).state == Worker.State.LOST
