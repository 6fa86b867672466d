// A field with a list under it: type to narrow the list, arrows or the mouse to choose. (ARIA: combobox with a listbox.)

const TYPING_PAUSE_MS = 120;

export class Chooser {
  #options = [];
  #marked = -1;
  #asked = 0;
  #pause = 0;

  /** `find(text)` gives (a promise of) [{value, label, detail, lang}]; `chosen(option)` is told what was taken. */
  constructor(box, find, chosen) {
    this.find = find;
    this.chosen = chosen;
    this.field = box.querySelector("input");
    this.list = document.createElement("ul");
    this.list.id = `${this.field.id}-list`;
    this.list.className = "chooser-list";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", box.querySelector("label").textContent);
    box.append(this.list);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) this.field.setAttribute(name, value);
    this.#listen();
  }

  #listen() {
    this.field.addEventListener("focus", () => this.field.select());
    this.field.addEventListener("click", () => this.#open(this.#searched()));
    this.field.addEventListener("blur", () => this.#close());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => {
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.#open(this.field.value), TYPING_PAUSE_MS);
    });
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", ({ target }) => {
      const line = target.closest("[role=option]");
      if (line) this.#take(Number(line.dataset.place));
    });
  }

  /** What was chosen before is not a search: the whole list is shown again. */
  #searched() {
    return this.field.value === this.taken?.label ? "" : this.field.value;
  }

  show(option) {
    this.taken = option;
    this.field.value = option.label;
  }

  async #open(text) {
    const mine = ++this.#asked;
    const options = await Promise.resolve(this.find(text.trim())).catch(() => []);
    if (mine !== this.#asked || document.activeElement !== this.field) return;
    this.#options = options;
    this.list.replaceChildren(...(options.length ? options.map((each, place) => this.#line(each, place)) : [nothing()]));
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.#mark(text && options.length ? 0 : options.findIndex((each) => each.value === this.taken?.value));
  }

  #close() {
    this.#asked++;
    clearTimeout(this.#pause);
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    if (this.taken) this.field.value = this.taken.label;
  }

  #line(option, place) {
    const line = document.createElement("li");
    line.id = `${this.list.id}-${place}`;
    line.dataset.place = String(place);
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    const label = document.createElement("span");
    label.textContent = option.label;
    const detail = document.createElement("small");
    detail.textContent = option.detail;
    detail.lang = option.lang ?? "vi";
    line.append(label, detail);
    return line;
  }

  #mark(place) {
    this.#marked = place;
    for (const [index, line] of [...this.list.children].entries()) line.setAttribute("aria-selected", String(index === place));
    const line = this.list.children[place];
    line?.scrollIntoView({ block: "nearest" });
    if (line?.id) this.field.setAttribute("aria-activedescendant", line.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const open = !this.list.hidden;
    const last = this.#options.length - 1;
    if (event.key === "ArrowDown" && !open) this.#open(this.#searched());
    else if (event.key === "ArrowDown") this.#mark(Math.min(this.#marked + 1, last));
    else if (event.key === "ArrowUp" && open) this.#mark(Math.max(this.#marked - 1, 0));
    else if (event.key === "Enter" && open && this.#marked >= 0) this.#take(this.#marked);
    else if (event.key === "Escape" && open) this.#close();
    else return;
    event.preventDefault();
  }

  #take(place) {
    this.show(this.#options[place]);
    this.#close();
    this.chosen(this.taken);
  }
}

function nothing() {
  const line = document.createElement("li");
  line.className = "chooser-nothing";
  line.textContent = "Nothing found.";
  return line;
}
