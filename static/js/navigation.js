/** Sorting, filtering and paging in place: links and forms marked `data-nav` change the live part of the page only. */

import { askAhead, isLive, navigate } from "./live.js";

const TYPING_PAUSE = 250;

if (isLive()) {
  let timer = 0;

  document.addEventListener("pointerdown", (event) => {
    const link = linkOf(event);
    if (link && event.pointerType === "mouse") askAhead(link.href); // a finger may be about to scroll
  });

  document.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (!link) return;
    event.preventDefault();
    navigate(link.href);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-nav]")) return;
    event.preventDefault();
    clearTimeout(timer);
    navigate(addressOf(event.target));
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-nav]");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => navigate(addressOf(form)), event.target.localName === "select" ? 0 : TYPING_PAUSE);
  });

  window.addEventListener("popstate", () => navigate(location.href, { push: false }));
}

// "/" goes to the page's search field, as in many tools.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("main input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

/** The link that a plain press of the first button means, null where it means another thing. */
function linkOf({ target, button, metaKey, ctrlKey, shiftKey, altKey }) {
  return button || metaKey || ctrlKey || shiftKey || altKey ? null : target.closest("a[data-nav]");
}

/** The address that a form asks for, without what is empty. */
function addressOf(form) {
  const url = new URL(form.getAttribute("action") || "", location.href);
  url.search = "";
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.set(name, value);
  return url.href;
}
