/**
 * Brushes as data. On a number axis a brush is [low, high], where null is an open end ("up to whatever comes");
 * on a category axis it is a list of labels; null stands for the slot of the runs without a value.
 * Several brushes of one axis are OR-ed, axes are AND-ed.
 */

import { tidyValue } from "./scales.js";

const END = 1e-6;

/** Keep what is well-formed in brushes from outside (a URL, another version), in the shape of this column. */
export function cleanBrushes(raw, column, scale) {
  if (!Array.isArray(raw)) return [];
  const brushes = raw.filter((brush) => brush === null || (Array.isArray(brush) && isBrush(brush, column)));
  return mergeBrushes(brushes, scale);
}

function isBrush(brush, column) {
  if (column.kind === "category") return brush.length > 0 && brush.every((label) => typeof label === "string");
  const isEnd = (end) => end === null || Number.isFinite(end);
  return brush.length === 2 && brush.every(isEnd) && (brush[0] === null || brush[1] === null || brush[0] <= brush[1]);
}

/** Where a brush lies on its axis, as [low, high] positions. */
export function brushSpan(brush, scale) {
  if (scale.kind === "category") {
    const codes = brush.map((label) => scale.labels.indexOf(label)).filter((code) => code >= 0);
    if (codes.length === 0) return [0, 0];
    return [1 - (Math.max(...codes) + 1) * scale.band, 1 - Math.min(...codes) * scale.band];
  }
  return [brush[0] === null ? 0 : endPosition(brush[0], scale), brush[1] === null ? 1 : endPosition(brush[1], scale)];
}

function endPosition(value, scale) {
  const position = scale.position(value);
  return Number.isNaN(position) ? 0 : position; // a log axis has no place for an end at or below zero
}

/** The brush that covers two positions; an end at the axis's end is open, so that a new best run stays inside. */
export function brushFromSpan(a, b, scale, pixel) {
  const [low, high] = a < b ? [a, b] : [b, a];
  if (scale.kind === "category") {
    const first = scale.value(high - END);
    const last = scale.value(low + END);
    return scale.labels.slice(first, last + 1);
  }
  return [
    low <= pixel ? null : tidyValue(scale, low, pixel),
    high >= 1 - pixel ? null : tidyValue(scale, high, pixel),
  ];
}

/** Join overlapping brushes of an axis; the slot's brush, if any, comes last. */
export function mergeBrushes(brushes, scale) {
  const missing = brushes.includes(null) ? [null] : [];
  const present = brushes.filter((brush) => brush !== null);
  if (scale.kind === "category") return [...groupLabels(present.flat(), scale.labels), ...missing];
  const ordered = present
    .map(([low, high]) => [low ?? -Infinity, high ?? Infinity])
    .sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [low, high] of ordered) {
    const last = merged[merged.length - 1];
    if (last && low <= last[1]) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return [...merged.map((ends) => ends.map((end) => (Number.isFinite(end) ? end : null))), ...missing];
}

/** Neighbouring labels make one brush; labels that no run has (yet) make one of their own. */
function groupLabels(chosen, labels) {
  const wanted = new Set(chosen);
  const groups = [];
  labels.forEach((label, code) => {
    if (!wanted.has(label)) return;
    if (code > 0 && wanted.has(labels[code - 1])) groups[groups.length - 1].push(label);
    else groups.push([label]);
  });
  const unknown = [...wanted].filter((label) => !labels.includes(label));
  return unknown.length ? [...groups, unknown] : groups;
}

/** Say of a column's values whether any of its brushes takes them. */
export function acceptor(brushes, scale) {
  const missing = brushes.includes(null);
  const present = brushes.filter((brush) => brush !== null);
  if (scale.kind === "category") {
    const wanted = new Set(present.flat().map((label) => scale.labels.indexOf(label)));
    return (value) => (Number.isNaN(value) ? missing : wanted.has(value));
  }
  const ends = present.map(([low, high]) => [low ?? -Infinity, high ?? Infinity]);
  const hasPlace = scale.log ? (value) => value > 0 && value < Infinity : Number.isFinite;
  return (value) => (hasPlace(value) ? ends.some((end) => value >= end[0] && value <= end[1]) : missing);
}

/**
 * Write 1 into `mask` for each run that every brushed axis takes, else 0; return how many are taken.
 * `brushed` lists {column, scale, brushes}.
 */
export function fillMask(mask, brushed) {
  mask.fill(1);
  for (const { column, scale, brushes } of brushed) {
    const accepts = acceptor(brushes, scale);
    const values = column.values;
    for (let i = 0; i < mask.length; i += 1) if (mask[i] && !accepts(values[i])) mask[i] = 0;
  }
  return countMarked(mask);
}

export function countMarked(mask) {
  let count = 0;
  for (let i = 0; i < mask.length; i += 1) count += mask[i];
  return count;
}

/** A brush in words: "0.001 to 0.02", "at least 0.5", "adam, sgd", "no value". */
export function describeBrush(brush, scale) {
  if (brush === null) return "no value";
  if (scale.kind === "category") return brush.join(", ");
  const [low, high] = brush;
  if (low === null && high === null) return "any value";
  if (low === null) return `at most ${scale.format(high)}`;
  if (high === null) return `at least ${scale.format(low)}`;
  return `${scale.format(low)} to ${scale.format(high)}`;
}
