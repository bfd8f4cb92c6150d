/** Light, dark, or what the system says, while the report is open; paper is light. */

const ORDER = ["system", "light", "dark"];
const root = document.documentElement;

/** Connect the button; `onChange` draws anew what is drawn with colours. */
export function connectTheme(button, onChange) {
  button.addEventListener("click", () => {
    setTheme(ORDER[(ORDER.indexOf(root.dataset.theme ?? "system") + 1) % ORDER.length]);
    button.textContent = `Theme: ${root.dataset.theme ?? "system"}`;
    onChange();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
}

/** Do something in light colours, then go back to those before. */
export async function inLight(action) {
  const before = root.dataset.theme ?? "system";
  setTheme("light");
  try {
    await action();
  } finally {
    setTheme(before);
  }
}

function setTheme(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
}
