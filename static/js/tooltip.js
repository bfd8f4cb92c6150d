/** What is under the pointer in a figure: the run and its values. A click opens the run. */

const OFFSET = 14;
const tip = document.createElement("div");
tip.className = "tooltip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true"); // the table equivalent says the same
document.body.append(tip);

/** Show tooltips for a figure that plotly.js has drawn. */
export function connectTooltip(element) {
  element.on("plotly_hover", ({ points, event }) => show(points[0], element.layout.meta, event));
  element.on("plotly_unhover", hide);
  element.on("plotly_click", ({ points, event }) => open(points[0], element.layout.meta, event));
  element.addEventListener("pointerleave", hide);
}

function show(point, meta, event) {
  const title = titleOf(point, meta);
  const rows = meta.parameters ? [[point.data.name, point.x]] : [[meta.y, point.y], [meta.x, point.x]];
  const list = document.createElement("dl");
  for (const [name, value] of rows) list.append(cell("dt", name), cell("dd", format(value)));
  tip.replaceChildren(...(title ? [cell("strong", title)] : []), list);
  tip.hidden = false;
  place(event);
}

function titleOf(point, meta) {
  if (meta.parameters) return meta.parameters[point.pointIndex];
  return meta.runs?.names[point.customdata] ?? point.text ?? "";
}

function open(point, { runs }, event) {
  if (!runs || point.customdata === undefined) return;
  const url = runs.prefix + encodeURIComponent(runs.ids[point.customdata]);
  if (event.ctrlKey || event.metaKey) window.open(url);
  else location.assign(url);
}

function cell(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}

function place({ clientX, clientY }) {
  const { offsetWidth, offsetHeight } = tip;
  const fits = clientX + OFFSET + offsetWidth < document.documentElement.clientWidth - 4;
  const left = fits ? clientX + OFFSET : Math.max(4, clientX - OFFSET - offsetWidth);
  const top = Math.max(4, Math.min(clientY + OFFSET, document.documentElement.clientHeight - offsetHeight - 4));
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hide() {
  tip.hidden = true;
}

function format(value) {
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e7 ? value.toExponential(3) : String(Number(value.toPrecision(5)));
}
