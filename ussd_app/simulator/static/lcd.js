// What stands on the phone's little screen, and the sentence under the phone that says where the call is.

import { clockTime } from "./clock.js";
import { languageOf } from "./language.js";

const NAMES = {
  head: "head", caption: "caption", away: "away", handset: "handset", keypad: "keypad",
  page: "page", typed: "typed", left: "left", right: "right", clock: "clock", envelope: "envelope",
  state: "state", gauge: "gauge", meter: "meter", gaugeWords: "gauge-words",
  clocks: "clocks", idle: "idle", whole: "whole", clockWords: "clock-words",
};

/** Everything on one phone that is ever written to. */
export function partsOf(place) {
  const found = Object.entries(NAMES).map(([name, part]) => [name, place.querySelector(`[data-part="${part}"]`)]);
  return Object.fromEntries(found);
}

const IDLE = { mode: "idle", text: "", soft: ["Call", ""], language: "en" };

function shown(call) {
  if (call.state === "waiting") return { mode: "waiting", text: "Running…", soft: ["", ""], language: "en" };
  if (call.state === "idle" || call.hungUp || !call.page) return IDLE;
  const language = call.page.kind === "ERROR" ? "en" : languageOf(call.page.text);
  const soft = call.state === "open" ? ["Send", "Cancel"] : ["", "OK"];
  return { mode: call.state, text: call.page.text, soft, language };
}

function sentence(call) {
  if (call.problem) return call.problem;
  switch (call.state) {
    case "waiting":
      return "Waiting for the network…";
    case "open":
      return call.secret ? "What is keyed now stays hidden." : "Your turn: key an answer and send it.";
    case "ended":
      if (call.hungUp) return "You hung up.";
      return call.page?.kind === "ERROR" ? `The line broke. ${call.page.error}` : "The line ended.";
    default:
      return call.typed ? "The green key calls." : `The green key dials ${call.ussdCode}`;
  }
}

export function drawScreen(parts, call) {
  const { mode, text, soft, language } = shown(call);
  parts.handset.dataset.mode = mode;
  const words = mode === "idle" && !call.typed ? call.ussdCode : text;
  if (parts.page.textContent !== words || parts.page.dataset.hops !== String(call.trail.length)) {
    parts.page.lang = language;
    parts.page.textContent = words;
    parts.page.dataset.hops = String(call.trail.length);
    parts.page.scrollTop = 0;
  }
  parts.typed.textContent = call.shownTyped;
  [parts.left.textContent, parts.right.textContent] = soft;
  const said = sentence(call);
  if (parts.state.textContent !== said) parts.state.textContent = said;
  parts.state.classList.toggle("state-wrong", Boolean(call.problem) || (mode === "ended" && call.page?.kind === "ERROR"));
  drawGauge(parts, call.hungUp ? null : call.page);
}

function drawGauge({ gauge, meter, gaugeWords }, page) {
  const measured = Boolean(page?.limit);
  gauge.hidden = !measured;
  if (!measured) return;
  meter.max = page.limit;
  meter.high = page.limit;
  meter.value = page.units;
  gaugeWords.textContent = `${page.encoding} · ${page.units} of ${page.limit}`;
  gauge.classList.toggle("gauge-over", page.units > page.limit);
}

/** Every phone on the table shows the same hour. */
export function keepTime(phones) {
  const tick = () => {
    for (const { parts } of phones()) parts.clock.textContent = clockTime(new Date());
  };
  tick();
  setInterval(tick, 1000);
}
