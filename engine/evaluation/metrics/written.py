"""Statistics of written songs: what musicians notice first, for models and for humans alike.

None of them is good or bad in itself: a song is as a song should be where its figure lies near that
of songs that humans wrote (`engine.evaluation.tasks.written` measures those too). The definitions
are in `engine.evaluation.metrics.song_harmony` and `engine.evaluation.metrics.song_form`.

==================================  ======  =====================================================
metric                              unit    what it says
==================================  ======  =====================================================
written/line-sameness               share   line pairs of like sections with one progression
written/elsewhere-sameness          share   the same, lines at unlike places of those sections
written/distinct-verses             share   different harmonies among the verses of a song
written/equal-bars                  share   like sections with equally many bars
written/changes-a-line              chords  changes of degree in a line
written/distinct-chords             chords  different degrees in a song
written/entropy                     bits    entropy of a song's degrees
written/two-commonest               share   chords that are one of the song's two commonest
written/xyxy                        share   four chords in a row that swing between two
written/repeated-fours              share   four chords in a row that the song has had before
written/diatonic                    share   chords of the key's own scale
written/function-word               share   chords placed on a function word
written/downbeat-function-word      share   words on a downbeat that are function words
written/line-ends-i, -v             share   lines that end on the tonic, on the dominant
written/section-ends-i, -v, -v-i    share   sections that end there; with V-I within the last line
written/song-ends-i                 share   songs that end on the tonic
written/kept                        share   songs that could be written with the words given
==================================  ======  =====================================================
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from engine.evaluation.metrics.metric import Metric, column_ratio, mean
from engine.evaluation.metrics.song_form import form_figures
from engine.evaluation.metrics.song_harmony import Figure, harmony_figures
from engine.lyrics.prosody import WEAK_WORDS

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

PREFIX = "written/"
_WORDS = hashlib.sha256(" ".join(sorted(WEAK_WORDS)).encode()).hexdigest()[:8]
_SONG, _ALL = "mean over songs", "over all songs together"


def written_figures(sheet: LeadSheet) -> dict[str, Figure]:
    """Sum and count of every statistic of one song but ``kept``, by name without the prefix."""
    return {**form_figures(sheet), **harmony_figures(sheet)}


def columns(name: str) -> tuple[str, str]:
    """The columns of a table of predictions that hold a statistic's sums and counts."""
    plain = name.removeprefix(PREFIX).replace("-", "_")
    return f"{plain}_sum", f"{plain}_count"


def _statistic(name: str, title: str, how: str, unit: str = "share", words: bool = False) -> Metric:
    return Metric(
        PREFIX + name,
        title,
        unit,
        False,
        how,
        f"v1|function-words={_WORDS}" if words else "v1",
        column_ratio(*columns(name)),
        mean,
        columns(name),
        ranked=False,
    )


WRITTEN_METRICS: tuple[Metric, ...] = (
    _statistic("line-sameness", "like lines of like sections with the same chords", _ALL),
    _statistic("elsewhere-sameness", "unlike lines of like sections with the same chords", _ALL),
    _statistic("distinct-verses", "verses with a harmony of their own", _ALL),
    _statistic("equal-bars", "like sections with equally many bars", _ALL),
    _statistic("changes-a-line", "chord changes in a line", _ALL, "chords"),
    _statistic("distinct-chords", "different chords in a song", _SONG, "chords"),
    _statistic("entropy", "entropy of a song's chords", _SONG, "bits"),
    _statistic("two-commonest", "share of the two commonest chords", _SONG),
    _statistic("xyxy", "swinging between two chords (X-Y-X-Y)", _SONG),
    _statistic("repeated-fours", "four chords heard before", _SONG),
    _statistic("diatonic", "chords of the key's scale", _SONG),
    _statistic("function-word", "chords on function words", _ALL, words=True),
    _statistic("downbeat-function-word", "downbeats on function words", _ALL, words=True),
    _statistic("line-ends-i", "lines that end on I", _SONG),
    _statistic("line-ends-v", "lines that end on V", _SONG),
    _statistic("section-ends-i", "sections that end on I", _ALL),
    _statistic("section-ends-v", "sections that end on V", _ALL),
    _statistic("section-ends-v-i", "sections that end with V-I", _ALL),
    _statistic("song-ends-i", "songs that end on I", _SONG),
    _statistic("kept", "songs written with the words given", _ALL),
)
