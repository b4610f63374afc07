"""The sounds of a SoundFont 2 file: which sample plays a key, and how. Pure but for one file read.

The file is TimGM6mb, which comes with the pretty_midi wheel: a General MIDI set of instruments. Of
the SoundFont 2.04 specification (Creative, 2006) this reads the nine tables of chunk ``pdta``
(section 7) and the 16-bit samples (section 6), and adds up the generators of a preset's zones and
of their instruments' zones (section 9.4).
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRUM_BANK = 128
_FILE = "TimGM6mb.sf2"

# Generators (section 8.1.2), and what they are where no zone says otherwise (section 8.1.3).
FILTER_CUTOFF, FILTER_Q, ENVELOPE_TO_CUTOFF, PAN = 8, 9, 11, 17
DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = range(6)
MODULATION, VOLUME = 25, 33  # the first of six generators of an envelope each
KEY_TO_HOLD, KEY_TO_DECAY, ATTENUATION, COARSE, FINE, LOOPS = 39, 40, 48, 51, 52, 54
_INSTRUMENT, _KEYS, _VELOCITIES, _SAMPLE, _SCALE, _ROOT = 41, 43, 44, 53, 56, 58
_START, _END, _LOOP_START, _LOOP_END = 0, 1, 2, 3
_COARSE_OF = {_START: 4, _END: 12, _LOOP_START: 45, _LOOP_END: 50}  # in steps of 32,768 samples
_DEFAULTS = {
    FILTER_CUTOFF: 13_500,
    _SCALE: 100,
    _ROOT: -1,
    **{first + step: -12_000 for first in (MODULATION, VOLUME) for step in range(6)},
    MODULATION + SUSTAIN: 0,
    VOLUME + SUSTAIN: 0,
}
_OF_INSTRUMENT_ALONE = {_KEYS, _VELOCITIES, _SAMPLE, _ROOT, LOOPS, *range(5), 12, 45, 50}

_RECORDS: dict[bytes, list[tuple[str, str]]] = {
    b"phdr": [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("", "V12")],
    b"inst": [("name", "S20"), ("bag", "<u2")],
    b"pbag": [("generator", "<u2"), ("modulator", "<u2")],
    b"ibag": [("generator", "<u2"), ("modulator", "<u2")],
    b"pgen": [("kind", "<u2"), ("amount", "<i2")],
    b"igen": [("kind", "<u2"), ("amount", "<i2")],
    b"shdr": [
        *(("name", "S20"), ("start", "<u4"), ("end", "<u4")),
        *(("loop_start", "<u4"), ("loop_end", "<u4"), ("rate", "<u4")),
        *(("pitch", "u1"), ("correction", "i1"), ("link", "<u2"), ("kind", "<u2")),
    ],
}


@dataclass(frozen=True)
class Zone:
    """A sample as it plays one key.

    Parameters
    ----------
    samples
        16 bit, from the beginning to the end.
    loop
        First sample of the loop and the one after its last; None where the sample ends.
    step
        Samples of it that pass in a second.
    generators
        The amounts that shape it, by the specification's numbers and in its units.
    """

    samples: NDArray[np.int16]
    loop: tuple[int, int] | None
    step: float
    generators: dict[int, int]


class SoundFont:
    """A SoundFont 2 file.

    Parameters
    ----------
    data
        The bytes of the file.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _chunks(self) -> dict[bytes, tuple[int, int]]:
        """Where each chunk's content lies in the file, and its length."""
        found: dict[bytes, tuple[int, int]] = {}
        pending = [(12, len(self._data))]
        while pending:
            at, end = pending.pop()
            while at + 8 <= end:
                name, size = struct.unpack_from("<4sI", self._data, at)
                if name == b"LIST":
                    pending.append((at + 12, at + 8 + size))
                found[name] = (at + 8, size)
                at += 8 + size + size % 2
        return found

    @cached_property
    def _tables(self) -> dict[bytes, Any]:
        import numpy as np

        tables: dict[bytes, Any] = {}
        for name, fields in _RECORDS.items():
            at, size = self._chunks[name]
            kind = np.dtype(fields)
            tables[name] = np.frombuffer(self._data, kind, size // kind.itemsize, at)
        return tables

    @cached_property
    def _samples(self) -> NDArray[np.int16]:
        import numpy as np

        at, size = self._chunks[b"smpl"]
        return np.frombuffer(self._data, "<i2", size // 2, at)

    def zones(self, bank: int, program: int, key: int, velocity: int = 100) -> list[Zone]:
        """Return what sounds together when a key of a preset is struck."""
        heads, instruments = (self._tables[name] for name in (b"phdr", b"inst"))
        struck = key, velocity
        return [
            self._zone(inner, outer, key)
            for index, head in enumerate(heads[:-1])
            if (head["bank"], head["program"]) == (bank, program)
            for outer in self._of((b"pbag", b"pgen"), heads, index, _INSTRUMENT, struck)
            for inner in self._of(
                (b"ibag", b"igen"), instruments, outer[_INSTRUMENT], _SAMPLE, struck
            )
        ]

    def _of(
        self,
        tables: tuple[bytes, bytes],
        heads: Any,
        index: int,
        last: int,
        struck: tuple[int, int],
    ) -> Iterator[dict[int, int]]:
        """Yield the generators of each zone of a preset or instrument that has what is struck.

        A first zone without `last`, the one that names what is played, speaks for them all.
        """
        own: dict[int, int] = {}
        bags, generators = (self._tables[name] for name in tables)
        for bag in range(int(heads[index]["bag"]), int(heads[index + 1]["bag"])):
            start, end = (int(bags[bag + n]["generator"]) for n in (0, 1))
            zone = {int(row["kind"]): int(row["amount"]) for row in generators[start:end]}
            if last not in zone:
                own = zone
                continue
            zone = own | zone
            if all(
                _within(zone[kind], value)
                for kind, value in zip((_KEYS, _VELOCITIES), struck, strict=True)
                if kind in zone
            ):
                yield zone

    def _zone(self, inner: dict[int, int], outer: dict[int, int], key: int) -> Zone:
        generators = _DEFAULTS | inner
        for kind, amount in outer.items():
            if kind not in _OF_INSTRUMENT_ALONE:
                generators[kind] = generators.get(kind, 0) + amount
        head = self._tables[b"shdr"][generators[_SAMPLE] & 0xFFFF]

        def place(field: str, kind: int) -> int:
            coarse = generators.get(_COARSE_OF[kind], 0) * 32_768
            return int(head[field]) + generators.get(kind, 0) + coarse

        start, end = place("start", _START), place("end", _END)
        loop = (place("loop_start", _LOOP_START) - start, place("loop_end", _LOOP_END) - start)
        looped = generators.get(LOOPS, 0) & 1 and 0 <= loop[0] < loop[1] <= end - start
        root = generators[_ROOT] if generators[_ROOT] >= 0 else int(head["pitch"])
        cents = (key - root) * generators[_SCALE] + int(head["correction"])
        cents += 100 * generators.get(COARSE, 0) + generators.get(FINE, 0)
        step = float(head["rate"]) * 2 ** (cents / 1200)
        return Zone(self._samples[start:end], loop if looped else None, step, generators)


def _within(bounds: int, value: int) -> bool:
    """Whether a value lies in a range, which is two bytes: the lowest and the highest."""
    return bounds & 0xFF <= value <= bounds >> 8 & 0xFF


@lru_cache(maxsize=1)
def general_midi() -> SoundFont:
    """The General MIDI instruments that pretty_midi ships."""
    package = importlib.util.find_spec("pretty_midi")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pretty_midi, which has the sounds, is not installed.")
    return SoundFont(Path(package.origin).with_name(_FILE).read_bytes())
