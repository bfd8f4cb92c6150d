/** The figures of the report, each drawn when it comes near the window, and all of them before printing. */

import { themed } from "../figure_theme.js";
import { connectTooltip } from "../tooltip.js";
import { readData } from "./data.js";

const CONFIG = { displayModeBar: false, doubleClick: "reset+autosize", scrollZoom: false };
const AHEAD = "300px";
const figures = new Map(); // element -> its figure, null until it is drawn

const near = new IntersectionObserver(
  (entries) => entries.forEach(({ target, isIntersecting }) => isIntersecting && show(target)),
  { rootMargin: AHEAD },
);
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => window.Plotly.Plots.resize(target)));

export function showFigures() {
  for (const element of document.querySelectorAll("[data-report-figure]")) {
    figures.set(element, null);
    near.observe(element);
  }
}

/** Draw what is drawn already once more, since the theme is another one; with `all`, the rest, too. */
export function drawFigures({ all = false } = {}) {
  return Promise.all([...figures].map(([element, figure]) => (figure ? draw(element, figure) : all && show(element))));
}

export async function saveFigure(element, name) {
  const filename = `${name}-${element.id.replace(/^chart-\d+-/, "")}`;
  await window.Plotly.downloadImage(element, { format: "png", scale: 2, width: 1200, height: 640, filename });
}

async function show(element) {
  if (figures.get(element)) return;
  near.unobserve(element);
  const { figure } = readData(element.id);
  figures.set(element, figure);
  await draw(element, figure);
  connectTooltip(element);
  sizes.observe(element);
  element.dataset.chartState = "drawn";
}

function draw(element, figure) {
  return window.Plotly.react(element, themed(figure), themed(figure, "layout"), CONFIG);
}
