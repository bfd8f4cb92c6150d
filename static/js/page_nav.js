/** The way between the parts of a long page: the link of the part that is in view is marked. */

const LINKS = ".page-nav a[href^='#']";
const TOP = 0.3; // of the window: where a part counts as the one that is read

let waiting = 0;

function showPlace() {
  waiting = 0;
  const links = [...document.querySelectorAll(LINKS)];
  const line = window.innerHeight * TOP;
  const passed = links.filter((link) => document.getElementById(link.hash.slice(1))?.getBoundingClientRect().top <= line);
  const isAtEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
  const current = isAtEnd && window.scrollY > 0 ? links.at(-1) : passed.at(-1);
  for (const link of links) {
    if (link === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function later() {
  waiting ||= requestAnimationFrame(showPlace);
}

document.addEventListener("scroll", later, { passive: true });
document.addEventListener("live:changed", later); // not amid the changes: it would lay out the page once more
showPlace();
