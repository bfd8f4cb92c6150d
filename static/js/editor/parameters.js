/** The rows of the form, one a parameter, nested ones inside their group. Rows are made anew only when their shape changes. */

import { entriesOf, valueText } from "./document.js";
import { dotted, element, fromTemplate, show } from "./dom.js";
import { impliedLaw } from "./laws.js";

const SETTINGS = ["value", "values", "probabilities", "min", "max", "q", "mu", "sigma", "a", "b"];
let nextId = 0;

export class ParameterRows {
  constructor(list, options) {
    this.list = list;
    this.options = options;
    this.rows = new Map(); // dotted path of a parameter -> {row, path}
    this.shape = "";
    this.lawChoices = document.createDocumentFragment();
    this.lawChoices.append(...options.laws.map(({ name: value, about }) => element("option", { value, textContent: `${value}: ${about}` })));
  }

  /** Show the parameters of a document. */
  show(doc, config) {
    const shape = JSON.stringify(shapeOf(doc, config.parameters, ["parameters"]));
    if (shape !== this.shape) {
      this.shape = shape;
      const had = focusIn(this.list);
      this.rows.clear();
      this.list.replaceChildren(...this.made(doc, config.parameters, ["parameters"]));
      if (had) this.focus(had);
    }
    for (const { row, path } of this.rows.values()) this.showValues(doc, row, path);
  }

  /** Put the focus on the element with a key, with what was typed into it and the cursor where it was. */
  focus({ key, value, start, end }) {
    const found = this.list.querySelector(`[data-key="${CSS.escape(key)}"]`);
    found?.focus();
    if (value === undefined || !found?.setSelectionRange) return;
    found.value = value;
    found.setSelectionRange(start, end);
  }

  made(doc, parameters, path) {
    const entries = entriesOf(doc, path);
    return entries.map((entry, place) => this.row(doc, entry, parameters?.[entry.name], [...path, entry.name], place, entries.length));
  }

  row(doc, { name, kind }, config, path, place, count) {
    const row = fromTemplate("parameter");
    const id = `p${nextId++}`;
    row.id = id;
    row.dataset.noted = dotted(path);
    this.rows.set(dotted(path), { row, path });
    const part = (role) => row.querySelector(`[data-role="${role}"]`);
    part("name").value = name;
    part("name").setAttribute("aria-label", `Name of ${name}`);
    for (const [role, does] of Object.entries({ up: "Move up", down: "Move down", remove: "Remove" })) {
      part(role).setAttribute("aria-label", `${does}: ${name}`);
      part(role).title = does;
      part(role).disabled = this.options.isFixed || (role === "up" && place === 0) || (role === "down" && place === count - 1);
    }
    part("name").disabled = this.options.isFixed || name === "<<";
    for (const role of ["name", "law", "up", "down", "remove"]) part(role).dataset.key = `${dotted(path)} ${role}`;
    row.querySelector("[data-notes]").id = `${id}-notes`;
    if (kind === "parameter") this.addSettings(doc, row, config, path, name);
    else this.addOther(doc, row, kind, config, path, name);
    return row;
  }

  addSettings(doc, row, config, path, name) {
    const law = impliedLaw(doc, path, config);
    const select = row.querySelector('[data-role="law"]');
    select.append(this.lawChoices.cloneNode(true));
    if (!this.options.laws.some((one) => one.name === law)) select.prepend(element("option", { value: law, textContent: law || "choose a distribution" }));
    select.value = law;
    select.setAttribute("aria-label", `Distribution of ${name}`);
    const keys = this.options.laws.find((one) => one.name === law)?.keys ?? [];
    row.querySelector("[data-settings]").append(...keys.map((key) => setting(row.id, [...path, key], key, name)));
    const others = Object.keys(config).filter((key) => !SETTINGS.includes(key) && key !== "distribution");
    if (others.length) this.fact(row, others.map((key) => (key === "when" ? whenText(config.when) : `also has ${key}`)).join("; "));
  }

  addOther(doc, row, kind, config, path, name) {
    row.querySelector('[data-role="law"]').remove();
    row.querySelector(".parameter-body").remove();
    row.classList.add(kind);
    const group = row.querySelector("[data-group]");
    group.hidden = false;
    if (kind === "opaque") {
      group.textContent = "is written in a way that the form cannot show: edit it in the YAML";
      return;
    }
    const inner = row.querySelector("[data-inner]");
    const rows = this.made(doc, config.parameters, [...path, "parameters"]);
    group.textContent = `a group of ${rows.length}`;
    inner.setAttribute("aria-label", `Parameters of ${name}`);
    inner.append(...rows);
    inner.hidden = false;
    if (config.when) this.fact(row, whenText(config.when));
  }

  fact(row, text) {
    const fact = row.querySelector(":scope > [data-fact]");
    fact.textContent = `${text[0].toUpperCase()}${text.slice(1)}: edit it in the YAML.`;
    fact.hidden = false;
  }

  showValues(doc, row, path) {
    for (const input of row.querySelectorAll(":scope > .parameter-body [data-setting]")) {
      const text = valueText(doc, [...path, input.dataset.setting], { isList: input.dataset.kind === "list" });
      input.disabled = text === null;
      if (input !== document.activeElement) show(input, text ?? "edit it in the YAML");
    }
  }
}

function setting(id, path, key, name) {
  const isList = key === "values" || key === "probabilities";
  const input = element("input", { id: `${id}-${key}`, autocomplete: "off", spellcheck: false });
  Object.assign(input.dataset, { setting: key, path: dotted(path), key: `${dotted(path)} value`, kind: isList ? "list" : "scalar" });
  if (!isList && key !== "value") input.inputMode = "decimal";
  const label = element("label", { htmlFor: input.id, textContent: key });
  label.append(element("span", { className: "unseen", textContent: ` of ${name}` }));
  return element("div", { className: isList ? "field broad" : "field" }, label, input);
}

function whenText(when) {
  const parts = Object.entries(when ?? {}).map(([other, values]) => `${other} is ${[values].flat().map((value) => JSON.stringify(value)).join(" or ")}`);
  return `only when ${parts.join(" and ")}`;
}

/** Return what decides which elements there are: names, order, distributions and the keys in each. */
function shapeOf(doc, parameters, path) {
  return entriesOf(doc, path).map(({ name, kind }) => {
    const config = parameters?.[name];
    if (kind === "group") return [name, config.when, shapeOf(doc, config.parameters, [...path, name, "parameters"])];
    return kind === "opaque" ? [name] : [name, impliedLaw(doc, [...path, name], config), Object.keys(config).filter((key) => !SETTINGS.includes(key)), config.when];
  });
}

function focusIn(list) {
  const { activeElement: element } = document;
  if (!list.contains(element)) return null;
  const isText = element.localName === "input";
  return { key: element.dataset.key, value: isText ? element.value : undefined, start: element.selectionStart, end: element.selectionEnd };
}
