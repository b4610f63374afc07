// Where a place of the song is after the song has changed: an act speaks of the lines that were on
// screen when it was made, and has to mean the same word, chord or line when it is carried out.
// Lines are found again by their words, chords by their word and symbol; null where there are none.
function lineNow(from, to, number) {
  if (from === to || !from[number]) return from === to ? number : null;
  const names = [from, to].map((lines) => lines.map(({ words }) => words.join(" ")));
  const [before, after] = names;
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < least - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  if (number < head) return number;
  if (number >= before.length - tail) return number + after.length - before.length;
  const [was, is] = names.map((all) => all.flatMap((name, at) => (name === before[number] && at >= head && at < all.length - tail ? [at] : [])));
  if (was.length === 1 && is.length === 1) return is[0];
  return before.length === after.length ? number : null;
}

const sameWords = (from, to) => from.words.length === to.words.length && from.words.every((word, at) => word === to.words[at]);

function wordNow(from, to, word) {
  if (sameWords(from, to)) return word;
  if (word >= from.words.length) return to.words.length;
  const found = (words) => words.flatMap((other, at) => (other === from.words[word] ? [at] : []));
  const [was, is] = [found(from.words), found(to.words)];
  if (is.length === was.length) return is[was.indexOf(word)];
  return from.words.length === to.words.length ? word : null;
}

function chordNow(from, to, number) {
  const chord = from.chords[number];
  if (!chord) return null;
  const word = wordNow(from, to, chord.w);
  const on = (chords, at) => chords.flatMap((other, index) => (other.w === at ? [index] : []));
  const [was, is] = [on(from.chords, chord.w), on(to.chords, word)];
  if (is.length === was.length) return is[was.indexOf(number)];
  const like = to.chords.flatMap((other, index) => (other.s === chord.s ? [index] : []));
  const here = like.filter((index) => is.includes(index));
  if (here.length) return here[Math.min(was.filter((index) => index < number && from.chords[index].s === chord.s).length, here.length - 1)];
  return !is.length && like.length === 1 ? like[0] : null; // it was moved to another word
}

function placeNow(from, to, [line, number]) {
  const now = lineNow(from, to, line);
  const chord = now === null ? null : chordNow(from[line], to[now], number);
  return chord === null ? null : [now, chord];
}

function sectionNow(from, to, section) {
  const now = lineNow(from, to, from.findIndex((line) => line.stanza === section));
  return now === null ? null : to[now].stanza;
}

// Where the keyboard is: {line, chord}, {line, word}, {line, more} or {section}.
function spotNow(from, to, at) {
  if (!at || from === to) return at;
  if (at.section !== undefined) {
    const section = sectionNow(from, to, at.section);
    return section === null ? null : { section };
  }
  const line = lineNow(from, to, at.line);
  if (line === null) return null;
  if (at.chord !== undefined) {
    const chord = chordNow(from[at.line], to[line], at.chord);
    return chord === null ? null : { line, chord };
  }
  if (at.word === undefined) return { ...at, line };
  const word = wordNow(from[at.line], to[line], at.word);
  return word === null ? null : { line, word };
}

// An act as it is said of the lines that are there now; null if what it speaks of is gone.
function actNow(from, to, act) {
  if (from === to) return act;
  const now = { ...act };
  let isWhole = true;
  const put = (name, value) => { now[name] = value; isWhole &&= value !== null && value !== undefined; };
  const line = (number) => lineNow(from, to, number);
  if (act.place) put("place", placeNow(from, to, act.place));
  if (act.places) now.places = act.places.map((place) => placeNow(from, to, place)).filter(Boolean);
  if (act.lines) now.lines = act.lines.map(line).filter((number) => number !== null);
  isWhole = isWhole && [now.places, now.lines].every((all) => !all || all.length);
  for (const name of ["section", "model"]) if (act[name] !== undefined) put(name, sectionNow(from, to, act[name]));
  if (act.act === "insert") {
    const above = act.line ? line(act.line - 1) : -1;
    put("line", above === null ? null : above + 1);
  } else if (act.line !== undefined) {
    put("line", line(act.line));
    if (act.to !== undefined && isWhole) now.to = now.line + act.to - act.line;
    if (act.word !== undefined && isWhole) put("word", wordNow(from[act.line], to[now.line], act.word));
  }
  return isWhole ? now : null;
}
