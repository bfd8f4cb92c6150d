/** Buttons that copy the text of an element: `data-copy` names its id. */

import { showMessage } from "./messages.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const copied = await copyText(source);
  showMessage(copied ? "Copied." : "The browser does not let pages copy here: select the text and copy it.", copied ? "success" : "error");
});

async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    return copyBySelection(source); // without HTTPS there is no clipboard interface
  }
}

function copyBySelection(source) {
  const area = document.createElement("textarea");
  area.value = source.textContent;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
