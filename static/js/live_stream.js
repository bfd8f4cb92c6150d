/**
 * Server-sent events about the page: each says by a mark how far things are, and a mark other than the one known is news.
 *
 * Whatever stands in the way of that (a server or a proxy that does not stream, too many open pages) leaves the page to look for
 * news by itself, and a new stream is tried now and then.
 */

import { takeSlot } from "./live_slots.js";

const SILENCE = 40_000; // the server says something every 15 seconds
const FIRST_WORD = 5000; // a proxy that holds events back is as good as no stream
const SOONEST = 1000;
const LATEST = 60_000;

export class NewsStream {
  #url;
  #onMark;
  #onState;
  #source = null;
  #slot = null;
  #watchdog = 0;
  #reopening = 0;
  #delay = SOONEST;
  #isWanted = false;

  /** `onMark(mark)` is told of each mark, `onState(isFlowing)` when events begin to come or do so no longer. */
  constructor(url, { onMark, onState }) {
    this.#url = url;
    this.#onMark = onMark;
    this.#onState = onState;
  }

  /** Whether news comes by itself. */
  isFlowing = false;

  /** Open the stream, unless it is. */
  async open() {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#delay = SOONEST;
    await this.#connect();
  }

  /** Try again now, where no stream is open but one is wanted: the server is there again. */
  hurry() {
    if (!this.#isWanted || this.#source) return;
    clearTimeout(this.#reopening);
    this.#delay = SOONEST;
    this.#connect();
  }

  /** Close the stream, and try no other one. */
  close() {
    this.#isWanted = false;
    clearTimeout(this.#reopening);
    this.#disconnect();
  }

  async #connect() {
    const slot = await takeSlot();
    if (!this.#isWanted || this.#source) return slot?.();
    if (!slot) return this.#reopen();
    this.#slot = slot;
    const source = new EventSource(this.#url);
    this.#source = source;
    this.#watch(FIRST_WORD);
    source.addEventListener("mark", ({ data }) => this.#hear(() => this.#onMark(data)));
    source.addEventListener("beat", () => this.#hear());
    source.addEventListener("error", () => this.#stumble(source));
  }

  #hear(tell = () => {}) {
    this.#delay = SOONEST;
    this.#watch(SILENCE);
    this.#setFlowing(true);
    tell();
  }

  /** The browser itself comes back after a stream that was cut off, but not after an answer that is none. */
  #stumble(source) {
    if (source !== this.#source) return;
    if (source.readyState === EventSource.CLOSED) return this.#giveUp();
    this.#watch(FIRST_WORD);
    this.#setFlowing(false);
  }

  #giveUp() {
    this.#disconnect();
    this.#reopen();
  }

  #reopen() {
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => this.#connect(), this.#delay * (1 + Math.random()));
    this.#delay = Math.min(this.#delay * 4, LATEST);
  }

  #watch(patience) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#giveUp(), patience);
  }

  #disconnect() {
    clearTimeout(this.#watchdog);
    this.#source?.close();
    this.#source = null;
    this.#slot?.();
    this.#slot = null;
    this.#setFlowing(false);
  }

  #setFlowing(isFlowing) {
    if (this.isFlowing === isFlowing) return;
    this.isFlowing = isFlowing;
    this.#onState(isFlowing);
  }
}
