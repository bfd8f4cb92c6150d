"""Live pages behind nginx, set up as the documentation says."""

import pytest
from playwright.sync_api import expect

from tests.api.live import served
from tests.browser.nginx import Nginx
from tests.browser.viewer import Viewer
from tests.dashboard.world import add_runs, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(db, settings):
    """A small sweep on a server that knows that it stands behind a proxy with HTTPS."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.BEHIND_PROXY = settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return make_world(3)


@pytest.fixture
def proxy(world, tmp_path):
    """Yield nginx in front of that server."""
    with served() as upstream:
        proxy = Nginx(tmp_path, upstream)
        proxy.start()
        yield proxy
        proxy.kill()


@pytest.fixture
def viewer(browser, proxy):
    """Yield a browser that takes the proxy's certificate; it leaves its page before the server ends."""
    viewer = Viewer(browser.new_context(ignore_https_errors=True), proxy.url)
    yield viewer
    viewer.context.close()


def test_events_pass_and_a_proxy_that_is_killed_is_found_again_with_nothing_missed(viewer, proxy, world):
    viewer.sign_in(world.owner)
    page = viewer.go(world.sweep_path)
    indicator, count = page.locator("#live-state"), page.locator("#runs-title .count")
    expect(indicator).to_have_attribute("data-live-by", "events")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
    expect(count).to_have_text("3")
    add_runs(world.sweep, 1)
    expect(count).to_have_text("4")
    expect(indicator).to_have_attribute("data-live-by", "events")
    assert viewer.errors == []

    proxy.kill()
    expect(indicator).to_have_attribute("data-live-state", "lost")
    expect(indicator).to_contain_text("Connection lost")
    add_runs(world.sweep, 2)
    proxy.start()
    expect(count).to_have_text("6")
    expect(indicator).to_have_attribute("data-live-state", "live")
    expect(indicator).to_have_attribute("data-live-by", "events")
    assert all("ERR_" in error for error in viewer.errors)


def test_people_sign_in_behind_it(viewer, world):
    page = viewer.go(world.sweep_path)
    page.get_by_label("Username").fill("owner")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{world.sweep_path}")
    assert all(cookie["secure"] for cookie in viewer.context.cookies())


def test_whose_requests_are_counted_is_who_the_proxy_has_seen(viewer, proxy, monkeypatch):
    counted = []
    monkeypatch.setattr("dashboard.views.shared.seconds_to_wait", lambda key, rate: counted.append(key))
    forged = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http"}
    assert viewer.context.request.get(f"{proxy.url}/share/nothing", headers=forged).status == 404
    assert counted == ["share 127.0.0.1"]
