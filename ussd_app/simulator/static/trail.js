// The path of one call: each hop with its key, the first line of its page, its length on the air; opened, the whole page.

import { languageOf } from "./language.js";

const byId = (id) => document.getElementById(id);
const [list, empty] = ["trail", "trail-empty"].map(byId);

let drawn = []; // {hop, page, line}: a line is drawn anew only when its page has come

export function drawTrail(call) {
  drawn = call.trail.map((hop, place) => {
    const before = drawn[place];
    return before?.hop === hop && before.page === hop.page ? before : { hop, page: hop.page, line: lineOf(hop) };
  });
  list.replaceChildren(...drawn.map(({ line }) => line));
  list.scrollTop = list.scrollHeight;
  empty.hidden = drawn.length > 0;
}

function lineOf({ keys, page }) {
  const line = document.createElement("li");
  const head = [piece("kbd", "trail-keys", keys), piece("span", "trail-page", page ? page.text.split("\n", 1)[0] : "…")];
  if (!page) {
    line.append(piece("div", "trail-hop", ...head));
    return line;
  }
  const details = document.createElement("details");
  if (page.limit) head.push(piece("span", "trail-length", `${page.units}/${page.limit}`));
  const whole = piece("p", "trail-whole", page.text);
  head[1].lang = whole.lang = page.kind === "ERROR" ? "en" : languageOf(page.text);
  details.append(piece("summary", "trail-hop", ...head), whole);
  line.append(details);
  if (page.screen) line.append(piece("code", "trail-screen", page.screen));
  for (const note of page.notes ?? []) line.append(piece("p", "trail-note", note));
  return line;
}

function piece(name, className, ...inside) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...inside);
  return made;
}
