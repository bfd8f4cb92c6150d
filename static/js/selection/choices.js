/** Lists of columns to choose from, filled by what the runs have. */

/** Fill a select with choices by group; what is chosen stays, else `first` is, the built-in choice. `none` is the text of no choice. */
export function fillSelect(select, choices, { first = "", none = "" }) {
  const key = JSON.stringify(choices);
  if (!select || select.dataset.choices === key) return;
  const chosen = select.options.length ? select.value : first;
  select.dataset.default ??= first;
  const groups = Map.groupBy ? Map.groupBy(choices, ({ group }) => group) : grouped(choices);
  const parts = [...groups].map(([label, entries]) => {
    const group = Object.assign(document.createElement("optgroup"), { label });
    group.append(...entries.map((choice) => new Option(choice.label, choice.key)));
    return group;
  });
  select.replaceChildren(...(none ? [new Option(none, "")] : []), ...parts);
  select.value = chosen;
  if (select.selectedIndex < 0) select.value = none ? "" : (choices[0]?.key ?? "");
  select.dataset.choices = key;
}

function grouped(choices) {
  const groups = new Map();
  for (const choice of choices) groups.set(choice.group, [...(groups.get(choice.group) ?? []), choice]);
  return groups;
}

/** Whether a button that is pressed or not is pressed. */
export function isPressed(id) {
  return document.getElementById(id)?.getAttribute("aria-pressed") === "true";
}

/** Say which scale a chart's button stands for at first. */
export function setFirstScale(id, isLog) {
  const button = document.getElementById(id);
  if (button) button.dataset.default = isLog ? "log" : "linear";
}
