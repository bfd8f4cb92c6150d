/**
 * Marks of figures with many points, as one picture a trace: as elements they would take a second a figure, each time. plotly.js keeps
 * the points for its axes, legend, hover and clicks, and is asked to draw next to none of them.
 */

const MANY = 500; // points of a figure from which on its marks are painted
const FEW = 20; // a trace with fewer is left to plotly.js
const LEVELS = 64; // of a scale of colours
const FULL_TURN = 2 * Math.PI;
const SVG = "http://www.w3.org/2000/svg";

// What a path of each symbol is, around a place; a symbol that is not here is left to plotly.js.
const SYMBOLS = {
  circle: { path: circle, isFilled: true },
  "circle-open": { path: circle, isFilled: false },
  "x-thin": { path: cross, isFilled: false },
};

/** Traces as plotly.js is to get them: those whose marks `paintMarks` paints are marked by their `maxdisplayed`. */
export function withoutManyMarks(traces) {
  const isMany = traces.reduce((sum, trace) => sum + (hasMarks(trace) ? lengthOf(trace.x) : 0), 0) > MANY;
  if (!isMany) return traces;
  return traces.map((trace) => (canPaint(trace) ? { ...trace, marker: { ...trace.marker, maxdisplayed: Number.MIN_VALUE } } : trace));
}

/** Paint the marks that plotly.js has left out, where and as they are now. */
export function paintMarks(element) {
  element._fullData.forEach((trace, i) => {
    if (trace.visible === true && trace.marker?.maxdisplayed === Number.MIN_VALUE) paint(element, element.calcdata[i], trace);
  });
}

function hasMarks({ mode, x }) {
  return mode === "markers" && Boolean(x);
}

function canPaint(trace) {
  const { symbol = "circle", size } = trace.marker ?? {};
  return hasMarks(trace) && lengthOf(trace.x) >= FEW && symbol in SYMBOLS && typeof size === "number";
}

/** The length of a list, or of a typed array in base64, whose type ends in its bytes: "f8", "i4". */
function lengthOf(values) {
  return values.bdata ? Math.floor((values.bdata.length * 0.75) / Number(values.dtype.slice(1))) : values.length;
}

function paint(element, points, trace) {
  const group = points[0].node3?.select(".points").node();
  if (!group) return;
  const { xaxis, yaxis } = element._fullLayout._plots[trace.xaxis + trace.yaxis];
  const room = Math.ceil(trace.marker.size); // beyond the axes, for what is not clipped there
  const [width, height] = [xaxis._length + 2 * room, yaxis._length + 2 * room];
  const canvas = document.createElement("canvas");
  const ratio = Math.min(window.devicePixelRatio, 2);
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  const context = canvas.getContext("2d", { willReadFrequently: true }); // it is read once, and needs no graphics card
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawMarks(context, points, trace, { room, placeOf: (point) => [xaxis.c2p(point.x), yaxis.c2p(point.y)], xaxis, yaxis });
  let image = group.querySelector(":scope > image");
  image ??= group.appendChild(document.createElementNS(SVG, "image"));
  const shown = { x: -room, y: -room, width: canvas.width / ratio, height: canvas.height / ratio, href: canvas.toDataURL() };
  for (const [name, value] of Object.entries(shown)) image.setAttribute(name, value);
}

function drawMarks(context, points, { marker, cliponaxis }, { room, placeOf, xaxis, yaxis }) {
  const { path, isFilled } = SYMBOLS[marker.symbol];
  const colors = Array.isArray(marker.color) || ArrayBuffer.isView(marker.color) ? scaleOf(marker) : () => marker.color;
  const edge = cliponaxis === false ? 0.5 : room; // a mark whose place is off the axes is not drawn, even where marks may stand out
  context.globalAlpha = marker.opacity;
  context.lineWidth = marker.line.width || 1;
  if (!isFilled) context.strokeStyle = marker.symbol === "x-thin" ? marker.line.color : marker.color;
  for (const point of points) {
    const [x, y] = placeOf(point);
    if (!(x >= -edge && x <= xaxis._length + edge && y >= -edge && y <= yaxis._length + edge)) continue; // NaN, too
    context.beginPath();
    path(context, x + room, y + room, marker.size / 2);
    if (isFilled) {
      context.fillStyle = colors(point.mc);
      context.fill();
    } else context.stroke();
  }
}

/** The colour of a number on a marker's scale. */
function scaleOf({ colorscale, cmin, cmax }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: LEVELS, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const gradient = context.createLinearGradient(0.5, 0, LEVELS - 0.5, 0);
  for (const [place, color] of colorscale) gradient.addColorStop(place, color);
  context.fillStyle = gradient;
  context.fillRect(0, 0, LEVELS, 1);
  const { data } = context.getImageData(0, 0, LEVELS, 1);
  const levels = Array.from({ length: LEVELS }, (_, i) => `rgb(${data[4 * i]} ${data[4 * i + 1]} ${data[4 * i + 2]})`);
  return (value) => levels[Math.round(Math.min(Math.max((value - cmin) / (cmax - cmin), 0), 1) * (LEVELS - 1))];
}

function circle(context, x, y, radius) {
  context.arc(x, y, radius, 0, FULL_TURN);
}

function cross(context, x, y, radius) {
  context.moveTo(x - radius, y - radius);
  context.lineTo(x + radius, y + radius);
  context.moveTo(x + radius, y - radius);
  context.lineTo(x - radius, y + radius);
}
