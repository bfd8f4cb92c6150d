/** The table equivalent of a chart, fetched when it is opened and while it is open. */

const shown = new WeakMap();

/** Bring open tables up to date; `withOptions(address, id)` adds what the viewer has chosen for the chart. */
export function showTables(withOptions) {
  for (const details of document.querySelectorAll("details[data-table]")) {
    if (details.open) fill(details, withOptions);
    if (!shown.has(details)) {
      shown.set(details, "");
      details.addEventListener("toggle", () => details.open && fill(details, withOptions));
    }
  }
}

async function fill(details, withOptions) {
  const id = details.id.replace(/-table$/, "");
  const url = withOptions(details.dataset.table, id);
  const key = `${url} ${document.getElementById(id)?.dataset.version}`;
  if (shown.get(details) === key) return;
  shown.set(details, key);
  const body = details.querySelector("[data-table-body]");
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (response.ok) body.innerHTML = await response.text();
  else body.textContent = "The table could not be loaded. Close and open it to try again.";
  if (!response.ok) shown.set(details, "");
}
