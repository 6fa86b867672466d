// Whose phone is in hand.

import { findPhones } from "./api.js";
import { Chooser } from "./chooser.js";

const LANGUAGES = { vi: "Vietnamese, no accents", "vi-accented": "Vietnamese", en: "English" };
const owner = document.getElementById("owner");

/** `pickedUp(entry)` is told what was chosen; gives the field, so that another phone can be shown in it. */
export function offerPhones(pickedUp) {
  return new Chooser(document.getElementById("phone-chooser"), find, (option) => pickedUp(option.entry));
}

export async function phonesAtHand() {
  return (await find("").catch(() => [])).map((option) => option.entry);
}

/** The entry of one number, known or not. */
export async function entryOf(phone) {
  const found = await findPhones(phone).catch(() => []);
  return found.find((each) => each.phone === phone) ?? { phone, people: [], languages: [] };
}

async function find(search) {
  const found = (await findPhones(search)).map(asOption);
  const stranger = asNumber(search);
  if (found.length === 0 && stranger) return [asOption({ phone: stranger, people: [], languages: [] })];
  return found;
}

export const asOption = (entry) => ({ value: entry.phone, label: spaced(entry.phone), detail: names(entry), entry });
const names = (entry) => entry.people.join(", ") || (entry.languages.length ? "not proven yet" : "on no list");
const spaced = (phone) => phone.replace(/^\+84(\d{2,3})(\d{3})(\d{3,4})$/, "0$1 $2 $3");

function asNumber(typed) {
  const digits = typed.replace(/[\s.\-()]/g, "");
  if (/^0\d{9}$/.test(digits)) return `+84${digits.slice(1)}`;
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
}

export function describe(entry) {
  owner.replaceChildren();
  if (!entry) {
    owner.append(line("p", "hint", "Nobody is on the lists yet. Import people, or key any number above."));
    return;
  }
  const people = line("p", "owner-names", names(entry));
  people.lang = "vi";
  const language = entry.languages.map((each) => LANGUAGES[each] ?? each).join(" · ");
  owner.append(people, line("p", "owner-facts", [entry.phone, language].filter(Boolean).join(" · ")));
}

function line(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
