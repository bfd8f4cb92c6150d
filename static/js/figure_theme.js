/** Figures in the page's theme: names of CSS variables become colours, and what a figure leaves open gets the page's look. */

const VARIABLE = /^var\((--[\w-]+)\)$/;
const GROUND = "--surface";
const known = new Map(); // the colours of the theme that has this ground: to ask for one makes the browser restyle the page

/** A figure's traces, or its layout, in the colours that hold now. */
export function themed(figure, part = "data") {
  const color = colorReader();
  const resolved = resolve(figure[part], color);
  return part === "layout" ? { ...resolved, template: template(color) } : resolved;
}

/** Computed colours have light-dark() worked out already; custom properties have not. */
function colorReader() {
  const probe = document.body.appendChild(document.createElement("span"));
  const style = getComputedStyle(probe);
  queueMicrotask(() => probe.remove());
  const read = (name) => {
    probe.style.color = `var(${name})`;
    return style.color;
  };
  const ground = read(GROUND);
  if (known.get(GROUND) !== ground) known.clear();
  known.set(GROUND, ground);
  return (name) => {
    if (!known.has(name)) known.set(name, read(name));
    return known.get(name);
  };
}

function resolve(value, color) {
  if (typeof value === "string") {
    const found = VARIABLE.exec(value);
    return found ? color(found[1]) : value;
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, color));
  if (value === null || typeof value !== "object") return value;
  if (value.bdata) return value; // a typed array in base64
  // What `meta` has for the page is as long as there are runs, and has no colour.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === "meta" ? item : resolve(item, color)]));
}

function template(color) {
  const axis = {
    gridcolor: color("--chart-grid"),
    linecolor: color("--chart-axis"),
    tickcolor: color("--chart-axis"),
    zerolinecolor: color("--chart-axis"),
    zerolinewidth: 1,
    showline: true,
    ticks: "outside",
    ticklen: 4,
    tickfont: { size: 11, color: color("--text-soft") },
    title: { font: { size: 11, color: color("--text-faint") }, standoff: 8 },
    exponentformat: "e", // superscripts would need inline styles, which the policy forbids
    minexponent: 4,
    ticklabeloverflow: "allow", // margins make room for labels; to look which would be cut takes plotly.js several measures of each
  };
  return {
    layout: {
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: color("--text") },
      paper_bgcolor: color("--surface"),
      plot_bgcolor: color("--surface"),
      xaxis: { ...axis, showgrid: false },
      yaxis: { ...axis, showline: false, ticks: "", ticklabelstandoff: 6 },
      legend: { font: { size: 11, color: color("--text-soft") }, bgcolor: "rgba(0,0,0,0)" },
      modebar: { bgcolor: "rgba(0,0,0,0)" },
    },
  };
}
