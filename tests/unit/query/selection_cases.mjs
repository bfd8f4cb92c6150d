/** Which runs of the cases the page's scripts select, as JSON: one text of ids a case. */

import { readFileSync } from "node:fs";
import { FILTER, fillMask } from "../../../static/js/selection/clauses.js";

const { runs, cases, labels, filters: foundBy } = JSON.parse(readFileSync(0, "utf8"));
const number = (key) => Float64Array.from(runs, (run) => run[key] ?? NaN);
const columns = {
  "config.lr": { values: number("lr") },
  objective: { values: number("loss") },
  "config.optimizer": { values: Float64Array.from(labels.codes, (code) => code ?? NaN), labels: labels.names },
};
// What a filter finds is the server's answer, as on the page.
for (const [, clauses] of cases) {
  for (const { filter } of clauses) if (filter) columns[FILTER + filter] = { values: Float64Array.from(runs, ({ id }) => (foundBy[filter].includes(id) ? 0 : NaN)) };
}
const data = { ids: runs.map(({ id }) => id), column: (key) => columns[key] };
const found = cases.map(([, clauses]) => {
  const mask = new Uint8Array(runs.length);
  fillMask(mask, clauses, data);
  return data.ids.filter((_, i) => mask[i]).join("");
});
console.log(JSON.stringify(found));
