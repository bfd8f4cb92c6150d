/** Charts by plotly.js: the server makes figures from numbers, the page draws them in its theme and keeps the viewer's zoom. */

import { chooseByControl, followChoices } from "./chart_choices.js";
import { fetchJson, loadCharts, look, reload, setCaption } from "./chart_loader.js";
import { addOptions, showOptions, startOptions } from "./chart_options.js";
import { showTables } from "./chart_tables.js";
import { setNotes } from "./chart_notes.js";
import "./full_view.js";
import "./importance_rows.js";
import { saveFigure } from "./figure_files.js";
import { paintMarks, withoutManyMarks } from "./figure_marks.js";
import { themed } from "./figure_theme.js";
import { fitted, legendHeight } from "./narrow_figure.js";
import { loadPlotly } from "./plotly_source.js";
import { addSelection } from "./selection/store.js";
import { connectTooltip } from "./tooltip.js";

const CONFIG = { displayModeBar: false, doubleClick: "reset+autosize", scrollZoom: false };
const COLUMNS = [1, 2, 3, 6];
const figures = new WeakMap();
// plotly.js itself looks at the window only, but a card also changes when a scroll bar comes or a neighbour grows.
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));

/** Show every figure of the page, also those that a merge has brought. */
export function showFigures() {
  showOptions(withOptions);
  loadCharts("[data-figure]", { urlOf, draw, forget, fetchData });
  showTables(withOptions);
}

/** While the server makes a figure, the browser reads what draws it. */
function fetchData(url, version, signal) {
  const answer = fetchJson(url, version, signal);
  loadPlotly().catch(() => {}); // to draw tries again, and tells
  return answer;
}

/** Draw a figure, or say in words why there is none. */
export async function draw(element, { figure, message, caption, warning, notes, retry_after: retryAfter }) {
  const hasNotes = setNotes(element, warning, notes);
  setCaption(element, hasNotes ? caption : [caption, warning].filter(Boolean).join(" "));
  Object.assign(element, { role: "img", ariaLabel: caption || message }); // the table beside it can be read
  element.classList.toggle("is-without-figure", !figure && !retryAfter); // where one is under way, its place is kept
  if (!figure) {
    forget(element);
    const text = Object.assign(document.createElement("p"), { textContent: message });
    const box = Object.assign(document.createElement("div"), { className: "plot-message" });
    box.append(text);
    element.replaceChildren(box);
    return;
  }
  const plotly = await loadPlotly();
  const isNew = !figures.has(element);
  const { height } = figure.layout.meta ?? {}; // in rem, where it depends on what is shown
  if (height) element.style.setProperty("--plot-height", `${height + legendHeight(figure, element.clientWidth)}rem`);
  if (isNew) element.replaceChildren();
  figures.set(element, figure);
  await show(plotly, element, figure);
  element.dispatchEvent(new CustomEvent("figure:drawn", { bubbles: true }));
  if (!isNew) return;
  paintMarks(element);
  element.on("plotly_afterplot", () => paintMarks(element));
  connectTooltip(element);
  sizes.observe(element);
}

function show(plotly, element, figure) {
  const layout = fitted(themed(figure, "layout"), element.clientWidth);
  return plotly.react(element, withoutManyMarks(themed(figure)), layout, CONFIG);
}

function fit(element) {
  if (!figures.has(element) || !element.clientWidth) return;
  if (element.dataset.figureColumns) look(element); // another number of columns may fit
  const { width, height } = element._fullLayout;
  const isOff = (size, now) => Math.abs(size - now) >= 1;
  if (isOff(width, element.clientWidth) || isOff(height, element.clientHeight)) window.Plotly.Plots.resize(element);
}

/** Take a figure away. */
export function forget(element) {
  if (!figures.delete(element)) return;
  sizes.unobserve(element);
  window.Plotly?.purge(element);
}

async function drawAgain() {
  const plotly = window.Plotly;
  if (!plotly) return;
  for (const element of document.querySelectorAll("[data-figure]")) {
    const figure = figures.get(element);
    if (figure) await show(plotly, element, figure);
  }
}

function urlOf(element) {
  const url = new URL(withOptions(element.dataset.figure, element.id));
  const { figureColumns, figureZone } = element.dataset;
  if (figureColumns) url.searchParams.set("columns", columnsFor(element.clientWidth / Number(figureColumns)));
  if (figureZone !== undefined) url.searchParams.set("zone", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC");
  return url.href;
}

/** How many small charts stand beside one another where there is room for so many. */
function columnsFor(room) {
  return COLUMNS.findLast((count) => count <= room) ?? 1;
}

/** Add to an address what the viewer has chosen for a figure in the controls that name it. */
function withOptions(address, id) {
  const url = new URL(address, location.href);
  addOptions(url, document.getElementById(id));
  const chart = document.getElementById(id);
  if (chart?.hasAttribute("data-selectable")) addSelection(url);
  if (chart?.dataset.furtherKeys) url.searchParams.set("keys", chart.dataset.furtherKeys);
  else if (chart?.hasAttribute("data-parallel")) url.searchParams.delete("keys");
  for (const control of document.querySelectorAll(`[data-figure-of="${CSS.escape(id)}"]`)) {
    const { figureOption, figureToggle } = control.dataset;
    const [name, value] = figureOption ? [figureOption, control.value] : figureToggle.split("=");
    const isChosen = figureOption ? value : control.getAttribute("aria-pressed") === "true";
    if (isChosen) url.searchParams.set(name, value);
    else if (figureOption || figureToggle) url.searchParams.delete(name);
  }
  return url.href;
}

function optionsChanged(control) {
  chooseByControl(control);
  reload(document.getElementById(control.dataset.figureOf));
  showTables(withOptions);
}

startOptions(withOptions);

followChoices((changed) => {
  for (const id of changed) reload(document.getElementById(id));
  showTables(withOptions);
});

document.addEventListener("selection:settled", () => {
  for (const chart of document.querySelectorAll("[data-selectable]")) reload(chart);
  showTables(withOptions);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-figure-option]")) optionsChanged(event.target);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-figure-toggle], [data-figure-reset], [data-save-image], [data-save-table]");
  if (!button) return;
  const { figureToggle, figureReset, saveImage, saveOf, saveTable } = button.dataset;
  if (figureToggle) {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    optionsChanged(button);
  }
  if (figureReset) resetZoom(document.getElementById(figureReset));
  if (saveTable) button.href = withOptions(button.href, saveTable);
  if (saveImage || saveTable) closeMenu(button);
  const element = document.getElementById(saveOf);
  if (saveImage && figures.has(element)) await saveFigure(element, figures.get(element), saveImage);
});

function closeMenu(button) {
  const menu = button.closest("details");
  menu.open = false;
  menu.querySelector("summary").focus();
}

function resetZoom(element) {
  if (!figures.has(element)) return;
  const axes = Object.keys(element._fullLayout).filter((name) => /^[xy]axis\d*$/.test(name));
  const automatic = axes.filter((name) => !element._fullLayout[name].fixedrange).map((name) => [`${name}.autorange`, true]);
  window.Plotly.relayout(element, Object.fromEntries(automatic));
}

document.addEventListener("theme:changed", drawAgain);
