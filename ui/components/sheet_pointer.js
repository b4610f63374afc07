// Click, and drag from a chord to a word.
const pointer = {
  clicked(event) {
    const element = event.target.closest("button");
    if (!element || this.dragged) return;
    const isChord = element.dataset.chord !== undefined;
    if (isChord && event.shiftKey) { this.markTo(element); return; }
    if (isChord && (event.ctrlKey || event.metaKey)) { this.mark(element); return; }
    this.show(element, "", event.pointerType === "touch");
    if (isChord && this.hears())
      sound(this.data.lines[element.dataset.line].chords[element.dataset.chord].n);
  },

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
      const under = this.root.elementFromPoint(next.clientX, next.clientY);
      target = under?.closest?.(".ll-word") ?? under?.closest?.(".ll-group")?.querySelector(".ll-word") ?? null;
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
  },
};
