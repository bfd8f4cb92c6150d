/**
 * Filters put together without typing: groups of tests, all or any of which have to hold. What comes of it is a text in the
 * query line, where it can be changed further.
 */

import { showMessage } from "../messages.js";
import { show, tableUrl } from "./address.js";

const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "contains", "is null", "is not null"];
const dialog = () => document.getElementById("filter-dialog");
const groups = () => dialog().querySelector("[data-groups]");

/** Begin to listen. */
export function startFilterBuilder() {
  document.addEventListener("click", (event) => event.target.closest?.("[data-filter-open]") && open());
  dialog().addEventListener("click", pressed);
  dialog().addEventListener("input", showText);
  dialog().addEventListener("close", () => dialog().returnValue === "apply" && apply());
}

async function open() {
  const response = await fetch(tableUrl("columns"), { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return showMessage("The list of columns could not be loaded. Try again.", "error");
  const { columns } = await response.json();
  const options = columns.map(({ written }) => Object.assign(document.createElement("option"), { value: written }));
  dialog().querySelector("datalist").replaceChildren(...options);
  groups().replaceChildren(newGroup());
  dialog().returnValue = "";
  showText();
  dialog().showModal();
}

function newGroup() {
  const group = template("group");
  group.querySelector("[data-tests]").append(newTest());
  return group;
}

function newTest() {
  const test = template("test");
  const operators = OPERATORS.map((text) => Object.assign(document.createElement("option"), { value: text, textContent: text }));
  test.querySelector("select").append(...operators);
  return test;
}

function template(name) {
  return dialog().querySelector(`template[data-template=${name}]`).content.firstElementChild.cloneNode(true);
}

function pressed({ target }) {
  if (target.closest("[data-add-test]")) target.closest("fieldset").querySelector("[data-tests]").append(newTest());
  else if (target.closest("[data-add-group]")) groups().append(newGroup());
  else if (target.closest("[data-remove]")) remove(target.closest("[data-test]"));
  else return;
  showText();
}

function remove(test) {
  const group = test.closest("fieldset");
  test.remove();
  if (!group.querySelector("[data-test]") && groups().children.length > 1) group.remove();
}

function showText() {
  dialog().querySelector("[data-text]").textContent = queryOf() || "No test is complete yet.";
}

/** The query that the dialog says; tests that are not complete are left out. */
function queryOf() {
  const parts = [...groups().children].map(groupText).filter(Boolean);
  const several = parts.length > 1;
  return parts.map(({ text, isJoined }) => (several && isJoined ? `(${text})` : text)).join(` ${dialog().querySelector("[data-between]").value} `);
}

function groupText(group) {
  const tests = [...group.querySelectorAll("[data-test]")].map(testText).filter(Boolean);
  if (!tests.length) return null;
  return { text: tests.join(` ${group.querySelector("[data-within]").value} `), isJoined: tests.length > 1 };
}

function testText(test) {
  const [name, value] = [...test.querySelectorAll("input")].map((field) => field.value.trim());
  const operator = test.querySelector("select").value;
  const isWhole = operator.startsWith("is");
  test.querySelector("[data-value]").disabled = isWhole;
  if (!name || (!isWhole && !value)) return null;
  return isWhole ? `${name} ${operator}` : `${name} ${operator} ${valueText(value)}`;
}

/** A value as a query writes it: what is neither one word nor a quoted text is put in quotes. */
function valueText(value) {
  if (/^[\w.+-]+( ago)?$/.test(value) || /^".*"$/.test(value)) return value;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function apply() {
  const query = queryOf();
  if (query) show({ query, text: "" });
}
