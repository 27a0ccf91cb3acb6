"""Has the threads of the process share two heaps, so that memory which one has freed serves the next."""

import ctypes
import sys
from contextlib import suppress

M_ARENA_MAX = -8  # of <malloc.h>
HEAPS = 2  # the window's, and one for the threads that train and work beside it


def share_heaps() -> None:
    """Before any thread begins; where the C library is glibc, which gives threads eight heaps a core.

    Each of them keeps the pages in which anything at all is still used, and that piles up as long as the
    window is worked in. See "Memory Allocation Tunables", The GNU C Library Reference Manual.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)
