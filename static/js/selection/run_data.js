/**
 * The runs of a sweep as columns: fetched and decoded once for all charts of the page, further columns when they are chosen.
 * A column is {name, label, kind: "number" | "category" | "time", log, values: Float64Array (NaN: no value), labels?, facts}.
 */

import { joinKeys } from "../keys.js";
import { describeColumn } from "../parallel/columns.js";
import { FILTER } from "./clauses.js";

const TYPES = { f8: Float64Array, f4: Float32Array, u1: Uint8Array, u2: Uint16Array };

let held = { key: "", promise: null };

/** The runs behind an address, for every chart that asks for the same version of it. */
export function loadRunData(url, version) {
  const key = `${url} ${version}`;
  if (held.key === key) return held.promise;
  const promise = fetchJson(url).then((raw) => new RunData(raw, url));
  held = { key, promise };
  promise.catch(() => {
    if (held.promise === promise) held = { key: "", promise: null };
  });
  return promise;
}

async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-cache" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

class RunData {
  #columns = new Map();
  #asked = new Map();
  #url;

  constructor(raw, url) {
    const { ids, names, state, prefix, key } = raw.runs;
    Object.assign(this, { key, ids, names: names ?? ids, total: raw.total, shown: raw.shown, choices: raw.choices, color: raw.color });
    this.#url = url;
    this.axes = raw.axes.map(decodeColumn);
    for (const column of this.axes) this.#columns.set(column.name, column);
    const states = decodeColumn(state);
    this.#columns.set("state", states);
    this.states = Array.from(states.values, (code) => states.labels[code]);
    this.urlOf = (index) => prefix + encodeURIComponent(ids[index]);
  }

  /** A column that is there already, undefined where it is not. */
  column(key) {
    return this.#columns.get(key);
  }

  /** Fetch the columns of some keys where they are not there; throws where the runs have changed meanwhile. */
  async ensure(keys) {
    const wanted = keys.filter((key) => !this.#columns.has(key));
    const unknown = wanted.filter((key) => !this.#asked.has(key));
    if (unknown.length) {
      const request = this.#fetch(unknown);
      for (const key of unknown) this.#asked.set(key, request);
    }
    await Promise.all(wanted.map((key) => this.#asked.get(key)));
  }

  async #fetch(keys) {
    const url = new URL(this.#url.replace(/parallel\.json$/, "columns.json"), location.href);
    const [filters, columns] = [true, false].map((wanted) => keys.filter((key) => key.startsWith(FILTER) === wanted));
    url.searchParams.set("keys", joinKeys(columns));
    for (const key of filters) url.searchParams.append("filter", key.slice(FILTER.length));
    try {
      const found = await fetchJson(url);
      if (found.key !== this.key) throw new Error("there are other runs now");
      for (const column of found.columns) this.#columns.set(column.name, decodeColumn(column));
    } catch (error) {
      for (const key of keys) this.#asked.delete(key);
      throw error;
    }
  }
}

function decodeColumn(raw) {
  const binary = atob(raw.values);
  const bytes = new Uint8Array(binary.length); // filled by a loop: `from` takes twenty times as long
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = binary.charCodeAt(i);
  const stored = new TYPES[raw.type](bytes.buffer);
  const values = new Float64Array(stored);
  if (raw.type.startsWith("u")) {
    const missing = 2 ** (8 * stored.BYTES_PER_ELEMENT) - 1;
    for (let i = 0; i < values.length; i += 1) if (values[i] === missing) values[i] = NaN;
  }
  return { ...raw, values, facts: describeColumn(values) };
}
