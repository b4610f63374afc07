"""What stands beside and in weights, and what a training is set by."""

from __future__ import annotations

import gzip
import json
import os
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from engine.classifiers.calibration import Calibration
from engine.classifiers.combined import read_pool
from engine.errors import EngineError, InputError
from engine.generator.memory.model import COUNTS_FILE, NETWORKS_FILE, ChordMemory
from engine.generator.placement.ranker import FILE as RANKER
from engine.generator.placement.ranker import PlacementRanker
from engine.generator.vocabulary import FILE as CHORDS
from engine.generator.vocabulary import Vocabulary as ChordVocabulary
from engine.models.card import CARD, ModelCard, checked_files, model_revision, sha256
from engine.models.loading import loading
from engine.models.presets import slot
from engine.similarity import maps
from tests.fuzz.damage import damaged, damaged_json, damaged_lines, mixed, packed
from tests.fuzz.folders import folder, written
from tests.fuzz.fuzzing import Target

_ROOT = Path(__file__).parents[3]
_SHIPPED = _ROOT / "models"
_CONFIGS = _ROOT / "train" / "configs"


def card(data: bytes) -> None:
    """The card of a model, and what is read of it."""
    place = folder("card")
    (place / CARD).write_bytes(data)
    found = ModelCard.read(place)
    for ask in (
        lambda: found.setting("layers"),
        lambda: Calibration.read(found.config, len(found.labels), "'llama'"),
        lambda: found.verify(place),
    ):
        try:
            ask()
        except EngineError as error:
            _one_sentence(error)
    checked_files(found, place)
    model_revision(found, slot("llama", "embedded"), "network")


def _one_sentence(error: Exception) -> None:
    from tests.fuzz.fuzzing import wrong_sentence

    assert not wrong_sentence(str(error)), str(error)[:500]


def _cards() -> list[bytes]:
    cards = [json.loads((_SHIPPED / name / CARD).read_bytes()) for name in ("llama", "combined")]
    for one in cards:
        one["config"].pop("history", None)
    return [json.dumps(one).encode() for one in cards]


def pool(data: bytes) -> None:
    """The card of the combined model, with those of its members as they are shipped."""
    place = _models()
    (place / "combined" / CARD).write_bytes(data)
    with patch.dict(os.environ, {"LYRICLAB_MODELS": str(place)}):
        found = read_pool(slot("combined", "embedded"))
    assert found.weights


@cache
def _models() -> Path:
    place = folder("models")
    for name in ("llama", "roberta", "bilstm-gru", "combined"):
        (place / name).mkdir()
        (place / name / CARD).write_bytes((_SHIPPED / name / CARD).read_bytes())
    return place


def tensors(data: bytes) -> None:
    """A file of weights, loaded into a module that they may not fit."""
    import torch

    from engine.models.weights import load_into, load_tensors

    load_into(torch.nn.Linear(3, 2), load_tensors(written("tensors", "a.safetensors", data)))


def _tensors() -> list[bytes]:
    return [
        safetensors({"weight": ("F32", (2, 3), bytes(24)), "bias": ("BF16", (2,), bytes(4))}),
        safetensors({"weight": ("F64", (3, 2), bytes(48)), "bias": ("I32", (2,), bytes(8))}),
    ]


def safetensors(of: Mapping[str, tuple[str, Sequence[int], bytes]]) -> bytes:
    """A safetensors file of names with type, shape and bytes."""
    head: dict[str, Any] = {}
    at = 0
    for name, (kind, shape, data) in of.items():
        head[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in of.values())


def _in_header(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Other names, types, shapes and places, in a header that is as long as it says."""
    data = random.choice(seeds)
    (length,) = struct.unpack("<Q", data[:8])
    head = damaged_json(random, [data[8 : 8 + length]])
    return struct.pack("<Q", len(head)) + head + data[8 + length :]


def ranker(data: bytes) -> None:
    """Weights of the placement of chords under a card that vouches for them."""
    place = folder("ranker")
    path = written("ranker", RANKER, data)
    whole = json.loads((_SHIPPED / "chord-placement" / CARD).read_bytes())
    (place / CARD).write_text(json.dumps(whole | {"files": {RANKER: sha256(path)}}), "utf-8")
    with loading(slot("tinyllama", "embedded")):  # as all who load a model do
        PlacementRanker.read(place)


def _rankers() -> list[bytes]:
    return [(_SHIPPED / "chord-placement" / RANKER).read_bytes()]


def memory(data: bytes) -> None:
    """The networks of the chord memory under a card that vouches for them."""
    place = folder("memory")
    path = written("memory", NETWORKS_FILE, data)
    whole = json.loads((_SHIPPED / "chord-memory" / CARD).read_bytes())
    names = (COUNTS_FILE, CHORDS)
    for name in names:
        if not (place / name).exists():
            (place / name).write_bytes((_SHIPPED / "chord-memory" / name).read_bytes())
    sums = {file.name: sha256(file) for file in (path, *(place / name for name in names))}
    (place / CARD).write_text(json.dumps(whole | {"files": sums}), "utf-8")
    with loading(slot("tinyllama", "embedded")):
        ChordMemory(place)


def _memories() -> list[bytes]:
    return [(_SHIPPED / "chord-memory" / NETWORKS_FILE).read_bytes()]


def chord_vocabulary(data: bytes) -> None:
    """The chords and genres that a generator knows."""
    path = written("chord-vocabulary", CHORDS, data)
    ChordVocabulary.read(path.parent)


def word_vocabulary(data: bytes) -> None:
    """The words that a BiLSTM-GRU knows."""
    from engine.classifiers.bilstm_gru import Vocabulary

    with loading(slot("bilstm-gru", "embedded")):
        Vocabulary.read(written("word-vocabulary", "vocabulary.json", data)).encode("la la rain")


def song_map(data: bytes) -> None:
    """A map of songs kept beside a store: read, or made anew."""
    found = maps._read(written("song-map", "a.map.npz", data))
    assert found is None or len(found.rows) == len(found.points)


def _maps() -> list[bytes]:
    import numpy as np

    path = folder("song-map-made") / "a.map.npz"
    points = np.zeros((3, 2), np.float32)
    clusters = (maps.Cluster(*(_value(of) for of in maps.Cluster.__annotations__.items())),)
    rows, groups = np.arange(3, dtype=np.int32), np.zeros(3, np.int32)
    maps._write(path, maps.SongMap(rows, points, groups, clusters, "pca"))
    return [path.read_bytes()]


def _value(of: tuple[str, Any]) -> Any:
    kinds = {"str": "a", "int": 1, "float": 0.5}
    return kinds.get(str(of[1]), ("a", "b"))


def progressions(data: bytes) -> None:
    """Barred progressions that the chord memory learns from."""
    from train.chord_examples import read_progressions

    path = written("progressions", "train.jsonl.gz", data)
    for one in read_progressions(path, _chord_vocabulary()):
        assert one.mode in {"major", "minor"}


@cache
def _chord_vocabulary() -> ChordVocabulary:
    return ChordVocabulary.read(_SHIPPED / "tinyllama")


def _progressions() -> list[bytes]:
    section = {"bars": [[["G:maj", 4]], [["D:7/3", 2], ["N", 2]]], "key": "G"}
    song = {"title": "Rain", "genre": None, "key": "G:major", "sections": [section, {"bars": []}]}
    return [gzip.compress(b"\n".join([json.dumps(song).encode()] * 2))]


def settings(name: str, kind: Callable[[], type]) -> Target:
    """The settings of a training."""

    def read(data: bytes) -> None:
        from train.settings import read_settings

        read_settings(written(f"settings-{name}", "a.yaml", data), kind())

    shipped = [(_CONFIGS / file).read_bytes() for file in (f"{name}.yaml", f"{name}_full.yaml")]
    return Target(read, lambda: shipped, share=60, needs="transformers")


def _llama() -> type:
    from train.genre_llama import LlamaSettings

    return LlamaSettings


def _chords() -> type:
    from train.chords_tinyllama import ChordSettings

    return ChordSettings


MODELS = {
    "card": Target(card, _cards, damaged_json, share=900, refusals=(EngineError,)),
    "pool": Target(pool, lambda: _cards()[1:], damaged_json, share=60, refusals=(EngineError,)),
    "tensors": Target(
        tensors, _tensors, mixed(damaged, _in_header), share=400, refusals=(EngineError,)
    ),
    "ranker": Target(
        ranker, _rankers, mixed(damaged, _in_header), share=60, refusals=(EngineError,)
    ),
    "memory": Target(memory, _memories, _in_header, share=12, refusals=(EngineError,)),
    "chord-vocabulary": Target(
        chord_vocabulary,
        lambda: [(_SHIPPED / "tinyllama" / CHORDS).read_bytes()],
        damaged_json,
        share=100,
        refusals=(EngineError,),
    ),
    "word-vocabulary": Target(
        word_vocabulary,
        lambda: [b'["la", "rain", "road"]'],
        damaged_json,
        share=200,
        refusals=(EngineError,),
    ),
    "song-map": Target(song_map, _maps, share=200, refusals=(InputError,)),
    "progressions": Target(
        progressions, _progressions, packed(damaged_lines(damaged_json)), share=150
    ),
    "settings-llama": settings("genre_llama", _llama),
    "settings-chords": settings("chords_tinyllama", _chords),
}
