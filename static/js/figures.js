/** Charts by plotly.js: the server makes figures from numbers, the page draws them in its theme and keeps the viewer's zoom. */

import { loadCharts, reload, setCaption } from "./chart_loader.js";
import { showTables } from "./chart_tables.js";
import { themed } from "./figure_theme.js";
import { loadPlotly } from "./plotly_source.js";
import { connectTooltip } from "./tooltip.js";

const CONFIG = { displayModeBar: false, doubleClick: "reset+autosize", scrollZoom: false };
const figures = new WeakMap();
// plotly.js itself looks at the window only, but a card also changes when a scroll bar comes or a neighbour grows.
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));

/** Show every figure of the page, also those that a merge has brought. */
export function showFigures() {
  loadCharts("[data-figure]", { urlOf, draw, forget });
  showTables(withOptions);
}

async function draw(element, { figure, message, caption, warning }) {
  setCaption(element, [caption, warning].filter(Boolean).join(" "));
  Object.assign(element, { role: "img", ariaLabel: caption || message }); // the table beside it can be read
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
  if (isNew) element.replaceChildren();
  figures.set(element, figure);
  await plotly.react(element, themed(figure), themed(figure, "layout"), CONFIG);
  if (!isNew) return;
  connectTooltip(element);
  sizes.observe(element);
}

function fit(element) {
  if (!figures.has(element) || !element.clientWidth) return;
  const { width, height } = element._fullLayout;
  const isOff = (size, now) => Math.abs(size - now) >= 1;
  if (isOff(width, element.clientWidth) || isOff(height, element.clientHeight)) window.Plotly.Plots.resize(element);
}

function forget(element) {
  if (!figures.delete(element)) return;
  sizes.unobserve(element);
  window.Plotly?.purge(element);
}

async function drawAgain() {
  const plotly = window.Plotly;
  if (!plotly) return;
  for (const element of document.querySelectorAll("[data-figure]")) {
    const figure = figures.get(element);
    if (figure) await plotly.react(element, themed(figure), themed(figure, "layout"), CONFIG);
  }
}

function urlOf(element) {
  return withOptions(element.dataset.figure, element.id);
}

/** Add to an address what the viewer has chosen for a figure in the controls that name it. */
function withOptions(address, id) {
  const url = new URL(address, location.href);
  for (const control of document.querySelectorAll(`[data-figure-of="${CSS.escape(id)}"]`)) {
    const { figureOption, figureToggle } = control.dataset;
    if (figureOption && control.value) url.searchParams.set(figureOption, control.value);
    if (figureToggle && control.getAttribute("aria-pressed") === "true") url.searchParams.set(...figureToggle.split("="));
  }
  return url.href;
}

function optionsChanged(control) {
  const id = control.dataset.figureOf;
  const csv = document.getElementById(`${id}-csv`);
  if (csv) csv.href = withOptions(csv.getAttribute("href").split("?")[0], id);
  reload(document.getElementById(id));
  showTables(withOptions);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-figure-option]")) optionsChanged(event.target);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-figure-toggle], [data-figure-reset], [data-figure-image]");
  if (!button) return;
  const { figureToggle, figureReset, figureImage } = button.dataset;
  if (figureToggle) {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    optionsChanged(button);
  }
  if (figureReset) resetZoom(document.getElementById(figureReset));
  if (figureImage) await saveImage(document.getElementById(figureImage));
});

function resetZoom(element) {
  if (!figures.has(element)) return;
  const axes = Object.keys(element._fullLayout).filter((name) => /^[xy]axis\d*$/.test(name));
  const automatic = axes.filter((name) => !element._fullLayout[name].fixedrange).map((name) => [`${name}.autorange`, true]);
  window.Plotly.relayout(element, Object.fromEntries(automatic));
}

async function saveImage(element) {
  if (!figures.has(element)) return;
  const filename = `${document.querySelector("h1")?.textContent.trim() ?? "chart"}-${element.id}`.replace(/[^\w.-]+/g, "-");
  await window.Plotly.downloadImage(element, { format: "png", scale: 2, width: 1200, height: 640, filename });
}

document.addEventListener("theme:changed", drawAgain);
