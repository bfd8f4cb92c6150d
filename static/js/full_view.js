/** A chart on the whole window: Escape or its button leave, and focus returns to the button. */

const FOCUSABLE = "button, a[href], select, input, summary, [tabindex]:not([tabindex='-1'])";
let shown = null; // the id of the chart

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-full-view]");
  if (!button) return;
  if (shown) leave();
  else enter(button.dataset.fullView);
});

document.addEventListener("keydown", (event) => {
  if (!shown || event.defaultPrevented) return;
  if (event.key === "Escape") leave();
  if (event.key === "Tab") stayInside(event);
});

// Capturing, since menus close on Escape, too, and one press should close one thing.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Escape" && shown && panel()?.querySelector("details[data-menu][open]")) event.stopPropagation();
    else return;
    const menu = panel().querySelector("details[data-menu][open]");
    menu.open = false;
    menu.querySelector("summary").focus();
  },
  { capture: true },
);

document.addEventListener("live:changed", () => {
  if (!shown) return;
  if (panel()) mark(true); // a merge has taken the marks away
  else leave();
});

function enter(id) {
  shown = id;
  mark(true);
  panel().scrollTop = 0;
}

function leave() {
  const button = document.getElementById(`${shown}-full`);
  mark(false);
  shown = null;
  button?.scrollIntoView({ block: "nearest" });
  button?.focus();
}

function panel() {
  return document.getElementById(shown)?.closest("section");
}

function mark(isFull) {
  const section = panel();
  document.documentElement.classList.toggle("has-full-view", isFull);
  if (!section) return;
  section.classList.toggle("is-full", isFull);
  const attributes = { role: "dialog", "aria-modal": "true" };
  for (const [name, value] of Object.entries(attributes)) {
    if (isFull) section.setAttribute(name, value);
    else section.removeAttribute(name);
  }
  document.getElementById(`${shown}-full`)?.setAttribute("aria-pressed", String(isFull));
}

function stayInside(event) {
  const inside = [...panel().querySelectorAll(FOCUSABLE)].filter((element) => element.checkVisibility() && !element.disabled);
  const [first, last] = [inside[0], inside.at(-1)];
  const isOutside = !panel().contains(document.activeElement);
  if (!isOutside && document.activeElement !== (event.shiftKey ? first : last)) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
