/**
 * Fetches what a chart shows when it comes into view and when its version is a new one, however often that changes: one request
 * at a time, and several times as long a rest as fetching and drawing took.
 */

const REST = 4;
const SHORTEST_REST = 800;
const AHEAD = "300px";

const loaders = new Map();
const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) loaders.get(entry.target)?.setVisible(entry.isIntersecting);
  },
  { rootMargin: AHEAD },
);

/**
 * Load the elements that match a selector, with `draw(element, data)` for each; forget those that have gone. Charts that share data
 * give `fetchData(url, version)`, which resolves to them.
 */
export function loadCharts(selector, { urlOf, draw, forget, fetchData = fetchJson }) {
  for (const [element, loader] of loaders) {
    if (element.isConnected) continue;
    observer.unobserve(element);
    loaders.delete(element);
    loader.stop();
    forget(element);
  }
  for (const element of document.querySelectorAll(selector)) {
    const known = loaders.get(element);
    if (known) known.look();
    else {
      loaders.set(element, new ChartLoader(element, { urlOf, draw, fetchData }));
      observer.observe(element);
    }
  }
}

/** Fetch again at once, since the viewer asked for something else. */
export function reload(element) {
  loaders.get(element)?.reload();
}

/** Fetch again where the address of what it shows is another one now. */
export function look(element) {
  loaders.get(element)?.look();
}

/** Fill the caption that belongs to a chart. */
export function setCaption(element, text) {
  const caption = document.getElementById(element.dataset.caption);
  if (caption && text && caption.textContent !== text) caption.textContent = text;
}

/** Fetch what an address has, as the loader does where no other way is given. */
export async function fetchJson(url, _version, signal) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-cache", signal });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

class ChartLoader {
  #element;
  #urlOf;
  #draw;
  #fetchData;
  #visible = false;
  #shown = null; // address and version that the element shows
  #request = null;
  #timer = 0;
  #earliest = 0;
  #retryAt = 0;

  constructor(element, { urlOf, draw, fetchData }) {
    this.#element = element;
    this.#urlOf = urlOf;
    this.#draw = draw;
    this.#fetchData = fetchData;
    element.dataset.chartState = "waiting";
  }

  setVisible(visible) {
    this.#visible = visible;
    this.look();
  }

  /** Load if there is something new to see, now or when the rest is over. */
  look() {
    if (!this.#visible || this.#request) return;
    const wanted = this.#wanted();
    const isDue = this.#retryAt && performance.now() >= this.#retryAt;
    if (wanted === this.#shown && !isDue) return;
    const wait = this.#earliest - performance.now();
    if (wait > 0) this.#later(wait);
    else this.#load(wanted);
  }

  reload() {
    this.#request?.abort();
    this.#request = null;
    this.#earliest = 0;
    this.look();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  #wanted() {
    return `${this.#urlOf(this.#element)} ${this.#element.dataset.version}`;
  }

  #later(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), wait);
  }

  async #load(wanted) {
    const began = performance.now();
    const mine = new AbortController();
    this.#request = mine;
    this.#element.setAttribute("aria-busy", "true");
    if (this.#shown === null) this.#element.dataset.chartState = "loading";
    try {
      const data = await this.#fetchData(this.#urlOf(this.#element), this.#element.dataset.version, mine.signal);
      if (mine.signal.aborted) return;
      await this.#draw(this.#element, data);
      this.#element.dataset.chartState = "drawn";
      this.#retryAt = data.retry_after ? performance.now() + data.retry_after * 1000 : 0;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#element.dataset.chartState = "failed";
      this.#retryAt = 0;
    }
    this.#shown = wanted;
    this.#request = null;
    this.#element.removeAttribute("aria-busy");
    this.#earliest = performance.now() + Math.max(SHORTEST_REST, REST * (performance.now() - began));
    if (this.#retryAt) this.#later(this.#retryAt - performance.now() + 10);
    this.look();
  }
}
