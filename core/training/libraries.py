"""Loads the libraries of PyTorch so that the window does not stand still meanwhile."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

# In the order of PyTorch's own import; the first is for all that comes later, as there.
NAMES = ("libtorch_global_deps", "libtorch")
SUFFIXES = {"linux": ".so", "darwin": ".dylib"}  # on Windows PyTorch itself does as is done here


def load_libraries() -> bool:
    """Load them, so that the import of torch finds them loaded; whether that was possible here.

    An import holds the interpreter while it loads a library, and all threads wait: 150 ms for this one where
    the system has it in memory, and far longer from a disk. A foreign function, such as the system's own
    dlopen, does not hold it. Whatever cannot be loaded so is left to the import.
    """
    folder, suffix = _folder(), SUFFIXES.get(sys.platform)
    if folder is None or suffix is None:
        return False
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for name, scope in zip(NAMES, (os.RTLD_GLOBAL, os.RTLD_LOCAL), strict=True):
        if not dlopen(os.fsencode(folder / f"{name}{suffix}"), os.RTLD_NOW | scope):
            return False
    return True


def _folder() -> Path | None:
    """Where the libraries of PyTorch are; torch is not imported for that."""
    spec = find_spec("torch")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "lib"
