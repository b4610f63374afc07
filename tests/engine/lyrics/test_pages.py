"""What surrounds a song on a page goes; sung lines that resemble it stay."""

from __future__ import annotations

import pytest

from engine.lyrics import Lyrics


def lines_of(text: str) -> list[str]:
    return [line.text for line in Lyrics.parse(text).lines]


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        (
            "112 ContributorsTranslationsPortuguêsTürkçeOld Harbour Lyrics[Intro]\nAnchor up\n"
            "See The Tides LiveGet tickets as low as £1,045You might also like"
            "Sails out\nHome12.4KEmbed",
            ["Anchor up", "Sails out", "Home"],
        ),
        (
            "1 ContributorOld Lyrics Here Lyrics“Old Lyrics Here” opens the record… Read More\xa0\n"
            "[Verse 1]\nAnchor up\nSails outEmbed",
            ["Anchor up", "Sails out"],
        ),
        (
            "8 Contributors\nTranslations\nPolski\nOld Harbour Lyrics\n[Verse]\nAnchor up\n"
            "See The Tides Live\nGet tickets as low as $20\nYou might also like\n[Chorus]\n"
            "Sails out\n5\nEmbed",
            ["Anchor up", "Sails out"],
        ),
        ("Old Harbour Lyrics[Verse 1]\nAnchor up", ["Anchor up"]),
        (
            "Anchor up\nSails out\n3\nEmbed\nCancel\nHow to Format Lyrics:\nType out all\n",
            ["Anchor up", "Sails out"],
        ),
        (
            '"Old Harbour" lyrics\nThe Tides Lyrics\n\n"Old Harbour"\n\nAnchor up\nSails out\n'
            "Submit Corrections\nThanks to nobody for correcting these lyrics.",
            ["Anchor up", "Sails out"],
        ),
        (
            "Anchor up\n\n© 2020 Nobody\nAll rights reserved\nLyrics licensed by LyricFind\n"
            "*** This Lyrics is NOT for Commercial use ***\n(1409617829201)",
            ["Anchor up"],
        ),
        ("The Tides - Old Harbour Lyrics\n\nAnchor up\nSails out", ["Anchor up", "Sails out"]),
        ("I see you See The Tides LiveGet tickets as low as $9\nSails", ["I see you", "Sails"]),
    ],
)
def test_a_lyric_page_leaves_its_words(page: str, lines: list[str]) -> None:
    assert lines_of(page) == lines


def test_headings_glued_to_a_page_still_name_sections() -> None:
    page = (
        "3 ContributorsTide Lyrics[Verse]\nAnchor up\nYou might also like[Chorus]\nSails out7Embed"
    )
    assert [line.section for line in Lyrics.parse(page).lines] == ["verse", "chorus"]


@pytest.mark.parametrize(
    "text",
    [
        "You might also like it here\nStay a while",
        "I forgot all my lyrics\nI hum instead",
        "See the band live\nget tickets for two",
        "Embed the rose\nin amber",
        "Time: it flies\nTime: it crawls",
        "She said: go\nI said: stay\nShe said: no",
        "One: bolt the door\nTwo: dim the light\nOne: bolt the door\nTwo: dim the light",
        "Standing: I wait\nShaking: I stay\nStanding: I wait\nShaking: I stay",
        "Remember: the sea\nwas cold",
        "1. April, our day\nThe year was young",
    ],
)
def test_sung_lines_that_resemble_a_page_stay(text: str) -> None:
    assert Lyrics.parse("Low tide\n" + text).text == "Low tide\n" + text


@pytest.mark.parametrize(
    ("draft", "lines"),
    [
        ("1. Anchor up\n2. Sails out", ["Anchor up", "Sails out"]),
        ("1) Anchor up\nand away\n\n2) Sails out", ["Anchor up", "and away", "Sails out"]),
        ("1\tAnchor up\n2\tSails out\n3\tHome", ["Anchor up", "Sails out", "Home"]),
        ("1 for the money\nSails out\nHome", ["1 for the money", "Sails out", "Home"]),
        ("1\n00:00:05,000 --> 00:00:07,500\nAnchor up\n\n2\n00:00:08,000 --> 00:00:09,000\nHome",
         ["Anchor up", "Home"]),
        ("WEBVTT\n\n00:05.000 --> 00:07.500\nAnchor up", ["Anchor up"]),
        ("Title: Tide\nYear: 1999\nArtist: Nobody\nCapo 3rd fret\nKey: D\n\nAnchor", ["Anchor"]),
        ("Anchor up\nSongwriters: A. Nobody / B. Nobody\nSource: LyricFind", ["Anchor up"]),
        ("Tess: Anchor up\nJon: Sails out\nBoth: Home", ["Anchor up", "Sails out", "Home"]),
        ("Tess:\nAnchor up\nJon:\nSails out\nTess:\nHome\nJon:\nAway",
         ["Anchor up", "Sails out", "Home", "Away"]),
        ("Anchor up\nAll: Sails out", ["Anchor up", "Sails out"]),
    ],
)  # fmt: skip
def test_a_draft_leaves_its_words(draft: str, lines: list[str]) -> None:
    assert lines_of(draft) == lines
