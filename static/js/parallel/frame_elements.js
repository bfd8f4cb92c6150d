/** The chart's elements around the axes: stage, sentences, the region that speaks. */

import { make, setText } from "./elements.js";

const HELP =
  "Arrow keys step through the runs, the best first; Enter opens one. On an axis: arrow up or down sets a brush, " +
  "left and right lead to other axes, with Alt they move it; F flips, L switches log, C colours, H hides, M opens options.";

let charts = 0;

export class FrameElements {
  #speech = null;

  constructor(element) {
    charts += 1;
    const helpId = `pc-help-${charts}`;
    this.root = element.appendChild(make("div", "pc"));
    this.top = this.root.appendChild(make("div", "pc-top"));
    this.surface = this.root.appendChild(
      make("div", "pc-scroll", { role: "group", tabindex: "0", "aria-label": "Parallel coordinates", "aria-describedby": helpId }),
    );
    this.stage = this.surface.appendChild(make("div", "pc-stage"));
    this.empty = this.surface.appendChild(make("p", "pc-empty", { hidden: true }));
    this.slotLabel = this.stage.appendChild(make("span", "pc-slot-label", { "aria-hidden": "true" }, "no value"));
    const words = this.root.appendChild(make("div", "pc-words"));
    this.summary = words.appendChild(make("p", "pc-summary"));
    this.notes = words.appendChild(make("p", "pc-notes"));
    this.root.append(make("p", "pc-hidden", { id: helpId }, HELP));
    this.live = this.root.appendChild(make("p", "pc-hidden", { "aria-live": "polite" }));
  }

  /** Say something to a screen reader, once things have calmed down. */
  speak(text) {
    clearTimeout(this.#speech);
    this.#speech = setTimeout(() => setText(this.live, text), 350);
  }

  showEmpty(text) {
    this.empty.hidden = text === null;
    this.stage.hidden = text !== null;
    if (text !== null) setText(this.empty, text);
  }

  setLayout(layout) {
    this.stage.style.width = `${layout.stageWidth}px`;
    this.stage.style.height = `${layout.stageHeight}px`;
    this.slotLabel.hidden = layout.slotTop === null;
    if (layout.slotTop === null) return;
    this.slotLabel.style.top = `${(layout.slotTop + layout.slotBottom) / 2}px`;
    this.slotLabel.style.width = `${layout.xs[0] - 12}px`;
  }

  setSummary(summary) {
    setText(this.summary, summary);
    this.surface.setAttribute("aria-label", summary);
  }

  setNotes(notes) {
    setText(this.notes, notes.join(" "));
    this.notes.hidden = notes.length === 0;
  }

  remove() {
    clearTimeout(this.#speech);
    this.root.remove();
  }
}

/** A function that measures texts in the chart's font, and remembers. */
export function textMeasure(theme) {
  const context = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  return (text, bold) => {
    const key = `${bold}${text}`;
    if (!widths.has(key)) {
      context.font = bold ? `600 12px ${theme.font}` : `400 11px ${theme.font}`;
      widths.set(key, context.measureText(text).width);
    }
    return widths.get(key);
  };
}
