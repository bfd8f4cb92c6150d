"""The pages as a person uses them."""

import re

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Run, Sweep
from sweeps_app.services.keys import key_authenticate
from sweeps_app.services.sign_in import sign_in_path
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

more_than_a_page = pytest.mark.parametrize("world", [60], indirect=True)


def _first_run(page):
    return page.locator("#runs-table tbody th a").first


@more_than_a_page
def test_runs_are_sorted_filtered_and_paged_by_clicks_in_place(viewer, world):
    page = viewer.go(world.sweep_path)
    page.evaluate("window.marker = 'same document'")
    expect(_first_run(page)).to_have_text("run-0059")
    page.get_by_role("link", name="loss", exact=True).click()
    expect(page.get_by_role("columnheader", name="loss")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="loss", exact=True).click()
    expect(_first_run(page)).to_have_text("run-0000")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    page.get_by_role("combobox", name="State").select_option("failed")
    expect(page.locator("#runs-table tbody tr")).to_have_count(1)
    assert "state=failed" in page.url
    assert "sort=-objective" in page.url
    page.get_by_role("combobox", name="State").select_option("")
    expect(page.locator("#runs-table tbody tr")).to_have_count(50)
    page.get_by_role("combobox", name="Filter runs").fill("run-004")
    expect(page.locator("#runs-table tbody tr")).to_have_count(10)
    page.go_back()
    expect(page.locator("#runs-table tbody tr")).to_have_count(50)
    assert page.evaluate("window.marker") == "same document"


def test_a_filter_without_matches_offers_the_way_back(viewer, world):
    page = viewer.go(f"{world.sweep_path}?text=nothing")
    page.get_by_role("link", name="Show all 12 runs").click()
    expect(page.locator("#runs-table tbody tr")).to_have_count(12)


def test_the_theme_is_chosen_and_remembered(viewer, world):
    page = viewer.go("/settings/keys")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    toggle = page.get_by_role("button", name=re.compile("Theme: "))
    toggle.click()
    toggle.click()
    expect(toggle).to_have_attribute("aria-label", "Theme: dark. Switch to system.")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    toggle.click()
    assert page.evaluate(ground) == light


def test_charts_change_their_colours_with_the_theme(viewer, world):
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    paper = "getComputedStyle(document.querySelector('#objective .main-svg')).backgroundColor"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("#objective .main-svg").first).not_to_have_css("background-color", light)


def test_a_sweep_is_paused_resumed_and_canceled_without_leaving_the_page(viewer, world):
    page = viewer.go(world.sweep_path)
    page.evaluate("window.marker = 'same document'")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog", name="Cancel this sweep?")
    dialog.get_by_role("button", name="Go back").click()
    expect(dialog).to_be_hidden()
    assert Sweep.objects.get().state == "RUNNING"
    page.get_by_role("button", name="Cancel").click()
    dialog.get_by_role("button", name="Cancel the sweep").click()
    expect(page.locator("main .pill")).to_contain_text("canceled")
    assert Run.objects.get(pk=world.runs[0].pk).stop_requested
    assert page.evaluate("window.marker") == "same document"


def test_a_run_is_told_to_stop(viewer, world):
    page = viewer.go(world.run_path)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop the run").click()
    expect(page.get_by_text("told to stop").first).to_be_visible()
    assert Run.objects.get(pk=world.runs[0].pk).stop_requested


def test_a_key_is_made_copied_and_revoked(open_window, world):
    viewer = open_window(permissions=["clipboard-read", "clipboard-write"])
    page = viewer.go("/settings/keys")
    page.get_by_label("What it is for").fill("laptop")
    page.get_by_role("button", name="Make key").click()
    secret = page.locator("#secret").inner_text()
    assert key_authenticate(secret=secret).name == "laptop"
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.reload()  # neither asks to post again nor makes a second key
    expect(page.locator("#secret")).to_have_count(0)
    expect(page.get_by_role("row", name=re.compile("laptop"))).to_have_count(1)
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("You have no keys")).to_be_visible()
    assert key_authenticate(secret=secret) is None


def test_a_sign_in_link_signs_in_by_being_opened(open_window, world):
    viewer = open_window()
    viewer.context.clear_cookies()
    page = viewer.go(sign_in_path(user=make_user("ada")))
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.locator("summary[aria-label='Account of ada']").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_point_tells_its_run_and_opens_it(viewer, world):
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    page.locator("#objective").scroll_into_view_if_needed()
    points = page.locator("#objective .trace.scatter").first.locator("path.point")
    points.last.hover(force=True)
    expect(page.locator(".tooltip strong")).to_have_text(re.compile(r"run-00\d\d"))
    name = page.locator(".tooltip strong").inner_text()
    box = points.last.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_charts_have_options_a_table_and_files(viewer, world):
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    page.locator("#objective").scroll_into_view_if_needed()
    page.locator("#objective-x").select_option("order")
    expect(page.locator("#objective .xtitle")).to_have_text("Runs, in the order of their results")
    page.locator("#objective-log").click()
    expect(page.locator("#objective-log")).to_have_attribute("aria-pressed", "true")
    page.locator("#objective-table summary").click()
    expect(page.locator("#objective-table td").first).to_be_visible()
    kept = {
        name: _kept(page, "metric over time", name) for name in ("PNG, as shown", "SVG, as shown", "CSV, all numbers")
    }
    assert kept["PNG, as shown"].startswith(b"\x89PNG")
    assert kept["CSV, all numbers"].startswith(b"run,name,state")
    drawn = kept["SVG, as shown"].decode()
    assert "Metric over time · tuning" in drawn
    assert page.locator("#objective-caption").inner_text().split(";")[0] in drawn
    assert _kept(page, "parallel coordinates", "PNG, as shown").startswith(b"\x89PNG")


def _kept(page, chart, name):
    page.locator(f"summary[aria-label='Download {chart}']").click()
    with page.expect_download() as download:
        page.locator("details[open] > .menu-list").get_by_text(name).click()
    expect(page.locator(f"summary[aria-label='Download {chart}']")).to_be_focused()
    return download.value.path().read_bytes()


@more_than_a_page
def test_a_run_of_the_table_and_its_line_point_at_one_another(viewer, world):
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    box = page.locator("#parallel canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.93, box["y"] + box["height"] * 0.5, steps=3)
    expect(page.locator("tr.is-marked")).to_have_count(1)
    expect(page.locator(".pc-tip")).to_contain_text(page.locator("tr.is-marked a").first.inner_text())
