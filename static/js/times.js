/** Times in the viewer's words and zone: "3 min ago" grows older, durations run on, tooltips tell the local time. */

import { prepareMerges } from "./merge.js";

const AGES = [
  [31_536_000, "y"],
  [2_592_000, "mo"],
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
];
const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
  [1, "s"],
];
const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** "3 min ago", or "in 2m 05s" for what is to come. */
function relative(then, now) {
  const seconds = (now - then) / 1000;
  if (seconds < -1) return `in ${duration(-seconds)}`;
  const [size, unit] = AGES.find(([limit]) => seconds >= limit) ?? [0, ""];
  return size ? `${Math.floor(seconds / size)} ${unit} ago` : "just now";
}

/** "1h 05m": the two largest units; below ten seconds with a tenth. */
export function duration(seconds) {
  if (seconds < 10) return `${Math.max(seconds, 0).toFixed(1)}s`;
  const whole = Math.round(seconds);
  const at = UNITS.findIndex(([size]) => whole >= size);
  const [size, unit] = UNITS[at];
  const next = UNITS[at + 1];
  if (!next) return `${whole}s`;
  return `${Math.floor(whole / size)}${unit} ${String(Math.floor((whole % size) / next[0])).padStart(2, "0")}${next[1]}`;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showTimes(root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll("time[datetime]")) {
    const then = new Date(element.dateTime);
    setText(element, relative(then, now));
    const title = local.format(then);
    if (element.title !== title) element.title = title;
  }
}

function showDurations(root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll("[data-since]")) {
    setText(element, duration((now - new Date(element.dataset.since)) / 1000));
  }
}

function showAll(root) {
  showTimes(root);
  showDurations(root);
}

function unlessHidden(show) {
  return () => document.hidden || show();
}

showAll();
setInterval(unlessHidden(showDurations), 1000);
setInterval(unlessHidden(showTimes), 10_000);
prepareMerges(showAll);
