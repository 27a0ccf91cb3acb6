"""The threads of the program share few heaps of the C library, as that library itself tells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gui.heaps import HEAPS

ROOT = Path(__file__).resolve().parent.parent
HEAPS_OF_THREADS = """
import ctypes, sys, threading
from gui.app import create_app

create_app([])
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
all_there = threading.Barrier(9)

def work():
    library.malloc(100)
    all_there.wait()

for _number in range(8):
    threading.Thread(target=work).start()
all_there.wait()
library.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(library.fopen(sys.argv[1].encode(), b"w"))
library.malloc_info(0, file)
library.fclose(file)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the heaps of glibc, which is Linux's")
def test_eight_threads_that_ask_for_memory_at_once_share_two_heaps(tmp_path: Path) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", HEAPS_OF_THREADS, str(told)], cwd=ROOT, check=True, timeout=60)
    assert 1 <= told.read_text("utf-8").count("<heap ") <= HEAPS
