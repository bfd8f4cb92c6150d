/** Where everything lies: CSS pixels for the elements, whole device pixels for the lines. */

export const PAD = 4; // spare pixels around the lines of a tile, so that drawing needs no bounds checks

const TOP = 62; // the axes' titles and tools
const MARGIN = 60; // left and right of the outer axes, for their labels
const SLOT_GAP = 18;
const SLOT_HEIGHT = 14;
const BOTTOM = 12;
const BELOW_SLOT = 18; // the count of runs without a value
const MIN_GAP = { fine: 64, coarse: 92 };
const MAX_DPR = 2; // above, lines gain nothing and work grows with the square

/** Lay out `count` axes in a box of width × height CSS pixels. */
export function makeLayout({ width, height, count, slots, coarse, ratio }) {
  const dpr = Math.min(MAX_DPR, Math.max(1, ratio));
  const gaps = Math.max(1, count - 1);
  const least = gaps * MIN_GAP[coarse ? "coarse" : "fine"] + 2 * MARGIN;
  const stageWidth = Math.max(width, least);
  const gap = Math.floor(((stageWidth - 2 * MARGIN) * dpr) / gaps); // device pixels
  const first = Math.round(((count > 1 ? stageWidth * dpr - gap * gaps : stageWidth * dpr) / 2));
  const below = slots ? SLOT_GAP + SLOT_HEIGHT + BELOW_SLOT : BOTTOM;
  const bottom = Math.max(TOP + 80, height - below);
  return {
    dpr,
    stageWidth,
    stageHeight: bottom + below,
    gap: count > 1 ? gap : 0,
    xs: Array.from({ length: count }, (_, i) => (first + i * gap) / dpr),
    left: first,
    top: TOP,
    bottom,
    slotTop: slots ? bottom + SLOT_GAP : null,
    slotBottom: slots ? bottom + SLOT_GAP + SLOT_HEIGHT : bottom,
    tileTop: Math.round((TOP - 4) * dpr),
    tileHeight: Math.round(((slots ? bottom + SLOT_GAP + SLOT_HEIGHT : bottom) - TOP + 8) * dpr),
    key: [dpr, bottom, slots].join("|"),
  };
}

/** CSS pixels from the top for a position of 0 to 1 on an axis. */
export function yOf(position, layout, flipped) {
  const share = flipped ? position : 1 - position;
  return layout.top + share * (layout.bottom - layout.top);
}

export function positionOf(y, layout, flipped) {
  const share = (y - layout.top) / (layout.bottom - layout.top);
  const inside = share < 0 ? 0 : share > 1 ? 1 : share;
  return flipped ? inside : 1 - inside;
}

/** How far, in CSS pixels, lines spread around the middle of a category or a slot, so that they stay apart. */
export function spreadOf(scale, layout) {
  return scale.kind === "category" ? Math.min(9, 0.3 * scale.band * (layout.bottom - layout.top)) : 0;
}

const GOLDEN = 0.6180339887498949;

/**
 * Each run's height on one axis in device pixels from the top of a tile, padding included. Runs in the same
 * category or slot are spread a little by their index, which a later run never changes.
 */
export function axisHeights(column, scale, flipped, layout) {
  const { dpr, tileTop } = layout;
  const heights = new Float32Array(column.values.length);
  const slotMiddle = layout.slotTop === null ? layout.bottom : (layout.slotTop + layout.slotBottom) / 2;
  const spread = spreadOf(scale, layout);
  for (let i = 0; i < heights.length; i += 1) {
    const position = scale.position(column.values[i]);
    const apart = ((0.5 + i * GOLDEN) % 1) * 2 - 1;
    const y = Number.isNaN(position) ? slotMiddle + 5 * apart : yOf(position, layout, flipped) + spread * apart;
    heights[i] = y * dpr - tileTop + PAD;
  }
  return heights;
}

/** How many runs of a column its scale has no place for. */
export function countGaps(column, scale) {
  const { missing, infinite, min } = column.facts;
  if (!scale.log || min > 0) return missing + infinite;
  return column.values.reduce((count, value) => count + Number.isNaN(scale.position(value)), 0);
}
