/** From data, choices and layout to what is drawn: axes with their scales and heights, the ink, the spans between axes. */

import { categoryInk, colorRange, isCompatible, numberInk, steadyRange, withBase } from "./inks.js";
import { axisHeights, countGaps } from "./layout.js";
import { categoryColors } from "./palette.js";
import { makeScale } from "./scales.js";
import { isLog, visibleAxes } from "./view_state.js";

/** Builds scenes; remembers scales, heights and inks, so that what did not change is the same object as before. */
export class SceneBuilder {
  #scales = new WeakMap();
  #heights = new WeakMap();
  #ink = null;
  #inkKey = "";

  scaleOf(column, state) {
    return this.#scaleAndGaps(column, state).scale;
  }

  #scaleAndGaps(column, state) {
    const log = isLog(state, column);
    const known = remembered(this.#scales, column);
    if (!known.has(log)) {
      const scale = makeScale(column, log);
      known.set(log, { scale, gaps: countGaps(column, scale) });
    }
    return known.get(log);
  }

  /** The axes to show; they decide the layout. */
  axes(data, state) {
    return visibleAxes(state, data.axes).map((column) => ({
      name: column.name,
      column,
      ...this.#scaleAndGaps(column, state),
      flipped: state.flipped.includes(column.name),
      brushes: state.brushes[column.name] ?? [],
    }));
  }

  build({ data, state, axes, layout, theme }) {
    for (const axis of axes) axis.heights = this.#heightsOf(axis, layout);
    const spans = axes.slice(1).map((axis, i) => ({
      left: axes[i].heights,
      right: axis.heights,
      width: layout.gap,
      height: layout.tileHeight,
    }));
    return { axes, spans, layout, ink: this.#inkFor(data, state, theme), count: data.runs.ids.length };
  }

  #heightsOf(axis, layout) {
    const known = remembered(this.#heights, axis.column);
    const key = `${layout.key}|${axis.flipped}|${axis.scale.log}`;
    if (!known.has(key)) {
      known.clear(); // one size at a time: arrays of all sizes ever seen would pile up
      known.set(key, axisHeights(axis.column, axis.scale, axis.flipped, layout));
    }
    return known.get(key);
  }

  #inkFor(data, state, theme) {
    const column = colorColumn(data, state);
    const key = column.kind === "category" ? theme.key : String(isLog(state, column));
    if (this.#ink && this.#ink.column === column && this.#inkKey === key) return this.#ink;
    const ink = { ...makeInk(column, isLog(state, column), theme, this.#ink), scale: this.scaleOf(column, state) };
    const sameKey = this.#inkKey === key;
    this.#inkKey = key;
    this.#ink = sameKey && isCompatible(this.#ink, ink) ? withBase(ink, this.#ink) : ink;
    return this.#ink;
  }
}

function remembered(map, column) {
  if (!map.has(column)) map.set(column, new Map());
  return map.get(column);
}

/** The column that colours the lines: the viewer's choice, else the data's, else the last axis. */
export function colorColumn(data, state) {
  if (data.color && data.color.name === state.color) return data.color;
  return data.axes.find((axis) => axis.name === state.color) ?? data.color ?? data.axes.at(-1) ?? data.blank;
}

function makeInk(column, log, theme, former) {
  if (column.kind === "category") return categoryInk(column, categoryColors(column.labels.length, theme.muted));
  const fresh = colorRange(column, log);
  const sameColumn = former && former.kind === "number" && former.column.name === column.name;
  return numberInk(column, sameColumn ? steadyRange(former.range, fresh, column.goal) : fresh);
}

/**
 * Which runs of a scene have to be drawn anew to get from it to the next one, when that is only a matter of single lines: runs joined
 * at the end or got other values, while axes, scales and colours stayed. Null when everything changed.
 */
export function changedLines(former, next, formerIds, nextIds) {
  const kept = former.count;
  if (next.count < kept || next.axes.length !== former.axes.length) return null;
  if (former.layout.key !== next.layout.key || former.layout.gap !== next.layout.gap) return null;
  if (!next.axes.every((axis, i) => axis.name === former.axes[i].name)) return null;
  if (!isCompatible(former.ink, next.ink) || former.ink.base !== next.ink.base) return null;
  for (let i = 0; i < kept; i += 1) if (formerIds[i] !== nextIds[i]) return null;
  const changed = new Set();
  const pairs = next.axes.map((axis, i) => [former.axes[i].heights, axis.heights]);
  next.ink.planes.forEach((units, p) => pairs.push([former.ink.planes[p], units]));
  for (const [before, after] of pairs) {
    for (let i = 0; i < kept; i += 1) if (before[i] !== after[i]) changed.add(i);
  }
  return changed.size * 4 > kept ? null : changed;
}
