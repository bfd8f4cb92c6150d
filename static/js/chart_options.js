/**
 * Options of charts in a form (`data-chart-options`): charts that name the form in `data-options` are fetched with them, and they
 * live in the address of the page, so that a reload, a bookmark and a colleague see the same. Where a page has views, its form says
 * what the address does, and what that leaves open as in the view that the page shows first; elsewhere the address follows the form.
 */

import { choiceOf, choose, hasViews, viewDefaults } from "./chart_choices.js";
import { reload } from "./chart_loader.js";
import { showTables } from "./chart_tables.js";

const TYPING_PAUSE = 150;
let timer = 0;

/** Add to the address of a chart what the form that it names says. */
export function addOptions(url, chart) {
  const form = document.getElementById(chart?.dataset.options);
  if (form) for (const [name, value] of new FormData(form)) setOption(url, name, value);
}

/** Bring forms into step with what they show, also those that a merge has brought; `withOptions` makes a chart's address. */
export function showOptions(withOptions) {
  for (const form of forms()) {
    const zone = form.elements["curve.zone"];
    if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (hasViews() && !timer) adopt(form);
    showParts(form);
    showFiles(form, withOptions);
  }
  if (!hasViews()) showAddress(); // a link that was made before a choice has led to an address without it
  keepOptions();
}

/** Let changes of forms fetch their charts again. */
export function startOptions(withOptions) {
  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.("form[data-chart-options]");
    if (!form) return;
    showParts(form);
    clearTimeout(timer);
    timer = setTimeout(() => changed(form, withOptions), target.type === "range" ? TYPING_PAUSE : 0);
  });
  document.addEventListener("submit", (event) => event.target.matches("form[data-chart-options]") && event.preventDefault());
}

function changed(form, withOptions) {
  timer = 0;
  if (hasViews()) choose(fieldsOf(form).map((field) => [field.name, valueOf(field), builtIn(field)]), form.id);
  else showAddress();
  keepOptions();
  showFiles(form, withOptions);
  for (const chart of chartsOf(form)) reload(chart);
  showTables(withOptions);
}

function forms() {
  return document.querySelectorAll("form[data-chart-options]");
}

function chartsOf(form) {
  return document.querySelectorAll(`[data-options="${CSS.escape(form.id)}"]`);
}

/** What belongs to a choice is shown when that is made, with the amount in words. */
function showParts(form) {
  for (const select of form.querySelectorAll("select[data-shows]")) {
    document.getElementById(select.dataset.shows).hidden = !select.value;
  }
  const [amount, output] = [form.elements["curve.amount"], form.querySelector("output")];
  if (output) output.value = form.elements["curve.smooth"].value === "ema" ? (amount.value / 100).toFixed(2) : `${amount.value} points`;
}

function showFiles(form, withOptions) {
  for (const chart of chartsOf(form)) {
    const csv = document.getElementById(`${chart.id}-csv`);
    if (csv) csv.href = withOptions(csv.getAttribute("href").split(/[?&]curve\./)[0], chart.id);
  }
}

function showAddress() {
  const url = new URL(location.href);
  for (const field of [...forms()].flatMap(fieldsOf)) {
    const value = valueOf(field);
    setOption(url, field.name, value === builtIn(field) ? "" : value);
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

/** Let a form say what is chosen; what it does not offer is as built in. */
function adopt(form) {
  for (const field of fieldsOf(form)) {
    const wanted = choiceOf(field.name) || builtIn(field);
    const isOffered = !field.options || [...field.options].some((option) => option.value === wanted);
    if (field.type === "checkbox") field.checked = wanted === field.value;
    else field.value = isOffered ? wanted : builtIn(field);
  }
}

/** Links and forms of the page lead to the same options, but for those of views, which have their own. */
function keepOptions() {
  const options = [...new Map([...viewDefaults(), ...new URLSearchParams(location.search)])].filter(([name]) => name.startsWith("curve."));
  for (const link of document.querySelectorAll("a[data-with-options], a[data-nav]:not(.views-list a)")) {
    const url = new URL(link.href);
    if (url.pathname !== location.pathname) continue;
    for (const name of [...url.searchParams.keys()]) if (name.startsWith("curve.")) url.searchParams.delete(name);
    for (const [name, value] of options) url.searchParams.set(name, value);
    link.href = url.href;
  }
  for (const kept of document.querySelectorAll("form[data-with-options] [data-kept-options]")) {
    kept.replaceChildren(...options.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })));
  }
}

function fieldsOf(form) {
  return [...form.elements].filter(({ name, type }) => name && type !== "hidden");
}

/** What a field says: what is built in where it belongs to what is not chosen. */
function valueOf(field) {
  if (field.closest("[hidden]")) return builtIn(field);
  return field.type === "checkbox" && !field.checked ? "" : field.value;
}

function builtIn(field) {
  return field.dataset.default ?? "";
}

function setOption(url, name, value) {
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
}
