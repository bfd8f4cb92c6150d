/** What a tooltip tells of a run beside what its chart knows: asked for once a run, and kept for a while. */

const KEPT = 200;
const FRESH = 30_000; // milliseconds: a run under way changes

const known = new Map();

/** The state of a run and rows of [name, value], null where they cannot be had. */
export async function hintOf(prefix, id) {
  const url = `${prefix}${encodeURIComponent(id)}/hint.json`;
  const found = known.get(url);
  if (found && performance.now() - found.at < FRESH) return found.hint;
  const hint = ask(url);
  known.delete(url);
  known.set(url, { at: performance.now(), hint });
  if (known.size > KEPT) known.delete(known.keys().next().value);
  return hint;
}

async function ask(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-cache" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
