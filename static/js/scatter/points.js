/** Points on a canvas over the axes: the selected ones in colour above the others, and the one that is nearest to the pointer. */

import { cssColor } from "../parallel/palette.js";

const RADIUS = 3;
const RADII = [2, 7];
const REACH = 10;
const FULL_TURN = 2 * Math.PI;

export class Points {
  constructor(element) {
    this.canvas = element.appendChild(Object.assign(document.createElement("canvas"), { className: "scatter-points" }));
    this.x = new Float32Array(0);
    this.y = this.x;
  }

  /** Put the canvas over the plot and work out where each point lies; `axes` are [x, y] with their `pixels`. */
  place({ left, top, axes, radii }) {
    const [x, y] = axes;
    const { style } = this.canvas;
    const ratio = Math.min(window.devicePixelRatio, 2);
    style.left = `${left}px`;
    style.top = `${top}px`;
    style.width = `${x.pixels.length}px`;
    style.height = `${y.pixels.length}px`;
    this.canvas.width = Math.round(x.pixels.length * ratio);
    this.canvas.height = Math.round(y.pixels.length * ratio);
    this.ratio = ratio;
    this.radii = radii;
    this.x = pixelPlaces(x);
    this.y = pixelPlaces(y);
  }

  /** Draw all points; `mask` has 1 for those that are selected, null where all are. */
  draw({ colors, mask, outline, theme, pointed }) {
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const buckets = colors.levels.map(() => new Path2D());
    const others = new Path2D();
    for (let i = 0; i < this.x.length; i += 1) {
      if (!(this.x[i] > -9 && this.y[i] > -9)) continue; // NaN, too
      this.#add(mask && !mask[i] ? others : buckets[colors.levelOf(i)], i);
    }
    context.globalAlpha = 0.25;
    context.fillStyle = cssColor(theme.ground);
    context.fill(others);
    context.globalAlpha = this.x.length > 2000 ? 0.75 : 0.9;
    buckets.forEach((path, level) => {
      context.fillStyle = cssColor(colors.levels[level]);
      context.fill(path);
    });
    context.globalAlpha = 1;
    if (outline) this.#outline(context, outline, theme);
    if (pointed !== null) this.#ring(context, pointed, theme);
  }

  #add(path, i) {
    const radius = this.radii ? this.radii[i] : RADIUS;
    path.moveTo(this.x[i] + radius, this.y[i]);
    path.arc(this.x[i], this.y[i], radius, 0, FULL_TURN);
  }

  #outline(context, points, theme) {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.closePath();
    context.setLineDash([4, 3]);
    context.lineWidth = 1.5;
    context.strokeStyle = cssColor(theme.accent);
    context.stroke();
    context.setLineDash([]);
  }

  #ring(context, i, theme) {
    context.beginPath();
    context.arc(this.x[i], this.y[i], (this.radii ? this.radii[i] : RADIUS) + 2.5, 0, FULL_TURN);
    context.lineWidth = 2;
    context.strokeStyle = cssColor(theme.ink);
    context.stroke();
  }

  /** The point under a place of the plot, null where none is near; selected ones come first. */
  nearest(x, y, mask) {
    let [found, least] = [null, REACH ** 2];
    for (let i = 0; i < this.x.length; i += 1) {
      const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2 + (mask && !mask[i] ? REACH : 0);
      if (distance <= least) [found, least] = [i, distance];
    }
    return found;
  }
}

function pixelPlaces({ places, pixels }) {
  return Float32Array.from(places, (place) => pixels.offset + pixels.factor * place);
}

/** Radii by a column, by area; a run without a value is as small as can be. */
export function radiiOf(column) {
  if (!column || column.kind === "category") return null;
  const { min, max } = column.facts;
  const [small, large] = RADII;
  return Float32Array.from(column.values, (value) => {
    if (!Number.isFinite(value)) return small;
    const share = max > min ? (value - min) / (max - min) : 1;
    return Math.sqrt(small ** 2 + share * (large ** 2 - small ** 2));
  });
}
