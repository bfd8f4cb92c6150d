/**
 * Moving through the table by keys, as in a grid: one cell is in the order of Tab, arrow keys go on from there. A cell with a
 * link or a box hands the focus on to it.
 */

import { navigate } from "../live.js";
import { prepareMerges } from "../merge.js";

const PAGE = 10;
const WIDGETS = "a, input:not([hidden]), button";
const REACHABLE = `${WIDGETS}, [tabindex]`; // all that Tab may lead to: most cells have none of it
let at = { row: 1, column: 1 }; // row 0 is the heads
let id = ""; // of the row, which may come to stand elsewhere

/** Begin to listen. */
export function startGrid() {
  prepareMerges(showGrid);
  document.addEventListener("click", sortAlso);
  document.addEventListener("keydown", pressed);
  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest?.("#runs-table :is(th, td)");
    if (cell && place(cell)) setAt(place(cell));
  });
}

/** With Shift a head's link adds its key to those that the table is sorted by. */
function sortAlso(event) {
  const link = event.target.closest?.("a[data-also]");
  if (!link || !event.shiftKey) return;
  event.preventDefault();
  navigate(link.dataset.also);
}

/** Let exactly one cell be reached by Tab. */
export function showGrid(root = document) {
  const rows = rowsOf(root);
  if (!rows.length) return;
  const known = rows.findIndex((row) => row.id && row.id === id);
  const row = known < 0 ? Math.min(at.row, rows.length - 1) : known;
  at = { row, column: Math.min(at.column, rows[row].cells.length - 1) };
  id = rows[at.row].id;
  const reached = rows[at.row].cells[at.column];
  const cells = new Set(rows.flatMap((row) => [...row.querySelectorAll(REACHABLE)].map((element) => element.closest("th, td"))));
  for (const cell of cells.add(reached)) setReached(cell, cell === reached);
}

function rowsOf(root = document) {
  const table = root.querySelector("#runs-table");
  return table ? [table.tHead.rows[table.tHead.rows.length - 1], ...[...table.tBodies].flatMap((body) => [...body.rows])] : [];
}

function widgetOf(cell) {
  return cell.querySelector(WIDGETS) ?? cell;
}

function setReached(cell, isReached) {
  const widget = widgetOf(cell);
  const wanted = isReached ? "0" : widget !== cell ? "-1" : null;
  if (widget.getAttribute("tabindex") === wanted) return;
  if (wanted === null) cell.removeAttribute("tabindex");
  else widget.setAttribute("tabindex", wanted);
}

function place(cell) {
  const row = rowsOf().indexOf(cell.parentElement);
  return row < 0 ? null : { row, column: cell.cellIndex };
}

function setAt(next) {
  if (next.row === at.row && next.column === at.column) return;
  const before = rowsOf()[at.row]?.cells[at.column];
  if (before) setReached(before, false);
  at = next;
  id = rowsOf()[at.row]?.id ?? "";
  const cell = rowsOf()[at.row]?.cells[at.column];
  if (cell) setReached(cell, true);
}

function pressed(event) {
  if (!event.target.closest?.("#runs-table") || event.altKey || event.metaKey) return;
  const toggle = toggleOf(event);
  const next = groupOf(event) ?? target(event);
  if (toggle) {
    event.preventDefault();
    toggle.click();
  } else if (next) {
    event.preventDefault();
    focusCell(next);
  } else if (event.key === "Enter" && !event.target.matches("a, button, input")) {
    event.target.closest("tr")?.querySelector("th[scope=row] a")?.click();
  }
}

/** In the first cell of a group's row the arrow to the right opens it, the one to the left closes it. */
function toggleOf({ key, ctrlKey }) {
  const toggle = at.column === 0 && !ctrlKey && rowsOf()[at.row]?.querySelector(".group-toggle");
  if (!toggle) return null;
  return toggle.getAttribute("aria-expanded") === { ArrowRight: "false", ArrowLeft: "true" }[key] ? toggle : null;
}

/** From the first cell of a run in a group the arrow to the left leads to the group. */
function groupOf({ key, ctrlKey }) {
  const rows = rowsOf();
  if (key !== "ArrowLeft" || ctrlKey || at.column || !rows[at.row]?.matches(".member")) return null;
  return { row: rows.findLastIndex((row, place) => place < at.row && row.matches(".group-row")), column: 0 };
}

/** Return where a key leads, null where it leads nowhere. */
function target({ key, ctrlKey }) {
  const rows = rowsOf();
  const { row, column } = at;
  const last = { row: rows.length - 1, column: rows[row].cells.length - 1 };
  const moves = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    PageUp: { row: Math.max(row - PAGE, 0), column },
    PageDown: { row: Math.min(row + PAGE, last.row), column },
    ArrowLeft: ctrlKey ? null : { row, column: column - 1 },
    ArrowRight: ctrlKey ? null : { row, column: column + 1 },
    Home: ctrlKey ? { row: 0, column: 0 } : { row, column: 0 },
    End: ctrlKey ? last : { row, column: last.column },
  };
  const next = moves[key];
  if (next && rows[next.row]) next.column = Math.min(next.column, rows[next.row].cells.length - 1);
  if (!next || next.row < 0 || next.row > last.row || next.column < 0 || next.column > last.column) return null;
  return next;
}

function focusCell(next) {
  setAt(next);
  const cell = rowsOf()[next.row].cells[next.column];
  setReached(cell, true);
  widgetOf(cell).focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}
