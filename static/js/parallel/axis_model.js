/** What one axis looks like in a layout: texts and places, for the elements on the page and for an exported figure alike. */

import { brushSpan, describeBrush } from "./brushes.js";
import { elide, wrapName } from "./elements.js";
import { spreadOf, yOf } from "./layout.js";

const TICK_DISTANCE = { number: 46, category: 18 };
const LABEL_HEIGHT = 13;
const EDGE = 54; // room for the labels of the outer axes
const BESIDE = 0.62; // share of a gap that a label may take

/** Describe axis number `place`; `measure(text, bold)` gives the width of a text in CSS pixels. */
export function axisModel(axis, place, scene, measure) {
  const { layout, axes, ink } = scene;
  const { column, scale, flipped } = axis;
  const gap = layout.gap / layout.dpr;
  const last = place === axes.length - 1 && place > 0;
  const outer = place === 0 || last;
  const room = Math.min(outer ? EDGE : gap * BESIDE, 150);
  const spread = spreadOf(scale, layout);
  return {
    name: axis.name,
    x: layout.xs[place],
    last,
    title: column.label,
    titleLines: wrapName(column.label, titleRoom(outer, axes.length > 1 ? gap : Infinity), (text) => measure(text, true)),
    ticks: tickModels(axis, layout, (text) => elide(text, room, (part) => measure(part, false))),
    boxes: scale.kind === "category" && spread > 2 ? categoryBoxes(scale, layout, flipped, spread) : [],
    brushes: axis.brushes.map((brush, index) => brushModel(brush, index, axis, layout)).filter((brush) => !brush.missing),
    missing: axis.gaps ? { count: axis.gaps, selected: axis.brushes.includes(null) } : null,
    colored: ink.column === column,
    flipped,
    log: scale.log,
    canLog: column.canLog,
  };
}

/** The ticks that have room for their labels; where two would touch, the one nearer to an end of the axis stays. */
function tickModels({ scale, flipped }, layout, fit) {
  const most = Math.floor((layout.bottom - layout.top) / TICK_DISTANCE[scale.kind]) + 1;
  const ticks = scale.ticks(Math.max(2, most)).map((tick) => {
    const text = scale.kind === "category" ? fit(tick.text) : tick.text;
    return { y: yOf(scale.position(tick.value), layout, flipped), text, title: text === tick.text ? "" : tick.title };
  });
  const middle = (layout.top + layout.bottom) / 2;
  const outerFirst = [...ticks].sort((a, b) => Math.abs(b.y - middle) - Math.abs(a.y - middle));
  const kept = [];
  for (const tick of outerFirst) if (kept.every((other) => Math.abs(other.y - tick.y) >= LABEL_HEIGHT)) kept.push(tick);
  return ticks.filter((tick) => kept.includes(tick));
}

function titleRoom(outer, gap) {
  return Math.min(outer ? 116 : 180, gap - 8);
}

function categoryBoxes(scale, layout, flipped, spread) {
  return scale.labels.map((_, code) => {
    const y = yOf(scale.position(code), layout, flipped);
    return { top: y - spread - 1, bottom: y + spread + 1 };
  });
}

function brushModel(brush, index, axis, layout) {
  if (brush === null) return { missing: true };
  const { scale, flipped } = axis;
  const [low, high] = brushSpan(brush, scale);
  const [top, bottom] = [yOf(high, layout, flipped), yOf(low, layout, flipped)].sort((a, b) => a - b);
  const open = scale.kind === "number" ? brush.map((end) => end === null) : [false, false];
  const [openTop, openBottom] = flipped ? open : [open[1], open[0]];
  return {
    index,
    low,
    high,
    top: top - (openTop ? 5 : 0),
    bottom: bottom + (openBottom ? 5 : 0),
    text: describeBrush(brush, scale),
    ends: endTexts(brush, scale),
  };
}

function endTexts(brush, scale) {
  if (scale.kind === "category") return { low: brush.at(-1), high: brush[0] };
  return {
    low: brush[0] === null ? "open end" : scale.format(brush[0]),
    high: brush[1] === null ? "open end" : scale.format(brush[1]),
  };
}
