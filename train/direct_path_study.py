"""How well direct paths judge songs of artists they have not seen, by the pairs they know.

``python -m train.direct_path_study --data FOLDER --pairs 0 20000 60000`` fits RoBERTa's direct path
(`train.direct_path`) for each part of the training artists without them, and prints accuracy, macro
F1 and the loss of its answers to their songs, the log prior weighed by likelihood. The training
songs are seven times as many as those of validation, and no network has to be trained anew.
"""

from __future__ import annotations

from dataclasses import replace

from train.calibration import fitted_shift, likelihood_loss, measured
from train.command_line import parse_arguments, run
from train.direct_path import cross_fitted_logits
from train.genre_data import log_prior, read_split
from train.genre_roberta import RobertaSettings, song_reader


def main() -> None:
    """Fit, judge and print."""
    pairs = {"type": int, "nargs": "+", "default": [0, 20_000], "help": "how many are known"}
    arguments = parse_arguments(
        __doc__ or "", "genre_roberta", RobertaSettings, steps=False, pairs=pairs
    )
    train = read_split(arguments.data, "train", arguments.limit)
    prior = log_prior(train.labels)
    read, tokens, pad = song_reader(arguments)
    for count in arguments.pairs:
        settings = replace(arguments.settings, direct_pairs=count)
        logits = cross_fitted_logits(read, train, tokens, pad, settings)
        found = measured("others", logits + fitted_shift(logits, train.labels, prior), train.labels)
        loss = likelihood_loss([logits, prior], train.labels)
        print(f"{count} pairs: {found}, {loss:.4f} nats a song", flush=True)


if __name__ == "__main__":
    run(main)
