/** Files that the reader keeps. */

const KEPT = 10_000; // milliseconds until the browser has certainly read what it is to save

export function saveBlob(blob, filename) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

export function saveText(text, filename, type) {
  saveBlob(new Blob([text], { type: `${type};charset=utf-8` }), filename);
}
