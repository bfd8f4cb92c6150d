/** The dialog of a run's name, tags and notes: fetched when it is opened, so that it begins with what others have written. */

import { showMessage } from "./messages.js";

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-describe]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    await open(opener.href);
  }
  const button = event.target.closest("[data-preview-notes]");
  if (button) await preview(button);
});

async function open(url) {
  const dialog = document.getElementById("describe");
  const response = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return showMessage("The server cannot be reached; try again.", "error");
  dialog.querySelector("[data-describe-body]").innerHTML = await response.text();
  dialog.showModal();
}

async function preview(button) {
  const form = button.closest("form");
  const [text, box] = [form.elements.notes, form.querySelector(".preview-box")];
  const isShown = button.getAttribute("aria-pressed") !== "true";
  if (isShown) {
    const response = await fetch(button.dataset.previewNotes, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok) return showMessage("The preview could not be made.", "error");
    box.innerHTML = await response.text();
  }
  button.setAttribute("aria-pressed", String(isShown));
  [text.hidden, box.hidden] = [isShown, !isShown];
}
