/** The legend: what a colour means. */

import { make } from "./elements.js";
import { formatCount, formatTick } from "./numbers.js";
import { CATEGORY_COLORS, cssColor } from "./palette.js";

const MOST_SWATCHES = CATEGORY_COLORS + 1;

/** What the legend of an ink says, for the page and for an exported figure: {title, ends, middle, palette} or {title, swatches}. */
export function legendModel(ink, theme) {
  const title = ink.column.label;
  const without = { text: "no value", color: theme.plain, present: hasGaps(ink.column) };
  if (ink.kind === "category") return { title, swatches: swatches(ink, theme), without };
  const { range, column } = ink;
  const descending = column.goal === "minimize";
  const [low, middle, high] = [range.low, range.middle, range.high].map((value) => formatTick(Number(value.toPrecision(3))));
  const ends = [descending || !range.ranked ? low : `≤ ${low}`, descending && range.ranked ? `≥ ${high}` : high];
  if (descending) ends.reverse();
  const flat = range.low === range.high;
  if (flat) return { title, swatches: [{ text: low, color: theme.palette.at(-1) }], without };
  return {
    title,
    hint: column.goal ? (descending ? "lower is better" : "higher is better") : "",
    ends,
    middle: range.ranked ? `median ${middle}` : middle,
    palette: theme.palette,
    without,
  };
}

function hasGaps(column) {
  return column.facts.missing + column.facts.infinite > 0;
}

function swatches(ink, theme) {
  const { labels } = ink.column;
  const named = labels.length > MOST_SWATCHES ? labels.slice(0, CATEGORY_COLORS) : labels;
  const list = named.map((text, code) => ({ text, color: ink.colors[code] }));
  const rest = labels.length - named.length;
  return rest ? [...list, { text: `${formatCount(rest)} others`, color: theme.muted }] : list;
}

/** Write a legend into its element. */
export function showLegend(element, model) {
  const title = make("span", "pc-legend-title", {}, model.title);
  const parts = model.swatches ? model.swatches.map(swatch) : [ramp(model)];
  if (model.without.present) parts.push(swatch(model.without));
  element.replaceChildren(title, ...parts);
}

function swatch({ text, color }) {
  const item = make("span", "pc-swatch");
  const mark = item.appendChild(make("span", "pc-swatch-mark", { "aria-hidden": "true" }));
  mark.style.background = cssColor(color);
  item.append(make("span", "pc-swatch-text", { title: text }, text));
  return item;
}

function ramp(model) {
  const box = make("span", "pc-ramp");
  box.append(make("span", "pc-ramp-end", {}, model.ends[0]));
  const bar = box.appendChild(make("span", "pc-ramp-bar"));
  const { palette } = model;
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => cssColor(palette[Math.round(share * (palette.length - 1))]));
  bar.style.background = `linear-gradient(to right, ${steps.join(", ")})`;
  bar.append(make("span", "pc-ramp-middle", {}, model.middle));
  box.append(make("span", "pc-ramp-end", {}, model.ends[1]));
  if (model.hint) box.append(make("span", "pc-ramp-hint", {}, model.hint));
  return box;
}
