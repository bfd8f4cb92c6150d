/**
 * Keeps a page up to date: asks for the page's fragments with the version that is shown, and merges what has changed.
 *
 * A stream of events says when to ask. Without one the page asks by itself: fast while something is under way, slower and slower
 * otherwise. It is silent while nobody looks; one request at a time, and never more than a quarter of the time spent waiting for
 * the server. A lost connection is shown, and recovers by itself.
 */

import { NewsStream } from "./live_stream.js";
import { merge } from "./merge.js";
import { showMessage } from "./messages.js";
import { partBetween, showPart } from "./page_part.js";

const FAST = 1000;
const SLOWEST = 10_000;
const SAFETY = 30_000; // asks so often in spite of a stream, for what time alone changes
const PAUSE = 400; // between two answers while the stream tells of ever more
const REST = 3; // waits this many times as long as the last answer took
const PATIENCE = 2; // failures before the viewer is told
const FRESH = 2000; // how long an answer that was asked for ahead is good for
const WORDS = {
  live: ["Live", "Live: what is new appears by itself"],
  lost: ["Connection lost, trying again", "Connection lost, trying again: what is shown may be old"],
};

class Unreachable extends Error {}

const root = document.getElementById("live");
const indicator = document.getElementById("live-state");

let etag = root?.dataset.etag ? `"${JSON.parse(root.dataset.etag)}"` : null;
let interval = FAST;
let failures = 0;
let timer = 0;
let request = null;
let isGone = false;
let mark = null; // what the stream said last
let shownMark = null; // what it had said when the page's content was asked for
let earliest = 0;
let ahead = null; // the answer that was asked for ahead
let shown = location.href; // the address whose content is shown, but for what charts put there by themselves

const stream = root && new NewsStream(streamAddress(), { onMark, onState });

/** Begin to follow what happens, on a page that has a live part. */
export function startLive() {
  if (!root) return;
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : refresh()));
  window.addEventListener("pagehide", stop); // a page with an open stream could not be gone back to at once
  window.addEventListener("pageshow", (event) => event.persisted && refresh());
  window.addEventListener("online", refresh);
  showState("live");
  follow(interval);
}

/** Look for changes now. */
export function refresh() {
  if (!root || isGone) return;
  interval = FAST;
  follow(interval);
  stream.hurry();
  poll();
}

/** Ask for another view while its link is still being pressed: much of the answer's time is over when that is let go. */
export function askAhead(url) {
  const part = partBetween(shown, url);
  if (!part) return;
  const asked = fragmentsUrl(url, part);
  const controller = new AbortController();
  ahead = { url: asked.href, controller, at: performance.now(), response: ask(asked, {}, controller) };
  ahead.response.catch(() => {}); // who navigates is told
}

/**
 * Show another view of this page (its sort order, filter, page) in place; goes there the ordinary way where that fails. What the
 * server sends is shown where `isWanted(html)`; returns false where it is not.
 */
export async function navigate(url, { push = true, isWanted = () => true } = {}) {
  let isShown = true;
  request?.abort();
  clearTimeout(timer);
  setBusy(true);
  try {
    isShown = (await load(url, null, partBetween(shown, url), isWanted)) !== null;
    if (push && isShown) history.pushState(null, "", url);
  } catch (error) {
    if (error.name === "AbortError") return true;
    if (!(error instanceof Unreachable)) {
      location.assign(url);
      return true;
    }
    showMessage("The server cannot be reached. The page shows what it had; try again.", "error"); // better than no page
  } finally {
    if (!request) setBusy(false);
  }
  follow(FAST);
  return isShown;
}

/** Resolve when the page shows what was asked for last. */
export async function allShown() {
  while (root.hasAttribute("aria-busy")) await new Promise(requestAnimationFrame);
}

/** A class of the page rather than `:has()`, for which a browser would look again whenever an element is added anywhere. */
function setBusy(isBusy) {
  if (isBusy) root.setAttribute("aria-busy", "true");
  else root.removeAttribute("aria-busy");
  document.body.classList.toggle("is-on-its-way", isBusy);
}

/** Whether the page has a live part that can be navigated in place. */
export function isLive() {
  return Boolean(root);
}

function onMark(told) {
  mark = told;
  if (mark !== shownMark && !failures) schedule(earliest - performance.now());
}

/** While events come, polls are rare; when they no longer do, one tells whether the server is there. */
function onState(isFlowing) {
  interval = FAST;
  indicator?.setAttribute("data-live-by", isFlowing ? "events" : "polls");
  if (!isFlowing) schedule(FAST * Math.random());
}

async function poll() {
  if (request || isGone) return;
  const began = performance.now();
  try {
    const changed = await load(location.href, etag);
    if (failures) stream.hurry();
    failures = 0;
    showState("live");
    interval = changed || isActive() ? FAST : Math.min(interval * 1.5, SLOWEST);
  } catch (error) {
    if (error.name === "AbortError") return;
    failures += 1;
    interval = Math.min(FAST * 2 ** failures, SLOWEST);
    if (failures >= PATIENCE) showState("lost");
  }
  const rest = REST * (performance.now() - began);
  earliest = performance.now() + Math.max(PAUSE, rest);
  schedule(Math.max(nextInterval(), rest));
}

function nextInterval() {
  if (failures || !stream.isFlowing) return interval;
  return mark === shownMark ? SAFETY : PAUSE;
}

/**
 * Fetch and merge the fragments of an address, or a part of them; return whether they differ from what `known` stands for. The
 * rest of the page may be older than a part, so its version stays the one that is asked with. Returns null for what is not wanted.
 */
async function load(address, known, part = null, isWanted = () => true) {
  const url = fragmentsUrl(address, part);
  const before = takeAhead(url);
  const mine = before?.controller ?? new AbortController();
  const told = mark;
  request = mine;
  try {
    const response = await (before?.response ?? ask(url, known ? { "If-None-Match": known } : {}, mine));
    if (response.status === 304) {
      shownMark = told;
      return false;
    }
    if (!response.ok) return refused(response);
    const html = await response.text();
    if (!isWanted(html)) return null;
    shown = address;
    if (part) await showPart(html, address);
    else {
      etag = response.headers.get("ETag");
      shownMark = told;
      merge(root, html);
    }
    document.dispatchEvent(new CustomEvent("live:changed"));
    return true;
  } finally {
    if (request === mine) request = null;
  }
}

function fragmentsUrl(address, part) {
  const url = new URL(address, location.href);
  url.searchParams.set("fragments", part ?? "1");
  url.hash = "";
  return url;
}

function ask(url, headers, { signal }) {
  return fetch(url, { headers, cache: "no-store", signal }).catch((error) => {
    throw error.name === "AbortError" ? error : new Unreachable();
  });
}

/** Return what was asked for ahead, where that is what is wanted now, and new enough. */
function takeAhead(url) {
  const taken = ahead;
  ahead = null;
  return taken?.url === url.href && performance.now() - taken.at < FRESH ? taken : null;
}

function refused(response) {
  if (response.status === 401) location.reload(); // leads to the sign-in page, and back
  if (response.status === 404) {
    isGone = true;
    stop();
    showState("lost");
    showMessage("What this page shows was deleted, or you may no longer see it.", "error");
    return false;
  }
  throw new Error(`the server answered ${response.status}`);
}

function isActive() {
  return root.firstElementChild?.dataset.active === "true";
}

function follow(delay) {
  if (document.hidden || isGone) return;
  stream.open();
  schedule(delay);
}

function schedule(delay) {
  clearTimeout(timer);
  if (!document.hidden && !isGone) timer = setTimeout(poll, Math.max(delay, 0));
}

function stop() {
  stream.close();
  clearTimeout(timer);
}

function streamAddress() {
  return `${location.pathname}?events=1`;
}

function showState(state) {
  if (!indicator || indicator.dataset.liveState === state) return;
  indicator.hidden = false;
  indicator.dataset.liveState = state;
  [indicator.firstElementChild.textContent, indicator.title] = WORDS[state];
}
