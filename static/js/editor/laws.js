/** Which distribution a parameter has, and what becomes of it when another one is chosen. */

import { moveFirst, remove, setText, setValue, valueText } from "./document.js";

const DEFAULTS = { min: "0", max: "1", value: "1", values: "1, 2, 3", probabilities: "" };

/** Return the distribution that a parameter names or implies, as the server reads it: 1 is an integer, 1.0 is none. */
export function impliedLaw(doc, path, config) {
  if (config.distribution !== undefined) return String(config.distribution);
  if ("probabilities" in config) return "categorical_w_probabilities";
  if ("values" in config) return "categorical";
  if ("value" in config) return "constant";
  if ("min" in config || "max" in config) {
    return ["min", "max"].every((key) => /^([-+]?[\d_]+)?$/.test(valueText(doc, [...path, key]))) ? "int_uniform" : "uniform";
  }
  return "";
}

/** Give a parameter another distribution: what both take stays, the rest goes, what is missing gets a first value. */
export function chooseLaw(doc, path, config, law, laws) {
  const { keys } = laws.find((one) => one.name === law);
  const first = firstValues(config, law);
  for (const key of Object.keys(config)) if (!keys.includes(key) && key !== "when" && key !== "distribution") remove(doc, [...path, key]);
  setValue(doc, [...path, "distribution"], law);
  moveFirst(doc, [...path, "distribution"]);
  for (const key of keys) {
    if (key in first && !doc.hasIn([...path, key])) setText(doc, [...path, key], first[key], { isList: key === "values" || key === "probabilities" });
  }
  repair(doc, path, law);
}

function firstValues(config, law) {
  const values = Array.isArray(config.values) ? config.values : [];
  const numbers = values.filter((value) => typeof value === "number");
  const first = { ...DEFAULTS };
  if (numbers.length > 1) Object.assign(first, { min: `${Math.min(...numbers)}`, max: `${Math.max(...numbers)}` });
  else if (typeof config.mu === "number" && !law.startsWith("log")) Object.assign(first, { min: `${config.mu - 2}`, max: `${config.mu + 2}` });
  if (values.length) first.value = JSON.stringify(values[0]);
  if (config.value !== undefined) first.values = JSON.stringify(config.value);
  if (config.min !== undefined && config.max !== undefined) {
    first.values = `${config.min}, ${config.max}`;
    first.value = `${config.min}`;
  }
  const count = values.length || first.values.split(",").length;
  first.probabilities = Array(count).fill(Number((1 / count).toPrecision(12))).join(", ");
  return first;
}

/** Make bounds that the new distribution cannot have into ones that it can. */
function repair(doc, path, law) {
  const bound = (key) => Number(valueText(doc, [...path, key]));
  if (law === "int_uniform") {
    const low = Math.floor(bound("min"));
    setText(doc, [...path, "min"], `${low}`);
    setText(doc, [...path, "max"], `${Math.max(Math.ceil(bound("max")), low + 1)}`);
  }
  if (law.endsWith("_values")) {
    const high = bound("max") > 0 ? bound("max") : 1;
    if (!(bound("max") > 0)) setText(doc, [...path, "max"], "1");
    if (!(bound("min") > 0)) setText(doc, [...path, "min"], `${Number((high / 1000).toPrecision(6))}`);
  }
}
