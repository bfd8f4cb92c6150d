/** How the axes are arranged, as choices in the page's address; what is brushed stands there as part of the selection. */

import { joinKeys, splitKeys } from "../keys.js";

const LISTS = ["order", "hidden", "shown", "flipped"];

/** The arrangement that the address describes; `choiceOf(name)` gives what it says, or null. */
export function arrangementOf(choiceOf) {
  const keys = (name) => splitKeys(choiceOf(`parallel.${name}`) ?? "");
  const scales = [...keys("log").map((key) => [key, true]), ...keys("linear").map((key) => [key, false])];
  return {
    ...Object.fromEntries(LISTS.map((name) => [name, keys(name)])),
    log: Object.fromEntries(scales),
    color: choiceOf("parallel.color") || null,
  };
}

/** An arrangement as choices: [name, value, what is built in]. */
export function choicesOf({ log = {}, color = null, ...lists }) {
  const scaled = (wanted) => Object.keys(log).filter((key) => log[key] === wanted);
  const texts = { ...Object.fromEntries(LISTS.map((name) => [name, lists[name] ?? []])), log: scaled(true), linear: scaled(false) };
  const entries = Object.entries(texts).map(([name, keys]) => [`parallel.${name}`, joinKeys(keys), ""]);
  return [...entries, ["parallel.color", color ?? "", ""]];
}
