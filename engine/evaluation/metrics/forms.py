"""How steady answers are between the ways a song is written down: `engine.evaluation.tasks.forms`.

======================  ======  =========  ====================================================
metric                  unit    better     what it says
======================  ======  =========  ====================================================
agreement/<form>        share   higher     answers to the song in that form that are those to it
                                           whole
change/<form>           share   lower      total variation distance of the probabilities from
                                           those of the whole song, mean over songs
form-accuracy/<form>    share   higher     accuracy on the songs in that form
form-ece/<form>         share   lower      expected calibration error there, 15 equal bins
======================  ======  =========  ====================================================
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from engine.corpora.written_forms import FORMS
from engine.evaluation.metrics.genre import ECE_BINS, binned, expected_calibration_error
from engine.evaluation.metrics.metric import FloatArray, Metric, column_mean, mean

if TYPE_CHECKING:
    import pandas as pd

_SIGNATURE = "v1|forms=1"
WHOLE = "whole"


def column(kind: str, form: str) -> str:
    """The column of a table of predictions that a form's figures come from."""
    return f"{kind}_{form.replace(' ', '_')}"


def form_metric(kind: str, form: str) -> str:
    """The name of a metric of one form."""
    return f"{kind}/{form.replace(' ', '-')}"


def _bins(table: pd.DataFrame, form: str) -> FloatArray:
    confidence, hit = (
        np.asarray(table[column(kind, form)], dtype=np.float64) for kind in ("confidence", "hit")
    )
    return binned(confidence, hit > 0)


def _of_form(form: str) -> tuple[Metric, ...]:
    same, change, hit, confidence = (
        column(kind, form) for kind in ("same", "change", "hit", "confidence")
    )
    steady = (
        Metric(
            form_metric("agreement", form),
            f"agreement with the whole song: {form}",
            "share",
            True,
            "share of songs answered as they are when whole",
            _SIGNATURE,
            column_mean(same),
            mean,
            (same,),
        ),
        Metric(
            form_metric("change", form),
            f"change of probabilities from the whole song: {form}",
            "share",
            False,
            "total variation distance, mean over songs",
            _SIGNATURE,
            column_mean(change),
            mean,
            (change,),
        ),
    )
    right = (
        Metric(
            form_metric("form-accuracy", form),
            f"accuracy: {form}",
            "share",
            True,
            "share of songs whose most probable label is the reference",
            _SIGNATURE,
            column_mean(hit),
            mean,
            (hit,),
        ),
        Metric(
            form_metric("form-ece", form),
            f"expected calibration error: {form}",
            "share",
            False,
            "Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599, equation 3",
            f"{_SIGNATURE}|bins={ECE_BINS}",
            partial(_bins, form=form),
            expected_calibration_error,
            (confidence, hit),
        ),
    )
    return right if form == WHOLE else (*steady, *right)


FORM_METRICS: tuple[Metric, ...] = tuple(entry for form in FORMS for entry in _of_form(form))
