// Swagger UI is dark by a class: it follows the theme that the viewer has chosen, else the system's.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function show() {
  root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
}

system.addEventListener("change", show);
show();
