"""What strangers write is shown letter by letter, whatever Markdown would make of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from engine.plain_text import LONGEST, one_line
from ui.plain_text import plain

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What Streamlit finds in the text that Markdown leaves: directives, icons, emoji, addresses.
LATER = re.compile(r":[a-z]+\[|:material[/_]|:[\w+-]*[^\W\d][\w+-]*:|:\+1:|https?://|www\.|\w@\w")


def shown(markdown: str) -> str:
    """The text Markdown draws, if it is one paragraph of nothing but text."""
    opened, inline, closed = MARKDOWN.parse(markdown)
    assert (opened.type, inline.type, closed.type) == (
        "paragraph_open",
        "inline",
        "paragraph_close",
    )
    assert {token.type for token in inline.children or ()} <= {"text", "text_special"}
    return "".join(token.content for token in inline.children or ())


@given(
    st.text(alphabet=st.sampled_from(list("ab1 :/[]()!<>&;$`*_~#+-=.|\\{}@w\n\u202e")), min_size=1)
)
@example("![x](http://evil/x.png)")
@example("[a](javascript:alert(1))")
@example("<img src=x onerror=alert(1)>")
@example("$x$ and :red[x] and :material/home: and :smile: and :+1:")
@example("1. one\n# two\n- three\n\n    four\n> five\n| a | b |\n|---|---|")
@example("https://evil.example www.evil.example me@evil.example")
@example("&lt;b&gt; &#58;red[x]")
@example(":_:")
@example("`code` ~~gone~~ **bold** _slanted_")
def test_markdown_draws_the_letters_and_nothing_else(text: str) -> None:
    expected = one_line(text)
    if not expected:
        assert not plain(text)
        return
    drawn = shown(plain(text))
    assert drawn.replace("\u2060", "") == expected
    assert not LATER.search(drawn)


def test_the_dollar_of_a_formula_and_the_bracket_of_a_badge_are_escaped() -> None:
    assert plain("$x$") == r"\$x\$"
    assert plain("a] :red[b") == r"a\] :" + "\u2060" + r"red\[b"


def test_ordinary_names_stay_as_they_are() -> None:
    for name in (
        "Slow Rain",
        "R’n’B, slow (live)",
        "Part 2: the road",
        "12:30",
        "Ünïcödé 歌",
        "C#",
    ):
        assert plain(name) == name


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2066b", "a\x00\nb", "a\u2028b"])
def test_nothing_turns_the_line_or_breaks_it(text: str) -> None:
    assert one_line(text) in {"ab", "a b"}


def test_a_very_long_text_is_cut() -> None:
    assert len(one_line("x" * 10_000)) == LONGEST
    assert one_line("x" * 10_000).endswith("x…")
