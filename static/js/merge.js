/** Merge new HTML into a page so that focus, selection, scroll, what is being typed and what charts show stay as they are. */

import { alignRows, isSettled, reuseRows } from "./align_rows.js";
import morphdom from "../vendor/morphdom-2.7.8/morphdom-esm.js";

const preparations = [];

/** Let `prepare(root)` give new content what it has given the old, which then differs only where the server's does. */
export function prepareMerges(prepare) {
  preparations.push(prepare);
}

/** Make the content of `element` equal to `html`, changing only what differs. */
export function merge(element, html) {
  const target = element.cloneNode(false);
  target.innerHTML = html;
  for (const prepare of preparations) prepare(target);
  alignRows(element, target);
  morphdom(element, target, { childrenOnly: true, onBeforeElUpdated });
}

/** Merge each of some elements, of another view of the same, into the one of the page that has its id, where there is one. */
export function mergeElements(html) {
  const target = document.createElement("div");
  target.innerHTML = html;
  for (const prepare of preparations) prepare(target);
  for (const element of target.children) {
    const shown = document.getElementById(element.id);
    if (!shown) continue;
    reuseRows(shown, element);
    alignRows(shown, element);
    if (onBeforeElUpdated(shown, element)) morphdom(shown, element, { onBeforeElUpdated });
  }
}

function onBeforeElUpdated(from, to) {
  if (from.hasAttribute("data-keep")) {
    copyData(from, to); // a chart's source and version may be new; what it has drawn is its own
    return false;
  }
  if (isSettled(to) || from.isEqualNode(to) || isSameTime(from, to)) return false;
  if (from === document.activeElement && from.matches("input, textarea, select")) return false;
  if (from.localName === "details") to.open = from.open;
  if (from.matches("select[data-figure-option], [data-chart-options] select")) keepChoice(from, to);
  return true;
}

function copyData(from, to) {
  for (const { name, value } of to.attributes) {
    if (name.startsWith("data-") && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

/** A script has already put the time in the viewer's words and zone. */
function isSameTime(from, to) {
  const attribute = from.localName === "time" ? "datetime" : "data-since";
  return from.hasAttribute(attribute) && from.getAttribute(attribute) === to.getAttribute(attribute);
}

function keepChoice(from, to) {
  for (const option of to.options) option.toggleAttribute("selected", option.value === from.value);
}
