/** The table of runs: what its parts do, on a page that has it. Each is told when the page has changed. */

import { startColumns } from "./run_table/columns.js";
import { startBulk } from "./run_table/bulk.js";
import { startFilterBuilder } from "./run_table/filter_builder.js";
import { showGrid, startGrid } from "./run_table/grid.js";
import { showProblem, startQueryLine } from "./run_table/query_line.js";
import { showSelection, startSelection } from "./run_table/selection.js";
import { startViews } from "./run_table/saved_views.js";
import { showWidths, startWidths } from "./run_table/widths.js";

let hasStarted = false;

// Buttons of a dialog that do not submit it: Enter in a field must not mean the first of them.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("dialog [data-answer]");
  if (button) button.closest("dialog").close(button.dataset.answer);
});

/** Bring the table's parts up to date. */
export function showRunTable() {
  if (!hasStarted) {
    hasStarted = true;
    startQueryLine();
    startSelection();
    startGrid();
    startWidths();
    startColumns();
    startBulk();
    startViews();
    startFilterBuilder();
  }
  showProblem();
  showSelection();
  showGrid();
  showWidths();
}
