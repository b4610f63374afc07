"""Songs whose label looks wrong, by what a model says that never learnt from it.

Confident learning (Northcutt, Jiang and Chuang 2021, doi:10.1613/jair.1.12125; `cleanlab`): a song
is suspect if its model is as sure of another genre as it usually is of songs of that genre, and
ranked by how little it believes the given one. That needs probabilities from a model that has not
learnt the very label: held out, or out of fold (`engine.audit.out_of_fold`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from engine.audit.comparison import Compared

LEAST_SONGS = 20


def suspects(whole: Compared, name: str) -> pd.DataFrame:
    """The songs whose genre a model doubts most.

    Returns
    -------
    data frame
        ``row``, ``title``, ``artist``, ``year``, ``given``, ``suggested``, ``p_given``,
        ``p_suggested``; the least believed label first.

    Raises
    ------
    InputError
        If fewer than `LEAST_SONGS` songs or two genres can be judged.
    """
    import numpy as np
    import pandas as pd
    from cleanlab.filter import find_label_issues

    judged = np.flatnonzero(whole.judged(name))
    songs = whole.songs.iloc[judged]
    given = songs["genre"].to_numpy(object)
    # Labels that no song here has would have no threshold of their own.
    kept = [at for at, label in enumerate(whole.labels[name]) if label in set(given)]
    if len(judged) < LEAST_SONGS or len(kept) < 2:
        raise InputError(
            f"Only {len(judged):,} songs of {len(kept)} genres can be judged by {name}; "
            f"{LEAST_SONGS} songs of two genres are needed."
        )
    labels = np.array([whole.labels[name][at] for at in kept], dtype=object)
    numbers = pd.Index(labels).get_indexer(pd.Index(given))
    here = whole.probabilities[name][judged[:, None], np.array(kept)]
    shares = here / np.maximum(here.sum(axis=1, keepdims=True), 1e-12)
    found = find_label_issues(numbers, shares, return_indices_ranked_by="self_confidence", n_jobs=1)
    best = here.argmax(axis=1)
    table = songs.iloc[found].loc[:, ["row", "title", "artist", "year"]]
    return table.assign(
        given=given[found],
        suggested=labels[best[found]],
        p_given=here[found, numbers[found]],
        p_suggested=here[found, best[found]],
    ).reset_index(drop=True)
