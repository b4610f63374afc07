"""Songs of odd wishes, each wish checked: all must be kept, whatever else is asked."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest

from engine.errors import InputError
from engine.generator import Controls
from engine.generator.cadences import CADENCES, OPEN, asked_of
from engine.generator.instruments import INSTRUMENTS
from engine.generator.placement.ranker import capacity
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.generator.vocabulary import complexity_of
from engine.generator.wishes import line_wishes
from engine.lyrics import Lyrics, line_key
from engine.music.chord import Chord
from engine.music.form import COPY, Form
from engine.music.form.templates import form_of
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import LeadSheet, PlacedChord

LEVELS = ("triads", "sevenths", "extended")
GENRES = (None, "pop", "jazz", "rock", "blues", "punk", "no such genre")
WORDS = (
    *("rain", "river", "home", "don't", "la", "O", "yeah!", "rock-and-roll", "the", "and", "of"),
    *("people", "über", "1999", "🎸", "to", "over"),
)
ODD_CHORDS = ("Eb13", "F#m7b5/A", "C", "N.C.", "Bb7(b9)", "E5", "Ab/C")
PROGRESSIONS = ("I V vi IV", "I-bVII-IV", "C F; G7 C", "i iv V", "IImaj7 | V7/ii", "Am F C G E7 Am")
ALLOWED = ((), (), (), ("easy guitar",), ("ukulele",), ("C", "G7", "Am", "E7#9"))
SCALES = {"major": {0, 2, 4, 5, 7, 9, 11}, "minor": {0, 2, 3, 5, 7, 8, 10, 11}}


@dataclass(frozen=True)
class Case:
    lyrics: Lyrics
    controls: Controls
    form: Form
    locked: dict[int, list[PlacedChord]]
    places: dict[tuple[int, int], Chord]


def case_of(seed: int) -> Case:
    chosen = random.Random(seed)  # noqa: S311 - music, not secrets
    lyrics = lyric(chosen)
    lines = lyrics.lines
    key = chosen.choice(KEYS)
    same_mode = [other for other in KEYS if other.mode == key.mode]
    places_named = ["all", "end", "stanza 1", f"line {chosen.randint(1, len(lines))}"]

    def some(*values: tuple[str, object]) -> tuple[tuple[str, object], ...]:
        return values if chosen.random() < 0.35 else ()

    controls = Controls(
        key=key,
        genre=chosen.choice(GENRES),
        chords_per_line=chosen.choice((None, None, None, 1, 3, 9)),
        complexity=chosen.choice(LEVELS),
        temperature=chosen.choice((0.0, 0.8, 2.0)),
        seed=chosen.randrange(2**31),
        time_signature=chosen.choice(("4/4", "3/4", "12/8")),
        decoder=chosen.random() < 0.3,
        variety=chosen.choice((0.0, 0.5, 1.0)),
        borrowed=chosen.choice((0, 0.5, 1, 4)),
        allow=chosen.choice(
            ((), (), (), ("easy guitar",), ("ukulele",), ("C", "G7", "Am", "E7#9"))
        ),
        progressions=some((chosen.choice(places_named), chosen.choice(PROGRESSIONS))),  # type: ignore[arg-type]
        cadences=some((chosen.choice(places_named), chosen.choice(CADENCES))),  # type: ignore[arg-type]
        keys=some((chosen.choice(places_named), chosen.choice(same_mode))),  # type: ignore[arg-type]
    )
    locked: dict[int, list[PlacedChord]] = {}
    places: dict[tuple[int, int], Chord] = {}
    for _ in range(chosen.choice((0, 0, 1, 2))):
        number = chosen.randrange(len(lines))
        at = sorted(chosen.choices(range(len(lines[number].words) + 1), k=chosen.randint(0, 3)))
        locked[number] = [PlacedChord(n, Chord.parse(chosen.choice(ODD_CHORDS))) for n in at]
    for _ in range(chosen.choice((0, 0, 1, 3))):
        number = chosen.randrange(len(lines))
        if number not in locked:
            word = chosen.randrange(len(lines[number].words) + 1)
            places[number, word] = Chord.parse(chosen.choice(ODD_CHORDS))
    return Case(lyrics, controls, form_of(lines, None, controls.genre), locked, places)


def lyric(chosen: random.Random) -> Lyrics:
    stanzas: list[str] = []
    chorus = "\n".join(line(chosen) for _ in range(2))
    for _ in range(chosen.randint(1, 4)):
        heading = chosen.choice(("[Verse]\n", "", "[Bridge]\n"))
        if chosen.random() < 0.3:
            stanzas.append("[Chorus]\n" + chorus)
        stanzas.append(heading + "\n".join(line(chosen) for _ in range(chosen.randint(1, 5))))
    return Lyrics.parse("sing\n" + "\n\n".join(stanzas))


def line(chosen: random.Random) -> str:
    return "go " + " ".join(chosen.choices(WORDS, k=chosen.choice((0, 3, 6, 8, 40))))


def broken(case: Case, sheet: LeadSheet) -> list[str]:
    """What is asked and not kept, in words."""
    controls, lines = case.controls, case.lyrics.lines
    key = controls.key or Key("C", "major")
    wishes = line_wishes(lines, key, controls.progressions, controls.cadences, controls.keys)
    found: list[str] = []

    def holds(condition: bool, wish: str) -> None:
        if not condition:
            found.append(wish)

    holds([one.words for one in sheet.lines] == [one.words for one in lines], "words")
    holds(sheet.key == key, "key")
    followed = {
        other: case.locked[number]
        for number in sorted(case.locked, reverse=True)
        for other in range(len(lines))
        if line_key(lines[other].words) == line_key(lines[number].words)
        and root_of(case.form, other) == root_of(case.form, number)
    } | case.locked
    for number, (row, wish) in enumerate(zip(sheet.lines, wishes, strict=True)):
        if number in case.locked:
            holds(list(row.chords) == case.locked[number], f"lock of line {number}")
        if number in followed:
            continue
        own = {word: chord for (at, word), chord in case.places.items() if at == number}
        for word, chord in own.items():
            holds(PlacedChord(word, chord) in row.chords, f"lock of word {number}:{word}")
        if wish.chords is not None:
            if not own:
                holds(tuple(one.chord for one in row.chords) == wish.chords, f"chords of {number}")
            continue
        free = [one for one in row.chords if one.word not in own]
        if controls.chords_per_line is not None:
            wanted = min(controls.chords_per_line, capacity(len(row.words)))
            holds(len(row.chords) == max(wanted, len(own)) or bool(own), f"count of {number}")
        if is_copy_of_kept(case, number, set(followed), wishes):
            continue
        for one in free:
            holds(is_allowed(one.chord, controls, wish.key), f"{one.chord.symbol} on {number}")
        last = wish.cadence and asked_of(wish.cadence, key.mode)[1]
        if last and not controls.allow and row.chords and row.chords[-1].word not in own:
            root = row.chords[-1].chord.root_pitch_class or 0
            holds((root - wish.key.tonic_pitch_class) % 12 in last, f"cadence of {number}")
    return found


def root_of(form: Form, number: int) -> int:
    plan = form.lines[number]
    return number if plan.plan != COPY or plan.source is None else plan.source


def is_copy_of_kept(case: Case, number: int, locked: set[int], wishes: object) -> bool:
    """Whether a line copies or varies one whose chords were given: then they are not drawn."""
    source = case.form.lines[number].source
    kept = {at for at, _ in case.places} | locked
    kept |= {n for n, wish in enumerate(wishes) if wish.chords is not None}  # type: ignore[arg-type, call-overload]
    while source is not None:
        if source in kept:
            return True
        source = case.form.lines[source].source
    return False


def is_allowed(chord: Chord, controls: Controls, key: Key) -> bool:
    if chord.is_no_chord:
        return False
    if controls.allow:
        instrument = INSTRUMENTS.get(" ".join(controls.allow))
        listed = instrument(key)[0] if instrument else [Chord.parse(n) for n in controls.allow]
        same = {(one.root_pitch_class, one.quality, one.degrees, one.bass) for one in listed}
        if (chord.root_pitch_class, chord.quality, chord.degrees, chord.bass) not in same:
            return False
    elif complexity_of(chord) > LEVELS.index(controls.complexity):
        return False
    above = {(tone - key.tonic_pitch_class) % 12 for tone in chord.pitch_classes}
    power = chord.quality == "5"
    return controls.borrowed > 0 or power or above <= SCALES[key.mode]


def written(generator: TinyLlamaGenerator, case: Case) -> LeadSheet | None:
    """The song, or None where the wishes leave no chord, which is told."""
    try:
        return generator.generate(
            case.lyrics, case.controls, locked=case.locked, places=case.places, form=case.form
        )
    except InputError as error:
        assert "allow" in str(error)
        assert case.controls.borrowed == 0
        return None


@pytest.mark.parametrize("seed", range(60))
def test_every_wish_is_kept(generator: TinyLlamaGenerator, seed: int) -> None:
    case = case_of(seed)
    sheet = written(generator, case)
    if sheet is not None:
        assert not broken(case, sheet), case.controls


@pytest.mark.parametrize("seed", range(60, 84))
def test_what_is_not_asked_for_stays(generator: TinyLlamaGenerator, seed: int) -> None:
    case = replace(case_of(seed), locked={}, places={})
    sheet = written(generator, case)
    if sheet is None:
        return
    chosen = random.Random(seed)  # noqa: S311
    number = chosen.randrange(len(sheet.lines))
    again = generator.rewritten(sheet, case.controls, lines=[number])
    kept = [n for n in range(len(sheet.lines)) if n != number]
    assert [again.lines[n] for n in kept] == [sheet.lines[n] for n in kept]
    if sheet.lines[number].chords:
        placed = sheet.lines[number].chords[0]
        try:
            other = generator.rewritten(sheet, case.controls, places=[(number, placed.word)])
        except InputError as error:
            assert "allow" in str(error)
            return
        assert other.lines[number].chords[0].chord != placed.chord
        assert other.lines[number].chords[1:] == sheet.lines[number].chords[1:]
        assert [other.lines[n] for n in kept] == [sheet.lines[n] for n in kept]


def test_alternatives_are_ranked_and_allowed(generator: TinyLlamaGenerator) -> None:
    lyrics = Lyrics.parse("down by the river\nwe sang along\nuntil the morning")
    controls = Controls(key=Key.parse("G"), complexity="triads", seed=2)
    sheet = generator.generate(lyrics, controls)
    for line_number, word in ((0, 0), (1, 2), (2, 3)):
        found = generator.alternatives(sheet, controls, line_number, word)
        shares = [one.probability for one in found]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1.0001
        assert len({one.chord for one in found}) == len(found)
        assert all(complexity_of(one.chord) == 0 for one in found)
    with pytest.raises(InputError, match="no word"):
        generator.alternatives(sheet, controls, 0, 9)
    with pytest.raises(InputError, match="Line 8"):
        generator.alternatives(sheet, controls, 7, 0)


def test_an_open_end_asks_nothing() -> None:
    assert asked_of(OPEN, "major") == (None, None)


def test_locked_chords_of_a_line_stay_when_it_is_rewritten(generator: TinyLlamaGenerator) -> None:
    lyrics = Lyrics.parse("down by the river\nwe sang along\nuntil the morning")
    controls = Controls(key=Key.parse("G"), chords_per_line=3)
    sheet = generator.generate(lyrics, controls)
    first, *rest = sheet.lines[1].chords
    held = replace(first, chord=Chord.parse("Eb13"), locked=True)
    lines = list(sheet.lines)
    lines[1] = replace(lines[1], chords=(held, *rest))
    again = generator.rewritten(replace(sheet, lines=tuple(lines)), controls, lines=[1])
    assert held in again.lines[1].chords
    assert again.lines[0] == sheet.lines[0]
