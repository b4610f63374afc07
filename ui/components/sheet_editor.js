// The lead sheet one can edit. It only says what was asked ("asked" below) and draws what Python
// answers; every change of the song is made there. What is certain to come of an act is drawn at
// once (sheet_foreseen.js) and drawn anew when the answer is there (sheet_pending.js).
const REST = 500; // milliseconds without an act after which the rest of the page follows an edit
const AWAY = 2000; // milliseconds after which an open menu is not brought back with the sheet

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

const PARTS = [".tools", ".say", ".board"];

class Editor {
  constructor(root) {
    this.root = root;
    this.parts = PARTS.map((part) => root.querySelector(part));
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { sheet: find(".ll-sheet"), pop: find(".pop"), say: find(".say"), board: find(".board") });
    this.data = this.told = { lines: [], sections: [] };
    this.drawn = []; // for each line: what it was drawn from, and its element
    this.marked = new Set(); // "line:number" of the chords that are selected
    this.pending = []; // acts on their way, the first perhaps sent
    this.asked = 0; // the number of the act sent last
    this.moves = 0; // how often the user has put the keyboard elsewhere
    this.open = null; // what the popover speaks of
    this.focus = null; // where the keyboard is: {line, chord} or {line, word}
    this.held = null; // the element that has the keyboard, also while it is taken out of the page
    this.sheet.addEventListener("click", (event) => this.clicked(event));
    this.sheet.addEventListener("pointerdown", (event) => this.pressed(event));
    this.sheet.addEventListener("focusin", (event) => this.focused(event.target));
    this.sheet.addEventListener("keydown", (event) => this.key(event));
    this.pop.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); this.close(true); }
    });
    for (const tool of root.querySelectorAll("[data-tool=undo], [data-tool=redo]"))
      tool.onclick = () => this.ask({ act: tool.dataset.tool });
    for (const tool of root.querySelectorAll("[data-many]")) tool.onclick = () => this.many(tool.dataset.many);
    this.everywhere = (event) => this.shortcut(event);
    this.outside = (event) => { if (this.open && !event.composedPath().includes(this.board)) this.close(false); };
    this.sounding = ({ detail }) => {
      this.sheet.querySelector(".sounding")?.classList.remove("sounding");
      if (detail) this.sheet.querySelector(`[data-line="${detail.line}"][data-chord="${detail.place}"]`)?.classList.add("sounding");
    };
    this.holding = (event) => {
      const [element] = event.composedPath();
      this.held = this.parts.some((part) => part.contains(element)) ? element : null;
    };
    this.listen(true);
  }

  listen(begins) {
    const act = begins ? "addEventListener" : "removeEventListener";
    window[act]("lyriclab:sounding", this.sounding);
    document[act]("keydown", this.everywhere);
    document[act]("pointerdown", this.outside);
    document[act]("focusin", this.holding);
  }

  leave() {
    this.listen(false);
    this.left = performance.now();
    for (const timer of [this.timer, this.rest, this.poll]) clearTimeout(timer);
  }

  // Streamlit mounted the sheet anew (something else came to stand above it, say): what was drawn
  // moves there, with the acts on their way, the open menu and what was typed there.
  moveTo(root) {
    const { held } = this;
    PARTS.forEach((part, index) => root.querySelector(part).replaceWith(this.parts[index]));
    this.root = root;
    this.listen(true); // a listener that is there already is not added again
    if (this.open && performance.now() - (this.left ?? Infinity) > AWAY) this.close(false);
    this.left = undefined;
    if (this.pending[0]?.number) this.expect(this.pending[0]);
    if (!held || (document.activeElement && document.activeElement !== document.body)) return;
    if (this.open && this.pop.contains(held)) held.focus(); else this.go(this.focus);
  }

  // What Python tells -------------------------------------------------------------------------------
  take(data, tell) {
    const before = this.tell ? this.told : null;
    this.told = data; // the truth, whatever is foreseen
    this.tell = tell;
    const done = this.answered(data);
    this.root.querySelector("[data-tool=undo]").disabled = !data.undo;
    this.root.querySelector("[data-tool=redo]").disabled = !data.redo;
    this.sheet.classList.toggle("busy", data.busy);
    if (!before || done || before.message !== data.message) {
      this.say.textContent = data.message || "";
      this.say.classList.toggle("bad", Boolean(data.bad));
    }
    this.redraw();
    if (done?.number) this.arrived(done);
    this.send();
    if (this.open?.wants) {
      this.fillChoices();
      if (!data.ranked && this.open.wants.of !== data.revision && !this.pending.length) this.look();
    }
    clearTimeout(this.rest);
    if (data.behind) this.rest = setTimeout(() => this.rests(), REST);
  }

  // The keyboard goes where an act wants it, unless the user has put it elsewhere meanwhile; a chord
  // that could not be read is offered again as it was typed.
  arrived({ act, focus, moves, since }) {
    this.board.dataset.milliseconds = Math.round(performance.now() - since);
    if (moves !== this.moves || !this.isFree()) return;
    if (!this.told.bad) { if (focus) this.go(focus); return; }
    const element = act.seen?.typed && this.element(focus);
    if (element) this.show(element, act.chord);
  }

  // Draw the song as it is known, and keep the keyboard where it is.
  redraw() {
    const before = this.data.lines;
    this.data = { ...this.told, lines: this.foreseenLines() };
    const had = this.sheet.contains(this.root.activeElement);
    this.followMarks(before, this.data.lines);
    this.draw();
    this.count();
    this.follow(before, this.data.lines);
    if (had && !this.sheet.contains(this.root.activeElement)) this.go(this.focus);
  }

  // The rest of the page is drawn when no act is under way, so that none has to wait for it.
  rests() {
    if (this.pending.length) this.rest = setTimeout(() => this.rests(), REST);
    else this.tell("rests", performance.now());
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
          "data-line": number, "data-chord": at, "aria-label": `${chord.t}, ${chord.t === chord.r ? chord.s : chord.r}, ${where}${chord.k ? ", locked" : ""}` },
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
  erase(line, chord, on = this.data.lines) {
    const word = on[line]?.chords[chord]?.w;
    this.ask({ act: "delete", places: [[line, chord]] }, { line, word }, on);
  }

  lock(line, chord, on = this.data.lines) {
    const now = on[line]?.chords[chord];
    if (now) this.ask({ act: now.k ? "unlock" : "lock", places: [[line, chord]] }, { line, chord }, on);
  }

  move(line, chord, to, word) {
    this.ask({ act: "move", place: [line, chord], line: to, word }, { line: to, word });
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
Object.assign(Editor.prototype, pending, keys, pointer, menus);

let editor = null; // the page has one

export default function ({ data, parentElement, setTriggerValue }) {
  if (!editor) editor = new Editor(parentElement);
  else if (!parentElement.contains(editor.sheet)) editor.moveTo(parentElement);
  editor.take(data, setTriggerValue);
  return () => { if (!editor.sheet.isConnected) editor.leave(); };
}
