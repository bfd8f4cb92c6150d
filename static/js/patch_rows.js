/**
 * Rows of a table that another view of it takes over, at the same places: most of their words are new, and to put other words into
 * a cell takes the browser a third of the time of another cell. What is in the window is patched at once, the rest after the frame.
 */

const MARGIN = 1; // rows beyond the window that count as in it
const MOST = 0.8; // of the rows in the window: all are done at once

/**
 * Begin to patch `body` with the rows of `newer`, which it takes over; return what patches the rows out of the window, null where
 * none are left.
 */
export function patchRows(body, newer) {
  const rows = [...newer.rows];
  const [begin, end] = placesInWindow(body, rows.length);
  for (const row of [...body.rows].slice(rows.length)) row.remove();
  body.append(...rows.slice(body.rows.length));
  patchAll(body, rows, begin, end);
  if (begin === 0 && end === rows.length) return null;
  return () => {
    patchAll(body, rows, 0, begin);
    patchAll(body, rows, end, rows.length);
  };
}

function patchAll(body, rows, begin, end) {
  for (let place = begin; place < end; place += 1) if (body.rows[place] !== rows[place]) patch(body.rows[place], rows[place]);
}

/** The places of the rows that the window shows, of `count` rows as high as the first: from, and before. */
function placesInWindow(body, count) {
  const box = body.rows[0]?.getBoundingClientRect();
  if (!box?.height || document.hidden) return [0, count];
  const begin = Math.max(Math.floor(-box.top / box.height) - MARGIN, 0);
  const end = Math.min(Math.ceil((window.innerHeight - box.top) / box.height) + MARGIN, count);
  return end <= begin || end - begin > MOST * count ? [0, count] : [begin, end];
}

/** Make an element or a text equal to a newer one of the same kind, whose parts may be taken. */
function patch(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  patchAttributes(from, to);
  if (from.localName === "input") from.checked = to.checked;
  if (!isAlike(from, to)) return from.replaceChildren(...to.childNodes);
  for (let a = from.firstChild, b = to.firstChild; a; a = a.nextSibling, b = b.nextSibling) patch(a, b);
}

function patchAttributes(from, to) {
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  if (from.attributes.length === to.attributes.length) return;
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
}

/** Whether both have children of the same kinds. */
function isAlike(from, to) {
  let [a, b] = [from.firstChild, to.firstChild];
  for (; a && b; a = a.nextSibling, b = b.nextSibling) if (a.nodeName !== b.nodeName) return false;
  return a === b;
}
