// One phone on the table: its case, its call, its little screen, and the network's clock beneath it.

import { Call } from "./call.js";
import { drawClocks } from "./clocks.js";
import { drawScreen, partsOf } from "./lcd.js";
import { layKeys } from "./keypad.js";
import { click } from "./sound.js";

export class Phone extends EventTarget {
  /** `place` is the `.phone` element; `ussdCode` what its green key dials. */
  constructor(place, ussdCode) {
    super();
    this.place = place;
    this.parts = partsOf(place);
    this.call = new Call(ussdCode);
    this.entry = null;
    this.call.addEventListener("change", () => this.#changed());
    layKeys(this.parts.keypad, this.parts.handset, this.keys);
    for (const touched of ["pointerdown", "focusin"]) place.addEventListener(touched, () => this.#touched());
    this.timer = setInterval(() => drawClocks(this.parts, this.call), 250);
    drawScreen(this.parts, this.call);
    drawClocks(this.parts, this.call);
  }

  keys = {
    key: (key) => this.#pressed(() => this.call.type(key)),
    call: () => this.#pressed(() => this.call.send()),
    clear: () => this.#pressed(() => this.call.clear()),
    end: () => this.#pressed(() => this.call.hangUp()),
  };

  #pressed(act) {
    click();
    this.parts.envelope.hidden = true;
    act();
  }

  pickUp(entry) {
    this.entry = entry;
    this.parts.caption.textContent = entry.people.join(", ") || entry.phone;
    this.call.pickUp(entry.phone);
  }

  putAway() {
    clearInterval(this.timer);
    this.call.hangUp();
    this.place.remove();
  }

  #changed() {
    drawScreen(this.parts, this.call);
    drawClocks(this.parts, this.call);
    this.dispatchEvent(new Event("change"));
  }

  #touched() {
    this.dispatchEvent(new Event("touched"));
  }
}
