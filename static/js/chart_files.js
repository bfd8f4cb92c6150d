/** What every chart needs to become a file: its name, its title, lines of text, and the way to the viewer. */

export const FILE_FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"; // a font of the page would be missing elsewhere

/** The name of the page and of the chart, for a file. */
export function fileName(element) {
  return `${document.querySelector("h1")?.textContent.trim() ?? "chart"}-${element.id}`.replace(/[^\w.-]+/g, "-");
}

/** The heading of the panel that a chart is in. */
export function titleOf(element) {
  const heading = element.closest("section")?.querySelector(":is(h2, h3)");
  const page = document.querySelector("h1")?.textContent.trim();
  return [heading?.textContent.trim(), page].filter(Boolean).join(" · ");
}

/** Hand a file to the viewer. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Text in lines of at most `most` characters, broken between words. */
export function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length <= most || !lines.at(-1)) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}
