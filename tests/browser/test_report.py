"""A report works from disk without a network, and a share link for people without an account until it ends."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from dashboard.report.document import report_chunks
from sweeps_app.models import ShareLink
from tests.browser.chromium import wait_until
from tests.browser.viewer import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_ROWS = "#runs-table tbody tr"


@pytest.fixture
def reader(browser, live_server):
    """A window of somebody without an account; at the end its console must have been silent."""
    viewer = Viewer(browser.new_context(viewport={"width": 1440, "height": 900}), live_server.url)
    yield viewer
    viewer.context.close()
    assert viewer.errors == []


def _first_run(page):
    return page.locator(_ROWS).first.locator("th")


@pytest.mark.parametrize("world", [60], indirect=True)
def test_a_report_opens_from_disk_without_a_network(reader, world, tmp_path):
    file = tmp_path / "report.html"
    file.write_bytes(b"".join(report_chunks(world.sweep)))
    asked = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.context.set_offline(True)
    page = reader.page
    page.goto(file.as_uri())
    expect(page.get_by_text("All 60 runs of the sweep.")).to_be_visible()
    expect(_first_run(page)).to_have_text("run-0059")  # the best
    page.get_by_role("button", name="loss", exact=True).click()
    expect(page.get_by_role("columnheader", name="loss")).to_have_attribute("aria-sort", "descending")
    expect(_first_run(page)).to_have_text("run-0000")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    page.get_by_label("Filter").fill("loss < 0.5 and optimizer = adam")
    expect(page.locator("#runs-shown")).to_contain_text("of 60")
    assert page.locator(_ROWS).count() < 30
    page.get_by_label("Filter").fill("los < 0.5")
    expect(page.locator("#runs-shown")).to_have_text("There is no column “los”.")
    page.get_by_label("Filter").fill("")

    page.locator("#parallel").scroll_into_view_if_needed()
    box = page.locator('[data-axis="loss"] .pc-track').bounding_box()
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] * 0.6, steps=4)
    page.mouse.up()
    expect(page.locator("#runs-shown")).to_contain_text("brushed")
    assert 0 < page.locator(_ROWS).count() < 50

    figure = page.locator("[data-report-figure]").first
    figure.scroll_into_view_if_needed()
    wait_until(page, "document.querySelector('[data-report-figure][data-chart-state=drawn] .points path') !== null")
    page.get_by_role("link", name="run-0059").first.click()
    expect(page.locator("tr.is-marked th")).to_have_text("run-0059")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "id,name,state,loss,config.lr,config.optimizer,created,seconds"
    assert len(lines) == 61
    page.get_by_role("button", name="Theme: system").click()
    page.get_by_role("button", name="Theme: light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert reader.accessibility_problems() == []
    assert asked == [file.as_uri()]


def test_a_share_link_works_for_anybody_until_it_is_revoked_or_expires(viewer, reader, world, settings, tmp_path):
    cache.clear()
    settings.DATA_DIR, settings.PUBLIC_URL = tmp_path, viewer.url
    page = viewer.go(world.sweep_path)
    page.get_by_role("link", name="Share").click()
    page.get_by_label("For whom or what").fill("reviewers")
    page.get_by_label("Works for").select_option("30")
    page.get_by_role("button", name="Make link").click()
    address = page.locator("#share-url").inner_text()
    assert viewer.accessibility_problems() == []

    reader.page.goto(address)
    expect(reader.page.get_by_role("heading", name="tuning")).to_be_visible()
    expect(reader.page.locator(_ROWS)).to_have_count(12)
    reader.page.get_by_label("Filter").fill("state = failed")
    expect(reader.page.locator(_ROWS)).to_have_count(1)

    page.reload()
    expect(page.get_by_role("row", name="reviewers")).to_contain_text("1")
    link = ShareLink.objects.get()
    ShareLink.objects.filter(pk=link.pk).update(expires_at=link.created_at + timedelta(microseconds=1))
    reader.page.goto(address)
    expect(reader.page.get_by_text("Ask owner, who made it, for a new one")).to_be_visible()
    reader.errors.clear()  # the browser calls a 410 an error
    ShareLink.objects.filter(pk=link.pk).update(expires_at=link.expires_at)
    page.reload()
    page.get_by_role("button", name="Revoke reviewers").click()
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_text("shows nothing any more")).to_be_visible()
    reader.page.goto(address)
    expect(reader.page.get_by_text("It was revoked.")).to_be_visible()
    reader.errors.clear()
