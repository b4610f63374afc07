"""Integrated gradients over embeddings, for any genre classifier.

A song's embeddings are moved in a straight line from a baseline to what they are; the gradients met
on the way are added up (Sundararajan, Taly and Yan 2017, arXiv:1703.01365, equation 3; captum
computes the integral by Gauss-Legendre quadrature). The attributions of all embeddings add up to
the difference between song and baseline (completeness); what quadrature and half precision leave
is kept as the gap.

The baseline is the same song, its words faded by `FADING` towards the zero embedding, special
tokens left as they are. A path from nothing at all leads through embeddings that no song has: there
the decoder's answer swings many times wider than between songs, the integral does not settle, and
the words found matter no more than words drawn by chance. Faded by a quarter the gap is small with
few steps, and what is found is what the model rests on (`engine.evaluation.tasks.faithfulness`).

A song's form (`engine.classifiers.text_style`) belongs to no word: it stays as it is along the
path, and what it adds is told apart.

The function explained is the log odds of a genre, ln(p / (1 - p)) in calibrated probabilities:
what a word adds pushes towards that genre and away from all others together. It is the classifier's
own path from lyric to logits that runs, with the outputs of its embedding layers replaced: in
modules of its own over the same tensors, so that whoever asks the model meanwhile meets none of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.classifiers.text_style import StylePath
from engine.errors import CancelledError

if TYPE_CHECKING:
    from engine.classifiers.torch_classifier import TorchClassifier
    from engine.lyrics import Lyrics, Span

FADING = 0.25
# Tokens whose activations are held at once: some 400 MB for 20 decoder layers of width 576.
_TOKENS_AT_ONCE = 1024
# Song and faded song, with the song's form and without it.
_PASSES_AFTER = 4


@dataclass(frozen=True)
class TokenAttributions:
    """What each token added to the log odds of one genre.

    Attributes
    ----------
    tokens : list of ((int, int) or None, float)
        Characters of ``lyric.text`` and attribution, over all embedding layers; None for tokens
        that stand nowhere in the text.
    log_odds, baseline_log_odds : float
        Of the genre in the song, and with its words faded.
    form : float
        What the song's form adds to `log_odds`, beside a song of average form.
    answer, answer_without_form : int
        The likeliest label, and what it would be if the song's form were average.
    """

    tokens: list[tuple[Span | None, float]]
    log_odds: float
    baseline_log_odds: float
    form: float
    answer: int
    answer_without_form: int


@dataclass(frozen=True)
class _Layer:
    """One embedding layer, the ids it reads of one song, and where they stand."""

    module: nn.Embedding
    ids: torch.Tensor
    spans: list[list[Span | None]]

    def embedded(self) -> torch.Tensor:
        """Embeddings (rows, tokens, width) in float32."""
        return self.module.weight.detach()[self.ids].float()

    def baseline(self) -> torch.Tensor:
        """The same with each token that stands in the text faded."""
        strength = torch.ones(self.ids.shape, device=self.ids.device)
        for row, spans in enumerate(self.spans):
            for column, span in enumerate(spans):
                strength[row, column] = 1.0 if span is None else 1.0 - FADING
        return self.embedded() * strength.unsqueeze(-1)


def token_attributions(
    classifier: TorchClassifier,
    lyric: Lyrics,
    genre: int,
    steps: int,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> TokenAttributions:
    """Attribute the log odds of a genre (its position among the labels) to the song's tokens.

    Raises
    ------
    CancelledError
        If `cancelled` says so between two batches of steps.
    """
    from captum.attr import IntegratedGradients

    classifier = classifier.twin()  # hooks on shared modules would fade what others ask
    layers, logits = _embedding_layers(classifier, lyric)
    # The song's own temperature holds along the path, or it would leap where the answer changes.
    answer = int(classifier.calibrated(logits).argmax())
    embedded = tuple(layer.embedded() for layer in layers)
    baselines = tuple(layer.baseline() for layer in layers)
    done, in_all = 0, steps + _PASSES_AFTER

    def log_odds(*replaced: torch.Tensor) -> torch.Tensor:
        nonlocal done
        if cancelled and cancelled():
            raise CancelledError("The explanation was cancelled.")
        if progress and done:  # whoever is let in now meets no activations of ours in memory
            progress(done, in_all)
        copies = replaced[0].shape[0] // layers[0].ids.shape[0]
        with _replaced([layer.module for layer in layers], replaced):
            logits = classifier.differentiable_logits(lyric, copies)
        done += copies
        calibrated = classifier.calibrated_logits(logits, answer)
        others = [index for index in range(calibrated.shape[1]) if index != genre]
        # Probabilities next to 1 or 0 would tell no odds apart.
        return calibrated[:, genre] - calibrated[:, others].logsumexp(1)

    tokens = sum(layer.ids.numel() for layer in layers)
    at_once = max(1, min(steps, _TOKENS_AT_ONCE // tokens))
    rows = layers[0].ids.shape[0]
    # cuDNN has no backward pass for recurrent layers that are not in training.
    with torch.backends.cudnn.flags(enabled=False), torch.enable_grad():
        found = IntegratedGradients(log_odds).attribute(
            embedded, baselines, n_steps=steps, internal_batch_size=at_once * rows
        )
    both_ends = [torch.cat(pair) for pair in zip(embedded, baselines, strict=True)]
    with torch.no_grad():
        whole, faded = log_odds(*both_ends).tolist()
        with _without_form(classifier, lyric):
            # The same batch: another size rounds otherwise, and form that adds nothing would add.
            form = whole - log_odds(*both_ends).tolist()[0]
            formless = classifier.differentiable_logits(lyric, 1)
    if progress:
        progress(in_all, in_all)
    attributed: list[tuple[Span | None, float]] = []
    for layer, values in zip(layers, found, strict=True):
        summed = values.sum(-1).tolist()
        for spans, row in zip(layer.spans, summed, strict=True):
            attributed += zip(spans, row[: len(spans)], strict=True)
    without = int(classifier.calibrated(formless).argmax())
    return TokenAttributions(attributed, whole, faded, form, answer, without)


def _embedding_layers(
    classifier: TorchClassifier, lyric: Lyrics
) -> tuple[list[_Layer], torch.Tensor]:
    """Every embedding layer that is indexed by token ids, and the song's logits (1, labels).

    Layers are found by running the song once and comparing shapes: position and type embeddings
    are told by name, since a model's own code gives them ids of the same shape.
    """
    readings = classifier.readings(lyric)
    seen: dict[nn.Module, torch.Tensor] = {}

    def note(module: nn.Module, arguments: tuple[Any, ...], output: torch.Tensor) -> None:
        seen[module] = arguments[0].detach()

    named: dict[nn.Embedding, list[list[Span | None]]] = {
        module: reading.spans
        for reading in readings
        for name, module in reading.network.named_modules()
        if isinstance(module, nn.Embedding) and not _counts_places(name)
    }
    hooks = [module.register_forward_hook(note) for module in named]
    try:
        with torch.no_grad():
            logits = classifier.differentiable_logits(lyric, 1)
    finally:
        for hook in hooks:
            hook.remove()
    layers = [
        _Layer(module, seen[module], spans) for module, spans in named.items() if module in seen
    ]
    return layers, logits


def _counts_places(name: str) -> bool:
    return any(part in name for part in ("position", "token_type"))


@contextlib.contextmanager
def _without_form(classifier: TorchClassifier, lyric: Lyrics) -> Generator[None]:
    """While this lasts, what the song's form adds to logits is nothing."""
    paths = {
        module
        for reading in classifier.readings(lyric)
        for module in reading.network.modules()
        if isinstance(module, StylePath)
    }

    def nothing(_module: nn.Module, _arguments: Any, output: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(output)

    hooks = [path.register_forward_hook(nothing) for path in paths]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextlib.contextmanager
def _replaced(modules: Sequence[nn.Module], outputs: Sequence[torch.Tensor]) -> Generator[None]:
    """While this lasts, each module gives the output named here, in its own precision."""

    def giving(tensor: torch.Tensor) -> Callable[..., torch.Tensor]:
        def hook(_module: nn.Module, _arguments: Any, output: torch.Tensor) -> torch.Tensor:
            return tensor.to(output.dtype)

        return hook

    hooks = [
        module.register_forward_hook(giving(tensor))
        for module, tensor in zip(modules, outputs, strict=True)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
