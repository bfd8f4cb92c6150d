/** The sweep editor: a form and a YAML text of one configuration, kept in step, and what the server says of it. */

import { Check } from "./check.js";
import { CodeArea } from "./code.js";
import { entriesOf, move, readDocument, remove, rename, setValue, writeDocument } from "./document.js";
import { GeneralFields, writeField } from "./general.js";
import { showDrawn } from "./histogram.js";
import { chooseLaw } from "./laws.js";
import { Notes } from "./notes.js";
import { ParameterRows } from "./parameters.js";
import { showPlan } from "./plan.js";

class Editor {
  constructor(root) {
    this.root = root;
    const options = JSON.parse(root.dataset.options);
    options.isFixed = options.fixed.length > 0;
    this.options = options;
    this.part = (name) => root.querySelector(`[data-${name}]`);
    this.code = new CodeArea(root.querySelector("textarea[name=config]"), this.part("editor-gutter"));
    this.general = new GeneralFields(root, options);
    this.rows = new ParameterRows(this.part("parameters"), options);
    this.notes = new Notes(root, this.code);
    this.check = new Check(root, { onAnswer: (answer) => this.answered(answer), onFailure: (message) => this.notes.say(message) });
    this.saved = this.code.text;
    this.part("add-parameter").disabled = options.isFixed;
    this.listen();
    this.part("editor-form").hidden = false;
    this.read();
    this.ask({ now: true });
  }

  get isDirty() {
    return this.code.text !== this.saved;
  }

  listen() {
    const fields = this.part("editor-fields");
    this.code.area.addEventListener("input", () => this.textChanged());
    this.part("agents").addEventListener("input", () => this.ask());
    fields.addEventListener("input", ({ target }) => target.dataset.path && this.fieldChanged(target));
    fields.addEventListener("change", ({ target }) => this.chosen(target));
    fields.addEventListener("click", ({ target }) => this.pressed(target.closest("button")));
    this.part("editor-save").addEventListener("submit", (event) => this.save(event));
    document.addEventListener("submit", (event) => (this.isLeaving ||= !event.defaultPrevented));
    window.addEventListener("beforeunload", (event) => this.isDirty && !this.isLeaving && event.preventDefault());
  }

  textChanged() {
    this.read();
    this.changed();
  }

  /** Make the form show what the text says. */
  read() {
    const { doc, config, problem } = readDocument(this.code.text);
    this.part("editor-unread").hidden = Boolean(doc);
    this.part("editor-unread-why").textContent = problem;
    this.part("editor-fields").inert = !doc;
    if (!doc) return;
    this.doc = doc;
    this.config = config;
    this.showForm();
  }

  showForm() {
    const { doc, config } = this;
    this.general.show(doc, config);
    this.rows.show(doc, config);
    const count = this.rows.rows.size;
    this.part("parameter-count").textContent = count || "";
    this.part("no-parameters").hidden = count > 0;
    this.showDraws();
    if (this.answer) this.notes.show(this.answer.notes);
  }

  /** Make the text say what the form has changed in the document. */
  write() {
    try {
      this.code.text = writeDocument(this.doc);
    } catch {
      this.read();
      return this.notes.say("An alias in the YAML stands for this: change it there.");
    }
    this.config = this.doc.toJS() ?? {};
    this.showForm();
    this.changed();
  }

  changed() {
    const start = document.querySelector("[data-editor-start] [type=submit]");
    if (start && this.isDirty) Object.assign(start.dataset, { confirm: "What was written here will be replaced.", confirmTitle: "Load another configuration?", confirmYes: "Load it" });
    this.ask();
  }

  ask(how) {
    this.check.ask(this.code.text, this.part("agents").value, how);
  }

  answered(answer) {
    this.answer = answer;
    this.notes.show(answer.notes);
    this.showDraws();
    showPlan(this.root, answer.plan);
  }

  showDraws() {
    for (const [path, { row }] of this.rows.rows) showDrawn(row, this.answer?.parameters[path]);
  }

  pathOf(target) {
    const row = target.closest(".parameter");
    return row ? this.rows.rows.get(row.dataset.noted).path : [];
  }

  fieldChanged(input) {
    const path = input.dataset.setting ? [...this.pathOf(input), input.dataset.setting] : input.dataset.path.split(".");
    const problem = writeField(this.doc, path, input);
    if (problem) {
      input.setAttribute("aria-invalid", "true");
      return this.notes.say(`${input.dataset.path} ${problem}`);
    }
    this.write();
  }

  chosen(target) {
    const { role } = target.dataset;
    if (target.matches("[data-rule]")) {
      this.general.chooseRule(this.doc, target.value, this.config);
      this.write();
    } else if (role === "law") {
      const path = this.pathOf(target);
      chooseLaw(this.doc, path, path.reduce((found, key) => found[key], this.config), target.value, this.options.laws);
      this.write();
    } else if (role === "name") this.renamed(target);
  }

  renamed(input) {
    const path = this.pathOf(input);
    const name = input.value.trim();
    const isTaken = name !== path.at(-1) && this.doc.hasIn([...path.slice(0, -1), name]);
    if (!name || isTaken) {
      input.value = path.at(-1);
      return this.notes.say(isTaken ? `${name} is there already: choose another name.` : "A parameter needs a name.");
    }
    rename(this.doc, path, name);
    this.write();
  }

  pressed(button) {
    if (!button) return;
    if (button.matches("[data-add-parameter]")) return this.add();
    const { role } = button.dataset;
    if (role !== "remove" && role !== "up" && role !== "down") return;
    const path = this.pathOf(button);
    const siblings = entriesOf(this.doc, path.slice(0, -1)).map(({ name }) => name);
    const place = siblings.indexOf(path.at(-1));
    if (role === "remove") this.removed(path, siblings, place);
    else this.moved(path, siblings, place, role);
  }

  removed(path, siblings, place) {
    remove(this.doc, path);
    this.write();
    const next = siblings[place + 1] ?? siblings[place - 1];
    if (next) this.rows.focus({ key: `${[...path.slice(0, -1), next].join(".")} remove` });
    else this.part("add-parameter").focus();
    this.notes.say(`${path.at(-1)} is removed.`);
  }

  moved(path, siblings, place, role) {
    const to = place + (role === "up" ? -1 : 1);
    move(this.doc, path, to - place);
    this.write();
    const isAtEnd = to === 0 || to === siblings.length - 1;
    const focused = isAtEnd ? (to === 0 ? "down" : "up") : role;
    this.rows.focus({ key: `${path.join(".")} ${focused}` });
    this.notes.say(`${path.at(-1)} is number ${to + 1} of ${siblings.length}.`);
  }

  add() {
    let name = "parameter";
    for (let i = 2; this.doc.hasIn(["parameters", name]); i++) name = `parameter_${i}`;
    setValue(this.doc, ["parameters", name], { distribution: "uniform", min: 0, max: 1 });
    this.write();
    this.rows.focus({ key: `parameters.${name} name` });
    document.activeElement.select?.();
  }

  save(event) {
    if (this.root.dataset.checked !== "yes" || !this.notes.hasProblems) return;
    event.preventDefault();
    this.notes.focusFirst();
  }
}

for (const root of document.querySelectorAll("[data-sweep-editor]")) new Editor(root);
