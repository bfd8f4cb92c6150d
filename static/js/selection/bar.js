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

/** Select single runs, those that the table's boxes name. */
export function selectRuns(ids) {
  if (!ids.length || ids.length > MOST_RUNS) {
    showMessage(`Choose 1 to ${formatCount(MOST_RUNS)} runs by their boxes; for more, brush an axis.`, "error");
    return;
  }
  commit(withClause(selection().clauses, { runs: ids }), "runs");
}
