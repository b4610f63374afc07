"""What a model owes to its network and what to the linear path beside it, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.classifiers import PARTED
from ui import boards, resources

if TYPE_CHECKING:
    from engine.models.card import ModelCard


def of_model(card: ModelCard) -> str:
    """A few sentences for one model's card; "" for a model without such parts."""
    parts: dict[str, Any] = card.config.get("parts") or {}
    if card.name not in PARTED:
        return ""
    if not set(resources.PART_TITLES) <= set(parts):
        return (
            "A network, and beside it a linear path, which weighs single words by how telling they "
            "are (TF-IDF), answer together. Neither was fitted to answer alone: asked alone, it is "
            "as sure as both are together."
        )
    right = {name: parts[name]["metrics"]["validation/accuracy"] for name in resources.PART_TITLES}
    songs = parts["linear"]["metrics"]["validation/songs"]
    told = (
        "A network, and beside it a linear path, which weighs single words by how telling they are "
        f"(TF-IDF), answer together. The linear path makes up {_share(card):.0%} of how answers "
        f"vary from song to song. Of {songs:,} validation songs the network alone gets "
        f"{right['network']:.0%} right, the linear path alone {right['linear']:.0%}"
    )
    same_songs = card.metrics.get("validation/songs") == songs
    both = card.metrics.get("validation/accuracy") if same_songs else None
    return f"{told}." if both is None else f"{told}, and both together {both:.0%}."


def of_models(cards: Sequence[ModelCard]) -> str:
    """One sentence for several models; "" where no card says anything of parts."""
    shares = [
        f"{_share(card):.0%} in {resources.model_title(card.name)}"
        for card in cards
        if card.config.get("parts")
    ]
    if not shares:
        return ""
    return (
        "Beside its network each has a linear path, which weighs single words by how telling they "
        "are (TF-IDF); of how answers vary from song to song it makes up "
        f"{boards.listed(shares)}."
    )


def _share(card: ModelCard) -> float:
    return float(card.config["parts"]["linear"]["share"])
