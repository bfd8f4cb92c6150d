/** Merge new HTML into a page so that focus, selection, scroll, what is being typed and what charts show stay as they are. */

import { alignRows, bodiesOf, isSettled, settle } from "./align_rows.js";
import { patchRows } from "./patch_rows.js";
import morphdom from "../vendor/morphdom-2.7.8/morphdom-esm.js";

const preparations = [];
let rest = null; // what is left of the last merge

/** Let `prepare(root)` give new content what it has given the old, which then differs only where the server's does. */
export function prepareMerges(prepare) {
  preparations.push(prepare);
}

/** Make the content of `element` equal to `html`, changing only what differs. */
export function merge(element, html) {
  rest?.();
  const target = element.cloneNode(false);
  target.innerHTML = html;
  for (const prepare of preparations) prepare(target);
  alignRows(element, target);
  morphdom(element, target, { childrenOnly: true, onBeforeElUpdated });
}

/**
 * Merge each of some elements, of another view of the same, into the one of the page that has its id, where there is one: at once,
 * but for rows that the window does not show, which come after the next frame. Ends when all is merged.
 */
export async function mergeElements(html) {
  rest?.();
  const target = document.createElement("div");
  target.innerHTML = html;
  for (const prepare of preparations) prepare(target);
  const left = [...target.children].flatMap(mergeElement);
  if (left.length) await new Promise((done) => later(left, done));
}

/** Do what is left after the next frame, or before anything else is merged. */
function later(left, done) {
  const mine = () => {
    if (rest !== mine) return;
    rest = null;
    for (const patchTheRest of left) patchTheRest();
    done();
  };
  rest = mine;
  requestAnimationFrame(() => setTimeout(mine, 0));
}

/** Merge an element; return what is left to do. */
function mergeElement(element) {
  const shown = document.getElementById(element.id);
  if (!shown) return [];
  const left = reuseRows(shown, element);
  alignRows(shown, element);
  if (onBeforeElUpdated(shown, element)) morphdom(shown, element, { onBeforeElUpdated });
  return left;
}

/** Let rows stand for those at the same places of the newer tables, but where one has the focus. */
function reuseRows(shown, element) {
  const reused = bodiesOf(shown, element).filter(([from]) => !from.contains(document.activeElement));
  return reused.flatMap(([from, to]) => {
    settle(to);
    return patchRows(from, to) ?? [];
  });
}

function onBeforeElUpdated(from, to) {
  if (from.hasAttribute("data-keep")) {
    copyData(from, to); // a chart's source and version may be new; what it has drawn is its own
    return false;
  }
  if (isSettled(to) || from.isEqualNode(to)) return false;
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

function keepChoice(from, to) {
  for (const option of to.options) option.toggleAttribute("selected", option.value === from.value);
}
