/** What people type to find runs: `lr < 1e-3 and optimizer = adam`, or part of a name. */

const CLAUSE = /^(?:"([^"]+)"|([^\s<>=!]+))\s*(<=|>=|!=|==?|<|>)\s*(.*)$/;
const COMPARE = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** Return {matches(index)}, or {problem} with a sentence that says what to change. */
export function readFilter(text, columns, ids) {
  const tests = [];
  for (const part of text.trim().split(/\s+and\s+/i)) {
    if (!part) continue;
    const clause = CLAUSE.exec(part);
    const test = clause ? comparison(clause, columns) : searchFor(part, columns, ids);
    if (typeof test === "string") return { problem: test };
    tests.push(test);
  }
  return { matches: (index) => tests.every((test) => test(index)) };
}

/** A missing value matches nothing but "is not". */
function comparison([, quoted, bare, sign, written], columns) {
  const name = quoted ?? bare;
  const column = columns.find((one) => one.name === name) ?? columns.find((one) => one.label.toLowerCase() === name.toLowerCase());
  if (!column) return `There is no column “${name}”.`;
  const text = written.trim().replace(/^(["'])(.*)\1$/, "$2");
  if (!text) return `Say what ${name} is compared with.`;
  if (!column.isNumber) {
    if (!/=/.test(sign) || /[<>]/.test(sign)) return `${column.label} is text: compare it by = or !=.`;
    const wanted = text.toLowerCase();
    return (index) => COMPARE[sign]((column.values[index] ?? "").toLowerCase(), wanted);
  }
  const value = column.name === "created" ? Date.parse(text) / 1000 : Number(text);
  if (Number.isNaN(value)) return `${column.label} is compared with ${column.name === "created" ? "a date, as 2026-01-31" : "a number"}.`;
  return (index) => COMPARE[sign](column.values[index], value);
}

function searchFor(part, columns, ids) {
  const wanted = part.replace(/^(["'])(.*)\1$/, "$2").toLowerCase();
  const texts = columns.filter((column) => !column.isNumber);
  return (index) => ids[index].toLowerCase().includes(wanted) || texts.some(({ values }) => values[index]?.toLowerCase().includes(wanted));
}
