"""Model cards: what each model is, how well it does, where it ends; loading and unloading it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from engine.models import memory
from engine.models.card import ModelCard, checked_files, model_revision
from ui import boards, paths, pooling, resources
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.evaluation.board.records import EvaluationRecord
    from engine.models.presets import Slot

_MESSAGE = "_models_message_"
_METRICS = {
    "tag_micro_ap": "average precision, all tags pooled",
    "tag_macro_ap": "average precision, mean over tags",
    "tag_lrap": "tag ranking (LRAP)",
    "mode_perplexity": "perplexity of major or minor",
    "mode_accuracy": "accuracy of major or minor",
    "position_perplexity": "perplexity of where chords change",
    "position_accuracy": "accuracy of where chords change",
    "chord_perplexity": "perplexity of the next chord",
    "chord_accuracy": "accuracy of the next chord",
    "past_perplexity": "perplexity of the next chord",
    "past_accuracy": "accuracy of the next chord",
    "past_and_decoder_perplexity": "perplexity with the words read too",
    "past_and_decoder_accuracy": "accuracy with the words read too",
    "decoder_perplexity": "perplexity of the decoder alone",
    "decoder_accuracy": "accuracy of the decoder alone",
    "general_perplexity": "perplexity without the song's own past",
    "general_accuracy": "accuracy without the song's own past",
}
"""Figures of cards whose names are no words."""
_TABS = ("About", "Figures", "Training", "Files")


def show_all() -> None:
    """Memory in all, then a card for every model of the preset that runs here."""
    from engine.models.presets import preset

    _memory()
    slots = preset("embedded").slots
    for name in resources.TITLES:
        if name in slots:
            _card(slots[name])


def _memory() -> None:
    pool = resources.pool()
    tensors = sum(entry.tensors.bytes for name in pool.names() if (entry := pool.loaded(name)))
    figures = {
        "Memory of this app": megabytes(memory.resident_bytes()),
        "Tensors of loaded models": megabytes(tensors),
        "Memory on the GPU": megabytes(memory.device_bytes()),
        "Memory of this machine": megabytes(memory.machine_bytes()),
    }
    with st.container(horizontal=True, key="memory"):
        for label, value in figures.items():
            if value is not None:
                st.metric(label, value, width="content")
    st.caption(
        "A model is loaded when it is first asked, and stays. RoBERTa has a BiLSTM-GRU of its own, "
        "which comes and goes with it. The libraries under the models stay in memory."
    )


def _card(slot: Slot) -> None:
    name, title = slot.name, resources.model_title(slot.name)
    with st.container(border=True, key=f"card_{name}"):
        with st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            key=f"head_{name}",
        ):
            st.subheader(title, anchor=False)
            if name in resources.LOADED:
                _loading(name, title)
        try:
            card = ModelCard.read(slot.folder)
        except EngineError as error:
            show_error(error)
            return
        if name == resources.POOL:
            _about_pool()
        else:
            runs_on = f"runs on {slot.base_label}" if slot.base else slot.base_label
            placed = _placed(name) if name in resources.LOADED else _read_by(name)
            st.caption(plain(f"{card.family} · {runs_on} · {placed}"))
        if message := st.session_state.pop(_MESSAGE + name, None):
            st.success(message, icon=":material/memory:")
        tabs = st.tabs(list(_TABS), key=f"tabs_{name}", on_change="rerun")
        for label, tab in zip(_TABS, tabs, strict=True):
            with tab:
                if not tab.open:
                    continue
                if label in ("Files", "Figures"):
                    {"Files": _files, "Figures": _figures}[label](card, slot)
                else:
                    {"About": _about, "Training": _training}[label](card)


def _about_pool() -> None:
    """What the combined answer is, and what its models take in memory together."""
    try:
        pool = pooling.fitted()
    except EngineError as error:
        show_error(error)
        return
    if pool is None:
        return
    size = pooling.tensor_bytes(pool)
    names = boards.listed([resources.model_title(name) for name in pool.weights])
    told = (
        f"{names}, which it asks, are loaded when they are first needed."
        if size is None
        else f"{names}, which it asks, hold {megabytes(size)} of tensors together."
    )
    st.caption(plain(f"{pooling.sentences(pool)} {told}", longest=1000))


def _loading(name: str, title: str) -> None:
    entry = resources.pool().loaded(name)
    verb = "Unload" if entry else "Load"
    icon = ":material/eject:" if entry else ":material/download:"
    if not st.button(f"{verb} {title}", key=f"load_{name}", icon=icon, type="tertiary"):
        return
    try:
        if entry:
            del entry  # what is held here could not be freed
            with st.spinner(f"Unloading {title}"):
                freed = resources.unload(name)
            done, before, after = f"{title} is unloaded", freed.before, freed.after
        else:
            with st.spinner(resources.loading_message(name)):
                resources.load(name)
            new = resources.pool().loaded(name)
            seconds = f" in {new.seconds:.1f} s" if new else ""
            done = f"{title} is loaded{seconds}"
            before, after = (new.before, new.after) if new else (None, None)
    except EngineError as error:
        show_error(error)
        return
    st.session_state[_MESSAGE + name] = _changed(done, before, after)
    st.rerun()


def _placed(name: str) -> str:
    entry = resources.pool().loaded(name)
    if entry is None:
        return "not loaded"
    of = entry.tensors
    place = f" as {of.dtype} on {of.device}" if of.bytes else ""
    return f"loaded: {megabytes(of.bytes)} of tensors{place}"


def _read_by(name: str) -> str:
    """Which model a part of one comes and goes with."""
    from engine.models.presets import preset

    slots = preset("embedded").slots.values()
    readers = [resources.model_title(slot.name) for slot in slots if name in slot.reads]
    if not readers:
        return "no model that answers here reads it"
    return f"comes and goes with {boards.listed(readers)}, which reads it"


def _changed(done: str, before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return f"{done}."
    return f"{done}; the app's memory went from {megabytes(before)} to {megabytes(after)}."


def megabytes(size: int | None) -> str | None:
    """A size in bytes as people read it; None stays None."""
    if size is None:
        return None
    return f"{size / 2**30:,.1f} GB" if size >= 10 * 2**30 else f"{size / 2**20:,.0f} MB"


def _about(card: ModelCard) -> None:
    _metrics(card)
    # A pool has learned nothing from songs: only its weights are fitted.
    source = (
        "nothing; its weights are fitted" if card.name == resources.POOL else card.training_data
    )
    st.markdown(f"**Trained on** {plain(source.rstrip('.'))} ({plain(card.created[:10])})")
    if of_paths := paths.of_model(card):
        st.markdown(f"**Two parts** {of_paths}")
    st.markdown(f"**Licence** {plain(card.licence)}")
    st.markdown(f"**Limits** {plain(card.limits, longest=2000)}")
    if card.labels:
        with st.expander(f"What it can answer ({len(card.labels)} labels)"):
            st.markdown(", ".join(map(plain, card.labels)))


def _metrics(card: ModelCard) -> None:
    shown = [
        (name, value)
        for name, value in card.metrics.items()
        if name.startswith("test/") and not name.endswith(("_n", "/n"))
    ]
    with st.container(horizontal=True, key=f"metrics_{card.name}"):
        for name, value in shown[:6]:
            number = f"{value:,.0f}" if float(value).is_integer() else f"{value:.3f}"
            st.metric(plain(_metric_title(name)), number, width="content")


def _metric_title(name: str) -> str:
    """A figure of a card in words: "test/tag_lrap" is "Test tag ranking (LRAP)"."""
    own = name.removeprefix("test/")
    return f"Test {_METRICS.get(own, own.replace('_', ' ').replace('f1', 'F1'))}"


def _figures(card: ModelCard, slot: Slot) -> None:
    from engine.evaluation.metrics import metric

    try:
        revision = model_revision(card, slot)
    except EngineError as error:  # a model that it reads is not there
        show_error(error)
        return
    of_model = [r for r in boards.records() if r.kind == "model" and r.model == card.name]
    current = [r for r in of_model if r.revision == revision]
    if not current:
        older = "only of earlier weights" if of_model else "none yet"
        st.info(f"Records of this model: {older}. `python -m engine evaluate` makes them.")
        return
    for records in _latest_runs(current):
        first = records[0]
        st.caption(
            plain(
                f"{first.dataset}, {first.split}: {first.n:,} songs, measured {first.time[:10]} on "
                f"{first.device}; intervals are 95%, by resampling artists."
            )
        )
        rows: list[dict[str, Any]] = []
        for record in records:
            about = metric(record.metric, record.signature)
            rows.append(
                {
                    "figure": about.title,
                    "value": record.value,
                    "low": record.low,
                    "high": record.high,
                    "unit": about.unit,
                }
            )
        st.dataframe(
            rows,
            key=f"figures_{card.name}_{first.run}",
            hide_index=True,
            column_config={
                "value": st.column_config.NumberColumn(format="%.3f"),
                "low": st.column_config.NumberColumn("95% from", format="%.3f"),
                "high": st.column_config.NumberColumn("to", format="%.3f"),
            },
            alt=f"Measured figures of {resources.model_title(card.name)}",
        )


def _latest_runs(records: list[EvaluationRecord]) -> list[list[EvaluationRecord]]:
    """Records of the last run on each test set, figures of single classes left out."""
    runs: dict[tuple[str, str, str], str] = {}
    for record in sorted(records, key=lambda record: record.time):
        runs[record.dataset, record.dataset_sha256, record.split] = record.run
    return [
        [record for record in records if record.run == run and "/" not in record.metric]
        for run in runs.values()
    ]


def _training(card: ModelCard) -> None:
    from engine import figures
    from engine.evaluation.board.summaries import training_points

    points = training_points({resources.model_title(card.name): card})
    if points.empty:
        st.info("The card keeps no log of the training.")
    else:
        st.plotly_chart(
            figures.training_curves(points),
            key=f"curves_{card.name}",
            config=figures.download_settings(f"training-{card.name}"),
            alt="Loss above and validation scores below, over training steps",
        )
    config = {name: value for name, value in card.config.items() if name != "history"}
    st.markdown("**All figures, training settings and library versions**")
    st.json(
        {"metrics": card.metrics, "config": config, "versions": card.library_versions},
        expanded=1,
    )


def _files(card: ModelCard, slot: Slot) -> None:
    kept = f"_verified_{card.name}"
    if st.button("Verify the files", key=f"verify_{card.name}", icon=":material/verified:"):
        with st.spinner("Reading every file again"):
            st.session_state[kept] = {c.name: c.verdict for c in checked_files(card, slot.folder)}
    verdicts: dict[str, str] = st.session_state.get(kept, {})
    bad = [name for name, verdict in verdicts.items() if verdict != "matches"]
    if bad:
        st.error(
            f"{plain(', '.join(f'{name} is {verdicts[name]}' for name in bad))}; "
            "restore the folder with `git checkout -- models`.",
            icon=":material/error:",
        )
    elif verdicts:
        st.success("Every file is as its card says.", icon=":material/verified:")
    rows: list[dict[str, Any]] = []
    for name, digest in card.files.items():
        path = slot.folder / name
        size = megabytes_exact(path.stat().st_size) if path.exists() else "missing"
        row = {"file": name, "size": size, "sha256": digest}
        rows.append({**row, "verdict": verdicts[name]} if name in verdicts else row)
    st.dataframe(rows, key=f"files_{card.name}", hide_index=True)
    st.markdown("**Made from**")
    sources = [{"what": "training data", "sha256": card.training_data_sha256}]
    if slot.base:
        sources.insert(0, {"what": f"base {card.base}", "sha256": card.base_sha256 or "unknown"})
    st.dataframe(sources, key=f"sources_{card.name}", hide_index=True)
    if slot.base and slot.base.sha256 not in (None, card.base_sha256):
        st.warning("The base that runs here is not the one this model was trained on.")


def megabytes_exact(size: int) -> str:
    """The size of a file: MB with two decimals, or bytes below 10 kB."""
    return f"{size / 2**20:,.2f} MB" if size >= 10_000 else f"{size:,} bytes"


def presets_table() -> None:
    """The two presets, slot by slot."""
    from engine.models.presets import presets

    found = presets()
    for preset in found.values():
        st.markdown(f"**{plain(preset.name)}**: {plain(preset.description)}")
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
