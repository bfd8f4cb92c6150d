/**
 * Lines as sums. A plane is an array of numbers, one per pixel; drawing a line adds its amount to the pixels it covers, and the
 * same call with the negative amount takes it away exactly, since all amounts are whole numbers below 2^53. So a moving brush
 * costs only the lines that enter or leave it, and the picture does not depend on the order of drawing.
 */

import { PAD } from "./layout.js";

export const FULL = 16; // parts of coverage that one pixel of a level line takes

/** Most parts that one line can add to a pixel: a diagonal covers more of it, and wide lines are drawn in overlapping strokes. */
export const MOST_PARTS = 40;

/**
 * Add one straight, anti-aliased line of one pixel across a tile.
 *
 * `plane` has rows of `stride` = width + 2 × PAD numbers; the line runs from height `from` at the tile's left edge to `to`
 * at its right edge (both padding included), moved across by `shift` pixels. Each pixel gets amount × parts, where
 * a level line in the middle of a pixel row has `weight` parts there (Wu's method: two pixels share each step).
 * Coverage grows with the line's length through a pixel, so that a steep line is as dark as a level one.
 */
export function addLine(plane, stride, from, to, amount, weight, shift) {
  const width = stride - 2 * PAD;
  const rise = to - from;
  if (rise <= width && -rise <= width) addLevel(plane, stride, width, from, rise / width, amount, weight, shift);
  else addSteep(plane, stride, width, from, to, amount, weight, shift);
}

function addLevel(plane, stride, width, from, slope, amount, weight, shift) {
  const parts = Math.round(weight * Math.sqrt(1 + slope * slope));
  let y = ((from + slope * 0.5 - 0.5 + shift) * 65536) | 0; // 16.16 fixed point
  const step = (slope * 65536) | 0;
  for (let x = PAD, end = width + PAD; x < end; x += 1, y += step) {
    const low = ((y >> 12) & 15) * parts;
    const pixel = (y >> 16) * stride + x;
    plane[pixel] += amount * ((16 * parts - low) >> 4);
    plane[pixel + stride] += amount * (low >> 4);
  }
}

function addSteep(plane, stride, width, from, to, amount, weight, shift) {
  const slope = width / (to - from);
  const parts = Math.round(weight * Math.sqrt(1 + slope * slope));
  const firstRow = Math.ceil(Math.min(from, to) - 0.5);
  const lastRow = Math.floor(Math.max(from, to) - 0.5);
  let x = ((PAD + (firstRow + 0.5 - from) * slope - 0.5 + shift) * 65536) | 0;
  const step = (slope * 65536) | 0;
  for (let row = firstRow * stride, end = lastRow * stride; row <= end; row += stride, x += step) {
    const right = ((x >> 12) & 15) * parts;
    const pixel = row + (x >> 16);
    plane[pixel] += amount * ((16 * parts - right) >> 4);
    plane[pixel + 1] += amount * (right >> 4);
  }
}

/** Strokes of about one pixel, side by side, that make a line `thickness` pixels wide: [{weight, shift}]. */
export function strokesOf(thickness) {
  const count = Math.ceil(thickness);
  const weight = (FULL * thickness) / count;
  const room = thickness - 1;
  return Array.from({ length: count }, (_, i) => ({ weight, shift: count > 1 ? room * (i / (count - 1) - 0.5) : 0 }));
}
