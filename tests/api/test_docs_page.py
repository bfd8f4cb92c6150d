"""The browsable page in a real browser, under the real Content-Security-Policy."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from sweeps_app.services.keys import key_create
from tests.api.live import served
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(settings, monkeypatch):
    """Return an empty page of a browser, and a list of what it complains about."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in this thread
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        complaints = []
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page, complaints
        browser.close()


def _ground(page):
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_it_is_as_dark_as_the_other_pages(page):
    page, complaints = page
    with served() as address:
        page.emulate_media(color_scheme="dark")
        page.goto(f"{address}/api/v1/docs")
        page.locator(".opblock").first.wait_for()
        dark = _ground(page)
        page.emulate_media(color_scheme="light")
        page.wait_for_function("!document.documentElement.classList.contains('dark-mode')")
        assert _ground(page) != dark
        page.context.add_cookies([{"name": "theme", "value": "dark", "url": address}])
        page.reload()
        page.locator(".opblock").first.wait_for()
        assert _ground(page) == dark
    assert complaints == []


def test_one_reads_and_tries_the_api_in_a_browser(page):
    page, complaints = page
    _, key = key_create(user=make_user("ada"), name="test")
    hosts = set()
    with served() as address:
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        page.goto(f"{address}/api/v1/docs")
        page.get_by_text("Tell who you are").wait_for()
        assert page.locator(".opblock").count() > 30
        page.get_by_role("button", name="Authorize").first.click()
        page.get_by_label("auth-bearer-value").fill(key)
        page.get_by_role("button", name="Apply credentials").first.click()
        page.get_by_role("button", name="Close").first.click()
        page.get_by_text("Tell who you are").click()
        page.get_by_role("button", name="Execute").click()
        page.locator(".live-responses-table").get_by_text('"default_entity"').wait_for()
        assert hosts == {address.removeprefix("http://")}
    assert complaints == []
