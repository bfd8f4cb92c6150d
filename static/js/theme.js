/** Light, dark, or what the system says: kept in a cookie, so that the server sends the page in the right theme at once. */

const ORDER = ["system", "light", "dark"];
const YEAR = 365 * 24 * 3600;
const button = document.querySelector("[data-theme-toggle]");
const system = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const kept = theme === "system" ? "theme=; max-age=0" : `theme=${theme}; max-age=${YEAR}`;
  document.cookie = `${kept}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  show();
  announce();
}

function show() {
  const theme = current();
  const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
  button.title = `Theme: ${theme}. Switch to ${next}.`;
  button.setAttribute("aria-label", button.title);
  for (const icon of button.children) icon.hidden = icon.dataset.themeIcon !== theme;
}

/** Tell those who draw with colours. */
function announce() {
  document.dispatchEvent(new CustomEvent("theme:changed"));
}

system.addEventListener("change", announce);
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => choose(ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length]));
  show();
}
