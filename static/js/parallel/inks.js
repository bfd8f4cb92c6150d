/**
 * What each run's line adds to a tile's planes, so that sums of many lines can be turned back into a colour.
 *
 * A number amount = weight × base + weight × level packs two sums into one double: above `base` the weights, below it
 * the weighted levels; their quotient is the mean level. `base` is a power of two, chosen so that no sum passes 2^53.
 */

import { STEPS } from "./palette.js";
import { MOST_PARTS } from "./raster.js";

const LEVELS = 63;
const COLOR_LEVELS = [63, 31, 15];
const WEIGHTS = [64, 32, 16, 8, 4, 2, 1];
const EXACT = 2 ** 52; // a bit below the doubles' limit
const ROOM = 1.5; // runs may join before the base has to change
const TAIL = 0.05;

/**
 * What colours span, {low, middle, high, log}: all of a column, evenly. For a metric with a goal, half of the colours go to the better
 * half of the runs, and the worst twentieth share the weakest, so that a few runs that diverged do not make all others look alike.
 */
export function colorRange(column, log) {
  const { facts, goal } = column;
  const isLog = log && column.canLog;
  if (facts.finite === 0) return { low: 0, middle: 0.5, high: 1, log: false, ranked: false };
  const low = isLog ? facts.minPositive : facts.min;
  const even = { low, middle: isLog ? Math.sqrt(low * facts.max) : (low + facts.max) / 2, high: facts.max, log: isLog };
  if (!goal || facts.finite < 8) return { ...even, ranked: false };
  const sorted = column.values.filter((value) => Number.isFinite(value) && (!isLog || value > 0)).sort();
  const quantile = (share) => sorted[Math.round((sorted.length - 1) * share)];
  const ends = goal === "minimize" ? [low, quantile(1 - TAIL)] : [quantile(TAIL), facts.max];
  const middle = quantile(0.5);
  if (ends[0] === middle || middle === ends[1]) return { ...even, ranked: false };
  return { low: ends[0], middle, high: ends[1], log: isLog, ranked: true };
}

/** Keep the former range while it still serves: a new run should not change the colour of all others. */
export function steadyRange(former, fresh, goal) {
  if (!former || former.log !== fresh.log || former.ranked !== fresh.ranked) return fresh;
  const room = fresh.ranked ? 0.05 * Math.abs(former.high - former.low) : 0;
  const best = goal === "maximize" ? "high" : "low";
  const near = (key) => Math.abs(former[key] - fresh[key]) <= (key === best ? 0 : room);
  return near("low") && near("middle") && near("high") ? former : fresh;
}

/** A function from a column's values to a share of 0 (weak) to 1 (strong), NaN for what has no place. */
export function strengthOf(column, { low, middle, high, log }) {
  const at = log ? Math.log : (value) => value;
  const [start, centre, end] = [at(low), at(middle), at(high)];
  const descending = column.goal === "minimize";
  return (value) => {
    if (!Number.isFinite(value) || (log && value <= 0)) return NaN;
    if (start === end) return 1;
    const place = at(value);
    const half = place < centre ? (place - start) / (centre - start) : 1 + (place - centre) / (end - centre);
    const share = Math.min(1, Math.max(0, half / 2));
    return descending ? 1 - share : share;
  };
}

/** The ink of a number column: one plane. With a goal, better runs weigh more, so that they show through the many. */
export function numberInk(column, range) {
  const strength = strengthOf(column, range);
  const shares = Float64Array.from(column.values, strength);
  for (const most of column.goal ? WEIGHTS : [1]) {
    const ink = packNumbers(shares, most);
    if (!ink && most > 1) continue;
    const weights = Float32Array.from({ length: STEPS }, (_, i) => weightOf(i / (STEPS - 1), most));
    return { ...(ink ?? packNumbers(shares, 1, true)), kind: "number", weights, strength, range, column };
  }
  return null;
}

function packNumbers(shares, most, force) {
  let sum = 0;
  for (let i = 0; i < shares.length; i += 1) sum += Number.isNaN(shares[i]) ? 1 : weightOf(shares[i], most);
  const base = baseFor(sum, LEVELS);
  if (!force && sum * ROOM * MOST_PARTS * base > EXACT) return null;
  const units = new Float64Array(shares.length);
  for (let i = 0; i < units.length; i += 1) {
    const weight = weightOf(shares[i], most);
    units[i] = Number.isNaN(shares[i]) ? 0 : weight * base + weight * Math.round(shares[i] * LEVELS);
  }
  return { planes: [units], base, levels: LEVELS, most, sum };
}

function baseFor(sum, levels) {
  return 2 ** Math.ceil(Math.log2(sum * ROOM * MOST_PARTS * levels + 1));
}

function weightOf(share, most) {
  return Math.round(1 + (most - 1) * share ** 8);
}

/** The ink of a category column: two planes, which carry red with the weight, and blue with green. */
export function categoryInk(column, colors) {
  const count = column.values.length;
  const fits = (levels) => count * levels * MOST_PARTS * baseFor(count, levels) <= EXACT;
  const levels = COLOR_LEVELS.find(fits) ?? COLOR_LEVELS.at(-1);
  const base = baseFor(count, levels);
  const planes = [new Float64Array(count), new Float64Array(count)];
  const scaled = colors.map((color) => color.map((channel) => Math.round((channel / 255) * levels)));
  for (let i = 0; i < count; i += 1) {
    const color = scaled[column.values[i]];
    if (!color) continue;
    planes[0][i] = base + color[0];
    planes[1][i] = color[1] * base + color[2];
  }
  return { kind: "category", planes, base, levels, most: 1, sum: count, colors, column };
}

/** Whether a new ink can stand beside lines drawn with the former one: same packing, same meaning of a level. */
export function isCompatible(former, next) {
  if (!former || former.kind !== next.kind || former.column.name !== next.column.name) return false;
  if (former.levels !== next.levels || former.base < baseFor(next.sum / ROOM, next.levels)) return false;
  if (next.kind === "category") return former.colors.every((color, i) => color.join() === (next.colors[i] ?? []).join());
  return former.range === next.range && former.most === next.most;
}

/** Repack an ink with the base of a compatible former one. */
export function withBase(ink, former) {
  if (ink.base === former.base) return ink;
  const planes = ink.planes.map((units) =>
    units.map((unit) => {
      const high = Math.floor(unit / ink.base);
      return high * former.base + (unit - high * ink.base);
    }),
  );
  return { ...ink, planes, base: former.base };
}

