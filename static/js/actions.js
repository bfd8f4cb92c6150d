/** Forms that do something: asked about first where that matters, and sent without leaving a page that is live. */

import { isLive, refresh } from "./live.js";
import { showMessage } from "./messages.js";

const dialog = document.getElementById("confirm");
const confirmed = new WeakSet();

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const asks = submitter?.dataset.confirm && !confirmed.has(submitter);
  const sends = form.matches("form[data-action]") && isLive();
  if (!asks && !sends) return;
  event.preventDefault();
  if (asks && !(await isConfirmed(submitter.dataset))) return;
  if (sends) await send(form, submitter);
  else {
    confirmed.add(submitter);
    form.requestSubmit(submitter);
  }
});

/** Ask in a dialog; Escape and the first button say no. */
export function isConfirmed({ confirm, confirmTitle, confirmYes }) {
  dialog.querySelector("h2").textContent = confirmTitle ?? "Are you sure?";
  dialog.querySelector("[data-confirm-text]").textContent = confirm;
  dialog.querySelector("[data-confirm-yes]").textContent = confirmYes ?? "Yes";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function send(form, submitter) {
  submitter?.setAttribute("aria-disabled", "true");
  try {
    const response = await fetch(submitter?.getAttribute("formaction") ?? form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (response.status === 401) return location.reload();
    const answer = await response.json().catch(() => ({ message: `The server answered ${response.status}.` }));
    if (response.ok) finish(form);
    tell(form, answer.message, response.ok);
  } catch {
    tell(form, "The server cannot be reached. Nothing was changed; try again.", false);
  } finally {
    submitter?.removeAttribute("aria-disabled");
  }
  refresh();
}

/** Say what is wrong in a form of its own dialog, since a message would be behind that. */
function tell(form, message, isGood) {
  const place = form.querySelector("[data-form-error]");
  if (place) {
    place.hidden = isGood;
    place.textContent = isGood ? "" : message;
  }
  if (isGood || !place) showMessage(message, isGood ? "success" : "error");
}

/** Close the dialog of a form that was taken, and let the next sending count as another one. */
function finish(form) {
  form.closest("dialog")?.close();
  const id = form.dataset.renew && form.elements[form.dataset.renew];
  if (id) id.value = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
