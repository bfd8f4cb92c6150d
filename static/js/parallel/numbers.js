/** Numbers as people read them, and round steps between them. */

const MINUS = "−";

/** A value in full for a tooltip: five significant digits, an exponent where zeros would be counted. */
export function formatValue(value) {
  if (Number.isNaN(value)) return "no value";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return withMinus(String(value));
  const size = Math.abs(value);
  const text = size < 1e-3 || size >= 1e7 ? tidyExponent(value.toExponential(4)) : String(Number(value.toPrecision(5)));
  return withMinus(text);
}

/** A value at a tick, as short as it can be said: 0.25, 1e-4, 20k. */
export function formatTick(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size < 1e-3 || size >= 1e12
      ? tidyExponent(value.toExponential(3))
      : size >= 1e4
        ? shortThousands(value)
        : String(Number(value.toPrecision(6)));
  return withMinus(text);
}

/** Values at ticks of their own, with as few digits as tell them apart. */
export function formatApart(values) {
  for (let digits = 3; digits < 6; digits += 1) {
    const texts = values.map((value) => formatTick(Number(value.toPrecision(digits))));
    if (new Set(texts).size === texts.length) return texts;
  }
  return values.map(formatTick);
}

const COUNTS = new Intl.NumberFormat("en");

export function formatCount(count) {
  return COUNTS.format(count);
}

function shortThousands(value) {
  const power = Math.min(3, Math.floor(Math.log10(Math.abs(value)) / 3));
  return `${Number((value / 1000 ** power).toPrecision(4))}${["", "k", "M", "G"][power]}`;
}

function tidyExponent(text) {
  const [digits, power] = text.split("e");
  return `${Number(digits)}e${Number(power)}`;
}

/** A real minus before a number; the one in an exponent stays, so that 1e-4 can be copied. */
function withMinus(text) {
  return text.startsWith("-") ? MINUS + text.slice(1) : text;
}

/** The step of 1, 2 or 5 times a power of ten that divides a span into at most `most` parts. */
export function roundStep(span, most) {
  const raw = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw * (1 - 1e-9));
  return factor * power;
}

/** Multiples of a step within a closed range. */
export function multiples(low, high, step) {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const found = [];
  for (let i = first; i <= last; i += 1) found.push(Number((i * step).toPrecision(12)));
  return found;
}
