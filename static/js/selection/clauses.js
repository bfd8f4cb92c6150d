/**
 * What is selected, as clauses that must all hold; sweeps_app/query/selection.py describes their form in the address. Here they
 * become masks over columns, and brushes of parallel coordinates and back.
 */

import { isInside, onScale } from "./polygon.js";

/** What the key of a column begins with that says which runs a filter of the table finds: those that have a value. */
export const FILTER = "filter:";

/** The clauses of a text; none where it cannot be read, which the server says in words. */
export function readClauses(text) {
  try {
    const found = JSON.parse(text || "[]");
    return Array.isArray(found) ? found.filter((clause) => clause && typeof clause === "object") : [];
  } catch {
    return [];
  }
}

export function writeClauses(clauses) {
  return clauses.length ? JSON.stringify(clauses) : "";
}

/** The keys of the columns that a clause looks at. */
export function keysOf(clause) {
  if (clause.filter !== undefined) return [FILTER + clause.filter];
  return clause.lasso ?? [clause.number ?? clause.category].filter((key) => key !== undefined);
}

/** Whether two clauses are about the same, so that one takes the place of the other. */
export function isSameSubject(one, other) {
  return keysOf(one).join("\n") === keysOf(other).join("\n") && Boolean(one.runs) === Boolean(other.runs);
}

/** The clauses with one put in the place of those about the same, or taken away where `clause` has nothing to say. */
export function withClause(clauses, clause) {
  const at = clauses.findIndex((known) => isSameSubject(known, clause));
  const entries = clause.in ?? clause.runs ?? clause.points ?? clause.filter;
  if (!entries.length) return clauses.filter((_, place) => place !== at);
  return at < 0 ? [...clauses, clause] : clauses.map((known, place) => (place === at ? clause : known));
}

/** Write 1 for each run for which all clauses hold, else 0; return how many. A column that is not there yet excludes none. */
export function fillMask(mask, clauses, data) {
  mask.fill(1);
  for (const clause of clauses) {
    const test = testOf(clause, data);
    if (!test) continue;
    for (let i = 0; i < mask.length; i += 1) if (mask[i] && !test(i)) mask[i] = 0;
  }
  let count = 0;
  for (let i = 0; i < mask.length; i += 1) count += mask[i];
  return count;
}

function testOf(clause, data) {
  if (clause.runs) {
    const ids = new Set(clause.runs);
    return (i) => ids.has(data.ids[i]);
  }
  const columns = keysOf(clause).map((key) => data.column(key));
  if (columns.some((column) => !column)) return null;
  if (clause.lasso) return lassoTest(clause, columns);
  if (clause.filter !== undefined) return (i) => !Number.isNaN(columns[0].values[i]);
  return clause.category === undefined ? numberTest(clause, columns[0]) : categoryTest(clause, columns[0]);
}

function numberTest({ in: alternatives, log }, { values }) {
  const missing = alternatives.includes(null);
  const spans = alternatives.filter(Boolean).map(([low, high]) => [low ?? -Infinity, high ?? Infinity]);
  return (i) => {
    const value = values[i];
    if (!Number.isFinite(value) || (log && value <= 0)) return missing;
    return spans.some(([low, high]) => value >= low && value <= high);
  };
}

function categoryTest({ in: alternatives }, { values, labels = [] }) {
  const missing = alternatives.includes(null);
  const codes = new Set(alternatives.map((label) => labels.indexOf(label)).filter((code) => code >= 0));
  return (i) => (Number.isNaN(values[i]) ? missing : codes.has(values[i]));
}

function lassoTest({ points, log = [], labels = [] }, columns) {
  const polygon = points.map((point) => point.map((value, axis) => onScale(value, log[axis])));
  const [x, y] = columns.map((column, axis) => placesOf(column, log[axis], labels[axis]));
  return (i) => isInside(polygon, x(i), y(i));
}

/** Categories lie where the outline's own list of them says, whatever has come since. */
function placesOf({ values, labels: own }, log, labels) {
  if (!labels) return (i) => onScale(values[i], log);
  const places = own.map((label) => labels.indexOf(label)).map((place) => (place < 0 ? NaN : place));
  return (i) => places[values[i]] ?? NaN;
}

/** The clauses that axes can show as brushes: {name: [brush]}; see parallel/brushes.js. */
export function brushesOf(clauses, axes) {
  const kinds = new Map(axes.map((axis) => [axis.name, axis.kind]));
  const brushes = {};
  for (const clause of clauses) {
    const [key] = keysOf(clause);
    if (!isBrush(clause, kinds)) continue;
    brushes[key] = clause.category === undefined ? clause.in : [clause.in.filter((label) => label !== null)].filter((b) => b.length);
    if (clause.category !== undefined && clause.in.includes(null)) brushes[key].push(null);
  }
  return brushes;
}

/** The clauses that no axis shows. */
export function withoutBrushes(clauses, axes) {
  const kinds = new Map(axes.map((axis) => [axis.name, axis.kind]));
  return clauses.filter((clause) => !isBrush(clause, kinds));
}

function isBrush(clause, kinds) {
  if (clause.lasso || clause.runs || clause.filter !== undefined) return false;
  return kinds.get(keysOf(clause)[0]) === (clause.category === undefined ? "number" : "category");
}

/** The clauses with the brushes of axes in the place of those that axes showed before; `isLog(axis)` says how one is drawn. */
export function withBrushes(clauses, brushes, axes, isLog) {
  const kinds = new Map(axes.map((axis) => [axis.name, axis.kind]));
  let found = clauses.filter((clause) => !isBrush(clause, kinds) || brushes[keysOf(clause)[0]]?.length);
  for (const axis of axes) if (brushes[axis.name]?.length) found = withClause(found, clauseOf(axis, brushes[axis.name], isLog));
  return found;
}

function clauseOf(axis, brushes, isLog) {
  if (axis.kind === "category") return { category: axis.name, in: brushes.flatMap((brush) => brush ?? [null]) };
  return { number: axis.name, in: brushes, ...(isLog(axis) ? { log: true } : {}) };
}
