// The click of a key, made on the spot; silent until somebody switches it on.

let on = false;
let audio = null;

export function offerSound(button) {
  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "Sound on" : "Sound off";
  };
  button.addEventListener("click", () => {
    on = !on;
    show();
    click();
  });
  show();
}

export function click() {
  if (!on) return;
  audio ??= new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  const now = audio.currentTime;
  tone.type = "square";
  tone.frequency.value = 1150;
  volume.gain.setValueAtTime(0.05, now);
  volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.035);
  tone.connect(volume).connect(audio.destination);
  tone.start(now);
  tone.stop(now + 0.04);
}
