// Acts on their way. Each is kept with the lines that were on screen when it was made, is drawn as
// far as it is certain what comes of it, and is sent when the one before it is answered: then it is
// said of the lines as they are. One without an answer is asked for again; Python carries out each
// number once. If the song became another one on the way, Python does nothing and says so ("stale").
const PATIENCE = 8000; // milliseconds after which an answer is asked for again
const TRIES = 4; // of an act that came too late

const pending = {
  // `on` are the lines that the act speaks of, if they were drawn before those on screen now.
  ask(act, focus = null, on = this.data.lines) {
    clearTimeout(this.rest);
    this.pending = this.pending.filter((other) => other.act.act !== "look"); // nobody waits for that
    const now = actNow(on, this.data.lines, act);
    if (!now) { this.gone(); return; }
    const isLook = act.act === "look";
    const wanted = spotNow(on, this.data.lines, focus) ?? focus;
    const one = { act: now, on: this.data.lines, focus: wanted, number: 0, tries: 0, since: performance.now() };
    this.pending.push(one);
    if (!isLook) {
      const drawn = this.data.lines;
      this.redraw();
      if (foreseen(drawn, now)) this.board.dataset.foreseen = Math.round(performance.now() - one.since);
      if (focus && !this.open) this.go(this.element(wanted) ? wanted : this.focus);
    }
    one.moves = this.moves;
    this.send();
  },

  gone() {
    this.say.textContent = "What you chose is no longer there, so nothing was changed.";
    this.say.classList.add("bad");
  },

  send() {
    const [first] = this.pending;
    if (!first || first.number || !this.tell) return;
    this.asked = Math.max(this.asked, this.told.answered) + 1;
    Object.assign(first, { number: this.asked, revision: this.told.revision });
    this.tellOf(first);
  },

  tellOf(one) {
    const { seen, ...told } = one.act;
    this.tell("asked", { ...told, number: one.number, revision: one.revision });
    this.expect(one);
  },

  expect(one) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.pending[0] !== one) return;
      this.say.textContent = "No answer has come yet; it is asked for again.";
      this.tellOf(one);
    }, PATIENCE);
  },

  // The act that an answer is for, if there is one: it is under way no longer.
  answered({ answered, stale }) {
    const [first] = this.pending;
    if (!first?.number || answered < first.number) return null;
    clearTimeout(this.timer);
    if (stale && (first.tries += 1) < TRIES) first.number = 0;
    else this.pending.shift();
    return first;
  },

  // The lines as Python told them, with what is certain to come of the acts under way.
  foreseenLines() {
    let { lines } = this.told;
    for (const one of [...this.pending]) {
      const now = actNow(one.on, lines, one.act);
      if (!now && !one.number) {
        this.pending = this.pending.filter((other) => other !== one);
        this.gone();
        continue;
      }
      if (!one.number) Object.assign(one, { act: now, on: lines });
      lines = (now && foreseen(lines, now)) ?? lines;
    }
    return lines;
  },
};
