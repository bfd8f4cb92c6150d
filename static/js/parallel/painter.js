/** Draws lines in small steps, so that the page answers while they appear, and only those that changed. */

import { edgeTable, groundTable, lineOpacity, opacityTable, packColor, toneTile } from "./tone.js";
import { INKED, PLAIN, Tile } from "./tiles.js";
import { strokesOf } from "./raster.js";

const BLOCK = 192; // lines between two looks at the clock

export class Painter {
  #tiles = [];
  #order = new Uint32Array(0); // lines in a shuffled order: an unfinished picture is a fair sample
  #at = 0;
  #mask = null;
  #queue = new Uint32Array(0); // lines whose selection changed
  #queueAt = 0;
  #groundShows = false;
  #ink = null;
  #strokes = strokesOf(1);
  #thickness = 1;
  #image = null;
  #tones = null;
  segmentsDrawn = 0; // so far, those taken away included: the measure of the work done

  /**
   * Say what to draw: `spans` (one per gap between axes) of {left, right, width, height}, an `ink`, the line `thickness` in device
   * pixels. Tiles whose span is unchanged keep their lines.
   */
  setScene({ spans, count, ink, thickness }) {
    if (thickness !== this.#thickness) {
      this.#tiles = [];
      this.#thickness = thickness;
      this.#strokes = strokesOf(thickness);
    }
    if (ink !== this.#ink) this.#tiles.forEach((tile) => tile.clearInk());
    this.#ink = ink;
    this.#growOrder(count);
    const former = this.#tiles;
    this.#tiles = spans.map((span) => former.find((tile) => tile.fits(span)) ?? new Tile(span));
    this.#tones = null; // their places may have changed
  }

  /** Say which lines are selected (1 in the mask); the mask is kept and read while drawing. */
  setMask(mask, selected) {
    const former = this.#mask;
    this.#mask = mask;
    this.#groundShows = selected < mask.length;
    if (former?.length !== mask.length) this.#setQueue([]); // then all tiles are to be looked through anyway
    else this.#setQueue([...this.#queue.subarray(this.#queueAt), ...differences(former, mask)]);
    for (const tile of this.#tiles) if (selected * 2 < tile.inked) this.#keepFew(tile, mask);
  }

  #setQueue(lines) {
    this.#queue = Uint32Array.from(lines);
    this.#queueAt = 0;
  }

  /** Where most lines go, drawing those that stay anew is less work than taking the others away. */
  #keepFew(tile, mask) {
    let leaving = 0;
    for (let i = 0; i < mask.length; i += 1) if (!mask[i] && tile.flags[i] & (INKED | PLAIN)) leaving += 1;
    if (leaving * 2 > tile.inked) tile.clearInk();
  }

  /**
   * Runs joined at the end or got new values: keep all lines but those of `changed` runs. `swaps` leads from former arrays of
   * heights to their successors; the new ink has to be compatible with the former one.
   */
  replaceLines({ count, swaps, ink, changed }) {
    for (const tile of this.#tiles) {
      for (const i of changed) {
        tile.setInk(i, 0, this.#ink.planes, this.#strokes);
        tile.setGround(i, false, this.#strokes);
      }
      tile.extend(swaps.get(tile.left) ?? tile.left, swaps.get(tile.right) ?? tile.right);
      tile.visits = { ink: count, ground: count };
      tile.changed = true;
    }
    this.#ink = ink;
    this.#growOrder(count);
  }

  #growOrder(count) {
    const former = this.#order;
    if (former.length === count) return;
    const kept = Math.min(former.length, count);
    const order = new Uint32Array(count);
    if (former.length > count) shuffle(order.map((_, i) => i), 0).forEach((line, i) => (order[i] = line));
    else {
      order.set(former);
      for (let i = kept; i < count; i += 1) order[i] = i;
      shuffle(order, kept);
    }
    this.#order = order;
    this.#at = 0;
  }

  /** Draw until the clock passes `deadline`; return whether everything is drawn. */
  step(deadline, now) {
    return this.#sweep("ink", deadline, now) && this.#follow(deadline, now) && this.#sweep("ground", deadline, now);
  }

  /** Whether all that shows is drawn: the grey layer is prepared behind fully selected lines before it is needed. */
  get complete() {
    const done = (layer) => this.#tiles.every((tile) => tile.visits[layer] === 0);
    return done("ink") && this.#queueAt === this.#queue.length && (!this.#groundShows || done("ground"));
  }

  /** Look through all lines of the tiles that have not seen them all. */
  #sweep(layer, deadline, now) {
    let waiting = this.#tiles.filter((tile) => tile.visits[layer] > 0);
    while (waiting.length) {
      const end = Math.min(this.#at + BLOCK, this.#order.length);
      const lines = this.#order.subarray(this.#at, end);
      for (const tile of waiting) {
        this.#draw(tile, layer, lines);
        tile.visits[layer] -= lines.length;
      }
      this.#at = end === this.#order.length ? 0 : end;
      waiting = waiting.filter((tile) => tile.visits[layer] > 0);
      if (waiting.length && now() > deadline) return false;
    }
    return true;
  }

  /** Bring the lines whose selection changed up to date in all tiles. */
  #follow(deadline, now) {
    while (this.#queueAt < this.#queue.length) {
      const lines = this.#queue.subarray(this.#queueAt, this.#queueAt + BLOCK);
      for (const tile of this.#tiles) this.#draw(tile, "ink", lines);
      this.#queueAt += lines.length;
      if (now() > deadline) break;
    }
    return this.#queueAt === this.#queue.length;
  }

  #draw(tile, layer, lines) {
    const drawn = layer === "ink" ? this.#drawInk(tile, lines) : this.#drawGround(tile, lines);
    tile.changed ||= drawn > 0 && (layer === "ink" || this.#groundShows);
    this.segmentsDrawn += drawn;
  }

  #drawInk(tile, lines) {
    const { planes } = this.#ink;
    let drawn = 0;
    for (let k = 0; k < lines.length; k += 1) {
      const i = lines[k];
      const wanted = this.#mask[i] === 0 ? 0 : planes[0][i] > 0 ? INKED : PLAIN;
      drawn += tile.setInk(i, wanted, planes, this.#strokes);
    }
    return drawn;
  }

  #drawGround(tile, lines) {
    let drawn = 0;
    for (let k = 0; k < lines.length; k += 1) drawn += tile.setGround(lines[k], true, this.#strokes);
    return drawn;
  }

  /**
   * Put the tiles that changed on a canvas, side by side from `left`, `top` in device pixels.
   * `colors` is {surface, ground, plain, palette}. The grey layer shows where not all lines are selected.
   */
  paint(context, { left, top, colors }) {
    const tones = this.#tonesFor(colors);
    let x = left;
    for (const tile of this.#tiles) {
      if (tile.changed || tones.renewed) {
        const image = this.#imageFor(context, tile);
        toneTile(tile, this.#ink, tones, new Uint32Array(image.data.buffer), image.width);
        context.putImageData(image, x, top, 0, 0, tile.width, tile.height);
        tile.changed = false;
      }
      x += tile.width;
    }
  }

  /** The tables for this frame; `renewed` says that tiles have to be painted for their sake alone. */
  #tonesFor(colors) {
    const height = this.#tiles.length ? this.#tiles[0].height / this.#thickness : 1;
    const mean = (key) => this.#tiles.reduce((sum, tile) => sum + tile[key], 0) / Math.max(1, this.#tiles.length);
    const inkAlpha = lineOpacity(mean("inked"), height, 0.95, 0.6);
    const groundAlpha = this.#groundShows ? lineOpacity(mean("grounded"), height, 0.5, 0.3) : 0;
    const former = this.#tones;
    const key = `${colors.key}|${this.#ink.kind}|${this.#ink.most}`;
    const sameColors = former !== null && former.key === key;
    if (sameColors && former.inkAlpha === inkAlpha && former.groundAlpha === groundAlpha) former.renewed = false;
    else {
      const sameGround = sameColors && former.groundAlpha === groundAlpha;
      const inkOpacity = opacityTable(inkAlpha);
      this.#tones = {
        key,
        renewed: true,
        inkAlpha,
        groundAlpha,
        bare: packColor(colors.surface),
        plain: packColor(colors.plain),
        palette: sameColors ? former.palette : Uint32Array.from(colors.palette, packColor),
        inkOpacity,
        edges: this.#ink.weights && edgeTable(inkOpacity, this.#ink.weights),
        ground: sameGround ? former.ground : groundAlpha && groundTable(groundAlpha, colors.surface, colors.ground),
      };
    }
    return this.#tones;
  }

  #imageFor(context, tile) {
    if (!this.#image || this.#image.width < tile.width || this.#image.height < tile.height) {
      this.#image = context.createImageData(tile.width, tile.height);
    }
    return this.#image;
  }
}

/** The indices at which two masks differ. */
function differences(before, after) {
  const found = [];
  for (let i = 0; i < after.length; i += 1) if (before[i] !== after[i]) found.push(i);
  return found;
}

/** Shuffle an array in place from an index on, the same way each time. */
function shuffle(array, from) {
  let seed = 0x2545f491;
  for (let i = array.length - 1; i > from; i -= 1) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = from + (seed % (i - from + 1));
    [array[i], array[j]] = [array[j], array[i]];
  }
  return array;
}
