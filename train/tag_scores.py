"""How well the BiLSTM-GRU tells songs' tags."""

from __future__ import annotations

from typing import Any

import numpy as np


def tag_scores(
    targets: np.ndarray[Any, Any], probabilities: np.ndarray[Any, Any]
) -> dict[str, float]:
    """What a card states of multi-hot targets (songs, tags).

    Average precision pooled over all songs and tags (micro), averaged over the tags that occur
    (macro), and label-ranking average precision, all as scikit-learn defines them.
    """
    from sklearn.metrics import average_precision_score, label_ranking_average_precision_score

    occurring = targets.any(axis=0)
    macro = average_precision_score(targets[:, occurring], probabilities[:, occurring])
    return {
        "tag_micro_ap": round(
            float(average_precision_score(targets, probabilities, average="micro")), 4
        ),
        "tag_macro_ap": round(float(macro), 4),
        "tag_lrap": round(float(label_ranking_average_precision_score(targets, probabilities)), 4),
    }
