/** The dialog that saves the view: `actions.js` sends its form. */

import { allShown } from "../live.js";

/** Begin to listen. */
export function startViews() {
  const dialog = document.getElementById("view-dialog");
  document.addEventListener("click", (event) => event.target.closest?.("[data-view-save]") && open(dialog));
  dialog.addEventListener("submit", () => dialog.close());
}

async function open(dialog) {
  document.getElementById("views-menu").open = false;
  await allShown(); // the address of the view comes with what was chosen last
  dialog.querySelector("form").reset();
  dialog.querySelector("[name=address]").value = dialog.dataset.address;
  dialog.showModal();
}
