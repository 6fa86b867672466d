// The card that records a phone, shows the transcript, plays it again and saves it as a test.

import { readTranscript, writeTranscript } from "./api.js";
import { entryOf } from "./phones.js";
import { play } from "./player.js";
import { Tape } from "./tape.js";

const byId = (id) => document.getElementById(id);
const [record, play_, save, open, script, room, asked, status, difference] = [
  "record", "play", "save", "open", "script", "roomy", "secrets", "played", "difference",
].map(byId);

/** `inHand` gives the phone to record or to play on, `pickUp` puts another number on it. */
export function openRecorder(inHand, pickUp) {
  const tape = new Tape(() => show(tape));
  record.addEventListener("click", () => toggle(tape, inHand()));
  room.addEventListener("change", () => tape.hops.length && writeDown(tape));
  save.addEventListener("click", () => download(script.value));
  open.addEventListener("change", async () => {
    if (open.files[0]) script.value = await open.files[0].text();
    open.value = "";
    await offerSecrets();
  });
  script.addEventListener("change", offerSecrets);
  byId("player").addEventListener("submit", (event) => {
    event.preventDefault();
    replay(tape, inHand(), pickUp).catch((refusal) => say(refusal.message, false));
  });
}

function show(tape) {
  const steps = tape.hops.length;
  say(`Recording: ${steps} page${steps === 1 ? "" : "s"}.`, null);
}

async function toggle(tape, phone) {
  if (!tape.phone) {
    tape.record(phone);
    tape.number = phone.call.phone;
    show(tape);
  } else {
    tape.stop();
    play_.disabled = true; // until there is something to play
    if (tape.hops.length) await writeDown(tape).catch((refusal) => say(refusal.message, false));
    play_.disabled = false;
    say(tape.hops.length ? "Recorded. Read it over, then play it or save it." : "Nothing was keyed.", null);
  }
  record.setAttribute("aria-pressed", String(Boolean(tape.phone)));
  record.textContent = tape.phone ? "Stop" : "Record";
}

async function writeDown(tape) {
  const { text } = await writeTranscript({ phone: tape.number, hops: tape.hops, loosened: room.checked });
  script.value = text;
  await offerSecrets();
}

/** A field for each secret that the text names. What is keyed there is forgotten with the page. */
async function offerSecrets() {
  const { secrets } = await readTranscript(script.value).catch(() => ({ secrets: [] }));
  const kept = new Map([...asked.querySelectorAll("input")].map((field) => [field.name, field]));
  asked.replaceChildren(...secrets.map((name) => kept.get(name)?.parentElement ?? secretField(name)));
}

function secretField(name) {
  const label = document.createElement("label");
  const field = document.createElement("input");
  Object.assign(field, { type: "password", name, autocomplete: "off", inputMode: "numeric", required: true });
  label.append(`${name}, for playing`, field);
  return label;
}

async function replay(tape, phone, pickUp) {
  if (tape.phone) await toggle(tape, phone);
  difference.hidden = true;
  const written = await readTranscript(script.value);
  await offerSecrets();
  const secrets = Object.fromEntries([...asked.querySelectorAll("input")].map((field) => [field.name, field.value]));
  if (Object.values(secrets).some((value) => !value)) return say("Key the secrets in first; they are in no transcript.", false);
  if (written.phone && written.phone !== phone.call.phone) pickUp(await entryOf(written.phone));
  play_.disabled = true;
  try {
    const done = await play(written, phone, secrets, (step) => say(`Playing line ${step.line}…`, null));
    tell(done);
  } finally {
    play_.disabled = false;
  }
}

function tell({ pages, line, difference: found }) {
  if (!line) return say(`${pages} page${pages === 1 ? "" : "s"}, all as written.`, true);
  say(`Differs from line ${line} on; what follows was not played.`, false);
  difference.hidden = false;
  difference.replaceChildren(...found.map(marked));
}

function marked(line) {
  const made = document.createElement(line.startsWith("-") ? "del" : line.startsWith("+") ? "ins" : "span");
  made.textContent = `${line}\n`;
  return made;
}

function download(text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = "session.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function say(sentence, good) {
  status.textContent = sentence;
  status.dataset.good = good === null ? "" : String(good);
}
