// The network's two clocks: how long it waits for the next key, and how long it keeps the whole call.

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

export function drawClocks(parts, call) {
  const left = call.left();
  parts.clocks.hidden = !left;
  if (!left) return;
  set(parts.idle, left.idle, left.idleLimit);
  set(parts.whole, left.whole, left.wholeLimit);
  const [idle, whole] = [Math.ceil(left.idle), Math.ceil(left.whole)];
  parts.clockWords.textContent = `Key within ${idle} s · call ${minutes(whole)} left`;
  parts.clocks.classList.toggle("clocks-short", left.idle < left.idleLimit / 3);
}

function set(bar, value, most) {
  bar.max = most;
  bar.value = value;
}
