"""A blind listening test: human chords and a generator's in turn, rated without knowing whose.

A listener hears each song once, with one of its two harmonies; which songs and whose, in which
order, follows from the listener alone, and every two songs in a row are one of each. Both harmonies
are cut to the same lines and played alike: same key, tempo and voicing.

Ratings follow what listening studies of generated music ask (five scales from 0 to 5), and whether
the listener thinks a human chose the chords. They lie in ``listening/answers.jsonl`` in the results
folder and nowhere else; a listener is a code there, no name.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.chord_songs import ChordSong
from engine.evaluation.board.records import results_folder
from engine.evaluation.metrics.metric import Metric, column_mean, mean
from engine.evaluation.metrics.uncertainty import intervals
from engine.files import append_line
from engine.generator.controls import Controls
from engine.generator.songs import home_song
from engine.json_text import json_value
from engine.lyrics import LyricLine, Lyrics

if TYPE_CHECKING:
    import pandas as pd

    from engine.music.lead_sheet import LeadSheet

HUMAN = "human"
SCALES: dict[str, str] = {
    "coherence": "Do the chords belong together and lead somewhere?",
    "fit": "Do they change on the right words, and suit what is said?",
    "genre": "Do they sound like the genre?",
    "melody": "Could you sing a tune over them?",
    "musicality": "Would you like to hear more of it?",
}
MOST = 5
ENOUGH = 6
"""After so many songs a listener may see what all have answered."""
_LINES = 8
_LISTENERS = 5
_FILE = "listening/answers.jsonl"
_GUESSED = "guessed"
_KINDS: dict[str, type] = {
    **dict.fromkeys(("listener", "song", "writer", "revision", "time"), str),
    "seed": int,
    "guessed_human": bool,
}


@dataclass(frozen=True)
class Trial:
    """One song to be heard: the title it has in the songbook, and whether with human chords."""

    song: str
    human: bool


@dataclass(frozen=True)
class Answer:
    """What a listener said of one song.

    Attributes
    ----------
    listener : str
        A code of the visit.
    song : str
        Its title in the songbook.
    writer, revision : str
        `HUMAN` and "", or the generator's name and the revision of its weights.
    seed : int
        That the generator wrote with.
    coherence, fit, genre, melody, musicality : int
        0 to `MOST`.
    guessed_human : bool
        Whether the listener thinks that a human chose the chords.
    time : str
        UTC, ISO 8601.
    """

    listener: str
    song: str
    writer: str
    revision: str
    seed: int
    coherence: int
    fit: int
    genre: int
    melody: int
    musicality: int
    guessed_human: bool
    time: str

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            if type(getattr(self, name)) is not kind:
                raise ValueError(f"{name} is {getattr(self, name)!r}, not of its kind")
        for name in SCALES:
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= MOST:
                raise ValueError(f"{name} is {value!r}, not a whole number from 0 to {MOST}")


def trials(listener: str, songs: Sequence[str]) -> list[Trial]:
    """All songs in a listener's own order, of every two in a row one with human chords."""
    draw = random.Random(listener)  # noqa: S311 - an order, no secret
    order = list(songs)
    draw.shuffle(order)
    human: list[bool] = []
    while len(human) < len(order):
        first = draw.random() < 0.5
        human += [first, not first]
    return [Trial(song, own) for song, own in zip(order, human, strict=False)]


def words_of(sheet: LeadSheet) -> Lyrics:
    """The words of a song, as a generator is given them."""
    return Lyrics(
        tuple(
            LyricLine(line.words, line.section, line.stanza) for line in sheet.lines if line.words
        )
    )


def wishes_of(sheet: LeadSheet, seed: int) -> Controls:
    """What a generator is asked for, so that key, genre, metre, tempo and richness are the same."""
    home = home_song(ChordSong("", None, sheet, True, sheet.time_signature))
    return Controls(
        key=sheet.key,
        genre=sheet.genre,
        complexity=home.complexity,
        seed=seed,
        tempo=sheet.tempo,
        time_signature=sheet.time_signature,
    )


def excerpt(sheet: LeadSheet, lines: int = _LINES) -> LeadSheet:
    """The first lines with words, without title, artist or capo: what is heard of a song."""
    sung = tuple(line for line in sheet.lines if line.words)[:lines]
    return replace(sheet, title="", artist=None, capo=0, lines=sung)


def append_answer(answer: Answer, folder: Path | None = None) -> None:
    """Keep an answer on this machine."""
    path = (folder or results_folder()) / _FILE
    append_line(path, (json.dumps(asdict(answer), ensure_ascii=False) + "\n").encode())


def read_answers(folder: Path | None = None) -> list[Answer]:
    """Every answer that can be read, the oldest first; the last one a listener gave on a song."""
    path = (folder or results_folder()) / _FILE
    if not path.exists():
        return []
    found: dict[tuple[str, str], Answer] = {}
    for line in path.read_bytes().splitlines():
        try:
            values: Any = json_value(line)
            answer = Answer(**values)
        except (TypeError, ValueError):  # cut short, or of another version
            continue
        found[answer.listener, answer.song] = answer
    return list(found.values())


def answers_table(answers: Sequence[Answer]) -> pd.DataFrame:
    """One row an answer, its fields as columns."""
    import pandas as pd

    return pd.DataFrame(
        [asdict(answer) for answer in answers], columns=[field.name for field in fields(Answer)]
    )


def listening_values(answers: Sequence[Answer]) -> pd.DataFrame:
    """Mean ratings of human chords and of each generator's newest revision.

    Columns ``model``, ``metric``, ``value``, ``low``, ``high``, ``songs`` (answers). The metric is
    a name of `SCALES`, or "guessed": the share of answers that took the chords for human. Intervals
    are 95%, by resampling listeners, or answers while there are fewer than 5 listeners.
    """
    import pandas as pd

    newest = {answer.writer: answer.revision for answer in answers}
    table = answers_table([one for one in answers if one.revision == newest[one.writer]])
    table[_GUESSED] = table["guessed_human"].astype(float)
    by_listener = len(set(table["listener"])) >= _LISTENERS
    table["cluster"] = table["listener"] if by_listener else [str(n) for n in range(len(table))]
    rows: list[tuple[object, ...]] = []
    for writer in sorted(newest, key=lambda name: name != HUMAN):
        of: Any = table[table["writer"] == writer]
        bounds = intervals(of, _MEANS)
        rows += [(writer, one.name, one.of(of), *bounds[one.name], len(of)) for one in _MEANS]
    return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high", "songs"])


_MEANS = tuple(
    Metric(name, name, "", True, "", "v1", column_mean(name), mean, (name,))
    for name in (*SCALES, _GUESSED)
)
