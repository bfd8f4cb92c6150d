/** The dialog that chooses, orders and pins columns and groups by them; Alt and an arrow key move a column from its head. */

import { showMessage } from "../messages.js";
import { joinKeys } from "../keys.js";
import { heads, show, tableUrl } from "./address.js";

const dialog = () => document.getElementById("columns-dialog");
const list = () => dialog().querySelector("[data-columns]");

/** Begin to listen. */
export function startColumns() {
  document.addEventListener("click", (event) => event.target.closest?.("[data-columns-open]") && open());
  document.addEventListener("keydown", moveByKeys);
  dialog().addEventListener("click", pressed);
  dialog().addEventListener("input", (event) => event.target.matches("[data-columns-find]") && find(event.target.value));
  dialog().addEventListener("close", () => apply(dialog().returnValue));
}

async function open() {
  const response = await fetch(tableUrl("columns"), { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return showMessage("The list of columns could not be loaded. Try again.", "error");
  const { columns } = await response.json();
  const known = new Map(columns.map((column) => [column.key, column]));
  const { keys, pinned, groups } = JSON.parse(dialog().dataset.shown);
  const shown = keys.map((key) => ({ ...(known.get(key) ?? unknown(key)), shown: true, pinned: pinned.includes(key) }));
  const others = columns.filter(({ key }) => !keys.includes(key));
  list().replaceChildren(...[...shown, ...others].map((column) => rowOf(column, groups.includes(column.key))));
  dialog().querySelector("[data-columns-find]").value = "";
  dialog().returnValue = "";
  dialog().showModal();
}

function unknown(key) {
  const [source] = key.split(".", 1);
  return { key, label: key.slice(source.length + 1), source };
}

function rowOf({ key, label, source, shown = false, pinned = false }, isGroup) {
  const row = dialog().querySelector("template").content.firstElementChild.cloneNode(true);
  row.dataset.key = key;
  row.querySelector("input").checked = shown;
  row.querySelector("[data-label]").textContent = label;
  row.querySelector("[data-source]").textContent = ["config", "summary"].includes(source) ? source : "";
  for (const button of row.querySelectorAll("button")) button.setAttribute("aria-label", `${button.title}: ${label}`);
  row.querySelector("[data-pin]").setAttribute("aria-pressed", String(pinned));
  row.querySelector("[data-group]").setAttribute("aria-pressed", String(isGroup));
  return row;
}

function pressed({ target }) {
  const button = target.closest("li button");
  if (!button) return;
  const row = button.closest("li");
  if (button.matches("[data-up]") && row.previousElementSibling) row.previousElementSibling.before(row);
  if (button.matches("[data-down]") && row.nextElementSibling) row.nextElementSibling.after(row);
  if (button.matches("[aria-pressed]")) button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  button.focus();
}

function find(text) {
  for (const row of list().children) row.hidden = !row.dataset.key.toLowerCase().includes(text.trim().toLowerCase());
}

function keysOf(isChosen) {
  return joinKeys([...list().children].filter(isChosen).map((row) => row.dataset.key));
}

function apply(answer) {
  if (answer === "reset") show({ columns: "", pinned: "", widths: "" });
  if (answer !== "apply") return;
  const columns = keysOf((row) => row.querySelector("input").checked);
  const pinned = keysOf((row) => row.querySelector("input").checked && isPressed(row, "[data-pin]"));
  show({ columns, pinned: pinned || "none", group: keysOf((row) => isPressed(row, "[data-group]")) });
}

function isPressed(row, selector) {
  return row.querySelector(selector).getAttribute("aria-pressed") === "true";
}

async function moveByKeys(event) {
  const head = event.target.closest?.("#runs-table th[data-key]");
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!head || !step || !event.altKey) return;
  event.preventDefault();
  const keys = heads().map((other) => other.dataset.key);
  const place = keys.indexOf(head.dataset.key);
  const other = heads()[place + step];
  if (!other || other.matches(".pinned") !== head.matches(".pinned")) return;
  keys.splice(place + step, 0, ...keys.splice(place, 1));
  const pinned = heads().filter((one) => one.matches(".pinned")).length;
  await show({ columns: joinKeys(keys), pinned: joinKeys(keys.slice(0, pinned)) || "none" });
  heads()[place + step]?.querySelector("a").focus();
}
