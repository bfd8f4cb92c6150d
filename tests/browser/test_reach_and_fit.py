"""Pages are for everybody: by keys alone, read aloud, in both themes, on any width."""

import pytest
from playwright.sync_api import expect

from sweeps_app.services.analysis import importance_compute
from tests.browser.chromium import wait_until
from tests.dashboard.world import CONFIG
from tests.factories import make_sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1440, 390, 320)


@pytest.fixture
def paths(world):
    """Pages of each kind, also of what has no runs, has failed, or matches nothing."""
    empty = make_sweep(world.owner, CONFIG)
    importance_compute(sweep_id=world.sweep.pk)
    return [
        "/",
        "/owner",
        world.project_path,
        world.sweep_path,
        f"{world.sweep_path}?text=nothing",
        f"{world.sweep_path}/edit",
        f"{world.sweep_path}/stopping?type=median",
        f"{world.project_path}/sweeps/{empty.sweep_id}",
        world.run_path,
        f"{world.project_path}/runs/{world.runs[1].run_id}",
        "/settings/keys",
        "/nothing",
        "/login",
    ]


def _without_404(errors):
    return [error for error in errors if "404" not in error]


def test_everything_is_reached_by_keys(viewer, world):
    page = viewer.go(world.sweep_path)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="State")).to_be_focused()
    page.get_by_role("link", name="loss", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="loss")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("link", name="loss", exact=True)).to_be_focused()
    page.locator("summary[aria-label^='Account']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="API keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="API keys")).to_be_hidden()
    page.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()


def test_axe_finds_nothing_in_either_theme(open_window, paths):
    viewer = open_window(reduced_motion="reduce")  # a colour under way to another has neither's contrast
    problems = {}
    for path in paths:
        page = viewer.go(path)
        viewer.wait_for_charts()
        problems[path] = viewer.accessibility_problems()
        page.emulate_media(color_scheme="dark")
        problems[f"{path}, dark"] = viewer.accessibility_problems("color-contrast")
        page.emulate_media(color_scheme="light")
    assert {path: found for path, found in problems.items() if found} == {}
    viewer.errors = _without_404(viewer.errors)


def test_nothing_is_wider_than_its_card_or_the_page(viewer, paths):
    wide = {}
    for path in paths:
        page = viewer.go(path)
        viewer.wait_for_charts()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wait_until(page, "width => document.documentElement.clientWidth === width", width)
            viewer.wait_for_fit()
            wide[f"{path} at {width}"] = viewer.sticking_out()
    assert {path: found for path, found in wide.items() if found} == {}
    viewer.errors = _without_404(viewer.errors)


def test_a_phone_shows_a_whole_sweep_and_scrolls_its_table_alone(open_window, world):
    viewer = open_window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    assert viewer.sticking_out() == []
    assert page.evaluate("innerWidth") == 390
    assert page.evaluate("(e => e.scrollWidth > e.clientWidth)(document.getElementById('runs-scroll'))")
