// A transcript keyed into a phone before everybody's eyes, page held against page, up to the first difference.

import { comparePage } from "./api.js";

/** Gives how many pages were as written, and the first difference with its line; `told` hears of each step. */
export async function play(script, phone, secrets, told) {
  let words = {};
  let pages = 0;
  for (const step of script.steps) {
    told(step);
    if (step.does === "drop") {
      await phone.call.hangUp();
      continue;
    }
    const missing = await key(step, phone.call, secrets);
    if (missing) return { pages, line: step.line, difference: [missing] };
    const { kind, text, error } = phone.call.page;
    const found = await comparePage({ ...step, kind, text, words });
    if (!found.same) return { pages, line: step.line, difference: error ? [...found.difference, `(${error})`] : found.difference };
    words = found.words;
    pages += 1;
  }
  return { pages, line: 0, difference: [] };
}

/** A sentence when the keys could not be sent. */
async function key(step, call, secrets) {
  if (step.does === "dial" && call.state === "open") await call.hangUp();
  if (step.does === "press" && call.state !== "open") return "The line is over; there is nothing to press on.";
  call.fill(step.secret ? secrets[step.secret] : step.keys);
  await call.send();
  return call.problem || (call.page ? "" : "No page came.");
}
