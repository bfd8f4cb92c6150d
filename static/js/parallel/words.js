/** What the chart shows, in sentences. */

import { describeBrush } from "./brushes.js";
import { formatCount } from "./numbers.js";

const SAMPLE = 20_000; // from so many runs on the server sends the newest only

function runs(count) {
  return count === 1 ? "1 run" : `${formatCount(count)} runs`;
}

/** "Parallel coordinates of 812 of 1,000 runs over 6 parameters and val_loss; 34 selected." */
export function summarySentence({ data, axes, selected, narrowed }) {
  const newest = data.shown >= SAMPLE ? "the newest " : "";
  const of = data.shown < data.total ? `${newest}${formatCount(data.shown)} of ${runs(data.total)}` : runs(data.shown);
  const chosen = narrowed ? `; ${formatCount(selected)} selected` : "";
  return `Parallel coordinates of ${of} over ${axesPhrase(axes)}${chosen}.`;
}

function axesPhrase(axes) {
  const metrics = axes.filter((axis) => axis.column.metric);
  const count = axes.length - metrics.length;
  const parts = [];
  if (count) parts.push(count === 1 ? "1 parameter" : `${count} parameters`);
  if (metrics.length === 1) parts.push(metrics[0].column.label);
  else if (metrics.length) parts.push(`${metrics.length} metrics`);
  return parts.join(" and ") || "no axes";
}

/** What a reader of the lines has to know besides: runs without a metric, values that are not finite or have no logarithm. */
export function notes({ data, axes }) {
  const found = [];
  const metrics = data.axes.filter((axis) => axis.metric);
  const colorOnly = data.color && !data.axes.includes(data.color) ? [data.color] : [];
  for (const metric of [...metrics.filter((axis) => !axis.aside), ...colorOnly].slice(0, 3)) found.push(...metricNotes(metric, data.runs.states));
  for (const { column, scale } of axes) {
    if (column.facts.infinite && !column.metric) found.push(`${column.label} is infinite in ${runs(column.facts.infinite)}.`);
    if (scale.log && column.facts.min <= 0) {
      const count = column.values.filter((value) => value <= 0 && value !== -Infinity).length;
      found.push(`${column.label} is zero or below in ${runs(count)}, for which a log axis has no place.`);
    }
  }
  return found;
}

function metricNotes(metric, states) {
  const { missing, infinite } = metric.facts;
  const found = [];
  if (missing) {
    const counts = new Map();
    metric.values.forEach((value, i) => {
      const state = (states && states[i]) || "unknown";
      if (Number.isNaN(value)) counts.set(state, (counts.get(state) ?? 0) + 1);
    });
    const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([state, count]) => `${formatCount(count)} ${state}`);
    found.push(`${runs(missing)} ${missing === 1 ? "has" : "have"} no ${metric.label} (${parts.join(", ")}).`);
  }
  if (infinite) found.push(`${metric.label} is infinite in ${runs(infinite)}.`);
  return found;
}

/** What a screen reader hears after a brush changed. */
export function brushAnnouncement(axis, selected, total) {
  const what = axis.brushes.map((brush) => describeBrush(brush, axis.scale)).join(" or ") || "no brush";
  return `${axis.column.label}: ${what}. ${formatCount(selected)} of ${runs(total)} selected.`;
}

/** An axis for a screen reader. */
export function axisSentence(axis) {
  const { column, scale } = axis;
  const range =
    scale.kind === "category"
      ? `${column.labels.length} categories`
      : `${scale.format(column.facts.min)} to ${scale.format(column.facts.max)}${scale.log ? ", log scale" : ""}`;
  const brushes = axis.brushes.map((brush) => describeBrush(brush, scale)).join(" or ");
  return `${column.label}, ${column.facts.finite ? range : "no values"}${axis.flipped ? ", flipped" : ""}, ${brushes ? `brush ${brushes}` : "no brush"}`;
}

/** A run for a screen reader. */
export function runSentence(data, axes, index) {
  const values = axes.map(({ column, scale }) => `${column.label} ${scale.format(column.values[index])}`);
  return `${runName(data, index)}, ${data.runs.states?.[index] ?? ""}. ${values.reverse().join(", ")}.`;
}

export function runName(data, index) {
  return data.runs.names?.[index] || data.runs.ids[index];
}
