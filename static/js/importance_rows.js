/**
 * The parameters of the importance chart choose whose partial dependence is shown: by a click on a bar or its name, or by keys on
 * the names, which are buttons over those that plotly.js has drawn: one to get to by Tab, the others by arrow keys.
 */

const CHOICE = "dependence-parameter";
const connected = new WeakSet();

document.addEventListener("figure:drawn", ({ target }) => {
  if (!target.layout.meta.parameters || !rowsOf(target)) return;
  if (!connected.has(target)) connect(target);
  placeRows(target);
});
document.addEventListener("live:changed", () => document.querySelectorAll(".bar-rows").forEach(showChosen));

function connect(element) {
  connected.add(element);
  const rows = rowsOf(element);
  rows.addEventListener("keydown", onKey);
  rows.addEventListener("click", ({ target }) => choose(target.closest("button").dataset.parameter));
  element.on("plotly_afterplot", () => placeRows(element));
  element.on("plotly_click", ({ points }) => choose(element.layout.meta.parameters[points[0].pointNumber]));
}

/** Show the dependence of a parameter, as its form does. */
function choose(parameter) {
  const select = document.getElementById(CHOICE);
  select.value = parameter;
  const other = document.getElementById("dependence-with");
  if (other?.value === parameter) other.value = "";
  select.form.requestSubmit();
  document.getElementById("dependence-panel").scrollIntoView({ block: "nearest" });
}

/** Put a button over the name of each parameter. */
function placeRows(element) {
  const { yaxis, _size: size } = element._fullLayout;
  const names = element.layout.meta.parameters ?? [];
  const rows = rowsOf(element);
  if (rows.childElementCount !== names.length) rows.replaceChildren(...names.map(makeRow));
  const height = names.length > 1 ? Math.abs(yaxis.c2p(1) - yaxis.c2p(0)) : yaxis._length;
  [...rows.children].forEach((row, i) => {
    if (row.dataset.parameter !== names[i]) Object.assign(row.dataset, { parameter: names[i] });
    row.ariaLabel = `Show the dependence of ${names[i]}`;
    Object.assign(row.style, { top: `${yaxis._offset + yaxis.c2p(i) - height / 2}px`, height: `${height}px`, width: `${size.l}px` });
  });
  showChosen(rows);
}

function rowsOf(element) {
  return document.getElementById(`${element.id}-rows`);
}

function makeRow() {
  return Object.assign(document.createElement("button"), { type: "button", className: "bar-row" });
}

function showChosen(rows) {
  const chosen = document.getElementById(CHOICE)?.value;
  const all = [...rows.children];
  const stop = all.find((row) => row.dataset.parameter === chosen) ?? all[0];
  for (const row of all) {
    row.setAttribute("aria-pressed", String(row.dataset.parameter === chosen));
    if (!rows.contains(document.activeElement)) row.tabIndex = row === stop ? 0 : -1;
  }
}

function onKey(event) {
  const rows = [...event.currentTarget.children];
  const at = rows.indexOf(event.target);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  const row = rows.at(next % rows.length);
  rows.forEach((other) => (other.tabIndex = other === row ? 0 : -1));
  row.focus();
}
