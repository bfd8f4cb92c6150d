/** From sums of lines to pixels. This runs for every pixel of every frame of a moving brush, hence packed colours and plain loops. */

import { PAD } from "./layout.js";
import { FULL } from "./raster.js";

const LAST = 2047; // of the entries of a table
const NEARLY_ALL = 0.998;

/** A colour as canvases store it, 0xAABBGGRR. */
export function packColor([red, green, blue]) {
  return ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}

/**
 * Opacity (0 to 256) by coverage: one line has the opacity `alpha`, its faint edges a share of it, and n lines over each
 * other 1 - (1 - alpha)^n. Returns {table, scale}: look up table[min(LAST, coverage in parts × scale)].
 */
export function opacityTable(alpha) {
  const fade = Math.log(1 - Math.min(alpha, NEARLY_ALL));
  const most = Math.max(2, Math.log(1 - NEARLY_ALL) / fade); // in lines
  const table = new Uint16Array(LAST + 1);
  for (let i = 0; i <= LAST; i += 1) {
    const lines = (i / LAST) * most;
    const opacity = lines < 1 ? alpha * lines : 1 - Math.exp(fade * lines);
    table[i] = Math.round(256 * Math.min(1, opacity));
  }
  return { table, scale: LAST / (most * FULL) };
}

/**
 * Where fewer than one whole line covers a pixel, its opacity is to grow evenly with coverage, whatever the line weighs; else the edges
 * of heavy lines would be hard. By palette step: the sum of a whole line, and the opacity per part below it.
 */
export function edgeTable({ table, scale }, weights) {
  const whole = weights.map((weight) => weight * FULL);
  return { whole, slope: whole.map((parts) => table[Math.min(LAST, (parts * scale) | 0)] / parts) };
}

/** How opaque one of `count` lines may be, so that few are plain to see and many still show where they are dense. */
export function lineOpacity(count, height, strongest, gain) {
  const density = count / Math.max(1, height); // lines per pixel where they spread evenly
  return Math.min(strongest, gain / (gain + density));
}

/** `over` with an opacity of 0 to 256 on `under`, red and blue in one go. */
function mix(under, over, opacity) {
  const rest = 256 - opacity;
  const redBlue = ((Math.imul(under & 0xff00ff, rest) + Math.imul(over & 0xff00ff, opacity)) >>> 8) & 0xff00ff;
  const green = (((under & 0xff00) * rest + (over & 0xff00) * opacity) >>> 8) & 0xff00;
  return 0xff000000 | redBlue | green;
}

/** The colours of the grey layer on the surface, by its coverage. */
export function groundTable(alpha, surface, ground) {
  const { table, scale } = opacityTable(alpha);
  const colors = new Uint32Array(table.length);
  for (let i = 0; i < table.length; i += 1) colors[i] = mix(packColor(surface), packColor(ground), table[i]);
  return { colors, scale };
}

/** The layers below the coloured one, looked up by their sums. */
class Below {
  constructor(tile, tones) {
    this.bare = tones.bare;
    this.ground = tones.ground ? tile.ground : null;
    this.groundColors = tones.ground?.colors;
    this.groundScale = tones.ground?.scale;
    this.plain = tile.plain;
    this.plainColor = tones.plain;
    this.plainOpacity = tones.inkOpacity;
  }

  at(source) {
    let pixel = this.bare;
    if (this.ground) {
      const grey = (this.ground[source] * this.groundScale) | 0;
      pixel = this.groundColors[grey < LAST ? grey : LAST];
    }
    if (this.plain) {
      const parts = (this.plain[source] * this.plainOpacity.scale) | 0;
      if (parts > 0) pixel = mix(pixel, this.plainColor, this.plainOpacity.table[parts < LAST ? parts : LAST]);
    }
    return pixel;
  }
}

/**
 * Write a tile's pixels into `pixels`, which has rows of `rowLength`.
 *
 * `tones` has the packed colours bare, plain and palette (for number inks), the opacity table inkOpacity, its `edges`
 * for number inks, and `ground` from groundTable, null where the grey layer is not to be seen.
 */
export function toneTile(tile, ink, tones, pixels, rowLength) {
  const below = new Below(tile, tones);
  const write = tile.ink.length === 0 ? writeBelow : ink.kind === "category" ? writeCategories : writeNumbers;
  for (let row = 0; row < tile.height; row += 1) {
    write(tile, ink, tones, below, pixels, row * rowLength, (row + PAD) * tile.stride + PAD);
  }
}

function writeBelow(tile, ink, tones, below, pixels, to, from) {
  for (let i = 0; i < tile.width; i += 1) pixels[to + i] = below.at(from + i);
}

/** The mean level of the lines over a pixel, on the palette: the picture has no colour that the legend lacks. */
function writeNumbers(tile, ink, { palette, inkOpacity, edges }, below, pixels, to, from) {
  const sums = tile.ink[0];
  const { table, scale } = inkOpacity;
  const { base } = ink;
  const share = 1 / base; // exact: a power of two
  const steps = (palette.length - 1) / ink.levels;
  const { whole, slope } = edges;
  for (let i = 0; i < tile.width; i += 1) {
    const sum = sums[from + i];
    let pixel = below.at(from + i);
    if (sum !== 0) {
      const weight = Math.floor(sum * share);
      const step = (((sum - weight * base) / weight) * steps) | 0;
      const parts = (weight * scale) | 0;
      const opacity = weight < whole[step] ? (weight * slope[step]) | 0 : table[parts < LAST ? parts : LAST];
      pixel = mix(pixel, palette[step], opacity);
    }
    pixels[to + i] = pixel;
  }
}

/** The mean of the lines' colours: shares of categories over a pixel mix. */
function writeCategories(tile, ink, { inkOpacity }, below, pixels, to, from) {
  const [first, second] = tile.ink;
  const { table, scale } = inkOpacity;
  const { base } = ink;
  const share = 1 / base;
  for (let i = 0; i < tile.width; i += 1) {
    const sum = first[from + i];
    let pixel = below.at(from + i);
    if (sum !== 0) {
      const weight = Math.floor(sum * share);
      const greens = Math.floor(second[from + i] * share);
      const factor = 255 / ink.levels / weight;
      const red = ((sum - weight * base) * factor) | 0;
      const blue = ((second[from + i] - greens * base) * factor) | 0;
      const parts = (weight * scale) | 0;
      pixel = mix(pixel, (blue << 16) | (((greens * factor) | 0) << 8) | red, table[parts < LAST ? parts : LAST]);
    }
    pixels[to + i] = pixel;
  }
}
