/** From what was drawn with the pointer to a clause: few corners, in the columns' own units. */

import { valueAt } from "./axes.js";

const TOLERANCE = 1.5; // pixels
const MOST = 80;

/** The clause of an outline that plotly.js reports, null where it has less than three corners. */
export function clauseOf({ lassoPoints, range }, axes, drawn) {
  const [x, y] = drawn;
  const places = lassoPoints
    ? lassoPoints.x.map((end, i) => [x.d2l(end), y.d2l(lassoPoints.y[i])])
    : corners(range.x.map((end) => x.d2l(end)), range.y.map((end) => y.d2l(end)));
  const pixels = places.map((place) => place.map((at, i) => axes[i].pixels.factor * at));
  let kept = simplified(pixels, TOLERANCE);
  for (let tolerance = 2 * TOLERANCE; kept.length > MOST; tolerance *= 2) kept = simplified(pixels, tolerance);
  if (isAt(pixels[kept.at(-1)], pixels[kept[0]])) kept.pop();
  if (kept.length < 3) return null;
  const spans = drawn.map((axis) => Math.abs(axis.r2l(axis.range[1]) - axis.r2l(axis.range[0])));
  const points = kept.map((at) => axes.map((axis, i) => valueAt(places[at][i], axis, spans[i])));
  const labels = axes.map(({ column }) => (column.kind === "category" ? column.labels : null));
  const named = labels.some(Boolean) ? { labels } : {};
  return { lasso: axes.map(({ column }) => column.name), log: axes.map(({ isLog }) => isLog), points, ...named };
}

function isAt([x, y], [otherX, otherY]) {
  return Math.hypot(x - otherX, y - otherY) < 1;
}

function corners([left, right], [low, high]) {
  return [[left, low], [right, low], [right, high], [left, high]]; // prettier-ignore
}

/** Which points of a line have to stay so that none lies farther from it than `tolerance` (Douglas and Peucker, 1973). */
function simplified(points, tolerance) {
  const kept = new Set([0, points.length - 1]);
  const parts = [[0, points.length - 1]];
  while (parts.length) {
    const [first, last] = parts.pop();
    let [farthest, most] = [-1, tolerance];
    for (let i = first + 1; i < last; i += 1) {
      const distance = distanceTo(points[i], points[first], points[last]);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest < 0) continue;
    kept.add(farthest);
    parts.push([first, farthest], [farthest, last]);
  }
  return [...kept].sort((a, b) => a - b);
}

function distanceTo([x, y], [startX, startY], [endX, endY]) {
  const [dx, dy] = [endX - startX, endY - startY];
  const length = Math.hypot(dx, dy);
  if (length === 0) return Math.hypot(x - startX, y - startY);
  return Math.abs(dx * (startY - y) - (startX - x) * dy) / length;
}
