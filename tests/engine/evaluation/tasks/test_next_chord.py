from __future__ import annotations

from pathlib import Path

import pytest

from engine.evaluation.tasks.next_chord import Trigram, best_trigram, chord_sequences, judged
from engine.generator.tinyllama import TinyLlamaGenerator
from tests.engine.generator.rows import corpus_row, corpus_songs


def test_trigram_knows_what_it_saw() -> None:
    seen = [[0, 1, 2] * 5] * 3
    trigram = best_trigram(seen, seen, 4)
    assert trigram.judged(seen).accuracy == 1
    assert trigram.judged(seen).perplexity < 1.1
    assert Trigram([], 4, 1.0).judged([[0, 1]]).perplexity == pytest.approx(4)


def test_scores_count_every_target(generator: TinyLlamaGenerator, tmp_path: Path) -> None:
    found = corpus_songs(tmp_path, corpus_row(), corpus_row(key="E:minor"))
    result = judged(generator.decoder.model, generator.decoder.encoder, found)
    assert (result["mode"].n, result["position"].n, result["chord"].n) == (2, 10, 6)
    assert all(value.perplexity > 1 and 0 <= value.accuracy <= 1 for value in result.values())
    assert sum(map(len, chord_sequences(found, generator.vocabulary))) == 6
