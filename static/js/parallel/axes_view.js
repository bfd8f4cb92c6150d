/** All axes on the stage. Elements are kept while their axis is shown, so that focus and a drag survive every redraw. */

import { AxisView } from "./axis_view.js";
import { axisModel } from "./axis_model.js";
import { make, setAttribute } from "./elements.js";
import { axisSentence } from "./words.js";

export class AxesView {
  #views = new Map();
  #active = null;

  constructor(stage) {
    this.root = stage.appendChild(make("div", "pc-axes"));
    this.root.addEventListener("focusin", (event) => {
      const axis = event.target.closest("[data-axis]");
      if (axis) this.#setActive(axis.dataset.axis);
    });
  }

  update(scene, measure) {
    const shown = new Set(scene.axes.map((axis) => axis.name));
    for (const [name, view] of this.#views) {
      if (shown.has(name)) continue;
      view.root.remove();
      this.#views.delete(name);
    }
    for (const axis of scene.axes) {
      if (!this.#views.has(axis.name)) this.#views.set(axis.name, new AxisView(axis.name));
      this.updateAxis(scene, axis, measure);
    }
    this.#sortElements(scene.axes);
    const first = scene.axes.length ? scene.axes[0].name : null;
    this.#setActive(shown.has(this.#active) ? this.#active : first);
  }

  updateAxis(scene, axis, measure) {
    const model = axisModel(axis, scene.axes.indexOf(axis), scene, measure);
    this.#views.get(axis.name).update(model, scene.layout, axisSentence(axis));
  }

  /** The order of the elements is the order of reading and of the Tab key. Moving one would take its focus and its pointer. */
  #sortElements(axes) {
    const held = this.root.querySelector(".pc-dragging") ?? document.activeElement?.closest("[data-axis]");
    const wanted = axes.map((axis) => this.#views.get(axis.name).root);
    if (wanted.every((element, i) => this.root.children[i] === element)) return;
    const at = wanted.indexOf(held);
    if (at < 0 || held.parentNode !== this.root) {
      this.root.append(...wanted);
      return;
    }
    held.before(...wanted.slice(0, at));
    held.after(...wanted.slice(at + 1));
  }

  /** One track and one menu button are in the order of the Tab key: arrow keys lead to the others. */
  #setActive(name) {
    this.#active = name;
    for (const [other, view] of this.#views) {
      const tabindex = other === name ? "0" : "-1";
      setAttribute(view.track, "tabindex", tabindex);
      setAttribute(view.menu, "tabindex", tabindex);
    }
  }

  view(name) {
    return this.#views.get(name);
  }

  focusTrack(name) {
    this.#views.get(name)?.track.focus();
  }

  focusHandle(name, brushIndex, end) {
    this.#views.get(name)?.handle(brushIndex, end)?.focus();
  }
}
