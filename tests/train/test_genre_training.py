"""What the genre training scripts promise, on songs of ours and tiny bases."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from scipy.special import log_softmax, softmax

from engine import evaluation
from engine.classifiers.bilstm_gru import BilstmGru
from engine.classifiers.prediction import GENRES
from engine.classifiers.text_style import STYLE_FEATURES, style_tensor
from engine.classifiers.torch_classifier import load_tensors
from engine.classifiers.windows import padded
from engine.errors import InputError, WeightsError
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from tests.conftest import TINY
from train import (
    augmentation_ablation,
    direct_path,
    direct_path_study,
    evaluate,
    genre_bilstm_gru,
    genre_combined,
    genre_llama,
    genre_roberta,
    llama_lm,
    roberta_mlm,
    shift_study,
)
from train.calibration import (
    expected_macro_f1,
    fitted_shift,
    fitted_temperature,
    fitted_temperatures,
    likelihood_loss,
    likelihood_weights,
    macro_f1,
)
from train.card import continued
from train.genre_data import (
    GenreSplit,
    capped,
    corpus_sha256,
    log_prior,
    read_split,
    sample_weights,
    tag_targets,
    top_tags,
)
from train.trainer import GenreLoss


def test_a_split_is_read_in_order_with_its_labels(genre_corpus: Path) -> None:
    split = read_split(genre_corpus, "train")
    assert len(split) == 120
    assert [GENRES[label] for label in split.labels[:3]] == ["blues"] * 3
    assert split.noisy.mean() == 0.5
    assert split.tags[0] == ()
    assert split.tags[1] == ("blues revival", "modern blues")


def test_a_missing_split_names_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train, validation, test\.parquet"):
        read_split(tmp_path, "train")


def test_tags_are_ranked_and_songs_without_tags_teach_none(genre_corpus: Path) -> None:
    split = read_split(genre_corpus, "train")
    tags = top_tags(split, 5)
    assert len(tags) == 5
    targets = tag_targets(split, tags)
    assert targets.shape == (120, 5)
    assert np.isnan(targets[0]).all()
    assert set(np.unique(targets[~np.isnan(targets)])) == {0.0, 1.0}


def test_rare_classes_weigh_more_and_noisy_labels_less(genre_corpus: Path) -> None:
    split = read_split(genre_corpus, "train").subset([*range(10), 10, 11])
    weights = sample_weights(split, power=1.0, noisy_weight=0.5)
    assert weights.mean() == pytest.approx(1)
    common, rare = weights[0], weights[10]
    assert rare == pytest.approx(5 * common * (1 if split.noisy[10] == split.noisy[0] else 0.5))


def test_a_cap_prefers_songs_labelled_one_by_one(genre_corpus: Path) -> None:
    split = capped(read_split(genre_corpus, "train"), 5, seed=0)
    assert np.bincount(split.labels).tolist() == [5] * 12
    assert not split.noisy.any()


def test_temperature_recovers_what_was_done_to_logits() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(4000, 4))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([generator.choice(4, p=row) for row in probabilities])
    assert fitted_temperature(logits * 3, labels) == pytest.approx(3, rel=0.1)


def drawn_songs(songs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Logits that lack a skewed prior, the prior, true probabilities and labels drawn by them."""
    generator = np.random.default_rng(0)
    prior = np.log(np.array([0.5, *[0.5 / 11] * 11]))
    logits = 1.2 * generator.normal(size=(songs, 12))
    chances = softmax(logits + prior, -1)
    labels = np.array([generator.choice(12, p=row) for row in chances])
    return logits, prior, chances, labels


def test_answers_that_macro_f1_favours_get_a_temperature_of_their_own() -> None:
    logits, prior, _, labels = drawn_songs(6000)
    right = fitted_temperatures(logits + prior, labels, prior, prior)
    assert right == pytest.approx([1] * 12, rel=0.15)
    shift = 0.3 * prior
    temperatures = fitted_temperatures(logits + shift, labels, shift, prior)
    assert temperatures[1:] == pytest.approx([temperatures[1]] * 11)
    assert temperatures[1] > 1.2 * temperatures[0]

    def loss(divisors: np.ndarray | float) -> float:
        scaled = log_softmax((logits + shift) / divisors, axis=-1)
        return -float(scaled[np.arange(len(labels)), labels].mean())

    own = np.array(temperatures)[(logits + shift).argmax(-1)][:, None]
    assert loss(own) < loss(fitted_temperature(logits + shift, labels)) - 0.005


def test_likelihood_weighs_a_pool_as_it_was_made() -> None:
    generator = np.random.default_rng(0)
    parts = [generator.normal(size=(8000, 12)), generator.normal(size=(8000, 12)), np.arange(12.0)]
    logits = 2 * parts[0] + 0.5 * parts[1] + 0.3 * parts[2]
    labels = (logits + generator.gumbel(size=logits.shape)).argmax(-1)
    weights = likelihood_weights([*parts, generator.normal(size=(8000, 12))], labels)
    assert weights == pytest.approx([2, 0.5, 0.3, 0], abs=0.06)
    entropy = -(softmax(logits, -1) * log_softmax(logits, -1)).sum(-1).mean()
    assert likelihood_loss(parts, labels) == pytest.approx(entropy, rel=0.03)


def test_shifts_for_macro_f1_are_those_that_do_well_on_other_songs() -> None:
    """They are fitted on 600 songs and judged on 20,000 by the probabilities they were drawn by."""
    logits, prior, chances, labels = drawn_songs(20600)
    fitted, others = slice(600), slice(600, None)
    shift = fitted_shift(logits[fitted], labels[fitted], prior)
    scores = {
        name: macro_f1((logits[others] + given).argmax(-1), labels[others])
        for name, given in (("fitted", shift), ("none", 0 * prior), ("whole", prior))
    }
    assert scores["fitted"] > scores["none"]
    assert scores["fitted"] > scores["whole"] + 0.02
    expected = expected_macro_f1(chances[others], (logits[others] + shift).argmax(-1))
    assert scores["fitted"] == pytest.approx(expected, abs=0.01)


def test_expected_macro_f1_of_sure_probabilities_is_macro_f1() -> None:
    generator = np.random.default_rng(0)
    labels, answers = generator.integers(12, size=(2, 500))
    assert expected_macro_f1(np.eye(12)[labels], answers) == pytest.approx(
        macro_f1(answers, labels)
    )


def test_the_loss_adds_the_prior_and_evaluation_half_of_it() -> None:
    prior = log_prior(np.array([0, 0, 0, 1]))
    logits = torch.zeros(1, 12)
    model = GenreLoss(torch.nn.Identity(), lambda *_: (logits, None), prior=prior)
    inputs = {"labels": torch.tensor([0]), "weights": torch.ones(1)}
    assert model(**inputs)["loss"].item() == pytest.approx(-prior[0], rel=1e-5)
    assert torch.allclose(model.eval()(**inputs)["logits"][0], torch.from_numpy(prior) / 2)


def test_masked_language_training_leaves_an_encoder_that_roberta_starts_from(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--limit", "40"]
    config = tmp_path / "mlm.yaml"
    settings = {"window": 32, "masked": 0.3, "encoder_dropout": 0.0, "validation_windows": 8}
    settings |= {"batch_size": 8, "epochs": 2, "learning_rate": 1e-3, "head_rate_factor": 2}
    config.write_text(yaml.safe_dump(settings), "utf-8")
    monkeypatch.setattr(sys, "argv", ["mlm", *shared, "--config", str(config)])
    roberta_mlm.main()
    written = load_tensors(tmp_path / "roberta-mlm" / "encoder.safetensors")
    assert not any(name.startswith("embeddings.") for name in written)
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    features = str(tiny_runs / "bilstm-gru" / "cross_fit.npz")
    still = yaml.safe_load((tiny_runs / "genre_roberta.yaml").read_text("utf-8"))
    still |= {"learning_rate": 0.0, "epochs": 1}
    config.write_text(yaml.safe_dump(still), "utf-8")
    extra = ["--features", features, "--encoder", str(tmp_path / "roberta-mlm")]
    extra += ["--output", str(models), "--config", str(config)]
    monkeypatch.setattr(sys, "argv", ["roberta", *shared, *extra])
    genre_roberta.main()
    kept = load_tensors(models / "roberta" / "model.safetensors")
    name = "encoder.layer.0.attention.self.query.weight"
    assert torch.equal(kept[f"encoder.{name}"], written[name])


def test_next_word_training_leaves_an_adapter_that_genre_starts_from(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models, config = tmp_path / "models", tmp_path / "config.yaml"
    shutil.copytree(with_tiny_models, models)
    own = yaml.safe_load((tiny_runs / "genre_llama.yaml").read_text("utf-8"))
    settings = {**own, "validation_windows": 8, "epochs": 2, "learning_rate": 1e-2}
    settings |= {"probe_songs": 30, "probe_validation_songs": 12}
    shared = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--limit", "40"]
    shared += ["--output", str(models), "--config", str(config)]
    config.write_text(yaml.safe_dump(settings), "utf-8")
    monkeypatch.setattr(sys, "argv", ["lm", *shared])
    llama_lm.main()
    written = load_tensors(tmp_path / "llama-lm" / "adapter_model.safetensors")
    assert any(tensor.any() for name, tensor in written.items() if "lora_B" in name)
    config.write_text(yaml.safe_dump({**own, "epochs": 1, "learning_rate": 0.0}), "utf-8")
    monkeypatch.setattr(sys, "argv", ["llama", *shared, "--adapter", str(tmp_path / "llama-lm")])
    genre_llama.main()
    kept = load_tensors(models / "llama" / "adapter_model.safetensors")
    assert kept.keys() == written.keys()
    assert all(torch.equal(kept[name], written[name]) for name in kept)
    config.write_text(yaml.safe_dump({**own, "rank": 2 * own["rank"], "epochs": 1}), "utf-8")
    with pytest.raises(WeightsError, match="must adapt the same modules"):
        genre_llama.main()


def test_the_direct_path_is_fitted_anew_beside_an_adapter(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    before = {path.name: path.read_bytes() for path in (models / "llama").iterdir()}
    (models / "llama" / "direct.safetensors").unlink()
    arguments = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--output", str(models)]
    arguments += ["--config", str(tiny_runs / "genre_llama.yaml"), "--direct-only"]
    card = ModelCard.read(models / "llama")
    card.files.pop("direct.safetensors")
    card.write(models / "llama")
    monkeypatch.setattr(sys, "argv", ["llama", *arguments])
    genre_llama.main()
    for name in ("adapter_model.safetensors", "head.safetensors", "direct.safetensors"):
        assert (models / "llama" / name).read_bytes() == before[name]
    again = ModelCard.read(models / "llama")
    assert again.metrics == json.loads(before["card.json"])["metrics"]
    assert again.config["history"] == json.loads(before["card.json"])["config"]["history"]


def test_the_ablation_tells_what_features_are_worth(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(12, size=600)
    artists = np.array([f"artist {i % 60}" for i in range(600)])
    for arm, knows in (("roberta", 3.0), ("roberta-without", 1.0)):
        (tmp_path / arm).mkdir()
        for split in ("validation", "test"):
            logits = generator.normal(size=(600, 12))
            logits[np.arange(600), labels] += knows
            path = tmp_path / arm / f"answers_{split}.npz"
            np.savez(path, logits=logits, labels=labels, artists=artists)
    prior = log_prior(labels)
    with pytest.raises(InputError, match="roberta-shuffled"):
        augmentation_ablation.comparison(tmp_path, prior)
    shutil.copytree(tmp_path / "roberta", tmp_path / "roberta-shuffled")
    lines = augmentation_ablation.comparison(tmp_path, prior)
    assert len(lines) == 5
    assert lines[3].startswith("| `without` |")
    assert lines[3].count("p 0.001") == 3
    worse = [float(cell.split()[0]) for cell in lines[3].split("|")[3::2] if cell.strip()]
    assert len(worse) == 3
    assert min(worse) > 0.1
    assert lines[4].count("0.000 [0.000, 0.000], p 1.000") == 3


def test_a_second_run_counts_on_in_the_log() -> None:
    first = [{"loss": 2.0, "step": 5, "epoch": 0.5}, {"eval_loss": 1.9, "step": 10, "epoch": 1.0}]
    second = [{"loss": 1.5, "step": 5, "epoch": 0.5}]
    whole = continued(first, second)
    assert whole[:2] == first
    assert whole[2] == {"loss": 1.5, "step": 15, "epoch": 1.5}
    assert continued([], second) == second


def test_ablations_feed_nothing_or_the_wrong_song() -> None:
    features = torch.arange(20.0).reshape(10, 2), torch.arange(30.0).reshape(10, 3)
    without = genre_roberta.augmented(features, "without")
    assert not without[0].any()
    assert not without[1].any()
    shuffled = genre_roberta.augmented(features, "shuffled")
    assert not torch.equal(shuffled[0], features[0])
    assert torch.equal(shuffled[0].sort(0).values, features[0])
    rows = (shuffled[0][:, 0] / 2).long()
    assert torch.equal(shuffled[1], features[1][rows])  # tags and genres of one song stay together


def test_frozen_states_are_those_of_the_base(tmp_path: Path) -> None:
    """Halves run one after the other give what the whole gives."""
    from transformers import LlamaConfig, LlamaModel

    config = LlamaConfig(
        vocab_size=50,
        hidden_size=32,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=48,
        num_hidden_layers=3,
    )
    windows = [[1, 5, 6, 7], [1, 9, 8], [1, 4, 4, 4, 2]]
    song = torch.tensor([0, 0, 1])
    settings = {"layers": 3, "first_layer": 2, "window": 6}
    torch.manual_seed(0)
    decoder = LlamaModel(config).to(torch.bfloat16)
    whole = genre_llama.PooledLlama(decoder, 12, 3)
    ids, mask = padded(windows, 0)
    with torch.inference_mode():
        expected = whole.pooled(ids, mask, song)
    network, frozen = genre_llama.halves(decoder, windows, 0, settings, tmp_path / "states.bin")
    assert len(network.decoder.layers) == 1
    reader = genre_llama.WindowReader(frozen, windows, 6, 0, batch=2)
    for _ in range(2):  # computed, then kept
        with torch.inference_mode():
            pooled = reader(network, [0, 1, 2], song)
        assert torch.allclose(pooled, expected, atol=0.05)
        assert frozen is not None
        assert frozen.known.all()


def test_training_writes_curves_and_a_card_without_paths(
    with_tiny_models: Path, tiny_runs: Path, genre_corpus: Path
) -> None:
    for name in ("bilstm-gru", "roberta", "llama"):
        card = ModelCard.read(with_tiny_models / name)
        assert card.training_data_sha256 == corpus_sha256(genre_corpus)
        assert any("eval_macro_f1" in entry for entry in card.config["history"])
        assert json.loads((tiny_runs / name / "history.json").read_text("utf-8"))
        text = (with_tiny_models / name / "card.json").read_text("utf-8")
        assert str(genre_corpus) not in text
        assert str(tiny_runs) not in text


def test_tag_scores_are_those_of_hand_counting() -> None:
    targets = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    probabilities = np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.1]], np.float32)
    scores = genre_bilstm_gru.tag_scores(targets, probabilities)
    # Ranked over all: hit, miss, hit: (1/1 + 2/3) / 2; third tag never occurs.
    assert scores["tag_micro_ap"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert scores["tag_macro_ap"] == pytest.approx(1)
    assert scores["tag_lrap"] == pytest.approx((1 + 1 / 2) / 2)


def test_no_pair_of_words_reaches_across_an_unknown_one() -> None:
    runs = genre_bilstm_gru.known_runs([1, 5, 6, 1, 1, 7, 8, 9])
    assert runs == [[5, 6], [7, 8, 9]]
    assert genre_bilstm_gru.known_runs([1]) == []


def test_the_paths_of_the_bilstm_gru_are_weighed_by_what_they_tell_of_songs() -> None:
    """Labels are drawn by the direct path alone, the recurrent one knows nothing of them."""
    torch.manual_seed(0)
    network = BilstmGru(40, 3, 12, width=4, hidden=4).eval()
    with torch.no_grad():
        network.direct.logits.weight.normal_()
        network.direct.logits.weight.mul_(0.4)
    songs = torch.randint(2, 40, (600, 12))
    style = torch.full((600, len(STYLE_FEATURES)), float("nan"))
    mask = torch.ones_like(songs)
    with torch.no_grad():
        tags, genres = network.paths(songs, mask, style)[1]
    labels = torch.distributions.Categorical(logits=2 * genres).sample()
    targets = torch.bernoulli(torch.sigmoid(0.5 * tags)).numpy()
    watched = [
        {
            "input_ids": ids.tolist(),
            "style": (float("nan"),) * len(STYLE_FEATURES),
            "label": int(label),
            "weight": 1.0,
            "tags": row,
        }
        for ids, label, row in zip(songs, labels, targets, strict=True)
    ]
    genre_bilstm_gru.weigh_paths(network, watched, log_prior(labels.numpy()))
    assert network.genre_shares[1].item() == pytest.approx(2, rel=0.15)
    assert network.tag_shares[1].item() == pytest.approx(0.5, rel=0.2)
    with torch.no_grad():
        found = network(songs, mask, style)
        parts = network.paths(songs, mask, style)
    for logits, shares, own in zip(
        found, (network.tag_shares, network.genre_shares), zip(*parts, strict=True), strict=True
    ):
        assert torch.allclose(logits, shares[0] * own[0] + shares[1] * own[1], atol=1e-5)


def test_multi_label_weights_are_those_that_labels_were_drawn_by() -> None:
    generator = np.random.default_rng(0)
    parts = [generator.normal(size=(2000, 5)) for _ in range(3)]
    logits = 0.7 * parts[0] + 1.6 * parts[1]
    targets = (generator.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(np.float32)
    weights = genre_bilstm_gru.binary_weights(parts, targets)
    assert weights == pytest.approx([0.7, 1.6, 0], abs=0.1)


def test_cross_fit_covers_every_training_song(tiny_models: Path, tiny_runs: Path) -> None:
    stored = np.load(tiny_runs / "bilstm-gru" / "cross_fit.npz", allow_pickle=False)
    assert stored["tags"].shape == (120, 24)
    assert stored["genres"].shape == (120, 12)
    assert stored["tags"].min() > 0
    assert (np.abs(stored["genres"]).sum(1) > 0).all()


def test_roberta_refuses_songs_without_features(
    with_tiny_models: Path, genre_corpus: Path, tmp_path: Path
) -> None:
    split = read_split(genre_corpus, "train")
    with pytest.raises(InputError, match="cross-fit"):
        genre_roberta.cross_fitted(split, tmp_path / "none.npz")
    path = tmp_path / "few.npz"
    np.savez(path, tags=np.zeros((1, 24)), genres=np.zeros((1, 12)), songs=np.array(["a"]))
    with pytest.raises(InputError, match="lacks 120 of 120"):
        genre_roberta.cross_fitted(split, path)


def test_a_run_resumes_from_its_checkpoint(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = yaml.safe_load((tiny_runs / "genre_bilstm_gru.yaml").read_text("utf-8"))
    for epochs, extra in ((1, []), (2, ["--resume"])):
        config = tmp_path / "config.yaml"
        config.write_text(yaml.safe_dump({**settings, "epochs": epochs}), "utf-8")
        arguments = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--config", str(config)]
        arguments += ["--output", str(tmp_path / "models"), *extra]
        monkeypatch.setattr(sys, "argv", ["train", *arguments])
        genre_bilstm_gru.main()
    history = json.loads((tmp_path / "bilstm-gru" / "history.json").read_text("utf-8"))
    steps = [entry["step"] for entry in history if "eval_loss" in entry]
    # The second run kept the first one's log and went on from there.
    assert steps == sorted(set(steps))
    assert steps[0] <= 8 < steps[-1]


@pytest.mark.parametrize("module", [genre_llama, genre_roberta])
def test_the_full_preset_takes_the_same_path(
    module: object,
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tiny bases stand where the hub's would: LLaMA really is quantised to NF4 and trained."""
    from engine.classifiers import load_classifier
    from engine.lyrics import Lyrics

    name = "llama" if module is genre_llama else "roberta"
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models / "bilstm-gru", models / "bilstm-gru")
    monkeypatch.setenv("LYRICLAB_MODELS", str(models))
    settings = yaml.safe_load((tiny_runs / f"genre_{name}.yaml").read_text("utf-8"))
    settings |= {"epochs": 1, "gradient_checkpointing": name == "llama"}
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    arguments = ["--preset", "full", "--data", str(genre_corpus), "--runs", str(tmp_path)]
    arguments += ["--config", str(config), "--limit", "48"]
    if name == "roberta":
        arguments += ["--features", str(tiny_runs / "bilstm-gru" / "cross_fit.npz")]
    monkeypatch.setattr(sys, "argv", ["train", *arguments])
    module.main()  # type: ignore[attr-defined]
    classifier = load_classifier(name, "full")
    assert classifier.base in {"Llama-3.1-8B", "RoBERTa-base"}
    assert len(classifier.predict([Lyrics.parse("gravel and rain")])) == 1
    if name == "llama":
        from bitsandbytes.nn import Linear4bit

        layers = classifier.model.decoder.modules()  # type: ignore[attr-defined]
        assert any(isinstance(layer, Linear4bit) for layer in layers)


def test_evaluation_holds_models_to_their_cards(
    with_tiny_models: Path, genre_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(genre_corpus), "--model", "bilstm-gru"]
    assert evaluate.main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["measured"]["test/songs"] == 24
    card = ModelCard.read(with_tiny_models / "bilstm-gru")
    card.metrics["test/accuracy"] += 0.1
    try:
        card.write(with_tiny_models / "bilstm-gru")
        assert evaluate.main(arguments) == 1
    finally:
        card.metrics["test/accuracy"] -= 0.1
        card.write(with_tiny_models / "bilstm-gru")


def test_shipped_configurations_have_every_setting() -> None:
    folder = Path(genre_llama.__file__).parent / "configs"
    for name, tiny in TINY.items():
        for path in folder.glob(f"{name}*.yaml"):
            settings = yaml.safe_load(path.read_text("utf-8"))
            missing = {"layers", "first_layer"} | (set(tiny) - set(settings))
            assert missing == {"layers", "first_layer"}, path


def test_the_sharding_configuration_is_one_that_accelerate_takes() -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    path = Path(genre_llama.__file__).parent / "configs" / "fsdp.yaml"
    config = load_config_from_file(str(path))
    assert config.distributed_type == "FSDP"
    assert config.fsdp_config["fsdp_transformer_layer_cls_to_wrap"] == "LlamaDecoderLayer"


def test_weights_go_to_the_model_that_knows() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(12, size=400)
    knowing = generator.normal(size=(400, 12))
    knowing[np.arange(400), labels] += 3
    parts = {"knowing": knowing, "guessing": generator.normal(size=(400, 12))}
    weights = genre_combined.fitted_weights(parts, labels, log_prior(labels))
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["knowing"] > 0.7
    assert np.allclose(genre_combined.pool(parts, {"knowing": 1.0}), knowing)


def test_the_combined_card_answers_and_is_evaluated(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    arguments = ["--data", str(genre_corpus), "--runs", str(tiny_runs), "--output", str(models)]
    monkeypatch.setattr(sys, "argv", ["combined", *arguments])
    monkeypatch.setenv("LYRICLAB_MODELS", str(models))
    genre_combined.main()
    card = ModelCard.read(models / "combined")
    assert sum(card.config["weights"].values()) == pytest.approx(1)
    run = evaluation.evaluate(
        "genre", genre_corpus / "test.parquet", ["combined"], results=tmp_path / "results"
    )
    accuracy = next(r.value for r in run.records if r.metric == "accuracy")
    assert accuracy == pytest.approx(card.metrics["test/accuracy"], abs=1e-3)


def test_the_direct_path_sums_what_the_regression_weighs() -> None:
    """Songs of two genres told apart by single tokens, read in one or two windows."""
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 2
    windows = [
        [[1, *generator.integers(5, 20, 6), 2 + label], [1, *generator.integers(5, 20, 5)]]
        for label in labels
    ]
    windows = [[[int(token) for token in w] for w in song] for song in windows]
    lyrics = [Lyrics.parse("la " * int(generator.integers(30, 90))) for _ in labels]
    noisy = labels == 1
    train = GenreSplit(tuple(lyrics), labels, ((),) * 60, noisy, ("",) * 60)
    settings = {
        "direct_regularisation": 100,
        "direct_pairs": 10,
        "class_weight_power": 0,
        "noisy_weight": 0.2,
    }
    path = direct_path.fit_direct(windows, train, 20, 12, settings)
    logits = direct_path.direct_logits(path, windows, lyrics, pad=0)
    counted = [[window[1:] for window in song] for song in windows]
    codes = path.pair_codes.numpy()
    assert len(codes) == 10
    paired = [direct_path.known_pairs(song, codes, 20) for song in counted]
    pairs = direct_path.tfidf_matrix(paired, path.pair_idf.numpy())
    matrix = direct_path.tfidf_matrix(counted, path.idf.numpy())
    form = path.style(style_tensor(lyrics)).detach().numpy()
    expected = matrix @ path.logits.weight.detach().numpy() + form + path.bias.detach().numpy()
    expected = expected + pairs @ path.pair_logits.weight.detach().numpy()
    assert np.allclose(logits, expected, atol=1e-3)
    assert path.bias[:2].abs().min() > 0
    assert path.pair_logits.weight[1:, :2].abs().sum() > 0
    assert (logits[:, :2].argmax(-1) == labels).all()
    path.scale(0.5)
    assert np.allclose(
        direct_path.direct_logits(path, windows, lyrics, pad=0), logits / 2, atol=1e-3
    )


def test_songs_are_judged_by_paths_that_have_not_seen_their_artists(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = str(tiny_runs / "genre_roberta.yaml")
    arguments = ["--data", str(genre_corpus), "--config", config, "--pairs", "0", "40"]
    monkeypatch.setattr(sys, "argv", ["study", *arguments])
    seen: list[set[str]] = []
    fit = direct_path.fit_direct

    def noted(windows: Any, train: GenreSplit, *rest: Any) -> Any:
        seen.append(set(train.artists))
        return fit(windows, train, *rest)

    monkeypatch.setattr(direct_path, "fit_direct", noted)
    direct_path_study.main()
    everyone = set(read_split(genre_corpus, "train").artists)
    for three in (seen[:3], seen[3:]):
        left_out = [everyone - artists for artists in three]
        assert sum(map(len, left_out)) == len(everyone) == len(set.union(*left_out))
    printed = capsys.readouterr().out
    assert printed.index("0 pairs:") < printed.index("40 pairs:")
    assert "nats a song" in printed


def test_shift_rules_are_judged_on_artists_they_were_not_fitted_on(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    artists = np.repeat([f"artist {number}" for number in range(30)], 4)
    drawn = shift_study.drawn_artists(artists, 40, np.random.default_rng(0))
    assert drawn.sum() == 40
    assert not set(artists[drawn]) & set(artists[~drawn])
    config = str(tiny_runs / "genre_roberta.yaml")
    monkeypatch.setattr(sys, "argv", ["study", "--data", str(genre_corpus), "--config", config])
    monkeypatch.setattr(shift_study, "DRAWS", 2)
    shift_study.main()
    lines = capsys.readouterr().out.splitlines()[-4:]
    assert [line.split(":")[0] for line in lines] == list(shift_study.RULES)


def test_a_useless_direct_path_is_left_out_and_a_useful_one_taken() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(12, size=600)
    prior = log_prior(labels)
    own = generator.normal(size=(600, 12))
    own[np.arange(600), labels] += 1.5
    noise = 4 * generator.normal(size=(600, 12))
    assert direct_path.fitted_share(own, noise, labels, prior) <= 0.1
    telling = generator.normal(size=(600, 12))
    telling[np.arange(600), labels] += 3
    assert direct_path.fitted_share(own, telling, labels, prior) >= 0.8
