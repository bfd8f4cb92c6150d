/** What one has to know to read a chart rightly: a warning, and a sentence for each thing beside it. */

/** Fill the list that belongs to a chart; return whether it has one. */
export function setNotes(element, warning, notes = []) {
  const list = document.getElementById(element.dataset.notes);
  if (!list) return false;
  const items = [warning, ...notes].filter(Boolean).map((text) => {
    const isWarning = text === warning;
    return Object.assign(document.createElement("li"), { textContent: text, className: isWarning ? "warning" : "" });
  });
  list.replaceChildren(...items);
  return true;
}
