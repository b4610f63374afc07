"""Settings of trainings: every shipped file is taken, every mistake is told in one sentence."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.errors import InputError
from engine.models.presets import presets
from tests.conftest import TINY
from train.chord_batches import ChordSettings
from train.chord_placement import PlacementSettings
from train.chords_memory import MemorySettings
from train.command_line import parse_arguments
from train.genre_bilstm_gru import BilstmGruSettings
from train.genre_llama import LlamaSettings
from train.genre_roberta import RobertaSettings
from train.llama_lm import NextWordSettings
from train.roberta_mlm import MaskedSettings
from train.settings import CONFIGS, FitSettings, read_settings, settings_of

KINDS = {
    "chord_placement": PlacementSettings,
    "chords_memory": MemorySettings,
    "chords_tinyllama": ChordSettings,
    "genre_bilstm_gru": BilstmGruSettings,
    "genre_llama": LlamaSettings,
    "genre_roberta": RobertaSettings,
    "llama_lm": NextWordSettings,
    "roberta_mlm": MaskedSettings,
}
LEAST = {"batch_size": 8, "learning_rate": 1e-3, "epochs": 2}


# `fsdp.yaml` is accelerate's own; see test_trainer.
OURS = sorted(path for path in CONFIGS.glob("*.yaml") if path.stem != "fsdp")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_shipped_configuration_is_taken(path: Path) -> None:
    kind = next(kind for name, kind in KINDS.items() if path.stem.startswith(name))
    given = yaml.safe_load(path.read_text("utf-8"))
    taken = asdict(read_settings(path, kind))
    assert {key: taken[key] for key in given} == given


def test_tiny_trainings_set_nothing_that_shipped_ones_do_not() -> None:
    for name, tiny in TINY.items():
        for path in CONFIGS.glob(f"{name}*.yaml"):
            missing = set(tiny) - set(yaml.safe_load(path.read_text("utf-8")))
            assert missing <= {"layers", "first_layer"}, path


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"learning_rat": 1}, "there is no setting 'learning_rat'; did you mean 'learning_rate'."),
        ({"flux": 1}, "there is no setting 'flux'; there are batch_size, "),
        ({"batch_size": 0}, "'batch_size' takes a whole number of 1 or more; got 0."),
        ({"batch_size": 2.5}, "'batch_size' takes a whole number of 1 or more; got 2.5."),
        ({"batch_size": True}, "'batch_size' takes a whole number of 1 or more; got True."),
        ({"batch_size": None}, "'batch_size' takes a whole number of 1 or more; got None."),
        ({"eval_batch_size": 0}, "takes a whole number of 1 or more, or null; got 0."),
        ({"learning_rate": "fast"}, "'learning_rate' takes a number of 0 or more; got 'fast'."),
        ({"learning_rate": 10**400}, "'learning_rate' takes a number of 0 or more; got 1000"),
        ({"learning_rate": math.nan}, "'learning_rate' takes a number of 0 or more; got nan."),
        ({"epochs": 0}, "'epochs' takes a number above 0; got 0."),
        ({"warmup": 1.5}, "'warmup' takes a number from 0 to 1; got 1.5."),
        ({"evaluate_first": "yes"}, "'evaluate_first' takes true or false; got 'yes'."),
        ({"optimizer": 3}, "'optimizer' takes text; got 3."),
        ({"select_by": "f1"}, "'select_by' takes one of macro_f1, accuracy, loss; got 'f1'."),
    ],
)
def test_a_mistake_is_told_with_what_is_accepted(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        settings_of({**LEAST, **wrong}, FitSettings, "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")
    assert told in str(caught.value).replace(" 0.0.", " 0.")


def test_a_list_takes_texts_and_a_missing_setting_is_named() -> None:
    given = yaml.safe_load((CONFIGS / "genre_llama.yaml").read_text("utf-8"))
    with pytest.raises(InputError, match=r"'target_modules' takes a list of texts; got 'q_proj'"):
        settings_of({**given, "target_modules": "q_proj"}, LlamaSettings, "mine.yaml")
    del given["rank"]
    with pytest.raises(InputError, match=r"'rank' is missing; it takes a whole number of 1"):
        settings_of(given, LlamaSettings, "mine.yaml")


def test_a_rate_without_a_point_is_a_number_too() -> None:
    values = yaml.safe_load("{batch_size: 8, learning_rate: 4e-4, epochs: 2}")
    assert isinstance(values["learning_rate"], str)
    assert settings_of(values, FitSettings, "mine.yaml").learning_rate == 0.0004


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        *((content, "is no YAML") for content in (b"\xff", b"a: [", b"a: " + b"9" * 5000)),
        *((content, "is no YAML") for content in (b"[" * 5000, b"a: 2026-99-99")),
        (b"- 1", "key: "),
    ],
)
def test_a_file_that_holds_no_settings_is_refused(
    content: bytes | None, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        parse_arguments("", "mine", FitSettings, ["--data", ".", "--config", str(path)])


@pytest.mark.parametrize("option", ["--config=mine.yaml", "--resume", "--max-minutes=5"])
def test_a_script_without_settings_takes_nothing_that_goes_with_them(option: str) -> None:
    with pytest.raises(InputError, match=f"^Unrecognized arguments: {option}; --help tells"):
        parse_arguments("", "mine", None, ["--data", ".", option])


@pytest.mark.parametrize("option", ["--resume", "--max-minutes=5"])
def test_a_study_that_takes_no_steps_cannot_be_resumed(option: str) -> None:
    given = ["--data", ".", option]
    parse_arguments("", "genre_roberta", RobertaSettings, given)
    with pytest.raises(InputError, match=f"^Unrecognized arguments: {option}"):
        parse_arguments("", "genre_roberta", RobertaSettings, given, steps=False)


def test_what_is_missing_on_the_command_line_is_one_sentence() -> None:
    with pytest.raises(InputError) as refused:
        parse_arguments("", "mine", None, [])
    assert str(refused.value) == (
        "The following arguments are required: --data; --help tells what is accepted."
    )


@pytest.mark.parametrize("name", KINDS)
def test_the_full_preset_has_settings_for_each_model_that_it_has_for_itself(name: str) -> None:
    given = ["--data", ".", "--preset", "full"]
    ours = [
        preset.slots.get(name.replace("_", "-"))
        or preset.slots.get(name.partition("_")[2].replace("_", "-"))
        for preset in presets().values()
    ]
    if ours[0] and len({slot.adapter for slot in ours if slot}) == 1:
        with pytest.raises(InputError, match=f"{name}_full.yaml: both presets take this model"):
            parse_arguments("", name, KINDS[name], given)
    else:
        parse_arguments("", name, KINDS[name], given)
