"""The page of a sweep's share links, and what a link shows to people without an account."""

import gzip
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dashboard.report import kept
from dashboard.views import shared
from sweeps_app.models import ShareLink
from sweeps_app.services.deletion import sweep_delete
from sweeps_app.services.sharing import share_create, share_revoke
from tests.dashboard.world import add_runs


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Count requests from none, and keep reports where no other test does."""
    cache.clear()
    settings.DATA_DIR = tmp_path


@pytest.fixture
def made(world):
    return share_create(user=world.owner, sweep=world.sweep, name="reviewers", days=7)


@pytest.fixture
def reader():
    return Client()


def _body(response):
    return gzip.decompress(b"".join(response.streaming_content)).decode()


def _open(reader, token, **headers):
    return reader.get(f"/share/{token}", headers={"Accept-Encoding": "gzip"} | headers)


def test_an_address_is_shown_once_and_then_listed_without_its_token(page, world, settings):
    settings.PUBLIC_URL = "https://sweeps.example.org"
    form = page.get(f"{world.sweep_path}/share").context["share_form"]
    assert [value for value, _ in form.fields["days"].choices] == ["1", "7", "30", "90"]
    made = page.post(f"{world.sweep_path}/share", {"name": "reviewers", "days": "30", "request_id": "q"})
    assert "no-store" in made["Cache-Control"]
    token = re.search(r"https://sweeps\.example\.org/share/([\w-]{43})<", made.content.decode())[1]
    link = ShareLink.objects.get()
    assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
    listed = page.get(f"{world.sweep_path}/share").content.decode()
    assert "reviewers" in listed
    assert token not in listed
    revoked = page.post(f"{world.sweep_path}/share/{link.share_id}/revoke", follow=True).content.decode()
    assert "shows nothing any more" in revoked
    assert "Links that have ended (1)" in revoked


def test_a_wrong_form_is_explained_and_sharing_may_be_off(page, world, settings):
    wrong = page.post(f"{world.sweep_path}/share", {"name": "", "days": "400", "request_id": "q"})
    assert wrong.status_code == 400
    assert "Select a valid choice" in wrong.content.decode()
    settings.SHARING = False
    assert "Sharing is turned off" in page.get(f"{world.sweep_path}/share").content.decode()
    assert page.post(f"{world.sweep_path}/share", {"days": "7", "request_id": "q"}).status_code == 403
    assert not ShareLink.objects.exists()


def test_a_stranger_neither_makes_sees_nor_ends_links(stranger, world, made):
    assert stranger.get(f"{world.sweep_path}/share").status_code == 404
    assert stranger.post(f"{world.sweep_path}/share", {"days": "7", "request_id": "q"}).status_code == 404
    assert stranger.post(f"{world.sweep_path}/share/{made.link.share_id}/revoke").status_code == 404
    assert ShareLink.objects.get().revoked_at is None


def test_whoever_has_the_address_sees_the_sweep_as_it_is_now_and_leaves_no_trace(reader, world, made, monkeypatch):
    monkeypatch.setattr(kept, "REST", 0.0)
    first = _open(reader, made.token)
    assert (first.status_code, first["Content-Encoding"]) == (200, "gzip")
    assert first["X-Robots-Tag"] == "noindex, nofollow"
    assert first["Referrer-Policy"] == "no-referrer"
    assert "sandbox allow-scripts" in first["Content-Security-Policy"]
    assert "allow-same-origin" not in first["Content-Security-Policy"]
    assert first["Cache-Control"] == "private, no-cache"
    assert not first.cookies
    assert "All 8 runs of the sweep." in _body(first)
    assert _open(reader, made.token, **{"If-None-Match": first["ETag"]}).status_code == 304
    add_runs(world.sweep, 1)
    assert "All 9 runs of the sweep." in _body(_open(reader, made.token, **{"If-None-Match": first["ETag"]}))
    plain = reader.get(f"/share/{made.token}")
    assert "All 9 runs" in b"".join(plain.streaming_content).decode()
    assert reader.head(f"/share/{made.token}").status_code == 200
    made.link.refresh_from_db()
    assert made.link.uses == 4
    assert len(list((kept.settings.DATA_DIR / "reports").iterdir())) == 1


def test_a_report_is_kept_until_the_sweep_has_changed_and_a_while_longer(reader, world, made, monkeypatch):
    calls = []
    whole = kept.report_chunks
    monkeypatch.setattr(kept, "report_chunks", lambda *given, **more: calls.append(given) or whole(*given, **more))
    _body(_open(reader, made.token))
    add_runs(world.sweep, 1)
    assert "All 8 runs" in _body(_open(reader, made.token))
    monkeypatch.setattr(kept, "REST", 0.0)
    with kept._making:  # somebody else is at it
        assert "All 8 runs" in _body(_open(reader, made.token))
    assert len(calls) == 1
    assert "All 9 runs" in _body(_open(reader, made.token))
    assert len(calls) == 2


def test_a_link_that_has_ended_says_why_and_whom_to_ask(reader, world, made, caplog):
    ShareLink.objects.update(expires_at=made.link.created_at + timedelta(microseconds=1))
    expired = reader.get(f"/share/{made.token}")
    assert expired.status_code == 410
    assert expired["X-Robots-Tag"] == "noindex, nofollow"
    assert re.search(r"It expired on .* Ask owner, who made it, for a new one\.", expired.content.decode())
    share_revoke(link=made.link)
    assert "It was revoked." in reader.get(f"/share/{made.token}").content.decode()
    other = share_create(user=world.owner, sweep=world.sweep, days=7)
    sweep_delete(sweep=world.sweep)
    gone = reader.get(f"/share/{other.token}")
    assert (gone.status_code, "The sweep that it showed was deleted" in gone.content.decode()) == (410, True)
    unknown = reader.get(f"/share/{'x' * 43}")
    assert (unknown.status_code, "There is no such link" in unknown.content.decode()) == (404, True)
    assert "/share/" not in caplog.text


def test_a_link_opens_no_other_page_and_takes_no_writes(reader, world, made):
    _open(reader, made.token)
    for path in (world.sweep_path, world.run_path, f"{world.sweep_path}/objective.json", f"/share/{made.token}/x"):
        assert reader.get(path).status_code in (302, 404)
    assert reader.post(f"/share/{made.token}").status_code == 405


def test_too_many_requests_have_to_wait(reader, made, settings, monkeypatch):
    monkeypatch.setattr(shared, "PER_ADDRESS", "2/min")
    settings.BEHIND_PROXY = True
    said = [_open(reader, "guess", **{"X-Forwarded-For": f"{n}, 10.0.0.1"}).status_code for n in range(3)]
    assert said == [404, 404, 429]
    assert _open(reader, made.token, **{"X-Forwarded-For": "10.0.0.2"}).status_code == 200
    monkeypatch.setattr(shared, "PER_LINK", "1/min")
    waiting = _open(reader, made.token, **{"X-Forwarded-For": "10.0.0.3"})
    assert waiting.status_code == 429
    assert 0 < int(waiting["Retry-After"]) <= 60
