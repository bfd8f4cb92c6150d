/** Links that open a dialog of the page; without it, or in a new tab, they lead to a page of its own. */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
});
