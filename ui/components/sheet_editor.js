// The lead sheet one can edit. It only says what was asked ("asked" below) and draws what Python
// answers; every change of the song is made there. What is certain to come of an act is drawn at
// once ("foreseen" below) and drawn anew when the answer is there. One act is on its way at a time:
// the next waits for the answer, so that it speaks of the song as it stands then.
const editors = new WeakMap();
const PATIENCE = 8000; // milliseconds after which a lost answer is waited for no longer
const REST = 500; // milliseconds without an act after which the rest of the page follows an edit
const POLL = [60, 120, 250, 500]; // milliseconds between asking whether ranked chords are there

class Editor {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { sheet: find(".ll-sheet"), pop: find(".pop"), say: find(".say"), board: find(".board") });
    this.data = { lines: [], sections: [] };
    this.drawn = []; // for each line: what it was drawn from, and its element
    this.marked = new Set(); // "line:number" of the chords that are selected
    this.queue = [];
    this.waiting = null;
    this.asked = 0;
    this.open = null; // what the popover speaks of
    this.focus = null; // where the keyboard is: {line, chord} or {line, word}
    this.sheet.addEventListener("click", (event) => this.clicked(event));
    this.sheet.addEventListener("pointerdown", (event) => this.pressed(event));
    this.sheet.addEventListener("focusin", (event) => this.focused(event.target));
    this.sheet.addEventListener("keydown", (event) => this.key(event));
    this.pop.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); this.close(true); }
    });
    for (const tool of root.querySelectorAll("[data-tool=undo], [data-tool=redo]"))
      tool.onclick = () => this.ask(() => ({ act: tool.dataset.tool }));
    for (const tool of root.querySelectorAll("[data-many]")) tool.onclick = () => this.many(tool.dataset.many);
    this.everywhere = (event) => this.shortcut(event);
    this.outside = (event) => { if (this.open && !event.composedPath().includes(this.board)) this.close(false); };
    this.sounding = ({ detail }) => {
      this.sheet.querySelector(".sounding")?.classList.remove("sounding");
      if (detail) this.sheet.querySelector(`[data-line="${detail.line}"][data-chord="${detail.place}"]`)?.classList.add("sounding");
    };
    window.addEventListener("lyriclab:sounding", this.sounding);
    document.addEventListener("keydown", this.everywhere);
    document.addEventListener("pointerdown", this.outside);
  }

  leave() {
    window.removeEventListener("lyriclab:sounding", this.sounding);
    document.removeEventListener("keydown", this.everywhere);
    document.removeEventListener("pointerdown", this.outside);
    for (const timer of [this.timer, this.rest, this.poll]) clearTimeout(timer);
  }

  // What goes to Python and comes back -----------------------------------------------------------
  ask(make, focus = null, looks = false) {
    this.queue = this.queue.filter((other) => !other.looks); // nobody waits for what is likely
    this.queue.push({ make, focus, looks });
    clearTimeout(this.rest);
    if (this.waiting?.looks && !looks) this.waiting = null; // an act does not wait for it either
    this.next();
  }

  next() {
    if (this.waiting || !this.queue.length) return;
    const { make, focus, looks } = this.queue.shift();
    const act = make();
    if (!act) { this.next(); return; }
    this.asked = Math.max(this.asked, this.data.answered) + 1;
    this.waiting = { number: this.asked, focus, looks, since: performance.now() };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lost(), PATIENCE);
    const { seen, ...told } = act;
    this.tell("asked", { ...told, number: this.asked });
    const lines = foreseen(this.data.lines, act);
    if (!lines) return;
    this.put({ ...this.data, lines }, focus);
    this.board.dataset.foreseen = Math.round(performance.now() - this.waiting.since);
  }

  // Draw a song, and keep the keyboard where it is or put it where it is wanted.
  put(data, focus) {
    this.data = data;
    const had = this.sheet.contains(this.root.activeElement);
    this.draw();
    this.count();
    if (focus) this.go(focus);
    else if (had && !this.sheet.contains(this.root.activeElement)) this.go(this.focus);
  }

  take(data, tell) {
    const before = this.told;
    this.told = data; // the truth, whatever is foreseen
    this.tell = tell;
    const answered = this.waiting && data.answered >= this.waiting.number;
    this.root.querySelector("[data-tool=undo]").disabled = !data.undo;
    this.root.querySelector("[data-tool=redo]").disabled = !data.redo;
    this.sheet.classList.toggle("busy", data.busy);
    if (!before || answered || before.message !== data.message) {
      this.say.textContent = data.message || "";
      this.say.classList.toggle("bad", Boolean(data.bad));
    }
    if (answered) {
      clearTimeout(this.timer);
      const { focus, since } = this.waiting;
      this.waiting = null;
      this.put(data, data.bad ? null : focus);
      this.board.dataset.milliseconds = Math.round(performance.now() - since);
      this.next();
    } else if (this.waiting) this.data = { ...data, lines: this.data.lines, sections: this.data.sections };
    else this.put(data);
    if (this.open?.wants) this.fillChoices();
    clearTimeout(this.rest);
    if (data.behind) this.rest = setTimeout(() => this.rests(), REST);
  }

  // The rest of the page is drawn when no act is under way, so that none has to wait for it.
  rests() {
    if (this.waiting || this.queue.length) this.rest = setTimeout(() => this.rests(), REST);
    else this.tell("rests", performance.now());
  }

  lost() {
    this.waiting = null;
    this.put(this.told);
    this.next();
  }

  // Drawing ---------------------------------------------------------------------------------------
  draw() {
    const { lines, sections } = this.data;
    const shape = JSON.stringify([lines.map((line) => line.stanza), sections]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.drawn = [];
      this.sheet.replaceChildren();
      let stanza = null;
      lines.forEach((line, number) => {
        if (stanza === null || stanza.number !== line.stanza) {
          const box = make("div", { class: "ll-stanza" });
          box.append(make("button", { type: "button", class: "ll-section", "data-section": line.stanza, tabindex: -1,
            "aria-label": `${sections[line.stanza]}: section menu` }, sections[line.stanza]));
          this.sheet.append(box);
          stanza = { number: line.stanza, box };
        }
        const place = make("div", { class: "ll-line" });
        stanza.box.append(place);
        this.drawn[number] = { text: "", element: place };
      });
    }
    lines.forEach((line, number) => {
      const text = JSON.stringify(line);
      if (this.drawn[number].text === text) return;
      this.drawn[number].text = text;
      this.drawLine(line, number, this.drawn[number].element);
    });
    if (!this.sheet.querySelector('[tabindex="0"]')) this.stops()[0]?.setAttribute("tabindex", 0);
  }

  drawLine(line, number, place) {
    const groups = line.words.concat([""]).map((word, index) => {
      const chords = make("span", { class: "ll-chords" });
      line.chords.forEach((chord, at) => {
        if (chord.w !== index) return;
        const where = word ? `on ${word}` : "after the last word";
        chords.append(make("button", { type: "button", class: `chord${chord.k ? " locked" : ""}`, tabindex: -1,
          "data-line": number, "data-chord": at, "aria-label": `${chord.s}, ${chord.r}, ${where}${chord.k ? ", locked" : ""}` },
          make("b", {}, chord.t)));
      });
      return make("span", { class: word || chords.childElementCount ? "ll-group" : "ll-group tail" }, chords, make("button", { type: "button", tabindex: -1,
        class: word ? "ll-word" : "ll-word end", "data-line": number, "data-word": index,
        "aria-label": word ? `${word}: add a chord` : "after the last word: add a chord" }, word || "+"));
    });
    const more = make("button", { type: "button", class: "more", tabindex: -1, "data-line": number, "data-more": "",
      "aria-label": `Line ${number + 1}: menu` });
    place.replaceChildren(...groups, more);
  }

  // Focus and keys --------------------------------------------------------------------------------
  stops() { return [...this.sheet.querySelectorAll("button")]; }

  focused(element) {
    const { line, chord, word, section } = element.dataset;
    this.sheet.querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", -1));
    element.setAttribute("tabindex", 0);
    if (chord !== undefined) this.focus = { line: +line, chord: +chord };
    else if (word !== undefined) this.focus = { line: +line, word: +word };
    else if (section !== undefined) this.focus = { section: +section };
    else this.focus = { line: +line, more: true };
  }

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
  }

  go(at) {
    const element = this.element(at);
    if (element && !this.open) element.focus({ preventScroll: false });
  }

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
  }

  shortcut(event) {
    const target = event.composedPath()[0];
    if (!(event.ctrlKey || event.metaKey) || event.altKey || target.closest?.("input, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (!this.sheet.isConnected || !this.sheet.checkVisibility()) return;
    const act = key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : null;
    if (!act) return;
    event.preventDefault();
    this.close(false);
    this.ask(() => ({ act }));
  }

  step(element, by, marks) {
    const stops = this.stops();
    let at = stops.indexOf(element) + by;
    if (marks) {
      if (element.dataset.chord !== undefined) this.mark(element, true);
      while (stops[at] && stops[at].dataset.chord === undefined) at += by;
      if (stops[at]) this.mark(stops[at], true);
    }
    stops[at]?.focus();
  }

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
  }

  // Selecting several -----------------------------------------------------------------------------
  mark(element, on) {
    const name = `${element.dataset.line}:${element.dataset.chord}`;
    if (on ?? !this.marked.has(name)) this.marked.add(name); else this.marked.delete(name);
    this.count();
  }

  markTo(element) {
    const chords = [...this.sheet.querySelectorAll(".chord")];
    const from = chords.indexOf(this.element(this.focus));
    const to = chords.indexOf(element);
    for (const chord of chords.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1)) this.mark(chord, true);
  }

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
  }

  many(what) {
    const places = [...this.marked].map((name) => name.split(":").map(Number));
    if (what === "none" || what === "delete") { this.marked.clear(); this.count(); }
    if (what === "none" || !places.length) return;
    const acts = { lock: { act: "lock" }, unlock: { act: "unlock" }, delete: { act: "delete" },
      up: { act: "transpose", semitones: 1 }, down: { act: "transpose", semitones: -1 } };
    this.ask(() => ({ ...acts[what], places }));
  }

  // Acts on one chord -----------------------------------------------------------------------------
  erase(line, chord) {
    const word = this.data.lines[line]?.chords[chord]?.w;
    this.ask(() => ({ act: "delete", places: [[line, chord]] }), { line, word });
  }

  lock(line, chord) {
    this.ask(() => {
      const now = this.data.lines[line]?.chords[chord];
      return now && { act: now.k ? "unlock" : "lock", places: [[line, chord]] };
    }, { line, chord });
  }

  move(line, chord, to, word) {
    this.ask(() => ({ act: "move", place: [line, chord], line: to, word }), { line: to, word });
  }

  shift(line, chord, by) {
    const now = this.data.lines[line].chords[chord];
    const word = now.w + by;
    const last = this.data.lines[line].words.length;
    if (word < 0 || word > last) {
      const other = this.data.lines[line + by];
      if (other) this.move(line, chord, line + by, by < 0 ? Math.max(other.words.length - 1, 0) : 0);
    } else this.move(line, chord, line, word);
  }

  // Pointer: click, and drag from a chord to a word -------------------------------------------------
  clicked(event) {
    const element = event.target.closest("button");
    if (!element || this.dragged) return;
    const isChord = element.dataset.chord !== undefined;
    if (isChord && event.shiftKey) { this.markTo(element); return; }
    if (isChord && (event.ctrlKey || event.metaKey)) { this.mark(element); return; }
    this.show(element, "", event.pointerType === "touch");
    if (isChord && this.hears())
      sound(this.data.lines[element.dataset.line].chords[element.dataset.chord].n);
  }

  pressed(event) {
    this.dragged = false;
    const chord = event.target.closest(".chord");
    if (!chord || event.button || event.shiftKey || event.ctrlKey || event.metaKey) return;
    const from = [event.clientX, event.clientY];
    const { line, chord: number } = chord.dataset;
    let ghost = null;
    let target = null;
    const moved = (next) => {
      if (!ghost && Math.hypot(next.clientX - from[0], next.clientY - from[1]) < 6) return;
      if (!ghost) {
        this.close(false);
        ghost = make("span", { class: "ghost" }, chord.textContent);
        this.board.append(ghost);
        this.dragged = true;
      }
      ghost.style.left = `${next.clientX + 8}px`;
      ghost.style.top = `${next.clientY - 30}px`;
      target?.classList.remove("target");
      const group = this.root.elementFromPoint(next.clientX, next.clientY)?.closest?.(".ll-group");
      target = group?.querySelector(".ll-word") ?? null;
      target?.classList.add("target");
    };
    const ended = (last) => {
      for (const [name, act] of listeners) window.removeEventListener(name, act);
      ghost?.remove();
      target?.classList.remove("target");
      if (target && last.type === "pointerup") this.move(+line, +number, +target.dataset.line, +target.dataset.word);
      setTimeout(() => { this.dragged = false; }, 0);
    };
    const listeners = [["pointermove", moved], ["pointerup", ended], ["pointercancel", ended]];
    for (const [name, act] of listeners) window.addEventListener(name, act);
  }

  // The popover -----------------------------------------------------------------------------------
  close(back) {
    const was = this.open;
    clearTimeout(this.poll);
    this.open = null;
    this.pop.hidden = true;
    if (was && back) this.go(was.at);
  }

  // A finger does not want the keyboard of the screen before it has seen what there is.
  show(element, typed = "", touched = false) {
    this.focused(element);
    const at = this.focus;
    if (this.data.busy) { this.say.textContent = "Chords are being written; wait for them or cancel."; return; }
    this.open = { at };
    if (at.section !== undefined) this.sectionMenu(at.section);
    else if (at.more) this.lineMenu(at.line);
    else this.chordMenu(at, typed);
    this.pop.hidden = false;
    const [box, board] = [element.getBoundingClientRect(), this.board.getBoundingClientRect()];
    const left = Math.max(0, Math.min(box.left - board.left, board.width - this.pop.offsetWidth));
    this.pop.style.left = `${left}px`;
    this.pop.style.top = `${box.bottom - board.top + 4}px`;
    const first = touched ? this.pop : this.pop.querySelector("input, select, button");
    first?.focus();
    if (typed && first) first.setSelectionRange(typed.length, typed.length);
    else first?.select?.();
    this.pop.scrollIntoView({ block: "nearest" });
  }

  fill(title, ...parts) {
    this.pop.setAttribute("aria-label", title);
    this.pop.replaceChildren(make("h4", {}, title), ...parts.filter(Boolean));
  }

  chordMenu(at, typed) {
    const line = this.data.lines[at.line];
    const now = at.chord === undefined ? null : line.chords[at.chord];
    const word = now ? now.w : at.word;
    const where = line.words[word] ? `on “${line.words[word]}”` : "after the last word";
    const put = (symbol, seen) => {
      this.close(false);
      const act = now ? { act: "set", place: [at.line, at.chord], chord: symbol, seen } : { act: "add", line: at.line, word, chord: symbol, seen };
      this.ask(() => act, now ? at : { line: at.line, word });
    };
    const input = make("input", { "aria-label": "Chord", value: typed || now?.s || "", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", placeholder: "Am7, F#m7b5, C/E, IV, 5 …" });
    const form = make("form", { onsubmit: (event) => { event.preventDefault(); if (input.value.trim()) put(input.value); } },
      input, make("button", { type: "submit" }, now ? "Change" : "Add"));
    this.choices = make("div", {});
    Object.assign(this.open, { wants: { line: at.line, word, asked: 0 }, put });
    const acts = make("div", { class: "row" });
    if (now) acts.append(
      button("♪ Hear", () => sound(now.n)),
      button(now.k ? "Unlock (L)" : "Lock (L)", () => { this.close(true); this.lock(at.line, at.chord); }),
      button("Delete", () => { this.close(false); this.erase(at.line, at.chord); }, { disabled: now.k }),
      button("Add another here", () => { this.focus = { line: at.line, word }; this.showWord(at.line, word); }),
      button(this.marked.has(`${at.line}:${at.chord}`) ? "Unselect" : "Select", () => { this.close(true); this.mark(this.element(at)); }));
    if (now) acts.append(button("Another chord here", () => { this.close(true); this.ask(() => ({ act: "rewrite", place: [at.line, at.chord] })); },
      { disabled: now.k }));
    acts.append(button("Rewrite this line", () => this.rewrite([at.line])));
    this.fill(now ? `${now.t} · ${now.r} · ${where}${now.k ? " · locked" : ""}` : `Add a chord ${where}`, form, this.choices, acts);
    this.fillChoices();
    this.look();
  }

  look() {
    const { line, word } = this.open.wants;
    this.ask(() => ({ act: "look", line, word }), null, true);
  }

  showWord(line, word) {
    this.close(false);
    this.show(this.sheet.querySelector(`[data-line="${line}"][data-word="${word}"]`));
  }

  fillChoices() {
    const { wants } = this.open;
    const { ranked } = this.data;
    const fits = ranked && ranked.line === wants.line && ranked.word === wants.word;
    clearTimeout(this.poll);
    if (fits && ranked.waits) this.poll = setTimeout(() => this.look(), POLL[Math.min(wants.asked++, POLL.length - 1)]);
    const likely = !fits ? { title: "Weighing what fits here …", chords: [] } : ranked.chords
      ? { title: "Likely here, by what the song does before and behind", chords: ranked.chords }
      : { title: ranked.waits ?? ranked.failed, chords: [] };
    const all = [likely, ...this.data.choices];
    const text = JSON.stringify(all);
    if (this.choices.dataset.drawn === text) return;
    this.choices.dataset.drawn = text;
    this.choices.replaceChildren(...all.flatMap(({ title, chords }) => [make("small", {}, title),
      make("div", { class: "row" }, ...chords.map((chord) => make("button", { type: "button", class: "pick",
        "aria-label": `${chord.s}, ${chord.r}${chord.p ? `, ${chord.p} likely` : ""}`,
        onclick: () => { if (this.hears()) sound(chord.n); const { p, ...seen } = chord; this.open.put(chord.s, seen); } },
        make("b", {}, chord.t), make("span", {}, chord.p ? `${chord.r} · ${chord.p}` : chord.r))))]));
  }

  hears() { return this.root.querySelector("[data-tool=hear]").checked; }

  rewrite(lines) {
    this.close(true);
    this.ask(() => ({ act: "rewrite", lines }));
  }

  lineMenu(number) {
    const line = this.data.lines[number];
    const input = make("input", { "aria-label": "Words of the line", value: line.words.join(" "), autocomplete: "off" });
    const form = make("form", { onsubmit: (event) => { event.preventDefault(); this.close(false);
      this.ask(() => ({ act: "words", line: number, text: input.value }), { line: number, more: true }); } },
      input, make("button", { type: "submit" }, "Change"));
    const act = (text, ask, disabled = false, focus = { line: number, more: true }) =>
      button(text, () => { this.close(false); this.ask(() => ask, focus); }, { disabled });
    const last = this.data.lines.length - 1;
    const added = make("input", { "aria-label": "Words of a new line", placeholder: "A new line below", autocomplete: "off" });
    const adding = make("form", { onsubmit: (event) => { event.preventDefault(); this.close(false);
      this.ask(() => ({ act: "insert", line: number + 1, text: added.value, new_section: fresh.checked }), { line: number + 1, more: true }); } },
      added, make("button", { type: "submit" }, "Add"));
    const fresh = make("input", { type: "checkbox" });
    const acts = make("div", { class: "row" },
      line.words.length ? button("Rewrite this line", () => this.rewrite([number])) : "",
      act("Move up", { act: "shift", line: number, to: number - 1 }, number === 0, { line: number - 1, more: true }),
      act("Move down", { act: "shift", line: number, to: number + 1 }, number === last, { line: number + 1, more: true }),
      act("Delete line", { act: "remove", line: number }, last === 0, { line: Math.max(number - 1, 0), more: true }),
      button("Select its chords", () => { this.close(true); line.chords.forEach((_, at) => this.mark(this.element({ line: number, chord: at }), true)); }));
    this.fill(`Line ${number + 1}`, form, make("small", {}, "Chords stay with their words."), acts, make("small", {}, ""), adding,
      make("small", {}, make("label", {}, fresh, " as a section of its own")));
  }

  sectionMenu(section) {
    const { sections, kinds, lines } = this.data;
    const own = lines.flatMap((line, number) => (line.stanza === section ? [number] : []));
    const kind = make("select", { "aria-label": "Heading", onchange: () => { this.close(false);
      this.ask(() => ({ act: "heading", section, kind: kind.value || null }), { section }); } },
      ...["", ...kinds].map((name) => make("option", { value: name, selected: name === (lines[own[0]].section ?? "") }, name || "no heading")));
    const others = sections.map((name, number) => [name, number]).filter(([, number]) => number !== section);
    const like = make("select", { "aria-label": "Make it sound like", onchange: () => { if (!like.value) return; this.close(false);
      this.ask(() => ({ act: "like", section, model: +like.value }), { section }); } },
      make("option", { value: "" }, "Make it like …"), ...others.map(([name, number]) => make("option", { value: number }, name)));
    const acts = make("div", { class: "row" }, kind, others.length ? like : "",
      button("Rewrite this section", () => this.rewrite(own.filter((number) => lines[number].words.length))),
      button("Select its chords", () => { this.close(true);
        for (const number of own) lines[number].chords.forEach((_, at) => this.mark(this.element({ line: number, chord: at }), true)); }));
    this.fill(sections[section], acts, make("small", {}, "Locked chords stay as they are."));
  }
}

// The lines as they will be after an act, where that is certain without knowing music; else null.
// A locked chord is left to Python, which says why it stays.
function foreseen(lines, act) {
  const places = act.places ?? (act.place ? [act.place] : []);
  const at = ([line, number]) => lines[line]?.chords[number];
  if (!places.every(at)) return null;
  const after = [...lines];
  const change = (number, chords) => { after[number] = { ...after[number], chords }; };
  const isLocking = act.act === "lock" || act.act === "unlock";
  if (!isLocking && places.some((place) => at(place).k)) return null;
  const gone = () => {
    for (const line of new Set(places.map(([line]) => line)))
      change(line, lines[line].chords.filter((_, number) => !places.some((place) => place[0] === line && place[1] === number)));
    return after.every((line) => line.words.length || line.chords.length);
  };
  const land = (line, chord, before) => {
    const { chords } = after[line];
    const index = chords.filter((other) => other.w < chord.w + (before ? 0 : 1)).length;
    change(line, [...chords.slice(0, index), chord, ...chords.slice(index)]);
    return after;
  };
  if (isLocking) {
    for (const [line, number] of places)
      change(line, after[line].chords.map((chord, other) => (other === number ? { ...chord, k: act.act === "lock" } : chord)));
    return after;
  }
  if (act.act === "delete") return gone() ? after : null;
  if (act.act === "move") {
    const [line, number] = act.place;
    const chord = lines[line].chords[number];
    if ((line === act.line && chord.w === act.word) || !gone()) return null;
    return land(act.line, { ...chord, w: act.word }, line === act.line ? act.word > chord.w : line < act.line);
  }
  if (act.act === "add" && act.seen) return land(act.line, { ...act.seen, w: act.word, k: false }, false);
  if (act.act === "set" && act.seen) {
    const [line, number] = act.place;
    change(line, lines[line].chords.map((chord, other) => (other === number ? { ...act.seen, w: chord.w, k: false } : chord)));
    return after;
  }
  return null;
}

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

export default function ({ data, parentElement, setTriggerValue }) {
  let editor = editors.get(parentElement);
  if (!editor || !parentElement.contains(editor.sheet)) {
    editor?.leave();
    editor = new Editor(parentElement);
    editors.set(parentElement, editor);
  }
  editor.take(data, setTriggerValue);
  return () => {
    if (editor.sheet.isConnected) return;
    editor.leave();
    editors.delete(parentElement);
  };
}
