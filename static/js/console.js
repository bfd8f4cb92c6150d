/**
 * The output of a run: a window of its lines, which follows the end, or is moved by scrolling to either side.
 *
 * The server writes the lines, colours and matches included, and tells by the version how many there are. However long the
 * output, only a few thousand lines are in the page.
 */

import { startToggles } from "./console_toggles.js";

const MOST = 4000; // lines in the page
const NEAR = 800; // pixels from an end at which more is fetched
const AT_END = 24; // pixels from the end that still count as the end
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

const views = new WeakMap();

/** Bring the output of the page, where there is any, up to date. */
export function showConsole() {
  const element = document.getElementById("console-view");
  if (!element) return;
  if (!views.has(element)) views.set(element, new ConsoleView(element));
  views.get(element).look();
}

class ConsoleView {
  #element;
  #end = document.getElementById("console-end");
  #list = null;
  #source = "";
  #version = "";
  #older = false;
  #newer = false;
  #isFollowing = false;
  #isBusy = false;
  #isAgain = false;
  #matches = null; // lines that match, once they have been counted

  constructor(element) {
    this.#element = element;
    startToggles(element);
    this.#list = element.querySelector("ol");
    if (this.#list) this.#adopt();
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#end.addEventListener("click", () => this.#toEnd());
  }

  /** Show what the element's address and version ask for now. */
  look() {
    const { console: source, version } = this.#element.dataset;
    if (this.#isBusy) this.#isAgain = true;
    else if (source !== this.#source) this.#run(() => this.#open(source));
    else if (Number(version) > Number(this.#version)) {
      if (this.#newer) this.#tellEnd();
      else this.#run(() => this.#append());
    }
  }

  /** Take over the lines that came with the page. */
  #adopt() {
    const { console: source, version } = this.#element.dataset;
    this.#source = source;
    this.#version = version;
    this.#older = this.#list.dataset.older === "true";
    this.#newer = this.#list.dataset.newer === "true";
    finish(this.#list.children);
    this.#begin();
    document.fonts.ready.then(() => this.#place()); // the lines have other heights then
  }

  async #open(source, where = {}) {
    const answer = await this.#ask(where, source);
    this.#source = source;
    this.#version = String(answer.version);
    this.#list = document.createElement("ol");
    this.#list.innerHTML = answer.html;
    this.#older = answer.older;
    this.#newer = answer.newer;
    finish(this.#list.children);
    this.#element.replaceChildren(this.#list);
    this.#begin();
  }

  #begin() {
    if (!this.#list.children.length) this.#element.replaceChildren(nothing());
    this.#place();
    this.#matches = null;
    this.#showCount();
    if (this.#isFiltered()) this.#count(this.#source);
  }

  /** Have the matches counted, which may take a second or two for a long output. */
  async #count(source) {
    const answer = await this.#ask({ count: 1 }, source);
    if (source !== this.#source) return;
    this.#matches = answer.matches;
    this.#showCount();
  }

  #showCount() {
    const count = document.getElementById("console-count");
    const total = Number(this.#version);
    const all = `${total.toLocaleString("en")} line${total === 1 ? "" : "s"}`;
    const text = this.#isFiltered() ? `${this.#matches?.toLocaleString("en") ?? "…"} of ${all}` : all;
    if (count && count.textContent !== text) count.textContent = text;
  }

  /** Scroll to the line that the address names, or to the end. */
  #place() {
    const target = this.#list.querySelector(".is-target");
    this.#isFollowing = !target && !this.#newer;
    if (target) this.#element.scrollTop = target.offsetTop - this.#element.clientHeight / 2;
    else this.#element.scrollTop = this.#element.scrollHeight;
    this.#tellEnd();
  }

  async #append() {
    const last = this.#numberOf(this.#list.lastElementChild);
    const answer = await this.#ask({ after: last });
    if (answer.newer && this.#isFollowing) return this.#open(this.#source); // so many that the end is elsewhere
    this.#version = String(answer.version);
    this.#newer = answer.newer;
    if (answer.html && !this.#list.isConnected) this.#element.replaceChildren(this.#list);
    const before = this.#list.children.length;
    this.#add(answer.html, "beforeend");
    if (this.#matches !== null) this.#matches += this.#list.children.length - before;
    this.#showCount();
    if (this.#isFollowing) this.#trim("firstElementChild");
    else if (this.#list.children.length > MOST) this.#newer = this.#trim("lastElementChild") || this.#newer;
    if (this.#isFollowing) this.#element.scrollTop = this.#element.scrollHeight;
    this.#tellEnd();
  }

  async #more(side) {
    const isOlder = side === "older";
    const edge = isOlder ? this.#list.firstElementChild : this.#list.lastElementChild;
    const answer = await this.#ask({ [isOlder ? "before" : "after"]: this.#numberOf(edge) });
    const [top, offset] = [this.#element.scrollTop, edge.offsetTop];
    this.#add(answer.html, isOlder ? "afterbegin" : "beforeend");
    if (isOlder) {
      this.#older = answer.older;
      this.#newer = this.#trim("lastElementChild") || this.#newer;
    } else {
      this.#newer = answer.newer;
      this.#older = this.#trim("firstElementChild") || this.#older;
    }
    this.#element.scrollTop = top + edge.offsetTop - offset; // what the viewer looks at stays where it is
    this.#tellEnd();
  }

  #toEnd() {
    this.#isFollowing = true;
    if (!this.#newer) this.#element.scrollTop = this.#element.scrollHeight;
    else this.#run(() => this.#open(this.#source, { line: "" }));
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#element;
    const below = scrollHeight - clientHeight - scrollTop;
    this.#isFollowing = below <= AT_END && !this.#newer;
    this.#tellEnd();
    if (this.#isBusy || !this.#list?.children.length) return;
    if (this.#older && scrollTop < NEAR) this.#run(() => this.#more("older"));
    else if (this.#newer && below < NEAR) this.#run(() => this.#more("newer"));
  }

  /** Do one thing at a time; what has come meanwhile is looked at afterwards. */
  async #run(work) {
    this.#isBusy = true;
    this.#element.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // the connection: the page itself says so, and asks again
    } finally {
      this.#isBusy = false;
      this.#element.removeAttribute("aria-busy");
    }
    if (this.#isAgain) {
      this.#isAgain = false;
      this.look();
    }
  }

  async #ask(where, source = this.#source) {
    const url = new URL(source, location.href);
    if (Object.keys(where).some((name) => name !== "count")) url.searchParams.delete("line");
    for (const [name, value] of Object.entries(where)) if (value !== "") url.searchParams.set(name, value);
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new TypeError(`the server answered ${response.status}`);
    return response.json();
  }

  #add(html, where) {
    const before = new Set(this.#list.children);
    this.#list.insertAdjacentHTML(where, html);
    finish([...this.#list.children].filter((line) => !before.has(line)));
  }

  /** Take lines away at one side until there are few enough; return whether there were too many. */
  #trim(side) {
    const surplus = this.#list.children.length - MOST;
    for (let i = 0; i < surplus; i += 1) this.#list[side].remove();
    return surplus > 0;
  }

  #numberOf(line) {
    return line ? Number(line.id.slice(1)) : 0;
  }

  #isFiltered() {
    return /[?&](search|stream)=/.test(this.#source);
  }

  #tellEnd() {
    this.#end.hidden = this.#isFollowing || (!this.#newer && this.#element.scrollHeight <= this.#element.clientHeight);
  }
}

/** Give new lines their colours and the viewer's time. */
function finish(newLines) {
  for (const line of newLines) {
    const time = line.querySelector(".line-time");
    const at = new Date(time.dataset.at);
    time.textContent = clock.format(at);
    time.title = moment.format(at);
    for (const part of line.querySelectorAll("[data-ink]")) {
      part.style.color = part.dataset.ink;
      if (part.dataset.ground) part.style.backgroundColor = part.dataset.ground;
    }
  }
}

function nothing() {
  const text = Object.assign(document.createElement("p"), { textContent: "No line matches." });
  const box = Object.assign(document.createElement("div"), { className: "empty" });
  box.append(text);
  return box;
}
