"""What a lyric's form says of its genre, beside its words: repetition, rhyme, diction.

After the style and rhyme features of Mayer, Neumayer and Rauber 2008 ("Rhyme and Style Features
for Musical Genre Classification by Song Lyrics", ISMIR 2008), from a lyric's lines alone. Each line
counts once however often it is written out, and neither length nor stanzas count: lyric sites write
every chorus out, songwriters once, and how long a text is tells who wrote it down more than what
was sung. Marks that differ from one transcriber to the next (commas, capitals, quotes, exclamation
marks) are left out, too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from engine.lyrics import Lyrics

STYLE_FEATURES = (
    "words a line (log)",
    "spread of words a line (log)",
    "types per square root of tokens",
    "share of words with an apostrophe",
    "share of words in -in'",
    "letters a word",
    "share of words over 7 letters",
    "share of lines that rhyme with the next",
    "share of lines that rhyme with the next but one",
    "distinct first words a line",
)

# The form of a few words says nothing of a song's.
FEWEST_WORDS = 20
# Standardised features are kept within this many standard deviations.
_FARTHEST = 2.5

_WORD = re.compile(r"[\w']+")
_RHYME = re.compile(r"[aeiouy]+[^aeiouy]*e?$")


@lru_cache(maxsize=512)
def text_style(lyric: Lyrics) -> tuple[float, ...]:
    """`STYLE_FEATURES` of a lyric's distinct lines; NaN throughout if under `FEWEST_WORDS` words.

    Only distinct lines count, as for whatever else reads a lyric.
    """
    written = (_WORD.findall(line.text.lower().replace("’", "'")) for line in lyric.lines)
    lines = [list(line) for line in dict.fromkeys(tuple(words) for words in written if words)]
    words = [word for line in lines for word in line]
    if len(words) < FEWEST_WORDS:
        return (math.nan,) * len(STYLE_FEATURES)
    lengths = [len(line) for line in lines]
    ends = [line[-1] for line in lines]
    return (
        math.log(fmean(lengths)),
        math.log1p(pstdev(lengths)),
        len(set(words)) / math.sqrt(len(words)),
        sum("'" in word for word in words) / len(words),
        sum(word.endswith("in'") for word in words) / len(words),
        fmean(map(len, words)),
        sum(len(word) > 7 for word in words) / len(words),
        _share_rhyming(ends, 1),
        _share_rhyming(ends, 2),
        len({line[0] for line in lines}) / len(lines),
    )


def style_tensor(lyrics: Sequence[Lyrics]) -> torch.Tensor:
    """`text_style` of several lyrics: (songs, features), float32."""
    return torch.tensor([text_style(lyric) for lyric in lyrics], dtype=torch.float32)


class StylePath(nn.Module):
    """Linear in the standardised features and their squares: what a song's form adds to logits.

    Lyrics whose features are NaN get zero logits.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, labels: int) -> None:
        super().__init__()
        count = len(STYLE_FEATURES)
        self.register_buffer("mean", torch.zeros(count))
        self.register_buffer("deviation", torch.ones(count))
        self.linear = nn.Linear(2 * count, labels, bias=False)
        nn.init.zeros_(self.linear.weight)

    def standardise_by(self, style: torch.Tensor) -> None:
        """Take mean and deviation from the features (songs, features) of training songs."""
        known = style[~style.isnan().any(1)]
        if len(known) > 1:
            self.mean.copy_(known.mean(0))
            self.deviation.copy_(known.std(0).clamp(min=1e-3))

    def expanded(self, style: torch.Tensor) -> torch.Tensor:
        """Standardised features (songs, features) and half their squares less 1, side by side."""
        scores = ((style - self.mean) / self.deviation).clamp(-_FARTHEST, _FARTHEST)
        return torch.cat([scores, (scores.square() - 1) / 2], dim=1).nan_to_num(0.0)

    def forward(self, style: torch.Tensor) -> torch.Tensor:
        """Logits (songs, labels) of features (songs, features)."""
        return self.linear(self.expanded(style))


def _rhyme(word: str) -> str:
    """The last vowels and what follows: "light" and "night" share "ight"."""
    found = _RHYME.search(word)
    return found.group() if found else word


def _rhymes(first: str, second: str) -> bool:
    return _rhyme(first) == _rhyme(second) and first != second


def _share_rhyming(ends: Sequence[str], distance: int) -> float:
    """How many of the words that stand `distance` apart rhyme; 0 where there are none."""
    pairs = list(zip(ends, ends[distance:], strict=False))
    return fmean(_rhymes(*pair) for pair in pairs) if pairs else 0.0
