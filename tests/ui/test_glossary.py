from __future__ import annotations

import ast
from pathlib import Path

from ui.genre import view
from ui.glossary import TERMS

ROOT = Path(__file__).parents[2]


def test_every_word_has_a_meaning_and_a_source() -> None:
    for name, term in TERMS.items():
        assert term.meaning.endswith("."), name
        assert len(term.meaning) < 600, f"{name} would be cut"
        assert term.source, name


def test_the_words_that_pages_explain_are_in_the_list() -> None:
    asked = set(view._TERMS)
    for path in (ROOT / "pages").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "glossary.show":
                asked |= {str(ast.literal_eval(argument)) for argument in node.args}
    assert {"Macro F1", "Log odds", "Calibration", "Seed", "Evidence"} <= asked <= set(TERMS)
