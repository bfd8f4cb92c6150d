/**
 * Rows of a table brought into the order of newer ones, before both are merged: what is new is put in, what is gone is taken away,
 * and the others stay where they are. Morphdom by itself would take out and put back every row below a new one, and the focus
 * with it.
 */

const settled = new WeakSet();

/** Whether an element of the newer table stands for what is in the page already, where nothing of it is left to merge. */
export function isSettled(element) {
  return settled.has(element);
}

/** Say that an element of the newer table needs no merging. */
export function settle(element) {
  settled.add(element);
}

/** Align the rows of tables below `element` with those of the same tables below `target`; rows and tables have ids. */
export function alignRows(element, target) {
  for (const [from, to] of bodiesOf(element, target)) align(from, to);
}

/** The bodies of tables that both have, whose rows can be told from each other. */
export function bodiesOf(element, target) {
  return [...target.querySelectorAll("table[id]")]
    .map((table) => [element.querySelector(`table[id="${CSS.escape(table.id)}"]`)?.tBodies[0], table.tBodies[0]])
    .filter(([from, to]) => from && to && !settled.has(to) && [...to.rows].every((row) => row.id));
}

function align(from, to) {
  const wanted = new Set([...to.rows].map((row) => row.id));
  for (const row of [...from.rows]) if (!wanted.has(row.id)) take(row);
  const rows = new Map([...from.rows].map((row) => [row.id, row]));
  let place = from.rows[0] ?? null;
  for (const row of [...to.rows]) {
    if (row.id === place?.id) place = place.nextElementSibling;
    else from.insertBefore(rows.has(row.id) ? take(rows.get(row.id)) : moved(row), place);
  }
}

/** Take a row away with the space after it, and return both. */
function take(row) {
  const part = document.createDocumentFragment();
  const space = row.nextSibling;
  part.append(row);
  if (space?.nodeType === Node.TEXT_NODE) part.append(space);
  return part;
}

/** Return a new row itself, with the space after it; what stands in its place is the same to morphdom by its id. */
function moved(row) {
  const place = row.cloneNode();
  settled.add(place);
  row.replaceWith(place);
  const part = document.createDocumentFragment();
  part.append(row);
  if (place.nextSibling?.nodeType === Node.TEXT_NODE) part.append(place.nextSibling.cloneNode());
  return part;
}
