/** The table of runs: sorted by a click on a head, filtered by what is typed and by brushes, a page at a time. */

import { saveText } from "./download.js";
import { exactText, tableColumns } from "./columns.js";
import { readFilter } from "./filter.js";

const PAGE = 50;
// A cell that begins so would be a formula to a spreadsheet.
const FORMULA = /^[=+\-@\t\r]/;

export class RunTable {
  #table = document.getElementById("runs-table");
  #input = document.getElementById("runs-filter");
  #columns;
  #ids;
  #states;
  #brushed = null; // indices that a brush has selected, null for all
  #sort = { column: null, descending: false };
  #rows = []; // indices of the runs that match, in their order
  #page = 0;
  #marked = null;

  constructor(data, table, { onPoint }) {
    this.#columns = tableColumns(data, table);
    this.#ids = data.runs.ids;
    this.#states = data.runs.states;
    const pursued = data.axes.find((axis) => axis.metric);
    if (pursued) this.#sort = { column: this.#columns.find(({ name }) => name === pursued.name), descending: pursued.goal === "maximize" };
    this.#head();
    this.#listen(onPoint);
    this.#update();
  }

  /** Narrow the table to runs that a brush has selected, or lift that with null. */
  setBrushed(indices) {
    this.#brushed = indices;
    this.#update();
  }

  /** Bring the row of a run into view, whatever was typed; returns whether the file has the run. */
  reveal(runId) {
    const index = this.#ids.indexOf(runId);
    if (index < 0) return false;
    if (!this.#rows.includes(index)) {
      this.#input.value = "";
      this.#brushed = null;
      this.#update();
    }
    this.#page = Math.floor(this.#rows.indexOf(index) / PAGE);
    this.#marked = index;
    this.#draw();
    const row = this.#table.querySelector("tr.is-marked");
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    return true;
  }

  saveCsv(name) {
    const lines = [["id", ...this.#columns.map((column) => column.name)]];
    for (const index of this.#rows) lines.push([this.#ids[index], ...this.#columns.map((column) => exactText(column, index))]);
    saveText(lines.map((cells) => cells.map(csvCell).join(",")).join("\r\n"), `${name}-runs.csv`, "text/csv");
  }

  #head() {
    const row = document.createElement("tr");
    for (const column of this.#columns) {
      const cell = Object.assign(document.createElement("th"), { scope: "col", className: column.isNumber ? "number" : "" });
      const button = Object.assign(document.createElement("button"), { type: "button", className: "report-sort", textContent: column.label });
      button.addEventListener("click", () => this.#sortBy(column));
      cell.append(button);
      row.append(cell);
    }
    this.#table.createTHead().replaceChildren(row);
    this.#table.createTBody();
  }

  #listen(onPoint) {
    this.#input.addEventListener("input", () => this.#update());
    document.querySelectorAll("[data-page-step]").forEach((button) =>
      button.addEventListener("click", () => {
        this.#page += Number(button.dataset.pageStep);
        this.#draw();
      }),
    );
    const body = this.#table.tBodies[0];
    body.addEventListener("pointerover", ({ target }) => {
      const row = target.closest("tr[data-index]");
      onPoint(row ? Number(row.dataset.index) : null);
    });
    body.addEventListener("pointerleave", () => onPoint(null));
  }

  #sortBy(column) {
    const again = this.#sort.column === column;
    this.#sort = { column, descending: again && !this.#sort.descending };
    this.#update();
  }

  #update() {
    const { matches, problem } = readFilter(this.#input.value, this.#columns, this.#ids);
    this.#input.setAttribute("aria-invalid", String(Boolean(problem)));
    const shown = document.getElementById("runs-shown");
    shown.classList.toggle("errors", Boolean(problem));
    if (problem) {
      shown.textContent = problem;
      return;
    }
    const candidates = this.#brushed ?? this.#ids.keys();
    this.#rows = sorted(Array.from(candidates).filter(matches), this.#sort);
    shown.textContent = `${this.#rows.length.toLocaleString("en")} of ${this.#ids.length.toLocaleString("en")}${this.#brushed ? ", brushed" : ""}`;
    this.#page = 0;
    this.#draw();
  }

  #draw() {
    const pages = Math.max(Math.ceil(this.#rows.length / PAGE), 1);
    this.#page = Math.min(Math.max(this.#page, 0), pages - 1);
    [...this.#table.tHead.rows[0].cells].forEach((cell, place) => {
      if (this.#columns[place] === this.#sort.column) cell.ariaSort = this.#sort.descending ? "descending" : "ascending";
      else cell.removeAttribute("aria-sort");
    });
    const visible = this.#rows.slice(this.#page * PAGE, (this.#page + 1) * PAGE);
    this.#table.tBodies[0].replaceChildren(...visible.map((index) => this.#row(index)));
    document.getElementById("runs-page").textContent = `Page ${this.#page + 1} of ${pages}`;
    for (const button of document.querySelectorAll("[data-page-step]")) {
      const target = this.#page + Number(button.dataset.pageStep);
      button.disabled = target < 0 || target >= pages;
    }
  }

  #row(index) {
    const row = document.createElement("tr");
    row.dataset.index = index;
    row.tabIndex = -1;
    row.title = this.#ids[index];
    row.classList.toggle("is-marked", index === this.#marked);
    this.#columns.forEach((column, place) => {
      const cell = document.createElement(place === 0 ? "th" : "td");
      if (place === 0) cell.scope = "row";
      if (column.isNumber) cell.className = "number";
      if (column.name === "state") cell.append(stateOf(this.#states[index], column.text(index)));
      else cell.textContent = column.text(index);
      row.append(cell);
    });
    return row;
  }
}

function stateOf(state, words) {
  return Object.assign(document.createElement("span"), { className: `state state-${state}`, textContent: words });
}

/** Order the indices by a column; what has no value comes last either way. */
function sorted(indices, { column, descending }) {
  if (!column) return indices;
  const { values, isNumber } = column;
  const isMissing = isNumber ? Number.isNaN : (value) => value === null || value === undefined;
  const order = isNumber ? (a, b) => a - b || 0 : new Intl.Collator("en", { numeric: true }).compare;
  return indices.sort((one, other) => {
    const [a, b] = [values[one], values[other]];
    if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b);
    return descending ? order(b, a) : order(a, b);
  });
}

function csvCell(text) {
  const safe = FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
