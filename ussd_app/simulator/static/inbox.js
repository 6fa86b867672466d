// The messages of the phone in hand, newest on top, looked for again and again while the page is seen.

import { messagesOf } from "./api.js";
import { when } from "./clock.js";
import { languageOf } from "./language.js";

const LOOK_AGAIN_MS = 1500;
const byId = (id) => document.getElementById(id);
const [list, empty, count] = ["inbox", "inbox-empty", "inbox-count"].map(byId);

export class Inbox {
  #phone = null;
  #shown = new Set();
  #timer = 0;

  /** `arrived` is told when a message comes that was not there before. */
  constructor(arrived) {
    this.arrived = arrived;
    document.addEventListener("visibilitychange", () => this.look());
  }

  pickUp(phone) {
    this.#phone = phone;
    this.#shown.clear();
    list.replaceChildren();
    this.look({ first: true });
  }

  /** Nobody watches a hidden page: it asks nothing. */
  async look({ first = false } = {}) {
    clearTimeout(this.#timer);
    if (document.hidden || !this.#phone) return;
    const phone = this.#phone;
    const messages = await messagesOf(phone).catch(() => null);
    if (phone !== this.#phone) return;
    if (messages) this.#show(messages, first);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), LOOK_AGAIN_MS);
  }

  #show(messages, first) {
    const fresh = messages.filter((each) => !this.#shown.has(each.id));
    for (const each of fresh) {
      this.#shown.add(each.id);
      list.prepend(drawn(each, !first));
    }
    empty.hidden = this.#shown.size > 0;
    count.textContent = this.#shown.size ? String(this.#shown.size) : "";
    if (fresh.length && !first) this.arrived();
  }
}

function drawn(message, fresh) {
  const line = document.createElement("li");
  line.className = fresh ? "message message-new" : "message";
  const head = document.createElement("header");
  const from = document.createElement("b");
  from.textContent = message.from;
  const at = document.createElement("time");
  at.dateTime = message.at;
  at.textContent = when(new Date(message.at));
  const text = document.createElement("p");
  text.lang = languageOf(message.text);
  text.textContent = message.text;
  head.append(from, at);
  line.append(head, text);
  return line;
}
