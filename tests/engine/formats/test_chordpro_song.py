"""Files as songbooks have them: what is sung, and which chord stands on which word."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import InputError
from engine.formats import chordpro

FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "a transposition at the start moves chords and key": (
        "{transpose: 2}\n{key: G}\n[G]Slow [C]boat\n",
        {"chords": ["0:A 1:D"], "key": "A:major"},
    ),
    "an empty transposition restores the one before": (
        "{key: C}\n{transpose: 3}\n[C]One\n{transpose: -1}\n[C]Two\n"
        "{transpose}\n[C]Three\n{transpose}\n[C]Four\n",
        {"chords": ["0:Eb", "0:B", "0:Eb", "0:C"]},
    ),
    "a line of hyphens parts stanzas and is no word": (
        "[G]One\n- - -\n¿ - [C]Two\n",
        {"words": ["One", "¿Two"], "chords": ["0:G", "0:C"]},
    ),
    "several hyphens part syllables as one does": (
        "Slow [G]- [C] - [F]ly a - - way\nOne - - two\n",
        {"words": ["Slow-ly a-way", "One–– two"], "chords": ["0:G 0:C 0:F", ""]},
    ),
    "a transposition may ask for flats": (
        "{transpose: 1f}\n[C]One [F/A]two\n",
        {"chords": ["0:Db 1:Gb/Bb"]},
    ),
    "a backslash joins lines and the parts of a word": (
        "[G]Morn\\\n  ing \\\n is [D]here\n[C]Now\n",
        {"words": ["Morning is here", "Now"]},
    ),
    "a backslash joins a directive": (
        "{title: A long \\\n  title}\n[C]Now\n",
        {"title": "A long title", "words": ["Now"]},
    ),
    "characters by their number": (
        "{title: Ma\\u00f1ana}\n[G]Ma\\u00f1ana \\u201cso\\u201d \\u{1f3b8}\n",
        {"title": "Mañana", "words": ["Mañana “so” 🎸"]},
    ),
    "markup and entities are taken away": (
        "{title: <i>Low</i> &amp; High}\n"
        '<span color="red">[<b>G</b>]Sing</span> <i>so [D]l</i>oud &amp; <u>clear</u>\n',
        {"title": "Low & High", "words": ["Sing so loud & clear"], "chords": ["0:G 2:D"]},
    ),
    "sections of other instruments are left out": (
        "{start_of_chorus-piano}\n[A]No\n{end_of_chorus-piano}\n"
        "{start_of_chorus-piano!}\n[D]Yes\n{end_of_chorus}\n"
        "{comment-piano: Verse}\n[G]Low\n",
        {"words": ["Yes", "Low"], "sections": ["chorus", None]},
    ),
    "values of fields in directives": (
        "{title: Hill}\n{artist: Ann}\n"
        "{subtitle: %{title} by %{artist|%{}|nobody}}\n"
        "{c: %{title|The %{title}|x}, capo %{capo}}\n[G]Low\n",
        {"words": ["Low"], "title": "Hill"},
    ),
    "chords recalled by section": (
        "{soc}\n[C]La [F]la\n{eoc}\n{sov}\n[D]one [G]two\n[A]three\n{eov}\n"
        "{sov}\n[^]four [^]five\n[^]six\n{eov}\n{soc}\n[^]lo [^]lo [^]lo\n"
        "{eoc}\n",
        {"chords": ["0:C 1:F", "0:D 1:G", "0:A", "0:D 1:G", "0:A", "0:C 1:F"]},
    ),
    "chords recalled by stanza": (
        "[D]one [G]two\n\n[^]three [^]four\n",
        {"chords": ["0:D 1:G", "0:D 1:G"]},
    ),
    "rows of grids are played": (
        "{start_of_grid: Intro}\n"
        "A    ||: C~G . Am7 . | F/A / n / | % . . . :|| x2\n"
        "|1 D . . . | E . . . |\n{end_of_grid}\n"
        '{start_of_grid shape="4x4" label="Outro"}\n'
        "| G . . . | D . . . |\n{eog}\n[G]Low\n",
        {
            "words": ["", "", "", "Low"],
            "sections": ["intro", "intro", "outro", None],
            "chords": ["0:C 0:G 0:Am7 0:F/A 0:N.C.", "0:D 0:E", "0:G 0:D", "0:G"],
        },
    ),
    "bars, strokes and counts are not sung": (
        "||: [G] / / / | [D] / / / :|| (x2)\n"
        "| [G]Walk the | [D]wall | x4\n[C] - [D] - [G]\n%  . . .\n(2x)\n"
        "[G]Home [D] |\n",
        {
            "words": ["", "Walk the wall", "", "Home"],
            "chords": ["0:G 0:D", "0:G 2:D", "0:C 0:D 0:G", "0:G 1:D"],
        },
    ),
    "a heading and what it heads on one line": (
        "Verse 1: [G]Walk the wall\n[D]Walk the hill\n\nSolo [G] [D]\n"
        "[C]Now\n\n[Bridge] [Am] [F]\n\n[Chorus]\n[C]Oh\n\n"
        "{c: Outro: G D Em}\n\n{c:Instrumental: [A] [E]}\n\n"
        "Riff 2: [D] [E]\n",
        {
            "words": ["Walk the wall", "Walk the hill", "", "Now", "", "Oh", "", "", ""],
            "sections": [
                "verse",
                "verse",
                "other",
                None,
                "bridge",
                "chorus",
                "outro",
                "other",
                "other",
            ],
        },
    ),
    "a heading and chords in one bracket": (
        "[Intro: G D Em C]\n[G]Low\n[Bridge the [C]gap] now\n",
        {"chords": ["0:G 0:D 0:Em 0:C", "0:G", "2:C"]},
    ),
    "several chords in a bracket": (
        "[A, D] [G;C] [| Em | Am7 |] [A  D x2] [G (hold)] [Dm7–G7] [Bb-F/A-Gm] "
        "[A . . . E7 . .] [C->D]\n",
        {
            "chords": [
                "0:A 0:D 0:G 0:C 0:Em 0:Am7 0:A 0:D 0:G 0:Dm7 0:G7 0:Bb 0:F/A 0:Gm 0:A 0:E7 0:C 0:D"
            ]
        },
    ),
    "a bass alone, remarks, and what cannot be read": (
        "[G] [/F#] [Em] [A bit slower] [quietly] [G Gmaj77 D] [D-7] [C/G-D]la\n",
        {"chords": ["0:G 0:G/F# 0:Em 0:G 0:D 0:Dm7 0:C/G 0:D"]},
    ),
    "hyphens between syllables, and dashes": (
        "Hal - [G]le - lu - [D]jah, the hea - vens [C]sing\n"
        "Glo- [G]ry to-day\nStay - [G]don't go\nbeau-[G]ti-ful\n"
        "rock-and-roll\n",
        {
            "words": [
                "Hal-le-lu-jah, the hea-vens sing",
                "Glo- ry to-day",
                "Stay– don't go",
                "beau-ti-ful",
                "rock-and-roll",
            ],
            "chords": ["0:G 0:D 3:C", "1:G", "1:G", "0:G", ""],
        },
    ),
    "tablature without its directive": (
        "[G]Walk\nE|-----0---|\nA|--2h3----| x2\nD|-0-------|\ne -----3--5--\n[D]Home\n",
        {"words": ["Walk", "Home"]},
    ),
    "the head and headings of OnSong": (
        "Hill Song\nNobody\nKey: G\nTempo: 88\nTime: 3/4\nCCLI: 12345\n"
        "Flow: V1 C V2\n\nVerse 1:\n[G]If you walk\n\nChorus:\n[C]Oh\n\n"
        "Pre-Chorus 2:\n[D]Ah\n\nVamp:\n[D]Eh\n",
        {
            "title": "Hill Song",
            "artist": "Nobody",
            "key": "G:major",
            "time": "3/4",
            "tempo": 88,
            "words": ["If you walk", "Oh", "Ah", "Eh"],
        },
    ),
    "Nashville numbers": (
        "{key: G}\n[1]Row [6-7]the [4maj7]boat [5/7]now [b7]low [2-/4]so [5sus]go [N.C.]stop\n",
        {"chords": ["0:G 1:Em7 2:Cmaj7 3:D/F# 4:F 5:Am/C 6:Dsus4 7:N.C."]},
    ),
    "Roman numerals in minor": (
        "{key: Am}\n[i]Row [iv]the [VI]boat [V7]now [bII]low\n",
        {"chords": ["0:Am 1:Dm 2:F 3:E7 4:Bb"]},
    ),
    "Roman numerals in major": (
        "{key: C}\n[I]Row [vi7]the [IV/5]boat [viiø7]now [V7/V]low [♭VII]x\n",
        {"chords": ["0:C 1:Am7 2:F/C 3:Bm7b5 4:D7 5:Bb"]},
    ),
    "a number among letters is a remark": (
        "{key: C}\n[C]Row [G]the [1]boat\n",
        {"chords": ["0:C 1:G"], "words": ["Row the boat"]},
    ),
    "chords over words beside brackets": (
        "{title: X}\nG       D\nWalk the wall\n\n[C]And [D]so\n\nEm  C\n",
        {"words": ["Walk the wall", "And so", ""], "chords": ["0:G 2:D", "0:C 1:D", "0:Em 0:C"]},
    ),
    "a song with an H names B flat B": (
        "{key: F}\n[F]Komm nach [B]Haus, mein [Hdim]Herz\n",
        {"chords": ["0:F 2:Bb 4:Bdim"]},
    ),
    "a song in Latin names": (
        "{key: Fa mayor}\n[Fa]Luna [Do7]llena [Sib/Re]sale [Rem]ya\nLam  Sol\nOtra noche\n",
        {"chords": ["0:F 1:C7 2:Bb/D 3:Dm", "0:Am 1:G"], "key": "F:major"},
    ),
    "a song typed in small letters": (
        "[g]Row the [d]boat [em]to [c]day\n",
        {"chords": ["0:G 2:D 3:Em 4:C"]},
    ),
    "small letters among capitals are minor": (
        "[C]Row the [a]boat [d]to [G]day\n",
        {"chords": ["0:C 2:Am 3:Dm 4:G"]},
    ),
    "headings of other languages and short ones": (
        "Strophe 1:\n[G]Tief\n\n[Estribillo]\n[C]Alto\n\nV2:\n[G]Low\n\nPre:\n[D]Mid\n\n[C1]Sol\n",
        {
            "words": ["Tief", "Alto", "Low", "Mid", "Sol"],
            "sections": ["verse", "chorus", "verse", "pre-chorus", None],
        },
    ),
    "a tempo with its name": (
        "{tempo: Andante (72)}\n[G]Low\n",
        {"tempo": 72},
    ),
    "signs that are not seen": (
        "[G]Lo\u200bw ti\xadde [D]\u200efalls\n",
        {"words": ["Low tide falls"], "chords": ["0:G 2:D"]},
    ),
    "UTF-8 that was read as Windows-1252": (
        "[G]Donâ€™t say â€œnoâ€\x9d in the cafÃ©\n",
        {"words": ["Don’t say “no” in the café"]},
    ),
    "how chords are fingered": (
        "G  320003   D  xx0232\nEm: 022000\n\n[G]Low\n",
        {"words": ["Low"]},
    ),
    "remarks and lone punctuation": (
        "[G]Walk\n(guitar solo)\n*repeat chorus*\n[D]Home (x2)\nI <3 you & me\nquoi ? « non »\n",
        {"words": ["Walk", "Home", "I <3 you & me", "quoi? «non»"]},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_songbooks_are_read_as_they_are_meant(name: str) -> None:
    text, expected = FILES[name]
    sheet = chordpro.read(text.encode())
    found = {
        "title": sheet.title,
        "artist": sheet.artist,
        "key": str(sheet.key),
        "time": sheet.time_signature,
        "tempo": sheet.tempo,
        "words": [line.text for line in sheet.lines],
        "sections": [line.section for line in sheet.lines],
        "chords": [
            " ".join(f"{placed.word}:{placed.chord.symbol}" for placed in line.chords)
            for line in sheet.lines
        ],
    }
    assert {what: found[what] for what in expected} == expected
    assert chordpro.read(chordpro.write(sheet)) == sheet


def test_where_nothing_is_for_a_guitar_the_first_other_instrument_is_read() -> None:
    song = b"{start_of_verse-alto}\n[C]High\n{end_of_verse}\n{start_of_verse-bass}\n[C]Low\n{eov}"
    assert [line.text for line in chordpro.read(song).lines] == ["High"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
def test_wide_characters_are_read_with_and_without_their_mark(encoding: str) -> None:
    sheet = chordpro.read("{title: Tide}\n[G]Løv tide falls".encode(encoding))
    assert (sheet.title, sheet.lines[0].text) == ("Tide", "Løv tide falls")


def test_a_forgotten_end_of_tablature_does_not_swallow_the_song() -> None:
    sheet = chordpro.read(b"{sot}\ne|--3--|\n\n{soc}\n[C]Sing\n{eoc}")
    assert [(line.text, line.section) for line in sheet.lines] == [("Sing", "chorus")]


def test_read_strictly_a_song_may_still_hold_remarks_that_say_so() -> None:
    assert chordpro.read(b"[*softly][C]la", strict=True).lines[0].text == "la"
    with pytest.raises(InputError, match="not a chord symbol"):
        chordpro.read(b"[softly][C]la", strict=True)
