// The player: schedules the notes of a song itself, so that tempo, parts and loops change at once.
// Times are quarter notes ("at") and, for the sound card, seconds ("time"). What is heard is said to
// the page as window events "lyriclab:sounding" with {line, place, bar}; null when nothing sounds.
const players = new WeakMap();
const AHEAD = 0.2; // seconds that are scheduled before they sound
const AHEAD_HIDDEN = 2.5; // a tab in the background is woken once a second
const EVERY = 40; // milliseconds
const DOUBT = 2000; // milliseconds without a tick of the sound card's clock after which it is told
const FALL = 11.5; // 100 dB in nepers: how far a key falls in its release
const PARTS = [["chords", "Chords"], ["bass", "Bass"], ["drums", "Drums"], ["click", "Click"], ["count", "Count-in"]];
const OFF = new Set(["click", "count"]); // what is silent unless it is wished for

class Player {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, {
      button: find(".play"), halt: find(".stop"), current: find(".current"), following: find(".following"), where: find(".where"),
      seek: find(".seek"), speed: find(".speed"), tempo: find(".tempo"), loop: find(".loop"), say: find(".say"), box: find(".player"),
    });
    this.on = Object.fromEntries(PARTS.map(([name]) => [name, !OFF.has(name)]));
    this.at = 0; // where it stands while it does not play
    this.anchors = []; // [time, at] from which the song runs on; more than one while a loop turns
    this.struck = new Set(); // what sounds or is about to
    this.button.onclick = () => (this.playing || this.waiting ? this.pause() : this.play());
    this.halt.onclick = () => this.stop();
    this.seek.oninput = () => this.go(Number(this.seek.value));
    this.speed.oninput = () => this.hurry();
    this.loop.onchange = () => this.turn();
    for (const [name, title] of PARTS) {
      const toggle = document.createElement("button");
      Object.assign(toggle, { type: "button", textContent: title, onclick: () => this.mute(name, toggle) });
      toggle.dataset.part = name;
      toggle.setAttribute("aria-pressed", this.on[name]);
      find(".parts").append(toggle);
    }
    this.arrived = () => this.begin();
    window.addEventListener("lyriclab:sounds", this.arrived);
  }

  leave() {
    this.pause();
    window.removeEventListener("lyriclab:sounds", this.arrived);
    this.audio?.close();
  }

  // The song as Python tells it; one that is playing plays on ----------------------------------------
  take(data, ask) {
    const other = !this.data || this.data.song !== data.song;
    this.data = data;
    this.ask = ask;
    this.clicks = [];
    for (let beat = -2 * this.beats(); data.pickup + beat * data.pulse < data.length; beat += 1)
      this.clicks.push([data.pickup + beat * data.pulse, beat % this.beats() === 0]);
    this.seek.max = data.length;
    this.spans = [["Off", null], ["Whole song", [0, data.length]], ...data.sections.map(([start, end, title]) => [title, [start, end]])];
    const chosen = other ? 0 : this.loop.selectedIndex;
    this.loop.replaceChildren(...this.spans.map(([title]) => new Option(title)));
    this.loop.selectedIndex = Math.max(0, Math.min(chosen, this.spans.length - 1));
    this.shown = undefined;
    if (other) this.stop();
    if (this.playing) this.retune();
    else this.at = Math.min(this.at, data.length);
    this.hurry();
    this.begin();
  }

  beats() { return Math.round(this.data.bar / this.data.pulse); }
  seconds() { return 60 / (this.data.quarters * this.speed.value / 100); }
  span() { return this.spans[this.loop.selectedIndex]?.[1]; }

  // Sounds: asked for with the first Play, then kept --------------------------------------------------
  play() {
    this.audio ??= new AudioContext({ latencyHint: "interactive" });
    this.audio.resume();
    this.waiting = true;
    this.draw();
    if (!this.data.samples) {
      this.say.textContent = "Getting the instruments …";
      this.ask("wanted", true);
    }
    this.begin();
  }

  async begin() {
    const { samples, bytes } = this.data ?? {};
    const sounds = window.lyricLabSounds;
    if (!this.audio || !samples || sounds?.byteLength !== bytes) return;
    if (this.decoded !== sounds) {
      this.decoded = sounds;
      try {
        this.sounds = await this.audio.decodeAudioData(sounds.slice().buffer);
      } catch {
        this.say.textContent = "This browser cannot read the sounds.";
        this.waiting = false;
        this.draw();
        return;
      }
    }
    if (!this.sounds) return;
    this.tune();
    if (this.waiting) this.start();
  }

  // One bus for each part, a room, and a brake for peaks
  tune() {
    const { audio, data } = this;
    if (!this.buses) {
      const [master, brake, room] = [audio.createGain(), audio.createDynamicsCompressor(), audio.createConvolver()];
      for (const [name, value] of [["threshold", -4], ["knee", 4], ["ratio", 12], ["attack", 0.002], ["release", 0.12]])
        brake[name].value = value;
      const answer = audio.createBuffer(2, Math.ceil(0.1 * audio.sampleRate), audio.sampleRate);
      for (const [delay, ...sides] of data.room)
        sides.forEach((amount, side) => { answer.getChannelData(side)[Math.round(delay * audio.sampleRate)] = amount; });
      room.normalize = false;
      room.buffer = answer;
      master.connect(brake);
      master.connect(room).connect(brake);
      brake.connect(audio.destination);
      this.master = master;
      this.buses = {};
      for (const name of ["chords", "bass", "drums", "click"]) {
        this.buses[name] = audio.createGain();
        this.buses[name].gain.value = this.on[name] ? 1 : 0;
        this.buses[name].connect(master);
      }
      this.buses.count = audio.createGain();
      this.buses.count.connect(master);
      this.sides = new Map();
    }
    this.master.gain.value = data.gain;
    this.keys = {};
    for (const [part, pitch, start, length, release] of data.samples) (this.keys[part] ??= []).push({ pitch, start, length, release });
  }

  retune() {
    if (this.data.samples && this.buses && this.decoded === window.lyricLabSounds) this.tune();
  }

  // Playing ------------------------------------------------------------------------------------------
  start() {
    this.waiting = false;
    this.say.textContent = "";
    const span = this.span();
    if (this.at >= this.data.length - 0.01) this.at = span ? span[0] : 0;
    if (span && (this.at < span[0] || this.at >= span[1])) this.at = span[0];
    this.from = this.at;
    let first = this.at;
    if (this.on.count) {
      const { pickup, bar } = this.data;
      const downbeat = pickup + Math.ceil((this.at - pickup) / bar - 1e-6) * bar;
      first = downbeat - bar;
      if (this.at - first < bar - 1e-6) first -= bar;
    }
    this.anchors = [[this.audio.currentTime + 0.08, first]];
    this.cursor = first;
    this.playing = true;
    this.timer = setInterval(() => this.schedule(), EVERY);
    this.schedule();
    this.draw();
    this.frame();
    this.listenFor(this.audio.currentTime);
  }

  // A browser without a sound device (or Firefox where it may not play) stands still without a word.
  listenFor(began) {
    this.doubt = setTimeout(() => {
      const runs = this.audio.currentTime > began;
      this.say.textContent = runs ? "" : "The sound does not start: the browser has no device to play on, or may not use it.";
      if (!runs) this.listenFor(began);
    }, DOUBT);
  }

  pause() {
    if (this.playing) this.at = Math.max(this.now(), this.from);
    this.rest();
  }

  stop() {
    this.rest();
    this.at = this.span()?.[0] ?? 0;
    this.tell(null);
    this.draw();
  }

  rest() {
    clearInterval(this.timer);
    clearTimeout(this.doubt);
    this.playing = false;
    this.waiting = false;
    for (const source of this.struck) source.stop();
    this.struck.clear();
    if (this.data) this.draw();
  }

  go(at) {
    const playing = this.playing;
    if (playing) this.rest();
    this.at = at;
    this.shown = undefined;
    if (playing) this.start();
    else this.draw();
  }

  hurry() {
    if (this.playing) this.anchor();
    this.pace = this.seconds();
    this.tempo.textContent = `${Math.round(this.data.tempo * this.speed.value / 100)} bpm`;
    this.speed.setAttribute("aria-valuetext", `${this.speed.value} percent, ${this.tempo.textContent}`);
  }

  // From here on at another pace; what is scheduled already stays.
  anchor() {
    const time = this.audio.currentTime;
    const at = this.now();
    this.anchors = [[time, at], ...this.anchors.filter(([later]) => later > time)];
  }

  turn() {
    const span = this.span();
    if (this.playing) {
      if (span && (this.now() < span[0] || this.now() >= span[1])) this.go(span[0]);
    } else if (span) this.go(span[0]);
  }

  mute(name, toggle) {
    this.on[name] = !this.on[name];
    toggle.setAttribute("aria-pressed", this.on[name]);
    if (name !== "count") this.buses?.[name].gain.setTargetAtTime(this.on[name] ? 1 : 0, this.audio.currentTime, 0.01);
  }

  now() {
    const time = this.audio.currentTime;
    const [from, at] = this.anchors.findLast(([start]) => start <= time) ?? this.anchors[0];
    return at + (time - from) / this.pace;
  }

  schedule() {
    const until = this.audio.currentTime + (document.hidden ? AHEAD_HIDDEN : AHEAD);
    for (;;) {
      const [from, at] = this.anchors.at(-1);
      const span = this.span();
      const limit = span ? span[1] : this.data.length;
      const horizon = Math.min(at + (until - from) / this.pace, limit);
      const time = (place) => from + (place - at) * this.pace;
      if (horizon > this.cursor) {
        for (const part of ["chords", "bass", "drums"])
          for (const [start, length, pitch, velocity] of between(this.data.notes[part], Math.max(this.cursor, this.from), horizon))
            this.strike(part, pitch, velocity, time(start), length * this.pace, this.data.levels[part]);
        for (const [start, strong] of between(this.clicks, this.cursor, horizon))
          this.strike(start < this.from - 1e-6 ? "count" : "click", this.data.clicks[strong ? 0 : 1], strong ? 110 : 85, time(start), 1, 0.6);
        this.cursor = horizon;
      }
      if (horizon < limit || !span || this.cursor > limit) break;
      this.anchors = [...this.anchors.slice(-1), [time(limit), span[0]]];
      [this.cursor] = span;
      this.from = span[0];
    }
  }

  strike(part, pitch, velocity, time, length, level) {
    const keys = this.keys[part === "click" || part === "count" ? "drums" : part];
    const key = keys?.reduce((best, one) => (Math.abs(one.pitch - pitch) < Math.abs(best.pitch - pitch) ? one : best));
    if (!key) return;
    const { audio } = this;
    const [source, loud] = [audio.createBufferSource(), audio.createGain()];
    source.buffer = this.sounds;
    source.playbackRate.value = 2 ** ((pitch - key.pitch) / 12);
    loud.gain.value = level * (velocity / 127) ** 2;
    source.connect(loud).connect(part === "chords" ? this.side(pitch) : this.buses[part]);
    source.start(Math.max(time, audio.currentTime), key.start, key.length);
    if (key.release) {
      loud.gain.setTargetAtTime(0, time + length, key.release / FALL);
      source.stop(time + length + key.release * 0.6);
    }
    this.struck.add(source);
    source.onended = () => this.struck.delete(source);
  }

  side(pitch) {
    if (!this.sides.has(pitch)) {
      const panner = this.audio.createStereoPanner();
      panner.pan.value = Math.max(-1, Math.min(1, (pitch - 64) * this.data.width));
      panner.connect(this.buses.chords);
      this.sides.set(pitch, panner);
    }
    return this.sides.get(pitch);
  }

  // What is seen -------------------------------------------------------------------------------------
  frame() {
    if (!this.playing) return;
    const at = this.now();
    if (at >= this.data.length + 1 && !this.span()) { this.stop(); return; }
    this.draw(at);
    requestAnimationFrame(() => this.frame());
  }

  draw(at = this.playing ? this.now() : this.at) {
    const { data } = this;
    const counting = this.playing && at < this.from - 1e-6;
    const place = Math.max(0, Math.min(at, data.length));
    const index = last(data.struck, place);
    const bar = Math.floor((at - data.pickup) / data.bar + 1e-6) + 1;
    const section = data.sections[last(data.sections, place)];
    const beat = Math.floor((((at - data.pickup) % data.bar) + data.bar) % data.bar / data.pulse + 1e-6) + 1;
    const text = counting ? `Counting in: ${beat}` : `${bar < 1 ? "Pickup" : `Bar ${Math.min(bar, data.bars)} of ${data.bars}`} · ${section[2]}`;
    if (this.where.textContent !== text) {
      this.where.textContent = text;
      this.seek.setAttribute("aria-valuetext", text);
    }
    this.seek.value = place;
    const state = `${this.playing}${this.waiting}${index}${counting}`;
    if (state === this.shown) return;
    this.shown = state;
    const busy = this.playing || this.waiting;
    this.button.textContent = busy ? "❚❚" : "▶";
    this.button.setAttribute("aria-label", busy ? "Pause" : "Play");
    this.halt.disabled = !busy && this.at <= 0;
    this.box.dataset.state = this.playing ? "playing" : "still";
    const [now, next] = [data.struck[index], data.struck[index + 1]];
    this.current.textContent = counting ? "" : now?.[1] ?? "";
    this.following.textContent = counting ? `first ${now?.[1] ?? next?.[1] ?? ""}` : next ? `next ${next[1]}` : "";
    if (this.playing) this.tell(counting || !now ? null : { line: now[2], place: now[3], bar });
  }

  tell(detail) { window.dispatchEvent(new CustomEvent("lyriclab:sounding", { detail })); }
}

// The rows that begin in a span, of rows in order of their first value.
function* between(rows, start, end) {
  for (let at = first(rows, start); at < rows.length && rows[at][0] < end - 1e-9; at += 1) yield rows[at];
}

function first(rows, start) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle][0] < start - 1e-9) low = middle + 1; else high = middle;
  }
  return low;
}

const last = (rows, at) => first(rows, at + 1e-6) - 1;

export default function ({ data, parentElement, setTriggerValue }) {
  let player = players.get(parentElement);
  if (!player || !parentElement.contains(player.box)) {
    player?.leave();
    player = new Player(parentElement);
    players.set(parentElement, player);
  }
  player.take(data, setTriggerValue);
  return () => {
    if (player.box.isConnected) return;
    player.leave();
    players.delete(parentElement);
  };
}
