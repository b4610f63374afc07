// The popover of a chord, a word, a line or a section: what it offers, and what it asks for.
const POLL = [60, 120, 250, 500]; // milliseconds between asking whether ranked chords are there

const menus = {
  close(back) {
    const was = this.open;
    clearTimeout(this.poll);
    this.open = null;
    this.pop.hidden = true;
    if (was && back) this.go(was.at);
  },

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
    this.anchor(element);
    const first = touched ? this.pop : this.pop.querySelector("input, select, button");
    first?.focus();
    if (typed && first) first.setSelectionRange(typed.length, typed.length);
    else first?.select?.();
    this.pop.scrollIntoView({ block: "nearest" });
  },

  anchor(element) {
    const [box, board] = [element.getBoundingClientRect(), this.board.getBoundingClientRect()];
    const left = Math.max(0, Math.min(box.left - board.left, board.width - this.pop.offsetWidth));
    this.pop.style.left = `${left}px`;
    this.pop.style.top = `${box.bottom - board.top + 4}px`;
  },

  fill(title, ...parts) {
    this.pop.setAttribute("aria-label", title);
    this.pop.replaceChildren(make("h4", {}, title), ...parts.filter(Boolean));
  },

  // What a menu asks for is said of the lines it was opened on: others may be there by then.
  chordMenu(at, typed) {
    const on = this.data.lines;
    const line = this.data.lines[at.line];
    const now = at.chord === undefined ? null : line.chords[at.chord];
    const word = now ? now.w : at.word;
    const where = line.words[word] ? `on “${line.words[word]}”` : "after the last word";
    const put = (symbol, seen) => {
      this.close(false);
      const act = now ? { act: "set", place: [at.line, at.chord], chord: symbol, seen } : { act: "add", line: at.line, word, chord: symbol, seen };
      this.ask(act, now ? at : { line: at.line, word }, on);
    };
    const input = make("input", { "aria-label": "Chord", value: typed || now?.s || "", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", placeholder: "Am7, F#m7b5, C/E, IV, 5 …" });
    const form = make("form", { onsubmit: (event) => { event.preventDefault(); if (input.value.trim()) put(input.value, typedChord(input.value, this.data)); } },
      input, make("button", { type: "submit" }, now ? "Change" : "Add"));
    this.choices = make("div", {});
    Object.assign(this.open, { wants: { line: at.line, word, asked: 0 }, put });
    const acts = make("div", { class: "row" });
    if (now) acts.append(
      button("♪ Hear", () => sound(now.n)),
      button(now.k ? "Unlock (L)" : "Lock (L)", () => { this.close(true); this.lock(at.line, at.chord, on); }),
      button("Delete", () => { this.close(false); this.erase(at.line, at.chord, on); }, { disabled: now.k }),
      button("Add another here", () => this.showWord(spotNow(on, this.data.lines, { line: at.line, word }))),
      button(this.marked.has(`${at.line}:${at.chord}`) ? "Unselect" : "Select", () => { this.close(true); this.mark(this.element(spotNow(on, this.data.lines, at))); }));
    if (now) acts.append(button("Another chord here", () => { this.close(true); this.ask({ act: "rewrite", place: [at.line, at.chord] }, null, on); },
      { disabled: now.k }));
    acts.append(button("Rewrite this line", () => this.rewrite([at.line], on)));
    this.fill(now ? `${now.t} · ${now.r} · ${where}${now.k ? " · locked" : ""}` : `Add a chord ${where}`, form, this.choices, acts);
    this.fillChoices();
    this.look();
  },

  look() {
    const { wants } = this.open;
    wants.of = this.told.revision;
    this.ask({ act: "look", line: wants.line, word: wants.word });
  },

  showWord(at) {
    this.close(false);
    const element = at && this.sheet.querySelector(`[data-line="${at.line}"][data-word="${at.word}"]`);
    if (element) this.show(element); else this.gone();
  },

  // The song became another one below an open menu: what was typed there stays.
  follow(before, after) {
    const { open } = this;
    if (!open) return;
    open.at = spotNow(before, after, open.at) ?? open.at;
    const element = this.element(open.at);
    if (element) this.anchor(element);
    if (!open.wants) return;
    const { line, word } = spotNow(before, after, { line: open.wants.line, word: open.wants.word }) ?? open.wants;
    Object.assign(open.wants, { line, word });
  },

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
        onclick: () => { if (this.hears()) sound(chord.n); const { p, ...seen } = chord; this.open.put(chord.s, seen); } },
        make("b", {}, chord.t), make("span", {}, chord.p ? `${chord.r} · ${chord.p}` : chord.r))))]));
  },

  hears() { return this.root.querySelector("[data-tool=hear]").checked; },

  rewrite(lines, on) {
    this.close(true);
    this.ask({ act: "rewrite", lines }, null, on);
  },

  lineMenu(number) {
    const on = this.data.lines;
    const line = on[number];
    const input = make("input", { "aria-label": "Words of the line", value: line.words.join(" "), autocomplete: "off" });
    const form = make("form", { onsubmit: (event) => { event.preventDefault(); this.close(false);
      this.ask({ act: "words", line: number, text: input.value }, { line: number, more: true }, on); } },
      input, make("button", { type: "submit" }, "Change"));
    const act = (text, ask, disabled = false, focus = { line: number, more: true }) =>
      button(text, () => { this.close(false); this.ask(ask, focus, on); }, { disabled });
    const last = on.length - 1;
    const added = make("input", { "aria-label": "Words of a new line", placeholder: "A new line below", autocomplete: "off" });
    const adding = make("form", { onsubmit: (event) => { event.preventDefault(); this.close(false);
      this.ask({ act: "insert", line: number + 1, text: added.value, new_section: fresh.checked }, { line: number + 1, more: true }, on); } },
      added, make("button", { type: "submit" }, "Add"));
    const fresh = make("input", { type: "checkbox" });
    const acts = make("div", { class: "row" },
      line.words.length ? button("Rewrite this line", () => this.rewrite([number], on)) : "",
      act("Move up", { act: "shift", line: number, to: number - 1 }, number === 0, { line: number - 1, more: true }),
      act("Move down", { act: "shift", line: number, to: number + 1 }, number === last, { line: number + 1, more: true }),
      act("Delete line", { act: "remove", line: number }, last === 0, { line: Math.max(number - 1, 0), more: true }),
      button("Select its chords", () => this.markLines([number], on)));
    this.fill(`Line ${number + 1}`, form, make("small", {}, "Chords stay with their words."), acts, make("small", {}, ""), adding,
      make("small", {}, make("label", {}, fresh, " as a section of its own")));
  },

  sectionMenu(section) {
    const { sections, kinds, lines } = this.data;
    const own = lines.flatMap((line, number) => (line.stanza === section ? [number] : []));
    const kind = make("select", { "aria-label": "Heading", onchange: () => { this.close(false);
      this.ask({ act: "heading", section, kind: kind.value || null }, { section }, lines); } },
      ...["", ...kinds].map((name) => make("option", { value: name, selected: name === (lines[own[0]].section ?? "") }, name || "no heading")));
    const others = sections.map((name, number) => [name, number]).filter(([, number]) => number !== section);
    const like = make("select", { "aria-label": "Make it sound like", onchange: () => { if (!like.value) return; this.close(false);
      this.ask({ act: "like", section, model: +like.value }, { section }, lines); } },
      make("option", { value: "" }, "Make it like …"), ...others.map(([name, number]) => make("option", { value: number }, name)));
    const acts = make("div", { class: "row" }, kind, others.length ? like : "",
      button("Rewrite this section", () => this.rewrite(own.filter((number) => lines[number].words.length), lines)),
      button("Select its chords", () => this.markLines(own, lines)));
    this.fill(sections[section], acts, make("small", {}, "Locked chords stay as they are."));
  },
};
