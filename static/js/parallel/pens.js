/** What a figure is drawn with: the same calls make a picture of pixels, or a drawing of SVG elements. */

import { cssColor } from "./palette.js";

const SVG = "http://www.w3.org/2000/svg";

/** Draws on a canvas of `scale` pixels for each CSS pixel. */
export class CanvasPen {
  constructor({ width, height, scale, family }) {
    this.canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(width * scale),
      height: Math.round(height * scale),
    });
    this.family = family;
    this.context = this.canvas.getContext("2d");
    this.context.scale(scale, scale);
  }

  box({ x, y, width, height }, color, { alpha = 1, hollow = false } = {}) {
    if (hollow) {
      this.context.strokeStyle = cssColor(color, alpha);
      this.context.lineWidth = 1;
      this.context.strokeRect(x, y, width, height);
      return;
    }
    this.context.fillStyle = cssColor(color, alpha);
    this.context.fillRect(x, y, width, height);
  }

  /** Write a text with its middle at height y; returns its width. */
  write(text, x, y, { color, size, weight = 400, align = "left", halo = null }) {
    const { context } = this;
    context.font = `${weight} ${size}px ${this.family}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    if (halo) {
      context.lineJoin = "round";
      context.lineWidth = 4;
      context.strokeStyle = cssColor(halo, 0.85);
      context.strokeText(text, x, y);
    }
    context.fillStyle = cssColor(color);
    context.fillText(text, x, y);
    return context.measureText(text).width;
  }

  ramp({ x, y, width, height }, palette) {
    const gradient = this.context.createLinearGradient(x, 0, x + width, 0);
    palette.forEach((color, i) => gradient.addColorStop(i / (palette.length - 1), cssColor(color)));
    this.context.fillStyle = gradient;
    this.context.fillRect(x, y, width, height);
  }

  picture(canvas, { x, y, width, height }) {
    this.context.drawImage(canvas, x, y, width, height);
  }

  blob() {
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
  }
}

const ANCHORS = { left: "start", center: "middle", right: "end" };

/** Draws the elements of an SVG document, whose texts stay texts. */
export class SvgPen {
  constructor({ width, height, family }) {
    this.family = family;
    // A document of its own: one that is shown would load the picture, which the page's policy may forbid.
    this.document = document.implementation.createDocument(SVG, "svg");
    this.root = this.document.documentElement;
    set(this.root, { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": family });
    this.context = document.createElement("canvas").getContext("2d"); // measures texts
  }

  box(place, color, { alpha = 1, hollow = false } = {}) {
    const paint = hollow ? { fill: "none", stroke: hex(color) } : { fill: hex(color) };
    this.#add("rect", { ...rounded(place), ...paint, ...(alpha < 1 ? { opacity: alpha } : {}) });
  }

  write(text, x, y, { color, size, weight = 400, align = "left", halo = null }) {
    const shape = { x: short(x), y: short(y), "font-size": size, "dominant-baseline": "central", fill: hex(color) };
    const around = halo ? { stroke: hex(halo), "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" } : {};
    const bold = weight === 400 ? {} : { "font-weight": weight };
    this.#add("text", { ...shape, "text-anchor": ANCHORS[align], ...around, ...bold }).textContent = text;
    this.context.font = `${weight} ${size}px ${this.family}`;
    return this.context.measureText(text).width;
  }

  ramp(place, palette) {
    const id = "ramp";
    const gradient = this.#add("linearGradient", { id });
    for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      const stop = gradient.appendChild(this.document.createElementNS(SVG, "stop"));
      set(stop, { offset: share, "stop-color": hex(palette[Math.round(share * (palette.length - 1))]) });
    }
    this.#add("rect", { ...rounded(place), fill: `url(#${id})` });
  }

  picture(canvas, place) {
    this.#add("image", { ...rounded(place), href: canvas.toDataURL("image/png") });
  }

  /** A line through `points` of [x, y]. */
  line(points, color, { alpha, width }) {
    const path = points.map(([x, y], i) => `${i ? "L" : "M"}${short(x)} ${short(y)}`).join("");
    this.#add("path", { d: path, fill: "none", stroke: hex(color), "stroke-opacity": short(alpha), "stroke-width": width });
  }

  blob() {
    return new Blob([new XMLSerializer().serializeToString(this.root)], { type: "image/svg+xml" });
  }

  #add(name, attributes) {
    const element = this.root.appendChild(this.document.createElementNS(SVG, name));
    set(element, attributes);
    return element;
  }
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function rounded({ x, y, width, height }) {
  return { x: short(x), y: short(y), width: short(width), height: short(height) };
}

function short(value) {
  return Number(value.toFixed(2));
}

/** Not every program that reads SVG knows newer notations. */
function hex(color) {
  return `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;
}
