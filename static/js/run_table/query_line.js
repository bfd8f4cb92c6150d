/**
 * The query line: the server tells what can follow and what is wrong, and the table follows as soon as the query can be read.
 *
 * While somebody types, what is missing at the end is no mistake yet; Enter says so, and marks the place.
 */

import { showMessage } from "../messages.js";
import { show, tableUrl } from "./address.js";
import { ChoiceList } from "./choice_list.js";

const PAUSE = 150;
const field = () => document.getElementById("query");
const form = () => document.getElementById("runs-query");

let list = null;
let timer = 0;
let request = null;
let applied = ""; // the query that the table shows
let answered = { text: null, answer: null }; // what the server has said of the text that it was asked about last
let own = null; // what is to be said of what is being typed, where that differs from what the table shows

/** Begin to follow what is typed. */
export function startQueryLine() {
  list = new ChoiceList(field, document.getElementById("query-choices"), take);
  applied = field().value;
  document.addEventListener("input", (event) => event.target === field() && later());
  document.addEventListener("change", (event) => event.target.matches("#runs-query select") && apply());
  document.addEventListener("submit", submitted);
  document.addEventListener("keydown", (event) => event.target === field() && pressed(event));
  document.addEventListener("focusout", (event) => event.target === field() && list.close());
}

/** Say what the server has found in the query that the table shows, unless another one is being typed. */
export function showProblem() {
  const line = document.getElementById("query-problem");
  if (!line) return;
  if (document.activeElement !== field()) applied = field().value;
  const { problem, hint } = line.dataset;
  const text = own ?? (problem || hint);
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle("is-hint", own === null && !problem);
  field().setAttribute("aria-invalid", String(Boolean(own ?? problem)));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

/** Ask what can follow; show the runs where the query can be read. */
async function ask() {
  const answer = await asked();
  if (!answer) return;
  if (document.activeElement === field()) list.open(answer.choices, answer.start, answer.end);
  const isUnfinished = answer.problem && answer.problem.start >= field().value.trimEnd().length;
  say(isUnfinished ? "" : (answer.problem?.message ?? null));
  // A word that may become a name or a value is not searched yet.
  const isWhole = !answer.choices.length || answer.start === answer.end;
  if (!answer.problem && isWhole && field().value.trim() !== applied.trim()) apply();
}

async function asked() {
  request?.abort();
  request = new AbortController();
  const { value, selectionEnd } = field();
  const query = new URLSearchParams({ query: value, at: selectionEnd });
  try {
    const response = await fetch(`${tableUrl("complete")}?${query}`, {
      headers: { Accept: "application/json" },
      signal: request.signal,
    });
    const answer = response.ok ? await response.json() : null;
    answered = { text: value, answer };
    return answer;
  } catch (error) {
    if (error.name !== "AbortError") showMessage("The server cannot be reached.", "error");
    return null;
  }
}

function say(text) {
  own = text;
  showProblem();
}

function apply(options) {
  applied = field().value;
  own = null;
  const values = Object.fromEntries(new FormData(form()));
  return show({ query: values.query.trim(), text: "", state: values.state, size: values.size }, options);
}

/** Show the runs that the query finds. Of one that nobody has looked at, the table that comes tells whether it can be read. */
async function submitted(event) {
  if (event.target !== form()) return;
  event.preventDefault();
  clearTimeout(timer);
  request?.abort();
  list.close();
  const known = answered.text === field().value ? answered.answer : null;
  if (known && !known.problem) return apply();
  if (!known && (await apply({ isWanted: hasNoProblem }))) return;
  const answer = known ?? (await asked());
  if (!answer?.problem) return;
  say(answer.problem.message);
  field().setSelectionRange(answer.problem.start, answer.problem.end);
}

function hasNoProblem(html) {
  return html.includes('data-problem=""');
}

function pressed(event) {
  if (list.pressed(event)) event.preventDefault();
  else if (event.key === "ArrowDown" || (event.key === " " && event.ctrlKey)) {
    event.preventDefault();
    ask();
  }
}

/** Put in what was chosen, and ask what can follow. */
function take(text, start, known) {
  const { value, selectionEnd } = field();
  const end = value === answered.text ? known : selectionEnd; // somebody has typed on since the server was asked
  const space = text.endsWith("(") || value[end] === " " ? "" : " ";
  field().setRangeText(text + space, start, end, "end");
  ask();
}
