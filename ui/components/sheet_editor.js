// The lead sheet one can edit. It only says what was asked ("asked" below) and draws what Python
// answers; every change of the song is made there. What is certain to come of an act is drawn at
// once (sheet_foreseen.js) and drawn anew when the answer is there. One act is on its way at a time:
// the next waits for the answer, so that it speaks of the song as it stands then.
const editors = new WeakMap();
const PATIENCE = 8000; // milliseconds after which a lost answer is waited for no longer
const REST = 500; // milliseconds without an act after which the rest of the page follows an edit

// Which words stand together below a chord: itself and, where it is wider, those behind it that have
// none, so that a wide chord over a short word leaves no gap. The place after the last word is alone.
function places({ words, chords }) {
  const has = (word) => chords.some((chord) => chord.w === word);
  const groups = [];
  let room = 0; // letters by which the chords are wider than the words below them
  words.forEach((word, index) => {
    if (has(index) || room <= 0) {
      groups.push([index]);
      room = chords.filter((chord) => chord.w === index).reduce((sum, chord) => sum + chord.t.length + 1.5, 0);
    } else groups.at(-1).push(index);
    room -= word.length + 1;
  });
  return [...groups, [words.length]];
}

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

  // What goes to Python and comes back ---------------------------------------------------------------
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
    const groups = places(line).map((words) => {
      const chords = make("span", { class: "ll-chords" });
      line.chords.forEach((chord, at) => {
        if (!words.includes(chord.w)) return;
        const where = line.words[chord.w] ? `on ${line.words[chord.w]}` : "after the last word";
        chords.append(make("button", { type: "button", class: `chord${chord.k ? " locked" : ""}${chord.typed ? " typed" : ""}`, tabindex: -1,
          "data-line": number, "data-chord": at, "aria-label": `${chord.s}, ${chord.r}, ${where}${chord.k ? ", locked" : ""}` },
          make("b", {}, chord.t)));
      });
      const below = words.map((index) => {
        const word = line.words[index];
        return make("button", { type: "button", tabindex: -1, class: word ? "ll-word" : "ll-word end", "data-line": number, "data-word": index,
          "aria-label": word ? `${word}: add a chord` : "after the last word: add a chord" }, word || "+");
      });
      const isTail = words[0] === line.words.length && !chords.childElementCount;
      return make("span", { class: isTail ? "ll-group tail" : "ll-group" }, chords, make("span", { class: "ll-words" }, ...below));
    });
    const more = make("button", { type: "button", class: "more", tabindex: -1, "data-line": number, "data-more": "",
      "aria-label": `Line ${number + 1}: menu` });
    place.replaceChildren(...groups, more);
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
}
Object.assign(Editor.prototype, keys, pointer, menus);

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
