// The room: a phone, its owner, its messages and the pay point, joined.

import { Call } from "./call.js";
import { Inbox } from "./inbox.js";
import { layKeys } from "./keypad.js";
import { drawScreen, keepTime } from "./lcd.js";
import { openPayPoint } from "./paypoint.js";
import { offerPhones } from "./phones.js";
import { drawTrail } from "./trail.js";

const call = new Call(document.body.dataset.ussdCode);
const inbox = new Inbox();

call.addEventListener("change", () => {
  drawScreen(call);
  drawTrail(call);
});

layKeys(document.getElementById("keypad"), document.getElementById("handset"), {
  key: (key) => {
    inbox.read();
    call.type(key);
  },
  call: () => call.send(),
  clear: () => call.clear(),
  end: () => {
    inbox.read();
    call.hangUp();
  },
});

keepTime();
drawScreen(call);
openPayPoint(() => inbox.look());
await offerPhones((phone) => {
  call.pickUp(phone);
  inbox.pickUp(phone);
});
