/** Everything about axes and brushes that can be done by pointer, done by keys. */

import { brushFromSpan, brushSpan, mergeBrushes } from "./brushes.js";

const FINE = 0.01;
const COARSE = 0.1;

export class Keyboard {
  /**
   * `chart` gives axis(name), axes, view (an AxesView) and takes setBrushes, flip, setLog, colorBy, hide, move, openMenu.
   */
  constructor(root, chart) {
    this.chart = chart;
    root.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #onKey(event) {
    const holder = event.target.closest("[data-axis]");
    if (!holder || event.ctrlKey || event.metaKey) return;
    const axis = this.chart.axis(holder.dataset.axis);
    if (!axis) return;
    const handled = event.target.matches(".pc-handle")
      ? this.#onHandle(event, axis)
      : event.target.matches(".pc-track, .pc-menu") && this.#onAxis(event, axis);
    if (handled) event.preventDefault();
  }

  #onAxis(event, axis) {
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (aside && event.altKey) return this.#moveAxis(axis, aside);
    if (aside) return this.#focusBeside(event.target, axis, aside);
    if (event.altKey || event.target.matches(".pc-menu")) return false;
    const action = {
      ArrowUp: () => this.#enterBrush(axis, "low"),
      ArrowDown: () => this.#enterBrush(axis, "high"),
      Enter: () => this.#enterBrush(axis, "high"),
      " ": () => this.#enterBrush(axis, "high"),
      Delete: () => this.chart.setBrushes(axis.name, [], { done: true }),
      Backspace: () => this.chart.setBrushes(axis.name, [], { done: true }),
      f: () => this.chart.flip(axis.name),
      l: () => this.chart.setLog(axis.name, !axis.scale.log),
      c: () => this.chart.colorBy(axis.name),
      h: () => this.chart.hide(axis.name),
      m: () => this.chart.openMenu(axis.name),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return false;
    action();
    return true;
  }

  #moveAxis(axis, step) {
    this.chart.move(axis.name, this.chart.axes.indexOf(axis) + step, { done: true });
    return true;
  }

  #focusBeside(target, axis, step) {
    const next = this.chart.axes[this.chart.axes.indexOf(axis) + step];
    if (!next) return true;
    const view = this.chart.view.view(next.name);
    (target.matches(".pc-menu") ? view.menu : view.track).focus();
    return true;
  }

  /** Lead into the axis's brush; without one, make one over the whole axis, whose ends are then moved in. */
  #enterBrush(axis, end) {
    if (!axis.brushes.some((brush) => brush !== null)) {
      const whole = brushFromSpan(0, 1, axis.scale, FINE);
      this.chart.setBrushes(axis.name, mergeBrushes([...axis.brushes, whole], axis.scale), { done: true });
    }
    this.chart.view.focusHandle(axis.name, 0, axis.flipped === (end === "high") ? "low" : "high");
  }

  #onHandle(event, axis) {
    const index = Number(event.target.closest(".pc-brush").dataset.brush);
    const end = event.target.dataset.end;
    if (event.key === "Escape") {
      this.chart.view.focusTrack(axis.name);
      return true;
    }
    if (event.key === "Delete" || event.key === "Backspace") {
      const rest = axis.brushes.filter((_, i) => i !== index);
      this.chart.setBrushes(axis.name, rest, { done: true });
      this.chart.view.focusTrack(axis.name);
      return true;
    }
    const step = stepOf(event, axis);
    if (step === null) return false;
    const span = brushSpan(axis.brushes[index], axis.scale);
    const next = event.altKey ? shifted(span, step) : resized(span, end, step, leastLength(axis.scale));
    const brushes = axis.brushes.with(index, brushFromSpan(next[0], next[1], axis.scale, FINE / 10));
    this.chart.setBrushes(axis.name, brushes, { done: true });
    return true;
  }
}

/** How far a key moves an end, as a share of the axis; up is up on the screen, also on a flipped axis. */
function stepOf(event, { scale, flipped }) {
  const unit = scale.kind === "category" ? scale.band : event.shiftKey ? COARSE : FINE;
  const page = scale.kind === "category" ? scale.band : COARSE;
  const upward = { ArrowUp: unit, ArrowDown: -unit, PageUp: page, PageDown: -page, Home: 1, End: -1 }[event.key];
  if (upward === undefined) return null;
  return flipped ? -upward : upward;
}

function leastLength(scale) {
  return scale.kind === "category" ? scale.band : FINE;
}

function resized([low, high], end, step, least) {
  if (end === "high") return [low, Math.min(1, Math.max(low + least, high + step))];
  return [Math.max(0, Math.min(high - least, low + step)), high];
}

function shifted([low, high], step) {
  const by = Math.min(1 - high, Math.max(-low, step));
  return [low + by, high + by];
}
