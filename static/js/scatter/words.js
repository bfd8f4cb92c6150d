/** What a scatter plot shows, in words: its sentence, and the run under the pointer. */

import { formatCount, formatValue } from "../parallel/numbers.js";

const MOST_PARAMETERS = 10;
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** "loss over lr of 9,980 of 10,000 runs, coloured by loss; 412 selected. 20 runs lack a value." */
export function scatterSentence({ data, axes, color, size, mask, selected }) {
  const [x, y] = axes;
  let [placed, inside] = [0, 0];
  for (let i = 0; i < x.places.length; i += 1) {
    if (!Number.isFinite(x.places[i]) || !Number.isFinite(y.places[i])) continue;
    placed += 1;
    inside += mask[i];
  }
  const lacking = data.shown - placed;
  const of = placed === data.total ? runs(placed) : `${formatCount(placed)} of ${runs(data.total)}`;
  const by = [color && `coloured by ${color.label}`, size && `sized by ${size.label}`].filter(Boolean).join(" and ");
  const chosen = selected ? `; ${formatCount(inside)} selected` : "";
  const log = axes.some(({ isLog }) => isLog) ? " with a place on these scales" : "";
  const left = lacking ? ` ${runs(lacking)} of ${formatCount(data.shown)} ${lacking === 1 ? "lacks" : "lack"} a value${log}.` : "";
  return `${y.column.label} over ${x.column.label} of ${of}${by ? `, ${by}` : ""}${chosen}.${left}${sampleNote(data)}`;
}

/** What has to be said where the charts do not have all runs. */
export function sampleNote({ shown, total }) {
  return shown >= 20_000 && shown < total ? ` Charts show the newest ${formatCount(shown)} runs.` : "";
}

function runs(count) {
  return count === 1 ? "1 run" : `${formatCount(count)} runs`;
}

/** The value of a run in a column. */
export function valueText({ kind, values, labels }, index) {
  const value = values[index];
  if (!Number.isFinite(value)) return "no value";
  if (kind === "category") return labels[value];
  return kind === "time" ? MOMENT.format(value * 1000) : formatValue(value);
}

/** What a tooltip says of a run: what is drawn, then its config. */
export function runRows(data, columns, index) {
  const parameters = data.axes.filter(({ name }) => name.startsWith("config."));
  const shown = [...new Set([...columns, data.column("state"), ...parameters.slice(0, MOST_PARAMETERS)].filter(Boolean))];
  const rest = parameters.length - MOST_PARAMETERS;
  const rows = shown.map((column) => [column.label, valueText(column, index)]);
  return rest > 0 ? [...rows, ["", `and ${rest} more parameters`]] : rows;
}
