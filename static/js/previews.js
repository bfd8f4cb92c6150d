/** Text files that open beneath their row: fetched when asked for, shown as text whatever they hold. */

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-preview]");
  if (!button) return;
  const row = document.getElementById(button.getAttribute("aria-controls"));
  row.hidden = !row.hidden;
  button.setAttribute("aria-expanded", String(!row.hidden));
  button.textContent = row.hidden ? "Show" : "Hide";
  if (!row.hidden) row.querySelector("pre").textContent = await content(button.dataset.preview);
});

async function content(address) {
  try {
    const response = await fetch(address, { cache: "no-cache" });
    if (response.ok) return await response.text();
  } catch {
    // told below
  }
  return "The file could not be loaded. Close it and open it to try again.";
}
