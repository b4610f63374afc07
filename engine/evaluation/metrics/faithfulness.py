"""How faithful explanations are: metrics of `engine.evaluation.tasks.faithfulness`."""

from __future__ import annotations

from engine.evaluation.metrics.metric import Metric, column_mean, mean

SHARES = (0.1, 0.2, 0.5)
DRAWS = 3
_SIGNATURE = f"v1|shares={','.join(map(str, SHARES))}|draws={DRAWS}|integrated gradients"


def _metric(name: str, title: str, higher_is_better: bool, source: str) -> Metric:
    column = name.replace("-", "_")
    return Metric(
        name,
        title,
        "probability",
        higher_is_better,
        source,
        _SIGNATURE,
        column_mean(column),
        mean,
        (column,),
    )


_ERASER = "DeYoung et al. 2020, arXiv:1911.03429, section 4"
FAITHFULNESS_METRICS: tuple[Metric, ...] = (
    _metric("comprehensiveness", "comprehensiveness", True, _ERASER),
    _metric("sufficiency", "sufficiency", False, _ERASER),
    _metric(
        "comprehensiveness-random",
        "comprehensiveness of random words",
        True,
        f"{_ERASER}, words drawn by chance",
    ),
    _metric(
        "sufficiency-random",
        "sufficiency of random words",
        False,
        f"{_ERASER}, words drawn by chance",
    ),
    _metric(
        "comprehensiveness-gain",
        "comprehensiveness above random words",
        True,
        f"{_ERASER}; mean difference, song by song, to words drawn by chance",
    ),
    _metric(
        "sufficiency-gain",
        "sufficiency below random words",
        True,
        f"{_ERASER}; mean difference, song by song, to words drawn by chance",
    ),
    _metric(
        "completeness-gap",
        "completeness gap (log odds)",
        False,
        "Sundararajan, Taly and Yan 2017, arXiv:1703.01365: what the attributions miss of the "
        "difference they explain, absolute, mean over songs",
    ),
)
