/** Axes moved by dragging their titles. */

const CLICK = 5; // CSS pixels below which it is no drag
const EDGE = 40;

export class Reordering {
  #drag = null;

  /** `chart` gives layout, axes, view, scroller and stageX(event), and takes move(name, place, {done}) and flip(name). */
  constructor(root, chart) {
    this.chart = chart;
    root.addEventListener("pointerdown", (event) => this.#start(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    root.addEventListener("pointerup", () => this.#end());
    root.addEventListener("pointercancel", () => this.#end());
    root.addEventListener("dblclick", (event) => {
      const title = event.target.closest(".pc-title");
      if (title) chart.flip(title.closest("[data-axis]").dataset.axis);
    });
  }

  get active() {
    return this.#drag !== null && this.#drag.moved;
  }

  #start(event) {
    const title = event.target.closest(".pc-title");
    if (!title || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    title.setPointerCapture(event.pointerId);
    const name = title.closest("[data-axis]").dataset.axis;
    const place = this.chart.axes.findIndex((axis) => axis.name === name);
    const x = this.chart.stageX(event);
    this.#drag = { name, startX: x, offset: x - this.chart.layout.xs[place], moved: false };
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag) return;
    this.#scrollNearEdges(event);
    const x = this.chart.stageX(event);
    drag.moved = drag.moved || Math.abs(x - drag.startX) > CLICK;
    if (!drag.moved) return;
    const { xs } = this.chart.layout;
    const at = Math.min(xs.at(-1), Math.max(xs[0], x - drag.offset));
    this.chart.view.view(drag.name).dragTo(at);
    const distances = xs.map((place) => Math.abs(place - at));
    this.chart.move(drag.name, distances.indexOf(Math.min(...distances)), { done: false });
  }

  #scrollNearEdges(event) {
    const box = this.chart.scroller.getBoundingClientRect();
    if (event.clientX < box.left + EDGE) this.chart.scroller.scrollLeft -= 8;
    else if (event.clientX > box.right - EDGE) this.chart.scroller.scrollLeft += 8;
  }

  #end() {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag || !drag.moved) return;
    this.chart.view.view(drag.name)?.dragTo(null);
    const place = this.chart.axes.findIndex((axis) => axis.name === drag.name);
    this.chart.move(drag.name, place, { done: true });
  }
}
