/** What is under the pointer in a figure: the run and its values. A click opens the run. */

import { hintOf } from "./run_hints.js";
import { spanAt } from "./spans.js";
import { duration } from "./times.js";

const OFFSET = 14;
const DRAG = 4; // pixels
const REST = 80; // milliseconds over one point before its run is asked for
const tip = document.createElement("div");
tip.className = "tooltip";
// Axes of time show the viewer's clock as if it were that of Greenwich, the only one that plotly.js knows.
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
let timer = 0;
tip.hidden = true;
tip.setAttribute("aria-hidden", "true"); // the table equivalent says the same
document.body.append(tip);

/** Show tooltips for a figure that plotly.js has drawn. */
export function connectTooltip(element) {
  if (element.layout.meta.spans) return connectSpans(element);
  element.on("plotly_hover", ({ points, event }) => show(points[0], element.layout.meta, event));
  element.on("plotly_unhover", hide);
  element.on("plotly_click", ({ points, event }) => open(points[0], element.layout.meta, event));
  element.addEventListener("pointerleave", hide);
  return undefined;
}

/** Bars tell of their runs wherever they are met, and open them by a click that is no drag. */
function connectSpans(element) {
  let pointed = null;
  let pressedAt = [0, 0];
  element.addEventListener("pointermove", (event) => {
    const point = event.buttons ? null : spanAt(element, event);
    element.classList.toggle("is-pointing", point !== null);
    if (!point) hide();
    else if (!tip.hidden && pointed?.fullData === point.fullData && pointed.pointNumber === point.pointNumber) place(event);
    else show(point, element.layout.meta, event);
    pointed = point;
  });
  element.addEventListener("pointerleave", hide);
  const capture = { capture: true }; // plotly.js keeps what it handles
  element.addEventListener("pointerdown", ({ clientX, clientY }) => (pressedAt = [clientX, clientY]), capture);
  element.addEventListener(
    "click",
    (event) => {
      const isDrag = Math.hypot(event.clientX - pressedAt[0], event.clientY - pressedAt[1]) > DRAG;
      const point = isDrag || event.detail > 1 ? null : spanAt(element, event);
      if (point) open(point, element.layout.meta, event);
    },
    capture,
  );
}

function show(point, meta, event) {
  const title = titleOf(point, meta);
  const list = document.createElement("dl");
  addRows(list, meta.rows ? point.customdata : rowsOf(point, meta));
  tip.replaceChildren(...(title ? [cell("strong", title)] : []), list);
  tip.hidden = false;
  place(event);
  clearTimeout(timer);
  if (meta.runs && point.customdata !== undefined) timer = setTimeout(() => tellMore(list, point, meta, event), REST);
}

/** Add what only the server knows of a run, once it is there. */
async function tellMore(list, point, { runs }, event) {
  const hint = await hintOf(runs.prefix, runs.ids[point.customdata]);
  if (!hint || tip.hidden || list.parentNode !== tip) return;
  const told = new Set([...list.querySelectorAll("dt")].map((name) => name.textContent));
  addRows(list, [["State", hint.state], ...hint.rows].filter(([name]) => !told.has(name)));
  place(event);
}

function rowsOf(point, meta) {
  const own = point.fullData.meta ?? {};
  if (own.span) return spanRows(point, meta.spans);
  const rows = [
    [own.y ?? meta.y, labelled(point.y, own.ylabels)],
    [own.x ?? meta.x, labelled(point.x, own.xlabels)],
  ];
  if (own.values) rows.unshift([own.value, own.values[point.pointNumber]]);
  return rows;
}

/** Points of a category lie beside one another around its place. */
function labelled(value, labels) {
  return labels ? labels[Math.round(value)] : value;
}

/** A bar of a timeline is four points: its start, middle, end, and the gap after it. */
function spanRows({ fullData, pointNumber, customdata, y }, { lanes, attempts }) {
  const first = pointNumber - (pointNumber % 4);
  const [start, end] = [fullData.x[first], fullData.x[first + 2]];
  const attempt = attempts[customdata];
  return [
    ["Agent", lanes[y]],
    ["Began", clock.format(new Date(start))],
    ["Took", duration((end - start) / 1000)],
    ["This attempt", fullData.name],
    ...(attempt ? [["Attempt", attempt]] : []),
  ];
}

function addRows(list, rows) {
  for (const [name, value] of rows) list.append(cell("dt", name), cell("dd", format(value)));
}

function titleOf(point, meta) {
  if (meta.rows) return "";
  return meta.runs?.names[point.customdata] ?? point.text ?? (meta.lines ? point.data.name : "");
}

function open(point, { runs }, event) {
  if (!runs || point.customdata === undefined) return;
  const url = runs.prefix + encodeURIComponent(runs.ids[point.customdata]);
  if (event.ctrlKey || event.metaKey) window.open(url);
  else location.assign(url);
}

/** Tell of something that plotly.js knows nothing of: a title, and rows of [name, value]. */
export function showTip(title, rows, event) {
  const list = document.createElement("dl");
  for (const [name, value] of rows) list.append(cell("dt", name), cell("dd", value));
  tip.replaceChildren(cell("strong", title), list);
  tip.hidden = false;
  place(event);
}

/** Tell of nothing any more. */
export function hideTip() {
  hide();
}

function cell(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}

function place({ clientX, clientY }) {
  const { offsetWidth, offsetHeight } = tip;
  const fits = clientX + OFFSET + offsetWidth < document.documentElement.clientWidth - 4;
  const left = fits ? clientX + OFFSET : Math.max(4, clientX - OFFSET - offsetWidth);
  const top = Math.max(4, Math.min(clientY + OFFSET, document.documentElement.clientHeight - offsetHeight - 4));
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hide() {
  clearTimeout(timer);
  tip.hidden = true;
}

function format(value) {
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e7 ? value.toExponential(3) : String(Number(value.toPrecision(5)));
}
