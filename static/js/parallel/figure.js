/** The chart as a file to keep: title, sentence, legend, axes and lines, as pixels or as vectors. */

import { FILE_FONT, wrapped } from "../chart_files.js";
import { axisModel } from "./axis_model.js";
import { legendModel } from "./legend.js";
import { drawVectorLines } from "./line_paths.js";
import { formatCount } from "./numbers.js";
import { CanvasPen, SvgPen } from "./pens.js";

const SIDE = 16;
const TITLE = 34;
const LEGEND = 34;
const LINE = 17; // height of a line of the sentence
const CHARACTER = 6.2; // mean width of one of the sentence
export const MOST_PATHS = 2000; // more lines than these would make a file that no editor opens in comfort

/**
 * Draw everything as "png", of twice the chart's CSS size or more, or as "svg"; `lines` is the canvas that holds the lines,
 * which are vectors where they are few. Returns a Blob.
 */
export async function drawFigure({ scene, theme, lines, measure, summary, title, mask, format }) {
  const { layout } = scene;
  const sentence = wrapped(summary, Math.floor((layout.stageWidth - 2 * SIDE) / CHARACTER));
  const head = TITLE + LINE * sentence.length + LEGEND;
  const size = { width: layout.stageWidth, height: layout.stageHeight + head + SIDE, family: FILE_FONT };
  const pen = format === "svg" ? new SvgPen(size) : new CanvasPen({ ...size, scale: Math.max(2, layout.dpr) });
  pen.box({ x: 0, y: 0, ...size }, theme.surface);
  pen.write(title, SIDE, TITLE / 2 + 4, { color: theme.ink, size: 16, weight: 600 });
  sentence.forEach((text, i) => pen.write(text, SIDE, TITLE + LINE * (i + 0.5), { color: theme.muted, size: 12 }));
  drawLegend(pen, legendModel(scene.ink, theme), theme, head - LEGEND / 2);
  if (format === "svg" && scene.count <= MOST_PATHS) drawVectorLines(pen, scene, theme, mask, head);
  else pen.picture(lines, { x: 0, y: head, width: lines.width / layout.dpr, height: lines.height / layout.dpr });
  const place = { layout, theme, head };
  if (layout.slotTop !== null) drawSlotLabel(pen, place);
  scene.axes.forEach((axis, i) => drawAxis(pen, axisModel(axis, i, scene, measure), place));
  return pen.blob();
}

function drawLegend(pen, model, theme, y) {
  const style = { color: theme.muted, size: 12 };
  let x = SIDE + pen.write(model.title, SIDE, y, { color: theme.ink, size: 12, weight: 600 }) + 14;
  const swatches = [...(model.swatches ?? []), ...(model.without.present ? [model.without] : [])];
  if (!model.swatches) {
    x += pen.write(model.ends[0], x, y, style) + 8;
    pen.ramp({ x, y: y - 5, width: 120, height: 10 }, model.palette);
    x += 128;
    x += pen.write(model.ends[1], x, y, style) + 10;
    x += pen.write(model.hint, x, y, style) + 16;
  }
  for (const { text, color } of swatches) {
    pen.box({ x, y: y - 5, width: 10, height: 10 }, color);
    x += 16 + pen.write(text, x + 16, y, style) + 14;
  }
}

function drawAxis(pen, model, place) {
  const { layout, theme, head } = place;
  const { x } = model;
  model.titleLines.forEach((line, i) => {
    const y = head + layout.top - 34 + (i - model.titleLines.length + 1) * 15;
    pen.write(line, x, y, { color: theme.ink, size: 12, weight: 600, align: "center" });
  });
  const upright = (width, { top, bottom }) => ({ x: x - width / 2, y: head + top, width, height: bottom - top });
  pen.box(upright(1, layout), theme.line);
  for (const box of model.boxes) pen.box(upright(4, box), theme.line);
  for (const brush of model.brushes) pen.box(upright(14, brush), theme.accent, { alpha: 0.25 });
  const side = model.last ? 1 : -1;
  for (const tick of model.ticks) {
    const y = head + tick.y;
    pen.box({ x: x + (side < 0 ? -4 : 0), y: y - 0.5, width: 4, height: 1 }, theme.line);
    const align = side < 0 ? "right" : "left";
    pen.write(tick.text, x + side * 8, y, { color: theme.muted, size: 11, align, halo: theme.surface });
  }
  if (model.missing) drawSlot(pen, model, place);
}

function drawSlotLabel(pen, { layout, theme, head }) {
  const y = head + (layout.slotTop + layout.slotBottom) / 2;
  pen.write("no value", layout.xs[0] - 16, y, { color: theme.muted, size: 10, align: "right" });
}

function drawSlot(pen, { x, missing }, { layout, theme, head }) {
  const box = { x: x - 4, y: head + layout.slotTop, width: 8, height: layout.slotBottom - layout.slotTop };
  pen.box(box, theme.line, { hollow: true });
  const count = formatCount(missing.count);
  const style = { color: theme.muted, size: 10, align: "center", halo: theme.surface };
  pen.write(count, x, head + layout.slotBottom + 10, style);
}
