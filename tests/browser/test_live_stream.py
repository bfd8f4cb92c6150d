"""Pages that are told by their server that there is news, behind the real ASGI application."""

import re
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.api.live import served
from tests.browser.viewer import Viewer
from tests.dashboard.world import add_runs, make_world

# How the browser reports a server that has gone.
LOST = "ERR_CONNECTION|ERR_INCOMPLETE"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(db, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    return make_world(3)


def _asked(page):
    return page.evaluate(
        "performance.getEntriesByType('resource').filter((e) => e.name.includes('fragments=1')).length"
    )


def test_news_is_told_and_a_server_that_was_away_is_found_again_with_nothing_missed(browser, world):
    with ExitStack() as server:
        url = server.enter_context(served())
        viewer = Viewer(browser.new_context(), url)
        viewer.sign_in(world.owner)
        page = viewer.go(world.sweep_path)
        indicator, count = page.locator("#live-state"), page.locator("#runs-title .count")
        expect(indicator).to_have_attribute("data-live-by", "events")
        expect(count).to_have_text("3")
        asked = _asked(page)
        add_runs(world.sweep, 1)
        expect(count).to_have_text("4")
        assert _asked(page) <= asked + 2  # told, where polls would have come each second
        assert viewer.errors == []

        server.close()
        expect(indicator).to_have_attribute("data-live-state", "lost")
        expect(indicator).to_have_attribute("title", "Connection lost, trying again: what is shown may be old")
        add_runs(world.sweep, 1)
        server.enter_context(served(urlsplit(url).port))
        expect(count).to_have_text("5")
        expect(indicator).to_have_attribute("data-live-state", "live")
        expect(indicator).to_have_attribute("data-live-by", "events")

        viewer.context.clear_cookies()
        page.goto(f"{url}/login")
        viewer.context.close()
    assert [error for error in viewer.errors if not re.search(LOST, error)] == []
