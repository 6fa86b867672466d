// The room: phones on a table, whose they are, their messages, the pay point, and the cards that fold away.

import { openCompose } from "./compose.js";
import { FaultPanel } from "./faults.js";
import { Inbox } from "./inbox.js";
import { listen } from "./keypad.js";
import { keepTime } from "./lcd.js";
import { LedgerCard } from "./ledger.js";
import { openPayPoint } from "./paypoint.js";
import { asOption, describe, offerPhones, phonesAtHand } from "./phones.js";
import { openRecorder } from "./recorder.js";
import { offerSound } from "./sound.js";
import { Table } from "./table.js";
import { drawTrail } from "./trail.js";

const byId = (id) => document.getElementById(id);
const table = new Table(byId("room"), document.body.dataset.ussdCode);
const inHand = () => table.inHand;
const inbox = new Inbox(() => (inHand().parts.envelope.hidden = false));
const faults = new FaultPanel(inHand, () => ledger.look({ once: true }));
const ledger = new LedgerCard((proven) => faults.seen(proven));
const chooser = offerPhones((entry) => pickUp(entry));

function pickUp(entry) {
  inHand().pickUp(entry);
  lookAround();
}

/** The cards tell of the phone in hand. */
function lookAround() {
  const { entry, call } = inHand();
  describe(entry);
  if (entry) chooser.show(asOption(entry));
  drawTrail(call);
  inbox.pickUp(entry?.phone ?? null);
  ledger.pickUp(entry?.phone ?? null);
}

let told = "";
table.addEventListener("taken", lookAround);
table.addEventListener("change", () => {
  const { call } = inHand();
  drawTrail(call);
  if (told === call.state) return;
  told = call.state;
  ledger.look();
  if (call.state !== "waiting") faults.look();
});

byId("another").addEventListener("click", async () => {
  const phone = table.add();
  if (!phone) return;
  byId("another").disabled = table.full;
  phone.parts.away.addEventListener("click", () => (byId("another").disabled = table.full));
  table.take(phone);
  const taken = new Set(table.phones.map(({ call }) => call.phone));
  const free = (await phonesAtHand()).find((entry) => !taken.has(entry.phone));
  if (free && !phone.entry) {
    phone.pickUp(free);
    lookAround();
  }
  phone.parts.page.focus();
});

listen(inHand);
keepTime(() => table.phones);
offerSound(byId("sound"));
openPayPoint(() => inbox.look());
openCompose(() => inHand().entry?.phone ?? null, () => inbox.look());
openRecorder(inHand, pickUp);
const [first] = await phonesAtHand();
if (first) pickUp(first);
else describe(null);
