from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.models import memory

ROOT = Path(__file__).parents[3]


def test_this_process_fits_in_this_machine() -> None:
    resident, machine = memory.resident_bytes(), memory.machine_bytes()
    assert 10 * 2**20 < resident < machine


FREEING = """
from engine.models import memory
blocks = [bytearray(2**15) for _ in range(6400)]  # 200 MB in pieces that malloc keeps to itself
full = memory.resident_bytes()
last = blocks.pop()
del blocks
memory.release()
print(full - memory.resident_bytes())
"""

VISITED = """
import ctypes, sys, threading
from engine.models import memory
if GATHERED:
    memory.gather()
here = threading.Barrier(12)
def visit():
    here.wait()
    blocks = [ctypes.create_string_buffer(2**11) for _ in range(4000)]
    here.wait()
visitors = [threading.Thread(target=visit) for _ in range(12)]
for visitor in visitors:
    visitor.start()
for visitor in visitors:
    visitor.join()
ctypes.CDLL(None).malloc_stats()
"""

UNLOADING = """
from engine.lyrics import Lyrics
from ui import resources
for name in ("bilstm-gru", "llama", "tinyllama"):
    resources.load(name)
# What of a base is only read lies in its file, and in memory once it has been.
resources.classifier("llama").predict([Lyrics.parse("Down the dusty road")])
size = resources.pool().loaded("llama").tensors.bytes
freed = resources.unload("llama")
print(size, freed.before - freed.after)
"""


MAPPED = """
import ctypes
from engine.models import memory
if GATHERED:
    memory.gather()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
class Told(ctypes.Structure):
    names = ["arena", "ordblks", "smblks", "hblks", "hblkhd", *"fghij"]
    _fields_ = [(name, ctypes.c_size_t) for name in names]
libc.mallinfo2.restype = Told
def mapped():
    return libc.mallinfo2().hblkhd
libc.free(libc.malloc(12 * 2**20))
before = mapped()
libc.malloc(8 * 2**20)
print(mapped() - before)
"""


def printed(code: str) -> list[int]:
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [int(number) for number in done.stdout.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is told on Linux only")
def test_released_memory_goes_back_to_the_system() -> None:
    assert printed(FREEING)[0] > 180 * 2**20


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_stats"), reason="glibc's alone")
@pytest.mark.parametrize("gathered", [True, False])
def test_many_threads_share_few_arenas(gathered: bool) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"}
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", VISITED.replace("GATHERED", str(gathered))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert (done.stderr.count("Arena") <= 2) is gathered, done.stderr


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="of glibc 2.33 and later")
@pytest.mark.parametrize("gathered", [True, False])
def test_large_pieces_are_mapped_apart_also_after_one_was_freed(gathered: bool) -> None:
    assert (printed(MAPPED.replace("GATHERED", str(gathered)))[0] >= 8 * 2**20) is gathered


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is told on Linux only")
def test_unloading_a_shipped_model_frees_its_tensors() -> None:
    size, freed = printed(UNLOADING)
    assert freed > 0.8 * size


def test_few_programs_of_many_lengths_are_kept_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
    found: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", found)
    memory.keep_few_shapes()
    assert int(found[name]) < 100
    found[name] = "1024"
    memory.keep_few_shapes()
    assert found[name] == "1024"
