/** Columns that can be axes and colours, and are fetched when somebody asks: parameters of which there are many, and the last, least and greatest values of all metrics. */

const GROUPS = ["Config", "Metrics", "Least and greatest"];

/** The columns that can be had besides the first axes: {name, label, goal, of}; `of` is the axis with the last value of their metric. */
export function furtherColumns(data) {
  const first = new Set(data.axes.map((axis) => axis.name));
  const metrics = new Map(data.axes.filter((axis) => axis.metric).map((axis) => [axis.label, axis]));
  const offered = data.choices.filter(({ key, group }) => GROUPS.includes(group) && !first.has(key));
  return offered.map(({ key, label }) => {
    const metric = isParameter(key) ? null : metrics.get(key.slice(key.indexOf(".") + 1));
    return { name: key, label, goal: metric?.goal ?? null, of: metric?.name ?? null };
  });
}

/** Those of them that an arrangement shows or colours by. */
export function wantedColumns(further, { shown = [], color = null }) {
  return further.filter(({ name }) => shown.includes(name) || color === name);
}

/** The axes of a chart that has further columns, too, as far as these are there. */
export function withFurther(data, wanted) {
  const found = wanted.filter(({ name }) => data.column(name));
  return [...data.axes, ...found.map(({ name, goal }) => ({ ...data.column(name), goal, metric: !isParameter(name), aside: true }))];
}

function isParameter(key) {
  return key.startsWith("config.");
}
