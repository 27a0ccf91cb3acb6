"""Loads PyTorch: its libraries so that the window does not stand still meanwhile, or a sentence why not."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

from core.file_names import readable
from core.problem import Problem
from core.texts import _

# In the order of PyTorch's own import; the first is for all that comes later, as there.
NAMES = ("libtorch_global_deps", "libtorch")
SUFFIXES = {"linux": ".so", "darwin": ".dylib"}  # on Windows PyTorch itself does as is done here
LONGEST_DETAIL = 120  # letters of what Python says of an import that failed


class _Import:
    """How the first import of torch ended: a second one of a package that is half loaded ends otherwise."""

    error: BaseException | None = None


def require_torch() -> None:
    """Import torch, and see that it computes; raises Problem where its installation is broken."""
    if _Import.error is None:
        try:
            import torch

            torch.zeros(1).sum().item()
        except (Exception, SystemExit) as error:  # whatever stands in its place may raise anything
            _Import.error = error
    if _Import.error is not None:
        raise Problem(_broken_sentence(_Import.error)) from _Import.error


def _broken_sentence(error: BaseException) -> str:
    """What to do about a PyTorch that cannot be imported, which may be a file that only has its name."""
    spec = PathFinder.find_spec("torch")
    place = "torch" if spec is None or spec.origin is None else spec.origin
    detail = (str(error).splitlines() or [""])[0][:LONGEST_DETAIL] or type(error).__name__
    return _(
        "PyTorch cannot be loaded from {file} ({detail}); rename that file if it is one of yours, or else "
        'install PyTorch again with: python -m pip install --force-reinstall "torch>=2.13,<2.14"'
    ).format(file=readable(place), detail=detail)


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
