/** The parallel coordinates of a sweep: mounted, kept up to date, tied to the table of runs and to what is selected. */

import { loadCharts } from "./chart_loader.js";
import { fileName, save, titleOf } from "./chart_files.js";
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
  }
  loadCharts("[data-parallel]", { urlOf: (element) => element.dataset.parallel, fetchData: loadRunData, draw, forget });
}

function draw(element, data) {
  setRunData(data);
  const entry = charts.get(element) ?? mount(element);
  entry.data = data;
  entry.filter = "";
  const { ids, names, states, axes, color, total, shown } = data;
  entry.known = null;
  entry.chart.setData({ axes, color, runs: { ids, names, states }, total, shown });
  entry.known = brushText(entry.chart);
  showSelection(selection());
}

function mount(element) {
  const entry = { data: null, filter: "", given: "{}", known: "{}" };
  entry.chart = new ParallelCoordinates(element, {
    onHover: (index) => markRow(index === null ? null : entry.data.ids[index]),
    onOpen: (index) => location.assign(entry.data.urlOf(index)),
    onSelect: () => brushesChanged(entry) && preview(taken(entry)),
    onStateChange: ({ brushes: _, ...arranged }) => {
      sessionStorage.setItem(keyOf(element), JSON.stringify(arranged));
      if (brushesChanged(entry) || !selection().settled) commit(taken(entry), "parallel");
    },
  });
  charts.set(element, entry);
  entry.chart.setState(JSON.parse(sessionStorage.getItem(keyOf(element)) ?? "null"));
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
  const { chart, data } = entry;
  const { brushes = {} } = chart.getState();
  const clauses = withBrushes(selection().clauses, brushes, data.axes, (axis) => isLog(chart.state, columnOf(chart, axis)));
  entry.known = brushText(chart);
  entry.given = JSON.stringify(brushesOf(clauses, data.axes));
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
    showFilter(entry, withoutBrushes(clauses, entry.data.axes));
  }
}

function showBrushes(entry, clauses) {
  const wanted = brushesOf(clauses, entry.data.axes);
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

/** How the viewer has arranged the axes outlives a reload of the page; what is brushed is in the address. */
function keyOf(element) {
  return `parallel ${element.dataset.parallel}`;
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
