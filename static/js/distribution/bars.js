/** The bars of a histogram: where they are, how many runs of which group each has, and which clause selects some of them. */

const MOST_BARS = 40;
const MOST_GROUPS = 6;

/**
 * Bars from the places that the server sends and the column itself. `of` (Int16Array) is each run's bar, -1 for none; `low`, `high`
 * and `center` are on the chart's axis; `texts` name the bars where they stand side by side.
 */
export function makeBars(places, column) {
  return places.order ? categoryBars(places, column) : numberBars(places, column);
}

function categoryBars({ order }, column) {
  const shown = order.slice(0, MOST_BARS);
  const bars = new Map(shown.map((code, bar) => [code, bar]));
  const of = Int16Array.from(column.values, (code) => bars.get(code) ?? -1);
  return { of, texts: shown.map((code) => column.labels[code]), hidden: order.length - shown.length, ...besides(shown.length) };
}

function numberBars({ edges, values, log }, column) {
  const count = Math.max(edges.length - 1, 0);
  const of = Int16Array.from(column.values, (value) => binOf(value, edges));
  if (values.length) return { of, values, edges, log, hidden: 0, ...besides(count) };
  const low = edges.slice(0, -1);
  const high = edges.slice(1);
  return { of, edges, log, low, high, center: low.map((edge, i) => (edge + high[i]) / 2), hidden: 0 };
}

/** Bars side by side, one wide each. */
function besides(count) {
  const center = Array.from({ length: count }, (_, i) => i);
  return { center, low: center.map((i) => i - 0.42), high: center.map((i) => i + 0.42) };
}

/** The bin of a value: each holds its lower edge, the last one its upper edge, too. */
export function binOf(value, edges) {
  const last = edges.length - 1;
  if (!(value >= edges[0] && value <= edges[last])) return -1;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value >= edges[middle]) low = middle;
    else high = middle;
  }
  return low;
}

/** The groups of a category column: the commonest ones, then all others together. */
export function makeGroups(column) {
  if (!column) return { names: ["Runs"], of: () => 0 };
  const counts = column.labels.map((label, code) => ({ label, code, count: 0 }));
  for (const code of column.values) if (code >= 0) counts[code].count += 1;
  counts.sort((a, b) => b.count - a.count);
  const named = counts.slice(0, counts.length > MOST_GROUPS + 1 ? MOST_GROUPS : counts.length);
  const places = new Map(named.map(({ code }, place) => [code, place]));
  const others = named.length;
  const hasOthers = counts.length > named.length || column.facts.missing > 0;
  return {
    names: [...named.map(({ label }) => label), ...(hasOthers ? [counts.length > named.length ? "Others" : "No value"] : [])],
    of: (index) => places.get(column.values[index]) ?? others,
  };
}

/** How many runs each bar has, by group; `mask` leaves only some of them. */
export function countBars(bars, groups, mask) {
  const counts = groups.names.map(() => new Float64Array(bars.center.length));
  for (let i = 0; i < bars.of.length; i += 1) {
    if (bars.of[i] >= 0 && (!mask || mask[i])) counts[groups.of(i)][bars.of[i]] += 1;
  }
  return counts;
}

/** The clause that selects some bars of a column. */
export function clauseOfBars(column, bars, chosen) {
  const sorted = [...chosen].sort((a, b) => a - b);
  if (bars.texts) return { category: column.name, in: sorted.map((bar) => bars.texts[bar]) };
  const spans = [];
  for (const bar of sorted) {
    const before = spans.at(-1);
    if (before && before[1] === bar - 1) before[1] = bar;
    else spans.push([bar, bar]);
  }
  return { number: column.name, in: spans.map((span) => spanOf(bars, span)), ...(bars.log ? { log: true } : {}) };
}

function spanOf({ values, edges }, [first, last]) {
  const end = edges.length - 2;
  if (values) return [values[first], values[last]];
  return [first === 0 ? null : edges[first], last === end ? null : nextBelow(edges[last + 1])];
}

/** The greatest double below a number: the upper edge belongs to the next bar. */
function nextBelow(value) {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0];
}

/** The bars that a clause about this column selects whole. */
export function barsOfClause(clause, bars) {
  if (!clause) return new Set();
  const isWhole = bars.texts
    ? (bar) => clause.in.includes(bars.texts[bar])
    : (bar) => clause.in.some((span) => span && covers(span, spanOf(bars, [bar, bar])));
  return new Set([...bars.center.keys()].filter(isWhole));
}

function covers([low, high], [first, last]) {
  return (low ?? -Infinity) <= (first ?? -Infinity) && (high ?? Infinity) >= (last ?? Infinity);
}
