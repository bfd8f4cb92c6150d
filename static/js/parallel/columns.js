/** What the server sends, decoded into typed columns with the few facts about each that the chart asks again and again. */

const MANY = 8; // distinct values are counted up to here: with more, an axis gets ordinary ticks

/** Decode base64 of little-endian doubles, or a plain list where null is missing, to `count` numbers; doubles stay as they are. */
export function decodeNumbers(values, count, name) {
  const numbers = values instanceof Float64Array ? values : typeof values === "string" ? decodeBase64(values, name) : listNumbers(values);
  if (numbers.length !== count) {
    throw new RangeError(`parallel coordinates: "${name}" has ${numbers.length} values for ${count} runs`);
  }
  return numbers;
}

function decodeBase64(text, name) {
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : bytesOf(atob(text));
  if (bytes.length % 8) {
    throw new RangeError(`parallel coordinates: "${name}" is ${bytes.length} bytes, which are no doubles`);
  }
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8); // every browser's machine is little-endian
}

function bytesOf(binary) {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function listNumbers(values) {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i += 1) {
    const value = values[i];
    numbers[i] = value === null || value === undefined || value === "" ? NaN : Number(value);
  }
  return numbers;
}

/** Give a category column its codes: indexes into labels, or plain strings that name their own labels. */
function categoryValues(axis, count) {
  if (axis.labels) return { values: decodeNumbers(axis.values, count, axis.name), labels: axis.labels.map(String) };
  const codes = new Map();
  const values = Float64Array.from(axis.values, (value) => {
    if (value === null || value === undefined) return NaN;
    const label = String(value);
    if (!codes.has(label)) codes.set(label, codes.size);
    return codes.get(label);
  });
  if (values.length !== count) {
    throw new RangeError(`parallel coordinates: "${axis.name}" has ${values.length} values for ${count} runs`);
  }
  return { values, labels: [...codes.keys()] };
}

/** Count what is missing, infinite and distinct in a column, and find its finite range. */
export function describeColumn(values) {
  const facts = { min: Infinity, max: -Infinity, minPositive: Infinity, missing: 0, infinite: 0, integers: true };
  const distinct = new Set();
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (Number.isFinite(value)) {
      if (value < facts.min) facts.min = value;
      if (value > facts.max) facts.max = value;
      if (value > 0 && value < facts.minPositive) facts.minPositive = value;
      if (facts.integers && !Number.isInteger(value)) facts.integers = false;
      if (distinct.size < MANY) distinct.add(value);
    } else if (Number.isNaN(value)) facts.missing += 1;
    else facts.infinite += 1;
  }
  facts.distinct = distinct.size < MANY ? [...distinct].sort((a, b) => a - b) : null;
  facts.finite = values.length - facts.missing - facts.infinite;
  const kinds = (facts.distinct ? distinct.size : MANY) + (facts.missing > 0) + (facts.infinite > 0);
  facts.varies = kinds > 1;
  return facts;
}

function readAxis(axis, count) {
  const category = axis.kind === "category";
  const { values, labels } = category
    ? categoryValues(axis, count)
    : { values: decodeNumbers(axis.values, count, axis.name), labels: null };
  const facts = describeColumn(values);
  const canLog = !category && facts.minPositive < Infinity && facts.max > facts.minPositive;
  return {
    name: axis.name,
    label: axis.label || axis.name,
    kind: category ? "category" : "number",
    log: Boolean(axis.log) && canLog,
    metric: axis.metric,
    aside: Boolean(axis.aside),
    goal: axis.goal || null,
    values,
    labels,
    facts,
    canLog,
  };
}

function markMetrics(axes, metricName) {
  const told = axes.some((axis) => axis.metric !== undefined);
  axes.forEach((axis, i) => {
    const assumed = axis.name === metricName || (!metricName && i === axes.length - 1);
    axis.metric = told ? Boolean(axis.metric) : assumed;
  });
}

/** The column that colours the lines at first: usually the metric, which need not be an axis. */
function readColor(color, axes, count) {
  if (!color) return null;
  const axis = axes.find((candidate) => candidate.name === color.name);
  if (axis) {
    axis.goal = color.goal || axis.goal;
    return axis;
  }
  return { ...readAxis({ kind: "number", ...color }, count), metric: true };
}

/** Decode the whole of what `setData` takes; see parallel_coordinates.js for its shape. */
export function readData(data) {
  const runs = data.runs;
  const count = runs.ids.length;
  const axes = data.axes.map((axis) => readAxis(axis, count));
  const color = readColor(data.color, axes, count);
  markMetrics(axes, data.color ? data.color.name : null);
  const blank = readAxis({ name: "", kind: "number", values: new Array(count).fill(null) }, count);
  return { axes, further: data.further ?? [], color, blank, runs, count, shown: data.shown ?? count, total: data.total ?? count };
}
