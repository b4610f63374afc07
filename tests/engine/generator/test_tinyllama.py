from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import CancelledError, InputError, WeightsError
from engine.generator import Controls, load_generator
from engine.generator.placement.ranker import capacity
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.generator.vocabulary import complexity_of
from engine.lyrics import Lyrics, line_key
from engine.music.chord import Chord
from engine.music.form import COPY
from engine.music.form.templates import form_of
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import LeadSheet, PlacedChord

SONG = """[Verse]
Down by the harbour the lanterns are burning
Nobody waits for the last boat returning

[Chorus]
Carry me over the water
Carry me over the water

[Verse]
I folded my letters and gave them to sailors
The wind took the paper, the salt took the failures

[Chorus]
Carry me over the WATER!
Home
"""
LEVELS = ("triads", "sevenths", "extended")


def assert_valid(sheet: LeadSheet, lyrics: Lyrics, controls: Controls) -> None:
    assert [line.words for line in sheet.lines] == [line.words for line in lyrics.lines]
    assert [line.section for line in sheet.lines] == [line.section for line in lyrics.lines]
    if controls.key:
        assert sheet.key == controls.key
    form = form_of(lyrics.lines, controls.form, controls.genre)
    for line, plan in zip(sheet.lines, form.lines, strict=True):
        positions = [placed.word for placed in line.chords]
        assert positions == sorted(positions)
        assert all(0 <= position <= len(line.words) for position in positions)
        if plan.plan == COPY and plan.source is not None:
            source = sheet.lines[plan.source]
            if line_key(source.words) == line_key(line.words):
                assert line.chords == source.chords
        for placed in line.chords:
            assert complexity_of(placed.chord) <= LEVELS.index(controls.complexity)
            assert not placed.chord.is_no_chord
        if controls.chords_per_line:
            assert len(line.chords) == min(controls.chords_per_line, capacity(len(line.words)))
    assert sheet.lines[0].chords


_WORDS = st.one_of(
    st.sampled_from(["rain", "la", "don't", "O", "🎸🔥", "über", "—", "x" * 80, "1999", "愛"]),
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8),
)
_LINES = st.lists(_WORDS, min_size=1, max_size=40).map(" ".join)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lines=st.lists(_LINES, min_size=1, max_size=8),
    repeat=st.booleans(),
    key=st.one_of(st.none(), st.sampled_from(KEYS)),
    genre=st.sampled_from([None, "jazz", "punk", "no such genre"]),
    count=st.one_of(st.none(), st.integers(1, 16)),
    complexity=st.sampled_from(LEVELS),
    style=st.tuples(
        st.sampled_from([0.0, 0.8, 2.0]), st.sampled_from(["4/4", "3/4", "6/8", "5/4"])
    ),
)
def test_every_odd_lyric_gives_a_valid_lead_sheet(
    generator: TinyLlamaGenerator,
    lines: list[str],
    repeat: bool,
    key: Key | None,
    genre: str | None,
    count: int | None,
    complexity: str,
    style: tuple[float, str],
) -> None:
    temperature, time = style
    try:
        lyrics = Lyrics.parse("\n".join(["word", *lines, *(lines if repeat else [])]))
    except InputError:
        return
    controls = Controls(key, genre, count, complexity, temperature, 3, 96, time, "Title")
    sheet = generator.generate(lyrics, controls)
    assert_valid(sheet, lyrics, controls)
    assert (sheet.tempo, sheet.time_signature, sheet.title) == (96, time, "Title")


@pytest.mark.parametrize(
    "text",
    ["Home", "go " * 200, "\n".join(f"line number {n} of many" for n in range(120)), "la\n" * 40],
    ids=["one word", "200 words in a line", "120 lines", "one line 40 times"],
)
@pytest.mark.parametrize("count", [None, 5])
def test_extreme_shapes_are_valid(
    generator: TinyLlamaGenerator, text: str, count: int | None
) -> None:
    lyrics, controls = Lyrics.parse(text), Controls(chords_per_line=count)
    assert_valid(generator.generate(lyrics, controls), lyrics, controls)


def test_same_seed_same_output_and_another_seed_another(generator: TinyLlamaGenerator) -> None:
    lyrics = Lyrics.parse(SONG)
    sheets = [generator.generate(lyrics, Controls(seed=seed)) for seed in (5, 5, 6)]
    assert sheets[0] == sheets[1]
    assert sheets[0] != sheets[2]


def test_temperature_zero_ignores_the_seed(generator: TinyLlamaGenerator) -> None:
    lyrics = Lyrics.parse(SONG)
    first, second = (
        generator.generate(lyrics, Controls(temperature=0, seed=seed)) for seed in (1, 2)
    )
    assert first == second


def test_key_only_transposes(generator: TinyLlamaGenerator) -> None:
    lyrics = Lyrics.parse(SONG)
    in_g, in_flat = (
        generator.generate(lyrics, Controls(key=Key.parse(key))) for key in ("G", "Ab")
    )
    assert in_flat.key.name == "Ab major"
    assert in_g.transposed_to(in_flat.key) == in_flat


def test_punk_triads_are_power_chords(generator: TinyLlamaGenerator) -> None:
    sheet = generator.generate(Lyrics.parse(SONG), Controls(genre="punk", complexity="triads"))
    qualities = {chord.quality for chord in sheet.chords}
    assert "5" in qualities
    assert not qualities & {"maj", "min"} or any(chord.bass != "1" for chord in sheet.chords)
    folk = generator.generate(Lyrics.parse(SONG), Controls(genre="folk", complexity="triads"))
    assert "5" not in {chord.quality for chord in folk.chords}


def test_locked_chords_are_kept_and_equal_lines_follow_them(generator: TinyLlamaGenerator) -> None:
    lyrics = Lyrics.parse(SONG)
    kept = (
        PlacedChord(0, Chord.parse("Eb13")),
        PlacedChord(2, Chord.parse("N.C.")),
        PlacedChord(4, Chord.parse("F#m7b5/A")),
    )
    sheet = generator.generate(lyrics, Controls(), locked={2: kept, 4: ()})
    assert sheet.lines[2].chords == kept
    assert sheet.lines[6].chords == kept
    assert sheet.lines[4].chords == ()


def test_unlocked_lines_before_a_lock_do_not_change(generator: TinyLlamaGenerator) -> None:
    lyrics, controls = Lyrics.parse(SONG), Controls(key=Key.parse("D"), seed=4)
    free = generator.generate(lyrics, controls)
    locked = generator.generate(lyrics, controls, locked={5: free.lines[5].chords})
    assert locked.lines[:6] == free.lines[:6]


def test_key_is_chosen_to_fit_locked_chords(generator: TinyLlamaGenerator) -> None:
    chords = [PlacedChord(n, Chord.parse(symbol)) for n, symbol in enumerate(["E", "A", "B7", "E"])]
    sheet = generator.generate(Lyrics.parse(SONG), Controls(), locked={0: chords})
    assert sheet.key == Key("E", "major")


@pytest.mark.parametrize("index", [-1, 99])
def test_lock_on_a_missing_line_is_refused(generator: TinyLlamaGenerator, index: int) -> None:
    with pytest.raises(InputError, match="locked"):
        generator.generate(Lyrics.parse(SONG), Controls(), locked={index: ()})


def test_lock_past_the_line_is_refused(generator: TinyLlamaGenerator) -> None:
    chord = PlacedChord(7, Chord.parse("C"))
    with pytest.raises(InputError):
        generator.generate(Lyrics.parse("three short words"), Controls(), locked={0: [chord]})


def test_progress_is_told_per_line(generator: TinyLlamaGenerator) -> None:
    told: list[tuple[int, int]] = []
    generator.generate(Lyrics.parse(SONG), Controls(), lambda done, n: told.append((done, n)))
    assert told == [(done, 8) for done in range(1, 9)]


@pytest.mark.parametrize("after", [0, 1, 7])
def test_cancelling_stops(generator: TinyLlamaGenerator, after: int) -> None:
    asked = iter(range(1000))
    cancelled: Callable[[], bool] = lambda: next(asked) >= after  # noqa: E731
    with pytest.raises(CancelledError):
        generator.generate(Lyrics.parse(SONG), Controls(), cancelled=cancelled)


def test_a_cached_line_is_read_as_a_whole_one(generator: TinyLlamaGenerator) -> None:
    # The cache may not change what is said: without it, each window is read anew.
    lyrics = Lyrics.parse("\n".join(f"words of line {n} go by" for n in range(9)))
    sheet = generator.generate(lyrics, Controls(temperature=0, key=Key.parse("C")))
    kept = dict(enumerate(line.chords for line in sheet.lines[:8]))
    again = generator.generate(lyrics, Controls(temperature=0, key=Key.parse("C")), locked=kept)
    assert again.lines[8] == sheet.lines[8]


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "vocabulary.json", "card.json"])
def test_missing_or_changed_files_say_how_to_mend(
    tiny_folder: Path, tiny_memory: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    (folder / name).write_bytes(b"{")
    with pytest.raises(WeightsError, match="git checkout"):
        TinyLlamaGenerator(folder=folder, memory=tiny_memory)
    (folder / name).unlink()
    with pytest.raises(WeightsError, match="git checkout"):
        TinyLlamaGenerator(folder=folder, memory=tiny_memory)


def test_unknown_generator_is_named() -> None:
    with pytest.raises(InputError, match="tinyllama"):
        load_generator("guitarist")


@pytest.mark.parametrize(
    "change",
    [
        {"complexity": "simple"},
        {"chords_per_line": 0},
        {"chords_per_line": 17},
        {"temperature": -0.1},
        {"temperature": 2.1},
        {"seed": -1},
        {"tempo": 5},
        {"time_signature": "waltz"},
    ],
)
def test_controls_out_of_range_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError):
        replace(Controls(), **change)  # pyright: ignore[reportArgumentType]
