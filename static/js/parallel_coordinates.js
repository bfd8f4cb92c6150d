/**
 * Parallel coordinates of up to 100,000 runs on a canvas: brush, reorder, flip, log, colour by any, missing values in their place.
 *
 *   const chart = new ParallelCoordinates(element, {onHover, onSelect, onOpen, onStateChange});
 *   chart.setData(data); chart.setState(state);
 *
 * `data` is columns: {
 *   axes: [{name, label?, kind: "number" | "category", log?: bool, metric?: bool, goal?: "minimize" | "maximize",
 *           aside?: true for an axis that is shown only when it is asked for,
 *           values: base64 of little-endian doubles, or a list (null or NaN: missing), labels?: [text] (values index them)}],
 *   further?: [{name, label, of?}], columns that can be asked for: whoever gives the data adds those that the state shows or
 *            colours by to the axes; `of` is the axis in whose menu one stands, too,
 *   color: {name, values, goal}, the column that colours lines at first; where an axis has its name, that axis;
 *   runs: {ids, names?, states?, urls?}, total?: how many runs there are, shown?: how many of them are in the data}
 * Later data keeps brushes, order and colours; runs that joined at the end, or changed, cost only their own lines.
 *
 * Callbacks: onHover(index | null); onSelect(Uint32Array of indices | null when nothing is brushed), at most once a
 * frame; onOpen(index); onStateChange(state) after each finished action. The state (see parallel/view_state.js) is plain JSON.
 */

import { AxesView } from "./parallel/axes_view.js";
import { Actions } from "./parallel/actions.js";
import { Brushing } from "./parallel/brushing.js";
import { countMarked, fillMask } from "./parallel/brushes.js";
import { readData } from "./parallel/columns.js";
import { Drawing } from "./parallel/drawing.js";
import { drawFigure } from "./parallel/figure.js";
import { FrameElements, textMeasure } from "./parallel/frame_elements.js";
import { Keyboard } from "./parallel/keyboard.js";
import { makeLayout } from "./parallel/layout.js";
import { Menu } from "./parallel/menu.js";
import { Pointing } from "./parallel/pointing.js";
import { Reordering } from "./parallel/reordering.js";
import { changedLines, SceneBuilder } from "./parallel/scene.js";
import { readTheme } from "./parallel/theme.js";
import { Toolbar } from "./parallel/toolbar.js";
import { Tooltip } from "./parallel/tooltip.js";
import { compactState, readState, settleBrushes } from "./parallel/view_state.js";
import { notes, summarySentence } from "./parallel/words.js";

export class ParallelCoordinates {
  #data = null;
  #state = readState(null);
  #scene = null;
  #builder = new SceneBuilder();
  #mask = new Uint8Array(0);
  #filter = null;
  #selected = 0;
  #brushed = false;
  #stale = false;
  #listening = new AbortController();

  constructor(element, callbacks = {}) {
    this.callbacks = callbacks;
    this.parts = new FrameElements(element);
    this.theme = readTheme(this.parts.root);
    this.measure = textMeasure(this.theme);
    this.actions = new Actions(this);
    this.toolbar = new Toolbar(this.parts.top, this.actions);
    this.drawing = new Drawing(this.parts.stage, {
      onFrame: () => this.#stale && this.#select(),
      isBusy: () => this.actions.busy,
    });
    this.axesView = new AxesView(this.parts.stage);
    this.tooltip = new Tooltip(this.parts.root);
    this.menu = new Menu(this.parts.root);
    this.brushing = new Brushing(this.axesView.root, this.actions);
    this.reordering = new Reordering(this.axesView.root, this.actions);
    this.pointing = new Pointing(this.parts.stage, this.parts.surface, this.actions, this.#listening.signal);
    this.actions.listen(this.axesView.root);
    new Keyboard(this.axesView.root, this.actions);
    this.#watch();
  }

  #watch() {
    this.observer = new ResizeObserver(() => this.refresh());
    this.observer.observe(this.parts.surface);
    const options = { signal: this.#listening.signal };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.setTheme(), options);
    window.addEventListener("resize", () => window.devicePixelRatio !== this.ratio && this.refresh(), options);
    document.fonts.ready.then(() => {
      this.measure = textMeasure(this.theme); // texts measured before their font came have other widths
      this.refresh();
    });
  }

  get data() {
    return this.#data;
  }

  get state() {
    return this.#state;
  }

  get scene() {
    return this.#scene;
  }

  get mask() {
    return this.#mask;
  }

  get selected() {
    return this.#selected;
  }

  setData(data) {
    const formerIds = this.#data ? this.#data.runs.ids : [];
    this.#data = readData(data);
    this.#filter = null;
    this.#settle();
    this.refresh(formerIds);
  }

  setState(state) {
    this.#state = readState(state);
    if (!this.#data) return;
    this.#settle();
    this.refresh();
  }

  getState() {
    return compactState(this.#state);
  }

  #settle() {
    settleBrushes(this.#state, this.#data.axes, (axis) => this.#builder.scaleOf(axis, this.#state));
  }

  /** Narrow the lines to runs that another part of the page has selected (indices), or lift that with null. */
  setFilter(indices) {
    this.#filter = indices === null ? null : Uint8Array.from({ length: this.#mask.length }, () => 0);
    if (indices) for (const index of indices) this.#filter[index] = 1;
    this.#stale = true;
    this.drawing.request();
  }

  setTheme() {
    this.theme = readTheme(this.parts.root);
    this.refresh();
  }

  /** Show the line of a run above all others. */
  highlight(index) {
    this.drawing.highlight(index);
  }

  /** Resolves when all lines are drawn. */
  async drawn() {
    await this.drawing.settled();
  }

  /** The chart with its title, legend and sentence as a Blob: "png", or "svg", whose lines are vectors where they are few. */
  async exportImage(format, title) {
    await this.drawn();
    return drawFigure({
      scene: this.#scene,
      theme: this.theme,
      lines: this.drawing.lines,
      measure: this.measure,
      summary: this.#summary(),
      mask: this.#mask,
      title,
      format,
    });
  }

  destroy() {
    this.#listening.abort();
    this.observer.disconnect();
    this.drawing.stop();
    this.parts.remove();
  }

  /** Lay everything out anew from data, state, theme and size; lines that stay as they are are not drawn again. */
  refresh(formerIds = null) {
    const { clientWidth: width, clientHeight: height } = this.parts.surface;
    if (!this.#data || !width || !height) return;
    const axes = this.#builder.axes(this.#data, this.#state);
    const count = this.#data.runs.ids.length;
    this.parts.showEmpty(emptyText(count, axes.length, this.#data.axes.length));
    this.ratio = window.devicePixelRatio;
    const slots = axes.some((axis) => axis.gaps > 0);
    const coarse = matchMedia("(pointer: coarse)").matches;
    const layout = makeLayout({ width, height, count: axes.length, slots, coarse, ratio: this.ratio });
    const former = this.#scene;
    this.#scene = this.#builder.build({ data: this.#data, state: this.#state, axes, layout, theme: this.theme });
    if (former && formerIds) this.#replaceLines(former, formerIds);
    this.drawing.setScene(this.#scene, this.theme);
    this.parts.setLayout(layout);
    this.axesView.update(this.#scene, this.measure);
    this.toolbar.update({ data: this.#data, state: this.#state, scene: this.#scene, theme: this.theme });
    this.parts.setNotes(notes({ data: this.#data, axes }));
    this.#select();
  }

  #replaceLines(former, formerIds) {
    const changed = changedLines(former, this.#scene, formerIds, this.#data.runs.ids);
    if (changed) this.drawing.replaceLines(this.#scene, changed);
  }

  /** Brushes changed: the lines follow in the next frame. */
  brushesChanged(axis) {
    this.axesView.updateAxis(this.#scene, axis, this.measure);
    this.toolbar.showBrushes(this.#scene.axes);
    this.#stale = true;
    this.drawing.request();
  }

  #select() {
    this.#stale = false;
    const { count, axes } = this.#scene;
    const brushed = axes.filter((axis) => axis.brushes.length);
    const mask = new Uint8Array(count);
    this.#selected = fillMask(mask, brushed);
    const chosen = brushed.length ? indicesOf(mask, this.#selected) : null;
    if (this.#filter && this.#filter.length === count) {
      for (let i = 0; i < count; i += 1) mask[i] &= this.#filter[i];
      this.#selected = countMarked(mask);
    }
    this.#mask = mask;
    this.drawing.setMask(mask, this.#selected);
    this.pointing.reset();
    if (chosen || this.#brushed) this.callbacks.onSelect?.(chosen);
    this.#brushed = chosen !== null;
    this.parts.setSummary(this.#summary());
  }

  #summary() {
    const narrowed = this.#brushed || this.#selected < this.#scene.count;
    return summarySentence({ data: this.#data, axes: this.#scene.axes, selected: this.#selected, narrowed });
  }

  stateChanged() {
    this.callbacks.onStateChange?.(this.getState());
  }
}

function indicesOf(mask, count) {
  const indices = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < mask.length; i += 1) if (mask[i]) indices[at++] = i;
  return indices;
}

function emptyText(runs, axes, allAxes) {
  if (runs === 0) return "No runs yet: lines appear here as soon as the first run has reported.";
  if (allAxes === 0) return "The runs have neither parameters nor metrics to draw yet.";
  return axes === 0 ? "All axes are hidden: choose some under “Axes”." : null;
}
