"""Weighted log-odds with an informative Dirichlet prior: what marks one set of words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def log_odds_table(
    uses: Any, uses_elsewhere: Any, total: int, total_elsewhere: int, strength: float = 1.0
) -> pd.DataFrame:
    r"""How strongly each word marks one set of words against another.

    For word w with :math:`y_i` uses among the :math:`n_i` words of the set and :math:`y_j` among
    the :math:`n_j` words of the rest, and the prior :math:`a_w` (sum :math:`a_0`)

    .. math:: d_w = \log\frac{y_i + a_w}{n_i + a_0 - y_i - a_w}
              - \log\frac{y_j + a_w}{n_j + a_0 - y_j - a_w}

    with variance :math:`1/(y_i + a_w) + 1/(y_j + a_w)` and :math:`z_w = d_w / \sqrt{\mathrm{var}}`.
    The prior is *informative*: proportional to how often each word occurs in both together, with
    :math:`a_0` = `strength` times :math:`n_i`, so that words used alike everywhere ("the", "you")
    shrink to nothing.

    Monroe, Colaresi and Quinn 2008, "Fightin' Words", Political Analysis 16(4), section 3.5,
    equations 15, 16, 22 (doi:10.1093/pan/mpn018).

    Parameters
    ----------
    uses, uses_elsewhere : array of int
        Of the same words; every word is used in the set.
    total, total_elsewhere : int
        All words of the set, and of the rest.

    Returns
    -------
    data frame
        Columns ``z`` (standard deviations), ``log_odds`` (natural logarithm), ``uses`` and
        ``uses_elsewhere``, a row a word in the order given.
    """
    import numpy as np
    import pandas as pd

    here, there = np.asarray(uses, float), np.asarray(uses_elsewhere, float)
    prior_sum = strength * total
    prior = prior_sum * (here + there) / max(total + total_elsewhere, 1)
    log_odds = np.log((here + prior) / (total + prior_sum - here - prior)) - np.log(
        (there + prior) / (total_elsewhere + prior_sum - there - prior)
    )
    z = log_odds / np.sqrt(1 / (here + prior) + 1 / (there + prior))
    return pd.DataFrame(
        {
            "z": z,
            "log_odds": log_odds,
            "uses": here.astype(int),
            "uses_elsewhere": there.astype(int),
        }
    )
