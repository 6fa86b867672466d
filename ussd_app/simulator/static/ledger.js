// What the ledger says of the people on the phone in hand, looked for while somebody has the card open.

import { ledgerOf } from "./api.js";
import { when } from "./clock.js";

const LOOK_AGAIN_MS = 2500;
const card = document.getElementById("ledger");
const place = document.getElementById("ledger-people");

const CASH_OUTS = {
  held: "ordered, not sent yet", sent: "sent to the provider", unknown: "the provider is unsure; it is being asked",
  issued: "a code is out", paid: "handed over", failed: "came to nothing", reversed: "taken back",
};

export class LedgerCard {
  #phone = null;
  #timer = 0;
  #seen = "";

  /** `proven(yes)` is told whether the number in hand is its owners' own. */
  constructor(proven) {
    this.proven = proven;
    card.addEventListener("toggle", () => this.look());
    document.addEventListener("visibilitychange", () => this.look());
  }

  pickUp(phone) {
    this.#phone = phone;
    this.#seen = "";
    this.look({ once: true });
  }

  async look({ once = false } = {}) {
    clearTimeout(this.#timer);
    if (!this.#phone || document.hidden || !(card.open || once)) return;
    const phone = this.#phone;
    const people = await ledgerOf(phone).catch(() => null);
    if (phone !== this.#phone) return;
    if (people && JSON.stringify(people) !== this.#seen) {
      this.#seen = JSON.stringify(people);
      place.replaceChildren(...(people.length ? people.map(drawn) : [made("p", "hint", "Nobody on this phone is in the ledger.")]));
      this.proven(people.every((each) => each.proven));
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), LOOK_AGAIN_MS);
  }
}

function drawn(entry) {
  const box = made("div", "ledger-person");
  if (!entry.proven) {
    box.append(made("p", "hint", "This number is not proven: neither name nor amount goes to it."));
    return box;
  }
  const name = made("h3", "", entry.person);
  name.lang = "vi";
  const sums = made("p", "ledger-sums");
  sums.append(made("b", "", entry.free), " free");
  if (entry.held !== "0đ") sums.append(" · ", made("b", "", entry.held), " held");
  const last = made("ul", "ledger-last");
  last.append(...entry.last.map(line));
  box.append(name, sums);
  if (entry.cash_out) box.append(cashOut(entry.cash_out));
  box.append(last);
  return box;
}

function cashOut({ reference, amount, state, point }) {
  const said = made("p", "hint", `${reference}: ${amount} at `);
  const where = made("span", "", point);
  where.lang = "vi";
  said.append(where, `; ${CASH_OUTS[state] ?? state}.`);
  return said;
}

function line({ amount, words, at }) {
  const each = made("li", "");
  const time = made("time", "", when(new Date(at)));
  time.dateTime = at;
  each.append(made("b", "", amount), made("span", "", words), time);
  return each;
}

function made(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
