/**
 * What the viewer has chosen, as a plain object that fits into a URL. Only what differs from the default is kept:
 * {order: [names], hidden: [names], shown: [names], flipped: [names], log: {name: bool}, brushes: {name: [brush]}, color: name}
 */

import { cleanBrushes } from "./brushes.js";

const LISTS = ["order", "hidden", "shown", "flipped"];

/** A complete state from anything: unknown parts are left out, names of axes not (yet) there are kept. */
export function readState(raw) {
  const given = raw && typeof raw === "object" ? raw : {};
  const state = { log: {}, brushes: {}, color: typeof given.color === "string" ? given.color : null };
  for (const key of LISTS) {
    const names = Array.isArray(given[key]) ? given[key] : [];
    state[key] = [...new Set(names.filter((name) => typeof name === "string"))];
  }
  for (const [name, on] of entries(given.log)) if (typeof on === "boolean") state.log[name] = on;
  for (const [name, brushes] of entries(given.brushes)) {
    if (Array.isArray(brushes) && brushes.length) state.brushes[name] = structuredClone(brushes);
  }
  return state;
}

function entries(value) {
  return value && typeof value === "object" ? Object.entries(value) : [];
}

/** The state without its empty parts, as a copy of its own. */
export function compactState(state) {
  const compact = {};
  for (const key of LISTS) if (state[key].length) compact[key] = [...state[key]];
  for (const key of ["log", "brushes"]) {
    if (Object.keys(state[key]).length) compact[key] = structuredClone(state[key]);
  }
  if (state.color) compact.color = state.color;
  return compact;
}

/** All axes in the viewer's order; those the order does not name stay behind the axis they follow in the data. */
export function orderedAxes(state, axes) {
  const byName = new Map(axes.map((axis) => [axis.name, axis]));
  const ordered = state.order.filter((name) => byName.has(name));
  if (ordered.length === 0) return axes;
  axes.forEach((axis, i) => {
    if (ordered.includes(axis.name)) return;
    const before = i > 0 ? ordered.indexOf(axes[i - 1].name) : -1;
    ordered.splice(before + 1, 0, axis.name);
  });
  return ordered.map((name) => byName.get(name));
}

/** The axes to draw: at first those that vary, then as the viewer hides and shows them. */
export function visibleAxes(state, axes) {
  const ordered = orderedAxes(state, axes);
  const usual = ordered.filter((axis) => !axis.aside);
  const byDefault = usual.filter((axis) => axis.facts.varies);
  const fallback = byDefault.length < 2 ? usual : byDefault;
  return ordered.filter((axis) => {
    if (state.hidden.includes(axis.name)) return false;
    return state.shown.includes(axis.name) || axis.name in state.brushes || fallback.includes(axis);
  });
}

export function isLog(state, axis) {
  return axis.canLog && (state.log[axis.name] ?? axis.log);
}

/** Bring the brushes of axes that the data knows into shape; drop those that mean nothing on their axis. */
export function settleBrushes(state, axes, scaleOf) {
  for (const axis of axes) {
    if (!(axis.name in state.brushes)) continue;
    setBrushes(state, axis.name, cleanBrushes(state.brushes[axis.name], axis, scaleOf(axis)));
  }
}

export function setBrushes(state, name, brushes) {
  if (brushes.length) state.brushes[name] = brushes;
  else delete state.brushes[name];
}

/** Show or hide an axis; one that stands aside is hidden unless it is shown. */
export function setHidden(state, name, hide, isAside = false) {
  state.hidden = state.hidden.filter((other) => other !== name);
  state.shown = state.shown.filter((other) => other !== name);
  if (!hide || !isAside) state[hide ? "hidden" : "shown"].push(name);
  if (hide) delete state.brushes[name]; // a filter that nobody sees would mislead
}

export function toggleFlipped(state, name) {
  const flipped = state.flipped.includes(name);
  state.flipped = flipped ? state.flipped.filter((other) => other !== name) : [...state.flipped, name];
}

export function setLog(state, axis, on) {
  if (on === axis.log) delete state.log[axis.name];
  else state.log[axis.name] = on;
}

/** Move an axis to a place among the visible ones. */
export function moveAxis(state, axes, name, place) {
  const visible = visibleAxes(state, axes).map((axis) => axis.name);
  const from = visible.indexOf(name);
  const target = Math.max(0, Math.min(visible.length - 1, place));
  if (from < 0 || from === target) return false;
  const all = orderedAxes(state, axes).map((axis) => axis.name);
  all.splice(all.indexOf(name), 1);
  const neighbour = visible[target];
  all.splice(all.indexOf(neighbour) + (target > from ? 1 : 0), 0, name);
  const natural = axes.map((axis) => axis.name);
  state.order = all.every((other, i) => other === natural[i]) ? [] : all;
  return true;
}
