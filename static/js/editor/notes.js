/** Problems and warnings: each at its field, at its line, and in a list with the ways to both. */

import { element } from "./dom.js";

const ICONS = { error: "error-icon", warning: "warning-icon" };

export class Notes {
  constructor(root, code) {
    this.root = root;
    this.code = code;
    this.list = root.querySelector("[data-editor-notes]");
    this.status = root.querySelector("[data-editor-status]");
    this.list.addEventListener("click", ({ target }) => this.follow(target.closest("button")));
  }

  show(notes) {
    this.notes = notes;
    const fields = new Map([...this.root.querySelectorAll("[data-noted]")].map((field) => [field.dataset.noted, field]));
    this.clear(fields.values());
    for (const note of notes) {
      const field = nearest(fields, note.path);
      if (field) this.addToField(field, note);
    }
    this.code.mark(levelsByLine(notes));
    this.list.replaceChildren(...notes.map((note, i) => this.item(note, i, nearest(fields, note.path))));
    this.say(summary(notes));
  }

  /** Say something to everybody, politely; the same words twice are said once. */
  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  get hasProblems() {
    return this.notes?.some(({ level }) => level === "error") ?? false;
  }

  focusFirst() {
    (this.list.querySelector("li.note-error button") ?? this.list).focus();
  }

  clear(fields) {
    for (const field of fields) {
      const place = notesOf(field);
      if (place) Object.assign(place, { hidden: true, textContent: "" });
    }
    for (const input of this.root.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }

  addToField(field, note) {
    const place = notesOf(field) ?? makeNotes(field);
    const below = note.path.slice(field.dataset.noted.length).replace(/^\./, "");
    place.append(element("li", { className: `note-${note.level}` }, icon(note.level), element("span", {}, below ? element("code", { textContent: below }) : "", ` ${note.message}`)));
    place.hidden = false;
    const input = inputOf(field, note.path);
    if (!input) return;
    if (note.level === "error") input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", place.id);
  }

  item(note, i, field) {
    const said = element("span");
    if (note.line) said.append(element("button", { type: "button", className: "note-link", textContent: `line ${note.line}` }), " ");
    if (note.path && field) said.append(element("button", { type: "button", className: "note-link mono", textContent: note.path }), " ");
    else if (note.path) said.append(element("code", { textContent: note.path }), " ");
    said.append(note.message);
    for (const button of said.querySelectorAll("button")) Object.assign(button.dataset, { note: i, to: button.classList.contains("mono") ? "field" : "line" });
    return element("li", { className: `note-${note.level}` }, icon(note.level), element("span", { className: "unseen", textContent: note.level === "error" ? "Problem: " : "Warning: " }), said);
  }

  follow(button) {
    if (!button) return;
    const note = this.notes[button.dataset.note];
    if (button.dataset.to === "line") return this.code.go(note.line, note.column);
    const fields = new Map([...this.root.querySelectorAll("[data-noted]")].map((field) => [field.dataset.noted, field]));
    const field = nearest(fields, note.path);
    const input = inputOf(field, note.path) ?? field?.querySelector("input, select, textarea, button");
    input?.focus();
    input?.scrollIntoView({ block: "center" });
  }
}

function icon(level) {
  return document.querySelector(`template[data-template="${ICONS[level]}"]`).content.firstElementChild.cloneNode(true);
}

function nearest(fields, path) {
  for (let at = path; at; at = at.slice(0, Math.max(at.lastIndexOf("."), at.lastIndexOf("["), 0))) if (fields.has(at)) return fields.get(at);
  return undefined;
}

function notesOf(field) {
  return field.querySelector(":scope > [data-notes]");
}

function makeNotes(field) {
  const made = element("ul", { className: "notes", id: `${field.dataset.noted.replaceAll(".", "-")}-notes` });
  made.dataset.notes = "";
  field.append(made);
  return made;
}

function inputOf(field, path) {
  const inputs = [...(field?.querySelectorAll("[data-path]") ?? [])];
  return inputs.find((input) => path === input.dataset.path || path.startsWith(`${input.dataset.path}[`)) ?? inputs.find((input) => path === field.dataset.noted && field.contains(input));
}

function levelsByLine(notes) {
  const levels = new Map();
  for (const { line, level } of notes) if (line && levels.get(line) !== "error") levels.set(line, level);
  return levels;
}

function summary(notes) {
  const count = (level, word) => {
    const found = notes.filter((note) => note.level === level).length;
    return found ? `${found} ${word}${found > 1 ? "s" : ""}` : "";
  };
  return [count("error", "problem"), count("warning", "warning")].filter(Boolean).join(", ") || "No problem.";
}
