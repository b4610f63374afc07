"""What any genre model has to beat: the majority class, and TF-IDF with logistic regression.

They are fitted when an evaluation asks for them, on the training file beside the evaluated one,
and predict like any `engine.classifiers.prediction.GenreClassifier`.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.classifiers.prediction import Prediction
from engine.corpora import read_file
from engine.lyrics import Lyrics
from engine.models.card import sha256

if TYPE_CHECKING:
    import pandas as pd


class MajorityBaseline:
    """Always the commonest training genre; its probabilities are the training shares.

    Parameters
    ----------
    songs : data frame
        Training songs with ``genre``.
    training_sha256 : str
        Checksum of their file, for the revision.
    """

    name = "majority"
    base = "none"

    def __init__(self, songs: pd.DataFrame, training_sha256: str) -> None:
        shares = songs["genre"].value_counts(normalize=True).sort_index()
        self.labels = tuple(str(label) for label in shares.index)
        self.probabilities = tuple(float(share) for share in shares)
        self.revision = _revision(self.name, training_sha256)
        self.megabytes = len(pickle.dumps(self.probabilities)) / 2**20

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        """The same answer for every lyric."""
        return [
            Prediction(self.name, self.base, self.labels, self.probabilities, 0.0) for _ in lyrics
        ]


class TfidfBaseline:
    """Words and pairs of words, weighted by TF-IDF, into a logistic regression (scikit-learn).

    Parameters
    ----------
    songs : data frame
        Training songs with ``lyrics`` and ``genre``.
    training_sha256 : str
        Checksum of their file, for the revision.
    balanced : bool
        Weigh classes by the inverse of their frequency.
    """

    base = "TF-IDF, logistic regression"

    def __init__(self, songs: pd.DataFrame, training_sha256: str, balanced: bool = False) -> None:
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        self.name = "tfidf-balanced" if balanced else "tfidf"
        settings: dict[str, Any] = {
            "ngram_range": (1, 2),
            "min_df": 3,
            "max_features": 50_000,
            "sublinear_tf": True,
            "dtype": np.float32,
        }
        regression: dict[str, Any] = {
            "C": 4.0,
            "max_iter": 300,
            "tol": 1e-3,
            "class_weight": "balanced" if balanced else None,
        }
        self.vectorizer: Any = TfidfVectorizer(**settings)
        features: Any = self.vectorizer.fit_transform(_texts(songs["lyrics"]))
        self.regression: Any = LogisticRegression(**regression).fit(features, songs["genre"])
        self.labels = tuple(str(label) for label in self.regression.classes_)
        self.revision = _revision(f"{self.name}{settings}{regression}", training_sha256)
        self.megabytes = len(pickle.dumps((self.vectorizer, self.regression))) / 2**20

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        """One answer per lyric; `seconds` is the batch's time shared out."""
        if not lyrics:
            return []
        start = time.perf_counter()
        features = self.vectorizer.transform([lyric.text for lyric in lyrics])
        values = self.regression.predict_proba(features)
        seconds = (time.perf_counter() - start) / len(lyrics)
        return [
            Prediction(self.name, self.base, self.labels, tuple(map(float, row)), seconds)
            for row in values
        ]


def majority(training: Path) -> MajorityBaseline:
    """Fitted on a file of songs with genres."""
    return MajorityBaseline(*_training_songs(training))


def tfidf(training: Path) -> TfidfBaseline:
    """Fitted on a file of songs with genres, every song counting alike."""
    return TfidfBaseline(*_training_songs(training))


def tfidf_balanced(training: Path) -> TfidfBaseline:
    """Fitted on a file of songs with genres, every genre counting alike."""
    return TfidfBaseline(*_training_songs(training), balanced=True)


def _training_songs(path: Path) -> tuple[pd.DataFrame, str]:
    """The songs of a file that have a genre, and the file's checksum."""
    songs: Any = read_file(path).songs
    return songs.loc[songs["genre"] != ""], sha256(path)


def _texts(lyrics: Iterable[object]) -> list[str]:
    return [Lyrics.parse(str(text)).text for text in lyrics]


def _revision(configuration: str, training_sha256: str) -> str:
    return hashlib.sha256(f"{configuration}|{training_sha256}".encode()).hexdigest()[:12]
