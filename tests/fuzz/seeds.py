"""Valid inputs of every kind, made of our own songs and of what programs write."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from engine import formats
from engine.corpora.songbook import songbook_folder
from engine.formats import chordpro
from engine.generator.controls import Controls
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet
from engine.project import Project, Take, Version, file, link

CHORDPRO = rb"""{title: Rain %{key}} {artist: Nobody}
{st: a demo} {key: Em} {time: 6/8} {tempo: 96} {capo: 2} {transpose: 2}
{define: G7 base-fret 1 frets 3 2 0 0 0 1}
{start_of_verse: Verse 1}
[Em]Down the [*softly]road &amp; the <b>rain</b> [G/B][D7sus4]came to-[A]night
  [| Em | G . D . |] \[not a chord\]
{end_of_verse}
{soc: Chorus 1}
[^]We [4]sang a-[5]long \
with the river
{eoc}
{chorus: Again}
[Bridge]
{c: Bridge (x2)} {ci: quietly}
Oh [N.C.]no [B7#5b9]more
{sog}
| Em . | G D | x2
{eog}
{start_of_tab}
e|--0--|
{end_of_tab}
{start_of_verse-ukulele}
[C]la
{end_of_verse-ukulele}
{new_song}
"""
ONSONG = b"""Low Moon
Nobody
Key: G
Tempo: 100
Time: 4/4
Capo: 2

Intro:
[G] [D] [Em]

Verse 1:
[G]Low moon o-[C]ver the [D]bay
*softly

Chorus:
O[Em]ver and [C]over (x2)
"""
TEXT = b"""Low Moon
Title: Low Moon
Key: Am
Tempo: 90

[Intro]
Am  F | C  G (x2)

Verse 1:
     Am          F
Low moon over the bay
C/E          G7sus4 Am7b5
 we are far away

[tab]e|---0---1--|
B|--1--3----|[/tab]
[ch]Am[/ch]  [ch]G[/ch]
oh no
Chorus: C G Am F
1. numbered line
Singer: la la (la)
Outro: N.C.
"""
LYRICS = b"""12 ContributorsLow Moon Lyrics[Verse 1: Ann]
Low moon over the bay (over the bay)
<i>We</i> are &quot;far&quot; away - hey hey x2

[Chorus]
1
00:01:02,000 --> 00:01:04,000
Don't  you know?
{c: softly}
C  G  Am  F
[C]oh [G]no
You might also like[Outro]
rain rain rain 7Embed
"""
IREAL = (
    b"irealb://Low%20Moon=Nobody==Medium%20Swing=C==1r34LbKcu7[T44C^7   A-7   |D-7   G7   ]"
    b"=Jazz=120=3"
)
ABC = b"""X:1
T:The Road
M:6/8
L:1/8
K:Edor
|: "Em"E2B BAB | "D"d2A FAD :| [1 G>A (3Bcd z2 |]
"""
_LINES = 4


@cache
def sheets() -> tuple[LeadSheet, ...]:
    """Three short songs of the songbook: with sections, without, and with a capo."""
    paths = sorted(songbook_folder().glob("*.cho"))[:60:25]
    whole = [chordpro.read(path.read_bytes()) for path in paths]
    short = [replace(sheet, lines=sheet.lines[:_LINES]) for sheet in whole]
    return (*short[:2], replace(short[2], capo=2, artist=None, form=None))


def songs(name: str) -> list[bytes]:
    """The short songs in a format."""
    return [formats.write(sheet, name) for sheet in sheets()]


@cache
def projects() -> tuple[Project, ...]:
    """Somebody's work: with wishes, locks and versions, and without."""
    controls = Controls(
        key=Key("G", "major"),
        genre="folk",
        tempo=120,
        progressions=(("verse 1", "I V vi IV"), ("line 2", "C; G")),
        cadences=(("end", "plagal"),),
        keys=(("verse 2", Key("A", "major")),),
        alike=(("verse 2", "verse 1"),),
        allow=("C", "G7"),
    )
    first, other, _ = sheets()
    take = Take(first, "the words", "written", controls, True)
    version = Version("first", "2026-01-31T12:00:00+00:00", replace(take, sheet=other))
    whole = Project("Rain", "the words", controls, take, (version,), 2, 1)
    return whole, Project("", "", None, None, (), 0, 0)


def project_files() -> list[bytes]:
    """Project files."""
    return [file.write(project) for project in projects()]


def links() -> list[bytes]:
    """What links to songs hold."""
    whole, empty = projects()
    return [link.write(one).encode() for one in (replace(whole, versions=()), empty)]


def words(*texts: str) -> list[bytes]:
    """Short texts, as somebody types them."""
    return [text.encode() for text in texts]
