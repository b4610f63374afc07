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

// A typed chord as it is drawn until Python has read it: as one of the song or of those on offer, if
// it is spelled like one of them, else in the letters that were typed.
function typedChord(text, { lines, choices, ranked }) {
  const symbol = text.trim();
  const known = [...choices.flatMap(({ chords }) => chords), ...(ranked?.chords ?? []), ...lines.flatMap(({ chords }) => chords)];
  const same = known.find((chord) => chord.s === symbol);
  if (same) { const { t, s, r, n } = same; return { t, s, r, n }; }
  const shown = symbol.replace(/(?<=^[A-G]|\/[A-G])b|b(?=\d)/g, "♭").replaceAll("#", "♯");
  return { t: shown, s: symbol, r: "being read", n: [], typed: true };
}
