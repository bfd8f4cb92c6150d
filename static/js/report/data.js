/** What the file carries: JSON in elements that are not executed. */

/** The value that the element `data-NAME` holds. */
export function readData(name) {
  return JSON.parse(document.getElementById(`data-${name}`).textContent);
}
