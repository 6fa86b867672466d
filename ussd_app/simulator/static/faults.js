// The panel in which things are made to go wrong: on the line, at the provider, with messages, on this phone, in Redis.

import { emptyRedis, faults, setFaults, swapSim } from "./api.js";

const byId = (id) => document.getElementById(id);
const [panel, count, said, drop, sim] = ["faults", "faults-count", "faults-said", "drop-at", "sim"].map(byId);
const buttons = [...panel.querySelectorAll("[data-fault]")];

const wanted = (button) => {
  const value = button.dataset.value ?? (button.dataset.from ? byId(button.dataset.from).value : "1");
  return value === "always" ? value : Number(value);
};

export class FaultPanel {
  #set = {};
  #proven = true;

  /** `inHand` gives the phone that a SIM swap concerns; `changed` is told when something has been done. */
  constructor(inHand, changed) {
    this.inHand = inHand;
    this.changed = changed;
    panel.addEventListener("toggle", () => this.look());
    panel.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) this.#press(button).catch((refusal) => (said.textContent = refusal.message));
    });
    drop.addEventListener("change", () => this.#draw());
  }

  async look() {
    const listing = await faults().catch(() => null);
    if (listing) this.#keep(listing);
  }

  /** The phone in hand is another, or somebody has proved it. */
  seen(proven) {
    this.#proven = proven;
    sim.textContent = proven ? "Swap the SIM" : "The owner proves the number again";
    sim.setAttribute("aria-pressed", String(!proven));
  }

  async #press(button) {
    if (button.dataset.fault) return this.#toggle(button.dataset.fault, wanted(button));
    switch (button.id) {
      case "sim": {
        const { proven, people } = await swapSim(this.inHand().call.phone, !this.#proven);
        this.seen(proven);
        said.textContent = people ? (proven ? "The number is proven again." : "Another SIM is in the phone: its number is not proven.") : "Nobody is registered on this phone.";
        return this.changed();
      }
      case "empty-redis":
        await emptyRedis();
        said.textContent = "Redis is empty. Nothing that was promised is lost; it may come a little later.";
        return this.changed();
      default:
        this.#keep(await setFaults({}));
        said.textContent = "Everything works again.";
    }
  }

  /** One fault on or off; the networks know only to clear all, so the others are set again. */
  async #toggle(name, value) {
    const others = Object.fromEntries(Object.entries(this.#set).filter(([each]) => each !== name));
    const off = this.#set[name] === value;
    if (name in this.#set) await setFaults({});
    const next = off ? others : { ...others, [name]: value };
    const listing = Object.keys(next).length ? await setFaults(next) : await setFaults({});
    this.#keep(listing);
    said.textContent = off ? "" : listing[name]?.sentence ?? "";
  }

  #keep(listing) {
    this.#set = Object.fromEntries(
      Object.entries(listing).filter(([, each]) => each.setting !== null).map(([name, each]) => [name, each.setting]),
    );
    this.#draw();
  }

  #draw() {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(this.#set[button.dataset.fault] === wanted(button)));
    }
    const active = Object.keys(this.#set).length;
    count.textContent = active ? `${active} set` : "";
  }
}
