/**
 * The scatter plot of a sweep's runs. plotly.js draws the axes and lets the viewer outline and zoom; the points are on a canvas of ours,
 * since thousands of them as elements would take a second each time something is selected.
 */

import { followChoices, showChoices } from "./chart_choices.js";
import { loadCharts, setCaption } from "./chart_loader.js";
import { themed } from "./figure_theme.js";
import { legendModel, showLegend } from "./parallel/legend.js";
import { readTheme } from "./parallel/theme.js";
import { loadPlotly } from "./plotly_source.js";
import { axisLayout, makeAxis, pixelsOf } from "./scatter/axes.js";
import { pointColors } from "./scatter/colors.js";
import { clauseOf } from "./scatter/outline.js";
import { savePicture } from "./scatter/picture.js";
import { Points, radiiOf } from "./scatter/points.js";
import { runRows, scatterSentence } from "./scatter/words.js";
import { fillSelect, isPressed, setFirstScale } from "./selection/choices.js";
import { withClause } from "./selection/clauses.js";
import { paced } from "./selection/pace.js";
import { onScale } from "./selection/polygon.js";
import { loadRunData } from "./selection/run_data.js";
import { commit, follow, selection, setRunData } from "./selection/store.js";
import { hideTip, showTip } from "./tooltip.js";

const CONFIG = { displayModeBar: false, doubleClick: false, scrollZoom: false };
const CLICK = 4; // moves shorter than this are no drag
const charts = new Map();
let hasStarted = false;

/** Show the scatter plot of the page, also one that a merge has brought. */
export function showScatter() {
  if (!hasStarted) {
    hasStarted = true;
    follow(() => charts.forEach((chart) => chart.selectionChanged()));
    followChoices((changed) => changed.has("scatter") && charts.forEach((chart) => chart.update()));
  }
  loadCharts("[data-scatter]", { urlOf: (element) => element.dataset.scatter, fetchData: loadRunData, draw, forget });
}

async function draw(element, data) {
  setRunData(data);
  if (!charts.has(element)) charts.set(element, new Scatter(element, await loadPlotly()));
  await charts.get(element).setData(data);
}

function forget(element) {
  charts.get(element)?.destroy();
  charts.delete(element);
}

class Scatter {
  #data = null;
  #axes = null;
  #pointed = null;
  #pressedAt = null;
  #listening = new AbortController();

  constructor(element, plotly) {
    this.element = element;
    this.plotly = plotly;
    this.mode = "lasso";
    this.plot = element.appendChild(Object.assign(document.createElement("div"), { className: "scatter-axes" }));
    this.points = new Points(element);
    this.selectionChanged = paced(element, { draw: () => this.#drawPoints(), isSettled: () => selection().settled });
    const options = { signal: this.#listening.signal };
    element.addEventListener("pointermove", (event) => this.#point(event), options);
    element.addEventListener("pointerleave", () => this.#leave(), options);
    element.addEventListener("pointerdown", (event) => (this.#pressedAt = [event.clientX, event.clientY]), { ...options, capture: true });
    element.addEventListener("click", (event) => this.#open(event), { ...options, capture: true });
    element.addEventListener("dblclick", () => this.#clear(), { ...options, capture: true });
    document.addEventListener("change", ({ target }) => this.#isOurs(target) && this.update(), options);
    document.addEventListener("click", (event) => this.#clicked(event), options);
    document.addEventListener("theme:changed", () => this.update(), options);
    this.sizes = new ResizeObserver(() => this.#fit());
    this.sizes.observe(element);
  }

  async setData(data) {
    const isFirst = this.#data === null;
    this.#data = data;
    const [x, y] = firstAxes(data);
    fillSelect(document.getElementById("scatter-x"), data.choices, { first: x.key });
    fillSelect(document.getElementById("scatter-y"), data.choices, { first: y.key });
    fillSelect(document.getElementById("scatter-color"), data.choices, { first: data.color?.name ?? "state", none: "One colour" });
    fillSelect(document.getElementById("scatter-size"), data.choices, { first: "", none: "One size" });
    if (isFirst) {
      setFirstScale("scatter-x-log", x.isLog);
      setFirstScale("scatter-y-log", y.isLog);
      showChoices("scatter");
    }
    await this.update();
  }

  /** Draw what the controls ask for, once its columns are there. */
  async update() {
    const data = this.#data;
    const [x, y, color, size] = ["x", "y", "color", "size"].map((name) => document.getElementById(`scatter-${name}`)?.value ?? "");
    if (!data || !x || !y) return;
    this.element.setAttribute("aria-busy", "true");
    try {
      await data.ensure([x, y, color, size].filter(Boolean));
    } catch {
      return setCaption(this.element, "These columns could not be loaded; the next change of the runs tries again.");
    } finally {
      this.element.removeAttribute("aria-busy");
    }
    if (data !== this.#data) return undefined;
    this.theme = readTheme(this.element);
    this.color = color ? data.column(color) : null;
    this.size = size ? data.column(size) : null;
    this.colors = pointColors(this.color, data.column(color)?.goal ?? null, this.theme);
    this.radii = radiiOf(this.size);
    this.#axes = [makeAxis(data.column(x), isPressed("scatter-x-log")), makeAxis(data.column(y), isPressed("scatter-y-log"))];
    this.#showLegend();
    return this.#drawAxes();
  }

  async #drawAxes() {
    const [x, y] = this.#axes.map(axisLayout);
    const layout = {
      uirevision: JSON.stringify([x.title, y.title, x.type, y.type]),
      xaxis: x,
      yaxis: y,
      dragmode: this.mode,
      hovermode: false,
      showlegend: false,
      margin: { l: 56, r: 16, t: 8, b: 50 }, // so much most axes take: to make room, plotly.js lays out once more
    };
    // One point that nobody sees: without any there would be nothing to outline.
    const traces = [{ type: "scatter", mode: "markers", x: [middle(x)], y: [middle(y)], marker: { opacity: 0 }, hoverinfo: "skip" }];
    const isNew = !this.plot.data;
    await this.plotly.react(this.plot, traces, themed({ layout }, "layout"), CONFIG);
    if (isNew) {
      this.plot.on("plotly_afterplot", () => this.#place());
      this.plot.on("plotly_selected", (event) => event && this.#outlined(event));
    }
    this.#place();
  }

  #place() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    this.#axes[0].pixels = pixelsOf(xaxis);
    this.#axes[1].pixels = pixelsOf(yaxis);
    this.points.place({ left: xaxis._offset, top: yaxis._offset, axes: this.#axes, radii: this.radii });
    this.#drawPoints();
  }

  #drawPoints() {
    const { mask, clauses, data } = selection();
    if (!this.#axes?.[0].pixels || data !== this.#data) return;
    const mine = this.#outline(clauses);
    this.points.draw({
      colors: this.colors,
      mask: clauses.length ? mask : null,
      outline: mine?.points.map((point) => point.map((value, i) => this.#pixelOf(value, i))),
      theme: this.theme,
      pointed: this.#pointed,
    });
    const { color, size } = this;
    const sentence = scatterSentence({ data, axes: this.#axes, color, size, mask, selected: clauses.length > 0 });
    setCaption(this.element, sentence);
    Object.assign(this.element, { role: "img", ariaLabel: sentence });
  }

  #outline(clauses) {
    const keys = this.#axes.map(({ column }) => column.name);
    return clauses.find(({ lasso }) => lasso?.every((key, i) => key === keys[i]));
  }

  #pixelOf(value, i) {
    const { pixels, isLog, column } = this.#axes[i];
    const place = column.kind === "time" ? value * 1000 - new Date().getTimezoneOffset() * 60_000 : onScale(value, isLog);
    return pixels.offset + pixels.factor * place;
  }

  #outlined(event) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const clause = event.lassoPoints || event.range ? clauseOf(event, this.#axes, [xaxis, yaxis]) : null;
    this.plotly.relayout(this.plot, { selections: [] }); // the canvas shows it from now on
    if (clause) commit(withClause(selection().clauses, clause), "scatter");
  }

  #clear() {
    if (this.mode === "zoom") return this.#resetZoom();
    const mine = this.#outline(selection().clauses);
    if (mine) commit(withClause(selection().clauses, { ...mine, points: [] }), "scatter");
    return undefined;
  }

  #point(event) {
    if (!this.#axes?.[0].pixels) return;
    const index = event.buttons ? null : this.#under(event);
    if (index !== this.#pointed) {
      this.#pointed = index;
      this.element.classList.toggle("is-pointing", index !== null);
      this.#drawPoints();
    }
    if (index === null) return hideTip();
    const columns = [this.#axes[1].column, this.#axes[0].column, this.color, this.size];
    showTip(this.#data.names[index], runRows(this.#data, columns, index), event);
  }

  #under({ clientX, clientY }) {
    const box = this.points.canvas.getBoundingClientRect();
    const { clauses, mask } = selection();
    return this.points.nearest(clientX - box.left, clientY - box.top, clauses.length ? mask : null);
  }

  #leave() {
    hideTip();
    if (this.#pointed === null) return;
    this.#pointed = null;
    this.#drawPoints();
  }

  #open(event) {
    const [x, y] = this.#pressedAt ?? [0, 0];
    const isDrag = Math.hypot(event.clientX - x, event.clientY - y) > CLICK;
    if (isDrag || this.#pointed === null || event.detail > 1) return;
    const url = this.#data.urlOf(this.#pointed);
    if (event.ctrlKey || event.metaKey) window.open(url);
    else location.assign(url);
  }

  #isOurs(target) {
    return target.dataset?.figureOf === this.element.id;
  }

  #clicked({ target }) {
    const button = target.closest?.("button");
    if (!button) return;
    const { scatterMode, scatterReset, figureImage, saveImage, saveOf } = button.dataset;
    if (scatterMode) this.#setMode(scatterMode);
    if (scatterReset !== undefined) this.#resetZoom();
    if (this.#isOurs(button)) queueMicrotask(() => this.update()); // when it is pressed
    if (figureImage === this.element.id || (saveImage && saveOf === this.element.id)) this.#save(saveImage ?? "png");
  }

  #setMode(mode) {
    this.mode = mode;
    for (const button of document.querySelectorAll("[data-scatter-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.scatterMode === mode));
    }
    if (this.plot.data) this.plotly.relayout(this.plot, { dragmode: mode });
  }

  #resetZoom() {
    if (!this.#axes) return;
    const [x, y] = this.#axes.map(axisLayout);
    this.plotly.relayout(this.plot, { "xaxis.range": x.range, "yaxis.range": y.range });
  }

  #save(format) {
    const { clauses, mask } = selection();
    const { plotly, plot, colors, radii } = this;
    savePicture({ plotly, plot, axes: this.#axes, colors, radii, mask: clauses.length ? mask : null, theme: this.theme, format });
  }

  #showLegend() {
    const legend = document.getElementById("scatter-legend");
    if (!legend) return;
    legend.hidden = !this.colors.ink;
    if (this.colors.ink) showLegend(legend, legendModel(this.colors.ink, this.theme));
  }

  #fit() {
    const { clientWidth, clientHeight } = this.element;
    if (this.plot.data && clientWidth && clientHeight) this.plotly.Plots.resize(this.plot);
  }

  destroy() {
    this.#listening.abort();
    this.sizes.disconnect();
    this.plotly.purge(this.plot);
  }
}

/** What is shown where nothing is chosen: the axes of an outline that the address has, else a parameter and the metric. */
function firstAxes(data) {
  const outline = selection().clauses.find((clause) => clause.lasso);
  if (outline) return outline.lasso.map((key, i) => ({ key, isLog: outline.log?.[i] === true }));
  const first = firstParameter(data);
  return [
    { key: first?.name ?? "created_at", isLog: Boolean(first?.log) },
    { key: data.color?.name ?? "runtime", isLog: false },
  ];
}

/** The first parameter of which runs have many values, else the first that varies. */
function firstParameter({ axes }) {
  const parameters = axes.filter(({ name }) => name.startsWith("config."));
  const varying = parameters.filter(({ facts }) => facts.varies);
  return varying.find(({ kind, facts }) => kind === "number" && !facts.distinct) ?? varying[0] ?? parameters[0];
}

function middle({ range, type }) {
  if (type === "date") return range[0];
  const place = (range[0] + range[1]) / 2;
  return type === "log" ? 10 ** place : place;
}
