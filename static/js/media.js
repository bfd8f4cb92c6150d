/** Logged images: one step at a time, chosen by a slider that stays at the newest until the viewer moves it. */

const chosen = new WeakMap(); // section -> the step that the viewer has chosen

/** Bring the images of the page up to date. */
export function showMedia() {
  for (const section of document.querySelectorAll("[data-media]")) {
    const range = section.querySelector("input[type=range]");
    const moments = [...section.querySelectorAll("[data-step]")];
    section.querySelector("[data-media-slider]").hidden = moments.length < 2;
    if (!section.dataset.isConnected) {
      section.dataset.isConnected = "true";
      range.addEventListener("input", () => choose(section, Number(range.value)));
    }
    range.max = String(moments.length - 1);
    const known = moments.findLastIndex((moment) => moment.dataset.step === chosen.get(section));
    range.value = String(known < 0 ? moments.length - 1 : known);
    show(section, Number(range.value));
  }
}

function choose(section, index) {
  const moments = section.querySelectorAll("[data-step]");
  if (index === moments.length - 1) chosen.delete(section);
  else chosen.set(section, moments[index].dataset.step);
  show(section, index);
}

function show(section, index) {
  const moments = [...section.querySelectorAll("[data-step]")];
  moments.forEach((moment, place) => (moment.hidden = place !== index));
  const step = Number(moments[index].dataset.step).toLocaleString("en");
  const text = `step ${step} (${index + 1} of ${moments.length})`;
  section.querySelector("[data-media-place]").textContent = text;
  section.querySelector("input[type=range]").setAttribute("aria-valuetext", text);
  section.classList.add("is-sliding");
}
