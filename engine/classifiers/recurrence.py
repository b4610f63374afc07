"""The recurrent path of a BiLSTM-GRU as it answers on a CPU: the same weights, less work.

- All is time by time: each step's songs lie side by side, and nothing is turned around in between.
- The LSTMs compute in bfloat16 where this chip is faster in it, and so does what leads from them to
  the GRU.
- PyTorch's GRU is a dozen small operations a step, and of those tanh costs five times what the
  logistic function does. tanh(x) = 2 s(2x) - 1; a GRU's new state is a mean of its old one and of a
  tanh, and a mean stays one if both are moved and stretched alike. So what is carried on here is
  u = (h + 1) / 2, the weights are changed to fit, and tanh is gone: six operations a step.
- The steps are one compiled function, so that another thread's Python runs beside them.

Padding stands behind each song and is read as well; what comes of it is masked.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from engine.classifiers.bilstm_gru import BilstmGru


class Recurrence:
    """What `BilstmGru.recurrent` says, without gradients.

    Parameters
    ----------
    model : BilstmGru
        In float32 on a CPU; its weights are copied.
    dtype : torch.dtype
        In which the LSTMs compute.
    """

    def __init__(self, model: BilstmGru, dtype: torch.dtype) -> None:
        self._model = model
        self._dtype = dtype
        with torch.no_grad():
            self._ahead, self._back = (
                _time_by_time(lstm, dtype) for lstm in (model.lstm_forward, model.lstm_backward)
            )
            inputs: Any = model.gru.weight_ih_l0
            own: Any = model.gru.weight_hh_l0
            input_bias: Any = model.gru.bias_ih_l0
            own_bias: Any = model.gru.bias_hh_l0
            width = own.shape[1]
            # The reset and the update gate, and twice the new state's.
            stretch = torch.ones(3 * width)
            stretch[2 * width :] = 2
            shifted = stretch * (own_bias - own.sum(1))
            # What the reset gate lets through of the state is not yet added to the inputs.
            through = shifted.clone()
            through[: 2 * width] = 0
            self._inputs = (stretch.unsqueeze(1) * inputs).t().to(dtype).contiguous()
            self._input_bias = stretch * input_bias + shifted - through
            self._own = (2 * stretch.unsqueeze(1) * own).t().contiguous()
            self._own_bias = through
            first, last = model.attention[0], model.attention[2]
            weight: Any = first.weight
            bias: Any = first.bias
            self._attention = (4 * weight).t().contiguous()
            self._attention_bias = 2 * (bias - weight.sum(1))
            scoring: Any = last.weight
            self._attended: Tensor = 2 * scoring.detach()[0]

    def __call__(self, ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Tag logits (songs, tags) and genre logits (songs, genres) of padded ids."""
        model = self._model
        songs = len(ids)
        order = reversal(attention_mask).t()
        words = ids.t()
        ahead = self._ahead(model.embedding(words).to(self._dtype))[0]
        back = self._back(model.embedding(words.gather(0, order)).to(self._dtype))[0]
        rows = (order * songs + torch.arange(songs)).flatten()
        read = torch.cat([ahead.flatten(0, 1), back.flatten(0, 1).index_select(0, rows)], dim=1)
        gates = torch.mm(read, self._inputs).float().add_(self._input_bias)
        states = torch.empty(len(gates), len(self._own))
        # Each shape that is new would be compiled anew, for some 20 of them.
        with torch.jit.optimized_execution(False):  # pyright: ignore[reportPrivateImportUsage]
            _gru_steps()(
                gates.view(*words.shape, -1),
                self._own,
                self._own_bias,
                torch.full((songs, len(self._own)), 0.5),
                states.view(*words.shape, -1),
            )
        heard = torch.addmm(self._attention_bias, states, self._attention).sigmoid_()
        scores = (heard @ self._attended).view(words.shape)
        shares = scores.masked_fill_(attention_mask.t() == 0, float("-inf")).softmax(0)
        means = (states.view(*words.shape, -1) * shares.unsqueeze(-1)).sum(0)
        table: Any = model.embedding.weight
        plain = nn.functional.embedding_bag(
            ids, table, mode="mean", padding_idx=model.embedding.padding_idx
        )
        pooled = model.norm(torch.cat([2 * means - 1, plain], dim=-1))
        return model.tag_head(pooled), model.genre_head(pooled)


def _time_by_time(lstm: nn.LSTM, dtype: torch.dtype) -> nn.LSTM:
    """The same LSTM in `dtype`, of inputs (tokens, songs, width)."""
    own = copy.deepcopy(lstm).to(dtype)
    own.batch_first = False
    return own


def reversal(attention_mask: Tensor) -> Tensor:
    """Positions (songs, tokens) that reverse each song and leave its padding where it is."""
    positions = torch.arange(attention_mask.shape[1], device=attention_mask.device)
    mirrored = attention_mask.sum(1, keepdim=True) - 1 - positions
    return torch.where(mirrored >= 0, mirrored, positions)


def _steps(gates: Tensor, weight: Tensor, bias: Tensor, state: Tensor, states: Tensor) -> None:
    """A GRU's steps in u = (h + 1) / 2: fills `states` (tokens, songs, width), spoils `gates`."""
    width = state.size(1)
    both = gates.narrow(2, 0, 2 * width).unbind(0)
    reset = gates.narrow(2, 0, width).unbind(0)
    update = gates.narrow(2, width, width).unbind(0)
    new = gates.narrow(2, 2 * width, width).unbind(0)
    places = states.unbind(0)
    own = torch.empty(state.size(0), 3 * width)
    own_both = own.narrow(1, 0, 2 * width)
    own_new = own.narrow(1, 2 * width, width)
    for step in range(len(places)):
        torch.addmm(bias, state, weight, out=own)
        both[step].add_(own_both).sigmoid_()
        new[step].addcmul_(reset[step], own_new).sigmoid_()
        state = torch.lerp(new[step], state, update[step], out=places[step])


@cache
def _gru_steps() -> Callable[..., None]:
    """`_steps`, compiled: a loop of Python would wait for other threads at each operation.

    PyTorch deprecates it for torch.compile, which wants a C++ compiler on every machine.
    """
    return torch.jit.script(_steps)
