"""Songs of a store beside what several models said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.audit.answers import Answers, Match, matched
from engine.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from engine.corpora.store import Filters, SongStore

_FACTS = ("row", "title", "artist", "year", "genre", "words")


@dataclass(frozen=True, eq=False)
class Compared:
    """Songs and what models said of them.

    Attributes
    ----------
    songs : data frame
        Songs that some model answered: ``row``, ``title``, ``artist``, ``year``, ``genre``,
        ``words``.
    models : tuple of str
        Names of the answers.
    labels : dict
        Name to the labels of its answers.
    probabilities : dict
        Name to an array of shape (songs, labels); rows of NaN where it did not answer.
    matches : dict
        Name to how its answers were found again (`Match`).
    """

    songs: pd.DataFrame
    models: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    probabilities: dict[str, NDArray[np.float32]]
    matches: dict[str, Match]
    _told: dict[tuple[str, str], NDArray[Any]] = field(
        default_factory=dict[tuple[str, str], Any], init=False, repr=False
    )

    def answered(self, name: str) -> NDArray[np.bool_]:
        """Which songs a model answered."""
        import numpy as np

        def told() -> NDArray[np.bool_]:
            missing: Any = np.isnan(self.probabilities[name]).any(axis=1)
            return ~missing

        return self._once("answered", name, told)

    def predictions(self, name: str) -> NDArray[Any]:
        """A model's answer to each song; "" where it gave none."""
        import numpy as np

        def told() -> NDArray[Any]:
            labels = np.array([*self.labels[name], ""], dtype=object)
            best = self.probabilities[name].argmax(axis=1)  # of a missing row any
            return labels[np.where(self.answered(name), best, len(labels) - 1)]

        return self._once("predictions", name, told)

    def confidences(self, name: str) -> NDArray[np.float32]:
        """The probability of each answer; NaN where there is none."""
        return self.probabilities[name].max(axis=1)

    def judged(self, name: str) -> NDArray[np.bool_]:
        """Which songs it can be right or wrong of: answered, with a genre that it knows."""

        def told() -> NDArray[np.bool_]:
            known: Any = self.songs["genre"].isin(self.labels[name]).to_numpy()
            return self.answered(name) & known

        return self._once("judged", name, told)

    def wrong(self, name: str) -> NDArray[np.bool_]:
        """Which of those it tells otherwise than the table."""
        return self._once(
            "wrong", name, lambda: self.judged(name) & (self.predictions(name) != self.genres)
        )

    @property
    def genres(self) -> NDArray[Any]:
        """The genre of each song in the table."""
        return self._once("genres", "", lambda: self.songs["genre"].to_numpy(object))

    def compared(self) -> NDArray[np.bool_]:
        """Which songs all models answered."""
        import numpy as np

        return np.logical_and.reduce([self.answered(name) for name in self.models])

    def differ(self) -> NDArray[np.bool_]:
        """Of which of those they do not all say the same."""
        first, *others = (self.predictions(name) for name in self.models)
        unlike = self.compared() & False
        for other in others:
            unlike |= first != other
        return unlike & self.compared()

    def table(self, kept: Any = slice(None)) -> pd.DataFrame:
        """The songs with a column for each model's answer, and one for how sure it is.

        `kept` is which of them: places, or a truth for each.
        """
        columns: dict[str, Any] = {}
        for name in self.models:
            columns[name] = self.predictions(name)[kept]
            columns[f"{name}: sure"] = self.confidences(name)[kept]
        songs: Any = self.songs.iloc[kept]
        return songs.assign(**columns)

    def _once(self, what: str, name: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What was told before; arrays are shared, so nobody writes into them."""
        if (what, name) not in self._told:
            made = make()
            made.setflags(write=False)
            self._told[what, name] = made
        return self._told[what, name]


def compared(
    store: SongStore,
    filters: Filters,
    answers: Sequence[Answers],
    keys: pd.DataFrame,
    matches: Mapping[str, Match] | None = None,
) -> Compared:
    """Put answers beside the songs that pass filters.

    Parameters
    ----------
    keys : data frame
        Of the store (`engine.audit.answers.song_keys`).
    matches : mapping, optional
        Name to how its answers match these keys, where that is known already.

    Raises
    ------
    InputError
        If there are no answers, or two are called the same.
    """
    import numpy as np

    names = [one.name for one in answers]
    if not names or len(set(names)) < len(names):
        raise InputError("Answers of one or more models are compared, each with its own name.")
    songs: Any = store.table(filters, _FACTS)
    at = keys.set_index("row").index.get_indexer(songs["row"])
    matches = dict(matches or {one.name: matched(keys, one) for one in answers})
    places = {
        name: np.where(at >= 0, match.places[at] if len(keys) else -1, -1)
        for name, match in matches.items()
    }
    some = np.logical_or.reduce([there >= 0 for there in places.values()])
    return Compared(
        songs[some].reset_index(drop=True),
        tuple(names),
        {one.name: one.labels for one in answers},
        {one.name: _taken(one.probabilities, places[one.name][some]) for one in answers},
        matches,
    )


def confusion_of(whole: Compared, name: str) -> tuple[NDArray[np.int64], list[str]]:
    """Counts of shape (labels, labels), genre by answer, and the labels that occur."""
    import pandas as pd

    from engine.evaluation.metrics.genre import confusion

    of = whole.judged(name)
    table = pd.DataFrame({"reference": whole.genres[of], "prediction": whole.predictions(name)[of]})
    there = {*table["reference"].unique(), *table["prediction"].unique()}
    labels = [label for label in whole.labels[name] if label in there]
    return confusion(table, labels), labels


def dimensions(
    songs: pd.DataFrame, languages: Sequence[str] | None = None
) -> dict[str, pd.Categorical]:
    """What songs are sliced by: name to a value for each song, "" where it is unknown.

    `languages` has a name for each of the songs.
    """
    import numpy as np
    import pandas as pd

    years: Any = songs["year"].astype("Int64")
    decades: Any = pd.Categorical((years // 10 * 10).fillna(-1))
    named = {one: f"{one}s" if one >= 0 else "" for one in decades.categories}
    bounds = [most for most, _ in _LENGTHS]
    lengths = [name for _, name in _LENGTHS] + [_LONGEST]
    found: dict[str, Any] = {
        "genre": songs["genre"],
        "decade": decades.rename_categories(named),
        "length": pd.Categorical.from_codes(
            np.searchsorted(bounds, songs["words"].to_numpy(), side="right"), lengths
        ),
        "artist": songs["artist"],
    }
    if languages is not None:
        found["language"] = languages
    return {name: pd.Categorical(values) for name, values in found.items()}


_LENGTHS = (
    (100, "under 100 words"),
    (200, "100 to 199 words"),
    (300, "200 to 299 words"),
    (500, "300 to 499 words"),
)


_LONGEST = "500 words and more"


def _taken(values: NDArray[np.float32], places: NDArray[np.int64]) -> NDArray[np.float32]:
    import numpy as np

    taken = values[places] if len(values) else np.zeros((len(places), values.shape[1]), np.float32)
    return np.where((places >= 0)[:, None], taken, np.float32("nan"))
