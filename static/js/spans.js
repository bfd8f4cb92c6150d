/** Which bar of a timeline is under the pointer: plotly.js knows the ends and the middle of a line alone, and bars can be long. */

const NEAR = 4; // pixels beside a bar that is too short to meet

const indexes = new WeakMap();

/** The bar under a pointer as a point of plotly.js, null where there is none. */
export function spanAt(element, { clientX, clientY }) {
  const { xaxis, yaxis } = element._fullLayout;
  const box = element.getBoundingClientRect();
  const [x, y] = [clientX - box.left - xaxis._offset, clientY - box.top - yaxis._offset];
  if (x < 0 || y < 0 || x > xaxis._length || y > yaxis._length) return null;
  const row = Math.round(yaxis.p2c(y));
  const at = xaxis.p2c(x);
  const beside = Math.abs(xaxis.p2c(x + NEAR) - at);
  let found = null;
  for (const span of rowsOf(element).get(row) ?? []) {
    const away = Math.max(span.start - at, at - span.end, 0);
    if (away <= beside && (!found || away < found.away)) found = { ...span, away };
  }
  return found && { fullData: found.trace, pointNumber: found.first, customdata: found.trace.customdata[found.first], y: row };
}

/** The bars of each row, read once from what is drawn. */
function rowsOf(element) {
  const traces = element._fullData;
  if (indexes.has(traces)) return indexes.get(traces);
  const rows = new Map();
  for (const trace of traces.filter(({ meta, visible }) => meta?.span && visible === true)) {
    for (let first = 0; first < trace.x.length; first += 4) {
      const row = trace.y[first];
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push({ trace, first, start: Number(trace.x[first]), end: Number(trace.x[first + 2]) });
    }
  }
  indexes.set(traces, rows);
  return rows;
}
