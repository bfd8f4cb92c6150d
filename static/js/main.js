/** What every page does. Charts are loaded by the pages that have some, when they have them. */

import "./actions.js";
import "./copy.js";
import "./menus.js";
import "./messages.js";
import "./navigation.js";
import "./theme.js";
import "./times.js";
import { startLive } from "./live.js";

function loadCharts() {
  if (document.querySelector("[data-figure]")) import("./figures.js").then(({ showFigures }) => showFigures());
  if (document.querySelector("[data-parallel]")) import("./parallel.js").then(({ showParallel }) => showParallel());
}

document.addEventListener("live:changed", loadCharts);
loadCharts();
startLive();

document.querySelector("form[data-send-at-once]")?.requestSubmit();
if (document.querySelector("[data-forget-post]")) history.replaceState(null, "", location.href); // a reload must not post again
