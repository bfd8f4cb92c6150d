"""Open pages while something happens: what is new arrives, and what the viewer did stays."""

import re

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Run, Sweep
from sweeps_app.services.analysis import importance_compute
from sweeps_app.services.ingest import history_append
from tests.browser.chromium import wait_until
from tests.dashboard.world import add_runs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_PLACES = "[scrollY, document.getElementById('runs-scroll').scrollLeft]"


def _first_run(page):
    return page.locator("#runs-table tbody th a").first


def test_a_new_run_appears_and_nothing_that_the_viewer_did_is_lost(viewer, world):
    page = viewer.go(f"{world.sweep_path}?sort=-name")
    viewer.wait_for_charts()
    page.evaluate("Plotly.relayout('objective', {'xaxis.range': [1, 2], 'yaxis.range': [0, 0.5]})")
    page.get_by_text("Configuration of the sweep").click()
    page.locator("#objective-table summary").click()
    page.get_by_role("combobox", name="Filter runs").fill("run-")
    expect(page).to_have_url(re.compile("query=run-"))
    page.evaluate("document.getElementById('runs-scroll').scrollLeft = 60; window.scrollTo(0, 700)")
    page.get_by_role("combobox", name="Filter runs").press("End")
    before = page.evaluate(_PLACES)
    with page.expect_response(lambda response: "objective.json" in response.url):
        add_runs(world.sweep, 1)
        viewer.look_for_news()
    expect(_first_run(page)).to_have_text("run-0012")
    expect(page.locator("#objective-caption")).to_contain_text("of 12 of 13 runs")
    assert page.evaluate(_PLACES) == before
    assert page.evaluate("document.getElementById('objective').layout.xaxis.range") == [1, 2]
    expect(page.get_by_role("combobox", name="Filter runs")).to_be_focused()
    expect(page.locator("#sweep-config")).to_have_attribute("open", "")
    expect(page.get_by_role("cell", name="run-0012")).to_be_visible()


def test_a_page_with_nothing_new_gets_304_and_fetches_no_chart(viewer, world):
    Run.objects.filter(pk=world.runs[0].pk).update(state="finished", finished_at=world.runs[1].finished_at)
    Sweep.objects.update(state="FINISHED", finished_at=world.runs[1].finished_at)
    importance_compute(sweep_id=world.sweep.pk)
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    answers = []
    page.on("response", lambda response: answers.append(response))
    for _ in range(3):
        viewer.look_for_news()
    assert {answer.status for answer in answers} <= {304, 204}  # this server has no streams: that is tried now and then
    assert all("fragments=1" in answer.url or "events=1" in answer.url for answer in answers)


def test_values_of_a_run_under_way_move(viewer, world):
    page = viewer.go(world.run_path)
    viewer.wait_for_charts()
    expect(page.locator(".caption").first).to_contain_text("10 values of loss")
    history_append(run=world.runs[0], offset=world.runs[0].history_rows, rows=[{"loss": 0.123456}])
    viewer.look_for_news()
    expect(page.locator(".caption").first).to_contain_text("11 values of loss")
    expect(page.locator(".figures").first).to_contain_text("last 0.1235")


def test_a_lost_connection_is_shown_and_recovers(viewer, world):
    page = viewer.go(world.sweep_path)
    indicator = page.locator("#live-state")
    expect(indicator).to_have_attribute("data-live-state", "live")
    page.route("**/*fragments=1*", lambda route: route.abort())
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(indicator).to_have_attribute("data-live-state", "lost")
    expect(indicator).to_contain_text("Connection lost")
    page.unroute("**/*fragments=1*")
    add_runs(world.sweep, 1)
    viewer.look_for_news()
    expect(indicator).to_have_attribute("data-live-state", "live")
    expect(_first_run(page)).to_have_text("run-0012")
    viewer.errors = [error for error in viewer.errors if "ERR_FAILED" not in error]


def test_a_page_whose_session_has_ended_leads_to_the_sign_in_page_and_back(viewer, world):
    page = viewer.go(world.sweep_path)
    viewer.context.clear_cookies()
    page.wait_for_url(re.compile("/login"))  # the page asks for news by itself
    page.get_by_label("Username").fill("owner")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(world.sweep_path))
    viewer.errors = [error for error in viewer.errors if "401" not in error]


def test_charts_follow_their_cards_when_the_window_stays_as_it_is(viewer, world):
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    width = page.locator("#objective .main-svg").first.bounding_box()["width"]
    page.evaluate("document.querySelector('main').style.width = '1240px'")  # as when a scroll bar comes, but by more
    wait_until(page, "w => document.querySelector('#objective .main-svg').getBoundingClientRect().width < w", width)
    viewer.wait_for_fit()
    assert viewer.sticking_out() == []
