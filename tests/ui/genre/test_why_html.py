from __future__ import annotations

from dataclasses import replace

from engine.explanation import Explanation
from engine.lyrics import Lyrics
from ui.genre.why_html import (
    form_html,
    legend_html,
    level,
    scale_of,
    strongest_value,
    why_html,
)

LYRIC = Lyrics.parse("[Verse]\n1<2 & banjo\nrain")


def explained(*words: tuple[float | None, ...]) -> Explanation:
    return Explanation("llama", "tiny", "r&b", words, 0.0, 0.0, -1.0, 8, 0.1)


def test_one_scale_holds_for_words_lines_form_and_all_models() -> None:
    weak, strong = explained((0.1, 0.0, -0.1), (None,)), explained((1.0, 1.0, 0.0), (None,))
    formal = replace(weak, form=-8.0, faded=0.25)
    assert scale_of([weak]) == 0.1
    assert scale_of([weak, strong]) == scale_of([strong]) == 1.0
    assert scale_of([weak, strong, formal]) == 2.0
    assert scale_of([strong], "Lines") == 2.0
    assert scale_of([]) == 0.0
    assert "ll-mark" not in why_html(LYRIC, formal, 2.1), "next to its form no word counts"
    assert form_html(-2.0, 2.0) == (
        '<div class="ll-why-line"><span class="ll-mark ll-off-4" title="−2.000">The song’s form'
        "</span> <small>−2.00</small></div>"
    )


def test_text_is_escaped_and_every_word_keeps_its_number() -> None:
    drawn = why_html(LYRIC, explained((1.0, 0.0, -0.6), (None,)), 1.0)
    assert '<span class="ll-mark ll-to-4" title="+1.000">1&lt;2</span>' in drawn
    assert '<span title="+0.000">&amp;</span>' in drawn
    assert '<span class="ll-mark ll-off-3" title="−0.600">banjo</span>' in drawn
    assert '<span class="ll-unread" title="not read">rain</span>' in drawn
    assert '<div class="ll-section">Verse</div>' in drawn
    assert "towards r&amp;b" in legend_html("r&b")


def test_lines_are_marked_by_their_sum() -> None:
    drawn = why_html(LYRIC, explained((1.0, 0.0, -0.5), (-1.0,)), 1.0, "Lines")
    assert 'class="ll-mark ll-to-3" title="+0.500">1&lt;2 &amp; banjo</span>' in drawn
    assert 'class="ll-mark ll-off-4" title="−1.000">rain</span>' in drawn


def test_marks_grow_with_the_value_and_one_giant_does_not_hide_the_rest() -> None:
    assert [level(value, 1.0) for value in (0.0, 0.1, 0.3, 0.6, 0.9, -0.9)] == [0, 1, 2, 3, 4, -4]
    assert level(0.5, 0.0) == 0
    assert strongest_value([0.1] * 99 + [-50.0]) == 0.1
