"""Figures show the values they are given, on any page, with axes that say what they are."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine import corpora, figures
from engine.classifiers.prediction import Prediction
from engine.corpora import harmony_counts
from engine.corpora.harmony import SongHarmony
from engine.corpora.songs import frame
from engine.evaluation.board.summaries import reliability_bins, selective_curve
from engine.figures.style import (
    CHALK,
    CHALK_FROM,
    GRID,
    INK,
    NEUTRAL,
    PALETTE,
    SEQUENTIAL,
    TEXT_BY_DAY,
    TEXT_BY_NIGHT,
    colours,
    contrast,
    ink_on,
    mixed,
)
from engine.listening.heard import Heard, HeardChord
from engine.music.chord import Chord
from engine.music.key import Key
from tests.pages.live_text import strings

ROOT = Path(__file__).parents[2]
LABELS = ("folk", "jazz", "rock")
PREDICTIONS = [
    Prediction("llama", "tiny", LABELS, (0.1, 0.2, 0.7), 0.1),
    Prediction("roberta", "small", LABELS, (0.5, 0.3, 0.2), 0.2),
]
SONGS = frame(
    [
        {"genre": "folk", "year": 1990, "lyrics": "river river stone", "words": 3, "lines": 1},
        {"genre": "rock", "year": 1991, "lyrics": "loud loud night", "words": 3, "lines": 1},
    ]
)
LENGTHS = pd.DataFrame({"low": [0, 10], "high": [9, 40], "songs": [3, 1]})
VALUES = pd.DataFrame(
    {
        "model": ["llama", "roberta"],
        "metric": "accuracy",
        "group": "1990s",
        "value": [0.4, 0.05],
        "low": [0.3, np.nan],
        "high": [0.5, np.nan],
        "songs": [10, 10],
    }
)
TABLE = pd.DataFrame(
    {
        "reference": ["folk", "jazz"] * 20,
        "prediction": ["folk", "folk"] * 20,
        "p:folk": [0.9, 0.6] * 20,
        "p:jazz": [0.1, 0.4] * 20,
    }
)
EXPLAINED = pd.DataFrame(
    [
        ("a", "comprehensiveness", "named by the explanation", 0.3, 0.2, 0.4),
        ("a", "comprehensiveness", "drawn by chance", 0.1, 0.05, 0.15),
        ("a", "sufficiency", "named by the explanation", 0.2, 0.1, 0.3),
        ("a", "sufficiency", "drawn by chance", 0.4, 0.3, 0.5),
    ],
    columns=["model", "measure", "words", "value", "low", "high"],
)
HARMONY = [
    SongHarmony(0, "folk", Key("C", "major"), ("I", "V", "I", "IV"), ("I", "V7", "I", "IV")),
    SongHarmony(1, "folk", Key("A", "minor"), ("i", "VII", "i"), ("i", "VII", "i")),
]
TREND = pd.DataFrame(
    [(1990, 40, 0.5, 0.4, 0.6, False), (1991, 1, 0.9, float("nan"), float("nan"), True)],
    columns=["year", "songs", "value", "low", "high", "few"],
)
PAIRS = pd.DataFrame(
    [("a − b", 0.1, 0.05, 0.2, True), ("a − c", 0.0, -0.1, 0.1, False)],
    columns=["pair", "difference", "low", "high", "differs"],
)
BESIDE = pd.DataFrame(
    [
        (model, metric, axis, value, value - 0.1, value + 0.1)
        for model, value in (("a", 0.3), ("b", 0.6), ("c", 0.5))
        for metric, axis in (("swinging", "share"), ("diatonic", "share"), ("entropy", "bits"))
    ],
    columns=["model", "metric", "axis", "value", "low", "high"],
)
HEARD = Heard(
    2.0,
    120.0,
    (0.0, 0.5, 1.0, 1.5),
    4,
    0,
    Key("G", "major"),
    (HeardChord(0.0, 1.0, Chord.harte("G")), HeardChord(1.0, 2.0, Chord.harte("D:7"))),
    (0.0, 1.0, 2.0),
    ((0.5,) * 12, (0.1,) * 12),
)
ALL = {
    "chroma_with_chords": lambda: figures.chroma_with_chords(HEARD),
    "probability_bars": lambda: figures.probability_bars(PREDICTIONS),
    "probability_changes": lambda: figures.probability_changes(PREDICTIONS, PREDICTIONS[::-1]),
    "two_lyrics_bars": lambda: figures.two_lyrics_bars(*PREDICTIONS, ("A", "B")),
    "line_heat_map": lambda: figures.line_heat_map(["one <b>", "two"], PREDICTIONS),
    "genre_strip": lambda: figures.genre_strip(["one <b>", "two"], PREDICTIONS),
    "genre_counts": lambda: figures.genre_counts(corpora.songs_per_genre(SONGS)),
    "year_counts": lambda: figures.year_counts(corpora.songs_per_year(SONGS)),
    "length_counts": lambda: figures.length_counts(LENGTHS, (0, 9)),
    "word_count_ranges": lambda: figures.word_count_ranges(corpora.word_counts_by_genre(SONGS)),
    "marking_word_bars": lambda: figures.marking_word_bars(
        corpora.marking_words(SONGS, "folk", min_songs=1)
    ),
    "score_bars": lambda: figures.score_bars(VALUES),
    "accuracy_against_latency": lambda: figures.accuracy_against_latency(
        pd.DataFrame(
            {
                "model": ["a", "b", "c"],
                "value": [0.5, 0.6, 0.4],
                "seconds": [0.1, 0.2, 0.3],
                "megabytes": [1.0, 4.0, 0.0],
            }
        )
    ),
    "f1_heat_map": lambda: figures.f1_heat_map(
        pd.DataFrame({"folk": [0.1, float("nan")], "rock": [0.9, 0.5]}, index=["a", "b"])
    ),
    "form_heat_map": lambda: figures.form_heat_map(
        pd.DataFrame({"8 lines": [0.7, 0.8], "1 line": [0.4, float("nan")]}, index=["a", "b"])
    ),
    "selective_accuracy": lambda: figures.selective_accuracy({"a": selective_curve(TABLE)}),
    "confusion_matrix": lambda: figures.confusion_matrix(
        np.array([[3, 1], [0, 0]]), ["folk", "rock"]
    ),
    "explanation_dots": lambda: figures.explanation_dots(EXPLAINED),
    "reliability_diagrams": lambda: figures.reliability_diagrams({"a": reliability_bins(TABLE)}),
    "score_panels": lambda: figures.score_panels(VALUES),
    "pair_differences": lambda: figures.pair_differences(PAIRS, "accuracy"),
    "beside_humans": lambda: figures.beside_humans(BESIDE, "b"),
    "bertscore_by_correctness": lambda: figures.bertscore_by_correctness(
        pd.DataFrame({"model": "a", "correct": [True, False], "bertscore_f1": [1.0, 0.3]})
    ),
    "score_by_length": lambda: figures.score_by_length(VALUES),
    "score_by_decade": lambda: figures.score_by_decade(VALUES),
    "share_bars": lambda: figures.share_bars(
        {"a <b>": harmony_counts.key_counts(HARMONY), "b": harmony_counts.key_counts(HARMONY[:1])},
        *("key", "songs"),
    ),
    "transition_heat_map": lambda: figures.transition_heat_map(harmony_counts.transitions(HARMONY)),
    "trend_lines": lambda: figures.trend_lines({"a <b>": TREND}, "rhyme", share=True),
    "genre_dots": lambda: figures.genre_dots(TREND.rename(columns={"year": "genre"}), "rhyme"),
    "training_curves": lambda: figures.training_curves(
        pd.DataFrame(
            [("a", "training loss", 1, 2.0), ("a", "validation macro F1", 1, 0.3)],
            columns=["run", "curve", "step", "value"],
        )
    ),
}


def test_bars_outside_what_is_chosen_are_grey() -> None:
    years = figures.year_counts(corpora.songs_per_year(SONGS), (1990, 1990)).data[0]
    assert [colour == NEUTRAL for colour in years.marker.color] == [False, True]
    lengths = figures.length_counts(LENGTHS, (0, 9)).data[0]
    assert [colour == NEUTRAL for colour in lengths.marker.color] == [False, True]
    assert not len(figures.length_counts(LENGTHS.iloc[:0]).data[0].x)


def test_the_longest_bar_s_number_has_room_and_one_bar_leaves_room_for_the_axis() -> None:
    figure = figures.genre_counts(pd.DataFrame({"genre": ["folk"], "songs": [65281]}))
    assert figure.data[0].text == ("65,281",)
    assert figure.layout.xaxis.range[1] > 65281 * 1.1
    assert figure.layout.height >= 170
    parts = pd.DataFrame({"source": ["train", "test"], "songs": [2, 1]})
    bars = figures.genre_counts(parts, ("test",), "source").data[0]
    assert bars.y == ("train", "test")
    assert bars.marker.color[0] == NEUTRAL


def test_shares_that_lie_near_each_other_are_told_apart_on_the_axis() -> None:
    near = TREND.assign(value=0.88, low=0.87, high=0.89)
    assert figures.trend_lines({"a": near}, "rhyme", share=True).layout.yaxis.tickformat == ".1%"
    far = TREND.assign(value=[0.1 * n for n in range(len(TREND))])
    assert figures.trend_lines({"a": far}, "rhyme", share=True).layout.yaxis.tickformat == ".0%"


def test_every_figure_is_tried_here() -> None:
    drawn = {name for name in figures.__all__ if name.islower()}
    assert drawn - {"as_file", "as_html", "download_settings", "shade"} == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_figure_is_fit_for_light_and_dark_pages(name: str) -> None:
    figure = ALL[name]()
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color is None  # the page's own
    assert not figure.layout.title.text
    axes = [axis for axis in figure.layout.to_plotly_json() if axis.startswith(("xaxis", "yaxis"))]
    assert all(figure.layout[axis].gridcolor == GRID for axis in axes)
    titles = [figure.layout[axis].title.text for axis in axes]
    assert any(titles)
    json.loads(figure.to_json())


def test_empty_tables_draw_empty_figures() -> None:
    none = VALUES.iloc[:0]
    figures.probability_bars([])
    figures.score_bars(none)
    figures.score_by_length(none)
    figures.confusion_matrix(np.zeros((0, 0), int), [])
    figures.explanation_dots(EXPLAINED.iloc[:0])
    figures.reliability_diagrams({})
    figures.beside_humans(BESIDE.iloc[:0], "b")
    figures.beside_humans(BESIDE[BESIDE["model"] == "b"], "b")
    figures.beside_humans(BESIDE[BESIDE["model"] == "a"], "b")
    figures.training_curves(pd.DataFrame(columns=["run", "curve", "step", "value"]))
    figures.genre_counts(corpora.songs_per_genre(SONGS.iloc[:0]))
    figures.year_counts(corpora.songs_per_year(SONGS.iloc[:0]))
    figures.bertscore_by_correctness(pd.DataFrame(columns=["model", "correct", "bertscore_f1"]))
    figures.accuracy_against_latency(
        pd.DataFrame(columns=["model", "value", "seconds", "megabytes"])
    )


def test_sets_stand_side_by_side_and_moves_are_percent_of_their_row() -> None:
    one, other = ALL["share_bars"]().data
    assert (list(one.x), list(other.x)) == ([0.5, 0.5], [1.0])
    assert one.showlegend and other.name == "b"
    (ground,) = grounds(ALL["transition_heat_map"]())
    row = dict(zip(ground.x, ground.z[list(ground.y).index("I")], strict=True))
    assert (row["V"], row["IV"], row["I"]) == (0.5, 0.5, 0)


def test_years_of_few_songs_are_hollow_and_every_year_tells_its_songs() -> None:
    figure = figures.trend_lines({"a": TREND, "b": TREND[:1]}, "rhyme")
    lines = [one for one in figure.data if one.type == "scatter" and one.marker.symbol]
    assert list(lines[0].marker.symbol) == ["circle", "circle-open"]
    (bars,) = (trace for trace in figure.data if trace.type == "bar")
    assert list(bars.y) == [40, 1]
    bands = [one for one in figure.data if one.type == "scatter" and one.fill == "toself"]
    assert list(bands[0].x) == [1990, 1990], "a year without an interval has no band"
    wide = TREND.assign(low=[0.4, 0.0], high=[0.6, 1.0])
    low, high = figures.trend_lines({"a": wide}, "rhyme").layout.yaxis.range
    assert 0.3 < low < 0.4 and 0.9 < high < 1.0, "few songs' interval does not stretch the axis"
    assert figures.trend_lines({"a": wide[1:]}, "rhyme").layout.yaxis.range is None


def test_humans_are_a_band_that_models_stand_beside() -> None:
    figure = figures.beside_humans(BESIDE, "b")
    bands = [trace for trace in figure.data if trace.type == "bar"]
    assert [trace.name for trace in bands] == ["b", "b"]  # one panel an axis
    assert bands[0].base == pytest.approx([0.5, 0.5])
    assert list(bands[0].x) == pytest.approx([0.2, 0.2])
    dots = {trace.name: trace for trace in figure.data if trace.name in "ac" and len(trace.x) == 2}
    for at, band in enumerate(bands[0].y):  # in one row with their band, one below the other
        assert abs(dots["a"].y[at] - band) <= bands[0].width / 2
        assert dots["a"].y[at] < dots["c"].y[at]
    assert [one.text for one in figure.layout.annotations] == ["swinging", "diatonic", "entropy"]
    assert [trace.name for trace in figure.data if trace.showlegend] == ["b", "a", "c"]


def test_genres_that_matter_have_bars_and_the_others_are_added_up() -> None:
    labels = tuple("abcdefgh")
    first = (0.50, 0.20, 0.10, 0.08, 0.05, 0.04, 0.02, 0.01)
    said = [
        Prediction("llama", "tiny", labels, first, 0.1),
        Prediction("roberta", "small", labels, first[::-1], 0.1),
    ]
    one, other = figures.probability_bars(said, top=3).data
    assert list(one.y) == ["a", "h", "b", "5 other genres"]
    assert one.x[-1] == pytest.approx(10 + 8 + 5 + 4 + 2)
    assert sum(one.x) == pytest.approx(100) == sum(other.x)
    assert one.text[-1] == "29"

    narrow = figures.probability_bars(said[:1], top=7).data[0]
    assert "h" in narrow.y, "a single other genre goes by its name"
    assert not any("other" in group for group in narrow.y)


def test_every_answer_has_a_bar_however_many_models_disagree() -> None:
    labels = ("a", "b", "c", "d")
    said = [
        Prediction(f"m{place}", "", labels, tuple(0.4 if i == place else 0.2 for i in range(4)), 0)
        for place in range(4)
    ]
    assert set(figures.probability_bars(said, top=2).data[0].y) == set(labels)


def test_a_model_has_its_colour_in_every_figure_of_the_genre_page() -> None:
    own = colours(["LLaMA", "RoBERTa"])["RoBERTa"]
    (bar,) = figures.probability_changes(PREDICTIONS[1:], PREDICTIONS[1:]).data
    sides = figures.two_lyrics_bars(PREDICTIONS[1], PREDICTIONS[1], ("A", "B")).data
    assert bar.marker.color == own
    assert [side.marker.color for side in sides] == [own, own]
    assert [side.marker.pattern.shape for side in sides] == ["", "/"]


def test_a_part_alone_has_its_models_colour_and_another_beside_it() -> None:
    whole = colours(["LLaMA"])["LLaMA"]
    assert colours(["LLaMA, network alone", "RoBERTa"])["LLaMA, network alone"] == whole
    both = colours(["LLaMA", "LLaMA, linear path alone"])
    assert both["LLaMA"] == whole != both["LLaMA, linear path alone"]
    assert colours(["TF-IDF, balanced"]) != colours(["TF-IDF"])


def test_probability_bars_show_every_model_most_probable_genre_first() -> None:
    bars = figures.probability_bars(PREDICTIONS).data
    assert [bar.name for bar in bars] == ["llama", "roberta"]
    assert list(bars[0].y) == ["rock", "folk", "jazz"]
    assert list(bars[0].x) == pytest.approx([70, 10, 20])
    assert len({bar.marker.color for bar in bars}) == 2


def test_a_pair_that_differs_is_drawn_apart_from_one_that_does_not() -> None:
    differing, alike = figures.pair_differences(PAIRS, "accuracy").data
    assert (list(differing.y), list(alike.y)) == (["a − b"], ["a − c"])
    assert differing.marker.color != alike.marker.color
    assert list(differing.error_x.array) == pytest.approx([0.1])
    assert list(differing.error_x.arrayminus) == pytest.approx([0.05])


def test_each_metric_has_a_scale_of_its_own() -> None:
    figure = figures.score_panels(
        pd.DataFrame(
            [("a", "nats gap", 0.4, 0.3, 0.5), ("a", "chords gap", 4.0, None, None)],
            columns=["model", "metric", "value", "low", "high"],
        )
    )
    assert [list(trace.x) for trace in figure.data] == [[0.4], [4.0]]
    assert figure.layout.xaxis.domain == figure.layout.xaxis2.domain == (0.0, 1.0)
    assert {trace.xaxis for trace in figure.data} == {"x", "x2"}
    assert figure.layout.xaxis2.title.text == "chords gap"


def test_a_lower_score_can_be_the_better_one() -> None:
    costs = pd.DataFrame(
        {
            "model": ["a", "b", "c"],
            "value": [9.0, 7.0, 8.0],
            "seconds": [0.1, 0.2, 0.3],
            "megabytes": 1.0,
        }
    )
    front = figures.accuracy_against_latency(costs, "perplexity", higher_is_better=False).data[0]
    assert list(front.y) == [9.0, 7.0]


def test_pareto_front_leaves_out_the_slower_and_worse() -> None:
    front = ALL["accuracy_against_latency"]().data[0]
    assert list(front.y) == [0.5, 0.6]
    assert list(front.x) == pytest.approx([100, 200])


def test_names_of_models_near_each_other_stand_on_either_side() -> None:
    costs = pd.DataFrame(
        [("quick", 0.5, 0.001), ("behind", 0.4, 0.0011), ("near", 0.6, 0.2), ("best", 0.7, 0.3)],
        columns=["model", "value", "seconds"],
    ).assign(megabytes=1.0)
    named = {t.name: t.textposition for t in figures.accuracy_against_latency(costs).data[1:]}
    assert named == {
        "quick": "top center",
        "behind": "bottom right",
        "near": "bottom center",
        "best": "top center",
    }


def test_marker_area_is_the_size_of_the_model() -> None:
    markers = {
        trace.name: trace.marker.size for trace in ALL["accuracy_against_latency"]().data[1:]
    }
    assert markers["b"] == pytest.approx(2 * markers["a"])


def grounds(figure: Any) -> list[Any]:
    """The heat maps that are drawn, without those that only write."""
    return [trace for trace in figure.data if trace.type == "heatmap" and not trace.texttemplate]


def test_confusion_shares_are_of_the_true_genre() -> None:
    (drawn,) = grounds(ALL["confusion_matrix"]())
    np.testing.assert_allclose(drawn.z, [[75, 25], [0, 0]])
    counts = np.array([[3, 1], [0, 0]])
    (drawn,) = grounds(figures.confusion_matrix(counts, ["folk", "rock"], [8, 2]))
    np.testing.assert_allclose(drawn.z, [[37.5, 12.5], [0, 0]])  # 4 and 2 answers elsewhere


def test_numbers_of_a_heat_map_are_read_on_every_cell() -> None:
    stops = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in SEQUENTIAL]
    for strength in np.linspace(0, 1, 201):
        mixed = [np.interp(strength, [s for s, _ in SEQUENTIAL], part) for part in zip(*stops)]  # noqa: B905
        ground = "#" + "".join(f"{round(part):02x}" for part in mixed)
        assert contrast(CHALK if strength >= CHALK_FROM else INK, ground) >= 4.5, strength
    assert all(contrast(ink_on(colour), colour) >= 4.5 for colour in PALETTE)


def test_every_number_of_a_heat_map_is_written_once_and_short() -> None:
    table = pd.DataFrame({"folk": [0.05, float("nan")], "rock": [0.95, 0.0]}, index=["a", "b"])
    written = [
        word
        for trace in figures.f1_heat_map(table).data
        if trace.texttemplate
        for line in trace.text
        for word in line
        if word
    ]
    assert sorted(written) == [".05", ".95", "0"]


def test_reliability_points_are_the_bins() -> None:
    line: Any = ALL["reliability_diagrams"]().data[1]
    assert sorted(line.x) == pytest.approx([60, 90])
    assert dict(zip(np.round(line.x), line.y, strict=True)) == pytest.approx({90: 100, 60: 0})


def test_letters_on_the_page_are_read_by_day_and_by_night() -> None:
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    for name, letters in (("light", TEXT_BY_DAY), ("dark", TEXT_BY_NIGHT)):
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            assert contrast(letters, theme[name][ground]) >= 4.5, (name, ground)
    assert contrast(TEXT_BY_DAY, CHALK) >= 4.5  # in files
    css = (ROOT / "ui/style.css").read_text("utf-8")
    (rule,) = re.findall(r"\.js-plotly-plot \.infolayer text[^{]*\{([^}]*)\}", css)
    assert f"light-dark({TEXT_BY_DAY}, {TEXT_BY_NIGHT}) !important" in rule


def test_every_bar_of_scores_tells_its_value_where_it_can_be_read() -> None:
    first, second = figures.score_bars(VALUES).data
    assert (list(first.text), list(second.text)) == (["0.400"], ["\u20030.050"])
    assert (list(first.textposition), list(second.textposition)) == (["inside"], ["outside"])
    assert contrast(first.insidetextfont.color, first.marker.color) >= 4.5
    many = pd.concat([VALUES.assign(model=f"m{n}") for n in range(12)])
    room = figures.score_bars(many).layout.height / 12
    assert room >= 18, "a bar is as high as its number"


def test_a_figure_for_a_file_is_dark_on_white_and_wide() -> None:
    given = figures.as_file(ALL["score_bars"](), "scores")
    layout = json.loads(given["figure"])["layout"]
    assert (layout["paper_bgcolor"], layout["font"]["color"]) == (CHALK, TEXT_BY_DAY)
    assert given["width"] >= 1000
    assert given["name"] == "scores"
    assert ALL["score_bars"]().layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_html_export_works_offline() -> None:
    text = figures.as_html(ALL["year_counts"]())
    assert "<script src=" not in text
    assert len(text) > 1_000_000


def test_a_model_has_one_colour_in_whatever_company() -> None:
    together = colours(["LLaMA", "RoBERTa", "BiLSTM-GRU", "Combined", "TF-IDF", "ours (guest)"])
    assert len(set(together.values())) == len(together)
    for name in ("LLaMA", "RoBERTa", "BiLSTM-GRU", "Combined", "TF-IDF"):
        assert colours(["stranger", name])[name] == together[name]
    assert len(set(colours(f"guest {n}" for n in range(8)).values())) == 8


def test_parts_of_models_are_told_apart_and_show_whose_they_are() -> None:
    models = ["LLaMA", "RoBERTa", "BiLSTM-GRU", "Combined", "TF-IDF", "TF-IDF, balanced"]
    parts = [f"{m}, {part}" for m in models[:3] for part in ("network alone", "linear path alone")]
    together = colours([*models, *parts, "Majority class"])
    assert len(set(together.values())) == 13
    assert colours(["LLaMA, network alone"])["LLaMA, network alone"] == together["LLaMA"]
    for colour in together.values():
        assert contrast(ink_on(colour), colour) >= 4.5
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


HOSTILE = 'x <a href="javascript:alert(1)">y</a> <img src=x onerror=alert(1)> %{x} \u202e\n<b>z'


def test_texts_of_others_are_drawn_letter_by_letter() -> None:
    said = [Prediction(HOSTILE, HOSTILE, (HOSTILE, "rock"), (0.9, 0.1), 0.1)]
    table = VALUES.assign(model=HOSTILE, metric=HOSTILE, group=HOSTILE)
    songs = frame([{"genre": HOSTILE, "year": 1990, "lyrics": "a b", "words": 2, "lines": 1}])
    drawn = [
        figures.probability_bars(said),
        figures.probability_changes(said, said),
        figures.two_lyrics_bars(*said, *said, ("A", "B")),
        figures.line_heat_map([HOSTILE], said),
        figures.genre_strip([HOSTILE], said),
        figures.genre_counts(corpora.songs_per_genre(songs)),
        figures.word_count_ranges(corpora.word_counts_by_genre(songs)),
        figures.marking_word_bars(
            pd.DataFrame([{"word": HOSTILE, "z": 1, "uses": 1, "uses_elsewhere": 1, "songs": 1}])
        ),
        figures.score_bars(table),
        figures.score_by_length(table),
        figures.score_panels(table),
        figures.accuracy_against_latency(table.assign(seconds=0.1, megabytes=1.0)),
        figures.f1_heat_map(pd.DataFrame({HOSTILE: [0.5]}, index=[HOSTILE])),
        figures.confusion_matrix(np.array([[1]]), [HOSTILE]),
        figures.explanation_dots(EXPLAINED.assign(model=HOSTILE)),
        figures.reliability_diagrams({HOSTILE: reliability_bins(TABLE)}),
        figures.pair_differences(PAIRS.assign(pair=HOSTILE), "accuracy"),
        figures.bertscore_by_correctness(
            pd.DataFrame({"model": [HOSTILE], "correct": True, "bertscore_f1": 1.0})
        ),
        figures.training_curves(
            pd.DataFrame(
                [(HOSTILE, "training loss", 1, 2.0)], columns=["run", "curve", "step", "value"]
            )
        ),
    ]
    for figure in drawn:
        written = json.loads(figure.to_json())
        texts = [text for text in strings(written) if "javascript" in text]
        assert texts
        for text in texts:
            assert not re.search(r"<(?!br>|/?extra>)", text), text
            assert "javascript" not in "".join(re.findall(r"%\{[^}]*\}", text))
            assert not {"\u202e", "\n"} & set(text)


def test_changes_are_points_from_before_to_after_and_the_largest_comes_first() -> None:
    after = [Prediction("llama", "tiny", LABELS, (0.5, 0.2, 0.3), 0.1)]
    (bar,) = figures.probability_changes(PREDICTIONS, after).data
    moves = dict(zip(bar.y, bar.x, strict=True))
    assert dict(zip(bar.y, bar.text, strict=True))["rock"] == "70 → 30"
    assert bar.customdata[list(bar.y).index("rock")][2] == "−40.0"
    assert moves == pytest.approx({"folk": 40.0, "rock": -40.0, "jazz": 0.0})
    assert bar.y[-1] == "jazz"


def test_a_song_is_read_down_the_heat_map_and_along_the_strip() -> None:
    lines = ["the first line of a song that is long", "two", "three"]
    predictions = [PREDICTIONS[0], PREDICTIONS[0], PREDICTIONS[1]]
    (heat,) = figures.line_heat_map(lines, predictions).data
    assert list(heat.y) == ["1  the first line of a son…", "2  two", "3  three"]
    assert [sum(row) for row in heat.z] == pytest.approx([100, 100, 100])
    strip = figures.genre_strip(lines, predictions)
    assert [note.text for note in strip.layout.annotations] == ["rock", "folk"]
    assert [note.x for note in strip.layout.annotations] == [1.5, 3.0]
