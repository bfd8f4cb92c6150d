/** The colours of the page's theme as numbers that a canvas can mix. */

import { sequentialPalette } from "./palette.js";

const PROPERTIES = ["surface", "ground", "plain", "ink", "muted", "line", "accent"];

/** Read the chart's colours from the CSS custom properties --pc-… of an element, in any notation CSS knows. */
export function readTheme(element) {
  const probe = element.appendChild(document.createElement("span"));
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  });
  const theme = { font: getComputedStyle(element).fontFamily };
  for (const name of PROPERTIES) {
    probe.style.color = `var(--pc-${name})`; // the computed colour of an element has light-dark() and color-mix() worked out
    theme[name] = toRgb(context, getComputedStyle(probe).color);
  }
  probe.remove();
  theme.dark = luminance(theme.surface) < 0.4;
  theme.palette = sequentialPalette(theme.dark);
  theme.key = PROPERTIES.map((name) => theme[name].join()).join("|");
  return theme;
}

function toRgb(context, color) {
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}

function luminance([red, green, blue]) {
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
