/** Small helpers for the editor's elements. */

/** Return a copy of the element in a template of the page. */
export function fromTemplate(name) {
  return document.querySelector(`template[data-template="${name}"]`).content.firstElementChild.cloneNode(true);
}

/** Set an input's value where it differs, so that the cursor stays where it is. */
export function show(input, value) {
  if (input.value !== value) input.value = value;
}

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Return a path as the server names it: `parameters.lr.min`. */
export function dotted(path) {
  return path.join(".");
}
