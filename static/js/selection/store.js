/**
 * What is selected on the page, for all its parts: those that change it say so, those that show it are told once a frame.
 *
 * While somebody drags, clauses change by `preview`; `commit` ends an action: the address has it then, the table and the figures
 * of the server follow. What the page shows for another address (a chip's link, back, forward) comes in by the bar's `data-sel`.
 */

import { navigate } from "../live.js";
import { record } from "../page_history.js";
import { fillMask, keysOf, readClauses, writeClauses } from "./clauses.js";

const followers = new Set();
let clauses = [];
let text = ""; // of the last finished action
let data = null;
let mask = new Uint8Array(0);
let count = 0;
let frame = 0;

/** What is selected now: `mask` has 1 for each selected run of `data`, `settled` says that no action is under way. */
export function selection() {
  return { clauses, data, mask, count, settled: writeClauses(clauses) === text };
}

/** Be told of each change, at most once a frame, and of the present state once there is data. */
export function follow(tell) {
  followers.add(tell);
  if (data) tell(selection());
}

/** Take the runs that the page shows; columns that clauses need are fetched. */
export function setRunData(found) {
  if (data === found) return;
  data = found;
  mask = new Uint8Array(data.ids.length);
  fetchNeeded();
  changed();
}

/** Show other clauses while an action is under way. */
export function preview(next) {
  if (writeClauses(next) === writeClauses(clauses)) return;
  clauses = next;
  changed();
}

/** Finish an action: the address, the table and the figures of the server follow. `source` names what was acted on. */
export function commit(next, source = "") {
  clauses = next;
  const wanted = writeClauses(next);
  if (wanted === text) return changed();
  text = wanted;
  const url = addressOf(wanted);
  record(url, source);
  fetchNeeded();
  changed();
  document.dispatchEvent(new CustomEvent("selection:settled"));
  navigate(url, { push: false });
}

/** Add to an address of the server what is selected. */
export function addSelection(url) {
  if (text) url.searchParams.set("sel", text);
  else url.searchParams.delete("sel");
}

function addressOf(wanted) {
  const url = new URL(location.href);
  for (const name of ["sel", "page", "open"]) url.searchParams.delete(name);
  if (wanted) url.searchParams.set("sel", wanted);
  return url.href;
}

/** Columns that a shared link names may not be among those that charts begin with. */
async function fetchNeeded() {
  const asked = data;
  const keys = clauses.flatMap(keysOf);
  if (!asked || keys.every((key) => asked.column(key))) return;
  try {
    await asked.ensure(keys);
  } catch {
    return; // the next version of the runs asks again
  }
  if (asked === data) changed();
}

function changed() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    if (!data) return;
    count = fillMask(mask, clauses, data);
    const now = selection();
    for (const tell of followers) tell(now);
  });
}

/** Take over what the page was made for, where that is something else than was acted here. */
function adopt() {
  const shown = document.getElementById("selection-bar")?.dataset.sel ?? "";
  if (shown === text) return;
  text = shown;
  clauses = readClauses(shown);
  fetchNeeded();
  changed();
  document.dispatchEvent(new CustomEvent("selection:settled"));
}

document.addEventListener("live:changed", adopt);
adopt();
