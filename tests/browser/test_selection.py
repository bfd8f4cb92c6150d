"""What is selected in one part of a sweep's page is selected in all of them, and in the address."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNT = "[data-selection-count]"
RUNS = "#runs-title .count"


def _drag(page, box, *corners):
    """Drag over places of a box, given as shares of its width and height."""
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def _selected(page):
    """Return the clauses that the address has."""
    return json.loads(parse_qs(urlsplit(page.url).query).get("sel", ["[]"])[0])


def _chart(page, name):
    chart = page.locator(f"#{name}")
    chart.scroll_into_view_if_needed()
    page.locator(f"#{name}[data-chart-state=drawn]").wait_for(state="attached")
    return chart


@pytest.mark.parametrize("world", [60], indirect=True)
def test_brush_outline_bars_and_ticks_are_one_selection(open_window, world):
    viewer = open_window(viewport={"width": 1440, "height": 1600})
    page = viewer.go(world.sweep_path)
    for name in ("parallel", "scatter", "distribution"):
        _chart(page, name)
    page.evaluate("scrollTo(0, 0)")
    axis = page.locator('[data-axis="config.lr"] .pc-line').bounding_box()
    _drag(page, axis, (0.5, 0.3), (0.5, 0.7))
    expect(page.locator(".chip")).to_have_text([re.compile(r"^lr .* to ")])
    (low, high) = _selected(page)[0]["in"][0]
    expected = sum(low <= run.config["lr"] <= high for run in world.runs)
    assert 0 < expected < 60
    expect(page.locator(COUNT)).to_have_text(f"{expected} of 60 runs selected")
    expect(page.locator(RUNS)).to_have_text(f"{expected} of 60")
    expect(page.locator("#scatter-caption")).to_contain_text("selected")
    expect(page.locator("#objective-caption")).to_contain_text("of 60 runs")
    viewer.wait_for_fit()
    assert viewer.accessibility_problems() == []

    points = page.locator(".scatter-points").bounding_box()
    _drag(page, points, (0.02, 0.02), (0.98, 0.02), (0.98, 0.7), (0.5, 0.8), (0.02, 0.7), (0.02, 0.02))
    expect(page.locator(".chip")).to_have_count(2)
    assert _selected(page)[1]["lasso"] == ["config.lr", "objective"]
    assert _selected(page)[1]["log"] == [True, False]
    both = page.locator(COUNT).inner_text()
    page.reload()
    _chart(page, "parallel")
    expect(page.locator(".pc-summary")).to_contain_text(f"; {both.split()[0]} selected")
    expect(page.locator(COUNT)).to_have_text(both)

    page.get_by_role("link", name="Remove: loss over lr, outlined").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("link", name="Clear", exact=True).click()
    expect(page.locator(RUNS)).to_have_text("60")
    expect(page.locator(".pc-summary")).not_to_contain_text("selected")

    _chart(page, "distribution")
    bars = page.locator("#distribution .nsewdrag").bounding_box()
    page.mouse.click(bars["x"] + 0.05 * bars["width"], bars["y"] + 0.97 * bars["height"])
    expect(page.locator(".chip")).to_have_text([re.compile("^loss at most")])
    assert _selected(page)[0]["number"] == "objective"

    for run in page.locator("#runs-table tbody tr").all()[:2]:
        run.locator("[data-select]").check()
    page.get_by_role("button", name="Only these in charts").click()
    expect(page.locator(RUNS)).to_have_text("2 of 60")
    link = page.get_by_role("link", name="New sweep from this selection").get_attribute("href")
    asked = parse_qs(urlsplit(link).query)
    assert asked["from"] == [world.sweep.sweep_id]
    assert [next(iter(clause)) for clause in json.loads(asked["sel"][0])] == ["number", "runs"]


@pytest.mark.parametrize("world", [60], indirect=True)
def test_all_that_a_filter_finds_are_selected_in_charts_and_tagged(open_window, world):
    viewer = open_window(viewport={"width": 1440, "height": 1600})
    page = viewer.go(f"{world.sweep_path}?query=optimizer%20%3D%20adam&size=25")
    found = [run for run in world.runs if run.config["optimizer"] == "adam"]
    assert 25 < len(found) < 60
    _chart(page, "parallel")
    page.locator("[data-select-page]").check()
    page.get_by_role("button", name=f"Select all {len(found)}").click()
    page.get_by_role("button", name="Only these in charts").click()
    expect(page.locator(".chip")).to_have_text(["optimizer = adam"])
    assert _selected(page) == [{"filter": "optimizer = adam"}]
    expect(page.locator(COUNT)).to_have_text(f"{len(found)} of 60 runs selected")
    expect(page.locator(".pc-summary")).to_contain_text(f"; {len(found)} selected")
    page.reload()
    _chart(page, "parallel")
    expect(page.locator(".pc-summary")).to_contain_text(f"; {len(found)} selected")

    page.locator("[data-select-page]").check()
    page.get_by_role("button", name=f"Select all {len(found)}").click()
    page.get_by_role("button", name="Tag", exact=True).click()
    page.locator("#bulk-value").fill("picked")
    page.locator("#bulk-dialog").get_by_role("button", name="Tag").click()
    expect(page.get_by_text(f"{len(found)} runs are tagged.")).to_be_visible()
    assert {run.pk for run in world.sweep.runs.filter(tags=["picked"])} == {run.pk for run in found}


def test_a_shared_link_brings_its_columns_along(viewer, world):
    sel = json.dumps([{"number": "min.loss", "in": [[None, 0.3]]}])
    page = viewer.go(f"{world.sweep_path}?sel={sel}")
    expected = sum(run.objective is not None and run.objective <= 0.3 for run in world.runs)
    expect(page.locator(COUNT)).to_have_text(f"{expected} of 12 runs selected")
    _chart(page, "parallel")
    expect(page.locator(".pc-summary")).to_contain_text(f"; {expected} selected")
    _chart(page, "scatter")
    page.locator("#scatter-color").select_option("min.loss")
    expect(page.locator("#scatter-caption")).to_contain_text(f"coloured by min loss; {expected} selected")
    _chart(page, "distribution")
    page.locator("#distribution-column").select_option("config.optimizer")
    expect(page.locator("#distribution-caption")).to_contain_text("Distribution of optimizer over 12 runs")
    wait_until(page, "document.getElementById('distribution').data?.length === 2")
