from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.classifiers import load_classifier
from engine.errors import InputError
from engine.models import compute, trials
from engine.models.compute import ASKED, FASTER
from engine.models.trials import ATTENTION, GRU, LINEAR, LSTM, Trial, WholeTrial

GOOD, SLOW = Trial(0.003, 0.001), Trial(0.001, 0.004)
BROKEN = Trial(0.001, float("inf"), "could not create a primitive descriptor")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(compute.SETTING, raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    compute._remembered.cache_clear()
    yield
    compute._remembered.cache_clear()


def on_this_chip(monkeypatch: pytest.MonkeyPatch, **found: Trial) -> None:
    """A chip on which trials of the kinds of layers end like that."""
    monkeypatch.setattr(compute, "_trial", lambda kind, *, training: found[kind])


def test_the_faster_precision_is_taken_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    on_this_chip(monkeypatch, linear=GOOD, attention=GOOD)
    assert str(compute.serving_precision()) == "bfloat16: 3.0 times as fast as float32 in a trial"
    assert compute.serving_precision().dtype == torch.bfloat16

    compute._remembered.cache_clear()
    on_this_chip(monkeypatch, linear=GOOD, attention=SLOW)
    assert str(compute.serving_precision()) == "float32: 1.2 times as fast as bfloat16 in a trial"
    assert compute.serving_precision().dtype == torch.float32


def test_one_kind_of_layer_that_does_not_work_decides_for_its_model_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_this_chip(monkeypatch, linear=GOOD, attention=GOOD, lstm=BROKEN, gru=GOOD)
    recurrent = compute.training_precision((LINEAR, LSTM, GRU))
    assert str(recurrent) == "float32: lstm layers do not work in bfloat16 here"
    assert compute.training_precision((LINEAR, ATTENTION)).is_lower
    with pytest.raises(InputError, match="lstm layers do not work in it on this machine"):
        compute.training_precision((LINEAR, LSTM, GRU), "bfloat16")


def test_what_the_user_says_goes_before_the_configuration_and_before_trying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_this_chip(monkeypatch, linear=GOOD, attention=GOOD)
    assert compute.training_precision((LINEAR,), "float32").reason == "set by the configuration"
    monkeypatch.setenv(compute.SETTING, "float32")
    assert compute.serving_precision() == compute.Precision("float32", "set by LYRICLAB_PRECISION")
    assert compute.training_precision((LINEAR,), "bfloat16").name == "float32"
    monkeypatch.setenv(compute.SETTING, "bfloat16")
    on_this_chip(monkeypatch, linear=SLOW, attention=SLOW)
    assert compute.serving_precision().name == "bfloat16"


def test_a_precision_that_does_not_exist_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(compute.SETTING, "fp16")
    with pytest.raises(InputError) as refused:
        compute.serving_precision()
    assert str(refused.value) == (
        "LYRICLAB_PRECISION is 'fp16'; auto, float32, bfloat16, int8 are accepted."
    )
    monkeypatch.delenv(compute.SETTING)
    with pytest.raises(InputError, match="precision is 'yes'"):
        compute.training_precision((LINEAR,), "yes")


def test_whole_numbers_are_taken_where_a_model_can_and_they_are_well_worth_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_this_chip(monkeypatch, linear=GOOD, attention=GOOD)
    monkeypatch.setattr(compute, "_trial_whole", lambda _precision: WholeTrial(0.003, 0.001))
    assert str(compute.serving_precision(whole=FASTER)) == (
        "int8: 3.0 times as fast as bfloat16 in a trial"
    )
    assert compute.serving_precision(whole=FASTER).dtype == torch.float32
    assert compute.serving_precision(whole=ASKED).name == "bfloat16"
    assert compute.serving_precision().name == "bfloat16"
    compute._remembered.cache_clear()
    monkeypatch.setattr(compute, "_trial_whole", lambda _precision: WholeTrial(0.0011, 0.001))
    assert compute.serving_precision(whole=FASTER).name == "bfloat16"


def test_whole_numbers_that_are_asked_for_are_for_answers_that_can_be_in_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_this_chip(monkeypatch, linear=GOOD, attention=GOOD)
    monkeypatch.setenv(compute.SETTING, "int8")
    assert compute.serving_precision(whole=ASKED).is_whole
    assert compute.serving_precision().name == "bfloat16"
    assert compute.training_precision((LINEAR,), "float32").name == "float32"
    with pytest.raises(InputError, match="precision is 'int8'; auto, float32, bfloat16"):
        compute.training_precision((LINEAR,), "int8")
    compute._remembered.cache_clear()
    monkeypatch.setattr(compute, "_trial_whole", lambda _: WholeTrial(1.0, float("inf")))
    with pytest.raises(InputError, match="does not multiply whole numbers rightly"):
        compute.serving_precision(whole=FASTER)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", trials.KINDS)
def test_every_kind_of_layer_can_be_tried_here(kind: str, training: bool) -> None:
    torch.manual_seed(3)
    found = trials.tried(kind, training=training)
    assert 0 < found.float32 < float("inf")
    assert (found.bfloat16 == float("inf")) == bool(found.problem)
    after = torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(torch.rand(1), after), "a trial must not change what is drawn later"


def test_a_layer_that_raises_in_bfloat16_is_told_from_one_that_is_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class OnlyFloat32(nn.Linear):
        def forward(self, states: torch.Tensor) -> torch.Tensor:
            if torch.is_autocast_enabled("cpu") or self.weight.dtype == torch.bfloat16:
                raise RuntimeError("no such primitive\nand more")
            return super().forward(states)

    monkeypatch.setattr(trials, "_layer", lambda _kind: (OnlyFloat32(4, 4), torch.randn(2, 4)))
    for training in (False, True):
        found = trials.tried(LINEAR, training=training)
        assert found.problem == "no such primitive"
        assert found.bfloat16 == float("inf") > found.float32


def test_a_network_tells_which_kinds_of_layers_it_is_made_of() -> None:
    from engine.classifiers.bilstm_gru import BilstmGru

    assert trials.layer_kinds(BilstmGru(10, 3, 2, width=4, hidden=4)) == (LINEAR, LSTM, GRU)
    decoder = nn.ModuleDict({"self": nn.MultiheadAttention(4, 1), "out": nn.Linear(4, 2)})
    assert trials.layer_kinds(decoder) == compute.TRANSFORMER


def test_a_wrong_setting_is_not_taken_for_a_damaged_model(
    monkeypatch: pytest.MonkeyPatch, with_tiny_models: Path
) -> None:
    monkeypatch.setenv("LYRICLAB_PRECISION", "fp8")
    for name in ("llama", "bilstm-gru"):  # whether it has a choice of precisions or but one
        with pytest.raises(InputError, match="fp8"):
            load_classifier(name)
