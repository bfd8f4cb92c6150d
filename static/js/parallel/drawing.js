/** The two canvases, and the frames in which they are drawn. */

import { make } from "./elements.js";
import { drawHighlight } from "./highlight.js";
import { Painter } from "./painter.js";

const BUDGET = 11; // milliseconds of drawing in a frame while the viewer does something
const CALM_BUDGET = 28; // and while nobody waits for anything but the picture

export class Drawing {
  #painter = new Painter();
  #frame = null;
  #stale = false;
  #paintTime = 0; // of the last frame: on a large canvas more is drawn before it is shown again
  #waiters = [];
  #highlighted = null;
  #theme = null;

  /** `onFrame` is called at the start of each frame; `isBusy` says whether the viewer is dragging. */
  constructor(stage, { onFrame, isBusy }) {
    this.onFrame = onFrame;
    this.isBusy = isBusy;
    this.lines = stage.appendChild(make("canvas", "pc-lines", { "aria-hidden": "true" }));
    this.over = stage.appendChild(make("canvas", "pc-over", { "aria-hidden": "true" }));
    this.context = this.lines.getContext("2d", { alpha: false });
    this.overContext = this.over.getContext("2d");
  }

  setScene(scene, theme) {
    this.scene = scene;
    this.#theme = theme;
    this.#fit(scene.layout);
    this.#painter.setScene({ ...scene, thickness: thicknessOf(scene) });
    drawHighlight(this.overContext, scene, theme, this.#highlighted);
    this.request();
  }

  /** Take over a scene that differs in single lines only; false where it does not, and has to be set. */
  replaceLines(scene, changed) {
    if (thicknessOf(scene) !== thicknessOf(this.scene)) return false;
    const swaps = new Map(scene.axes.map((axis, i) => [this.scene.axes[i].heights, axis.heights]));
    this.#painter.replaceLines({ count: scene.count, swaps, ink: scene.ink, changed });
    return true;
  }

  setMask(mask, selected) {
    this.#painter.setMask(mask, selected);
    this.request();
  }

  highlight(index) {
    this.#highlighted = index;
    if (this.scene) drawHighlight(this.overContext, this.scene, this.#theme, index);
  }

  #fit({ stageWidth, stageHeight, dpr }) {
    const width = Math.round(stageWidth * dpr);
    const height = Math.round(stageHeight * dpr);
    for (const canvas of [this.lines, this.over]) {
      canvas.style.width = `${width / dpr}px`;
      canvas.style.height = `${height / dpr}px`;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    }
    this.context.fillStyle = `rgb(${this.#theme.surface.join(" ")})`;
    this.context.fillRect(0, 0, width, height);
  }

  /** Ask for a frame, in which `onFrame` is called and what changed is drawn. */
  request() {
    this.#stale = true;
    this.#schedule();
  }

  #schedule() {
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = null;
    this.#stale = false;
    this.onFrame();
    if (!this.scene) return;
    const now = () => performance.now();
    const done = this.#painter.step(now() + (this.isBusy() ? BUDGET : Math.max(CALM_BUDGET, this.#paintTime)), now);
    const drawn = now();
    const { left, tileTop } = this.scene.layout;
    this.#painter.paint(this.context, { left, top: tileTop, colors: this.#theme });
    this.#paintTime = Math.min(100, now() - drawn);
    if (!done) this.#schedule();
    if (this.#painter.complete) this.#settle();
  }

  #settle() {
    this.#waiters.splice(0).forEach((resolve) => resolve());
  }

  get segmentsDrawn() {
    return this.#painter.segmentsDrawn;
  }

  /** Resolves once all lines that show are on the canvas. */
  settled() {
    if (!this.#stale && this.#painter.complete) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#settle();
  }
}

/** Few lines are drawn wide, many as thin as the screen allows; in device pixels. */
function thicknessOf({ count, layout }) {
  if (count > 3000) return 1;
  const wide = count <= 60 ? 1.6 : count <= 400 ? 1.3 : 1;
  return wide * layout.dpr;
}
