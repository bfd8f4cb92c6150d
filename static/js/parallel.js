/** The parallel coordinates of a sweep: mounted, kept up to date, tied to the table of runs and to what is selected. */

import { choiceOf, choose, followChoices } from "./chart_choices.js";
import { loadCharts } from "./chart_loader.js";
import { fileName, save, titleOf } from "./chart_files.js";
import { joinKeys } from "./keys.js";
import { arrangementOf, choicesOf } from "./parallel/address.js";
import { furtherColumns, wantedColumns, withFurther } from "./parallel/further.js";
import { ParallelCoordinates } from "./parallel_coordinates.js";
import { isLog } from "./parallel/view_state.js";
import { startBar } from "./selection/bar.js";
import { brushesOf, fillMask, keysOf, withBrushes, withoutBrushes, writeClauses } from "./selection/clauses.js";
import { loadRunData } from "./selection/run_data.js";
import { commit, follow, preview, selection, setRunData } from "./selection/store.js";

const charts = new Map();
let hasStarted = false;

/** Show the parallel coordinates of the page, also those that a merge has brought. */
export function showParallel() {
  if (!hasStarted) {
    hasStarted = true;
    startBar();
    follow(showSelection);
    followChoices((changed) => changed.has("parallel") && charts.forEach(showArrangement));
  }
  loadCharts("[data-parallel]", { urlOf: (element) => element.dataset.parallel, fetchData: loadRunData, draw, forget });
}

async function draw(element, data) {
  setRunData(data);
  const entry = charts.get(element) ?? mount(element);
  await showData(entry, data);
}

/** Show the runs over their first axes and those that the viewer has chosen besides, once these are there. */
async function showData(entry, data) {
  entry.latest = data;
  const further = furtherColumns(data);
  await data.ensure(wantedKeys(entry, further)).catch(() => {}); // the next version of the runs asks again
  if (entry.latest !== data) return;
  entry.element.dataset.furtherKeys = joinKeys(wantedKeys(entry, further));
  Object.assign(entry, { data, further, axes: withFurther(data, wantedColumns(further, entry.chart.state)), filter: "" });
  const { ids, names, states, color, total, shown } = data;
  entry.known = null;
  entry.chart.setData({ axes: entry.axes, further, color, runs: { ids, names, states }, total, shown });
  entry.known = brushText(entry.chart);
  showSelection(selection());
}

/** Fetch the columns that an arrangement has asked for; files and the table have them, too. */
async function showFurther(entry) {
  const wanted = wantedKeys(entry, entry.further);
  entry.element.dataset.furtherKeys = joinKeys(wanted);
  if (wanted.every((name) => entry.axes.some((axis) => axis.name === name))) return;
  entry.element.setAttribute("aria-busy", "true");
  await showData(entry, entry.data);
  entry.element.removeAttribute("aria-busy");
}

function wantedKeys({ chart }, further) {
  return wantedColumns(further, chart.state).map(({ name }) => name);
}

/** Arrange the axes as the address says, which has changed. */
function showArrangement(entry) {
  if (!entry.data) return;
  entry.known = null;
  entry.chart.setState({ ...arrangementOf(choiceOf), brushes: entry.chart.getState().brushes });
  entry.known = brushText(entry.chart);
  showFurther(entry);
}

function mount(element) {
  const entry = { element, data: null, axes: [], further: [], filter: "", given: "{}", known: "{}" };
  entry.chart = new ParallelCoordinates(element, {
    onHover: (index) => markRow(index === null ? null : entry.data.ids[index]),
    onOpen: (index) => location.assign(entry.data.urlOf(index)),
    onSelect: () => brushesChanged(entry) && preview(taken(entry)),
    onStateChange: ({ brushes: _, ...arranged }) => {
      choose(choicesOf(arranged), "parallel");
      showFurther(entry);
      if (brushesChanged(entry) || !selection().settled) commit(taken(entry), "parallel");
    },
  });
  charts.set(element, entry);
  entry.chart.setState(arrangementOf(choiceOf));
  return entry;
}

/** Whether the viewer has brushed: what the chart makes of brushes and data that it is given is no news. */
function brushesChanged({ chart, known }) {
  return known !== null && brushText(chart) !== known;
}

function brushText(chart) {
  return JSON.stringify(chart.getState().brushes ?? {});
}

/** What is selected, with the chart's brushes as they are now, which are no news from now on. */
function taken(entry) {
  const { chart, axes } = entry;
  const { brushes = {} } = chart.getState();
  const clauses = withBrushes(selection().clauses, brushes, axes, (axis) => isLog(chart.state, columnOf(chart, axis)));
  entry.known = brushText(chart);
  entry.given = JSON.stringify(brushesOf(clauses, axes));
  return clauses;
}

function columnOf(chart, { name }) {
  return chart.data.axes.find((axis) => axis.name === name);
}

/** Brushes follow the clauses of their axes, the other clauses narrow the lines. */
function showSelection({ clauses }) {
  for (const entry of charts.values()) {
    if (!entry.data) continue;
    showBrushes(entry, clauses);
    showFilter(entry, withoutBrushes(clauses, entry.axes));
  }
}

function showBrushes(entry, clauses) {
  const wanted = brushesOf(clauses, entry.axes);
  const given = JSON.stringify(wanted);
  if (given === entry.given) return;
  entry.given = given;
  entry.known = null;
  entry.chart.setState({ ...entry.chart.getState(), brushes: wanted });
  entry.known = brushText(entry.chart);
}

function showFilter(entry, clauses) {
  const isReady = clauses.flatMap(keysOf).every((key) => entry.data.column(key));
  const key = `${writeClauses(clauses)} ${isReady}`;
  if (entry.filter === key) return;
  entry.filter = key;
  if (!clauses.length) return entry.chart.setFilter(null);
  const mask = new Uint8Array(entry.data.ids.length);
  fillMask(mask, clauses, entry.data);
  entry.chart.setFilter([...mask.keys()].filter((index) => mask[index]));
}

function forget(element) {
  charts.get(element)?.chart.destroy();
  charts.delete(element);
}

function markRow(runId) {
  for (const row of document.querySelectorAll("tr.is-marked")) row.classList.remove("is-marked");
  if (runId !== null) document.querySelector(`tr[data-run="${CSS.escape(runId)}"]`)?.classList.add("is-marked");
}

function highlight(runId) {
  for (const { chart, data } of charts.values()) if (data) chart.highlight(runId === null ? null : indexOf(data.ids, runId));
}

function indexOf(ids, runId) {
  const index = ids.indexOf(runId);
  return index < 0 ? null : index;
}

let pointedAt = null;
document.addEventListener("pointerover", (event) => {
  const runId = event.target.closest("tr[data-run]")?.dataset.run ?? null;
  if (runId === pointedAt) return;
  pointedAt = runId;
  highlight(runId);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-save-image]");
  const element = button && document.getElementById(button.dataset.saveOf);
  const entry = element && charts.get(element);
  if (!entry) return;
  const { saveImage } = button.dataset;
  save(await entry.chart.exportImage(saveImage, titleOf(element)), `${fileName(element)}.${saveImage}`);
});

document.addEventListener("theme:changed", () => {
  for (const { chart } of charts.values()) chart.setTheme();
});
