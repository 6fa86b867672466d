// A message written on the phone in hand; the answer comes into its inbox like any other.

import { sendMessage } from "./api.js";

const byId = (id) => document.getElementById(id);

/** `phoneInHand` gives a number or null; `sent` is told when the network has taken a message. */
export function openCompose(phoneInHand, sent) {
  const [field, said] = [byId("compose-text"), byId("compose-said")];
  byId("compose").addEventListener("submit", async (event) => {
    event.preventDefault();
    const phone = phoneInHand();
    const text = field.value.trim();
    if (!phone || !text) return say(said, phone ? "Write something first." : "Pick up a phone first.", false);
    try {
      await sendMessage(phone, text);
      field.value = "";
      say(said, "Sent.", true);
      sent();
    } catch (refusal) {
      say(said, refusal.message, false);
    }
  });
}

function say(place, sentence, good) {
  place.textContent = sentence;
  place.dataset.good = String(good);
}
