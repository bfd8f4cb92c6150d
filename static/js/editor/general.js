/** The fields of the form above the parameters: method, metric, cap, stopping rule, program. */

import { remove, setText, setValue, valueText } from "./document.js";
import { element, show } from "./dom.js";

const IN_FORM = ["name", "method", "run_cap", "metric", "metrics", "early_terminate", "program", "command", "parameters"];
const FIRST_SETTINGS = { hyperband: { min_iter: 3 }, patience: { patience: 10 } };
const SWITCHES = ["strict"];

export class GeneralFields {
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.rule = "";
    this.part = (name) => root.querySelector(`[data-${name}]`);
    this.part("path=method").append(...options.methods.map(({ name, about }) => element("option", { value: name, textContent: about ? `${name}: ${about}` : name })));
    this.part("rule").append(...Object.keys(options.rules).map((name) => element("option", { value: name, textContent: name })));
  }

  get inputs() {
    return this.root.querySelectorAll("[data-path]:not([data-setting])");
  }

  show(doc, config) {
    this.showRule(config.early_terminate);
    for (const input of this.inputs) this.showOne(input, doc, config);
    const several = Array.isArray(config.metrics);
    this.part("metric").hidden = several;
    this.part("metrics").hidden = !several;
    if (several) this.part("metrics-names").textContent = config.metrics.map((metric) => metric?.name ?? "?").join(", ");
    const others = Object.keys(config).filter((key) => !IN_FORM.includes(key));
    this.part("others").hidden = !others.length;
    this.part("others-names").textContent = others.join(", ");
  }

  showOne(input, doc, config) {
    const path = input.dataset.path.split(".");
    const value = path.reduce((found, key) => found?.[key], config);
    const text = input.dataset.kind === "scalar" ? valueText(doc, path) : plainText(value, input.dataset.kind);
    input.disabled = text === null || isFixed(path, this.options.fixed);
    if (input === document.activeElement) return;
    if (input.localName === "select" && text !== null) addChoice(input, text);
    show(input, text ?? "edit it in the YAML");
  }

  /** Show the settings of a stopping rule. */
  showRule(rule) {
    const name = typeof rule?.type === "string" ? rule.type : "";
    const select = this.part("rule");
    addChoice(select, name);
    show(select, name);
    if (name === this.rule) return;
    this.rule = name;
    const place = this.part("early-terminate");
    for (const field of place.querySelectorAll("[data-noted]:not(:first-child)")) field.remove();
    place.append(...(this.options.rules[name] ?? []).map(ruleField));
  }

  chooseRule(doc, name, config) {
    const had = config.early_terminate ?? {};
    remove(doc, ["early_terminate"]);
    if (!name) return;
    const kept = this.options.rules[name].filter((key) => key in had).map((key) => [key, had[key]]);
    setValue(doc, ["early_terminate"], { type: name, ...FIRST_SETTINGS[name], ...Object.fromEntries(kept) });
  }
}

/** Write what a field of the form holds into the document; return what is wrong with it, or "". */
export function writeField(doc, path, { dataset, value }) {
  if (dataset.kind === "scalar" || dataset.kind === "list") return setText(doc, path, value, { isList: dataset.kind === "list" });
  setValue(doc, path, dataset.kind === "lines" ? value.split("\n").filter((line) => line.trim()) : value);
  return "";
}

function ruleField(key) {
  const id = `f-rule-${key}`;
  const input = SWITCHES.includes(key) ? element("select", { id }, ...[["", "default"], ["true", "true"], ["false", "false"]].map(([value, textContent]) => element("option", { value, textContent }))) : element("input", { id, inputMode: "decimal", autocomplete: "off", placeholder: "default" });
  Object.assign(input.dataset, { path: `early_terminate.${key}`, kind: "scalar" });
  const field = element("div", { className: "field" }, element("label", { htmlFor: id, textContent: key }), input);
  field.dataset.noted = `early_terminate.${key}`;
  return field;
}

/** Let a select show a value that it does not offer, as one that is wrong. */
function addChoice(select, value) {
  if (![...select.options].some((option) => option.value === value)) select.append(element("option", { value, textContent: value || "choose" }));
}

function plainText(value, kind) {
  if (value === undefined || value === null) return "";
  if (kind === "lines") return Array.isArray(value) && value.every((one) => typeof one !== "object") ? value.join("\n") : null;
  return typeof value === "object" ? null : String(value);
}

function isFixed(path, fixed) {
  return fixed.includes(path[0]) && path.join(".") !== "metric.target";
}
