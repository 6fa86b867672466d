// What one phone did while it was recorded: keys as they may be shown, pages, and where the line was lost.

export class Tape {
  /** `changed` is told of each new step. */
  constructor(changed) {
    this.changed = changed;
    this.phone = null;
    this.hops = [];
    this.stop = () => {};
  }

  record(phone) {
    this.stop();
    this.phone = phone;
    this.hops = [];
    const { call } = phone;
    const heard = { page: ({ detail }) => this.#page(detail), cut: () => this.#cut() };
    for (const [name, hear] of Object.entries(heard)) call.addEventListener(name, hear);
    this.stop = () => {
      for (const [name, hear] of Object.entries(heard)) call.removeEventListener(name, hear);
      this.stop = () => {};
      this.phone = null;
    };
  }

  #page({ keys, dials, page }) {
    const lost = page.kind === "ERROR" && page.ending === "Incomplete";
    const seen = lost ? { kind: "CON", text: "", dropped: true } : { kind: page.kind, text: page.text };
    this.hops.push({ keys, dials, ...seen });
    this.changed();
  }

  #cut() {
    if (this.hops.length) this.hops.at(-1).dropped = true;
    this.changed();
  }
}
