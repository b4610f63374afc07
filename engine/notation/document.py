"""A score as MusicXML elements: what files are written from and what verovio draws.

music21 writes the notes; this module then sets what music21 leaves out or leaves to chance:

- no date and fixed identifiers, so equal lead sheets give equal bytes;
- "no chord" has an empty function in place of a root, which some readers would print before N.C.;
- staves are 6 mm high, so that a page holds a song;
- degrees of a chord symbol are not printed beside its text, which already shows them;
- words that are held over further notes have an extender line;
- the words part is silent (volume 0): its slashes have a rhythm but no pitch;
- style and metronome are one direction; system breaks are declared as meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Comment, Element, SubElement

from engine.notation.score import WORDS_ID, score, xml_text
from engine.notation.staves import Piece, Staff

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_STAFF_HEIGHT = "6"  # millimetres
_FAR = 64  # pieces that are looked at for the end of a held word


def document(
    sheet: LeadSheet, staff: Staff, *, piano: bool = True, system_bars: Sequence[int] | None = None
) -> Element:
    """The root element, ``score-partwise``; parameters as in `engine.notation.score.score`."""
    from music21.musicxml.m21ToXml import ScoreExporter

    whole = score(sheet, piano=piano, staff=staff, system_bars=system_bars)
    root: Element = ScoreExporter(whole, makeNotation=False).parse()
    _identify(root, sheet)
    for height in root.iter("millimeters"):
        height.text = _STAFF_HEIGHT
    for part in root.iter("score-part"):
        if part.get("id") == WORDS_ID:
            _silence(part)
    _extend(root, staff)
    for parent in (root, *root.iter("part")):
        for child in [child for child in parent if child.tag is Comment]:
            parent.remove(child)
    for mark in root.iter("direction"):
        mark.set("placement", "above")
    for harmony in root.iter("harmony"):
        for degree in harmony.iter("degree"):
            degree.set("print-object", "no")
        root_note = harmony.find("root")
        if root_note is not None and harmony.findtext("kind") == "none":
            root_note.clear()
            root_note.tag = "function"
    for measure in root.iter("measure"):
        _join_tempo(measure)
    return root


def _identify(root: Element, sheet: LeadSheet) -> None:
    """Replace title, creator and encoding by what the sheet says, without a date."""
    for old in ("work", "movement-title", "identification"):
        for element in root.findall(old):
            root.remove(element)
    work = Element("work")
    SubElement(work, "work-title").text = xml_text(sheet.title) or "Untitled"
    identification = Element("identification")
    if sheet.artist:
        SubElement(identification, "creator", type="composer").text = xml_text(sheet.artist)
    encoding = SubElement(identification, "encoding")
    SubElement(encoding, "software").text = "Lyric Lab"
    for element in ("accidental", "beam", "stem"):
        SubElement(encoding, "supports", element=element, type="yes")
    SubElement(
        encoding,
        "supports",
        element="print",
        type="yes",
        attribute="new-system",
        value="yes",
    )
    root.insert(0, work)
    root.insert(1, identification)


def _extend(root: Element, staff: Staff) -> None:
    """Draw a line after words that are held over further notes, and number the verses.

    Readers draw it up to the last note before the next syllable, so words before slashes have none.
    """
    pieces = [piece for start, _ in staff.bars for piece in staff.words[start]]
    lyrics = root.iter("lyric")
    for at, piece in enumerate(pieces):
        for syllable in piece.syllables:
            lyric = next(lyrics)
            if syllable.extended and not _reaches_slash(
                pieces[at + 1 : at + 1 + _FAR], syllable.verse
            ):
                SubElement(lyric, "extend")
            if syllable.numbered:
                lyric.set("name", f"{syllable.verse}.")


def _reaches_slash(following: Sequence[Piece], verse: int) -> bool:
    """Whether slashes come before the next syllable of a verse."""
    for piece in following:
        if piece.slash or any(syllable.verse == verse for syllable in piece.syllables):
            return piece.slash
    return False


def _silence(part: Element) -> None:
    """Hide the name of the words part and set its volume to nothing."""
    for name in ("part-name", "part-abbreviation"):
        element = part.find(name)
        if element is not None:
            element.set("print-object", "no")
    instrument = part.find("midi-instrument")
    if instrument is not None:
        SubElement(instrument, "volume").text = "0"


def _join_tempo(measure: Element) -> None:
    """Put the style words, which music21 writes as a direction of their own, before the tempo."""
    directions = measure.findall("direction")
    tempo = next((d for d in directions if d.find("direction-type/metronome") is not None), None)
    if tempo is None:
        return
    for direction in directions:
        words = direction.find("direction-type/words")
        if words is not None:
            words.attrib.pop("default-y", None)
            words.text = f"{words.text} "
            holder = Element("direction-type")
            holder.append(words)
            tempo.insert(0, holder)
            measure.remove(direction)
