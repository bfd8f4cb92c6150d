/** What is done to the selected runs: asked about first where that matters, sent in one request. */

import { isConfirmed } from "../actions.js";
import { refresh } from "../live.js";
import { showMessage } from "../messages.js";
import { clearSelection, selection } from "./selection.js";

const MOST_COMPARED = 50;
const bar = () => document.getElementById("bulk-bar");

/** Begin to listen. */
export function startBulk() {
  document.addEventListener("submit", submitted);
  document.addEventListener("click", (event) => event.target.closest?.("[data-bulk-compare]") && compare());
  document.addEventListener("click", (event) => event.target.closest?.("[data-bulk-charts]") && showInCharts());
}

async function submitted(event) {
  if (event.target !== bar()) return;
  event.preventDefault();
  const { dataset, value } = event.submitter;
  const form = new FormData(bar());
  form.set("action", value);
  if (dataset.field) {
    const given = await asked(dataset);
    if (given === null) return;
    form.set(dataset.field, given);
  }
  if (dataset.question && !(await isConfirmed(questionOf(dataset)))) return;
  const { ids, all } = selection();
  if (all === null) form.set("run_ids", ids.join(","));
  else form.set("all", all);
  await send(form, value);
}

function questionOf({ text, question }) {
  const count = bar().querySelector("[data-bulk-count]").textContent.replace(" selected", "");
  return { confirm: question, confirmTitle: `${text} ${count} ${count === "1" ? "run" : "runs"}?`, confirmYes: text };
}

async function send(form, action) {
  try {
    const response = await fetch(bar().getAttribute("action"), { method: "POST", body: form, headers: { Accept: "application/json" } });
    if (response.status === 401) return location.reload();
    const answer = await response.json().catch(() => ({ message: `The server answered ${response.status}.` }));
    showMessage(answer.message, response.ok ? "success" : "error");
    if (response.ok && action === "delete") clearSelection();
  } catch {
    showMessage("The server cannot be reached. Nothing was changed; try again.", "error");
  }
  refresh();
}

/** Ask for a text in a dialog; null where the viewer goes back. */
function asked({ text, label, explanation }) {
  const dialog = document.getElementById("bulk-dialog");
  dialog.querySelector("h2").textContent = text;
  dialog.querySelector("label").textContent = label;
  dialog.querySelector("[data-explanation]").textContent = explanation;
  dialog.querySelector("button[value=yes]").textContent = text;
  const field = dialog.querySelector("input");
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  field.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? field.value : null), { once: true });
  });
}

/** Charts and table show the ticked runs alone, or all that the table's filter finds. */
async function showInCharts() {
  const { selectFound, selectRuns } = await import("../selection/bar.js");
  const { ids, all } = selection();
  if (all === null) selectRuns(ids);
  else selectFound(bar().dataset.filter);
}

function compare() {
  const { ids, all } = selection();
  if (all !== null || ids.length < 2 || ids.length > MOST_COMPARED) {
    showMessage(`Select 2 to ${MOST_COMPARED} runs to compare them.`, "error");
    return;
  }
  location.assign(`${bar().dataset.compare}?runs=${ids.map(encodeURIComponent).join(",")}`);
}
