/** A list of choices under a field, as a combobox has it: the field keeps the focus, and says which choice is marked. */

export class ChoiceList {
  #field;
  #list;
  #take;
  #choices = [];
  #start = 0;
  #end = 0;
  #marked = -1;

  /** `field()` is the input, `list` the element with the role listbox; `take(text, start, end)` puts a choice in. */
  constructor(field, list, take) {
    this.#field = field;
    this.#list = list;
    this.#take = take;
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose([...list.children].indexOf(option));
    });
  }

  /** Show choices that may stand instead of the text from `start` to `end`. */
  open(choices, start, end) {
    this.#choices = choices;
    this.#start = start;
    this.#end = end;
    this.#marked = -1;
    this.#list.replaceChildren(...choices.map(optionOf));
    this.#setOpen(choices.length > 0);
  }

  close() {
    this.#setOpen(false);
  }

  /** Do what a key means for the list; return whether it meant something. */
  pressed({ key, altKey, ctrlKey, metaKey }) {
    if (this.#list.hidden || altKey || ctrlKey || metaKey) return false;
    if (key === "ArrowDown" || key === "ArrowUp") this.#mark(this.#marked + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Escape") this.close();
    else if ((key === "Enter" || key === "Tab") && this.#marked >= 0) this.#choose(this.#marked);
    else return false;
    return true;
  }

  #choose(number) {
    const { text } = this.#choices[number];
    this.close();
    this.#take(text, this.#start, this.#end);
  }

  #mark(number) {
    const count = this.#choices.length;
    this.#marked = (number + count) % count;
    for (const [i, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(i === this.#marked));
    }
    const option = this.#list.children[this.#marked];
    option.scrollIntoView({ block: "nearest" });
    this.#field().setAttribute("aria-activedescendant", option.id);
  }

  #setOpen(isOpen) {
    this.#list.hidden = !isOpen;
    this.#field().setAttribute("aria-expanded", String(isOpen));
    this.#field().removeAttribute("aria-activedescendant");
  }
}

function optionOf({ text, note }, number) {
  const option = document.createElement("li");
  option.id = `query-choice-${number}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (note) option.append(Object.assign(document.createElement("small"), { textContent: note }));
  return option;
}
