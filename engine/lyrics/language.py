"""Which language a text looks to be in.

Language identification is langid.py's model (Lui and Baldwin 2012, doi:10.18653/v1/P12-3005)
through py3langid.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FEWEST_WORDS = 5
SURE = 0.9
MOST = 3000


def language_of(text: str, most: int = MOST) -> str:
    """The language as ISO 639-1 names it, ``"en"``; "" where it is not sure.

    Texts under `FEWEST_WORDS` words are not judged: too short to tell. Looked at are the first
    `most` characters.
    """
    if len(text.split(None, FEWEST_WORDS)) < FEWEST_WORDS:
        return ""
    language, probability = _identifier().classify(text[:most])
    return str(language) if probability >= SURE else ""


def language_name(code: str) -> str | None:
    """What a language is called in English; None where the table has no name for it."""
    return _names().get(code)


@cache
def _names() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8"))


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_modelpath(Path(MODEL_DIR) / MODEL_FILE, norm_probs=True)
