/**
 * The part of a page that can be asked for alone (`data-part`): where two addresses differ in nothing but its parameters
 * (`data-part-names`), the rest of the page is the same for both, but for links and forms that lead on from the view that is shown
 * (`data-keeps-view`).
 */

import { mergeElements } from "./merge.js";

/** The name of the part in which the pages of two addresses differ, null where more is different. */
export function partBetween(from, to) {
  const part = document.querySelector("[data-part]");
  const [before, after] = [new URL(from, location.href), new URL(to, location.href)];
  if (!part || before.pathname !== after.pathname) return null;
  const own = namesOf(part);
  const names = new Set([...before.searchParams.keys(), ...after.searchParams.keys()]);
  const differing = [...names].filter((name) => before.searchParams.getAll(name).join("\n") !== after.searchParams.getAll(name).join("\n"));
  return differing.every((name) => own.includes(name)) ? part.dataset.part : null;
}

/** Show the part as the server has made it for an address: what is in the window at once, and all when this has ended. */
export async function showPart(html, address) {
  const merged = mergeElements(html);
  const names = namesOf(document.querySelector("[data-part]"));
  const view = new URL(address, location.href).searchParams;
  for (const link of document.querySelectorAll("a[data-keeps-view]")) keepInLink(link, names, view);
  for (const form of document.querySelectorAll("form[data-keeps-view]")) keepInForm(form, names, view);
  await merged;
}

function namesOf(part) {
  return part.dataset.partNames.split(" ");
}

function keepInLink(link, names, view) {
  const url = new URL(link.href);
  for (const name of names) {
    if (view.get(name)) url.searchParams.set(name, view.get(name));
    else url.searchParams.delete(name);
  }
  link.href = url.href;
}

function keepInForm(form, names, view) {
  for (const field of form.querySelectorAll("input[type=hidden]")) if (names.includes(field.name)) field.remove();
  for (const name of names.filter((one) => view.get(one))) {
    form.prepend(Object.assign(document.createElement("input"), { type: "hidden", name, value: view.get(name) }));
  }
}
