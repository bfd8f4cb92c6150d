/** The text area with line numbers, and marks on the lines that have problems. */

export class CodeArea {
  constructor(area, gutter) {
    this.area = area;
    this.gutter = gutter;
    this.levels = new Map();
    this.count = 0;
    area.addEventListener("input", () => this.number());
    area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop), { passive: true });
    this.number();
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    const { scrollTop, selectionStart, selectionEnd } = this.area;
    this.area.value = text;
    this.area.setSelectionRange(selectionStart, selectionEnd);
    this.area.scrollTop = scrollTop;
    this.number();
  }

  /** Mark lines: a map from the line's number, from 1, to "error" or "warning". */
  mark(levels) {
    this.levels = levels;
    [...this.gutter.children].forEach((line, i) => (line.className = levels.get(i + 1) ?? ""));
  }

  /** Put the cursor into a line and bring it into view. */
  go(line, column) {
    const lines = this.text.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + (column ?? 1) - 1;
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(start, lines.slice(0, line).join("\n").length);
    const height = this.area.scrollHeight / Math.max(lines.length, 1);
    this.area.scrollTop = Math.max((line - 5) * height, 0);
    this.area.scrollIntoView({ block: "nearest" });
  }

  number() {
    const count = this.text.split("\n").length;
    if (count === this.count) return;
    while (this.count < count) this.gutter.append(Object.assign(document.createElement("span"), { textContent: ++this.count, className: this.levels.get(this.count) ?? "" }));
    while (this.count > count) {
      this.gutter.lastChild.remove();
      this.count--;
    }
    this.gutter.scrollTop = this.area.scrollTop;
  }
}
