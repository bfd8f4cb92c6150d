/** What every page does. Charts and output are loaded by the pages that have some, when they have them. */

import "./actions.js";
import "./copy.js";
import "./describe.js";
import "./dialogs.js";
import "./menus.js";
import "./messages.js";
import "./navigation.js";
import "./previews.js";
import "./theme.js";
import "./times.js";
import { startLive } from "./live.js";

function loadParts() {
  // First what three charts draw: its answer is the largest.
  if (document.querySelector("[data-parallel]")) import("./parallel.js").then(({ showParallel }) => showParallel());
  if (document.querySelector("[data-scatter]")) import("./scatter.js").then(({ showScatter }) => showScatter());
  if (document.querySelector("[data-distribution]")) import("./distribution.js").then(({ showDistribution }) => showDistribution());
  if (document.querySelector("[data-figure]")) import("./figures.js").then(({ showFigures }) => showFigures());
  if (document.querySelector("[data-console]")) import("./console.js").then(({ showConsole }) => showConsole());
  if (document.querySelector("[data-media]")) import("./media.js").then(({ showMedia }) => showMedia());
  if (document.querySelector("[data-run-table]")) import("./run_table.js").then(({ showRunTable }) => showRunTable());
  if (document.querySelector(".page-nav")) import("./page_nav.js");
}

document.addEventListener("live:changed", loadParts);
loadParts();
startLive();

document.querySelector("form[data-send-at-once]")?.requestSubmit();
if (document.querySelector("[data-forget-post]")) history.replaceState(null, "", location.href); // a reload must not post again
