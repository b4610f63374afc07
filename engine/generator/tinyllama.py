"""The chord generator on the LLaMA base: a decoder with a cache, led by the grammar.

What is learnt and what is set by hand
--------------------------------------
Where chords stand, how many, which, and how songs end is learnt. By hand, and mild, are three
priors: the first chord of a song likes the first word and the last line likes to end on the tonic
(`engine.generator.writer`); jazz and blues lean to sevenths, above triads
(`engine.generator.grammar`). The first and the last line always carry a chord.

"Choose for me": the model says how likely major and minor are after each of the first four lines,
and the mean decides (drawn at random with the seed; the likelier at temperature 0). Words tell
little about mode, so mostly this follows the four to one of the training songs. The tonic is drawn
from the keys that songs of the genre are notated in (`engine.generator.key_customs`), which suit
singers and instruments; nothing in the words asks for it, but another song draws another key. With
locked chords the key is the one they fit best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from engine.errors import InputError
from engine.generator import check_lines
from engine.generator.controls import Controls
from engine.generator.encoding import Encoder, chunks
from engine.generator.key_customs import draw_seed, key_weights
from engine.generator.model import ChordModel, load_model
from engine.generator.vocabulary import MODES, Vocabulary
from engine.generator.writer import Cancelled, Reader, Writer, drawn, header_of, stop_if
from engine.lyrics import Lyrics, line_key
from engine.models.bases import base_source
from engine.models.card import ModelCard
from engine.models.compute import compute_device, serving_precision
from engine.models.presets import slot
from engine.models.threads import use_model_threads
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

MODE_LINES = 4


class TinyLlamaGenerator:
    """Chords from ``models/tinyllama`` (or the full preset's folder).

    Parameters
    ----------
    preset : str
    folder : Path, optional
        Instead of the preset's own folder.
    """

    name = "tinyllama"

    def __init__(self, preset: str = "embedded", folder: Path | None = None) -> None:
        from transformers import AutoTokenizer

        where = slot(self.name, preset)
        folder = folder or where.folder
        self.card = ModelCard.read(folder)
        self.card.verify(folder)
        self.base = where.base_label
        self.vocabulary = Vocabulary.read(folder)
        use_model_threads()
        self.model: ChordModel = load_model(
            where,
            folder,
            self.vocabulary,
            int(self.card.config["layers"]),
            serving_precision().dtype,
            compute_device(),
        )
        source = base_source(where.base) if where.base else ""
        tokenizer: Any = AutoTokenizer.from_pretrained(source)
        self.encoder = Encoder(self.vocabulary, tokenizer, self.model.base_size)
        self._window = int(self.card.config["window"])

    def generate(
        self,
        lyrics: Lyrics,
        controls: Controls,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Cancelled | None = None,
        locked: Mapping[int, Sequence[PlacedChord]] | None = None,
    ) -> LeadSheet:
        """Write chords on the words; see `engine.generator.ChordGenerator.generate`."""
        check_lines(lyrics)
        locks = _checked_locks(lyrics, locked or {})
        random = torch.Generator().manual_seed(draw_seed(lyrics.text, controls.seed))
        with torch.inference_mode():
            key = controls.key or self._chosen_key(lyrics, controls, locks, random, cancelled)
            writer = Writer(self.model, self.encoder, self._window, controls, key, cancelled)
            placed = self._placed(lyrics, writer, locks, progress)
        lines = tuple(
            Line(line.words, chords, line.section, line.stanza)
            for line, chords in zip(lyrics.lines, placed, strict=True)
        )
        sheet = LeadSheet(
            controls.title,
            key,
            lines,
            time_signature=controls.time_signature,
            genre=controls.genre,
        )
        return sheet if controls.tempo is None else replace(sheet, tempo=controls.tempo)

    def _placed(
        self,
        lyrics: Lyrics,
        writer: Writer,
        locks: dict[int, tuple[PlacedChord, ...]],
        progress: Callable[[int, int], None] | None,
    ) -> list[tuple[PlacedChord, ...]]:
        """The chords of every line: kept, copied from an equal line, or written."""
        names = [line_key(line.words) for line in lyrics.lines]
        known = {names[index]: locks[index] for index in sorted(locks, reverse=True)}
        final = max(names.index(name) for name in set(names))
        said: set[tuple[str, ...]] = set()
        result: list[tuple[PlacedChord, ...]] = []
        for index, (line, name) in enumerate(zip(lyrics.lines, names, strict=True)):
            if name not in said:
                said.add(name)
                section = "final" if index == final else line.section
                chords = writer.line(line.words, section, known.get(name))
                known.setdefault(name, chords)
            result.append(locks.get(index, known[name]))
            if progress:
                progress(index + 1, len(lyrics.lines))
        return result

    def _chosen_key(
        self,
        lyrics: Lyrics,
        controls: Controls,
        locks: dict[int, tuple[PlacedChord, ...]],
        random: torch.Generator,
        cancelled: Cancelled | None,
    ) -> Key:
        chords = [placed.chord for index in sorted(locks) for placed in locks[index]]
        if any(not chord.is_no_chord for chord in chords):
            return estimated_key(chords)
        mode = self._chosen_mode(lyrics, controls, random, cancelled)
        genre = self.vocabulary.genre_token(controls.genre).removeprefix("genre:")
        weights = key_weights(genre, mode, self.vocabulary.common_keys[mode])
        # As often as songs have it: a lively or a careful song is no matter of its key.
        logits = torch.tensor(list(weights.values())).log()
        tonic = list(weights)[drawn(logits, float(controls.temperature > 0), 1.0, random)]
        return Key(tonic, mode)

    def _chosen_mode(
        self,
        lyrics: Lyrics,
        controls: Controls,
        random: torch.Generator,
        cancelled: Cancelled | None,
    ) -> str:
        first_mode = self.vocabulary.index["mode:major"] - self.vocabulary.first_output
        total = torch.zeros(len(MODES))
        for line in lyrics.lines[:MODE_LINES]:
            stop_if(cancelled)
            tokens = self.encoder.header(header_of(self.vocabulary, controls), middle=False)
            tokens.extend(self.encoder.line(chunks(line.words)[0][1], line.section))
            logits = Reader(self.model).read(tokens)
            total += logits[first_mode : first_mode + len(MODES)].log_softmax(-1)
        mean = total / min(len(lyrics.lines), MODE_LINES)
        return MODES[drawn(mean, controls.temperature, 1.0, random)]


def _checked_locks(
    lyrics: Lyrics, locked: Mapping[int, Sequence[PlacedChord]]
) -> dict[int, tuple[PlacedChord, ...]]:
    result: dict[int, tuple[PlacedChord, ...]] = {}
    for index, chords in locked.items():
        if not 0 <= index < len(lyrics.lines):
            raise InputError(
                f"Line {index} is locked, but the lyric has {len(lyrics.lines)} lines; "
                f"0 to {len(lyrics.lines) - 1} are accepted."
            )
        result[index] = Line(lyrics.lines[index].words, tuple(chords)).chords
    return result
