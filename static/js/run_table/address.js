/** The view of the table is in the page's address; whoever changes the view goes to another address. */

import { navigate } from "../live.js";

/** Where the table's own requests go. */
export function tableUrl(part) {
  return `${document.querySelector("[data-run-table]").dataset.runTable}/table/${part}`;
}

/** The page's address with other parameters, on the first page of the table; an empty value takes one away. */
export function changed(parameters) {
  const url = new URL(location.href);
  const shown = new URL(document.getElementById("runs-query").dataset.address, location.href);
  url.search = shown.search;
  for (const [name, value] of Object.entries(parameters)) {
    if (value === "" || value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}

/** Show the view with other parameters, as `navigate` does with these options. */
export function show(parameters, options) {
  return navigate(changed(parameters), options);
}

/** The heads of the columns as they are shown. */
export function heads() {
  return [...document.querySelectorAll("#runs-table th[data-key]")];
}
