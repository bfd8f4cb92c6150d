/** The colours of points: by a column of numbers or of categories, as the lines of parallel coordinates have them. */

import { colorRange, strengthOf } from "../parallel/inks.js";
import { categoryColors, STEPS } from "../parallel/palette.js";

const LEVELS = 32;

/**
 * How points are coloured: `levels` (css colours from weak to strong), `levelOf(index)` and the `ink` that a legend describes. Without
 * a column all have one colour.
 */
export function pointColors(column, goal, theme) {
  if (!column) return { ink: null, levels: [theme.accent], levelOf: () => 0 };
  const canLog = column.kind === "number" && column.facts.minPositive < Infinity && column.facts.max > column.facts.minPositive;
  const known = { ...column, goal, canLog };
  return column.kind === "category" ? byCategory(known, theme) : byNumber(known, theme);
}

function byCategory(column, theme) {
  const colors = categoryColors(column.labels.length, theme.muted);
  const levelOf = (index) => (Number.isNaN(column.values[index]) ? colors.length : column.values[index]);
  return { ink: { kind: "category", column, colors }, levels: [...colors, theme.plain], levelOf };
}

function byNumber(column, theme) {
  const range = colorRange(column, column.log);
  const strength = strengthOf(column, range);
  const colors = Array.from({ length: LEVELS }, (_, i) => theme.palette[Math.round((i / (LEVELS - 1)) * (STEPS - 1))]);
  const levelOf = (index) => {
    const share = strength(column.values[index]);
    return Number.isNaN(share) ? 0 : 1 + Math.round(share * (LEVELS - 1));
  };
  return { ink: { kind: "number", column, range }, levels: [theme.plain, ...colors], levelOf };
}
