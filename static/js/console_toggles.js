/** What the viewer wants to see of each line of output: its time, and all of it in the width that there is. */

const KEY = "console";

/** Make the buttons work for an element, in the state in which they were left. */
export function startToggles(element) {
  const chosen = read();
  for (const button of document.querySelectorAll("[data-console-toggle]")) {
    const name = button.dataset.consoleToggle;
    set(element, button, chosen[name] ?? button.getAttribute("aria-pressed") === "true");
    button.addEventListener("click", () => {
      const isOn = button.getAttribute("aria-pressed") !== "true";
      set(element, button, isOn);
      write({ ...read(), [name]: isOn });
    });
  }
}

function set(element, button, isOn) {
  button.setAttribute("aria-pressed", String(isOn));
  element.classList.toggle(`with-${button.dataset.consoleToggle}`, isOn);
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // storage may be forbidden
  }
}

function write(chosen) {
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // The choice holds for this page alone.
  }
}
