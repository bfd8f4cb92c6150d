/** What draws of a parameter look like: bars in an SVG, the ends of the range, and examples in words. */

import { element } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 168;
const HEIGHT = 40;
const GAP = 1;

/** Show the server's draws in a parameter's row, or nothing where it has none. */
export function showDrawn(row, drawn) {
  const place = row.querySelector(":scope > .parameter-body > [data-drawn]");
  if (!place) return;
  place.hidden = !drawn;
  if (!drawn) return;
  const seen = JSON.stringify(drawn);
  if (place.dataset.seen === seen) return;
  place.dataset.seen = seen;
  const { labels } = drawn;
  const hasChoice = labels.length !== 1;
  place.querySelector("svg").toggleAttribute("hidden", !hasChoice);
  place.querySelector(".drawn-ends").hidden = !hasChoice;
  place.querySelector("svg").replaceChildren(...bars(drawn));
  place.querySelector("[data-low]").textContent = labels.length ? labels[0] : drawn.low;
  place.querySelector("[data-high]").textContent = labels.length ? labels.at(-1) : `${drawn.high}${drawn.is_log ? " (log)" : ""}`;
  place.querySelector("[data-values]").replaceChildren(...words(drawn));
}

/** Values in words; each is isolated, since what is written from right to left would turn the order of the others around. */
function words({ before, samples, after }) {
  const values = samples.flatMap((text, i) => [i ? ", " : " ", element("bdi", { textContent: text })]);
  return [before, ...values, after && ` ${after}`];
}

function bars({ counts, labels }) {
  const most = Math.max(...counts, 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const width = WIDTH / counts.length;
  return counts.map((count, i) => {
    const bar = document.createElementNS(SVG, "rect");
    const height = count ? Math.max((count / most) * HEIGHT, 1) : 0;
    const place = { x: i * width, y: HEIGHT - height, width: Math.max(width - GAP, 0.5), height };
    for (const [name, value] of Object.entries(place)) bar.setAttribute(name, value.toFixed(2));
    if (labels[i] !== undefined) {
      const title = document.createElementNS(SVG, "title");
      title.textContent = `${labels[i]}: ${((100 * count) / total).toFixed(0)} %`;
      bar.append(title);
    }
    return bar;
  });
}
