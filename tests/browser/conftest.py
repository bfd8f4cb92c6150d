"""A browser, and a server that shows pages of a sweep with some runs."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PATIENCE, chromium
from tests.browser.viewer import Viewer
from tests.dashboard.world import World, make_world

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser():
    """Playwright keeps an event loop in this thread, in which Django asks its database only when told to."""
    with pytest.MonkeyPatch.context() as patch, chromium() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def world(live_server, request) -> World:
    """A sweep of twelve runs, or of as many as a test asks for."""
    return make_world(getattr(request, "param", 12))


@pytest.fixture
def open_window(browser, live_server, world):
    """Open a window of the owner's browser; at the end its console must have been silent."""
    viewers = []

    def open_window(**options) -> Viewer:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        viewer = Viewer(browser.new_context(**options), live_server.url)
        viewer.sign_in(world.owner)
        viewers.append(viewer)
        return viewer

    yield open_window
    errors = [error for viewer in viewers for error in viewer.errors]
    for viewer in viewers:
        viewer.context.close()
    assert errors == []


@pytest.fixture
def viewer(open_window) -> Viewer:
    return open_window()
