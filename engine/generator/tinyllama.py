"""The chord generator: a plan, a memory of the song, and a LLaMA decoder that reads the words.

What is learnt, what is planned, and what is set by hand
--------------------------------------------------------
Which chords, and how genres end their sections, is learnt: by the memory
(`engine.generator.memory`), by counts of cadences (`engine.generator.cadences`) and by the decoder,
mixed with weights learnt on validation songs. Which lines share their harmony is planned from the
words (`engine.music.form`). By hand is that the first and the last line carry a chord.

"Choose for me": the decoder says how likely major and minor are after each of the first four lines,
and the mean decides (drawn at random with the seed; the likelier at temperature 0); without the
decoder the share of the training songs does. Words tell little about mode, so mostly this follows
the four to one of the training songs. The tonic is drawn from the keys that songs of the genre are
notated in (`engine.generator.key_customs`), which suit singers and instruments; nothing in the
words asks for it, but another song draws another key. With locked chords the key is the one they
fit best.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.errors import InputError, WeightsError
from engine.generator import Alternative, check_lines
from engine.generator.controls import Controls
from engine.generator.decoder import NAME, Decoder, DecoderSong, Reader
from engine.generator.drawing import drawn
from engine.generator.encoding import chunks, header_of
from engine.generator.instruments import INSTRUMENTS
from engine.generator.key_customs import draw_seed, key_weights
from engine.generator.memory.model import NAME as MEMORY
from engine.generator.memory.model import ChordMemory
from engine.generator.palette import chords_named
from engine.generator.placement.ranker import NAME as PLACEMENT
from engine.generator.placement.ranker import PlacementRanker
from engine.generator.vocabulary import MODES
from engine.generator.wishes import line_wishes, wished_form
from engine.generator.writer import Cancelled, Chords, SongWriter, Task, stop_if
from engine.lyrics import LyricLine, Lyrics, line_key
from engine.models.presets import slot
from engine.music.chord import Chord
from engine.music.editing.rewriting import with_locked_kept
from engine.music.form import COPY, NEW, Form, LinePlan
from engine.music.form.templates import form_of
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

MODE_LINES = 4

Progress = Callable[[int, int], None]


class TinyLlamaGenerator:
    """Chords from the folders tinyllama, chord-memory and chord-placement of ``models/``.

    Parameters
    ----------
    preset : str
    folder, memory, placement : Path, optional
        Instead of the preset's own folders.
    """

    name = NAME

    def __init__(
        self,
        preset: str = "embedded",
        folder: Path | None = None,
        memory: Path | None = None,
        placement: Path | None = None,
    ) -> None:
        where = slot(NAME, preset)
        self.memory = ChordMemory(memory or where.beside(MEMORY).folder)
        self.placement = PlacementRanker.read(placement or where.beside(PLACEMENT).folder)
        self.decoder = Decoder(preset, folder)
        self.card, self.base = self.decoder.card, self.decoder.base
        self.vocabulary = self.decoder.vocabulary
        if self.memory.vocabulary != self.vocabulary:
            raise WeightsError(
                "The chord memory knows other chords than the decoder; train both on the same "
                "songs, or restore them with `git checkout -- models`."
            )

    def generate(
        self,
        lyrics: Lyrics,
        controls: Controls,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        locked: Mapping[int, Sequence[PlacedChord]] | None = None,
        places: Mapping[tuple[int, int], Chord] | None = None,
        form: Form | None = None,
    ) -> LeadSheet:
        """Write chords on the words; see `engine.generator.ChordGenerator.generate`."""
        check_lines(lyrics)
        form = form or wished_form(lyrics.lines, controls)
        locks = _following(_checked_locks(lyrics, locked or {}), lyrics.lines, form)
        kept = _checked_places(lyrics, places or {})
        key = controls.key or self._chosen_key(
            lyrics, controls, [*_sounding(locks), *kept.values()], cancelled
        )
        task, capo = self._task(lyrics.lines, form, controls, key, locks, kept)
        seed = draw_seed(lyrics.text, controls.seed)
        writer = self._writer(task, controls, seed, cancelled)
        placed: list[Chords] = []
        for number in range(len(lyrics.lines)):
            placed.append(writer.line(number))
            if progress:
                progress(number + 1, len(lyrics.lines))
        lines = tuple(
            Line(line.words, chords, line.section, line.stanza, line.number)
            for line, chords in zip(lyrics.lines, placed, strict=True)
        )
        sheet = LeadSheet(
            controls.title,
            key,
            lines,
            time_signature=controls.time_signature,
            genre=controls.genre,
            capo=capo,
            form=controls.form,
        )
        return sheet if controls.tempo is None else replace(sheet, tempo=controls.tempo)

    def rewritten(
        self,
        sheet: LeadSheet,
        controls: Controls,
        lines: Collection[int] = (),
        places: Collection[tuple[int, int]] = (),
        cancelled: Cancelled | None = None,
    ) -> LeadSheet:
        """Write lines or single chords anew; see `engine.generator.ChordGenerator.rewritten`."""
        controls = replace(controls, key=sheet.key)
        sung = [number for number, line in enumerate(sheet.lines) if line.words]
        _check_among(lines, sung)
        found = list(sheet.lines)
        if lines:
            lyrics = Lyrics(
                tuple(
                    LyricLine(line.words, line.section, line.stanza, line.number)
                    for line in sheet.lines
                    if line.words
                )
            )
            wanted = {sung.index(line) for line in lines}
            form = _freed(wished_form(lyrics.lines, controls), wanted)
            locks = {
                place: sheet.lines[number].chords
                for place, number in enumerate(sung)
                if place not in wanted
            }
            kept = {
                (place, one.word): one.chord
                for place in wanted
                for one in found[sung[place]].chords
                if one.locked
            }
            new = self._other(
                lyrics,
                controls,
                sheet.key,
                (locks, kept, form),
                [found[n] for n in sung[: max(wanted) + 1]],
                cancelled,
            )
            for number in lines:
                chords = with_locked_kept(found[number].chords, new[sung.index(number)])
                found[number] = replace(found[number], chords=chords)
        for line, word in places:
            _check_among([line], sung)
            other = self._other_chord(replace(sheet, lines=tuple(found)), controls, line, word)
            found[line] = other
        return replace(sheet, lines=tuple(found))

    def alternatives(
        self, sheet: LeadSheet, controls: Controls, line: int, word: int, count: int = 8
    ) -> list[Alternative]:
        """Chords for one place; see `engine.generator.ChordGenerator.alternatives`."""
        sung = [number for number, one in enumerate(sheet.lines) if one.words]
        _check_among([line], sung)
        if not 0 <= word <= len(sheet.lines[line].words):
            raise InputError(
                f"Line {line + 1} has {len(sheet.lines[line].words)} words; there is no word "
                f"{word + 1}."
            )
        rows = [sheet.lines[number] for number in sung]
        at = sung.index(line)
        chords = list(rows[at].chords)
        place = next((n for n, one in enumerate(chords) if one.word >= word), len(chords))
        if place == len(chords) or chords[place].word != word:
            standing = chords[place - 1] if place else PlacedChord(word, Chord("C", "maj"))
            chords.insert(place, PlacedChord(word, standing.chord))
        lyrics = [LyricLine(row.words, row.section, row.stanza, row.number) for row in rows]
        controls = replace(controls, key=sheet.key)
        locks = {number: row.chords for number, row in enumerate(rows)} | {at: tuple(chords)}
        plans = tuple(LinePlan() for _ in rows)
        form = replace(form_of(lyrics, None, controls.genre), lines=plans)
        task, _ = self._task(lyrics, form, controls, sheet.key, locks, {})
        writer = self._writer(task, controls, controls.seed, None, recalling=True)
        for number in range(at):
            writer.line(number)
        ranked = writer.ranked(at, place)[:count]
        return [Alternative(chord, share) for chord, share in ranked]

    def _other(
        self,
        lyrics: Lyrics,
        controls: Controls,
        key: Key,
        given: tuple[dict[int, Chords], dict[tuple[int, int], Chord], Form],
        present: Sequence[Line],
        cancelled: Cancelled | None,
        tries: int = 4,
    ) -> list[Chords]:
        """The first lines, written with those locked kept: others than present, if there are any.

        `given` are locked lines, locked places and the form; lines behind the present ones have a
        say, but are not told.
        """
        locks, places, form = given
        task, _ = self._task(lyrics.lines, form, controls, key, locks, places)
        found: list[Chords] = []
        for attempt in range(tries):
            seed = draw_seed(lyrics.text, controls.seed + attempt)
            writer = self._writer(task, controls, seed, cancelled, recalling=True)
            found = [writer.line(number) for number in range(len(present))]
            if found != [line.chords for line in present] or controls.temperature <= 0:
                break
        return found

    def _other_chord(self, sheet: LeadSheet, controls: Controls, line: int, word: int) -> Line:
        """The line with another chord at one of its places."""
        chords = list(sheet.lines[line].chords)
        place = next((n for n, one in enumerate(chords) if one.word == word), None)
        if place is None:
            raise InputError(f"There is no chord on word {word + 1} of line {line + 1}.")
        ranked = self.alternatives(sheet, controls, line, word, count=24)
        others = [one for one in ranked if one.chord != chords[place].chord]
        if not others:
            raise InputError("No other chord is allowed at this place; allow more chords.")
        random = np.random.default_rng(draw_seed(f"{line} {word}", controls.seed))
        scores = np.log(np.array([one.probability for one in others]) + 1e-12)
        chords[place] = PlacedChord(word, others[drawn(scores, controls.temperature, random)].chord)
        return replace(sheet.lines[line], chords=tuple(chords))

    def _task(
        self,
        lines: Sequence[LyricLine],
        form: Form,
        controls: Controls,
        key: Key,
        locks: Mapping[int, Chords],
        places: Mapping[tuple[int, int], Chord],
    ) -> tuple[Task, int]:
        """What is to be written, and the fret of the capo that allowed shapes ask for."""
        wishes = line_wishes(lines, key, controls.progressions, controls.cadences, controls.keys)
        only: dict[Key, Sequence[Chord]] = {}
        capo = 0
        if controls.allow:
            instrument = INSTRUMENTS.get(" ".join(controls.allow).lower())
            for other in {wish.key for wish in wishes}:
                only[other], fret = (
                    instrument(other) if instrument else (chords_named(controls.allow), 0)
                )
                capo = fret if other == key else capo
        return Task(lines, form, wishes, locks, places, only), capo

    def _writer(
        self,
        task: Task,
        controls: Controls,
        seed: int,
        cancelled: Cancelled | None,
        *,
        recalling: bool = False,
    ) -> SongWriter:
        """`recalling`: most of the song may have been read before."""
        seed = seed if controls.temperature > 0 else 0  # the safest choice is one
        decoder: DecoderSong | None = None
        if controls.decoder:
            header = header_of(self.vocabulary, controls)
            decoder = self.decoder.song(header, task.wishes[0].key.mode, recalling=recalling)
        return SongWriter(self.memory, self.placement, decoder, task, controls, seed, cancelled)

    def _chosen_key(
        self,
        lyrics: Lyrics,
        controls: Controls,
        kept: Sequence[Chord],
        cancelled: Cancelled | None,
    ) -> Key:
        if any(not chord.is_no_chord for chord in kept):
            return estimated_key(list(kept))
        random = np.random.default_rng(draw_seed(lyrics.text, controls.seed))
        shares = self._mode_shares(lyrics, controls, cancelled)
        mode = MODES[drawn(shares, controls.temperature, random, min_p=0.0)]
        genre = self.vocabulary.genre_token(controls.genre).removeprefix("genre:")
        weights = key_weights(genre, mode, self.vocabulary.common_keys[mode])
        # As often as songs have it: a lively or a careful song is no matter of its key.
        scores = np.log(np.array(list(weights.values())))
        tonic = list(weights)[drawn(scores, float(controls.temperature > 0), random, min_p=0.0)]
        return Key(tonic, mode)

    def _mode_shares(
        self, lyrics: Lyrics, controls: Controls, cancelled: Cancelled | None
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Log-probabilities of `MODES`."""
        if not controls.decoder:
            songs = [sum(self.vocabulary.common_keys[mode].values()) for mode in MODES]
            return np.log(np.array(songs) / sum(songs))
        first_mode = self.vocabulary.index["mode:major"] - self.vocabulary.first_output
        encoder = self.decoder.encoder
        total = np.zeros(len(MODES))
        for line in lyrics.lines[:MODE_LINES]:
            stop_if(cancelled)
            tokens = encoder.header(header_of(self.vocabulary, controls), middle=False)
            tokens.extend(encoder.line(chunks(line.words)[0][1], line.section))
            logits = Reader(self.decoder.model).read(tokens)
            total += logits[first_mode : first_mode + len(MODES)].log_softmax(-1).numpy()
        return total / min(len(lyrics.lines), MODE_LINES)


def _freed(form: Form, wanted: Collection[int]) -> Form:
    """The form with lines that may follow only one another, as all others are kept."""
    plans = [
        plan
        if number not in wanted or plan.source in wanted
        else LinePlan(NEW, None, plan.bars, plan.ending)
        for number, plan in enumerate(form.lines)
    ]
    return replace(form, lines=tuple(plans))


def _following(
    locks: dict[int, Chords], lines: Sequence[LyricLine], form: Form
) -> dict[int, Chords]:
    """The locks, with the lines of equal words that share a locked line's harmony."""
    root = [
        number if plan.plan != COPY or plan.source is None else plan.source
        for number, plan in enumerate(form.lines)
    ]
    found = dict(locks)
    for number in sorted(locks):
        for other, line in enumerate(lines):
            same = line_key(line.words) == line_key(lines[number].words)
            if same and root[other] == root[number]:
                found.setdefault(other, locks[number])
    return found


def _sounding(locks: Mapping[int, Chords]) -> list[Chord]:
    return [placed.chord for number in sorted(locks) for placed in locks[number]]


def _check_among(lines: Collection[int], sung: Sequence[int]) -> None:
    for line in lines:
        if line not in sung:
            raise InputError(
                f"Line {line + 1} is no line with words of this song, which has {len(sung)}."
            )


def _checked_locks(
    lyrics: Lyrics, locked: Mapping[int, Sequence[PlacedChord]]
) -> dict[int, Chords]:
    result: dict[int, Chords] = {}
    for index, chords in locked.items():
        if not 0 <= index < len(lyrics.lines):
            raise InputError(
                f"Line {index} is locked, but the lyric has {len(lyrics.lines)} lines; "
                f"0 to {len(lyrics.lines) - 1} are accepted."
            )
        result[index] = Line(lyrics.lines[index].words, tuple(chords)).chords
    return result


def _checked_places(
    lyrics: Lyrics, places: Mapping[tuple[int, int], Chord]
) -> dict[tuple[int, int], Chord]:
    for line, word in places:
        if not 0 <= line < len(lyrics.lines) or not 0 <= word <= len(lyrics.lines[line].words):
            raise InputError(
                f"Word {word + 1} of line {line + 1} is locked, but the lyric has no such place."
            )
    return dict(places)
