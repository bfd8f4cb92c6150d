"""What somebody chooses of charts stands in the address: a colleague, a reload and Back show the same."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from sweeps_app.models import SavedView, Sweep
from tests.browser.chromium import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _asked(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query, keep_blank_values=True).items()}


def _chart(page, name):
    chart = page.locator(f"#{name}")
    chart.scroll_into_view_if_needed()
    page.locator(f"#{name}[data-chart-state=drawn]").wait_for(state="attached")
    return chart


def _axes(page):
    return page.locator("#parallel [data-axis]").evaluate_all("axes => axes.map((axis) => axis.dataset.axis)")


def _wait_for_axes(page, *names):
    wait_until(
        page,
        """names => JSON.stringify([...document.querySelectorAll('#parallel [data-axis]')].map((a) => a.dataset.axis))
             === JSON.stringify(names)""",
        list(names),
    )


def test_least_and_greatest_values_are_axes_and_colours(open_window, world):
    viewer = open_window(viewport={"width": 1440, "height": 900})
    page = viewer.go(world.sweep_path)
    _chart(page, "parallel")
    first = _axes(page)
    page.locator('#parallel [data-axis="objective"] .pc-menu').click()
    page.get_by_role("menuitemcheckbox", name="Axis of max loss").click()
    _wait_for_axes(page, *first, "max.loss")
    page.get_by_role("button", name="Axes", exact=False).filter(visible=True).first.click()
    page.get_by_role("menuitemcheckbox", name="min loss").click()
    expect(page.get_by_role("menuitemcheckbox", name="min loss")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")
    _wait_for_axes(page, *first, "min.loss", "max.loss")
    page.locator("#parallel .pc-color select").select_option("min.loss")
    expect(page.locator("#parallel .pc-legend-title")).to_have_text("min loss")
    expect(page.locator("#parallel .pc-ramp-hint")).to_have_text("lower is better")
    assert _asked(page) == {"parallel.shown": "max.loss,min.loss", "parallel.color": "min.loss"}

    line = page.locator('#parallel [data-axis="max.loss"] .pc-line').bounding_box()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + 0.5 * line["height"])
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + 1.1 * line["height"], steps=5)
    page.mouse.up()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".chip")).to_contain_text("max loss")
    selected = page.locator("[data-selection-count]").inner_text()
    expect(page.locator("#runs-title .count")).to_have_text(selected.removesuffix(" runs selected"))

    page.reload()
    _chart(page, "parallel")
    _wait_for_axes(page, *first, "min.loss", "max.loss")
    expect(page.locator('#parallel [data-axis="max.loss"] .pc-brush')).to_have_count(1)
    expect(page.locator("#parallel .pc-summary")).to_contain_text(f"; {selected.split()[0]} selected")
    assert viewer.accessibility_problems() == []

    page.locator("#parallel-table > summary").click()
    heads = page.locator("#parallel-table th")
    expect(heads.filter(has_text="max loss")).to_have_count(1)
    page.locator("#parallel-save > summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV, all numbers").filter(visible=True).click()
    header = download.value.path().read_text().splitlines()[0]
    assert header.endswith(",min loss,max loss")

    page.locator('#parallel [data-axis="max.loss"] .pc-menu').click()
    page.get_by_role("menuitem", name="Hide").click()  # with its brush, which nobody would see any more
    expect(page.locator(".chip")).to_have_count(0)
    _wait_for_axes(page, *first, "min.loss")
    page.go_back()
    _wait_for_axes(page, *first, "min.loss", "max.loss")
    expect(page.locator(".chip")).to_have_count(1)


def test_a_link_shows_the_same_charts_and_back_the_former_ones(viewer, world):
    page = viewer.go(world.sweep_path)
    _chart(page, "scatter")
    expect(page.locator("#scatter-x")).to_have_value("config.lr")
    page.locator("#scatter-x").select_option("max.loss")
    expect(page.locator("#scatter-caption")).to_contain_text("max loss")
    page.get_by_role("button", name="Log x").click()  # lr has a scale of logarithms, which goes on until it is let go
    page.locator("#scatter-size").select_option("runtime")
    _chart(page, "distribution")
    page.locator("#distribution-by").select_option("state")
    page.locator("#distribution-log").click()
    page.locator("#objective-x").select_option("order")
    page.locator("#slice-log").click()
    page.locator("#pareto-fold > summary").click()
    page.locator("#pareto-across-goal").select_option("maximize")
    wanted = {
        "scatter.x": "max.loss",
        "scatter.xscale": "linear",
        "scatter.size": "runtime",
        "distribution.by": "state",
        "distribution.scale": "log",
        "objective.x": "order",
        "slice.scale": "log",
        "pareto.across_goal": "maximize",
    }
    assert _asked(page) == wanted

    link = page.url
    page.goto("about:blank")
    page.goto(link)
    caption = page.locator("#scatter-caption")
    _chart(page, "scatter")
    expect(caption).to_contain_text("max loss")
    expect(caption).to_contain_text("sized by Runtime")
    expect(page.locator("#scatter-x-log")).to_have_attribute("aria-pressed", "false")
    _chart(page, "distribution")
    expect(page.locator("#distribution-caption")).to_contain_text("by State")
    _chart(page, "slice")
    expect(page.locator("#slice-log")).to_have_attribute("aria-pressed", "true")
    _chart(page, "pareto")
    expect(page.locator("#pareto-caption")).to_contain_text("(maximize)")
    page.locator("#pareto-across-goal").select_option("minimize")
    expect(page.locator("#pareto-caption")).to_contain_text("(minimize)")
    assert "pareto.across_goal" not in _asked(page)
    page.go_back()
    expect(page.locator("#pareto-caption")).to_contain_text("(maximize)")
    page.locator("#runs-table th[data-key=state] a").first.click()  # what else the page does keeps the choices
    expect(page).to_have_url(re.compile("sort=-?state"))
    assert wanted.items() <= _asked(page).items()


def test_a_view_keeps_what_is_chosen_of_charts(viewer, world):
    page = viewer.go(f"{world.sweep_path}?query=lr>0&scatter.y=config.lr&parallel.flipped=config.lr")
    _chart(page, "scatter")
    page.locator("#views-menu > summary").click()
    page.get_by_role("button", name="Save this view…").click()
    page.get_by_role("textbox", name="Name").fill("upside down")
    page.get_by_role("checkbox", name="Show it first on this page").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#views-menu > summary")).to_contain_text("upside down")

    viewer.go(world.sweep_path)
    _chart(page, "scatter")
    expect(page.locator("#scatter-y")).to_have_value("config.lr")
    page.locator("#scatter-y").select_option("objective")  # which is built in, but not what the view shows
    expect(page.locator("#scatter-caption")).to_contain_text("loss")
    assert _asked(page) == {"scatter.y": "objective"}
    page.reload()
    _chart(page, "scatter")
    expect(page.locator("#scatter-y")).to_have_value("objective")
    expect(page.locator("#query")).to_have_value("lr>0")
    _chart(page, "parallel")
    flip = page.locator('#parallel [data-axis="config.lr"] [data-tool=flip]')
    expect(flip).to_have_attribute("aria-pressed", "true")
    page.locator("#views-menu > summary").click()
    page.get_by_role("link", name="Built-in view").click()
    expect(page.locator("#query")).to_have_value("")
    expect(page.locator('#parallel [data-axis="config.lr"] [data-tool=flip]')).to_have_attribute(
        "aria-pressed", "false"
    )


def test_a_view_keeps_how_curves_are_drawn(viewer, world):
    page = viewer.go(world.sweep_path)
    panel, caption = page.locator("#curves-panel"), page.locator("#curves-caption")
    smoothing, logs = panel.get_by_label("Smoothing", exact=True), panel.get_by_label("log y")
    _chart(page, "curves")
    smoothing.select_option(label="Moving average")
    logs.check()
    expect(caption).to_contain_text("moving average of weight 0.6")
    assert _asked(page) == {"curve.smooth": "ema", "curve.logy": "1"}
    page.locator("#views-menu > summary").click()
    page.get_by_role("button", name="Save this view…").click()
    page.get_by_role("textbox", name="Name").fill("smooth")
    page.get_by_role("checkbox", name="Show it first on this page").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#views-menu > summary")).to_contain_text("smooth")

    viewer.go(world.sweep_path)
    _chart(page, "curves")
    expect(caption).to_contain_text("moving average of weight 0.6")
    expect(logs).to_be_checked()
    assert _asked(page) == {}
    smoothing.select_option(label="No smoothing")  # which is built in, but not what the view shows
    expect(caption).not_to_contain_text("moving average")
    assert _asked(page)["curve.smooth"] == ""
    page.reload()
    _chart(page, "curves")
    expect(smoothing).to_have_value("")
    expect(logs).to_be_checked()

    page.locator("#views-menu > summary").click()
    page.get_by_role("link", name="Built-in view").click()
    expect(logs).not_to_be_checked()
    page.locator("#curves").scroll_into_view_if_needed()
    expect(caption).to_have_text("loss by step of 11 runs; the best run stands out.")
    expect(page.get_by_role("link", name="smooth")).to_be_hidden()  # the menu has closed
    page.locator("#views-menu > summary").click()
    page.get_by_role("link", name="smooth").click()
    expect(smoothing).to_have_value("ema")
    page.locator("#curves").scroll_into_view_if_needed()
    expect(caption).to_contain_text("moving average of weight 0.6")
    page.go_back()
    expect(smoothing).to_have_value("")
    expect(logs).not_to_be_checked()


@pytest.mark.parametrize("world", [40], indirect=True)
def test_the_hypervolume_takes_a_reference_that_a_link_keeps(viewer, world):
    config = {name: value for name, value in world.sweep.config.items() if name != "metric"}
    config["metrics"] = [{"name": "loss", "goal": "minimize"}, {"name": "epoch", "goal": "maximize"}]
    Sweep.objects.filter(pk=world.sweep.pk).update(config=config)
    page = viewer.go(world.sweep_path)
    _chart(page, "hypervolume")
    caption = page.locator("#hypervolume-caption")
    expect(caption).to_contain_text("of 38 finished runs")
    expect(caption).to_contain_text("beyond the worst finished run")
    page.get_by_role("textbox", name="Reference point").fill("2, -1")
    page.keyboard.press("Enter")
    expect(caption).to_contain_text("Reference point: loss 2, epoch -1 (as chosen)")
    assert _asked(page) == {"hypervolume.reference": "2, -1"}
    page.reload()
    _chart(page, "hypervolume")
    expect(caption).to_contain_text("epoch -1 (as chosen)")
    place = page.locator("#hypervolume .point").first.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    expect(page.locator(".tooltip strong")).to_have_text(re.compile(r"run-\d+"))
    page.get_by_role("textbox", name="Reference point").fill("2")
    page.keyboard.press("Enter")
    expect(page.locator("#hypervolume")).to_contain_text("must be 2 numbers with commas between them, for loss, epoch")


def test_a_view_that_is_saved_at_once_has_what_was_chosen_last(viewer, world):
    page = viewer.go(world.sweep_path)
    _chart(page, "curves")
    held = []
    page.route("**/*fragments=*", lambda route: held.append(route))
    page.locator("#curves-panel").get_by_label("log y").check()
    wait_until(page, "document.body.classList.contains('is-on-its-way')")
    page.locator("#views-menu > summary").click()
    page.get_by_role("button", name="Save this view…").click()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.get_by_role("textbox", name="Name")).to_be_hidden()
    held[-1].continue_()
    page.unroute("**/*fragments=*")
    page.get_by_role("textbox", name="Name").fill("log")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The view log is saved.")).to_be_visible()
    assert SavedView.objects.get().settings == {"curve.logy": "1"}
