/** Scales: from a value to its place on an axis (0 at the low end, 1 at the high end) and back. */

import { formatApart, formatTick, formatValue, multiples, roundStep } from "./numbers.js";

const FAIR_SHARE = 0.12; // round ends may cost this share of the axis, not more

/** The scale of a column; `log` counts only where the column has positive values. */
export function makeScale(column, log) {
  if (column.kind === "category") return categoryScale(column.labels);
  return log && column.canLog ? logScale(column.facts) : linearScale(column.facts);
}

function linearScale(facts) {
  const [low, high] = linearDomain(facts);
  const span = high - low;
  return {
    kind: "number",
    log: false,
    low,
    high,
    position: (value) => (Number.isFinite(value) ? clamp((value - low) / span) : NaN),
    value: (position) => low + position * span,
    ticks: (most) => linearTicks(facts, low, high, most),
    format: formatValue,
  };
}

function linearDomain(facts) {
  if (facts.finite === 0) return [0, 1];
  if (facts.min === facts.max) return [facts.min - 0.5, facts.max + 0.5];
  if (facts.distinct) return [facts.min, facts.max];
  const step = roundStep(facts.max - facts.min, 10);
  const low = Math.floor(facts.min / step + 1e-9) * step;
  const high = Math.ceil(facts.max / step - 1e-9) * step;
  const room = FAIR_SHARE * (facts.max - facts.min);
  return [facts.min - low <= room ? low : facts.min, high - facts.max <= room ? high : facts.max];
}

function linearTicks(facts, low, high, most) {
  if (facts.finite === 0) return [];
  if (facts.distinct && facts.distinct.length <= most) return distinctTicks(facts.distinct);
  const step = roundStep(high - low, most);
  return tickList(multiples(low, high, facts.integers ? Math.max(1, step) : step));
}

function logScale(facts) {
  const [low, high] = logDomain(facts);
  const start = Math.log(low);
  const span = Math.log(high) - start;
  return {
    kind: "number",
    log: true,
    low,
    high,
    position: (value) => (value > 0 && value < Infinity ? clamp((Math.log(value) - start) / span) : NaN),
    value: (position) => Math.exp(start + position * span),
    ticks: (most) => logTicks(facts, low, high, most),
    format: formatValue,
  };
}

/** Round ends of 1, 2 or 5 times a power of ten; the values themselves where there are only a few. */
function logDomain(facts) {
  if (facts.distinct) return [facts.minPositive, facts.max];
  const rounds = oneTwoFive(facts.minPositive, facts.max);
  const room = FAIR_SHARE * Math.log(facts.max / facts.minPositive);
  const low = rounds[0];
  const high = rounds[rounds.length - 1];
  return [
    Math.log(facts.minPositive / low) <= room ? low : facts.minPositive,
    Math.log(high / facts.max) <= room ? high : facts.max,
  ];
}

/** Numbers 1, 2, 5 times a power of ten that enclose a positive range. */
function oneTwoFive(low, high) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of [1, 2, 5]) all.push(Number(`${factor}e${power}`));
  }
  const first = all.findLastIndex((value) => value <= low * (1 + 1e-9));
  const last = all.findIndex((value) => value >= high * (1 - 1e-9));
  return all.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
}

function logTicks(facts, low, high, most) {
  const distinct = facts.distinct && facts.distinct.filter((value) => value > 0);
  if (distinct && distinct.length <= most) return distinctTicks(distinct);
  const within = (values) => values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const rounds = within(oneTwoFive(low, high));
  const decades = rounds.filter((value) => isDecade(value));
  if (rounds.length <= most && decades.length < 3) return tickList(rounds.length > 1 ? rounds : [low, high]);
  if (decades.length < 2) return tickList(within(multiples(low, high, roundStep(high - low, most))));
  const every = Math.ceil(decades.length / most);
  return tickList(decades.filter((_, i) => (decades.length - 1 - i) % every === 0));
}

function isDecade(value) {
  return Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
}

function tickList(values) {
  return values.map((value) => ({ value, text: formatTick(value), title: "" }));
}

function distinctTicks(values) {
  const texts = formatApart(values);
  return values.map((value, i) => ({ value, text: texts[i], title: "" }));
}

/** Categories lie evenly spaced, the first at the top, each in the middle of a band of 1 / labels.length. */
function categoryScale(labels) {
  const count = Math.max(1, labels.length);
  return {
    kind: "category",
    log: false,
    labels,
    band: 1 / count,
    position: (code) => (code >= 0 && code < count ? 1 - (code + 0.5) / count : NaN),
    value: (position) => Math.min(count - 1, Math.max(0, Math.floor((1 - position) * count))),
    ticks: (most) => {
      const every = Math.ceil(labels.length / Math.max(1, most));
      return labels.map((text, value) => ({ value, text, title: text })).filter((_, i) => i % every === 0);
    },
    format: (code) => (Number.isNaN(code) ? "no value" : (labels[code] ?? "no value")),
  };
}

function clamp(share) {
  return share < 0 ? 0 : share > 1 ? 1 : share;
}

/** Round the value at a position to what one pixel can tell apart, so that a brush reads 0.0125 and not 0.012499871. */
export function tidyValue(scale, position, pixel) {
  const value = scale.value(position);
  const near = Math.abs(scale.value(position + (position > 0.5 ? -pixel : pixel)) - value);
  const digits = near > 0 ? Math.ceil(Math.log10(Math.abs(value) / near)) + 1 : 6;
  return Number(value.toPrecision(Math.min(15, Math.max(1, digits))));
}
