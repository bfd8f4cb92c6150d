/** Above the chart: the legend, what colours the lines, which axes are shown, and a way to clear all brushes. */

import { make, setText } from "./elements.js";
import { legendModel, showLegend } from "./legend.js";
import { orderedAxes } from "./view_state.js";

export class Toolbar {
  #options = "";

  /** `chart` takes colorBy(name), clearBrushes(), openAxes(button). */
  constructor(parent, chart) {
    this.root = parent.appendChild(make("div", "pc-bar"));
    this.legend = this.root.appendChild(make("div", "pc-legend"));
    const tools = this.root.appendChild(make("div", "pc-bar-tools"));
    this.clear = tools.appendChild(make("button", "button quiet", { type: "button" }, "Clear brushes"));
    const label = tools.appendChild(make("label", "pc-color", {}, "Colour"));
    this.color = label.appendChild(make("select", "input"));
    this.axes = tools.appendChild(make("button", "button", { type: "button", "aria-haspopup": "menu" }, "Axes"));
    this.clear.addEventListener("click", () => chart.clearBrushes());
    this.color.addEventListener("change", () => chart.colorBy(this.color.value));
    this.axes.addEventListener("click", () => chart.openAxes(this.axes));
  }

  update({ data, state, scene, theme }) {
    showLegend(this.legend, legendModel(scene.ink, theme));
    this.showBrushes(scene.axes);
    this.#updateColors(data, state);
    const isOffered = [...this.color.options].some(({ value }) => value === state.color);
    this.color.value = isOffered ? state.color : scene.ink.column.name; // its column may be on its way
    const shown = scene.axes.length;
    const further = new Set(data.further.map(({ name }) => name));
    const all = data.axes.filter(({ name }) => !further.has(name) || scene.axes.some((axis) => axis.name === name)).length;
    setText(this.axes, shown < all ? `Axes ${shown} of ${all}` : "Axes");
  }

  showBrushes(axes) {
    const count = axes.reduce((sum, axis) => sum + axis.brushes.length, 0);
    const hide = count === 0;
    if (hide && document.activeElement === this.clear) this.axes.focus();
    this.clear.hidden = hide;
    setText(this.clear, count === 1 ? "Clear brush" : "Clear brushes");
  }

  #updateColors(data, state) {
    const further = new Set(data.further.map(({ name }) => name));
    const columns = orderedAxes(state, data.axes).filter(({ name }) => !further.has(name));
    if (data.color && !columns.includes(data.color)) columns.unshift(data.color);
    const all = [...columns, ...data.further];
    const key = JSON.stringify(all.map((column) => [column.name, column.label]));
    if (key === this.#options) return;
    this.#options = key;
    this.color.replaceChildren(...all.map((column) => make("option", "", { value: column.name }, column.label)));
  }
}
