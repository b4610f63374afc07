"""Measure the shipped models again and hold them to their cards.

``python -m train.evaluate --data FOLDER``: accuracy and macro F1 of each genre model on the test
part, through the serving path, beside the card's; exit status 1 if one differs by more than the
tolerance (bfloat16 kernels differ between machines, so a few songs may change sides).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from engine.arguments import ArgumentParser
from engine.classifiers import CLASSIFIERS, load_classifier
from train.calibration import answered, measured
from train.command_line import run
from train.genre_data import read_split


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one JSON object a model; returns the exit status."""
    parser = ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with test.parquet")
    parser.add_argument("--model", nargs="+", choices=list(CLASSIFIERS), default=list(CLASSIFIERS))
    parser.add_argument("--preset", choices=["embedded", "full"], default="embedded")
    parser.add_argument("--tolerance", type=float, default=0.005)
    options = parser.parse_args(arguments)
    test = read_split(options.data, "test")
    worst = 0.0
    for name in options.model:
        classifier = load_classifier(name, options.preset)
        card, found = classifier.card, measured("test", answered(classifier, test), test.labels)
        differences = {metric: abs(value - card.metrics[metric]) for metric, value in found.items()}
        worst = max(worst, *differences.values())
        print(json.dumps({"model": name, "measured": found, "card": card.metrics}))
    return int(worst > options.tolerance)


if __name__ == "__main__":
    run(main)
