/** The run under the pointer: its name, state and values. */

import { make } from "./elements.js";
import { runName } from "./words.js";

const OFFSET = 16;

export class Tooltip {
  constructor(parent) {
    this.root = parent.appendChild(make("div", "pc-tip", { popover: "manual", "aria-hidden": "true" }));
  }

  /** Show run `index` at a point of the window; `hint` is a last line, if any. */
  show({ data, axes, ink, index, x, y, hint }) {
    const { runs } = data;
    const head = make("div", "pc-tip-head");
    head.append(make("span", "pc-tip-name", {}, runName(data, index)));
    const state = runs.states?.[index];
    if (state) head.append(make("span", `pc-tip-state state state-${state}`, {}, state.replaceAll("_", " ")));
    const list = make("dl", "pc-tip-values");
    const columns = axes.map((axis) => axis.column);
    if (!columns.includes(ink.column)) columns.push(ink.column);
    const scales = new Map(axes.map((axis) => [axis.column, axis.scale]));
    for (const column of columns) list.append(...row(column, scales.get(column) ?? ink.scale, index, ink));
    this.root.replaceChildren(head, list, ...(hint ? [make("div", "pc-tip-hint", {}, hint)] : []));
    if (!this.root.matches(":popover-open")) this.root.showPopover();
    this.#place(x, y);
  }

  /** Beside the point, on the side with room, and inside the window. */
  #place(x, y) {
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const { clientWidth, clientHeight } = document.documentElement;
    const right = x + OFFSET + width <= clientWidth - 8;
    const left = right ? x + OFFSET : Math.max(8, Math.min(x - OFFSET - width, clientWidth - width - 8));
    const top = Math.max(8, Math.min(y + OFFSET, clientHeight - height - 8));
    this.root.style.left = `${left}px`;
    this.root.style.top = `${top}px`;
  }

  hide() {
    if (this.root.matches(":popover-open")) this.root.hidePopover();
  }
}

function row(column, scale, index, ink) {
  const value = column.values[index];
  const text = scale.format(value);
  const colored = column === ink.column ? "pc-tip-colored" : "";
  const gap = Number.isFinite(value) ? "" : "pc-tip-missing";
  return [
    make("dt", colored, { title: column.label }, column.label),
    make("dd", [colored, gap].filter(Boolean).join(" "), {}, text),
  ];
}
