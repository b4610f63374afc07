// Click, and drag from a chord to a word. The sheet may be drawn anew between the press and the
// release of a button: then the browser sends no click, and what was pressed is looked for again.
const pointer = {
  clicked(event) {
    const element = event.target.closest("button");
    if (element && !this.dragged) this.clickedOn(element, event);
  },

  clickedOn(element, event) {
    const isChord = element.dataset.chord !== undefined;
    if (isChord && event.shiftKey) { this.markTo(element); return; }
    if (isChord && (event.ctrlKey || event.metaKey)) { this.mark(element); return; }
    this.show(element, "", event.pointerType === "touch");
    if (isChord && this.hears())
      sound(this.data.lines[element.dataset.line].chords[element.dataset.chord].n);
  },

  pressed(event) {
    this.dragged = false;
    const pressed = event.target.closest("button");
    if (!pressed || event.button) return;
    const from = [event.clientX, event.clientY];
    const on = this.data.lines;
    const at = this.spotOf(pressed);
    const drags = at.chord !== undefined && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    let [ghost, target] = [null, null];
    const far = (next) => Math.hypot(next.clientX - from[0], next.clientY - from[1]) >= 6;
    const moved = (next) => {
      if (!drags || (!ghost && !far(next))) return;
      if (!ghost) {
        this.close(false);
        ghost = make("span", { class: "ghost" }, pressed.textContent);
        this.board.append(ghost);
        this.dragged = true;
      }
      ghost.style.left = `${next.clientX + 8}px`;
      ghost.style.top = `${next.clientY - 30}px`;
      target?.classList.remove("target");
      const under = this.root.elementFromPoint(next.clientX, next.clientY);
      target = under?.closest?.(".ll-word") ?? under?.closest?.(".ll-group")?.querySelector(".ll-word") ?? null;
      target?.classList.add("target");
    };
    const ended = (last) => {
      for (const [name, act] of listeners) window.removeEventListener(name, act);
      ghost?.remove();
      target?.classList.remove("target");
      if (last.type === "pointerup") {
        if (target) this.dropped({ at, on }, target);
        else if (!ghost && !far(last) && !last.composedPath().includes(pressed)) {
          const now = this.element(spotNow(on, this.data.lines, at));
          if (now) this.clickedOn(now, last);
        }
      }
      setTimeout(() => { this.dragged = false; }, 0);
    };
    const listeners = [["pointermove", moved], ["pointerup", ended], ["pointercancel", ended]];
    for (const [name, act] of listeners) window.addEventListener(name, act);
  },

  // The sheet may have been drawn anew below a chord that is dragged, the word under it too.
  dropped({ at, on }, target) {
    const place = placeNow(on, this.data.lines, [at.line, at.chord]);
    if (place) this.move(...place, +target.dataset.line, +target.dataset.word);
    else this.gone();
  },
};
