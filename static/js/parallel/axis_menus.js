/** What the menus offer: one per axis, and one that lists all axes. */

import { orderedAxes } from "./view_state.js";

/** The options of one axis. */
export function axisItems(axis, chart) {
  const { name, column, scale, flipped, gaps } = axis;
  const place = chart.axes.indexOf(axis);
  const items = [{ label: "Flip", hint: "F", checked: flipped, run: () => chart.flip(name) }];
  if (column.canLog) items.push({ label: "Log scale", hint: "L", checked: scale.log, run: () => chart.setLog(name, !scale.log) });
  items.push({ label: "Colour by it", hint: "C", checked: chart.scene.ink.column === column, run: () => chart.colorBy(name) });
  if (axis.brushes.length) items.push({ label: "Clear brush", hint: "Del", run: () => chart.setBrushes(name, [], { done: true }) });
  if (gaps) items.push({ label: "Select runs without a value", checked: axis.brushes.includes(null), run: () => chart.toggleSlot(name) });
  if (place > 0) items.push({ label: "Move left", hint: "Alt ←", run: () => chart.move(name, place - 1, { done: true }) });
  if (place < chart.axes.length - 1) {
    items.push({ label: "Move right", hint: "Alt →", run: () => chart.move(name, place + 1, { done: true }) });
  }
  for (const { name: other, label } of chart.furtherOf(name)) {
    items.push({ label: `Axis of ${label}`, checked: chart.isShown(other), run: () => chart.toggle(other) });
  }
  items.push({ label: "Hide", hint: "H", run: () => chart.hide(name) });
  return items;
}

/** All axes, to show and hide. */
export function chooserItems(data, state, chart) {
  const furtherNames = new Set(data.further.map(({ name }) => name));
  const first = orderedAxes(state, data.axes).filter(({ name }) => !furtherNames.has(name));
  const items = first.map((column) => ({
    label: column.label,
    hint: column.aside && column.facts.varies ? "another metric" : column.facts.varies ? "" : column.facts.finite ? "does not vary" : "no values",
    ...toggleOf(column.name, chart),
  }));
  items.push(...data.further.map(({ name, label }) => ({ label, ...toggleOf(name, chart) })));
  items.push({ label: "Show only what varies, in the first order", run: () => chart.resetAxes() });
  return items;
}

function toggleOf(name, chart) {
  return { checked: chart.isShown(name), keepOpen: true, run: () => chart.toggle(name) };
}
