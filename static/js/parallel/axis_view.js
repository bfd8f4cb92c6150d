/** The elements of one axis: title, tools, line, labels, brushes, slot. */

import { make, pool, setAttribute, setText } from "./elements.js";
import { formatCount } from "./numbers.js";

const ICONS = {
  flip: "M5 2v12M5 2 2 5M5 2l3 3M11 14V2m0 12 3-3m-3 3-3-3",
  menu: "M3 8h.01M8 8h.01M13 8h.01",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  path.setAttribute("d", ICONS[name]);
  return svg;
}

export class AxisView {
  #ticks = [];
  #boxes = [];
  #brushes = [];
  #x = 0;
  #drag = null;

  constructor(name) {
    this.root = make("div", "pc-axis", { "data-axis": name });
    this.head = this.root.appendChild(make("div", "pc-head"));
    this.title = this.head.appendChild(make("div", "pc-title"));
    this.tools = this.head.appendChild(make("div", "pc-tools"));
    this.flip = this.#tool("flip", "Flip (double-click the title)", icon("flip"));
    this.log = this.#tool("log", "Log scale", "log");
    this.menu = this.#tool("menu", "Options", icon("menu"));
    setAttribute(this.menu, "aria-haspopup", "menu");
    this.track = this.root.appendChild(make("div", "pc-track", { role: "group", tabindex: "-1" }));
    this.line = this.track.appendChild(make("div", "pc-line"));
    this.labels = this.track.appendChild(make("div", "pc-labels", { "aria-hidden": "true" }));
    this.slot = this.track.appendChild(make("button", "pc-slot", { type: "button", tabindex: "-1", "data-tool": "slot" }));
    this.slotCount = this.slot.appendChild(make("span", "pc-slot-count"));
  }

  #tool(name, title, content) {
    const button = make("button", `pc-tool pc-${name}`, { type: "button", tabindex: "-1", title, "data-tool": name });
    button.append(content);
    return this.tools.appendChild(button);
  }

  update(model, layout, sentence) {
    this.#x = model.x;
    this.#place();
    this.root.classList.toggle("pc-last", model.last);
    this.root.classList.toggle("pc-colored", model.colored);
    this.#updateHead(model);
    setAttribute(this.track, "aria-label", sentence);
    this.track.style.height = `${layout.stageHeight}px`;
    this.line.style.top = `${layout.top}px`;
    this.line.style.height = `${layout.bottom - layout.top}px`;
    this.#updateTicks(model.ticks);
    this.#updateBoxes(model.boxes);
    this.#updateSlot(model, layout);
    this.#updateBrushes(model);
  }

  #updateHead(model) {
    setText(this.title, model.titleLines.join("\n"));
    setAttribute(this.title, "title", `${model.title} – drag to move, double-click to flip`);
    this.root.classList.toggle("pc-flipped", model.flipped);
    this.root.classList.toggle("pc-logged", model.log);
    this.log.hidden = !model.canLog;
    setAttribute(this.flip, "aria-pressed", String(model.flipped));
    setAttribute(this.flip, "aria-label", `Flip ${model.title}`);
    setAttribute(this.log, "aria-pressed", String(model.log));
    setAttribute(this.log, "aria-label", `Log scale of ${model.title}`);
    setAttribute(this.menu, "aria-label", `Options of ${model.title}`);
  }

  #updateTicks(ticks) {
    pool(this.labels, this.#ticks, ticks.length, () => make("span", "pc-tick"));
    ticks.forEach((tick, i) => {
      const element = this.#ticks[i];
      setText(element, tick.text);
      if (tick.title) setAttribute(element, "title", tick.title);
      else element.removeAttribute("title");
      element.style.top = `${tick.y}px`;
    });
  }

  #updateBoxes(boxes) {
    pool(this.labels, this.#boxes, boxes.length, () => make("span", "pc-box"));
    boxes.forEach((box, i) => {
      this.#boxes[i].style.top = `${box.top}px`;
      this.#boxes[i].style.height = `${box.bottom - box.top}px`;
    });
  }

  #updateSlot({ missing, title }, layout) {
    this.slot.hidden = missing === null;
    if (missing === null) return;
    this.slot.style.top = `${layout.slotTop}px`;
    this.slot.style.height = `${layout.slotBottom - layout.slotTop}px`;
    setText(this.slotCount, formatCount(missing.count));
    setAttribute(this.slot, "aria-pressed", String(missing.selected));
    const text = `${formatCount(missing.count)} ${missing.count === 1 ? "run has" : "runs have"} no value of ${title}`;
    setAttribute(this.slot, "title", `${text}: click to select`);
    setAttribute(this.slot, "aria-label", text);
  }

  #updateBrushes({ brushes, title }) {
    pool(this.track, this.#brushes, brushes.length, makeBrush);
    brushes.forEach((brush, i) => {
      const element = this.#brushes[i];
      element.dataset.brush = brush.index;
      element.style.top = `${brush.top}px`;
      element.style.height = `${Math.max(2, brush.bottom - brush.top)}px`;
      setAttribute(element, "title", brush.text);
      for (const handle of element.children) updateHandle(handle, brush, title);
    });
  }

  /** Let the axis follow the pointer while its title is dragged; null puts it in its place. */
  dragTo(x) {
    this.#drag = x;
    this.root.classList.toggle("pc-dragging", x !== null);
    this.#place();
  }

  #place() {
    this.root.style.transform = `translateX(${this.#drag ?? this.#x}px)`;
  }

  handle(brushIndex, end) {
    const brush = this.#brushes.find((element) => element.dataset.brush === String(brushIndex));
    return brush ? brush.querySelector(`[data-end="${end}"]`) : null;
  }
}

function makeBrush() {
  const brush = make("div", "pc-brush");
  for (const end of ["high", "low"]) {
    const attributes = { role: "slider", tabindex: "0", "data-end": end, "aria-orientation": "vertical" };
    brush.append(make("div", "pc-handle", { ...attributes, "aria-valuemin": "0", "aria-valuemax": "100" }));
  }
  return brush;
}

function updateHandle(handle, brush, title) {
  const end = handle.dataset.end;
  setAttribute(handle, "aria-valuenow", String(Math.round(brush[end] * 100)));
  setAttribute(handle, "aria-valuetext", brush.ends[end]);
  setAttribute(handle, "aria-label", `${title}, ${end === "high" ? "upper" : "lower"} end of the brush`);
}
