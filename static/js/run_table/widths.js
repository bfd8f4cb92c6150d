/**
 * The widths of columns, and those that stay in view while the others scroll.
 *
 * Both are rules of a style sheet that is made here: what the server sends has no styles, and what it sends later changes
 * nothing of them. A head is resized by its right edge, or by Ctrl and an arrow key.
 */

import { joinKeys } from "../keys.js";
import { heads, show } from "./address.js";

const NARROWEST = 48;
const WIDEST = 1200;
const STEP = 16;
const sheet = new CSSStyleSheet();
let dragged = null;
let given = ""; // the rules of widths alone
let rules = "";

/** Begin to listen. */
export function startWidths() {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", (event) => dragged && resize(event));
  document.addEventListener("pointerup", () => dragged && end());
  document.addEventListener("keydown", pressed);
  window.addEventListener("resize", showWidths);
  document.fonts.ready.then(showWidths);
}

/** Give the columns their widths, and those that are pinned their places. */
export function showWidths() {
  const cells = [...document.querySelectorAll("#runs-table thead tr:last-child > th")];
  const widths = cells.map(widthRule).join("\n");
  if (widths !== given) setRules(widths); // pinned columns are measured with it
  given = widths;
  setRules(`${widths}\n${pinRules(cells).join("\n")}`);
}

/** Rules that are set anew lay out the whole table again, the same ones too. */
function setRules(text) {
  if (text === rules) return;
  rules = text;
  sheet.replaceSync(text);
}

function widthRule(head, place) {
  const width = Number(head.dataset.width);
  if (!width) return "";
  return `#runs-table tr:not(.over) > :nth-child(${place + 1}) { width: ${width}px; min-width: ${width}px; max-width: ${width}px; overflow: hidden; text-overflow: ellipsis; }`;
}

function pinRules(cells) {
  const pinned = cells.filter((head) => head.matches(".pinned"));
  let left = 0;
  const rules = pinned.map((head, place) => {
    const rule = `#runs-table tr:not(.over) > :nth-child(${place + 1}) { left: ${left}px; }`;
    left += head.getBoundingClientRect().width;
    return rule;
  });
  // On a narrow screen what is pinned would leave no room for the rest.
  const room = document.getElementById("runs-scroll")?.clientWidth ?? 0;
  if (left <= room * 0.7) return rules;
  return ["#runs-table .pinned { position: static; }", "#runs-table tr > .pinned:nth-child(2) { position: sticky; left: 0; }"];
}

function begin(event) {
  const handle = event.target.closest?.("[data-resize]");
  if (!handle || event.button) return;
  event.preventDefault();
  const head = handle.closest("th");
  dragged = { head, from: event.clientX, width: head.getBoundingClientRect().width };
  handle.setPointerCapture(event.pointerId);
}

function resize(event) {
  dragged.head.dataset.width = bounded(dragged.width + event.clientX - dragged.from);
  showWidths();
}

function end() {
  dragged = null;
  keep();
}

function pressed(event) {
  const head = event.target.closest?.("#runs-table th[data-key]");
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!head || !direction || !event.ctrlKey) return;
  event.preventDefault();
  event.stopPropagation();
  head.dataset.width = bounded(head.getBoundingClientRect().width + direction * STEP);
  showWidths();
  keep();
}

function bounded(width) {
  return Math.round(Math.min(Math.max(width, NARROWEST), WIDEST));
}

/** Put the widths into the address. */
function keep() {
  const given = heads().filter((head) => head.dataset.width);
  show({ widths: joinKeys(given.map((head) => `${head.dataset.key}:${head.dataset.width}`)) });
}
