/** The bar above the charts counts along while somebody drags; the server's own count comes with the table. */

import { formatCount } from "../parallel/numbers.js";
import { showMessage } from "../messages.js";
import { commit, follow, selection } from "./store.js";
import { withClause } from "./clauses.js";

const MOST_RUNS = 1000;

/** Begin to count along. */
export function startBar() {
  follow(({ count, data, settled }) => {
    const status = document.querySelector("#selection-bar [data-selection-count]");
    if (!status || settled) return;
    const where = data.shown < data.total ? " in the charts" : "";
    status.textContent = `${formatCount(count)} of ${formatCount(data.shown)} runs${where} selected`;
  });
}

/** Select what a filter of the table finds, however many runs that are. */
export function selectFound(filter) {
  if (filter) commit(withClause(selection().clauses, { filter }), "filter");
  else showMessage("Charts and table show the same runs already: filter the table first, or tick some.", "error");
}

/** Select single runs, those that the table's boxes name. */
export function selectRuns(ids) {
  if (!ids.length || ids.length > MOST_RUNS) {
    const most = formatCount(MOST_RUNS);
    showMessage(`Choose 1 to ${most} runs by their boxes; for more, filter the table and select all that it finds.`, "error");
    return;
  }
  commit(withClause(selection().clauses, { runs: ids }), "runs");
}
