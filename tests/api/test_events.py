"""Streams of events from the real ASGI application: from two servers, refused, ended by a sign-out and a shutdown."""

import pytest
import urllib3
from django.contrib.sessions.models import Session
from django.test import Client

from sweeps_app.config import events
from sweeps_app.services.sweeps import sweep_control
from tests.api.live import served
from tests.factories import make_sweep, make_user

pytestmark = pytest.mark.django_db(transaction=True)


class _Page:
    """An open page of `user` at a server; its stream ends where the server ends it."""

    def __init__(self, user, address, path):
        client = Client()
        client.force_login(user)
        headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}", "Accept": "text/event-stream"}
        self.answer = urllib3.PoolManager(retries=False, timeout=30).request(
            "GET", f"{address}{path}?events=1", headers=headers, preload_content=False
        )
        self._parts = self.answer.stream()

    def mark(self):
        """Return the next mark, None at the end."""
        for part in self._parts:
            if b"event: mark" in part:
                return part
        return None


@pytest.fixture
def user():
    return make_user("ada")


@pytest.fixture
def sweep(user):
    return make_sweep(user)


@pytest.fixture
def path(sweep):
    return f"/ada/demo/sweeps/{sweep.sweep_id}"


def test_each_of_two_servers_tells_what_happened_anywhere_and_ends_at_once(user, sweep, path):
    with served() as one:
        with served() as other:
            pages = [_Page(user, address, path) for address in (one, other)]
            assert {page.answer.headers["Content-Type"] for page in pages} == {"text/event-stream"}
            assert {page.answer.headers["X-Accel-Buffering"] for page in pages} == {"no"}
            first = [page.mark() for page in pages]
            assert first[0] == first[1]
            sweep_control(sweep=sweep, action="pause")
            second = [page.mark() for page in pages]
            assert second[0] == second[1] != first[0]
            again = _Page(user, one, path)
            assert again.mark() == second[0]  # who comes back compares
        assert pages[1].mark() is None
        sweep_control(sweep=sweep, action="resume")
        assert pages[0].mark() not in (None, second[0])


def test_a_stream_ends_with_its_session_and_one_too_many_gets_no_content(user, path, settings, monkeypatch):
    monkeypatch.setattr(events, "GUARD_LOOKS", 1)
    settings.MAX_STREAMS = 1
    with served() as address:
        page = _Page(user, address, path)
        assert page.mark() is not None
        assert _Page(user, address, path).answer.status == 204
        Session.objects.all().delete()
        assert page.mark() is None
        assert _Page(make_user("eve"), address, path).answer.status == 404
