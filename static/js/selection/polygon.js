/** Points in a polygon: the same rule as sweeps_app/query/polygon.py, on the same scales. */

/** Whether a place lies in a polygon of [x, y], by the even-odd rule; what is NaN lies nowhere. */
export function isInside(points, x, y) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  let found = false;
  for (let i = 0, last = points.length - 1; i < points.length; last = i, i += 1) {
    const [endX, endY] = points[i];
    const [startX, startY] = points[last];
    if (endY > y === startY > y) continue;
    if (x < ((startX - endX) * (y - endY)) / (startY - endY) + endX) found = !found;
  }
  return found;
}

/** A value as a chart places it: its logarithm (base 10) on a log scale, NaN where there is none. */
export function onScale(value, log) {
  if (!log) return value;
  return value > 0 ? Math.log10(value) : NaN;
}
