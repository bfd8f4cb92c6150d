/** Small helpers to make elements. */

/** Make an element with classes, attributes and text. */
export function make(tag, className, attributes = {}, text = null) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  if (text !== null) element.textContent = text;
  return element;
}

/** Keep exactly `count` children of a kind, made by `create` as needed; return them. */
export function pool(parent, list, count, create) {
  while (list.length > count) list.pop().remove();
  while (list.length < count) list.push(parent.appendChild(create()));
  return list;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Break a name into at most two lines that fit `width`, after a dot, underscore, slash or space, so that the longer line is as short
 * as can be; what does not fit is left out in the middle, since both ends of a name tell it from others.
 */
export function wrapName(name, width, measure) {
  if (measure(name) <= width) return [name];
  const parts = name.split(/(?<=[._/\-\s])/);
  let best = null;
  for (let i = 1; i < parts.length; i += 1) {
    const lines = [parts.slice(0, i).join("").trimEnd(), parts.slice(i).join("")];
    const longest = Math.max(...lines.map(measure));
    if (best === null || longest < best.longest) best = { lines, longest };
  }
  return (best ? best.lines : [name]).map((line) => elide(line, width, measure));
}

/** Shorten a text to a width by an ellipsis in its middle. */
export function elide(text, width, measure) {
  if (measure(text) <= width) return text;
  let low = 1;
  let high = text.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(shorten(text, middle)) <= width) low = middle;
    else high = middle - 1;
  }
  return shorten(text, low);
}

function shorten(text, length) {
  const tail = Math.floor(length * 0.4);
  return `${text.slice(0, length - tail)}…${tail ? text.slice(-tail) : ""}`;
}
