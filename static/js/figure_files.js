/** A figure as a file to keep: with its title, its sentence and legend, in the colours of the theme and fonts that are everywhere. */

import { FILE_FONT, fileName, save, titleOf, wrapped } from "./chart_files.js";
import { themed } from "./figure_theme.js";
import { loadPlotly } from "./plotly_source.js";

const WIDTH = 1200;
const HEIGHT = 640;
const SIDE = 28; // around everything
const LINE = 18; // height of a line of the sentence
const CHARACTERS = 165; // of the sentence in a line
const LEGEND = 44;

/** Save what a figure shows now, its zoom included, as "png" or "svg". */
export async function saveFigure(element, figure, format) {
  const plotly = await loadPlotly();
  const layout = withText(themed(figure, "layout"), titleOf(element), captionOf(element));
  keepView(layout, element._fullLayout);
  const data = themed(figure).map((trace, i) => ({ ...trace, visible: element.data[i]?.visible ?? true }));
  const shown = { data, layout, config: { staticPlot: true } };
  const height = Math.max(HEIGHT, rem(figure.layout.meta?.height ?? 0) + layout.margin.t);
  const address = await plotly.toImage(shown, { format, width: WIDTH, height, scale: format === "png" ? 2 : 1 });
  save(blobOf(address), `${fileName(element)}.${format}`);
}

function captionOf(element) {
  return document.getElementById(element.dataset.caption)?.textContent.trim() ?? "";
}

function withText(layout, title, caption) {
  const lines = wrapped(caption, CHARACTERS);
  const top = SIDE + 26 + LINE * lines.length + LEGEND;
  const colors = layout.template.layout;
  return {
    ...layout,
    font: { ...colors.font, family: FILE_FONT },
    title: {
      text: title,
      subtitle: { text: lines.join("<br>"), font: { size: 12, color: colors.xaxis.tickfont.color } },
      font: { size: 17, weight: 600, color: colors.font.color },
      x: SIDE / WIDTH,
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: SIDE },
    },
    legend: { ...layout.legend, y: 1 },
    margin: { l: SIDE + 8, r: SIDE, b: SIDE, t: top },
    autosize: false,
  };
}

/** What the viewer has zoomed to. */
function keepView(layout, shown) {
  for (const name of Object.keys(shown).filter((key) => /^[xy]axis\d*$/.test(key))) {
    layout[name] = { ...layout[name], range: [...shown[name].range], autorange: false };
  }
}

function rem(count) {
  return count * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function blobOf(address) {
  const comma = address.indexOf(",");
  const [head, body] = [address.slice(0, comma), address.slice(comma + 1)];
  const type = head.slice(5).split(";")[0];
  if (!head.endsWith("base64")) return new Blob([decodeURIComponent(body)], { type });
  return new Blob([Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0))], { type });
}
