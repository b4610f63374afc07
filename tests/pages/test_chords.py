from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from engine import formats
from engine.errors import EngineError
from engine.music.key import Key
from ui import resources

Wait = Callable[[AppTest], AppTest]


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/chords.py").run()


def lead_sheet(page: AppTest) -> str:
    """What the editor in the browser is told of the song."""
    (told,) = (e.proto.json for e in page.get("bidi_component") if '"choices"' in e.proto.json)
    return json.dumps(json.loads(told)["lines"])


def open_tab(page: AppTest, name: str) -> AppTest:
    page.session_state["chords_tab"] = name
    return page.run()


def test_chords_stand_over_the_words(written: AppTest) -> None:
    assert not written.exception
    html = lead_sheet(written)
    assert '"t": "G"' in html
    assert "dusty" in html
    assert '"section": "verse"' in html


def test_the_controls_reach_the_generator(
    page: AppTest, lyric: str, until_finished: Wait, generator: object
) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.selectbox(key="chords_key").set_value("E minor")
    page.selectbox(key="chords_genre").set_value("jazz")
    page.selectbox(key="chords_per_line").set_value(3)
    page.selectbox(key="chords_metre").set_value("3/4")
    page.button_group(key="chords_complexity").set_value("extended")
    page.text_input(key="song_title").set_value("Rain")
    page.number_input(key="chords_tempo").set_value(72)
    page.slider(key="chords_temperature").set_value(0.3)
    page.number_input(key="chords_seed").set_value(5)
    page.button(key="chords_write").click().run()
    until_finished(page)

    (asked,) = generator.asked  # type: ignore[attr-defined]
    assert asked.key == Key("E", "minor")
    assert (asked.genre, asked.chords_per_line, asked.time_signature) == ("jazz", 3, "3/4")
    assert (asked.complexity, asked.title, asked.tempo) == ("extended", "Rain", 72)
    assert (asked.temperature, asked.seed) == (0.3, 5)
    assert page.header[0].value == "Rain"


def test_left_alone_the_controls_leave_the_choice_to_the_model(
    written: AppTest, generator: object
) -> None:
    (asked,) = generator.asked  # type: ignore[attr-defined]
    assert asked.key is None
    assert asked.genre is None
    assert asked.chords_per_line is None
    assert asked.tempo is None


def test_another_version_takes_the_next_seed(
    written: AppTest, until_finished: Wait, generator: object
) -> None:
    before = lead_sheet(written)
    written.button(key="chords_again").click().run()
    until_finished(written)

    assert [asked.seed for asked in generator.asked] == [0, 1]  # type: ignore[attr-defined]
    assert lead_sheet(written) != before


def test_transpose_and_capo_change_the_view_without_generating_again(
    written: AppTest, generator: object
) -> None:
    written.number_input(key="transpose").set_value(2).run()
    assert '"t": "A"' in lead_sheet(written)
    written.number_input(key="capo").set_value(2).run()
    assert '"t": "G"' in lead_sheet(written)
    said = [markdown.value for markdown in written.markdown]
    assert "Sounds in A major; play G major shapes with capo 2." in said
    assert len(generator.asked) == 1  # type: ignore[attr-defined]


def test_chords_show_as_numerals_and_numbers(written: AppTest) -> None:
    written.button_group(key="chord_style").set_value("Roman").run()
    assert '"t": "IV"' in lead_sheet(written)
    written.button_group(key="chord_style").set_value("Nashville").run()
    assert '"t": "4"' in lead_sheet(written)


def test_cancel_stops_the_generator_and_keeps_what_was_there(
    written: AppTest, generator: object
) -> None:
    before = lead_sheet(written)
    generator.seconds_per_line = 0.3  # type: ignore[attr-defined]
    written.button(key="chords_again").click().run()
    job = written.session_state["_visit"].job
    written.button(key="chords_cancel").click().run()

    assert written.session_state["_visit"].job is None, "the page lets go at once"
    assert job.wait(5)
    assert job.step < 4
    assert "Cancelled" in written.info[0].value
    assert lead_sheet(written) == before


def test_progress_counts_the_lines(page: AppTest, lyric: str, generator: object) -> None:
    generator.seconds_per_line = 0.2  # type: ignore[attr-defined]
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="chords_write").click().run()
    time.sleep(0.5)
    page.run()

    assert "of 4" in page.get("progress")[0].text
    page.button(key="chords_cancel").click().run()


def test_an_error_of_the_generator_is_shown_as_it_stands(
    page: AppTest, lyric: str, until_finished: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        name, base = "tinyllama", "Tiny"

        def generate(self, *args: object, **kwargs: object) -> None:
            raise EngineError("The line is too long for 2 chords.")

    monkeypatch.setattr(resources, "generator", lambda name="tinyllama": Broken())
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="chords_write").click().run()
    until_finished(page)

    assert page.error[0].value == "The line is too long for 2 chords."
    assert page.text_area(key="lyric").value == lyric
    assert not page.exception


def test_the_staff_is_engraved_for_wide_and_narrow_windows(written: AppTest) -> None:
    open_tab(written, "Staff")

    assert not written.exception
    assert len(written.image) >= 2
    for view in ("With piano", "Slash chart"):
        written.button_group(key="staff_view").set_value(view).run()
        assert not written.exception
        assert len(written.image) >= 2
    few = len(written.image)
    written.slider(key="staff_size").set_value(200).run()
    assert not written.exception
    assert len(written.image) >= few


@pytest.mark.parametrize("instrument", ["Guitar", "Ukulele", "Piano"])
def test_shapes_of_the_used_chords_are_drawn(written: AppTest, instrument: str) -> None:
    open_tab(written, "Chord shapes")
    written.button_group(key="instrument").set_value(instrument).run()

    assert not written.exception
    assert len(written.image) == 3


def test_the_text_form_can_be_copied(written: AppTest) -> None:
    open_tab(written, "Text")

    assert "Down the dusty road" in written.code[0].value


def test_every_format_can_be_downloaded_and_says_beside_it_what_it_loses(written: AppTest) -> None:
    keys = {button.key for button in written.download_button}
    captions = [caption.value for caption in written.caption]
    for name in formats.WRITTEN:
        assert f"download_{name}" in keys
        assert (formats.loses(name) or "It holds all of the song") in " ".join(captions)


def test_the_chart_to_copy_has_the_names_key_and_capo_that_are_shown(written: AppTest) -> None:
    def chart() -> str:
        (told,) = (e.proto.json for e in written.get("bidi_component") if '"chart"' in e.proto.json)
        data = json.loads(told)
        assert data["midi"] == "", "nobody has reached for the MIDI file"
        text: str = data["chart"]
        return text

    before = chart()
    written.number_input(key="capo").set_value(3)
    written.button_group(key="chord_style").set_value("Nashville").run()
    assert "Capo: 3 (sounds in" in chart()
    assert chart().splitlines()[-2] != before.splitlines()[-2]
    assert any("Nashville numbers stand in" in caption.value for caption in written.caption)


def test_controls_and_song_survive_a_walk_through_the_pages(written: AppTest) -> None:
    written.selectbox(key="chords_genre").set_value("reggae").run()
    before = lead_sheet(written)
    written.switch_page("pages/explorer.py").run()
    written.switch_page("pages/chords.py").run()

    assert written.selectbox(key="chords_genre").value == "reggae"
    assert lead_sheet(written) == before


def test_words_and_wishes_fold_away_once_there_is_a_song(page: AppTest, lyric: str) -> None:
    assert page.session_state["chords_asking"] is True
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="chords_write").click().run()

    assert page.session_state["chords_asking"] is False
    page.session_state["chords_asking"] = True
    page.run()
    assert page.session_state["chords_asking"] is True, "the user's own choice stays"


def test_an_unreadable_lyric_is_refused_and_its_box_stays_open(page: AppTest) -> None:
    page.button(key="chords_write").click().run()

    assert "empty" in page.error[0].value
    assert page.session_state["chords_asking"] is True


def test_a_song_that_answers_other_words_or_wishes_says_so(
    written: AppTest, lyric: str, until_finished: Wait, generator: object
) -> None:
    def marks() -> list[str]:
        return [m.value for m in written.markdown if "were written for other" in m.value]

    assert not marks()
    written.text_area(key="lyric").set_value(lyric + "One more line").run()
    assert marks() == ["**These chords were written for other words.**"]
    written.selectbox(key="chords_key").set_value("E minor").run()
    assert marks() == ["**These chords were written for other words and wishes.**"]

    written.button(key="chords_rewrite").click().run()
    until_finished(written)
    assert not marks()
    assert len(generator.asked) == 2  # type: ignore[attr-defined]
    assert "more" in lead_sheet(written)


def test_title_and_tempo_are_written_on_the_song_at_once(
    written: AppTest, generator: object
) -> None:
    written.text_input(key="song_title").set_value("Rain").run()
    written.number_input(key="chords_tempo").set_value(72).run()

    assert written.header[0].value == "Rain"
    assert any("72 bpm" in caption.value for caption in written.caption)
    assert len(generator.asked) == 1  # type: ignore[attr-defined]


def test_every_control_is_kept_over_a_reload(written: AppTest) -> None:
    from ui import state

    of_the_page = ("selectbox", "number_input", "slider", "button_group", "text_input", "text_area")
    drawn = {w.key for kind in of_the_page for w in getattr(written, kind)}

    assert drawn <= set(state.KEPT)


def test_wishes_for_those_who_know_reach_the_generator(
    page: AppTest, until_finished: Wait, generator: object
) -> None:
    sections = ("Verse", "Chorus", "Verse")
    lyric = "\n\n".join(f"[{name}]\nA line of words\nAnother one" for name in sections)
    page.text_area(key="lyric").set_value(lyric)
    page.selectbox(key="chords_key").set_value("E minor")
    page.selectbox(key="chords_genre").set_value("metal")
    page.selectbox(key="chords_form").set_value("free")
    page.button_group(key="chords_writer").set_value("Memory alone (fast)")
    page.slider(key="chords_variety").set_value(0.9)
    page.slider(key="chords_borrowed").set_value(0.0)
    page.text_input(key="chords_allow").set_value("Em, C; G")
    page.text_area(key="chords_progressions").set_value("verse = i VI\n\ni iv")
    page.text_input(key="chords_cadences").set_value("Half; verse = plagal")
    page.text_input(key="chords_alike").set_value("verse 2 = Own; chorus = verse 1")
    page.text_input(key="chords_keys").set_value("chorus = F#m")
    page.button(key="chords_write").click().run()
    until_finished(page)

    (asked,) = generator.asked  # type: ignore[attr-defined]
    assert (asked.genre, asked.complexity) == ("metal", "triads")  # as the style has them
    assert (asked.form, asked.decoder, asked.variety, asked.borrowed) == ("free", False, 0.9, 0)
    assert asked.allow == ("Em", "C", "G")
    assert asked.progressions == (("verse", "i VI"), ("all", "i iv"))
    assert asked.cadences == (("end", "half"), ("verse", "plagal"))
    assert asked.alike == (("verse 2", ""), ("chorus", "verse 1"))
    assert asked.keys == (("chorus", Key("F#", "minor")),)


def test_a_wish_that_cannot_be_is_told_at_once_and_the_others_stand(
    page: AppTest, lyric: str
) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.text_input(key="chords_cadences").set_value("halff")
    page.text_input(key="chords_alike").set_value("verse 2")
    page.text_input(key="chords_keys").set_value("chorus = A")
    page.run()

    told = " ".join(error.value for error in page.error)
    assert "'halff' is no cadence; authentic, half" in told
    assert "'verse 2' names no place" in told
    assert "the song has none; give both" in told


def test_a_wish_that_this_song_cannot_have_is_told_before_anything_is_written(
    page: AppTest, lyric: str, generator: object
) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.text_area(key="chords_progressions").set_value("bridge = I V")
    page.button(key="chords_write").click().run()

    assert "no 'bridge' in this song" in page.error[0].value
    assert not generator.asked  # type: ignore[attr-defined]


def test_the_plan_of_the_song_is_shown(written: AppTest) -> None:
    open_tab(written, "Form")

    (table,) = written.dataframe
    assert list(table.value.columns) == ["Section", "Music", "Lines", "Chords", "Begins"]
    assert table.value["Chords"][0] == "new"
