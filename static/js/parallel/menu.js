/** A menu that opens below a button, worked by pointer or keys. */

import { make } from "./elements.js";

export class Menu {
  #opener = null;
  #items = [];

  constructor(parent) {
    this.root = parent.appendChild(make("div", "pc-menu-list", { role: "menu", popover: "auto" }));
    this.root.addEventListener("keydown", (event) => this.#onKey(event));
    this.root.addEventListener("click", (event) => this.#onClick(event));
    this.root.addEventListener("toggle", (event) => {
      if (event.newState === "closed") this.#onClosed();
    });
  }

  /**
   * Open below `opener` with `items()`: {label, hint?, checked?, keepOpen?, run}. A `checked` of true or false makes a
   * checkbox; with keepOpen the menu stays and shows the new state.
   */
  open(opener, label, items) {
    this.#opener = opener;
    this.#items = items;
    this.root.setAttribute("aria-label", label);
    this.#render();
    this.root.showPopover();
    this.#placeBelow(opener);
    opener.setAttribute("aria-expanded", "true");
    this.root.querySelector("button")?.focus();
  }

  #render() {
    const buttons = this.#items().map((item) => {
      const isCheck = typeof item.checked === "boolean";
      const button = make("button", "pc-menu-item", {
        type: "button",
        role: isCheck ? "menuitemcheckbox" : "menuitem",
        tabindex: "-1",
        "aria-checked": isCheck ? String(item.checked) : null,
      });
      button.append(make("span", "pc-menu-label", {}, item.label));
      if (item.hint) button.append(make("span", "pc-menu-hint", {}, item.hint));
      return button;
    });
    this.root.replaceChildren(...buttons);
  }

  #placeBelow(opener) {
    const box = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const left = Math.min(box.left, document.documentElement.clientWidth - width - 8);
    const below = box.bottom + 4;
    const top = below + height > window.innerHeight ? Math.max(8, box.top - height - 4) : below;
    this.root.style.left = `${Math.max(8, left)}px`;
    this.root.style.top = `${top}px`;
  }

  #onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const at = [...this.root.children].indexOf(button);
    const item = this.#items()[at];
    if (!item.keepOpen) this.root.hidePopover();
    item.run();
    if (item.keepOpen) {
      this.#render();
      this.root.children[at]?.focus();
    }
  }

  #onKey(event) {
    const buttons = [...this.root.children];
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === "Tab") this.root.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    buttons.at(next % buttons.length)?.focus();
  }

  #onClosed() {
    const held = document.activeElement === document.body || this.root.contains(document.activeElement);
    this.#opener?.setAttribute("aria-expanded", "false");
    if (held && this.#opener?.isConnected) this.#opener.focus();
    this.#opener = null;
  }
}
