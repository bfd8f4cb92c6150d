"""The output of a run in a real browser: it follows the end, until the viewer looks elsewhere."""

import re

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Run
from sweeps_app.services.console import console_append
from tests.browser.chromium import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_BELOW = "(e => e.scrollHeight - e.clientHeight - e.scrollTop)(document.getElementById('console-view'))"


@pytest.fixture
def printed(world):
    """Return a function that lets the first run print further lines."""

    def say(count, text="step"):
        offset = Run.objects.get(pk=world.runs[0].pk).console_lines
        lines = [[1760000000 + n, "stderr" if n % 7 == 0 else "stdout", f"{text} {n}"] for n in range(count)]
        console_append(run=world.runs[0], offset=offset, lines=lines)

    say(3_000)
    return say


def test_the_end_is_followed_until_the_viewer_scrolls_up(viewer, world, printed):
    page = viewer.go(f"{world.run_path}?tab=console")
    wait_until(page, f"{_BELOW} < 2")
    printed(300, "new")
    viewer.look_for_news()
    expect(page.locator(".line").last).to_contain_text("new 299")
    wait_until(page, f"{_BELOW} < 2")
    end = page.get_by_role("button", name="To the end")
    expect(end).to_be_hidden()
    page.locator("#console-view").evaluate("e => { e.scrollTop -= 600 }")
    expect(end).to_be_visible()
    top = page.locator("#console-view").evaluate("e => e.scrollTop")
    printed(200, "later")
    viewer.look_for_news()
    expect(page.locator("#console-count")).to_have_text("3,500 lines")
    assert page.locator("#console-view").evaluate("e => e.scrollTop") == top
    end.click()
    wait_until(page, f"{_BELOW} < 2")
    expect(page.locator(".line").last).to_contain_text("later 199")


def test_older_lines_come_as_one_scrolls_up_and_what_is_seen_stays_in_place(viewer, world, printed):
    page = viewer.go(f"{world.run_path}?tab=console")
    expect(page.locator(".line").first).to_have_attribute("id", "L2501")
    wait_until(page, f"{_BELOW} < 2")
    page.locator("#console-view").evaluate("e => { e.scrollTop = 0 }")
    expect(page.locator(".line").first).to_have_attribute("id", "L2001")
    place = "document.getElementById('L2501').getBoundingClientRect().top - "
    place += "document.getElementById('console-view').getBoundingClientRect().top"
    assert abs(page.evaluate(place)) < 60


def test_a_search_finds_marks_and_leads_to_the_line_among_its_neighbours(viewer, world, printed):
    page = viewer.go(f"{world.run_path}?tab=console")
    page.get_by_role("searchbox").fill("STEP 299")
    expect(page).to_have_url(re.compile(r"search=STEP\+299"))
    expect(page.locator("#console-count")).to_have_text("11 of 3,000 lines")
    expect(page.locator(".line mark").first).to_have_text("step 299")
    page.get_by_role("combobox", name="Stream").select_option("stderr")
    expect(page.locator("#console-count")).to_have_text("1 of 3,000 lines")
    page.get_by_role("button", name="Times").click()
    expect(page.locator(".line-time").first).to_be_visible()
    page.locator(".line-number").first.click()
    expect(page.locator(".line.is-target")).to_have_attribute("id", "L2997")
    expect(page.locator(".line.is-target")).to_be_in_viewport()
    assert page.locator(".line").count() > 200
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("No line matches.")).to_be_visible()
    page.get_by_role("link", name="Metrics").click()
    page.get_by_role("link", name=re.compile("Console")).click()
    expect(page.locator(".line").last).to_contain_text("step 2999")


def test_lines_have_the_colours_of_a_terminal_and_cannot_do_anything(viewer, world):
    hostile = "\x1b[38;2;250;250;0m<img src=x onerror=alert(1)>\x1b[0m \x1b[41mred\x1b[0m"
    console_append(run=world.runs[0], offset=0, lines=[[1760000000, "stdout", hostile]])
    page = viewer.go(f"{world.run_path}?tab=console")
    expect(page.locator(".line-text")).to_have_text("<img src=x onerror=alert(1)> red")
    expect(page.locator("[data-ground]")).to_have_css("background-color", "rgb(205, 49, 49)")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert viewer.accessibility_problems() == []
    assert viewer.sticking_out() == []
