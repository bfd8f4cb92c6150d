/** The line under the pointer, a click that opens its run, and the same by keys: arrows step through runs, Enter opens. */

import { nearestLine } from "./nearest.js";

const REACH = { mouse: 12, touch: 24, pen: 16 }; // CSS pixels

export class Pointing {
  #pending = null;
  #ranked = null;
  #rank = -1;

  /**
   * `chart` gives scene, mask, busy, stagePoint(event), and takes point(index | null, {x, y, touch}) and open(index).
   * `surface` takes keys, `stage` pointers; `signal` ends it all.
   */
  constructor(stage, surface, chart, signal) {
    this.chart = chart;
    stage.addEventListener("pointermove", (event) => this.#onMove(event));
    stage.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && this.#leave());
    stage.addEventListener("click", (event) => this.#onClick(event));
    surface.addEventListener("keydown", (event) => this.#onKey(event));
    surface.addEventListener("blur", () => this.#leave());
    window.addEventListener("scroll", () => this.#leave(), { signal, capture: true, passive: true });
    const leaveOutside = (event) => !stage.contains(event.target) && this.#leave();
    document.addEventListener("pointerdown", leaveOutside, { signal });
  }

  /** Forget the order of runs after the selection or the colours changed. */
  reset() {
    this.#ranked = null;
  }

  #at(event) {
    if (event.target.closest(".pc-head, .pc-slot") || this.chart.busy) return null;
    const { x, y } = this.chart.stagePoint(event);
    return nearestLine(this.chart.scene, this.chart.mask, x, y, REACH[event.pointerType] ?? REACH.mouse);
  }

  /** At most one search a frame, however many events come. */
  #onMove(event) {
    if (event.pointerType === "touch") return;
    if (this.#pending === null) requestAnimationFrame(() => this.#search());
    this.#pending = event;
  }

  #search() {
    const event = this.#pending;
    this.#pending = null;
    if (event && this.chart.scene) this.chart.point(this.#at(event), { x: event.clientX, y: event.clientY, touch: false });
  }

  #leave() {
    this.#pending = null;
    if (this.chart.pointed !== null) this.chart.point(null, {});
  }

  /** A mouse opens what it points at; a finger has to see it first, so its second tap on a line opens. */
  #onClick(event) {
    if (event.target.closest(".pc-track, .pc-head")) return;
    if (event.pointerType === "touch") {
      const index = this.#at(event);
      if (index !== null && index === this.chart.pointed) this.chart.open(index);
      else this.chart.point(index, { x: event.clientX, y: event.clientY, touch: true });
      return;
    }
    if (this.#pending !== null) this.#search(); // a click's own place is rounded to whole pixels: the last move tells better
    if (this.chart.pointed !== null) this.chart.open(this.chart.pointed);
  }

  #onKey(event) {
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && this.chart.pointed !== null) this.chart.open(this.chart.pointed);
    else if (event.key === "Escape" && this.chart.pointed !== null) this.#leave();
    else if (!this.#step(event.key)) return;
    event.preventDefault();
  }

  #step(key) {
    this.#ranked ??= this.#rankRuns();
    const last = this.#ranked.length - 1;
    if (last < 0) return false;
    const from = this.#ranked[this.#rank] === this.chart.pointed ? this.#rank : -1;
    const to = { ArrowDown: from + 1, ArrowUp: Math.max(0, from - 1), Home: 0, End: last, PageDown: from + 10, PageUp: from - 10 }[key];
    if (to === undefined) return false;
    this.#rank = Math.max(0, Math.min(last, to));
    this.chart.point(this.#ranked[this.#rank], { keys: true });
    return true;
  }

  /** The selected runs, the strongest colour first, those without a value last. */
  #rankRuns() {
    const { scene, mask } = this.chart;
    const { column, strength } = scene.ink;
    const key = strength ?? ((code) => -code);
    const runs = [];
    for (let i = 0; i < mask.length; i += 1) if (mask[i]) runs.push(i);
    const keys = Float64Array.from(column.values, (value) => (Number.isFinite(value) ? key(value) : -Infinity));
    return runs.sort((a, b) => keys[b] - keys[a] || a - b);
  }
}
