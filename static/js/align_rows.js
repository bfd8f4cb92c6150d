/**
 * Rows of a table brought into the order of newer ones, before both are merged: what is new is put in, what is gone is taken away,
 * and the others stay where they are. Morphdom by itself would take out and put back every row below a new one, and the focus
 * with it.
 */

/** Align the rows of tables below `element` with those of the same tables below `target`; rows and tables have ids. */
export function alignRows(element, target) {
  for (const table of target.querySelectorAll("table[id]")) {
    const known = element.querySelector(`table[id="${CSS.escape(table.id)}"]`);
    const [from, to] = [known?.tBodies[0], table.tBodies[0]];
    if (from && to && [...to.rows].every((row) => row.id)) align(from, to);
  }
}

function align(from, to) {
  const wanted = new Set([...to.rows].map((row) => row.id));
  for (const row of [...from.rows]) if (!wanted.has(row.id)) take(row);
  const rows = new Map([...from.rows].map((row) => [row.id, row]));
  let place = from.rows[0] ?? null;
  for (const row of to.rows) {
    if (row.id === place?.id) place = place.nextElementSibling;
    else from.insertBefore(rows.has(row.id) ? take(rows.get(row.id)) : copy(row), place);
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

function copy(row) {
  const part = document.createDocumentFragment();
  part.append(row.cloneNode(true));
  if (row.nextSibling?.nodeType === Node.TEXT_NODE) part.append(row.nextSibling.cloneNode());
  return part;
}
