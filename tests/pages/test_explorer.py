from __future__ import annotations

import gc
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.classifiers.prediction import Prediction
from engine.corpora.store import SongStore, import_songs
from engine.errors import CancelledError, WeightsError
from engine.lyrics import Lyrics
from tests.pages.conftest import ROOT, FakeClassifier, FakeGenerator
from ui import local_files, resources, turns
from ui.explorer import charts, choices, measuring
from ui.explorer.opened import Source

CSV = """title,artist,year,genre,lyrics
Slow Rain,Ann,1999,folk,"Slow rain on the valley road"
Fast Rain,Bob,2005,punk,"Fast rain on the city wall again"
No Words,Bob,2006,punk,
"""


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/explorer.py").run()


def choose_row(page: AppTest, source: str, row: int) -> AppTest:
    page.session_state[f"songs_{source}"] = {
        "selection": {"rows": [row], "columns": [], "cells": []}
    }
    return page.run()


def count(page: AppTest) -> str:
    return next(metric.value for metric in page.metric if metric.label == "Songs")


def test_the_songbook_is_there_at_once(page: AppTest) -> None:
    assert not page.exception
    number = len(resources.songbook())
    assert count(page) == f"{number} of {number}"
    assert "lyrics" not in page.dataframe[0].value.columns


def test_filters_narrow_the_table(page: AppTest) -> None:
    page.multiselect(key="genres").set_value(["folk"]).run()
    assert set(page.dataframe[0].value["genre"]) == {"folk"}
    page.text_input(key="search").set_value("no such words anywhere").run()
    assert count(page).startswith("0 of")
    assert not page.exception


def test_a_search_shows_its_hits_in_the_song(page: AppTest) -> None:
    word = resources.songbook()[0].lines[0].words[0]
    page.text_input(key="search").set_value(word).run()
    choose_row(page, "songbook", 0)
    assert any(f"<mark>{word}</mark>" in html.body for html in page.get("html"))


def test_a_link_carries_the_view(app: AppTest) -> None:
    app.run()
    app.query_params["genres"] = "folk"
    app.query_params["search"] = "the"
    page = app.switch_page("pages/explorer.py").run()
    assert page.multiselect(key="genres").value == ["folk"]
    assert page.text_input(key="search").value == "the"
    assert set(page.dataframe[0].value["genre"]) == {"folk"}
    page.slider(key="words").set_value((100, 200)).run()
    page.button(key="explorer_clear").click().run()
    assert count(page) == "120 of 120", "what is cleared does not come back from the address"


def away_and_back(page: AppTest, **address: str) -> AppTest:
    """Leave the page as a browser does: its widgets are forgotten and its address is gone."""
    page.switch_page("pages/genre.py").run()
    for key in choices.KEYS:
        if key in page.session_state:
            del page.session_state[key]
    page.query_params.clear()
    page.query_params.update(address)
    return page.switch_page("pages/explorer.py").run()


def test_filters_are_there_again_when_one_comes_back(page: AppTest) -> None:
    page.multiselect(key="genres").set_value(["folk", "pop"])
    page.text_input(key="search").set_value("the")
    page.slider(key="words").set_value((50, 400)).run()
    before = count(page)
    away_and_back(page)
    assert page.multiselect(key="genres").value == ["folk", "pop"]
    assert page.slider(key="words").value == (50, 400)
    assert count(page) == before != "120 of 120"
    page.button(key="explorer_clear").click().run()
    away_and_back(page)
    assert count(page) == "120 of 120", "what is cleared does not come back"


def test_a_link_is_not_mixed_with_what_was_chosen_before(page: AppTest) -> None:
    page.text_input(key="search").set_value("the").run()
    away_and_back(page, genres="folk")
    assert page.multiselect(key="genres").value == ["folk"]
    assert page.text_input(key="search").value == ""


def test_languages_filter_once_the_words_are_measured(page: AppTest) -> None:
    french = "la mer monte ce soir et je pense encore à toi"
    rows = f"title,lyrics\nUn,{french}\nOne,the tide comes in tonight and I think of you\n"
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(("songs.csv", rows.encode(), "text/csv"))
    page.run()
    assert "languages" not in [box.key for box in page.multiselect]
    page.session_state["explorer_tab"] = "Words"
    page.run()
    page.multiselect(key="languages").set_value(["fr"]).run()
    assert count(page) == "1 of 2"
    assert page.dataframe[0].value["language"].tolist() == ["fr"]
    page.session_state["explorer_tab"] = "SQL"
    page.run()
    page.button(key="explorer_sql_run").click().run()
    assert not page.exception
    assert any(list(f.value["title"]) == ["Un"] for f in page.dataframe)


def test_tags_that_are_no_genre_are_seen_changed_and_filtered_by(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local_files, "allowed", lambda: True)
    tags = [["rap", "uk"], ["rap", "tap dance"], ["pop", "uk"]]
    info = [{"url_name": f"s{n}", "title": f"T{n}", "tags": of} for n, of in enumerate(tags)]
    (tmp_path / "song_info.jl").write_text("\n".join(map(json.dumps, info)))
    words = [{"song": f"s{n}", "lyrics": "low rain on the hill"} for n in range(3)]
    (tmp_path / "lyrics.jl").write_text("\n".join(map(json.dumps, words)))
    page.run().button_group(key="explorer_source").set_value("On this machine").run()
    page.text_input(key="explorer_path").set_value(str(tmp_path)).run()
    store = tmp_path / "songs.duckdb"
    places = f"no_genres_{store}_places"
    assert "uk, " in page.text_area(key=places).value, "it is seen before the import"
    page.text_area(key=places).set_value("tap dance")
    page.button(key="explorer_no_genres_keep").click().run()
    page.button(key="explorer_import").click().run()
    until_gone(page, "_explorer_import")
    told = " ".join(text.value for text in page.markdown)
    assert "**Taken for genres** (3): rap 2, uk 2, pop 1" in told
    assert "**Passed over** (1): tap dance 1" in told
    page.multiselect(key="tags").set_value(["uk"]).run()
    assert count(page) == "2 of 3"
    page.button(key="explorer_no_genres_ours").click().run()
    assert not page.exception
    assert page.multiselect(key="tags").options == ["rap", "pop", "tap dance"]
    assert count(page) == "3 of 3", "what is offered no more filters no more"
    assert "uk, " in page.text_area(key=places).value


def test_a_range_of_other_songs_is_no_filter(page: AppTest) -> None:
    full = page.slider(key="words").value
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(("songs.csv", CSV.encode(), "text/csv"))
    page.run()
    assert not page.exception
    assert count(page) == "2 of 2"
    page.button_group(key="explorer_source").set_value("Songbook").run()
    assert page.slider(key="words").value == full
    assert count(page) == "120 of 120"


def test_a_click_on_a_chart_filters_and_another_clears(page: AppTest) -> None:
    def click() -> None:
        charts._taken("chart", partial(charts._take_name, "genres", ["folk", "pop"]))

    page.session_state["explorer_tab"] = "Charts"
    page.run()
    turn = 0
    choices: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts.st, "session_state", choices)
        choices["chart"] = {"selection": {"points": [{"point_index": 1}]}}
        click()
        assert choices["genres"] == ["pop"]
        assert choices["_explorer_charts"] == turn + 1
        click()
        assert choices["genres"] == []
        choices["chart"] = {"selection": {"points": [{"point_index": 2}, {"point_index": 0}]}}
        lows, highs = [0, 10, 20], [9, 19, 40]
        charts._taken("chart", partial(charts._take_range, "words", lows, highs))
        assert choices["words"] == (0, 40)
        choices["chart"] = {"selection": {"points": []}}
        click()
        assert choices["genres"] == []


def test_sql_follows_the_filters_and_is_answered_or_refused(page: AppTest) -> None:
    page.multiselect(key="genres").set_value(["folk"])
    page.session_state["explorer_tab"] = "SQL"
    page.run()
    assert "genre IN ('folk')" in page.text_area(key="explorer_sql").value
    page.button(key="explorer_sql_run").click().run()
    answered = next(f.value for f in page.dataframe if next(iter(f.value)) == "title")
    assert set(answered["genre"]) == {"folk"}

    page.text_area(key="explorer_sql").set_value("DROP TABLE songs")
    page.button(key="explorer_sql_run").click().run()
    assert "One SELECT" in page.error[0].value
    page.multiselect(key="genres").set_value(["pop"]).run()
    assert page.text_area(key="explorer_sql").value == "DROP TABLE songs", "what was edited stays"


def test_files_of_chordpro_come_in_a_zip_and_keep_their_chords(page: AppTest) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("moon.cho", "{title: Low Moon}\n[G]Low moon on the [C]hill\n")
        file.writestr("empty.txt", "")
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(
        ("songs.zip", packed.getvalue(), "application/zip")
    )
    page.run()
    assert count(page) == "1 of 1"
    assert page.expander[0].label == "one line or file with something wrong"
    choose_row(page, page.session_state["_own_songs"].identity, 0)
    page.button(key="song_open").click().run()
    assert page.title[0].value == "Chords"
    assert page.header[0].value == "Low Moon"


def test_columns_that_were_guessed_wrongly_are_put_right(page: AppTest) -> None:
    table = b"title,text,song words\nA,a remark,low rain\nB,another,snow\n"
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(("songs.csv", table, "text/csv"))
    page.run()
    file = page.session_state["_own_songs"].file
    assert page.selectbox(key=f"column_lyrics_{file}").value == "text"
    page.selectbox(key=f"column_lyrics_{file}").set_value("song words")
    page.button(key=f"columns_again_{file}").click().run()
    assert not page.exception
    assert next(metric.value for metric in page.metric if metric.label == "Words") == "3"
    assert page.session_state["_own_songs"].store.song(0)["lyrics"] == "low rain"


def test_two_visitors_never_see_each_others_file_and_it_goes_with_the_visit(
    page: AppTest, app: AppTest
) -> None:
    other = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=60).run()
    other.switch_page("pages/explorer.py").run()
    for visitor, word in ((page, "mine"), (other, "yours")):
        visitor.button_group(key="explorer_source").set_value("My file").run()
        table = f"title,lyrics\n{word},words of {word}\n".encode()
        visitor.file_uploader(key="explorer_file").set_value(("songs.csv", table, "text/csv"))
        visitor.run()
    assert page.dataframe[0].value["title"].tolist() == ["mine"]
    assert other.dataframe[0].value["title"].tolist() == ["yours"]
    own: Source = other.session_state["_own_songs"]
    place = own.store.path
    assert place != page.session_state["_own_songs"].store.path
    del other.session_state["_own_songs"]
    del own, other
    gc.collect()
    assert not place.exists()


def test_a_tune_in_abc_is_engraved_and_played(page: AppTest, tmp_path: Path) -> None:
    tune = "X:1\nM:6/8\nL:1/8\nK:Em\n|: E2B BAG | F2A AGF :|\n"
    shard = tmp_path / "train.parquet"
    pd.DataFrame([{"id": "a", "text": f"A jig.\n\n{tune}", "src": "irishman"}]).to_parquet(shard)
    store = SongStore(import_songs(shard))
    page.session_state["_own_songs"] = Source("tunes", "tunes", store)
    page.button_group(key="explorer_source").set_value("My file").run()
    choose_row(page, "tunes", 0)
    assert not page.exception
    page.button(key="song_play_0").click().run()
    assert page.get("audio")


def test_a_data_set_on_this_machine_is_imported_and_opened(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "On this machine" not in page.button_group(key="explorer_source").options
    monkeypatch.setattr(local_files, "allowed", lambda: True)
    (tmp_path / "mine.csv").write_text(CSV)
    page.run().button_group(key="explorer_source").set_value("On this machine").run()
    page.text_input(key="explorer_path").set_value(str(tmp_path / "mine.csv")).run()
    page.button(key="explorer_import").click().run()
    end = time.monotonic() + 20
    while "_explorer_import" in page.session_state:
        assert time.monotonic() < end
        time.sleep(0.02)
        page.run()
    assert not page.exception
    assert count(page) == "2 of 2"
    page.text_input(key="explorer_path").set_value(str(tmp_path / "none")).run()
    assert "There is no" in page.error[0].value


@pytest.mark.parametrize("tab", ["Charts", "Words", "Chords", "SQL"])
def test_every_tab_draws(page: AppTest, tab: str) -> None:
    page.session_state["explorer_tab"] = tab
    page.run()
    assert not page.exception
    assert page.get("plotly_chart") or tab == "SQL"


DATED = "title,year,genre,lyrics\n" + "\n".join(
    f"Song {n},{1990 + n % 3},{('folk', 'pop')[n % 2]},low rain on the {('sea', 'hill')[n % 2]}"
    for n in range(12)
)


def with_dated_songs(page: AppTest, view: str) -> AppTest:
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(("songs.csv", DATED.encode(), "text/csv"))
    page.session_state["explorer_tab"] = "Words"
    page.session_state["explorer_words_view"] = view
    return page.run()


def test_texts_without_genres_are_told_by_their_parts_and_nothing_empty_is_drawn(
    page: AppTest,
) -> None:
    rows = "".join(f"{n},low rain on the sea {n},{('code', 'tunes')[n % 2]}\n" for n in range(8))
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(
        ("texts.csv", f"id,lyrics,split\n{rows}".encode(), "text/csv")
    )
    page.session_state["explorer_tab"] = "Charts"
    page.run()
    assert any("Songs per part" in text.value for text in page.markdown)
    assert not [metric for metric in page.metric if metric.label == "Genres"]
    assert not [one for one in page.multiselect if one.key == "genres"]
    page.session_state["explorer_tab"] = "SQL"
    assert "SELECT id, title, source" in page.run().text_area(key="explorer_sql").value
    page.session_state["explorer_tab"] = "Words"
    for view, told in (("Measures by genre", "has a genre"), ("Words by year", "has a year")):
        page.session_state["explorer_words_view"] = view
        page.run()
        assert not page.exception and not page.error
        assert any(told in info.value for info in page.info)


def test_words_by_year_begin_with_words_of_the_songs(page: AppTest) -> None:
    with_dated_songs(page, "Words by year")
    assert page.text_input(key="explorer_chosen_words").value == "low, rain"
    assert not page.error and page.get("plotly_chart")


def test_phrases_are_counted_in_what_passes_and_open_their_songs(page: AppTest) -> None:
    with_dated_songs(page, "Phrases")
    page.multiselect(key="genres").set_value(["pop"]).run()
    table = next(f.value for f in page.dataframe if "phrase" in f.value)
    assert table["phrase"].tolist() == ["low rain on", "on the hill", "rain on the"]
    assert any("Counted over all 6 songs that pass" in c.value for c in page.caption)
    identity = page.session_state["_own_songs"].identity
    page.session_state[f"phrases_{identity}_3_False"] = {
        "selection": {"rows": [1], "columns": [], "cells": []}
    }
    page.run()
    assert not page.exception
    columns = ["title", "artist", "year", "genre"]
    (songs,) = (frame.value for frame in page.dataframe if [*frame.value] == columns)
    assert songs["title"].tolist() == [f"Song {n}" for n in range(1, 12, 2)]


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("Measures by year", "12 of the 12 songs that pass are drawn"),
        ("Measures by genre", "12 of the 12 songs that pass are drawn"),
        ("Words by year", "Over all 12 songs that pass"),
    ],
)
def test_measures_and_words_are_drawn_with_what_they_rest_on(
    page: AppTest, view: str, told: str
) -> None:
    page.session_state["explorer_measure_name"] = "length"
    page.session_state["explorer_chosen_words"] = "rain, the hill, zebra"
    with_dated_songs(page, view)
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1
    assert any(told in caption.value for caption in page.caption)
    assert any("are uncertain" in caption.value for caption in page.caption)
    if view == "Words by year":
        assert "zebra" in page.error[0].value


def test_many_songs_are_measured_in_the_background_and_can_be_cancelled(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "AT_ONCE", 3)
    with_dated_songs(page, "Phrases")
    assert "12 songs are measured once" in " ".join(text.value for text in page.markdown)

    def slow(_store: Any, progress: Any, cancelled: Callable[[], bool]) -> None:
        progress(3, 12)
        end = time.monotonic() + 20
        while not cancelled() and time.monotonic() < end:
            time.sleep(0.01)
        raise CancelledError("The measuring was cancelled; the next time it goes on.")

    with monkeypatch.context() as patch:
        patch.setattr(measuring, "make_index", slow)
        page.button(key="explorer_measure").click().run()
        page.button(key="explorer_measure_cancel").click().run()
        until_gone(page, "_explorer_measuring")
    assert "the next time it goes on" in page.info[0].value
    page.button(key="explorer_measure").click().run()
    until_gone(page, "_explorer_measuring")
    assert any("phrase" in f.value for f in page.dataframe)


@pytest.mark.parametrize("view", ["Keys", "Chords", "What follows what", "Progressions", "Pace"])
def test_every_view_of_chords_draws_what_passes(page: AppTest, view: str) -> None:
    page.multiselect(key="genres").set_value(["blues", "jazz"])
    page.session_state["explorer_tab"] = "Chords"
    page.session_state["explorer_chords_view"] = view
    page.run()
    assert not page.exception
    assert bool(page.get("plotly_chart")) != (view == "Progressions")
    told = next(c.value for c in page.caption if c.value.startswith("These songs: "))
    assert told.startswith("These songs: 20 songs") == (view == "Keys"), "else of one mode alone"


def test_a_progression_leads_to_its_songs_and_one_opens(page: AppTest) -> None:
    page.session_state["explorer_tab"] = "Chords"
    page.session_state["explorer_chords_view"] = "Progressions"
    selected = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.session_state["progressions_0_songbook_4"] = selected
    page.run()
    table = next(f.value for f in page.dataframe if "progression" in f.value)
    columns = ["title", "artist", "year", "genre"]
    (songs,) = (frame.value for frame in page.dataframe if [*frame.value] == columns)
    assert len(songs) == table["songs"].iloc[0] > 10


def test_songs_without_chords_say_where_chords_are(page: AppTest) -> None:
    with_dated_songs(page, "Phrases")
    page.session_state["explorer_tab"] = "Chords"
    page.run()
    assert "None of these songs has chords" in page.info[0].value


def test_the_model_writes_the_same_songs_to_be_seen_beside_them(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "loaded", lambda _name, _cancelled: FakeGenerator())
    page.multiselect(key="genres").set_value(["folk"])
    page.session_state["explorer_tab"] = "Chords"
    page.session_state["explorer_beside"] = "Chords by the model"
    page.session_state["explorer_chords_view"] = "Keys"
    page.run()
    page.button(key="explorer_write").click().run()
    until_gone(page, "_explorer_writing")
    assert not page.exception
    told = next(c.value for c in page.caption if c.value.startswith("These songs: "))
    assert told.startswith("These songs: 10 songs; TinyLlama, same words: 10 songs")
    page.multiselect(key="genres").set_value(["folk", "pop"]).run()
    told = next(c.value for c in page.caption if c.value.startswith("These songs: "))
    assert told.startswith("These songs: 10 songs; "), "the same songs on both sides"


def test_own_files_are_seen_beside_the_songs(page: AppTest) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("moon.cho", "{title: Low Moon}\n{key: G}\n[G]Low moon on the [C]hill\n")
    page.session_state["explorer_tab"] = "Chords"
    page.session_state["explorer_beside"] = "My own ChordPro files"
    page.session_state["explorer_chords_view"] = "What follows what"
    page.session_state["explorer_chords_mode"] = "major"
    page.run()
    page.file_uploader(key="explorer_beside_file").set_value(
        ("mine.zip", packed.getvalue(), "application/zip")
    )
    page.run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 2
    assert any("mine.zip: one song" in c.value for c in page.caption)


def test_a_folder_of_chordpro_is_seen_beside_the_songs(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local_files, "allowed", lambda: True)
    (tmp_path / "moon.cho").write_text("{key: G}\n[G]Low moon on the [C]hill\n")
    page.session_state["explorer_tab"] = "Chords"
    page.session_state["explorer_beside"] = "My own ChordPro files"
    page.session_state["explorer_beside_folder"] = str(tmp_path / "none")
    page.run()
    assert "There is no" in page.error[0].value
    page.text_input(key="explorer_beside_folder").set_value(str(tmp_path)).run()
    assert not page.exception
    assert any(f"{tmp_path.name}: one song" in c.value.replace("\\", "") for c in page.caption)


def until_gone(page: AppTest, key: str) -> None:
    end = time.monotonic() + 20
    while key in page.session_state:
        assert time.monotonic() < end, "it does not end"
        time.sleep(0.02)
        page.run()


def test_charts_of_no_songs_do_not_fail(page: AppTest) -> None:
    page.text_input(key="search").set_value("no such words anywhere")
    page.session_state["explorer_tab"] = "Charts"
    page.run()
    assert not page.exception


def test_a_song_opens_and_goes_to_the_genre_page(page: AppTest) -> None:
    choose_row(page, "songbook", 0)
    sheet = resources.songbook()[0]
    assert page.subheader[0].value == sheet.title
    page.button(key="song_genre").click().run()

    assert page.title[0].value == "Genre"
    assert page.metric
    assert page.session_state["song_title"] == sheet.title


def test_a_song_of_the_songbook_opens_with_its_own_chords(page: AppTest) -> None:
    choose_row(page, "songbook", 1)
    page.button(key="song_open").click().run()

    assert page.title[0].value == "Chords"
    assert page.header[0].value == resources.songbook()[1].title
    assert not page.exception


def test_own_files_are_read_and_their_problems_told(page: AppTest) -> None:
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(("songs.csv", CSV.encode(), "text/csv"))
    page.run()

    assert not page.exception
    assert count(page) == "2 of 2"
    left_out = next(e for e in page.expander if e.label == "1 of 3 rows left out")
    assert page.download_button(key="explorer_left_out")
    assert left_out.text[0].value == "The lyric is missing. Row 3."
    taken = "Columns taken: lyrics, title, artist, genre, year."
    assert any(taken in caption.value for caption in page.caption)
    assert list(page.dataframe[0].value["title"]) == ["Slow Rain", "Fast Rain"]

    page.switch_page("pages/genre.py").run()
    page.switch_page("pages/explorer.py").run()
    assert count(page) == "2 of 2", "the file is remembered on coming back"


def test_a_file_that_cannot_be_read_is_an_error_in_words(page: AppTest) -> None:
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(("songs.csv", b"a,b\n1,2\n", "text/csv"))
    page.run()

    assert "no column of lyrics" in page.error[0].value
    assert not page.exception


def test_headings_are_no_words_of_a_song(page: AppTest) -> None:
    songs = (
        '[{"lyrics": "[Verse 1: Ann]\\nlow tide", "genre": "rap", "lang": "en"},'
        ' {"lyrics": "high sun", "genre": "pop", "year": "soon"}]'
    )
    page.button_group(key="explorer_source").set_value("My file").run()
    page.file_uploader(key="explorer_file").set_value(
        ("songs.json", songs.encode(), "application/json")
    )
    page.session_state["explorer_tab"] = "Words"
    page.run()

    assert next(metric.value for metric in page.metric if metric.label == "Words") == "4"
    assert any("Not used: lang." in caption.value for caption in page.caption)
    assert "one value could not be understood" in [e.label for e in page.expander]
    assert not page.exception
    assert page.get("plotly_chart")


def test_keys_are_written_with_the_signs_of_music(page: AppTest) -> None:
    keys = page.dataframe[0].value["key"].tolist()
    assert any("♭" in key for key in keys)
    assert not any(key[1:2] in ("b", "#") for key in keys)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give the page another model to ask: `model(predict)`."""

    def given(predict: Callable[..., Any]) -> None:
        class Model(FakeClassifier):
            def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
                return predict(super().predict, lyrics)

        def loaded(name: str, cancelled: Callable[[], bool]) -> Model:
            made = Model(name)
            made.cancelled = cancelled  # type: ignore[attr-defined]
            return made

        monkeypatch.setattr(turns, "loaded", loaded)

    yield given
    resources.tables_queue.clear()


def ask_a_model(page: AppTest) -> AppTest:
    page.session_state["explorer_tab"] = "Models"
    page.run()
    return page.button(key="explorer_answer").click().run()


def finished(page: AppTest) -> AppTest:
    end = time.monotonic() + 20
    while "_explorer_asking" in page.session_state:
        assert time.monotonic() < end, "the table does not end"
        time.sleep(0.02)
        page.run()
    return page


def test_a_model_tells_the_genre_of_the_songs_that_pass_the_filters(
    page: AppTest, model: Callable[..., None]
) -> None:
    model(lambda predict, lyrics: predict(lyrics))
    page.multiselect(key="genres").set_value(["folk", "pop"]).run()
    page.session_state["explorer_model"] = "bilstm-gru"
    ask_a_model(page)
    finished(page)

    assert not page.exception
    songs = [sheet for sheet in resources.songbook() if sheet.genre in ("folk", "pop")]
    frame = next(f.value for f in page.dataframe if "prediction" in f.value)
    assert frame["title"].tolist() == [sheet.title for sheet in songs]
    assert set(frame["prediction"]) == {"country"}
    told = " ".join(text.value for text in page.markdown)
    assert f"**BiLSTM-GRU** answered {len(songs)} songs" in told
    assert f"Of {len(songs)} songs with a genre that it knows, it tells 0 (0%)" in told
    for name in ("explorer_csv", "explorer_parquet"):
        assert page.download_button(key=name)


def test_a_table_under_way_is_cancelled_and_nothing_of_it_is_kept(
    page: AppTest, model: Callable[..., None]
) -> None:
    stop = time.monotonic() + 20

    def slow(predict: Callable[..., Any], lyrics: Sequence[Lyrics]) -> Any:
        asked = page.session_state["_explorer_asking"]
        while not asked.job.cancelled() and time.monotonic() < stop:
            time.sleep(0.01)
        return predict(lyrics)

    model(slow)
    ask_a_model(page)
    assert page.button(key="explorer_answer").disabled
    page.button(key="explorer_cancel").click().run()
    finished(page)

    assert time.monotonic() < stop
    assert "nothing of it is kept" in page.info[0].value
    assert not page.button(key="explorer_answer").disabled
    assert not any("prediction" in f.value for f in page.dataframe)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (WeightsError("The weights of LLaMA are corrupt."), "The weights of LLaMA are corrupt."),
        (OSError("no space"), "The table broke off"),
    ],
)
def test_a_table_that_breaks_off_says_why_in_one_sentence(
    page: AppTest, model: Callable[..., None], error: Exception, told: str
) -> None:
    def broken(*_: Any) -> None:
        raise error

    model(broken)
    finished(ask_a_model(page))
    assert not page.exception
    assert [e.value for e in page.error if told in e.value]


def test_every_genre_model_can_be_asked(page: AppTest) -> None:
    page.session_state["explorer_tab"] = "Models"
    page.run()
    assert page.selectbox(key="explorer_model").options == [
        *("LLaMA", "LLaMA, early exit", "RoBERTa", "RoBERTa, early exit", "BiLSTM-GRU", "Combined")
    ]
