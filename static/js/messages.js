/** Messages in the corner: read out by screen readers; good news goes away by itself, errors stay. */

const SHOWN = 6000;
const place = document.getElementById("messages");
const template = document.getElementById("message-template");

/** Show a message of a kind: "success" or "error". */
export function showMessage(text, kind) {
  const message = template.content.firstElementChild.cloneNode(true);
  message.classList.add(kind);
  message.querySelector("p").textContent = text;
  place.append(message);
  leaveInTime(message);
}

function leaveInTime(message) {
  if (message.classList.contains("error")) return;
  setTimeout(() => (message.matches(":hover, :focus-within") ? leaveInTime(message) : message.remove()), SHOWN);
}

place?.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".message").remove();
});
for (const message of place?.children ?? []) leaveInTime(message);
