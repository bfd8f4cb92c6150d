/** What a figure is given, and what it goes without, where there is little room: on a phone. */

import { shortName } from "./short_name.js";

const NARROW = 480;
const LEGEND_ROW = 1.1875; // rem
const NAMES_IN_ROW = 2;
const LETTERS = 12;

/** What a legend of several rows needs more, in rem: as much as it takes again, since plotly.js gives it half the plot. */
export function legendHeight({ data }, width) {
  const names = width < NARROW ? data.filter(({ showlegend }) => showlegend !== false).length : 0;
  return names > NAMES_IN_ROW ? Math.ceil(names / NAMES_IN_ROW) * 2 * LEGEND_ROW : 0;
}

/** A layout in which names of rows leave the bars most of the width. */
export function fitted(layout, width) {
  const { ticktext } = layout.yaxis ?? {};
  if (!ticktext || width >= NARROW) return layout;
  return { ...layout, yaxis: { ...layout.yaxis, ticktext: ticktext.map((name) => shortName(name, LETTERS)) } };
}
