"""Pages are for everybody: by keys alone, read aloud, in both themes, on any width."""

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Program
from sweeps_app.services.agents import agent_register
from sweeps_app.services.analysis import importance_compute
from sweeps_app.services.job_console import Printed
from sweeps_app.services.job_launch import JobSettings, job_launch_once
from sweeps_app.services.jobs import job_beat, job_claim
from sweeps_app.services.projects import project_create
from sweeps_app.services.sharing import share_create
from tests.browser.chromium import wait_until
from tests.dashboard.world import CONFIG, add_fleet, fill_streams
from tests.factories import make_agent, make_sweep, make_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1440, 390, 320)
PARTS = 4  # of all pages, each looked at by a test of its own, since a busy machine needs minutes for all
# Rules of axe whose answer another theme or width can change; the others look at the same elements again.
OF_THEME_AND_WIDTH = (
    "color-contrast",
    "target-size",
    "scrollable-region-focusable",
    "aria-hidden-focus",
    "button-name",
    "link-name",
)


@pytest.fixture
def paths(world):
    """Pages of each kind, also of what has no runs, has failed, or matches nothing."""
    empty = make_sweep(world.owner, CONFIG)
    fill_streams(world.runs[0])
    add_fleet(world)
    importance_compute(sweep_id=world.sweep.pk)
    return [
        "/",
        "/owner",
        world.project_path,
        f"{world.project_path}/agents?state=all",
        world.sweep_path,
        f"{world.sweep_path}?text=nothing",
        f"{world.sweep_path}/edit",
        f"{world.project_path}/sweeps/new?from={world.sweep.sweep_id}&best=3",
        f"{world.sweep_path}/stopping?type=median",
        f"{world.project_path}/sweeps/{empty.sweep_id}",
        world.run_path,
        f"{world.project_path}/compare?runs={world.runs[2].run_id},{world.runs[3].run_id}&all=1",
        *(f"{world.run_path}?tab={tab}" for tab in ("system", "files", "media")),
        f"{world.project_path}/runs/{world.runs[1].run_id}",
        f"{world.project_path}/jobs/{_jobs(world)}",
        f"{world.sweep_path}/launch",
        f"{world.sweep_path}/share",
        f"{world.run_path}/describe",
        f"{world.project_path}/settings",
        f"{world.project_path}/settings/programs",
        "/settings/keys",
        "/nothing",
        "/login",
    ]


@pytest.fixture
def more_paths(world, paths):
    """What differs from those in content alone."""
    project_create(user=world.owner, name="empty")
    link = share_create(user=world.owner, sweep=world.sweep, days=7)
    compared = ",".join(run.run_id for run in world.runs[:3])
    return [
        *paths,
        "/owner/empty",
        "/owner/empty/agents",
        f"/share/{link.token}",
        "/share/nothing",
        f"{world.project_path}/compare?runs={compared}",
        f"{world.sweep_path}?group=config.optimizer",
        "/welcome/used/link",
    ]


def _jobs(world):
    """Let jobs run and wait; return the id of one that has printed something."""
    launched = [
        job_launch_once(user=world.owner, sweep=world.sweep, wanted=JobSettings("digits", gpus=n))[0] for n in (0, 1, 9)
    ]
    worker = make_worker("celery@a-machine-with-a-rather-long-name.cluster.example.org", gpus=["0", "1"])
    job = job_claim(job_id=launched[1].job_id, worker=worker)
    lines = [(1760000000.0 + n, "stdout", f"\x1b[3{n % 8}mstep\x1b[0m {n} " + "x" * n) for n in range(120)]
    job_beat(job=job, output=Printed(0, lines))
    agent_register(user=world.owner, sweep=world.sweep, agent_id="jobsagent", host="host1", pid=1, job_id=job.job_id)
    make_agent(world.owner, world.sweep)
    Program.objects.create(project=world.sweep.project, name="train", kind="folder", source="/srv/" + "long/" * 20)
    return job.job_id


def _without_404(errors):
    return [error for error in errors if "404" not in error]


def test_everything_is_reached_by_keys(viewer, world):
    page = viewer.go(world.sweep_path)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Filter runs")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Filter", exact=True)).to_be_focused()
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


@pytest.mark.parametrize("opener", ["Share", "Launch agents", "Columns", "Filter"])
def test_a_dialog_keeps_the_focus_and_gives_it_back(viewer, world, opener):
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    button = page.get_by_role("button", name=opener, exact=True).or_(page.get_by_role("link", name=opener, exact=True))
    button.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    outside = "!document.activeElement.closest('dialog') && document.activeElement !== document.body"
    for _ in range(40):
        page.keyboard.press("Tab")  # from the last control to the browser's own, and back to the first
        assert not page.evaluate(outside)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button.first).to_be_focused()


def test_the_menu_of_a_chart_is_used_by_keys(viewer, world):
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    menu = page.locator("summary[aria-label='Download metric over time']")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("CSV, all numbers").locator("visible=true")).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.menu-list') !== null")
    page.keyboard.press("Escape")
    expect(page.get_by_text("CSV, all numbers").locator("visible=true")).to_have_count(0)
    expect(menu).to_be_focused()


def test_who_wants_less_motion_gets_none(open_window, world):
    page = open_window(reduced_motion="reduce").go(world.sweep_path)
    moving = """() => [...document.querySelectorAll('*')].filter((element) => {
      const { animationName, transitionDuration } = getComputedStyle(element);
      return animationName !== 'none' || transitionDuration.split(', ').some((time) => parseFloat(time) > 0);
    }).map((element) => element.outerHTML.slice(0, 100))"""
    assert page.evaluate(moving) == []


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_in_either_theme_nor_on_a_phone(open_window, more_paths, part):
    viewer = open_window(reduced_motion="reduce")  # a colour under way to another has neither's contrast
    problems = {}
    for path in more_paths[part::PARTS]:
        page = viewer.go(path)
        viewer.wait_for_charts()
        problems[path] = viewer.accessibility_problems()
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 390, "height": 844})
        viewer.wait_for_fit()
        problems[f"{path}, dark, on a phone"] = viewer.accessibility_problems(*OF_THEME_AND_WIDTH)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1440, "height": 900})
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


def test_the_values_of_a_row_stand_on_one_line(viewer, world):
    page = viewer.go(world.sweep_path)
    page.locator("#runs-table tbody tr").first.wait_for()
    insets = "cells => cells.map((cell) => getComputedStyle(cell).paddingTop)"
    assert set(page.locator("#runs-table tbody tr:first-child > *").evaluate_all(insets)) == {"0px"}


@pytest.mark.parametrize("world", [3], indirect=True)
def test_a_chart_that_needs_more_runs_takes_little_room_and_counts_have_no_fractions(viewer, world):
    importance_compute(sweep_id=world.sweep.pk)
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    expect(page.locator("#importance")).to_contain_text("needs 10 ended runs")
    assert page.locator("#importance").bounding_box()["height"] < 200
    page.locator("#distribution").scroll_into_view_if_needed()
    ticks = page.locator("#distribution .ytick text")
    expect(ticks.first).to_be_attached()
    assert all("." not in text for text in ticks.all_text_contents())
