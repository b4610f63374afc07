"""Model cards: what each model is, what it stands on, how well it does, where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from engine.modelcard import ModelCard
from ui import resources

if TYPE_CHECKING:
    from engine.weights import Slot


def show_all() -> None:
    """A card for every slot of the preset that runs here."""
    from engine.weights import preset

    slots = preset("embedded").slots
    for name in resources.TITLES:
        _card(slots[name])


def _card(slot: Slot) -> None:
    with st.container(border=True, key=f"card_{slot.name}"):
        st.subheader(resources.model_title(slot.name), anchor=False)
        try:
            card = ModelCard.read(slot.folder)
        except EngineError as error:
            st.error(str(error), icon=":material/error:")
            return
        ground = f"runs on {slot.base_label}" if slot.base else slot.base_label
        st.caption(f"{card.family} · {ground}")
        _metrics(card)
        st.markdown(f"**Trained on** {card.training_data.rstrip('.')} ({card.created[:10]})")
        st.markdown(f"**Licence** {card.licence}")
        st.markdown(f"**Limits** {card.limits}")
        if card.labels:
            with st.expander(f"What it can answer ({len(card.labels)} labels)"):
                st.write(", ".join(card.labels))
        with st.expander("Files, checksums and how it was trained"):
            _provenance(card)


def _metrics(card: ModelCard) -> None:
    shown = [
        (name, value)
        for name, value in card.metrics.items()
        if name.startswith("test/") and not name.endswith(("_n", "/n"))
    ]
    with st.container(horizontal=True, key=f"metrics_{card.name}"):
        for name, value in shown[:6]:
            label = name.removeprefix("test/").replace("_", " ").replace("f1", "F1")
            number = f"{value:,.0f}" if float(value).is_integer() else f"{value:.3f}"
            st.metric(f"Test {label}", number, width="content")


def _provenance(card: ModelCard) -> None:
    st.markdown("**Files**")
    st.dataframe(
        [{"file": name, "sha256": digest} for name, digest in card.files.items()],
        key=f"files_{card.name}",
        hide_index=True,
    )
    st.markdown("**Checksums of what it was made from**")
    st.dataframe(
        [
            {"what": f"base {card.base}", "sha256": card.base_sha256 or "no base"},
            {"what": "training data", "sha256": card.training_data_sha256},
        ],
        key=f"sources_{card.name}",
        hide_index=True,
    )
    st.markdown("**Every figure, training settings and library versions**")
    st.json(
        {"metrics": card.metrics, "config": card.config, "versions": card.library_versions},
        expanded=1,
    )


def presets_table() -> None:
    """The two presets, slot by slot."""
    from engine.weights import presets

    found = presets()
    for preset in found.values():
        st.markdown(f"**{preset.name}**: {preset.description}")
    slots = next(iter(found.values())).slots
    st.dataframe(
        [
            {
                "model": resources.model_title(name),
                **{preset.name: preset.slots[name].base_label for preset in found.values()},
            }
            for name in slots
        ],
        key="presets",
        hide_index=True,
    )
