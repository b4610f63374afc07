from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.generator.tinyllama import TinyLlamaGenerator
from tests.engine.generator.tiny import (
    save_tiny_base,
    save_tiny_generator,
    save_tiny_memory,
    save_tiny_placement,
    tiny_vocabulary,
)


@pytest.fixture(scope="module")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = save_tiny_base(tmp_path_factory.mktemp("base"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LYRICLAB_BASE_SMOLLM2_135M", str(folder))
        yield folder


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory, tiny_base: Path) -> Path:
    return save_tiny_generator(tmp_path_factory.mktemp("tinyllama"), tiny_base)


@pytest.fixture(scope="module")
def tiny_memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_memory(tmp_path_factory.mktemp("chord-memory"), tiny_vocabulary())


@pytest.fixture(scope="module")
def tiny_placement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_placement(tmp_path_factory.mktemp("chord-placement"))


@pytest.fixture(scope="module")
def generator(tiny_folder: Path, tiny_memory: Path, tiny_placement: Path) -> TinyLlamaGenerator:
    return TinyLlamaGenerator(folder=tiny_folder, memory=tiny_memory, placement=tiny_placement)
