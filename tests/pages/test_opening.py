from __future__ import annotations

from ui.chords.opening import pasted_song


def test_a_pasted_text_with_chords_keeps_them() -> None:
    for text in ("[G]Over [D/F#]water", "G    D/F#\nOver water", "{key: G}\n[G]Over [D/F#]water"):
        sheet = pasted_song(text)
        assert sheet is not None
        assert [chord.symbol for chord in sheet.chords] == ["G", "D/F#"]


def test_words_alone_are_no_song_with_chords() -> None:
    for text in ("", "Over water", "[Chorus]\nOver water\n\n(Bridge)\nA man", "I am a [x] man"):
        assert pasted_song(text) is None
