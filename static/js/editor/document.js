/** A configuration as a YAML document that keeps its comments: read, change by path, write. Paths are arrays of keys. */

import { Document, Pair, Scalar, YAMLMap, isAlias, isMap, isScalar, isSeq, parseDocument } from "../../vendor/yaml-2.9.1/yaml.min.js";

const WRITTEN = { lineWidth: 0, flowCollectionPadding: false, minContentWidth: 0 };
// As the server reads it: YAML 1.1, in which `y` and `n` are names nevertheless.
const READ = { version: "1.1", customTags: (tags) => tags.map(asTheServer), logLevel: "silent" };

const alone = new Document(undefined, READ);

/** Return {doc, config, problem}: the document and what it says, or why it cannot be read. */
export function readDocument(text) {
  const doc = parseDocument(text, READ);
  if (doc.errors.length) return { doc: null, config: null, problem: doc.errors[0].message.split("\n")[0].replace(/:$/, "") };
  if (doc.contents !== null && !isMap(doc.contents) && !isNothing(doc.contents)) {
    return { doc: null, config: null, problem: "it has to begin with names such as “method:”" };
  }
  try {
    return { doc, config: doc.toJS() ?? {}, problem: "" };
  } catch (error) {
    return { doc: null, config: null, problem: error.message };
  }
}

/** Return the document as text; throws where an alias has lost what it stands for. */
export function writeDocument(doc) {
  return doc.toString(WRITTEN);
}

/** Return the text of a value on one line as the form shows it, null where it does not fit one; a list's without its brackets. */
export function valueText(doc, path, { isList = false } = {}) {
  const node = doc.getIn(path, true);
  if (node === undefined || isNothing(node)) return "";
  if (isAlias(node)) return null;
  if (isPlain(node)) return isList ? null : node.source;
  alone.contents = node.clone();
  for (const key of ["comment", "commentBefore", "spaceBefore", "anchor"]) delete alone.contents[key];
  if (!isScalar(node)) alone.contents.flow = true;
  const text = alone.toString(WRITTEN).trimEnd();
  if (text.includes("\n")) return null;
  if (isList && !isSeq(node)) return null;
  return isList ? text.slice(1, -1).trim() : text;
}

/** Set a value by its text, as `0.1`, `adam` or `[1, 2]`; empty text removes it. Return what is wrong with the text, or "". */
export function setText(doc, path, text, { isList = false } = {}) {
  if (!text.trim()) {
    remove(doc, path);
    return "";
  }
  const parsed = parseDocument(isList ? `[${text}]` : text.trim(), READ);
  const isRight = !parsed.errors.length && parsed.contents !== null && (isSeq(parsed.contents) || !isList);
  if (!isRight && isList) return "is no list: write values with commas between them, and quote what has one in it";
  replace(doc, path, isRight ? parsed.contents : new Scalar(text.trim()));
  return "";
}

/** Set a plain JavaScript value; an empty text or list removes it. */
export function setValue(doc, path, value) {
  if (value === "" || (Array.isArray(value) && !value.length)) remove(doc, path);
  else replace(doc, path, doc.createNode(value, { flow: Array.isArray(value) }));
}

export function remove(doc, path) {
  if (doc.hasIn(path)) doc.deleteIn(path);
  const parent = path.slice(0, -1);
  // An empty section, as of a metric without a name, would be a problem of its own.
  if (parent.length && path[0] !== "parameters" && doc.getIn(parent)?.items?.length === 0) doc.deleteIn(parent);
}

export function rename(doc, path, name) {
  const map = doc.getIn(path.slice(0, -1), true);
  const pair = pairOf(map, path.at(-1));
  if (isScalar(pair.key)) Object.assign(pair.key, { value: name, source: undefined, type: undefined });
  else pair.key = new Scalar(name);
}

export function move(doc, path, by) {
  const { items } = doc.getIn(path.slice(0, -1), true);
  const from = items.indexOf(pairOf({ items }, path.at(-1)));
  const [pair] = items.splice(from, 1);
  items.splice(from + by, 0, pair);
}

export function moveFirst(doc, path) {
  const { items } = doc.getIn(path.slice(0, -1), true);
  move(doc, path, -items.indexOf(pairOf({ items }, path.at(-1))));
}

/** Return [{name, kind}] of a map's entries in order; kind tells what the form can do with each. */
export function entriesOf(doc, path) {
  const map = doc.getIn(path, true);
  if (!isMap(map)) return [];
  return map.items.map(({ key, value }) => {
    const name = nameOf(key);
    if (name === "<<" || !isMap(value) || value.items.some((pair) => nameOf(pair.key) === "<<")) return { name, kind: "opaque" };
    return { name, kind: value.has("parameters") ? "group" : "parameter" };
  });
}

function replace(doc, path, node) {
  if (isNothing(doc.contents)) doc.contents = withSurroundings(doc.contents, new YAMLMap());
  const now = doc.getIn(path, true);
  const next = withSurroundings(now, node);
  if (isSeq(now) && isSeq(next)) next.flow = now.flow;
  const parent = doc.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) && pairOf(parent, path.at(-1));
  if (pair) pair.value = next;
  else if (isMap(parent)) parent.items.push(new Pair(new Scalar(path.at(-1)), next));
  else makeParents(doc, path, next);
}

/** Make the maps on the way to a value; one that holds something else, such as `metric: loss`, gives way. */
function makeParents(doc, path, node) {
  for (let depth = 1; depth < path.length; depth++) {
    if (!isMap(doc.getIn(path.slice(0, depth), true))) doc.setIn(path.slice(0, depth), new YAMLMap());
  }
  doc.setIn(path, node);
}

/** Give a node that takes another one's place its comments, and the anchor that aliases may refer to. */
function withSurroundings(old, node) {
  for (const key of ["comment", "commentBefore", "spaceBefore", "anchor"]) if (old?.[key] !== undefined) node[key] = old[key];
  return node;
}

function pairOf(map, name) {
  return map.items.find(({ key }) => nameOf(key) === name);
}

/** Return a key as text; that of a merge is a symbol. */
function nameOf(key) {
  const value = key?.value ?? key;
  return typeof value === "symbol" ? "<<" : String(value);
}

function isPlain(node) {
  return isScalar(node) && node.type === Scalar.PLAIN && node.source !== undefined && !node.tag;
}

function isNothing(node) {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function asTheServer(tag) {
  const short = String(tag.tag).split(":").at(-1);
  if (short === "bool" && tag.test) return { ...tag, test: tag.test.test("yes") ? /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/ : /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/ };
  if (short === "float" || short === "int") return { ...tag, stringify: (item) => numberText(tag, item) };
  return tag;
}

/** Return a number as it was written; a new one so that YAML 1.1 reads no text in it: 1.0e-5, not 1e-5. */
function numberText(tag, { value, source }) {
  if (source !== undefined && Number(source.replaceAll("_", "")) === Number(value)) return source;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}
