/** What every page does. Modules of charts and output run on the pages that have some, when they have them. */

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

// First what three charts draw: its answer is the largest.
const PARTS = [
  ["[data-parallel]", () => import("./parallel.js"), ({ showParallel }) => showParallel()],
  ["[data-scatter]", () => import("./scatter.js"), ({ showScatter }) => showScatter()],
  ["[data-distribution]", () => import("./distribution.js"), ({ showDistribution }) => showDistribution()],
  ["[data-figure]", () => import("./figures.js"), ({ showFigures }) => showFigures()],
  ["[data-console]", () => import("./console.js"), ({ showConsole }) => showConsole()],
  ["[data-media]", () => import("./media.js"), ({ showMedia }) => showMedia()],
  ["[data-run-table]", () => import("./run_table.js"), ({ showRunTable }) => showRunTable()],
  [".page-nav", () => import("./page_nav.js"), () => {}],
];

function loadParts() {
  for (const [selector, load, show] of PARTS) {
    if (document.querySelector(selector)) load().then(show);
  }
}

document.addEventListener("live:changed", loadParts);
loadParts();
startLive();

document.querySelector("form[data-send-at-once]")?.requestSubmit();
if (document.querySelector("[data-forget-post]")) history.replaceState(null, "", location.href); // a reload must not post again
