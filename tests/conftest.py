"""Small real models: tiny bases saved as any base is, trained by the real scripts on our songs."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from engine.classifiers.prediction import GENRES

# Words a genre's songs are made of; the rest is shared. Enough for a model to learn something from.
_OWN = {
    "blues": "levee whiskey crossroad trouble",
    "country": "tractor porch gravel pickup",
    "electronic": "pulse neon circuit strobe",
    "folk": "lantern harbour shepherd barley",
    "hip-hop": "hustle corner cypher paper",
    "jazz": "velvet martini moonlit avenue",
    "metal": "abyss iron throne ashes",
    "pop": "confetti heartbeat phone sparkle",
    "punk": "riot landlord spit basement",
    "r&b": "silk slow candle closer",
    "reggae": "island herb rasta tide",
    "rock": "motel engine highway thunder",
}
_SHARED = (
    "I you the a and in my your night day love time go come down again on with all never".split()  # noqa: SIM905 - a word list reads better
)
_TAGS = {genre: [f"{genre} revival", f"modern {genre}"] for genre in GENRES}

TINY = {
    "genre_bilstm_gru": {
        "width": 16,
        "hidden": 8,
        "dropout": 0.1,
        "word_dropout": 0.0,
        "direct_dropout": 0.1,
        "direct_rate_factor": 1,
        "direct_pairs": 50,
        "folds": 2,
        "vocabulary": 500,
        "min_count": 1,
        "max_tokens": 40,
        "tag_weight": 5.0,
        "learning_rate": 2e-2,
    },
    "genre_roberta": {
        "direct_regularisation": 1.0,
        "direct_pairs": 50,
        "window": 32,
        "windows": 4,
        "dropout": 0.1,
        "encoder_dropout": 0.0,
        "validation_songs": 12,
        "learning_rate": 2e-3,
        "head_rate_factor": 2,
    },
    "genre_llama": {
        "layers": 2,
        "first_layer": 1,
        "rank": 2,
        "alpha": 4,
        "dropout": 0.0,
        "target_modules": ["q_proj", "v_proj", "down_proj"],
        "window": 32,
        "windows": 2,
        "sampling": "random",
        "direct_regularisation": 1.0,
        "direct_pairs": 50,
        "warm_start_songs": 60,
        "validation_songs": 12,
        "learning_rate": 2e-3,
        "head_rate_factor": 1,
    },
}
_ALL = {
    "class_weight_power": 0.5,
    "noisy_weight": 0.7,
    "forms": 1,
    "batch_size": 8,
    "gradient_accumulation": 2,
    "epochs": 2,
    "evaluations": 2,
    "precision": "auto",
}


def song_of(genre: str, seed: int) -> str:
    """A little song: lines of shared words and a few of the genre's own."""
    generator = random.Random(f"{genre}{seed}")  # noqa: S311 - not for secrets
    words = _OWN[genre].split()
    lines = [
        " ".join(generator.choice(words if generator.random() < 0.4 else _SHARED) for _ in range(6))
        for _ in range(5)
    ]
    return "\n".join(lines)


@pytest.fixture(scope="session")
def genre_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as the genre corpus is, with songs of ours."""
    folder = tmp_path_factory.mktemp("genre")
    for number, (split, songs) in enumerate([("train", 10), ("validation", 2), ("test", 2)]):
        rows = [
            {
                "id": f"{split}{genre}{i}",
                "artist": f"{split} artist {i % 5} {genre}",
                "title": f"Song {i}",
                "year": 1990 + i,
                "genre": genre,
                "tags": _TAGS[genre] if i % 4 else [],
                "label_level": "track" if i % 2 else "artist",
                "source": "ours",
                "lyrics": song_of(genre, 100 * number + i),
            }
            for genre in GENRES
            for i in range(songs)
        ]
        pd.DataFrame(rows).to_parquet(folder / f"{split}.parquet")
    return folder


@pytest.fixture(scope="session")
def tiny_bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Randomly initialised bases with a tokenizer, and the environment that names them."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import (
        LlamaConfig,
        LlamaModel,
        PreTrainedTokenizerFast,
        RobertaConfig,
        RobertaModel,
    )

    torch.manual_seed(0)
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))  # noqa: S106 - no password
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # type: ignore[assignment]
    special = ["<pad>", "<s>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(
        [song_of(genre, i) for genre in GENRES for i in range(4)],
        trainers.WordLevelTrainer(special_tokens=special),
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",  # noqa: S106
        bos_token="<s>",  # noqa: S106
        eos_token="</s>",  # noqa: S106
        cls_token="<s>",  # noqa: S106
        sep_token="</s>",  # noqa: S106
        unk_token="<unk>",  # noqa: S106
        mask_token="<mask>",  # noqa: S106
    )
    sizes = {
        "vocab_size": len(fast),
        "hidden_size": 64,  # bitsandbytes packs NF4 on the CPU in blocks of 64
        "num_attention_heads": 2,
        "intermediate_size": 128,
        "pad_token_id": 0,
    }
    roberta = RobertaModel(
        RobertaConfig(num_hidden_layers=2, max_position_embeddings=516, **sizes),
        add_pooling_layer=False,
    )
    llama = LlamaModel(LlamaConfig(num_hidden_layers=3, num_key_value_heads=1, **sizes))
    environment: dict[str, str] = {}
    for name, model in (("MINILM_L6", roberta), ("SMOLLM2_135M", llama)):
        folder = tmp_path_factory.mktemp(name)
        model.save_pretrained(folder)
        fast.save_pretrained(folder)
        environment[f"LYRICLAB_BASE_{name}"] = str(folder)
    environment["LYRICLAB_BASE_ROBERTA_BASE"] = environment["LYRICLAB_BASE_MINILM_L6"]
    environment["LYRICLAB_BASE_LLAMA_3_1_8B"] = environment["LYRICLAB_BASE_SMOLLM2_135M"]
    return environment


@pytest.fixture(scope="session")
def tiny_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny trainings leave checkpoints, histories and configurations."""
    folder = tmp_path_factory.mktemp("runs")
    for name, settings in TINY.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump({**_ALL, **settings}), "utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_models(
    genre_corpus: Path,
    tiny_bases: dict[str, str],
    tiny_runs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The genre models, trained in seconds by the real scripts; a folder like ``models/``."""
    from train import genre_bilstm_gru, genre_combined, genre_llama, genre_roberta

    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in tiny_bases.items():
            patch.setenv(name, value)
        patch.setenv("LYRICLAB_MODELS", str(folder))
        shared = ["--data", str(genre_corpus), "--runs", str(tiny_runs)]
        features = str(tiny_runs / "bilstm-gru" / "cross_fit.npz")
        for module, name, extra in (
            (genre_bilstm_gru, "genre_bilstm_gru", ["--cross-fit"]),
            (genre_roberta, "genre_roberta", ["--features", features]),
            (genre_llama, "genre_llama", []),
        ):
            config = ["--config", str(tiny_runs / f"{name}.yaml")]
            patch.setattr(sys, "argv", [name, *shared, *config, *extra])
            module.main()
        patch.setattr(sys, "argv", ["genre_combined", *shared])
        genre_combined.main()
    return folder


@pytest.fixture
def with_tiny_models(
    tiny_models: Path, tiny_bases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The environment in which the engine finds the tiny models."""
    for name, value in tiny_bases.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LYRICLAB_MODELS", str(tiny_models))
    return tiny_models
