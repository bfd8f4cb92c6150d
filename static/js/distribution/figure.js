/** The histogram as a figure for plotly.js: all runs faint, the selected ones in full before them. */

import { formatApart, formatCount, formatTick } from "../parallel/numbers.js";
import { shortName } from "../short_name.js";

const COLORS = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6", "--text-faint"];
const MOST_LETTERS = 18;
const TICKS = 12;
const FEW = 5;

/** The figure; `all` and `selected` are counts by group and bar, `selected` is null where nothing is selected. */
export function histogram({ column, bars, groups, all, selected }) {
  const traces = [];
  const bases = stacked(all);
  groups.names.forEach((name, group) => {
    const color = `var(${COLORS[group % COLORS.length]})`;
    traces.push(trace({ bars, name, color, group, base: bases[group], y: all[group], isFaint: selected !== null, column }));
  });
  groups.names.forEach((name, group) => {
    const color = `var(${COLORS[group % COLORS.length]})`;
    const y = selected ? selected[group] : new Float64Array(bars.center.length);
    traces.push({ ...trace({ bars, name: `${name}, selected`, color, group, base: bases[group], y, column }), showlegend: false });
  });
  return {
    data: traces,
    layout: {
      barmode: "overlay",
      dragmode: "select",
      selectdirection: "h",
      hovermode: "closest",
      showlegend: groups.names.length > 1,
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", xanchor: "left" },
      margin: { l: 56, r: 16, t: groups.names.length > 1 ? 48 : 12, b: 50 }, // so much most axes take: to make room, plotly.js lays out once more
      uirevision: column.name,
      meta: { rows: true },
      xaxis: { title: { text: shortName(column.label) }, automargin: true, fixedrange: true, zeroline: false, ...xTicks(column, bars) },
      yaxis: { title: { text: "Runs" }, automargin: true, fixedrange: true, rangemode: "tozero", zeroline: false, ...countTicks(bases, all) },
    },
  };
}

/** What changes when other runs are selected: the heights of the second half of the traces, and how faint the first is. */
export function selectedHeights(selected, groups, bars) {
  const count = groups.names.length;
  const none = Array.from({ length: bars.center.length }, () => 0);
  const opacity = [...Array(count).fill(selected ? 0.3 : 0.9), ...Array(count).fill(1)];
  const indices = Array.from({ length: 2 * count }, (_, i) => i);
  return { faintness: [{ opacity }, indices], heights: [{ y: groups.names.map((_, i) => (selected ? [...selected[i]] : none)) }, indices.slice(count)] };
}

function trace({ bars, name, color, base, y, isFaint = false, column }) {
  return {
    type: "bar",
    name,
    x: bars.center,
    width: bars.center.map((_, i) => bars.high[i] - bars.low[i]),
    base: [...base],
    y: [...y],
    opacity: isFaint ? 0.3 : 0.9,
    hoverinfo: "none",
    customdata: bars.center.map((_, i) => [
      [column.label, barText(column, bars, i)],
      [name, formatCount(y[i])],
    ]),
    marker: { color, line: { width: 1, color: "var(--surface)" } },
    selected: { marker: { opacity: 1 } },
    unselected: { marker: { opacity: 1 } },
  };
}

function stacked(counts) {
  const bases = [];
  let top = new Float64Array(counts[0]?.length ?? 0);
  for (const group of counts) {
    bases.push(top);
    top = top.map((height, i) => height + group[i]);
  }
  return bases;
}

/** What a bar stands for. */
export function barText(column, bars, i) {
  if (bars.texts) return bars.texts[i];
  if (bars.values) return valueText(column, bars.values[i]);
  return `${valueText(column, bars.edges[i])} to ${valueText(column, bars.edges[i + 1])}`;
}

function valueText({ kind }, value) {
  return kind === "time" ? new Date(value * 1000).toLocaleString() : formatTick(Number(value.toPrecision(5)));
}

/** Runs come in whole numbers: few of them need to be told so. */
function countTicks(bases, all) {
  const most = Math.max(0, ...(bases.at(-1) ?? []).map((base, i) => base + all.at(-1)[i]));
  return most <= FEW ? { dtick: 1 } : {};
}

function xTicks(column, bars) {
  const { texts, values, low, high, log } = bars;
  const range = low.length ? [low[0], high.at(-1)] : [0, 1];
  if (texts) return { range: padded(range), tickvals: bars.center, ticktext: texts.map(shortened) };
  if (values) {
    const every = Math.ceil(values.length / TICKS);
    const named = values.map((_, i) => i).filter((i) => i % every === 0);
    const ticktext = column.kind === "time" ? values.map((value) => valueText(column, value)) : formatApart([...values]);
    return { range: padded(range), tickvals: named, ticktext: named.map((i) => ticktext[i]) };
  }
  if (column.kind === "time") {
    const named = bars.edges.filter((_, i) => i % Math.ceil(bars.edges.length / 5) === 0);
    return { range, tickvals: named, ticktext: named.map((value) => valueText(column, value)) };
  }
  return log ? { type: "log", range: range.map(Math.log10) } : { range };
}

function padded([low, high]) {
  return [low - 0.2, high + 0.2];
}

function shortened(text) {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
}
