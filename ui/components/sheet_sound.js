// A chord, softly: a bass and a hand, struck together.
let audio = null;
function sound(notes) {
  if (!notes?.length) return;
  audio ??= new AudioContext();
  const now = audio.currentTime + 0.01;
  for (const note of notes) {
    const [tone, loud] = [audio.createOscillator(), audio.createGain()];
    tone.type = "triangle";
    tone.frequency.value = 440 * 2 ** ((note - 69) / 12);
    loud.gain.setValueAtTime(0, now);
    loud.gain.linearRampToValueAtTime(0.28 / notes.length, now + 0.015);
    loud.gain.exponentialRampToValueAtTime(0.0005, now + 1.1);
    tone.connect(loud).connect(audio.destination);
    tone.start(now);
    tone.stop(now + 1.15);
  }
}
