/** What a viewer does to the page's address, as entries that Back and Forward go through. */

const TOGETHER = 1500; // milliseconds within which actions on one thing are one entry

let last = { source: "", at: 0 };

/** Show another address: a new entry of the history, but for the next action on the same `source` shortly after. */
export function record(url, source = "") {
  const isSame = source !== "" && source === last.source && performance.now() - last.at < TOGETHER;
  last = { source, at: performance.now() };
  if (isSame) history.replaceState(history.state, "", url);
  else history.pushState(null, "", url);
}
