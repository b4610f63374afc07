"""The sections of a song as an editor names them: its stanzas, counted by kind."""

from __future__ import annotations

from collections import Counter

from engine.errors import InputError
from engine.music.lead_sheet import LeadSheet


def lines_of_section(sheet: LeadSheet, section: int) -> range:
    """The numbers of a stanza's lines; `InputError` where there is no such stanza."""
    found = [number for number, line in enumerate(sheet.lines) if line.stanza == section]
    if not found:
        count = sheet.lines[-1].stanza + 1
        raise InputError(f"The song has {count} sections; there is no section {section + 1}.")
    return range(found[0], found[-1] + 1)


def section_names(sheet: LeadSheet) -> tuple[str, ...]:
    """A name for each stanza that tells it from the others: "Verse 2", "Bridge", "Section 3"."""
    kinds = list({line.stanza: line.section for line in sheet.lines}.values())
    many = Counter(kinds)
    seen: Counter[str | None] = Counter()
    names: list[str] = []
    for number, kind in enumerate(kinds, 1):
        seen[kind] += 1
        if kind is None:
            names.append(f"Section {number}")
        else:
            names.append(kind.title() + (f" {seen[kind]}" if many[kind] > 1 else ""))
    return tuple(names)
