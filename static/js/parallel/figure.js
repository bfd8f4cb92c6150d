/** The chart as a picture to keep: axes, labels, legend and lines on one canvas. */

import { axisModel } from "./axis_model.js";
import { legendModel } from "./legend.js";
import { formatCount } from "./numbers.js";
import { cssColor } from "./palette.js";

const HEAD = 34;
const FOOT = 34;

/** Draw everything on a new canvas of twice the chart's CSS size or more; `lines` is the canvas that holds the lines. */
export function drawFigure({ scene, theme, lines, measure, summary }) {
  const { layout } = scene;
  const scale = Math.max(2, layout.dpr);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(layout.stageWidth * scale);
  canvas.height = Math.round((layout.stageHeight + HEAD + FOOT) * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.fillStyle = cssColor(theme.surface);
  context.fillRect(0, 0, layout.stageWidth, layout.stageHeight + HEAD + FOOT);
  drawLegend(context, legendModel(scene.ink, theme), theme);
  context.save();
  context.translate(0, HEAD);
  context.drawImage(lines, 0, 0, lines.width / layout.dpr, lines.height / layout.dpr);
  if (layout.slotTop !== null) drawSlotLabel(context, layout, theme);
  scene.axes.forEach((axis, i) => drawAxis(context, axisModel(axis, i, scene, measure), layout, theme));
  context.restore();
  write(context, summary, 16, layout.stageHeight + HEAD + 12, { color: theme.muted, font: font(theme, 12) });
  return canvas;
}

function font(theme, size, weight = 400) {
  return `${weight} ${size}px ${theme.font}`;
}

function write(context, text, x, y, { color, font: face, align = "left", halo = null }) {
  context.font = face;
  context.textAlign = align;
  context.textBaseline = "middle";
  if (halo) {
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = halo;
    context.strokeText(text, x, y);
  }
  context.fillStyle = cssColor(color);
  context.fillText(text, x, y);
  return context.measureText(text).width;
}

function drawLegend(context, model, theme) {
  const style = { color: theme.muted, font: font(theme, 12) };
  let x = 16 + write(context, model.title, 16, 18, { color: theme.ink, font: font(theme, 12, 600) }) + 14;
  const swatches = [...(model.swatches ?? []), ...(model.without.present ? [model.without] : [])];
  if (!model.swatches) {
    x += write(context, model.ends[0], x, 18, style) + 8;
    const gradient = context.createLinearGradient(x, 0, x + 120, 0);
    model.palette.forEach((color, i) => gradient.addColorStop(i / (model.palette.length - 1), cssColor(color)));
    context.fillStyle = gradient;
    context.fillRect(x, 13, 120, 10);
    x += 128;
    x += write(context, model.ends[1], x, 18, style) + 10;
    x += write(context, model.hint, x, 18, style) + 16;
  }
  for (const { text, color } of swatches) {
    context.fillStyle = cssColor(color);
    context.fillRect(x, 13, 10, 10);
    x += 16 + write(context, text, x + 16, 18, style) + 14;
  }
}

function drawAxis(context, model, layout, theme) {
  const { x } = model;
  model.titleLines.forEach((line, i) => {
    const y = layout.top - 34 + (i - model.titleLines.length + 1) * 15;
    write(context, line, x, y, { color: theme.ink, font: font(theme, 12, 600), align: "center" });
  });
  context.fillStyle = cssColor(theme.line);
  context.fillRect(x - 0.5, layout.top, 1, layout.bottom - layout.top);
  for (const box of model.boxes) context.fillRect(x - 2, box.top, 4, box.bottom - box.top);
  for (const brush of model.brushes) {
    context.fillStyle = cssColor(theme.accent, 0.25);
    context.fillRect(x - 7, brush.top, 14, brush.bottom - brush.top);
  }
  const halo = cssColor(theme.surface, 0.85);
  const side = model.last ? 1 : -1;
  for (const tick of model.ticks) {
    context.fillStyle = cssColor(theme.line);
    context.fillRect(x + (side < 0 ? -4 : 0), tick.y - 0.5, 4, 1);
    const align = side < 0 ? "right" : "left";
    write(context, tick.text, x + side * 8, tick.y, { color: theme.muted, font: font(theme, 11), align, halo });
  }
  if (model.missing) drawSlot(context, model, layout, theme, halo);
}

function drawSlotLabel(context, layout, theme) {
  const y = (layout.slotTop + layout.slotBottom) / 2;
  write(context, "no value", layout.xs[0] - 16, y, { color: theme.muted, font: font(theme, 10), align: "right" });
}

function drawSlot(context, { x, missing }, layout, theme, halo) {
  context.strokeStyle = cssColor(theme.line);
  context.lineWidth = 1;
  context.strokeRect(x - 4, layout.slotTop, 8, layout.slotBottom - layout.slotTop);
  write(context, formatCount(missing.count), x, layout.slotBottom + 10, { color: theme.muted, font: font(theme, 10), align: "center", halo });
}
