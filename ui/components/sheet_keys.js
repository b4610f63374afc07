// Where the keyboard is on the sheet, what its keys do, and which chords are selected.
const keys = {
  stops() { return [...this.sheet.querySelectorAll("button")]; },

  focused(element) {
    if (!this.going) this.moves += 1;
    this.sheet.querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", -1));
    element.setAttribute("tabindex", 0);
    this.focus = this.spotOf(element);
  },

  spotOf({ dataset: { line, chord, word, section } }) {
    if (chord !== undefined) return { line: +line, chord: +chord };
    if (word !== undefined) return { line: +line, word: +word };
    return section !== undefined ? { section: +section } : { line: +line, more: true };
  },

  element(at) {
    if (!at) return null;
    const find = (rest) => this.sheet.querySelector(rest);
    if (at.section !== undefined) return find(`[data-section="${at.section}"]`);
    if (at.more) return find(`[data-line="${at.line}"][data-more]`);
    if (at.chord !== undefined) {
      const found = find(`[data-line="${at.line}"][data-chord="${at.chord}"]`);
      if (found) return found;
    }
    const line = this.data.lines[at.line];
    if (!line) return this.stops()[0];
    const on = at.word === undefined ? -1 : line.chords.findLastIndex((chord) => chord.w === at.word);
    return find(`[data-line="${at.line}"][data-chord="${on}"]`) || find(`[data-line="${at.line}"][data-word="${at.word ?? 0}"]`);
  },

  go(at) {
    const element = this.element(at);
    if (!element || this.open) return;
    this.going = true; // not by the user
    element.focus({ preventScroll: false });
    this.going = false;
  },

  // Whether the keyboard is on the sheet or nowhere, so that nothing is taken from anybody.
  isFree() {
    const there = document.activeElement;
    return !this.open && (!there || there === document.body || this.sheet.contains(this.root.activeElement));
  },

  key(event) {
    const element = event.target.closest("button");
    if (!element) return;
    const { line, chord } = element.dataset;
    const onChord = chord !== undefined;
    const { key } = event;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    let done = true;
    if (event.altKey && onChord && (key === "ArrowLeft" || key === "ArrowRight")) this.shift(+line, +chord, key === "ArrowLeft" ? -1 : 1);
    else if (isPlain && (key === "ArrowLeft" || key === "ArrowRight")) this.step(element, key === "ArrowLeft" ? -1 : 1, event.shiftKey);
    else if (isPlain && (key === "ArrowUp" || key === "ArrowDown")) this.climb(element, key === "ArrowUp" ? -1 : 1);
    else if (isPlain && (key === "Home" || key === "End")) this.stops().at(key === "Home" ? 0 : -1)?.focus();
    else if (isPlain && key === "Enter") this.show(element);
    else if (isPlain && key === "Escape") { this.marked.clear(); this.count(); }
    else if (isPlain && (key === "Delete" || key === "Backspace") && this.marked.size > 1) this.many("delete");
    else if (isPlain && (key === "Delete" || key === "Backspace") && onChord) this.erase(+line, +chord);
    else if (isPlain && /^l$/i.test(key) && this.marked.size > 1) this.many("lock");
    else if (isPlain && /^l$/i.test(key) && onChord) this.lock(+line, +chord);
    else if (isPlain && /^[A-HNa-hiv1-7IV#b]$/.test(key) && element.dataset.section === undefined && element.dataset.more === undefined) this.show(element, key);
    else done = false;
    if (done) { event.preventDefault(); event.stopPropagation(); }
  },

  shortcut(event) {
    const target = event.composedPath()[0];
    if (!(event.ctrlKey || event.metaKey) || event.altKey || target.closest?.("input, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (!this.sheet.isConnected || !this.sheet.checkVisibility()) return;
    const act = key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : null;
    if (!act) return;
    event.preventDefault();
    this.close(false);
    this.ask({ act });
  },

  step(element, by, marks) {
    const stops = this.stops();
    let at = stops.indexOf(element) + by;
    if (marks) {
      if (element.dataset.chord !== undefined) this.mark(element, true);
      while (stops[at] && stops[at].dataset.chord === undefined) at += by;
      if (stops[at]) this.mark(stops[at], true);
    }
    stops[at]?.focus();
  },

  climb(element, by) {
    const here = element.getBoundingClientRect();
    const middle = (box) => box.left + box.width / 2;
    const rows = this.stops().filter((other) => {
      const box = other.getBoundingClientRect();
      return by < 0 ? box.bottom <= here.top + 3 : box.top >= here.bottom - 3;
    });
    const far = (other) => {
      const box = other.getBoundingClientRect();
      return Math.abs(box.top - here.top) * 3 + Math.abs(middle(box) - middle(here));
    };
    rows.sort((one, other) => far(one) - far(other))[0]?.focus();
  },

  mark(element, on) {
    const name = `${element.dataset.line}:${element.dataset.chord}`;
    if (on ?? !this.marked.has(name)) this.marked.add(name); else this.marked.delete(name);
    this.count();
  },

  markTo(element) {
    const chords = [...this.sheet.querySelectorAll(".chord")];
    const from = chords.indexOf(this.element(this.focus));
    const to = chords.indexOf(element);
    for (const chord of chords.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1)) this.mark(chord, true);
  },

  markLines(numbers, on) {
    this.close(true);
    for (const number of numbers.map((one) => lineNow(on, this.data.lines, one)))
      this.data.lines[number]?.chords.forEach((_, chord) => this.marked.add(`${number}:${chord}`));
    this.count();
  },

  // The song became another one: what was selected, and where the keyboard was, is found again.
  followMarks(before, after) {
    this.focus = spotNow(before, after, this.focus) ?? this.focus;
    const places = [...this.marked].map((name) => placeNow(before, after, name.split(":").map(Number)));
    this.marked = new Set(places.filter(Boolean).map((place) => place.join(":")));
  },

  count() {
    for (const name of [...this.marked]) {
      const [line, chord] = name.split(":").map(Number);
      if (!this.data.lines[line]?.chords[chord]) this.marked.delete(name);
    }
    for (const chord of this.sheet.querySelectorAll(".chord")) {
      const on = this.marked.has(`${chord.dataset.line}:${chord.dataset.chord}`);
      chord.classList.toggle("marked", on);
      if (on) chord.setAttribute("aria-pressed", "true"); else chord.removeAttribute("aria-pressed");
    }
    this.root.querySelector(".chosen").hidden = !this.marked.size;
    this.root.querySelector(".count").textContent = this.marked.size === 1 ? "1 chord:" : `${this.marked.size} chords:`;
  },

  many(what) {
    const places = [...this.marked].map((name) => name.split(":").map(Number));
    if (what === "none" || what === "delete") { this.marked.clear(); this.count(); }
    if (what === "none" || !places.length) return;
    const acts = { lock: { act: "lock" }, unlock: { act: "unlock" }, delete: { act: "delete" },
      up: { act: "transpose", semitones: 1 }, down: { act: "transpose", semitones: -1 } };
    this.ask({ ...acts[what], places });
  },
};
