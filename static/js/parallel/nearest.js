/** Which line is under the pointer. */

import { PAD } from "./layout.js";

/**
 * The index of the selected run whose line passes closest to a point of the stage (CSS pixels), or null when none is within
 * `reach` pixels. Only the gap under the pointer is searched: one distance per run to its segment there.
 */
export function nearestLine(scene, mask, x, y, reach) {
  const { layout, spans } = scene;
  const place = x * layout.dpr - layout.left;
  const gap = Math.floor(place / Math.max(1, layout.gap));
  if (gap < 0 || gap >= spans.length) return null;
  const { left, right, width } = spans[gap];
  const share = (place - gap * width) / width;
  const height = y * layout.dpr - layout.tileTop + PAD;
  let best = null;
  let least = (reach * layout.dpr) ** 2;
  for (let i = 0; i < mask.length; i += 1) {
    if (!mask[i]) continue;
    const rise = right[i] - left[i];
    const off = left[i] + share * rise - height;
    const distance = (off * off * width * width) / (width * width + rise * rise);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** The corners of a run's line, in CSS pixels of the stage. */
export function linePoints(scene, index) {
  const { layout } = scene;
  return scene.axes.map((axis, i) => [layout.xs[i], (axis.heights[index] - PAD + layout.tileTop) / layout.dpr]);
}
