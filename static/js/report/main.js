/** The report of a sweep: everything comes from the file itself. */

import "../copy.js";
import { ParallelCoordinates } from "../parallel_coordinates.js";
import { readData } from "./data.js";
import { saveBlob } from "./download.js";
import { drawFigures, saveFigure, showFigures } from "./figures.js";
import { RunTable } from "./table.js";
import { connectTheme, inLight } from "./theme.js";

const RUN = "#run-";
const name = document.querySelector("h1").textContent.trim().replace(/[^\w.-]+/g, "-");
let parallel = null;
let table = null;

function showRuns() {
  const element = document.getElementById("parallel");
  if (!element) return;
  const data = readData("parallel");
  parallel = new ParallelCoordinates(element, {
    onSelect: (indices) => table?.setBrushed(indices),
    onOpen: (index) => location.assign(RUN + encodeURIComponent(data.runs.ids[index])),
  });
  parallel.setData(data);
  table = new RunTable(parallel.data, readData("runs"), { onPoint: (index) => parallel.highlight(index) });
}

/** A link to a run leads to its row; it may be one of those that the file leaves out. */
function revealRun() {
  if (!location.hash.startsWith(RUN) || !table) return;
  const problem = document.getElementById("report-problem");
  problem.hidden = table.reveal(decodeURIComponent(location.hash.slice(RUN.length)));
  if (!problem.hidden) {
    problem.textContent = "That run is not among those in this file.";
    problem.scrollIntoView({ block: "center" });
  }
}

function showTimes() {
  const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const element of document.querySelectorAll("time[datetime]")) {
    element.title = element.textContent;
    element.textContent = local.format(new Date(element.dateTime));
  }
}

async function redraw({ all = false } = {}) {
  parallel?.setTheme();
  await Promise.all([drawFigures({ all }), parallel?.drawn()]);
}

document.addEventListener("click", async ({ target }) => {
  const picture = target.closest("[data-picture]");
  if (picture) await saveFigure(document.getElementById(picture.dataset.picture), name);
  if (target.closest("[data-parallel-picture]")) saveBlob(await parallel.exportPNG(), `${name}-parallel-coordinates.png`);
  if (target.closest("[data-runs-csv]")) table?.saveCsv(name);
  if (target.closest("[data-report-print]")) await print();
  if (target.closest(`a[href^="${RUN}"]`)) revealRun(); // the address may be that of the run already
});

async function print() {
  await inLight(async () => {
    await redraw({ all: true });
    window.print();
  });
  await redraw();
}

for (const element of document.querySelectorAll("[data-tools]")) element.hidden = false;
showTimes();
showRuns();
showFigures();
connectTheme(document.querySelector("[data-report-theme]"), redraw);
window.addEventListener("beforeprint", () => drawFigures({ all: true }));
window.addEventListener("hashchange", revealRun);
revealRun();
