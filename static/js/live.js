/**
 * Keeps a page up to date: asks for the page's fragments with the version that is shown, and merges what has changed.
 *
 * Fast while something is under way, slower and slower otherwise, silent while nobody looks; one request at a time, and never
 * more than a quarter of the time spent waiting for the server. A lost connection is shown, and recovers by itself.
 */

import { merge } from "./merge.js";
import { showMessage } from "./messages.js";

const FAST = 1000;
const SLOWEST = 10_000;
const REST = 3; // waits this many times as long as the last answer took
const PATIENCE = 2; // failures before the viewer is told

const root = document.getElementById("live");
const indicator = document.getElementById("live-state");

let etag = root?.dataset.etag ? `"${JSON.parse(root.dataset.etag)}"` : null;
let interval = FAST;
let failures = 0;
let timer = 0;
let request = null;
let isGone = false;

/** Begin to poll, on a page that has a live part. */
export function startLive() {
  if (!root) return;
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : refresh()));
  window.addEventListener("pageshow", (event) => event.persisted && refresh());
  window.addEventListener("online", refresh);
  showState("live");
  schedule(interval);
}

/** Look for changes now. */
export function refresh() {
  if (!root || isGone) return;
  interval = FAST;
  poll();
}

/** Show another view of this page (its sort order, filter, page) in place; goes there the ordinary way where that fails. */
export async function navigate(url, { push = true } = {}) {
  request?.abort();
  stop();
  root.setAttribute("aria-busy", "true");
  try {
    await load(url, null);
    if (push) history.pushState(null, "", url);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
    return;
  } finally {
    root.removeAttribute("aria-busy");
  }
  schedule(FAST);
}

/** Whether the page has a live part that can be navigated in place. */
export function isLive() {
  return Boolean(root);
}

async function poll() {
  if (request || isGone) return;
  const began = performance.now();
  try {
    const changed = await load(location.href, etag);
    failures = 0;
    showState("live");
    interval = changed || isActive() ? FAST : Math.min(interval * 1.5, SLOWEST);
  } catch (error) {
    if (error.name === "AbortError") return;
    failures += 1;
    interval = Math.min(FAST * 2 ** failures, SLOWEST);
    if (failures >= PATIENCE) showState("lost");
  }
  schedule(Math.max(interval, REST * (performance.now() - began)));
}

/** Fetch and merge the fragments of an address; return whether they differ from what `known` stands for. */
async function load(address, known) {
  const url = new URL(address, location.href);
  url.searchParams.set("fragments", "1");
  url.hash = "";
  const mine = new AbortController();
  request = mine;
  try {
    const headers = known ? { "If-None-Match": known } : {};
    const response = await fetch(url, { headers, cache: "no-store", signal: mine.signal });
    if (response.status === 304) return false;
    if (!response.ok) return refused(response);
    const html = await response.text();
    etag = response.headers.get("ETag");
    merge(root, html);
    document.dispatchEvent(new CustomEvent("live:changed"));
    return true;
  } finally {
    if (request === mine) request = null;
  }
}

function refused(response) {
  if (response.status === 401) location.reload(); // leads to the sign-in page, and back
  if (response.status === 404) {
    isGone = true;
    showState("lost");
    showMessage("What this page shows was deleted, or you may no longer see it.", "error");
    return false;
  }
  throw new Error(`the server answered ${response.status}`);
}

function isActive() {
  return root.firstElementChild?.dataset.active === "true";
}

function schedule(delay) {
  clearTimeout(timer);
  if (!document.hidden && !isGone) timer = setTimeout(poll, delay);
}

function stop() {
  clearTimeout(timer);
}

function showState(state) {
  if (!indicator || indicator.dataset.liveState === state) return;
  indicator.hidden = false;
  indicator.dataset.liveState = state;
  indicator.firstElementChild.textContent = state === "live" ? "Live" : "Connection lost, trying again";
  indicator.title = indicator.firstElementChild.textContent;
}
