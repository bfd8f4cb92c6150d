/** One line on a canvas above all others: the run under the pointer, or the one another part of the page points at. */

import { cssColor } from "./palette.js";
import { linePoints } from "./nearest.js";

/** Draw run `index` on a cleared canvas, or nothing where it is null. */
export function drawHighlight(context, scene, theme, index) {
  const { canvas } = context;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (index === null || index >= scene.count || scene.axes.length === 0) return;
  context.setTransform(scene.layout.dpr, 0, 0, scene.layout.dpr, 0, 0);
  const points = linePoints(scene, index);
  context.lineJoin = "round";
  strokeLine(context, points, 6, cssColor(theme.surface, 0.85));
  strokeLine(context, points, 2.5, cssColor(theme.ink));
  for (const [x, y] of points) {
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fillStyle = cssColor(theme.ink);
    context.strokeStyle = cssColor(theme.surface);
    context.lineWidth = 2;
    context.fill();
    context.stroke();
  }
}

function strokeLine(context, points, width, color) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}
