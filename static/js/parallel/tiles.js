/** A tile holds the lines between two neighbouring axes: its sums of lines, and which lines are in them. */

import { PAD } from "./layout.js";
import { addLine } from "./raster.js";

export const GROUND = 1; // the line is in the grey layer of all runs
export const INKED = 2; // and in the coloured layer of selected runs
export const PLAIN = 4; // or in their layer without colour, since it has no value to colour it by

export class Tile {
  constructor({ left, right, width, height }) {
    this.left = left; // heights of the runs on both axes
    this.right = right;
    this.width = width;
    this.height = height;
    this.stride = width + 2 * PAD;
    this.flags = new Uint8Array(left.length);
    this.ground = this.#plane();
    this.ink = [];
    this.plain = null;
    this.visits = { ink: left.length, ground: left.length }; // lines still to look at
    this.inked = 0;
    this.grounded = 0;
    this.changed = true;
  }

  #plane() {
    return new Float64Array(this.stride * (this.height + 2 * PAD));
  }

  fits({ left, right, width, height }) {
    return this.left === left && this.right === right && this.width === width && this.height === height;
  }

  /** Forget the coloured lines; the grey ones stay. */
  clearInk() {
    this.ink = [];
    this.plain = null;
    for (let i = 0; i < this.flags.length; i += 1) this.flags[i] &= GROUND;
    this.inked = 0;
    this.visits.ink = this.flags.length;
    this.changed = true;
  }

  clear() {
    this.clearInk();
    this.ground.fill(0);
    this.flags.fill(0);
    this.grounded = 0;
    this.visits.ground = this.flags.length;
  }

  /** Make room for runs that joined at the end, and follow them to new arrays of heights. */
  extend(left, right) {
    const flags = new Uint8Array(left.length);
    flags.set(this.flags.subarray(0, left.length));
    this.flags = flags;
    this.left = left;
    this.right = right;
  }

  /** Bring line `i` of the coloured layers to what it should be: INKED, PLAIN or 0. Returns 1 if it was drawn or taken away, else 0. */
  setInk(i, wanted, inks, strokes) {
    const has = this.flags[i] & (INKED | PLAIN);
    if (has === wanted) return 0;
    if (has) this.#putInk(i, has, -1, inks, strokes);
    if (wanted) this.#putInk(i, wanted, 1, inks, strokes);
    this.flags[i] = (this.flags[i] & GROUND) | wanted;
    this.inked += (wanted > 0) - (has > 0);
    return 1;
  }

  #putInk(i, layer, sign, inks, strokes) {
    if (layer === PLAIN) {
      this.plain ??= this.#plane();
      this.#put(this.plain, i, sign, strokes);
      return;
    }
    for (let p = 0; p < inks.length; p += 1) {
      this.ink[p] ??= this.#plane();
      this.#put(this.ink[p], i, sign * inks[p][i], strokes);
    }
  }

  setGround(i, wanted, strokes) {
    const has = (this.flags[i] & GROUND) > 0;
    if (has === wanted) return 0;
    this.#put(this.ground, i, wanted ? 1 : -1, strokes);
    this.flags[i] ^= GROUND;
    this.grounded += wanted ? 1 : -1;
    return 1;
  }

  #put(plane, i, amount, strokes) {
    for (let s = 0; s < strokes.length; s += 1) {
      addLine(plane, this.stride, this.left[i], this.right[i], amount, strokes[s].weight, strokes[s].shift);
    }
  }
}

