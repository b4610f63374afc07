"""How often the key heard from chords is the key that a song's source gives.

    python bench/check_key_estimate.py FOLDER

FOLDER holds the chord corpus (``train``, ``validation``, ``test`` as ``.jsonl.gz``; a song a line,
as `engine.formats.json_format` reads it, with ``source`` and ``key_source``). Songs whose key was
itself estimated are left out; our songbook is judged too. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine.corpora.songbook import songbook
from engine.formats import json_format
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import LeadSheet


def given_keys(path: Path) -> Iterator[tuple[str, LeadSheet]]:
    """Source and song, for songs whose key their source gives."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            song = json.loads(line)
            if song["key_source"] == "given":
                yield song["source"], json_format.read(line.encode())


def agrees(sheet: LeadSheet) -> bool:
    """Whether the key heard is the key given, however it is spelled."""
    return _sounding(estimated_key(sheet.chords)) == _sounding(sheet.key)


def _sounding(key: Key) -> tuple[int, str]:
    return key.tonic_pitch_class, key.mode


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    found: dict[str, dict[str, list[bool]]] = {}
    for split in ("train", "validation", "test"):
        by_source: dict[str, list[bool]] = defaultdict(list)
        for source, sheet in given_keys(folder / f"{split}.jsonl.gz"):
            by_source[source].append(agrees(sheet))
        found[split] = by_source
    found["songbook"] = {"ours": [agrees(sheet) for sheet in songbook()]}
    shares: dict[str, dict[str, float]] = {}
    for split, by_source in found.items():
        everything = [hit for hits in by_source.values() for hit in hits]
        shares[split] = {
            source: round(sum(hits) / len(hits), 3)
            for source, hits in {**by_source, "all": everything}.items()
        }
        print(split, len(everything), "songs", shares[split])
    print(json.dumps({"bench": "key-estimate", "agreement": shares}))


if __name__ == "__main__":
    main()
