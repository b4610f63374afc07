"""An answer that could mislead cannot be made."""

from __future__ import annotations

import json

import pytest

from engine.classifiers.prediction import Prediction


def test_ranking_label_and_json() -> None:
    answer = Prediction("llama", "Tiny", ("folk", "jazz", "pop"), (0.2, 0.5, 0.3), 0.1)
    assert answer.label == "jazz"
    assert answer.confidence == 0.5
    assert [label for label, _ in answer.ranked] == ["jazz", "pop", "folk"]
    data = json.loads(json.dumps(answer.as_dict()))
    assert list(data) == ["model", "base", "label", "in_doubt", "probabilities", "seconds"]
    assert data["in_doubt"] is False
    assert data["probabilities"] == {"folk": 0.2, "jazz": 0.5, "pop": 0.3}


@pytest.mark.parametrize(
    ("labels", "probabilities"), [(("a", "b"), (1.0,)), (("a", "b"), (0.5, 0.4)), (("a",), (2.0,))]
)
def test_what_is_no_distribution_is_refused(
    labels: tuple[str, ...], probabilities: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match=r"probabilities|sum"):
        Prediction("m", "b", labels, probabilities, 0.1)
