/** The axes of a scatter plot: what plotly.js is told, and from values to places and back. */

import { onScale } from "../selection/polygon.js";
import { shortName } from "../short_name.js";

const ROOM = 0.04;
const MOST_LETTERS = 16;
const MINUTE = 60_000;
const TINY = 1e-300; // plotly.js divides less into nothing
const CLOCK = new Date().getTimezoneOffset() * 60_000; // plotly.js knows the clock of Greenwich alone

/** One axis: `place(index)` is where a run lies on plotly.js's own scale, NaN for nowhere. */
export function makeAxis(column, wantsLog) {
  const isLog = wantsLog && column.kind === "number" && column.facts.minPositive < Infinity;
  const places = Float64Array.from(column.values, (value) => toPlace(value, column, isLog));
  return { column, isLog, places };
}

function toPlace(value, { kind }, isLog) {
  if (kind === "time") return value * 1000 - CLOCK;
  return Number.isFinite(value) ? onScale(value, isLog) : NaN;
}

/** The value at a place, as short as a 5,000th of the axis allows. */
export function valueAt(place, axis, span) {
  const { column, isLog } = axis;
  if (column.kind === "time") return Math.round(place + CLOCK) / 1000;
  if (isLog) return Number((10 ** place).toPrecision(5));
  return Number(place.toFixed(Math.min(15, Math.max(0, Math.ceil(-Math.log10(span / 5000))))));
}

/** What plotly.js is told of an axis. */
export function axisLayout(axis) {
  const { column, isLog } = axis;
  const layout = { title: { text: shortName(column.label) }, automargin: true, zeroline: false, ...rangeOf(axis) };
  if (column.kind === "category") {
    const ticktext = column.labels.map((label) => (label.length > MOST_LETTERS ? `${label.slice(0, MOST_LETTERS - 1)}…` : label));
    return { ...layout, type: "linear", tickvals: column.labels.map((_, code) => code), ticktext };
  }
  const few = column.kind === "number" && !isLog && column.facts.integers ? column.facts.distinct : null;
  if (few) return { ...layout, type: "linear", tickvals: few };
  return { ...layout, type: isLog ? "log" : column.kind === "time" ? "date" : "linear" };
}

function rangeOf({ column, places }) {
  if (column.kind === "category") return { range: [-0.5, Math.max(column.labels.length, 1) - 0.5] };
  let [low, high] = [Infinity, -Infinity];
  for (const place of places) {
    if (place < low) low = place;
    if (place > high) high = place;
  }
  if (low > high) return { range: [0, 1] };
  const alone = column.kind === "time" ? MINUTE : Math.abs(low) > TINY ? Math.abs(low) * 0.1 : 0.5;
  const room = high - low > TINY ? (high - low) * ROOM : alone;
  const range = [low - room, high + room];
  return { range: column.kind === "time" ? range.map((ms) => new Date(ms).toISOString()) : range };
}

/** From places to pixels inside of the plot, by what plotly.js has drawn: {offset, factor, length}. */
export function pixelsOf(drawn) {
  const [low, high] = drawn.range.map((end) => drawn.r2l(end));
  const [start, end] = [drawn.l2p(low), drawn.l2p(high)];
  const factor = (end - start) / (high - low);
  return { offset: start - factor * low, factor, length: drawn._length };
}
