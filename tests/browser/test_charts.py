"""Whoever reads a sweep's charts goes from one to the next, looks closely at one, and asks points what they are."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from sweeps_app.models import Run, RunRung, StoppingDecision, Sweep
from tests.browser.chromium import wait_until
from tests.dashboard.world import add_fleet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("world", [30], indirect=True)
def test_the_charts_of_a_sweep_are_found_read_and_filled_with_what_is_chosen(viewer, world):
    add_fleet(world)
    page = viewer.go(world.sweep_path)
    way = page.get_by_role("navigation", name="On this page")
    way.get_by_role("link", name="Parameters").click()
    expect(way.get_by_role("link", name="Parameters")).to_have_attribute("aria-current", "true")
    expect(page.locator("#slice-caption")).to_contain_text("against each parameter")
    wait_until(page, "document.querySelectorAll('#contour .point').length > 20")
    wait_until(page, "document.querySelectorAll('#slice .point').length > 40")
    page.locator("#slice .point").nth(3).hover(force=True)
    expect(page.locator(".tooltip strong")).to_have_text(re.compile(r"run-\d+"))
    expect(page.locator(".tooltip")).to_contain_text("State")
    expect(page.locator(".tooltip dt").filter(has_text="optimizer")).to_have_count(1)

    way.get_by_role("link", name="Fleet").click()
    expect(page.locator("#timeline-caption")).to_contain_text("agents")
    page.locator("#pareto-fold > summary").click()
    page.get_by_role("combobox", name="Goal of the metric across").select_option("maximize")
    expect(page.locator("#pareto-caption")).to_contain_text("against loss (maximize)")


def test_a_chart_fills_the_window_by_keys_and_a_phone_too(open_window, world):
    viewer = open_window(viewport={"width": 390, "height": 844})
    page = viewer.go(world.sweep_path)
    opener = page.get_by_role("button", name="Full screen: metric over time")
    page.locator("#objective").scroll_into_view_if_needed()
    page.locator("#objective[data-chart-state=drawn]").wait_for()
    opener.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Metric over time")
    expect(panel).to_be_visible()
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    viewer.wait_for_fit()
    assert viewer.sticking_out() == []
    viewer.look_for_news()  # which merges, or not, and the chart stays
    world.sweep.name = "renamed"
    world.sweep.change += 1
    world.sweep.save(update_fields=["name", "change"])
    viewer.look_for_news()
    expect(panel).to_be_visible()
    for _ in range(12):  # more often than there are things to focus
        page.keyboard.press("Tab")
        assert panel.evaluate("panel => panel.contains(document.activeElement)")
    page.locator("#objective-save > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#objective-save")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Metric over time")).to_have_count(0)
    expect(opener).to_be_focused()


# Where the fifth run from the end of the first trace is in the window, and how opaque the picture is there.
_OF_A_RUN = """async (chart) => {
  const { xaxis, yaxis } = chart._fullLayout;
  const point = chart.calcdata[0].at(-5);
  const [x, y] = [xaxis.c2p(point.x), yaxis.c2p(point.y)];
  const image = chart.querySelector(".points > image");
  const picture = Object.assign(new Image(), { src: image.href.baseVal });
  await picture.decode();
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const ratio = picture.width / image.width.baseVal.value;
  const [left, top] = [image.x.baseVal.value, image.y.baseVal.value];
  const pixel = context.getImageData((x - left) * ratio, (y - top) * ratio, 1, 1);
  const box = chart.getBoundingClientRect();
  return { place: [box.left + xaxis._offset + x, box.top + yaxis._offset + y], opacity: pixel.data[3] };
}"""


@pytest.mark.parametrize("world", [520], indirect=True)
def test_many_runs_are_a_picture_that_is_told_of_zoomed_and_clicked_as_few_are(viewer, world):
    page = viewer.go(world.sweep_path)
    chart = page.locator("#objective")
    chart.scroll_into_view_if_needed()
    page.locator("#objective[data-chart-state=drawn]").wait_for()
    picture = chart.locator(".points > image")
    expect(picture).to_have_count(1)
    assert chart.locator(".point").count() < 10  # one failed, one under way
    found = chart.evaluate(_OF_A_RUN)
    assert found["opacity"] > 100
    page.mouse.move(*found["place"])
    expect(page.locator(".tooltip strong")).to_have_text(re.compile(r"run-\d+"))

    before = picture.get_attribute("href")
    x, y = found["place"]
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    page.mouse.move(x, y, steps=3)
    page.mouse.move(x + 10, y + 10)
    page.mouse.up()
    expect(picture).not_to_have_attribute("href", before)
    zoomed = chart.evaluate(_OF_A_RUN)
    assert zoomed["opacity"] > 100
    page.locator("[data-figure-reset=objective]").click()
    expect(picture).to_have_attribute("href", before)

    page.mouse.move(*found["place"])
    name = page.locator(".tooltip strong").text_content()
    page.mouse.click(*found["place"])
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def _saves(page, chart):
    """Return what the chart's menu saves: the beginning of each file by its kind."""
    found = {}
    for kind, name in (("png", "PNG, as shown"), ("svg", "SVG, as shown"), ("csv", "CSV, all numbers")):
        page.locator(f"#{chart}-save > summary").click()
        with page.expect_download() as download:
            page.locator(f"#{chart}-save").get_by_text(name).click()
        found[kind] = download.value.path().read_bytes()
    return found


@pytest.mark.parametrize("chart", ["objective", "timeline", "curves"])
def test_a_chart_tells_of_runs_opens_them_and_can_be_kept(viewer, world, chart):
    add_fleet(world)
    _judge(world)
    page = viewer.go(world.sweep_path)
    page.locator(f"#{chart}").scroll_into_view_if_needed()
    page.locator(f"#{chart}[data-chart-state=drawn]").wait_for()
    viewer.wait_for_fit()
    caption = page.locator(f"#{chart}-caption")
    expect(caption).to_have_text(re.compile(r"\d+( of \d+)? runs"))
    saved = _saves(page, chart)
    assert saved["png"].startswith(b"\x89PNG")
    assert caption.inner_text()[:30] in saved["svg"].decode()
    assert len(saved["csv"].splitlines()) > 10
    page.locator(f"#{chart}-table > summary").click()
    expect(page.locator(f"#{chart}-table tbody tr").first).to_be_visible()
    page.locator(f"#{chart}-table > summary").click()
    page.locator(f"#{chart}-full").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    if chart == "curves":
        expect(caption).to_contain_text("1 stopping band with its threshold, where 2 runs were stopped")
    page.locator(f"#{chart}").scroll_into_view_if_needed()
    tip = page.locator(".tooltip")
    _point_at(page, chart, tip.locator("strong"))
    expect(tip.locator("strong")).to_have_text(re.compile(r"run-\d+"))
    expect(tip.locator("dt").filter(has_text="lr")).to_have_count(1)  # what only the server knows
    name = tip.locator("strong").inner_text()
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("h1")).to_contain_text(name)


def _point_at(page, chart, shown):
    """Point at a run until it is told of, as a person does while the page still moves."""
    for _ in range(20):
        page.mouse.move(*wait_until(page, _PLACES[chart]))
        with suppress(TooLate):
            shown.wait_for(timeout=3_000)
            return
        page.mouse.move(1, 1)


# Where a run is, in pixels of the window: a point, a third of the longest bar (no end, no middle), a value.
_PLACES = {
    "objective": """() => {
      const { x, width, y, height } = document.querySelector("#objective .point").getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    }""",
    "timeline": """() => {
      const chart = document.getElementById("timeline");
      const { xaxis, yaxis } = chart._fullLayout;
      const bars = chart._fullData.filter(({ meta }) => meta?.span).flatMap(({ x, y }) =>
        Array.from(x).flatMap((start, i) => (i % 4 ? [] : [[start, x[i + 2], y[i]]])));
      const [start, end, row] = bars.sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0];
      const box = chart.getBoundingClientRect();
      const x = xaxis.c2p(start + (end - start) / 3);
      return [box.left + xaxis._offset + x, box.top + yaxis._offset + yaxis.c2p(row)];
    }""",
    "curves": """() => {
      const chart = document.getElementById("curves");
      const { xaxis, yaxis } = chart._fullLayout;
      const line = chart._fullData.findLast(({ customdata, x }) => customdata !== undefined && x.length > 5);
      const box = chart.getBoundingClientRect();
      return [box.left + xaxis._offset + xaxis.c2p(line.x[3]), box.top + yaxis._offset + yaxis.c2p(line.y[3])];
    }""",
}


def _judge(world):
    """Let a rule have stopped two of the sweep's runs at their second value."""
    config = world.sweep.config | {"early_terminate": {"type": "asha", "min_iter": 2, "max_iter": 16, "eta": 2}}
    Sweep.objects.filter(pk=world.sweep.pk).update(config=config)
    for run in world.runs[2:4]:
        RunRung.objects.create(sweep=world.sweep, run=run, band=2, value=1.5)
        told = {"rule": "asha", "stop": True, "iteration": 2, "band": 2, "threshold": 1.2, "value": 1.5, "peers": 3}
        StoppingDecision.objects.create(sweep=world.sweep, run=run, reason="beyond the best half", **told)


def test_on_a_phone_a_timeline_has_room_for_its_bars(open_window, world):
    add_fleet(world)
    page = open_window(viewport={"width": 390, "height": 844}).go(world.sweep_path)
    page.locator("#timeline").scroll_into_view_if_needed()
    page.locator("#timeline[data-chart-state=drawn]").wait_for()
    names = page.locator("#timeline .ytick text").all_text_contents()
    assert len(names) > 2
    assert max(map(len, names)) <= 12
    assert page.locator("#timeline .legendtext").count() > 2
    rows = "texts => new Set(texts.map((text) => Math.round(text.getBoundingClientRect().top))).size"
    assert page.locator("#timeline .legendtext").evaluate_all(rows) <= 2
    assert page.evaluate("document.getElementById('timeline')._fullLayout._size.w") > 200


def test_the_least_numbers_that_there_are_can_be_scattered(viewer, world):
    for place, run in enumerate(world.runs):
        Run.objects.filter(pk=run.pk).update(objective=place * 5e-324)
    page = viewer.go(world.sweep_path)
    page.locator("#scatter").scroll_into_view_if_needed()
    page.locator("#scatter[data-chart-state=drawn]").wait_for()
    expect(page.locator("#scatter-caption")).to_contain_text("12 runs")
