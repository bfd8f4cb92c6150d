/** The scatter plot as a file: here the points are plotly.js's own, so that an SVG has them as shapes. */

import { cssColor } from "../parallel/palette.js";

const SIZE = { width: 1200, height: 760 };

/** Let the viewer keep the plot as it is shown; `format` is "png" or "svg". */
export async function savePicture({ plotly, plot, axes, colors, radii, mask, theme, format }) {
  const [x, y] = axes;
  const shown = [...x.places.keys()].filter((i) => Number.isFinite(x.places[i]) && Number.isFinite(y.places[i]));
  const others = mask ? shown.filter((i) => !mask[i]) : [];
  const chosen = mask ? shown.filter((i) => mask[i]) : shown;
  const trace = (indices, marker) => ({
    type: "scatter",
    mode: "markers",
    x: indices.map((i) => valueOf(x, i)),
    y: indices.map((i) => valueOf(y, i)),
    marker: { size: radii ? indices.map((i) => 2 * radii[i]) : 6, ...marker },
  });
  const data = [
    trace(others, { color: cssColor(theme.ground), opacity: 0.25 }),
    trace(chosen, { color: chosen.map((i) => cssColor(colors.levels[colors.levelOf(i)])), opacity: 0.8 }),
  ];
  const { xaxis, yaxis, template } = plot.layout;
  const layout = { xaxis, yaxis, template, showlegend: false, margin: { l: 60, r: 24, t: 24, b: 60 } };
  const title = document.querySelector("h1")?.textContent.trim() ?? "sweep";
  const filename = `${title}-scatter`.replace(/[^\w.-]+/g, "-");
  await plotly.downloadImage({ data, layout }, { format, scale: format === "png" ? 2 : 1, filename, ...SIZE });
}

/** What plotly.js takes for a value on its axis. */
function valueOf({ places, isLog }, i) {
  return isLog ? 10 ** places[i] : places[i];
}
