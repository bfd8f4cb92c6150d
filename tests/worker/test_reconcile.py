"""The look at what silence has left: after an outage of the server, clients are given the time to be heard again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app import tasks
from sweeps_app.models import Run, Worker
from sweeps_app.services.runs import run_heartbeat
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
