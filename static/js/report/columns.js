/** The columns of the table of runs: those of the parallel coordinates, and what the table has besides. */

import { decodeNumbers } from "../parallel/columns.js";

const DATE = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short" }); // 2026-01-31 12:00, in the reader's zone
const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
];

/**
 * The columns as {name, label, values, text(index), isNumber}: values are what is sorted by and compared. `data` is what the
 * chart has decoded, `table` what the file has besides.
 */
export function tableColumns(data, table) {
  const { ids, names, states } = data.runs;
  const numbers = (column) => decodeNumbers(column.values, ids.length, column.name);
  const metrics = table.metrics.map((metric) => numberColumn(metric.name, metric.label, numbers(metric)));
  const axes = data.axes.map((axis) => (axis.labels ? categoryColumn(axis) : numberColumn(axis.name, axis.label, axis.values)));
  const pursued = data.axes.findIndex((axis) => axis.metric);
  const first = pursued < 0 ? [] : axes.splice(pursued, 1);
  return [
    textColumn("name", "Run", names),
    textColumn("state", "State", states.map((state) => state.replaceAll("_", " "))),
    ...first,
    ...axes,
    ...metrics,
    numberColumn("created", "Made", decodeNumbers(table.created, ids.length, "created"), (time) => DATE.format(time * 1000)),
    numberColumn("seconds", "Took", decodeNumbers(table.seconds, ids.length, "seconds"), duration),
  ];
}

/** The value of a cell for a file: every digit of a number, nothing for none. */
export function exactText(column, index) {
  const value = column.values[index];
  if (!column.isNumber) return value ?? "";
  if (Number.isNaN(value)) return "";
  return column.name === "created" ? new Date(value * 1000).toISOString() : String(value);
}

function textColumn(name, label, values) {
  return { name, label, values, isNumber: false, text: (index) => values[index] ?? "–" };
}

function categoryColumn({ name, label, labels, values }) {
  return textColumn(name, label, Array.from(values, (code) => (Number.isNaN(code) ? null : labels[code])));
}

function numberColumn(name, label, values, format = formatNumber) {
  return { name, label, values, isNumber: true, text: (index) => (Number.isNaN(values[index]) ? "–" : format(values[index])) };
}

function formatNumber(value) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return value.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

function duration(seconds) {
  if (seconds < 10) return `${Math.max(seconds, 0).toFixed(1)}s`;
  const whole = Math.round(seconds);
  const at = UNITS.findIndex(([size]) => whole >= size);
  if (at < 0) return `${whole}s`;
  const [size, unit] = UNITS[at];
  const [next, smaller] = UNITS[at + 1] ?? [1, "s"];
  return `${Math.floor(whole / size)}${unit} ${String(Math.floor((whole % size) / next)).padStart(2, "0")}${smaller}`;
}
