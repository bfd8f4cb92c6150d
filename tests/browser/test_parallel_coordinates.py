"""The parallel coordinates as a viewer meets them: in Chromium, by mouse, keys and touch, under the pages' policy."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.parallel_data import encode, sample_sweep, sweep_columns
from tests.browser.chromium import wait_until
from tests.browser.static_server import StaticServer

pytestmark = [pytest.mark.browser, pytest.mark.serverless]

COUNT = 200
SVG = "{http://www.w3.org/2000/svg}"
COLUMNS = sweep_columns(COUNT)


@pytest.fixture(scope="module")
def server():
    with StaticServer() as server:
        yield server


class ChartPage:
    """A page with one chart, and what a test does to it."""

    def __init__(self, page, url):
        self.page = page
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        page.goto(f"{url}/pages/parallel_coordinates.html")
        self.wait_for("window.page !== undefined")
        page.evaluate("document.fonts.ready")

    def wait_for(self, condition, argument=None):
        return wait_until(self.page, condition, argument)

    def set_data(self, data):
        self.page.evaluate("text => page.chart.setData(JSON.parse(text))", json.dumps(data))
        self.settle()

    def set_state(self, state):
        self.page.evaluate("state => page.chart.setState(state)", state)
        self.settle()

    def settle(self):
        self.page.evaluate("page.chart.drawn()")

    def lines_drawn(self):
        """How many lines were drawn or taken away so far, between two axes each, once none are drawn any more."""
        script = """async () => {
          const { drawing } = page.chart;
          let before;
          do {
            before = drawing.segmentsDrawn;
            for (let i = 0; i < 3; i += 1) await new Promise(requestAnimationFrame);
          } while (drawing.segmentsDrawn !== before);
          return before;
        }"""
        return self.page.evaluate(script)

    @property
    def state(self):
        return self.page.evaluate("page.chart.getState()")

    @property
    def selected(self):
        """What onSelect said last."""
        return self.page.evaluate("page.said.select.at(-1)")

    def said(self, what):
        return self.page.evaluate(f"page.said.{what}")

    @property
    def axes(self):
        """Names of the axes from left to right."""
        script = "[...document.querySelectorAll('[data-axis]')].map(axis => axis.dataset.axis)"
        return self.page.evaluate(script)

    def point(self, axis, share):
        """The place on an axis at a share of its height from the top."""
        box = self.page.locator(f'[data-axis="{axis}"] .pc-line').bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + share * box["height"]

    def drag(self, start, end):
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        mouse.move(*end)
        mouse.up()
        self.settle()

    def brush(self, axis, top, bottom):
        self.drag(self.point(axis, top), self.point(axis, bottom))

    def click(self, axis, share):
        self.page.mouse.click(*self.point(axis, share))
        self.settle()

    def line(self, index):
        """The corners of a run's line in the window."""
        script = """async index => {
          const { linePoints } = await import("/static/js/parallel/nearest.js");
          const box = document.querySelector(".pc-stage").getBoundingClientRect();
          return linePoints(page.chart.scene, index).map(([x, y]) => [x + box.left, y + box.top]);
        }"""
        return self.page.evaluate(script, index)

    def picture(self):
        """A digest of the lines' pixels."""
        script = """async () => {
          await page.chart.drawn();
          const { width, height } = page.chart.drawing.lines;
          const { data } = page.chart.drawing.context.getImageData(0, 0, width, height);
          const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
          return Array.from(digest).join(" ");
        }"""
        return self.page.evaluate(script)

    def text(self, selector):
        return self.page.locator(selector).inner_text()


@pytest.fixture(scope="module")
def context(browser):
    """What tests share: a cache, so that the chart's modules are fetched once."""
    context = browser.new_context(viewport={"width": 1440, "height": 800})
    yield context
    context.close()


@pytest.fixture
def chart(context, server):
    page = context.new_page()
    chart = ChartPage(page, server.url)
    chart.set_data(sample_sweep(COUNT))
    yield chart
    page.close()
    assert chart.errors == []


def within(name, low, high):
    """Indices of the runs whose value lies in a brush of the state."""
    values = COLUMNS[name]
    low, high = (-np.inf if low is None else low), (np.inf if high is None else high)
    return np.flatnonzero((values >= low) & (values <= high)).tolist()


def test_it_says_what_it_shows(chart):
    assert chart.text(".pc-summary") == "Parallel coordinates of 200 runs over 12 parameters and val_loss."
    failed = int(np.isnan(COLUMNS["val_loss"]).sum())
    assert chart.text(".pc-notes") == f"{failed} runs have no val_loss ({failed} failed)."


def test_a_brush_selects_exactly_the_runs_in_it(chart):
    chart.brush("dropout", 0.2, 0.5)
    [[low, high]] = chart.state["brushes"]["dropout"]
    assert abs(low - 0.3) < 0.01
    assert abs(high - 0.48) < 0.01
    assert chart.selected == within("dropout", low, high)
    assert 40 < len(chart.selected) < 80
    assert f"; {len(chart.selected)} selected." in chart.text(".pc-summary")
    assert chart.said("state")[-1] == chart.state


def test_brushes_of_an_axis_are_alternatives_and_axes_are_conditions(chart):
    chart.brush("dropout", 0.05, 0.3)
    chart.brush("dropout", 0.6, 0.9)
    chart.brush("warmup_steps", 0.1, 0.6)
    brushes = chart.state["brushes"]
    either = {i for brush in brushes["dropout"] for i in within("dropout", *brush)}
    assert len(brushes["dropout"]) == 2
    assert chart.selected == sorted(either & set(within("warmup_steps", *brushes["warmup_steps"][0])))


def test_a_brush_can_be_moved_resized_joined_and_cleared(chart):
    chart.brush("dropout", 0.4, 0.6)
    [[low, high]] = chart.state["brushes"]["dropout"]
    chart.brush("dropout", 0.5, 0.3)
    [[moved_low, moved_high]] = chart.state["brushes"]["dropout"]
    assert moved_low - low == pytest.approx(0.12, abs=0.005)
    assert moved_high - moved_low == pytest.approx(high - low, abs=0.005)
    chart.brush("dropout", 0.4, 0.7)
    [[resized_low, resized_high]] = chart.state["brushes"]["dropout"]
    assert resized_high == moved_high
    assert resized_low == pytest.approx(0.18, abs=0.005)
    chart.brush("dropout", 0.9, 0.5)
    assert len(chart.state["brushes"]["dropout"]) == 1
    chart.click("dropout", 0.97)
    assert "brushes" not in chart.state
    assert chart.selected is None


def test_escape_gives_up_a_drag(chart):
    chart.brush("dropout", 0.2, 0.5)
    before = chart.state
    start, end = chart.point("dropout", 0.35), chart.point("dropout", 0.8)
    chart.page.mouse.move(*start)
    chart.page.mouse.down()
    chart.page.mouse.move(*end)
    chart.settle()
    assert chart.state != before
    chart.page.keyboard.press("Escape")
    chart.page.mouse.up()
    assert chart.state == before


def test_a_brush_to_the_end_of_an_axis_stays_open_for_better_runs(chart):
    chart.brush("val_loss", 0.7, 1.1)
    [[low, high]] = chart.state["brushes"]["val_loss"]
    assert low is None
    assert chart.selected == within("val_loss", None, high)
    data = sample_sweep(COUNT, joined=1)
    better = np.append(COLUMNS["val_loss"], 0.01)
    data["axes"][-1]["values"] = data["color"]["values"] = encode(better)
    before = chart.selected
    chart.set_data(data)
    assert chart.selected == [*before, COUNT]


def test_categories_are_brushed_whole(chart):
    chart.brush("optimizer.name", 0.25, 0.45)
    assert chart.state["brushes"]["optimizer.name"] == [["adam", "lion"]]
    assert chart.selected == np.flatnonzero(np.isin(COLUMNS["optimizer.name"], [1, 2])).tolist()
    chart.brush("optimizer.name", 0.4, 0.8)
    assert chart.state["brushes"]["optimizer.name"] == [["sgd_momentum", "rmsprop"]]


def test_runs_without_a_value_lie_in_a_slot_of_their_own(chart):
    missing = np.flatnonzero(np.isnan(COLUMNS["optimizer.momentum"]))
    slot = chart.page.locator('[data-axis="optimizer.momentum"] .pc-slot')
    assert slot.inner_text() == str(len(missing))
    line = chart.page.locator('[data-axis="optimizer.momentum"] .pc-line').bounding_box()
    assert slot.bounding_box()["y"] >= line["y"] + line["height"] + 12
    slot.click()
    assert chart.state["brushes"]["optimizer.momentum"] == [None]
    assert chart.selected == missing.tolist()
    chart.brush("optimizer.momentum", 0.1, 0.6)
    [[low, high], slot_brush] = chart.state["brushes"]["optimizer.momentum"]
    assert slot_brush is None
    assert chart.selected == sorted([*missing.tolist(), *within("optimizer.momentum", low, high)])


def test_flip_turns_an_axis_and_keeps_its_brush(chart):
    chart.brush("dropout", 0.2, 0.5)
    before, brushes = chart.selected, chart.state["brushes"]
    top = chart.page.locator('[data-axis="dropout"] .pc-brush').bounding_box()["y"]
    chart.page.locator('[data-axis="dropout"] .pc-title').dblclick()
    chart.settle()
    assert chart.state["flipped"] == ["dropout"]
    assert (chart.selected, chart.state["brushes"]) == (before, brushes)
    assert chart.page.locator('[data-axis="dropout"] .pc-brush').bounding_box()["y"] > top + 50
    chart.brush("warmup_steps", 0.1, 0.9)
    chart.click("warmup_steps", 0.99)
    chart.page.locator('[data-axis="dropout"] .pc-head').hover()
    chart.page.locator('[data-axis="dropout"] .pc-flip').click()
    assert "flipped" not in chart.state


def test_log_spreads_an_axis_and_sets_aside_what_has_no_logarithm(chart):
    chart.page.locator('[data-axis="warmup_steps"] .pc-head').hover()
    chart.page.locator('[data-axis="warmup_steps"] .pc-log').click()
    assert chart.state["log"] == {"warmup_steps": True}
    chart.brush("warmup_steps", 0.5, 1.2)
    [[low, high]] = chart.state["brushes"]["warmup_steps"]
    assert low is None
    assert high < 1000
    assert chart.selected == np.flatnonzero((COLUMNS["warmup_steps"] > 0) & (COLUMNS["warmup_steps"] <= high)).tolist()


def test_zeros_on_a_log_axis_are_told(chart):
    data = sample_sweep(3)
    data["axes"][9]["values"] = [0, 0.1, 0.2]
    data["axes"][8]["values"] = [64, None, 128]
    chart.set_data(data)
    chart.set_state({"log": {"dropout": True}})
    assert "dropout is zero or below in 1 run, for which a log axis has no place." in chart.text(".pc-notes")
    assert chart.text('[data-axis="dropout"] .pc-slot') == "1"


def test_axes_are_reordered_by_dragging_their_titles(chart):
    before = chart.axes
    title = chart.page.locator('[data-axis="dropout"] .pc-title').bounding_box()
    target = chart.point("schedule", 0)[0]
    y = title["y"] + title["height"] / 2
    chart.drag((title["x"] + title["width"] / 2, y), (target, y))
    expected = [name for name in before if name != "dropout"]
    expected.insert(before.index("schedule"), "dropout")
    assert chart.axes == expected
    assert chart.state["order"] == expected
    assert chart.point("dropout", 0)[0] == pytest.approx(target, abs=1)


def test_axes_are_hidden_and_shown_by_menu(chart):
    chart.brush("dropout", 0.2, 0.5)
    chart.page.locator('[data-axis="dropout"] .pc-head').hover()
    chart.page.locator('[data-axis="dropout"] .pc-menu').click()
    chart.page.get_by_role("menuitem", name="Hide").click()
    assert "dropout" not in chart.axes
    assert chart.state == {"hidden": ["dropout"]}
    assert chart.selected is None
    assert chart.text(".pc-bar-tools button:last-child") == "Axes 12 of 13"
    chart.page.get_by_role("button", name="Axes").click()
    chart.page.get_by_role("menuitemcheckbox", name="dropout").click()
    assert "dropout" in chart.axes


def test_only_axes_that_vary_are_shown_at_first(chart):
    data = sample_sweep(COUNT)
    data["axes"].insert(0, {"name": "seed", "kind": "number", "values": [1] * COUNT})
    chart.set_data(data)
    assert "seed" not in chart.axes
    chart.set_state({"shown": ["seed"]})
    assert chart.axes[0] == "seed"


def test_hover_shows_the_nearest_run_and_a_click_opens_it(chart):
    points = chart.line(17)
    x, y = ((points[4][0] + points[5][0]) / 2, (points[4][1] + points[5][1]) / 2)
    chart.page.mouse.move(x, y)
    chart.wait_for("page.said.hover.at(-1) !== undefined")
    index = chart.said("hover")[-1]
    own = chart.line(index)
    assert abs((own[4][1] + own[5][1]) / 2 - y) < 2
    tip = chart.text(".pc-tip")
    assert f"brisk-sweep-{index + 1}" in tip
    assert ("failed" if np.isnan(COLUMNS["val_loss"][index]) else "finished") in tip
    assert f"{COLUMNS['dropout'][index]:.5g}"[:5] in tip
    chart.page.mouse.click(x, y)
    assert chart.said("open") == [index]
    chart.page.mouse.move(10, 790)
    chart.wait_for("page.said.hover.at(-1) === null")
    assert not chart.page.locator(".pc-tip").is_visible()


def test_hover_finds_only_selected_runs(chart):
    chart.brush("optimizer.name", 0.05, 0.1)
    points = chart.line(chart.selected[0])
    chart.page.mouse.move((points[4][0] + points[5][0]) / 2, (points[4][1] + points[5][1]) / 2)
    chart.wait_for("page.said.hover.at(-1) !== undefined")
    assert chart.said("hover")[-1] in chart.selected


def test_runs_that_join_keep_the_view_and_cost_only_their_own_lines(chart):
    chart.brush("dropout", 0.2, 0.5)
    chart.set_state({**chart.state, "order": ["dropout"], "color": "model.width"})
    state = chart.state
    before = chart.lines_drawn()
    chart.set_data(sample_sweep(COUNT, joined=3))
    gaps, layers = len(chart.axes) - 1, 2
    assert 0 < chart.lines_drawn() - before <= 3 * gaps * layers
    assert chart.state == state
    kept = within("dropout", *state["brushes"]["dropout"][0])
    assert chart.selected == kept + [COUNT + i for i in kept if i < 3]


def test_lines_drawn_one_by_one_make_the_same_picture_as_all_at_once(chart):
    for joined in (1, 2, 5):
        chart.set_data(sample_sweep(COUNT, joined=joined))
    step_by_step = chart.picture()
    chart.set_data({"axes": [], "runs": {"ids": []}})
    chart.set_data(sample_sweep(COUNT, joined=5))
    assert chart.picture() == step_by_step


def test_a_run_with_a_new_value_costs_only_its_own_line(chart):
    before = chart.lines_drawn()
    data = sample_sweep(COUNT)
    loss = COLUMNS["val_loss"].copy()
    ranked = np.argsort(loss)
    loss[ranked[20]] = loss[ranked[21]]  # no end of the scale and no median moves
    data["axes"][-1]["values"] = data["color"]["values"] = encode(loss)
    chart.set_data(data)
    gaps, layers = len(chart.axes) - 1, 2
    assert 0 < chart.lines_drawn() - before <= gaps * layers
    changed = chart.picture()
    chart.set_data({"axes": [], "runs": {"ids": []}})
    chart.set_data(data)
    assert chart.picture() == changed


def test_a_brush_that_comes_and_goes_leaves_no_trace(chart):
    before = chart.picture()
    chart.brush("dropout", 0.2, 0.5)
    assert chart.picture() != before
    brushed = chart.picture()
    chart.brush("dropout", 0.3, 0.6)
    chart.set_state({"brushes": {}})
    assert chart.picture() == before
    chart.brush("dropout", 0.2, 0.5)
    assert chart.picture() == brushed


def test_colour_by_a_category_has_a_swatch_for_each(chart):
    before = chart.picture()
    chart.page.get_by_label("Colour").select_option("optimizer.name")
    chart.settle()
    assert chart.state["color"] == "optimizer.name"
    assert chart.page.locator(".pc-swatch").all_inner_texts() == ["adamw", "adam", "lion", "sgd_momentum", "rmsprop"]
    assert chart.picture() != before


def test_better_runs_have_the_stronger_colour_in_both_themes(browser, server):
    for scheme, darker in (("light", True), ("dark", False)):
        page = browser.new_page(viewport={"width": 900, "height": 700}, color_scheme=scheme)
        chart = ChartPage(page, server.url)
        values = [1.0, 0.1]
        axis = {"name": "x", "kind": "number", "values": [0, 1]}
        loss = {"name": "loss", "kind": "number", "values": values}
        runs = {"ids": ["worse", "better"]}
        chart.set_data({"axes": [axis, loss], "color": {**loss, "goal": "minimize"}, "runs": runs})
        lightness = []
        for index in range(2):
            (x0, y0), (x1, y1) = chart.line(index)
            script = """([x, y]) => {
              const box = document.querySelector(".pc-stage").getBoundingClientRect();
              const [left, top] = [Math.round(x - box.left) - 1, Math.round(y - box.top) - 2];
              const { data } = page.chart.drawing.context.getImageData(left, top, 3, 5);
              const sums = [];
              for (let i = 0; i < data.length; i += 4) sums.push(data[i] + data[i + 1] + data[i + 2]);
              return sums;
            }"""
            sums = page.evaluate(script, [x0 + (x1 - x0) / 4, y0 + (y1 - y0) / 4])
            lightness.append(min(sums) if darker else max(sums))
        assert (lightness[1] < lightness[0] - 100) if darker else (lightness[1] > lightness[0] + 100)
        assert page.locator(".pc-ramp-end").all_inner_texts() == ["1", "0.1"]
        page.close()


def test_the_theme_follows_the_system_and_the_page(chart):
    corner = "[...page.chart.drawing.context.getImageData(2, 2, 1, 1).data].slice(0, 3)"
    assert chart.page.evaluate(corner) == [255, 255, 255]
    chart.page.emulate_media(color_scheme="dark")
    chart.wait_for("page.chart.theme.dark")
    chart.settle()
    assert sum(chart.page.evaluate(corner)) < 100
    chart.page.evaluate("document.documentElement.dataset.theme = 'light'; page.chart.setTheme()")
    chart.settle()
    assert chart.page.evaluate(corner) == [255, 255, 255]


def test_brushes_are_made_moved_and_cleared_by_keys(chart):
    chart.page.locator('[data-axis="dropout"] .pc-track').focus()
    keys = chart.page.keyboard
    keys.press("ArrowDown")
    assert chart.state["brushes"]["dropout"] == [[None, None]]
    for _ in range(3):
        keys.press("Shift+ArrowDown")
    [[low, high]] = chart.state["brushes"]["dropout"]
    assert (low, high) == (None, pytest.approx(0.42, abs=0.003))
    keys.press("Tab")
    keys.press("PageUp")
    keys.press("Alt+ArrowUp")
    chart.settle()
    [[low, high]] = chart.state["brushes"]["dropout"]
    assert (low, high) == (pytest.approx(0.066, abs=0.003), pytest.approx(0.426, abs=0.003))
    assert chart.selected == within("dropout", low, high)
    handle = chart.page.locator(":focus")
    assert handle.get_attribute("role") == "slider"
    assert handle.get_attribute("aria-valuenow") == "11"
    said = f"dropout: {low} to {high}. {len(chart.selected)} of 200 runs selected."
    chart.wait_for("text => document.querySelector('[aria-live]').textContent === text", said)
    keys.press("Delete")
    assert "brushes" not in chart.state
    assert chart.page.evaluate("document.activeElement.className") == "pc-track"


def test_axes_are_worked_by_keys(chart):
    chart.page.locator('[data-axis="optimizer.name"] .pc-track').focus()
    keys = chart.page.keyboard
    keys.press("Alt+ArrowRight")
    assert chart.axes[3] == "optimizer.name"
    keys.press("f")
    keys.press("c")
    assert (chart.state["flipped"], chart.state["color"]) == (["optimizer.name"], "optimizer.name")
    keys.press("ArrowLeft")
    assert chart.page.evaluate("document.activeElement.closest('[data-axis]').dataset.axis") == "optimizer.momentum"
    keys.press("m")
    keys.press("End")
    keys.press("Enter")
    assert chart.state["hidden"] == ["optimizer.momentum"]
    assert chart.page.evaluate("document.activeElement.closest('[data-axis]').dataset.axis") == "optimizer.name"


def test_runs_are_stepped_through_by_keys_from_the_best(chart):
    chart.page.locator(".pc-scroll").focus()
    chart.page.keyboard.press("ArrowDown")
    chart.page.keyboard.press("ArrowDown")
    ranked = np.argsort(np.nan_to_num(COLUMNS["val_loss"], nan=np.inf), kind="stable")
    assert chart.said("hover") == ranked[:2].tolist()
    chart.page.keyboard.press("Enter")
    assert chart.said("open") == [ranked[1]]


def test_the_state_survives_a_url(chart):
    state = {
        "order": ["val_loss"],
        "hidden": ["augment"],
        "flipped": ["dropout"],
        "log": {"model.width": False},
        "brushes": {"dropout": [[None, 0.3]], "optimizer.name": [["adam"]], "val_loss": [None]},
        "color": "batch_size",
    }
    chart.set_state(json.loads(json.dumps(state)))
    once = chart.state
    chart.set_state({})
    assert chart.state == {}
    chart.set_state(once)
    assert chart.state == once == state


def test_a_damaged_state_does_no_harm(chart):
    chart.set_state(
        {"order": 5, "hidden": [None], "log": {"dropout": "yes"}, "brushes": {"dropout": [["a"], [3, 1], 7]}}
    )
    assert chart.state == {}
    chart.set_state({"brushes": {"gone": [[0, 1]], "dropout": [[0.1, 0.2]]}})
    assert chart.selected == within("dropout", 0.1, 0.2)


def test_other_parts_of_the_page_narrow_the_lines(chart):
    chart.page.evaluate("page.chart.setFilter([1, 2, 3])")
    chart.settle()
    assert "; 3 selected." in chart.text(".pc-summary")
    assert chart.said("select") == []
    chart.page.evaluate("page.chart.setFilter(null)")
    chart.settle()
    assert "selected" not in chart.text(".pc-summary")


def test_it_follows_its_size_and_keeps_brushes(chart):
    chart.brush("dropout", 0.2, 0.5)
    before = chart.selected
    width = chart.page.locator(".pc-lines").bounding_box()["width"]
    chart.page.set_viewport_size({"width": 1000, "height": 800})
    chart.wait_for("width => document.querySelector('.pc-lines').clientWidth < width", width)
    chart.settle()
    assert chart.selected == before
    assert chart.page.locator(".pc-lines").bounding_box()["width"] == pytest.approx(1000, abs=1)


def test_a_phone_scrolls_sideways_and_taps(browser, server):
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, device_scale_factor=3, has_touch=True, is_mobile=True
    )
    chart = ChartPage(context.new_page(), server.url)
    chart.set_data(sample_sweep(COUNT))
    sizes = "(({scrollWidth, clientWidth}) => [scrollWidth, clientWidth])(document.querySelector('.pc-scroll'))"
    scroll, client = chart.page.evaluate(sizes)
    assert scroll > 2 * client
    assert chart.page.evaluate("document.documentElement.scrollWidth") == 390
    points = chart.line(5)
    x, y = (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2
    chart.page.touchscreen.tap(x, y)
    assert chart.said("open") == []
    assert "Tap again to open" in chart.text(".pc-tip")
    shown = chart.said("hover")[-1]
    chart.page.touchscreen.tap(x, y)
    assert chart.said("open") == [shown]
    assert chart.errors == []
    context.close()


def test_pixels_are_those_of_the_screen(browser, server):
    page = browser.new_page(viewport={"width": 900, "height": 700}, device_scale_factor=2)
    chart = ChartPage(page, server.url)
    chart.set_data(sample_sweep(COUNT))
    width, css = page.evaluate("(({width, clientWidth}) => [width, clientWidth])(page.chart.drawing.lines)")
    assert width == 2 * css
    page.close()


def test_a_thousand_lines_over_one_axis_do_not_overflow(chart):
    count = 5000
    data = {
        "axes": [
            {"name": "a", "kind": "number", "values": encode(np.r_[np.zeros(count - 1), 1.0])},
            {"name": "b", "kind": "number", "values": encode(np.r_[np.zeros(count - 1), 1.0])},
        ],
        "color": {"name": "b", "values": encode(np.r_[np.zeros(count - 1), 1.0]), "goal": "minimize"},
        "runs": {"ids": [str(i) for i in range(count)]},
    }
    chart.set_data(data)
    script = """async () => {
      const at = page.chart.scene.layout;
      const { data } = page.chart.drawing.context.getImageData(at.left + 20, at.tileTop + at.tileHeight - 12, 1, 12);
      const rows = [];
      for (let i = 0; i < data.length; i += 4) rows.push([data[i], data[i + 1], data[i + 2]]);
      return { rows, strongest: page.chart.theme.palette.at(-1) };
    }"""
    found = chart.page.evaluate(script)
    darkest = min(found["rows"], key=sum)
    assert darkest == pytest.approx(found["strongest"], abs=3)


def test_infinite_values_are_set_apart_and_told(chart):
    data = sample_sweep(4)
    data["axes"][-1]["values"] = data["color"]["values"] = encode(np.array([1.0, np.inf, np.nan, 2.0]))
    data["runs"]["states"] = ["finished", "finished", "running", "finished"]
    chart.set_data(data)
    assert chart.text(".pc-notes") == "1 run has no val_loss (1 running). val_loss is infinite in 1 run."
    assert chart.text('[data-axis="val_loss"] .pc-slot') == "2"


def test_a_sample_is_told(chart):
    chart.set_data(sample_sweep(COUNT) | {"total": 1000, "shown": COUNT})
    assert chart.text(".pc-summary").startswith("Parallel coordinates of 200 of 1,000 runs over")


def test_one_run_and_none_are_no_errors(chart):
    chart.set_data(sample_sweep(1))
    assert len(chart.axes) == 13
    chart.set_data({"axes": [], "runs": {"ids": []}})
    assert chart.text(".pc-empty") == "No runs yet: lines appear here as soon as the first run has reported."
    chart.set_data(sample_sweep(COUNT))
    assert len(chart.axes) == 13


def test_wrong_lengths_are_named(chart):
    data = sample_sweep(4)
    data["axes"][9]["values"] = [1, 2]
    message = chart.page.evaluate(
        "text => { try { page.chart.setData(JSON.parse(text)) } catch (error) { return error.message } }",
        json.dumps(data),
    )
    assert message == 'parallel coordinates: "dropout" has 2 values for 4 runs'


def test_a_picture_can_be_kept(chart):
    size, kind = chart.page.evaluate(
        "(async () => { const blob = await page.chart.exportImage('png', 'lines'); return [blob.size, blob.type] })()"
    )
    assert kind == "image/png"
    assert size > 50_000


def test_few_lines_are_kept_as_vectors_and_many_as_a_picture_in_them(chart):
    kept = "(async () => (await page.chart.exportImage('svg', 'Lines & more')).text())()"
    chart.set_data(sample_sweep(50))
    few = ElementTree.fromstring(chart.page.evaluate(kept))
    texts = [element.text for element in few.iter(f"{SVG}text")]
    assert texts[0] == "Lines & more"
    assert {"learning_rate", "val_loss"} <= {part for text in texts for part in text.replace(".", " ").split()}
    assert (len(list(few.iter(f"{SVG}path"))), len(list(few.iter(f"{SVG}image")))) == (50, 0)
    chart.set_data(sample_sweep(2001))
    many = ElementTree.fromstring(chart.page.evaluate(kept))
    assert (len(list(many.iter(f"{SVG}path"))), len(list(many.iter(f"{SVG}image")))) == (0, 1)


def test_nothing_stays_behind_after_destroy(chart):
    chart.page.evaluate("page.chart.destroy()")
    assert chart.page.locator(".pc").count() == 0
    chart.page.set_viewport_size({"width": 800, "height": 600})
    chart.page.emulate_media(color_scheme="dark")
