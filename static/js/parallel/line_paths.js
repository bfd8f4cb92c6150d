/** The lines of a scene as vectors: one path a run, the best last, so that they lie on top. */

import { PAD } from "./layout.js";

const STRENGTH = [
  [60, 0.95],
  [400, 0.6],
  [1000, 0.4],
];
const FAINTEST = 0.28;
const GREY = 0.25; // of what is not selected

/** Draw the lines with a pen, moved down by `head`; those outside of the mask are grey and behind. */
export function drawVectorLines(pen, scene, theme, mask, head) {
  const order = Array.from({ length: scene.count }, (_, run) => ({ run, ...lookOf(run, scene.ink, theme) }));
  order.sort((a, b) => mask[a.run] - mask[b.run] || a.rank - b.rank);
  const alpha = STRENGTH.find(([most]) => scene.count <= most)?.[1] ?? FAINTEST;
  for (const { run, color } of order) {
    const look = mask[run] ? { alpha, width: 1.2 } : { alpha: GREY, width: 0.8 };
    pen.line(pointsOf(run, scene, head), mask[run] ? color : theme.ground, look);
  }
}

function pointsOf(run, { axes, layout }, head) {
  return axes.map((axis, i) => [layout.xs[i], head + (axis.heights[run] - PAD + layout.tileTop) / layout.dpr]);
}

function lookOf(run, ink, theme) {
  const value = ink.column.values[run];
  if (ink.kind === "category") return { color: ink.colors[value] ?? theme.plain, rank: 0 };
  const share = ink.strength(value);
  if (Number.isNaN(share)) return { color: theme.plain, rank: -1 };
  return { color: theme.palette[Math.round(share * (theme.palette.length - 1))], rank: share };
}
