// The phones on the table, one to four; the one in hand hears the keyboard, and the cards around tell of it.

import { Phone } from "./phone.js";

const MOST = 4;

export class Table extends EventTarget {
  /** `room` holds the first phone already; the others are laid out like it. */
  constructor(room, ussdCode) {
    super();
    this.room = room;
    this.row = room.querySelector(".phones");
    this.ussdCode = ussdCode;
    this.blank = this.row.querySelector(".phone").cloneNode(true);
    this.phones = [];
    this.made = 1;
    this.#seat(this.row.querySelector(".phone"));
    this.inHand = this.phones[0];
    this.#arrange();
  }

  get full() {
    return this.phones.length === MOST;
  }

  add() {
    if (this.full) return null;
    const place = this.blank.cloneNode(true);
    this.made++;
    for (const named of place.querySelectorAll("[id]")) named.id += `-${this.made}`;
    for (const named of place.querySelectorAll("[aria-labelledby]")) named.setAttribute("aria-labelledby", `gauge-words-${this.made}`);
    this.row.append(place);
    return this.#seat(place);
  }

  #seat(place) {
    const phone = new Phone(place, this.ussdCode);
    phone.addEventListener("touched", () => this.take(phone));
    phone.addEventListener("change", () => phone === this.inHand && this.dispatchEvent(new Event("change")));
    phone.parts.away.addEventListener("click", () => this.#remove(phone));
    this.phones.push(phone);
    this.#arrange();
    return phone;
  }

  #remove(phone) {
    this.phones = this.phones.filter((each) => each !== phone);
    phone.putAway();
    this.#arrange();
    if (phone === this.inHand) this.take(this.phones[0]);
    this.inHand.parts.page.focus();
    this.dispatchEvent(new Event("change"));
  }

  take(phone) {
    if (phone === this.inHand || !this.phones.includes(phone)) return;
    this.inHand = phone;
    this.#arrange();
    this.dispatchEvent(new Event("taken"));
    this.dispatchEvent(new Event("change"));
  }

  #arrange() {
    this.room.dataset.phones = String(this.phones.length);
    for (const [index, phone] of this.phones.entries()) {
      phone.place.classList.toggle("phone-in-hand", phone === this.inHand);
      phone.place.setAttribute("aria-label", `Phone ${index + 1}`);
      phone.parts.away.hidden = this.phones.length === 1;
      phone.parts.head.hidden = this.phones.length === 1;
    }
  }
}
