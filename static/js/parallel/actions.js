/** What a viewer can do to the chart, whichever way: by pointer, keys, menu or toolbar. */

import { axisItems, chooserItems } from "./axis_menus.js";
import { mergeBrushes } from "./brushes.js";
import { moveAxis, setBrushes, setHidden, setLog, toggleFlipped } from "./view_state.js";
import { brushAnnouncement, runSentence } from "./words.js";
import { linePoints } from "./nearest.js";

export class Actions {
  #pointed = null;

  constructor(chart) {
    this.chart = chart;
  }

  /** Take clicks on the small buttons of the axes. */
  listen(root) {
    root.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-tool]");
      if (!tool) return;
      const { name } = this.axis(tool.closest("[data-axis]").dataset.axis);
      if (tool.dataset.tool === "flip") this.flip(name);
      if (tool.dataset.tool === "log") this.setLog(name, !this.axis(name).scale.log);
      if (tool.dataset.tool === "slot") this.toggleSlot(name);
      if (tool.dataset.tool === "menu") this.openMenu(name);
    });
  }

  get scene() {
    return this.chart.scene;
  }

  get mask() {
    return this.chart.mask;
  }

  get axes() {
    return this.scene.axes;
  }

  get layout() {
    return this.scene.layout;
  }

  get view() {
    return this.chart.axesView;
  }

  get scroller() {
    return this.chart.parts.surface;
  }

  get pointed() {
    return this.#pointed;
  }

  get busy() {
    return this.chart.brushing.active || this.chart.reordering.active;
  }

  axis(name) {
    return this.axes.find((axis) => axis.name === name);
  }

  stagePoint(event) {
    const box = this.chart.parts.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  stageX(event) {
    return this.stagePoint(event).x;
  }

  stageY(event) {
    return this.stagePoint(event).y;
  }

  /** Set an axis's brushes; `done` says that the action is finished, else they are still being dragged. */
  setBrushes(name, brushes, { done }) {
    const axis = this.axis(name);
    if (!axis) return; // hidden in the meantime
    axis.brushes = brushes;
    setBrushes(this.chart.state, name, brushes);
    this.chart.brushesChanged(axis);
    if (!done) return;
    this.chart.stateChanged();
    requestAnimationFrame(() => {
      const { scene, selected, parts } = this.chart;
      parts.speak(brushAnnouncement(axis, selected, scene.count));
    });
  }

  toggleSlot(name) {
    const axis = this.axis(name);
    const others = axis.brushes.filter((brush) => brush !== null);
    const brushes = axis.brushes.includes(null) ? others : [...others, null];
    this.setBrushes(name, mergeBrushes(brushes, axis.scale), { done: true });
  }

  clearBrushes() {
    this.chart.state.brushes = {};
    this.#apply("All brushes cleared.");
  }

  flip(name) {
    toggleFlipped(this.chart.state, name);
    this.#apply(`${this.#label(name)} ${this.chart.state.flipped.includes(name) ? "flipped" : "not flipped"}.`);
  }

  setLog(name, on) {
    const { column } = this.axis(name);
    if (!column.canLog) return;
    setLog(this.chart.state, column, on);
    this.#apply(`${column.label} on a ${on ? "log" : "linear"} scale.`);
  }

  colorBy(name) {
    const { data, state } = this.chart;
    state.color = data.color && data.color.name === name ? null : name;
    this.#apply(`Coloured by ${this.#label(name)}.`);
  }

  move(name, place, { done }) {
    const { data, state } = this.chart;
    const moved = moveAxis(state, data.axes, name, place);
    if (moved) this.chart.refresh();
    if (!done) return;
    this.chart.stateChanged();
    const at = this.axes.findIndex((axis) => axis.name === name) + 1;
    this.chart.parts.speak(`${this.#label(name)} is axis ${at} of ${this.axes.length}.`);
  }

  hide(name) {
    const place = this.axes.findIndex((axis) => axis.name === name);
    const held = this.view.root.contains(document.activeElement);
    setHidden(this.chart.state, name, true, this.#column(name).aside ?? true);
    this.#apply(`${this.#label(name)} hidden.`);
    const beside = this.axes[Math.min(place, this.axes.length - 1)];
    if (held && beside) this.view.focusTrack(beside.name);
  }

  show(name) {
    setHidden(this.chart.state, name, false);
    this.#apply(`${this.#label(name)} shown.`);
  }

  /** Whether an axis is shown, or will be as soon as its column is there. */
  isShown(name) {
    return Boolean(this.axis(name)) || this.chart.state.shown.includes(name);
  }

  toggle(name) {
    if (this.isShown(name)) this.hide(name);
    else this.show(name);
  }

  /** The columns that can be asked for in the menu of an axis. */
  furtherOf(name) {
    return this.chart.data.further.filter(({ of }) => of === name);
  }

  resetAxes() {
    Object.assign(this.chart.state, { hidden: [], shown: [], order: [] });
    this.#apply("All axes that vary are shown.");
  }

  #apply(sentence) {
    this.chart.refresh();
    this.chart.stateChanged();
    this.chart.parts.speak(sentence);
  }

  #label(name) {
    return this.#column(name).label;
  }

  #column(name) {
    const { axes, further, color } = this.chart.data;
    return [...axes, ...further].find((column) => column.name === name) ?? color;
  }

  openMenu(name) {
    const axis = this.axis(name);
    this.chart.menu.open(this.view.view(name).menu, `Options of ${axis.column.label}`, () => axisItems(axis, this));
  }

  openAxes(button) {
    const { chart } = this;
    chart.menu.open(button, "Axes", () => chooserItems(chart.data, chart.state, this));
  }

  /** Point at a run (or none): its line is drawn above the others, its values are listed, other parts of the page hear of it. */
  point(index, { x, y, touch, keys }) {
    const { chart } = this;
    const changed = index !== this.#pointed;
    this.#pointed = index;
    chart.parts.stage.classList.toggle("pc-pointing", index !== null);
    if (changed) {
      chart.drawing.highlight(index);
      chart.callbacks.onHover?.(index);
    }
    if (index === null) return chart.tooltip.hide();
    const at = keys ? this.#besideLine(index) : { x, y };
    const hint = touch ? "Tap again to open" : keys ? "Enter opens" : "";
    chart.tooltip.show({ data: chart.data, axes: this.axes, ink: this.scene.ink, index, hint, ...at });
    if (keys) chart.parts.speak(runSentence(chart.data, this.axes, index));
    return undefined;
  }

  #besideLine(index) {
    const box = this.chart.parts.stage.getBoundingClientRect();
    const [x, y] = linePoints(this.scene, index).at(-1);
    return { x: Math.min(box.left + x, this.scroller.getBoundingClientRect().right) - 40, y: box.top + y };
  }

  open(index) {
    this.chart.callbacks.onOpen?.(index);
  }
}
