/**
 * What the viewer has chosen of charts, such as the axes of the scatter plot: `CHART.NAME=value` in the address of the page, so that
 * a reload, a bookmark and a colleague see the same, and Back goes to what was chosen before. What the address does not say is as in
 * the view that the page shows first, if somebody has set one (`data-default`), else as built in.
 */

import { navigate } from "./live.js";
import { record } from "./page_history.js";
import { selection } from "./selection/store.js";

const CHARTS = ["parallel", "scatter", "distribution", "objective", "pareto", "hypervolume", "slice", "contour"];
const NOTHING = "[]";
const followers = new Set();
let known = present();

/** What is chosen by a name, null where nothing is. */
export function choiceOf(name) {
  return new URLSearchParams(location.search).get(name) ?? viewDefaults().get(name);
}

/** Put choices into the address: [name, value, what is built in]. `source` names what was acted on. */
export function choose(entries, source) {
  const url = new URL(location.href);
  const defaults = viewDefaults();
  for (const [name, value, builtIn] of entries) {
    if (value === builtIn && !defaults.has(name)) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.search === new URL(location.href).search) return;
  record(url.href, source);
  known = present();
  navigate(url.href, { push: false }); // the page's links lead to the same choices
}

/** Be told of charts, by their names, of which the address says something else now. */
export function followChoices(tell) {
  followers.add(tell);
}

/** Put what a control of a chart of the sweep says into the address. */
export function chooseByControl(control) {
  if (!CHARTS.includes(control.dataset.figureOf)) return;
  const { name, value, builtIn } = controlled(control);
  // An outline brings its own axes along, so that a link has to name these where they are others.
  const isOutlined = control.dataset.figureOf === "scatter" && selection().clauses.some(({ lasso }) => lasso);
  choose([[name, value, isOutlined ? null : builtIn]], name);
}

/** Let the controls of a chart say what the address does. `builtIn` of a control is its `data-default`, else its first option. */
export function showChoices(chart) {
  for (const control of document.querySelectorAll(`[data-figure-of="${CSS.escape(chart)}"]`)) {
    const { name, builtIn, isOffered } = controlled(control);
    const chosen = choiceOf(name);
    const wanted = chosen !== null && isOffered(chosen) ? chosen : builtIn;
    if (control.dataset.figureToggle) control.setAttribute("aria-pressed", String(wanted === onValue(control)));
    else if (isOffered(wanted)) control.value = wanted;
  }
}

function controlled(control) {
  const { figureOf, figureOption, figureToggle, default: given } = control.dataset;
  if (figureOption) {
    const values = [...(control.options ?? [])].map((option) => option.value);
    const isOffered = (value) => !control.options || values.includes(value);
    return { name: `${figureOf}.${figureOption}`, value: control.value, builtIn: given ?? values[0] ?? "", isOffered };
  }
  const value = control.getAttribute("aria-pressed") === "true" ? onValue(control) : "linear";
  return { name: `${figureOf}.${figureToggle.split("=")[0]}`, value, builtIn: given ?? "linear", isOffered: () => true };
}

function onValue(control) {
  return control.dataset.figureToggle.split("=")[1];
}

/** Whether the page has views, which say what is chosen of its charts. */
export function hasViews() {
  return document.getElementById("runs-query") !== null;
}

/** What holds where the address says nothing else. */
export function viewDefaults() {
  return new URLSearchParams(document.getElementById("runs-query")?.dataset.default ?? "");
}

/** What is chosen of each chart, as one text a chart. */
function present() {
  const chosen = new Map([...viewDefaults(), ...new URLSearchParams(location.search)]);
  const entries = [...chosen].sort();
  return new Map(CHARTS.map((chart) => [chart, JSON.stringify(entries.filter(([name]) => name.startsWith(`${chart}.`)))]));
}

/** Controls that the page has anew get what was chosen; charts of which another choice is shown now are told. */
function adopt() {
  const now = present();
  const changed = new Set(CHARTS.filter((chart) => now.get(chart) !== known.get(chart)));
  known = now;
  CHARTS.forEach(showChoices);
  unfold(changed);
  if (changed.size) for (const tell of followers) tell(changed);
}

/** A chart of which something was chosen is to be seen. */
function unfold(charts) {
  for (const chart of charts) {
    const fold = document.getElementById(chart)?.closest("details.fold");
    if (fold && known.get(chart) !== NOTHING) fold.open = true;
  }
}

document.addEventListener("live:changed", adopt);
CHARTS.forEach(showChoices);
unfold(CHARTS);
