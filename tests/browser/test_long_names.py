"""Names as long as they may be, values of all kinds, many parameters: pages stay as wide as the window."""

import pytest
from playwright.sync_api import expect

from dashboard.forms import RuleForm
from sweeps_app.models import Run
from sweeps_app.services.agents import agent_register
from sweeps_app.services.ingest import history_append
from sweeps_app.services.runs import run_finish
from tests.browser.chromium import wait_until
from tests.factories import ask, make_sweep, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROJECT = "a-long-name-" * 10
METRIC = "val/deep.metric_" + "x" * 80
CONFIG = {
    "method": "random",
    "name": "A name that goes on " * 8,
    "description": "<b>not bold</b> " + "oneword" * 30,
    "metric": {"name": METRIC, "goal": "maximize"},
    "parameters": {
        "k" * 200: {"values": ["", "שלום עולם", "a text of many words " * 20, None, True, 1e300]},
        "lr": {"distribution": "log_uniform_values", "min": 1e-300, "max": 1e-10},
        **{f"p{n:02}": {"min": 0.0, "max": 1.0} for n in range(60)},
    },
}
LAST = ({METRIC: "NaN"}, {METRIC: 1e-300}, {METRIC: 0.5, "note": "word " * 200, "empty": "", "list": list(range(99))})


@pytest.fixture
def long_named(world):
    """Return the paths of a sweep's page and its runs' pages, one of them with an error of long lines."""
    sweep = make_sweep(world.owner, CONFIG, project=PROJECT)
    agent, _ = agent_register(user=world.owner, sweep=sweep, agent_id="longagent", host="h" * 120, pid=1)
    runs = []
    for values in LAST:
        run = start(world.owner, ask(agent))
        history_append(run=run, offset=0, rows=[values] * 3)
        run.refresh_from_db()
        run_finish(run=run, exit_code=0)
        runs.append(run)
    failed = start(world.owner, ask(agent))
    run_finish(run=failed, exit_code=1, error="Traceback\n  File " + "x" * 300 + "\nValueError: " + "boom " * 60)
    Run.objects.filter(pk=runs[-1].pk).update(name="long " * 25, tags=["t" * 60, "שלום"], notes="```\n" + "x" * 300)
    project = f"/{world.owner.username}/{PROJECT}"
    return f"{project}/sweeps/{sweep.sweep_id}", [f"{project}/runs/{run.run_id}" for run in (runs[-1], failed)]


@pytest.mark.parametrize("width", [1440, 390])
def test_long_names_and_odd_values_keep_to_their_places(open_window, long_named, width):
    viewer = open_window(viewport={"width": width, "height": 900})
    sweep, runs = long_named
    project = sweep.partition("/sweeps/")[0]
    wide = {}
    for path in ("/", project, f"{project}/agents?state=all", sweep, f"{sweep}/edit", f"{sweep}/stopping", *runs):
        page = viewer.go(path)
        viewer.wait_for_charts()
        wait_until(page, "width => document.documentElement.clientWidth === width", width)
        wide[path] = viewer.sticking_out()
    assert {path: found for path, found in wide.items() if found} == {}
    narrow = "[...document.querySelectorAll('.pairs dd')].filter((value) => value.offsetWidth < 40).length"
    assert page.evaluate(narrow) == 0


def test_a_parameter_beyond_the_first_axes_is_added(viewer, long_named):
    page = viewer.go(long_named[0])
    viewer.wait_for_charts()
    chart = page.locator("[data-parallel]")
    assert chart.get_attribute("data-further-keys") == ""
    page.get_by_role("button", name="Axes").click()
    page.get_by_role("menuitemcheckbox", name="p59", exact=True).click()
    wait_until(page, "document.querySelector('[data-parallel]').dataset.furtherKeys === 'config.p59'")


def test_the_head_of_a_sweep_is_one_row_on_a_phone(open_window, world):
    viewer = open_window(viewport={"width": 390, "height": 844})
    page = viewer.go(world.sweep_path)
    buttons = page.locator(".page-head .button").filter(visible=True)
    assert len({round(button.bounding_box()["y"]) for button in buttons.all()}) == 1
    expect(page.get_by_role("link", name="Early stopping")).to_be_hidden()
    page.locator("summary", has_text="More").click()
    page.get_by_role("link", name="Early stopping").click()
    expect(page.get_by_role("heading", name="Early stopping")).to_be_visible()


def test_the_head_of_a_sweep_hides_nothing_where_there_is_room(viewer, world):
    page = viewer.go(world.sweep_path)
    expect(page.locator("summary", has_text="More")).to_be_hidden()
    expect(page.get_by_role("link", name="Early stopping")).to_be_visible()
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_visible()


@pytest.mark.parametrize("rule", RuleForm.SETTINGS)
def test_a_rule_shows_its_own_settings_alone(viewer, world, rule):
    page = viewer.go(f"{world.sweep_path}/stopping")
    page.get_by_label("Rule").select_option(rule)
    shown = page.locator(".rule-form .field[data-rules]").filter(visible=True).locator("input")
    assert {field.get_attribute("name") for field in shown.all()} == set(RuleForm.SETTINGS[rule])


def test_paper_gets_the_light_theme_and_nothing_to_press(open_window, world):
    viewer = open_window(color_scheme="dark")
    page = viewer.go(world.sweep_path)
    viewer.wait_for_charts()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", name="tuning")).to_be_visible()
    expect(
        page.locator(".topbar, .page-nav, .page-head .button, .panel-head .tools, .query-bar").filter(visible=True)
    ).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    card, table = (page.locator(f"#runs {part}").bounding_box()["height"] for part in (".scroll", "table"))
    assert card - table < 4  # no lines that stand in the HTML alone
