"""How well direct paths judge songs of artists they have not seen, by the pairs they know.

``python -m train.direct_path_study --data FOLDER --pairs 0 20000 60000`` fits RoBERTa's direct path
(`train.direct_path`) for each part of the training artists without them, and prints accuracy, macro
F1 and the loss of its answers to their songs, the log prior weighed by likelihood. The training
songs are seven times as many as those of validation, and no network has to be trained anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.prediction import GENRES
from train.direct_path import Windows, direct_logits, fit_direct
from train.genre_data import GenreSplit, artist_folds, log_prior, read_split
from train.genre_roberta import song_reader
from train.genre_training import fitted_prior_power, likelihood_loss, measured, parse_arguments

FOLDS = 3


def main() -> None:
    """Fit, judge and print."""
    pairs = {"type": int, "nargs": "+", "default": [0, 20_000], "help": "how many are known"}
    arguments = parse_arguments(__doc__ or "", "genre_roberta", pairs=pairs)
    train = read_split(arguments.data, "train", arguments.limit)
    prior = log_prior(train.labels)
    read, tokens, pad = song_reader(arguments)
    windows = read(train)
    for count in arguments.pairs:
        settings = {**arguments.settings, "direct_pairs": count}
        logits = judged_by_others(windows, train, tokens, pad, settings)
        power = fitted_prior_power(logits, train.labels, prior)
        found = measured("others", logits + power * prior, train.labels)
        loss = likelihood_loss([logits, prior], train.labels)
        print(f"{count} pairs: {found}, {loss:.4f} nats a song", flush=True)


def judged_by_others(
    windows: Windows, train: GenreSplit, tokens: int, pad: int, settings: Mapping[str, Any]
) -> np.ndarray[Any, Any]:
    """Logits (songs, genres) of paths fitted without the song's part of the artists."""
    logits = np.zeros((len(train), len(GENRES)))
    for _, seen, unseen in artist_folds(train, FOLDS):
        known = train.subset(seen.tolist())
        path = fit_direct([windows[i] for i in seen], known, tokens, len(GENRES), settings)
        held = [windows[i] for i in unseen], [train.lyrics[i] for i in unseen]
        logits[unseen] = direct_logits(path, *held, pad)
    return logits


if __name__ == "__main__":
    main()
