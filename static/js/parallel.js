/** The parallel coordinates of a sweep: mounted, kept up to date, tied to the table of runs. */

import { loadCharts } from "./chart_loader.js";
import { ParallelCoordinates } from "./parallel_coordinates.js";

const charts = new Map();

/** Show the parallel coordinates of the page, also those that a merge has brought. */
export function showParallel() {
  loadCharts("[data-parallel]", { urlOf: (element) => element.dataset.parallel, draw, forget });
}

function draw(element, data) {
  let entry = charts.get(element);
  if (!entry) {
    const chart = new ParallelCoordinates(element, {
      onHover: (index) => markRow(index === null ? null : entry.ids[index]),
      onOpen: (index) => location.assign(entry.urls[index]),
      onStateChange: (state) => sessionStorage.setItem(keyOf(element), JSON.stringify(state)),
    });
    entry = { chart };
    charts.set(element, entry);
    chart.setState(JSON.parse(sessionStorage.getItem(keyOf(element)) ?? "null"));
  }
  entry.ids = data.runs.ids;
  entry.urls = data.runs.urls;
  entry.chart.setData(data);
}

function forget(element) {
  charts.get(element)?.chart.destroy();
  charts.delete(element);
}

/** What the viewer has brushed and arranged outlives a reload of the page. */
function keyOf(element) {
  return `parallel ${element.dataset.parallel}`;
}

function markRow(runId) {
  for (const row of document.querySelectorAll("tr.is-marked")) row.classList.remove("is-marked");
  if (runId !== null) document.querySelector(`tr[data-run="${CSS.escape(runId)}"]`)?.classList.add("is-marked");
}

function highlight(runId) {
  for (const { chart, ids } of charts.values()) chart.highlight(runId === null ? null : indexOf(ids, runId));
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
  const button = event.target.closest("[data-parallel-image]");
  const entry = button && charts.get(document.getElementById(button.dataset.parallelImage));
  if (!entry) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await entry.chart.exportPNG());
  link.download = "parallel-coordinates.png";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});

document.addEventListener("theme:changed", () => {
  for (const { chart } of charts.values()) chart.setTheme();
});
