"""Parts of the server say that they are there, and a gap in that shows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sweeps_app.models import Watch
from sweeps_app.selectors.watch import is_watched
from sweeps_app.services import watch
from sweeps_app.services.watch import watch_keep, web_watch_keep
from tests.concurrency import in_threads

pytestmark = pytest.mark.django_db

WEB = Watch.Part.WEB
NOW = timezone.now()


def _at(seconds):
    return NOW + timedelta(seconds=seconds)


def _since():
    return Watch.objects.get(part=WEB).since


def _watched(since, now):
    return is_watched(WEB, since=_at(since), now=_at(now))


def test_of_what_has_never_said_that_it_was_there_nothing_is_known():
    watch_keep(part=Watch.Part.WORKERS, now=NOW)
    assert _watched(0, 0) is None


def test_beats_without_a_gap_are_one_watch():
    for seconds in range(0, 200, 25):
        watch_keep(part=WEB, now=_at(seconds))
    assert _since() == NOW
    assert (_watched(0, 175), _watched(-1, 175)) == (True, False)


def test_a_gap_begins_the_watch_anew():
    watch_keep(part=WEB, now=NOW)
    watch_keep(part=WEB, now=_at(31))
    assert (_watched(30, 31), _watched(31, 31)) == (False, True)


def test_who_is_away_now_watches_nothing():
    watch_keep(part=WEB, now=NOW)
    assert (_watched(0, 30), _watched(0, 31)) == (True, False)


def test_of_many_processes_one_writes(django_assert_num_queries):
    watch_keep(part=WEB, now=NOW)
    with django_assert_num_queries(1):
        watch_keep(part=WEB, now=_at(1))
    assert Watch.objects.get(part=WEB).heartbeat_at == NOW


@pytest.mark.django_db(transaction=True)
def test_processes_that_come_back_together_keep_one_watch():
    in_threads(4, lambda i: watch_keep(part=WEB, now=_at(i / 10)))
    assert _since() - NOW < timedelta(seconds=1)
    watch_keep(part=WEB, now=_at(5))
    assert _watched(1, 5)


def test_the_moment_that_counts_is_the_one_in_which_the_database_answers(monkeypatch):
    times = [NOW]

    def connect():
        times.append(_at(40))

    monkeypatch.setattr(watch, "close_old_connections", lambda: None)  # it is the test's own
    monkeypatch.setattr(connection, "ensure_connection", connect)
    monkeypatch.setattr(timezone, "now", lambda: times[-1])
    web_watch_keep()
    assert _since() == _at(40)
