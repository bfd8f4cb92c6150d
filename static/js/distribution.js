/** The histogram of a sweep's runs over any of their columns: the server says where the bars are, the page counts and follows. */

import { followChoices, showChoices } from "./chart_choices.js";
import { loadCharts, setCaption } from "./chart_loader.js";
import { barsOfClause, clauseOfBars, countBars, makeBars, makeGroups } from "./distribution/bars.js";
import { histogram, selectedHeights } from "./distribution/figure.js";
import { draw as drawFigure, forget as forgetFigure } from "./figures.js";
import { formatCount } from "./parallel/numbers.js";
import { sampleNote } from "./scatter/words.js";
import { fillSelect, isPressed, setFirstScale } from "./selection/choices.js";
import { isSameSubject, withClause } from "./selection/clauses.js";
import { paced } from "./selection/pace.js";
import { loadRunData } from "./selection/run_data.js";
import { commit, follow, selection, setRunData } from "./selection/store.js";

const charts = new Map();
let hasStarted = false;
let firstPlaces = null;

/** Show the histogram of the page, also one that a merge has brought. */
export function showDistribution() {
  if (!hasStarted) {
    hasStarted = true;
    follow(() => charts.forEach((chart) => chart.selectionChanged()));
    followChoices((changed) => changed.has("distribution") && charts.forEach((chart) => chart.update()));
  }
  loadCharts("[data-distribution]", { urlOf: (element) => element.dataset.distribution, fetchData: load, draw, forget });
}

/** Load the runs, and at first the bars of the column that the server would choose, too: else these would wait for the runs. */
function load(url, version) {
  firstPlaces ??= fetchPlaces(url, {}).catch(() => null);
  return loadRunData(url, version);
}

async function fetchPlaces(runs, options) {
  const url = new URL(runs.replace(/parallel\.json$/, "distribution.json"), location.href);
  for (const [name, value] of Object.entries(options)) if (value) url.searchParams.set(name, value);
  const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-cache" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

async function draw(element, data) {
  setRunData(data);
  if (!charts.has(element)) charts.set(element, new Distribution(element));
  await charts.get(element).setData(data);
}

function forget(element) {
  charts.get(element)?.stop();
  charts.delete(element);
}

class Distribution {
  #data = null;
  #shown = null;
  #listening = new AbortController();

  constructor(element) {
    this.element = element;
    this.selectionChanged = paced(element, { draw: () => this.#showSelected(), isSettled: () => selection().settled });
    const options = { signal: this.#listening.signal };
    document.addEventListener("change", ({ target }) => this.#isOurs(target) && this.update(), options);
    document.addEventListener("click", (event) => this.#clicked(event), options);
  }

  async setData(data) {
    const isFirst = this.#data === null;
    this.#data = data;
    const first = data.color?.name ?? "runtime";
    const categories = data.choices.filter(({ key }) => key === "state" || data.column(key)?.kind === "category");
    fillSelect(document.getElementById("distribution-column"), data.choices, { first });
    fillSelect(document.getElementById("distribution-by"), categories, { none: "nothing" });
    if (isFirst) {
      setFirstScale("distribution-log", Boolean(data.column(first)?.log));
      showChoices("distribution");
    }
    await this.update();
  }

  /** Draw what the controls ask for, once its column and its bars are there. */
  async update() {
    const data = this.#data;
    const [key, by] = ["column", "by"].map((name) => document.getElementById(`distribution-${name}`)?.value ?? "");
    if (!data || !key) return;
    this.element.setAttribute("aria-busy", "true");
    try {
      const [places] = await Promise.all([this.#places(key, by), data.ensure([key, by].filter(Boolean))]);
      if (data === this.#data) await this.#show(places, data.column(key), by ? data.column(by) : null);
    } catch {
      setCaption(this.element, "This column could not be loaded; the next change of the runs tries again.");
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }

  async #places(column, by) {
    const isLog = isPressed("distribution-log");
    const first = this.#shown === null && !by && !isLog && (await firstPlaces);
    if (first && first.name === column) return first;
    return fetchPlaces(this.element.dataset.distribution, { column, by, scale: isLog ? "log" : "" });
  }

  async #show(places, column, by) {
    const bars = makeBars(places, column);
    const groups = makeGroups(by);
    const all = countBars(bars, groups, null);
    this.#shown = { column, by, bars, groups, all };
    const { clauses, mask } = selection();
    const selected = clauses.length ? countBars(bars, groups, mask) : null;
    if (!bars.center.length) {
      const message = `No run has a ${column.label}${isPressed("distribution-log") ? " above zero" : ""} yet.`;
      return drawFigure(this.element, { message });
    }
    const figure = histogram({ column, bars, groups, all, selected });
    const isNew = !this.element.data;
    await drawFigure(this.element, { figure, caption: this.#sentence(selected) });
    if (!isNew) return undefined;
    this.element.on("plotly_selected", (event) => event && this.#dragged(event));
    this.element.on("plotly_click", ({ points, event }) => this.#toggle(points[0].pointNumber, event));
    return undefined;
  }

  #showSelected() {
    const { clauses, mask, data } = selection();
    if (!this.#shown || !this.element.data || data !== this.#data) return;
    const { bars, groups } = this.#shown;
    const selected = clauses.length ? countBars(bars, groups, mask) : null;
    const { faintness, heights } = selectedHeights(selected, groups, bars);
    window.Plotly.restyle(this.element, ...faintness);
    window.Plotly.restyle(this.element, ...heights);
    const sentence = this.#sentence(selected);
    setCaption(this.element, sentence);
    this.element.ariaLabel = sentence;
  }

  #sentence(selected) {
    const { column, bars, by, all } = this.#shown;
    const { shown, total } = this.#data;
    const counted = sum(all);
    const every = `${formatCount(total)} run${total === 1 ? "" : "s"}`;
    const of = counted === total ? every : `${formatCount(counted)} of ${every}`;
    const chosen = selected ? `; ${formatCount(sum(selected))} selected` : "";
    const hidden = bars.hidden ? ` ${formatCount(bars.hidden)} rarer values are not drawn.` : "";
    const lacking = column.facts.missing;
    const missing = lacking ? ` ${formatCount(lacking)} of ${formatCount(shown)} lack a value.` : "";
    const log = bars.log && column.facts.min <= 0 ? " Values that are not positive are not on a log scale." : "";
    return `Distribution of ${column.label} over ${of}${by ? `, by ${by.label}` : ""}${chosen}.${missing}${hidden}${log}${sampleNote(this.#data)}`;
  }

  /** Dragged over some bars: these are selected, or with Shift these, too. */
  #dragged({ range }) {
    window.Plotly.relayout(this.element, { selections: [] });
    if (!range) return;
    const { xaxis } = this.element._fullLayout;
    const [low, high] = range.x.map((end) => xaxis.d2l(end)).sort((a, b) => a - b);
    const { bars } = this.#shown;
    const touched = [...bars.center.keys()].filter((bar) => {
      const middle = bars.log && !bars.values ? Math.log10(Math.sqrt(bars.low[bar] * bars.high[bar])) : bars.center[bar];
      return middle >= low && middle <= high;
    });
    if (touched.length) this.#choose(new Set(touched));
  }

  /** A click selects one bar, or none where it was the one; with Shift or Ctrl it adds the bar or takes it away. */
  #toggle(bar, { shiftKey, ctrlKey, metaKey }) {
    const chosen = this.#chosen();
    const isAdding = shiftKey || ctrlKey || metaKey;
    const next = new Set(isAdding ? chosen : []);
    if (chosen.has(bar) && (isAdding || chosen.size === 1)) next.delete(bar);
    else next.add(bar);
    this.#choose(next);
  }

  #chosen() {
    const { column, bars } = this.#shown;
    const subject = clauseOfBars(column, bars, [0]);
    return barsOfClause(selection().clauses.find((clause) => isSameSubject(clause, subject)), bars);
  }

  #choose(chosen) {
    const { column, bars } = this.#shown;
    commit(withClause(selection().clauses, clauseOfBars(column, bars, chosen)), "distribution");
  }

  #isOurs(target) {
    return target.dataset?.figureOf === this.element.id;
  }

  #clicked({ target }) {
    const button = target.closest?.("button");
    if (button && this.#isOurs(button)) queueMicrotask(() => this.update()); // when it is pressed
  }

  stop() {
    this.#listening.abort();
    forgetFigure(this.element);
  }
}

function sum(counts) {
  return counts.reduce((total, group) => group.reduce((all, count) => all + count, total), 0);
}
