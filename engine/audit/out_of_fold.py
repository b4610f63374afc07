"""Answers of a plain model that learns from the songs themselves, never from the one it answers.

The songs are dealt into folds by artist; TF-IDF with logistic regression
(`engine.evaluation.baselines`) learns from all folds but one and answers that one. So every song
has probabilities of a model that has seen neither its label nor its artist, whatever the genres.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.audit.answers import OUT_OF_FOLD, Answers, text_key
from engine.errors import CancelledError, InputError
from engine.lyrics import Lyrics

if TYPE_CHECKING:
    import pandas as pd

FOLDS = 5
LEAST_OF_A_GENRE = 10
NAME = "TF-IDF, out of fold"

Progress = Callable[[int, int], None]


def out_of_fold(
    songs: pd.DataFrame,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    seed: int = 0,
) -> Answers:
    """Answer every song of a genre of `LEAST_OF_A_GENRE` songs or more.

    Parameters
    ----------
    songs : data frame
        ``id``, ``artist``, ``genre`` and ``lyrics``.
    progress, cancelled : callable
        Progress counts folds.

    Raises
    ------
    CancelledError
    InputError
        If fewer than two genres have enough songs, or those fewer than `FOLDS` artists.
    """
    import numpy as np
    import pandas as pd
    from sklearn.model_selection import StratifiedGroupKFold

    from engine.evaluation.baselines.genre import TfidfBaseline

    usable, lyrics = _usable(songs)
    counts = usable["genre"].value_counts()
    genres = sorted(str(name) for name in counts[counts >= LEAST_OF_A_GENRE].index)
    chosen = usable["genre"].isin(genres).to_numpy()
    usable = usable[chosen].reset_index(drop=True)
    lyrics = [lyric for lyric, kept in zip(lyrics, chosen, strict=True) if kept]
    groups = [
        artist.lower() or f"song {at}" for at, artist in enumerate(usable["artist"].astype(str))
    ]
    if len(set(groups)) == 1:  # of one writer, as the songbook: each song stands for itself
        groups = [f"song {at}" for at in range(len(groups))]
    if len(genres) < 2 or len(set(groups)) < FOLDS:
        raise InputError(
            f"{len(genres)} genres have {LEAST_OF_A_GENRE} songs or more, by {len(set(groups))} "
            f"artists; two genres and {FOLDS} artists are needed."
        )
    probabilities = np.zeros((len(usable), len(genres)), np.float32)
    folds: Any = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for number, (seen, unseen) in enumerate(folds.split(usable, usable["genre"], groups)):
        if cancelled():
            raise CancelledError("The answers out of fold were cancelled.")
        if not len(unseen):
            continue
        try:
            model = TfidfBaseline(usable.iloc[seen], "")
        except ValueError:  # no word occurs often enough, or one genre is left
            raise InputError("Too few words or genres are shared between these songs.") from None
        columns = [genres.index(label) for label in model.labels]
        told = model.predict([lyrics[at] for at in unseen])
        probabilities[np.ix_(unseen, columns)] = [one.probabilities for one in told]
        progress(number + 1, FOLDS)
    keyed = pd.DataFrame(
        {
            "id": usable["id"].astype(str),
            "text": [text_key(str(text)) for text in usable["lyrics"]],
        }
    )
    left = len(songs) - len(usable)
    return Answers(NAME, "", OUT_OF_FOLD, tuple(genres), keyed, probabilities, left)


def _usable(songs: pd.DataFrame) -> tuple[Any, list[Lyrics]]:
    """Songs with a genre whose lyric can be read, and what is read."""
    lyrics: list[Lyrics] = []
    kept: list[int] = []
    for at, (text, genre) in enumerate(zip(songs["lyrics"], songs["genre"], strict=True)):
        if not genre:
            continue
        try:
            lyrics.append(Lyrics.parse(str(text)))
        except InputError:
            continue
        kept.append(at)
    return songs.iloc[kept], lyrics
