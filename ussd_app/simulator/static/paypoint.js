// The agent's side of the counter: a pay point, the code that somebody reads out, and what the provider says to it.

import { payPoints, redeem } from "./api.js";
import { Chooser } from "./chooser.js";

const byId = (id) => document.getElementById(id);
const MOST_SHOWN = 60;
const plain = (name) => name.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
const dong = (amount) => `${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")}đ`;

export function openPayPoint(handedOver) {
  let points = null;
  const all = async () => (points ??= await payPoints());
  const find = async (text) => {
    const wanted = plain(text);
    const found = (await all()).filter((each) => each.code.startsWith(wanted) || plain(each.name).includes(wanted));
    return found.slice(0, MOST_SHOWN).map((each) => ({ value: each.code, label: each.name, detail: each.code, lang: "en" }));
  };
  const chooser = new Chooser(byId("point-chooser"), find, () => byId("point-code").focus());
  byId("redeem").addEventListener("submit", async (event) => {
    event.preventDefault();
    await settle(chooser, byId("point-code"));
    handedOver();
  });
}

async function settle(chooser, field) {
  const code = field.value.replace(/\s/g, "");
  if (!chooser.taken) return say("Choose the pay point first.", false);
  if (!code) return say("Key in the code that was read out.", false);
  say("Asking the provider…", null);
  try {
    const { amount, reference } = await redeem(chooser.taken.value, code);
    field.value = "";
    say(`Hand over ${dong(amount)}. Receipt ${reference}.`, true);
  } catch (refusal) {
    say(`No cash: ${refusal.message}`, false);
  }
}

function say(sentence, good) {
  const verdict = byId("verdict");
  verdict.textContent = sentence;
  verdict.dataset.good = good === null ? "" : String(good);
}
