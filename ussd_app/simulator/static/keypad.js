// The keys of the phone, under a mouse, a finger or a keyboard.

const LETTERS = { 1: "", 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz", "*": "", 0: "", "#": "" };
const ORDER = [..."123456789*0#"];
const NAMES = { "*": "star", "#": "hash" };
const KEYBOARD = { Enter: "call", Escape: "end", Backspace: "clear", Delete: "clear" };

export function layKeys(pad, handset, on) {
  pad.append(...ORDER.map(button));
  handset.addEventListener("click", ({ target }) => {
    const key = target.closest("button");
    if (key?.dataset.key) on.key(key.dataset.key);
    else if (key?.dataset.action) on[key.dataset.action]();
  });
}

/** The keyboard belongs to the phone in hand, whichever that is by then. */
export function listen(inHand) {
  document.addEventListener("keydown", (event) => pressed(event, inHand().parts.handset, inHand().keys));
}

function button(key) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "key key-digit";
  made.dataset.key = key;
  if (NAMES[key]) made.setAttribute("aria-label", NAMES[key]);
  else made.setAttribute("aria-label", key);
  const digit = document.createElement("b");
  digit.textContent = key;
  const letters = document.createElement("small");
  letters.textContent = LETTERS[key];
  made.append(digit, letters);
  return made;
}

function pressed(event, handset, on) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const onButton = event.target.closest("button, summary");
  if (/^[0-9*#]$/.test(event.key)) {
    flash(handset.querySelector(`[data-key="${CSS.escape(event.key)}"]`));
    on.key(event.key);
  } else if (KEYBOARD[event.key] && !(onButton && event.key === "Enter")) {
    flash(handset.querySelector(`[data-action="${KEYBOARD[event.key]}"]`));
    on[KEYBOARD[event.key]]();
  } else return;
  event.preventDefault();
}

function flash(key) {
  key?.classList.add("key-down");
  setTimeout(() => key?.classList.remove("key-down"), 120);
}
