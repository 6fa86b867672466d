// One call at a time on the phone in hand: what has been typed, what the network shows, and nothing of the page around it.

import * as api from "./api.js";

const LOOK_AGAIN_MS = 150;
const LONGEST_ANSWER = 40;

const masked = (keys) => "•".repeat(keys.length);

export class Call extends EventTarget {
  /** idle, waiting, open or ended; `page` is the last answer of the network, `trail` one entry a hop. */
  constructor(ussdCode) {
    super();
    this.ussdCode = ussdCode;
    this.phone = null;
    this.#reset();
  }

  #session = null;
  #turn = 0;
  #lookedAt = 0;
  #looking = false;

  #reset() {
    this.#turn++;
    this.#session = null;
    this.state = "idle";
    this.typed = "";
    this.page = null;
    this.trail = [];
    this.problem = "";
    this.hungUp = false;
    this.#lookedAt = 0;
  }

  /** What is left of the network's patience, in seconds; null when nothing runs. */
  left() {
    const clock = this.page?.clock;
    if (this.state !== "open" || !clock) return null;
    const gone = (performance.now() - this.#lookedAt) / 1000;
    const [idle, whole] = [clock.idle_left_s - gone, clock.session_left_s - gone].map((each) => Math.max(0, each));
    if (!idle || !whole) this.#lookForTheEnd();
    return { idle, whole, idleLimit: clock.idle_limit_s, wholeLimit: clock.session_limit_s };
  }

  async #lookForTheEnd() {
    if (this.#looking) return;
    this.#looking = true;
    const session = this.#session;
    const page = await api.look(session).catch(() => null);
    this.#looking = false;
    if (session === this.#session && this.state === "open" && page?.state === "ended") this.#timedOut(page);
  }

  #timedOut(page) {
    this.page = page;
    this.state = "ended";
    this.typed = "";
    this.dispatchEvent(new CustomEvent("cut"));
    this.#changed();
  }

  get secret() {
    return this.state === "open" && Boolean(this.page?.secret);
  }

  get shownTyped() {
    return this.secret ? masked(this.typed) : this.typed;
  }

  pickUp(phone) {
    if (this.state === "open") this.hangUp();
    this.phone = phone;
    this.#reset();
    this.#changed();
  }

  type(key) {
    if (this.state === "waiting") return;
    if (this.state === "ended") this.#reset();
    if (this.typed.length < LONGEST_ANSWER) this.typed += key;
    this.problem = "";
    this.#changed();
  }

  /** A whole answer at once, as a replay keys it. */
  fill(keys) {
    if (this.state === "ended") this.#reset();
    this.typed = keys;
    this.#changed();
  }

  clear() {
    if (this.state === "ended") this.#reset();
    this.typed = this.typed.slice(0, -1);
    this.#changed();
  }

  /** The green key: begins a call, or sends what was typed. */
  async send() {
    if (this.state === "open" && this.typed) return this.#press();
    if (this.state === "idle" || this.state === "ended") return this.#dial();
  }

  /** The red key. On a phone that waits, it only clears what was typed. */
  async hangUp() {
    const session = this.#session;
    if (this.state !== "open" || !session) {
      if (this.state !== "waiting") this.#reset();
      return this.#changed();
    }
    this.#session = null;
    this.state = "ended";
    this.typed = "";
    this.hungUp = true;
    this.dispatchEvent(new CustomEvent("cut"));
    this.#changed();
    await api.hangUp(session).catch(() => {});
  }

  async #dial() {
    const dialled = (this.state === "idle" && this.typed) || this.ussdCode;
    this.#reset();
    if (!this.phone) return this.#stumble("Choose a phone first.");
    this.#wait(dialled);
    const turn = this.#turn;
    try {
      const { session_id: session } = await api.dial(this.phone, dialled);
      if (turn !== this.#turn) return; // another phone was picked up meanwhile
      this.#session = session;
      await this.#follow(session);
    } catch (refusal) {
      if (turn !== this.#turn) return;
      this.#reset();
      this.#stumble(refusal.message);
    }
  }

  async #press() {
    const [keys, session, secret] = [this.typed, this.#session, this.secret];
    this.#wait(secret ? masked(keys) : keys);
    try {
      await api.press(session, keys);
      await this.#follow(session);
    } catch (refusal) {
      if (session !== this.#session) return;
      this.#session = null;
      this.state = "ended";
      this.#stumble(refusal.message);
    }
  }

  #wait(shown) {
    this.state = "waiting";
    this.typed = "";
    this.problem = "";
    this.trail.push({ keys: shown, page: null, dials: this.trail.length === 0 });
    this.#changed();
  }

  async #follow(session) {
    for (;;) {
      const page = await api.look(session);
      if (session !== this.#session) return;
      if (page.state !== "waiting") return this.#arrived(page);
      await new Promise((again) => setTimeout(again, LOOK_AGAIN_MS));
    }
  }

  #arrived(page) {
    this.page = page;
    this.state = page.state;
    this.#lookedAt = performance.now();
    const hop = this.trail.at(-1);
    hop.page = page;
    this.dispatchEvent(new CustomEvent("page", { detail: hop }));
    this.#changed();
  }

  #stumble(sentence) {
    this.problem = sentence;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
