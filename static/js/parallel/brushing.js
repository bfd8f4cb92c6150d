/** Brushes made, moved, resized and cleared by pointer. */

import { brushFromSpan, brushSpan, mergeBrushes } from "./brushes.js";
import { positionOf, yOf } from "./layout.js";

const REACH = { mouse: 6, pen: 8, touch: 14 }; // CSS pixels around an end in which it is taken hold of
const CLICK = 3; // moves shorter than this are no drag

export class Brushing {
  #drag = null;

  /** `chart` gives axis(name), layout and stageY(event), and takes setBrushes(name, brushes, {done}). */
  constructor(root, chart) {
    this.root = root;
    this.chart = chart;
    root.addEventListener("pointerdown", (event) => this.#start(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    root.addEventListener("pointerup", (event) => this.#end(event));
    root.addEventListener("pointercancel", () => this.cancel());
    root.addEventListener("dblclick", (event) => this.#clearOne(event));
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.cancel());
  }

  get active() {
    return this.#drag !== null;
  }

  #start(event) {
    const track = event.target.closest(".pc-track");
    if (!track || event.button !== 0 || !event.isPrimary || event.target.closest(".pc-slot")) return;
    const axis = this.chart.axis(track.closest("[data-axis]").dataset.axis);
    const y = this.chart.stageY(event);
    if (y < this.chart.layout.top - 12 || y > this.chart.layout.bottom + 10) return;
    track.setPointerCapture(event.pointerId);
    const grip = this.#gripAt(axis, y, REACH[event.pointerType] ?? REACH.mouse);
    this.#drag = { ...grip, axis, startY: y, moved: false, before: axis.brushes };
    track.classList.add("pc-brushing");
  }

  /** What lies under the pointer: an end of a brush, its middle, or nothing, where a new brush begins. */
  #gripAt(axis, y, reach) {
    const { layout } = this.chart;
    const at = positionOf(y, layout, axis.flipped);
    let nearest = null;
    axis.brushes.forEach((brush, index) => {
      if (brush === null) return;
      const span = brushSpan(brush, axis.scale);
      span.forEach((position, end) => {
        const distance = Math.abs(yOf(position, layout, axis.flipped) - y);
        const outside = at < span[0] || at > span[1];
        const within = outside ? reach : Math.min(reach, this.#length(span) / 4);
        if (distance > within || (nearest && nearest.distance <= distance)) return;
        nearest = { kind: "resize", index, anchor: span[1 - end], distance };
      });
      if (!nearest && at >= span[0] && at <= span[1]) nearest = { kind: "move", index, span, at, distance: Infinity };
    });
    return nearest ?? { kind: "create", index: axis.brushes.length, anchor: at };
  }

  #length([low, high]) {
    return (high - low) * (this.chart.layout.bottom - this.chart.layout.top);
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag) return;
    const y = this.chart.stageY(event);
    drag.moved = drag.moved || Math.abs(y - drag.startY) > CLICK;
    if (drag.moved) this.chart.setBrushes(drag.axis.name, this.#brushesAt(drag, y), { done: false });
  }

  #brushesAt(drag, y) {
    const { layout } = this.chart;
    const { scale, flipped } = drag.axis;
    const at = positionOf(y, layout, flipped);
    const pixel = 1 / (layout.bottom - layout.top);
    const [low, high] = drag.kind === "move" ? movedSpan(drag, at, scale) : [drag.anchor, at];
    const brushes = [...drag.before];
    const brush = brushFromSpan(low, high, scale, pixel);
    if (drag.kind === "create" && brushes.at(-1) === null) brushes.splice(-1, 0, brush);
    else brushes[drag.index] = brush;
    return brushes;
  }

  #end(event) {
    const drag = this.#finish();
    if (!drag) return;
    const { axis } = drag;
    if (drag.moved) {
      const brushes = mergeBrushes(this.#brushesAt(drag, this.chart.stageY(event)), axis.scale);
      this.chart.setBrushes(axis.name, brushes, { done: true });
    } else if (drag.kind === "create" && axis.brushes.length) this.chart.setBrushes(axis.name, [], { done: true });
  }

  #finish() {
    const drag = this.#drag;
    this.#drag = null;
    this.root.querySelector(".pc-brushing")?.classList.remove("pc-brushing");
    return drag;
  }

  /** Give up a drag: the brushes are as before. */
  cancel() {
    const drag = this.#finish();
    if (drag) this.chart.setBrushes(drag.axis.name, drag.before, { done: true });
  }

  #clearOne(event) {
    const brush = event.target.closest(".pc-brush");
    if (!brush) return;
    const axis = this.chart.axis(brush.closest("[data-axis]").dataset.axis);
    const rest = axis.brushes.filter((_, index) => index !== Number(brush.dataset.brush));
    this.chart.setBrushes(axis.name, rest, { done: true });
  }
}

/** A span moved with the pointer, whole, inside the axis; on a category axis by whole bands. */
function movedSpan({ span, at: start }, at, scale) {
  const length = span[1] - span[0];
  let low = Math.min(1 - length, Math.max(0, span[0] + at - start));
  if (scale.kind === "category") low = Math.round(low / scale.band) * scale.band;
  return [low, low + length];
}
