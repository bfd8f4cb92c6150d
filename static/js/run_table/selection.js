/**
 * Which runs are selected: by their boxes, by Space, with Shift from the last one on, or all that the filter finds. The selection
 * outlives news and other pages of the table, and ends with another filter.
 */

import { prepareMerges } from "../merge.js";

const chosen = new Set();
let filter = null; // what "all" stands for: the address of the view whose runs are all selected
let last = null; // the run from which Shift goes on
let shownFilter = "";

/** Begin to listen. */
export function startSelection() {
  prepareMerges(showRows);
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
}

/** What is selected: ids of runs, or the address of a view that stands for all of its runs. */
export function selection() {
  return { ids: [...chosen], all: filter };
}

/** Select nothing. */
export function clearSelection() {
  chosen.clear();
  filter = null;
  show();
}

/** Bring boxes, rows and the bar up to date. */
export function showSelection() {
  const bar = document.getElementById("bulk-bar");
  const now = filterOf(bar?.dataset.address ?? "");
  if (now !== shownFilter) {
    chosen.clear();
    filter = null;
  }
  shownFilter = now;
  show();
}

function filterOf(address) {
  const { searchParams } = new URL(address, location.href);
  return ["query", "text", "state", "sel"].map((name) => searchParams.get(name) ?? "").join("\n");
}

function show() {
  showRows(document);
  showBar();
}

function showRows(root) {
  const rows = [...root.querySelectorAll("#runs-table tr[data-run]")];
  for (const row of rows) setSelected(row, isSelected(row.dataset.run));
  const whole = root.querySelector("[data-select-page]");
  if (!whole) return;
  const count = rows.filter((row) => isSelected(row.dataset.run)).length;
  whole.hidden = false;
  whole.checked = count > 0 && count === rows.length;
  whole.indeterminate = count > 0 && count < rows.length;
}

function setSelected(row, wanted) {
  const box = row.querySelector("[data-select]");
  if (box.hidden) box.hidden = false;
  box.checked = wanted;
  if (row.getAttribute("aria-selected") !== String(wanted)) row.setAttribute("aria-selected", String(wanted));
}

function showBar() {
  const bar = document.getElementById("bulk-bar");
  if (!bar) return;
  const total = Number(bar.dataset.count);
  const count = filter === null ? chosen.size : total;
  bar.hidden = count === 0;
  document.documentElement.classList.toggle("has-bulk-bar", count > 0);
  const text = filter === null ? `${count.toLocaleString("en")} selected` : `All ${total.toLocaleString("en")} selected`;
  const status = bar.querySelector("[data-bulk-count]");
  if (status.textContent !== text) status.textContent = text;
  const all = bar.querySelector("[data-select-all]");
  all.hidden = filter !== null || count >= total;
  all.textContent = `Select all ${total.toLocaleString("en")}`;
}

function isSelected(id) {
  return filter !== null || chosen.has(id);
}

function clicked(event) {
  const { target } = event;
  if (target.closest?.("[data-select-none]")) clearSelection();
  else if (target.closest?.("[data-select-all]")) selectAll();
  else if (target.matches?.("[data-select-page]")) {
    for (const id of ids()) set(id, target.checked);
    show();
  } else if (target.matches?.("[data-select]")) {
    const id = target.closest("tr").dataset.run;
    if (event.shiftKey && last) extend(id, target.checked);
    else set(id, target.checked);
    last = id;
    show();
  }
}

function selectAll() {
  filter = document.getElementById("bulk-bar").dataset.address;
  show();
}

function pressed(event) {
  const row = event.target.closest?.("#runs-table tr[data-run]");
  if (!row || event.altKey || event.metaKey) return;
  const id = row.dataset.run;
  if (event.key === "a" && event.ctrlKey) {
    for (const other of ids()) set(other, true);
  } else if (event.key === " " && !event.ctrlKey) {
    if (event.shiftKey && last) extend(id, true);
    else set(id, !isSelected(id));
    last = id;
  } else return;
  event.preventDefault();
  show();
}

function ids() {
  return [...document.querySelectorAll("#runs-table tr[data-run]")].map((row) => row.dataset.run);
}

function set(id, wanted) {
  if (filter !== null) {
    filter = null; // what is left are the runs on this page
    for (const other of ids()) chosen.add(other);
  }
  if (wanted) chosen.add(id);
  else chosen.delete(id);
}

/** Select what lies between the run that was chosen last and this one. */
function extend(id, wanted) {
  const all = ids();
  const [from, to] = [all.indexOf(last), all.indexOf(id)].sort((a, b) => a - b);
  for (const other of from < 0 ? [id] : all.slice(from, to + 1)) set(other, wanted);
}
