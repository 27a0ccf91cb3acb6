"""Compiled code in memory, called without Python's lock, so that the window paints meanwhile."""

from __future__ import annotations

import ctypes
from pathlib import Path

from torch import Tensor
from torch._C import _aoti

_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype = ctypes.py_object
_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Code:
    """A function of tensors in the file at `path`, by the C interface of torch's AOTInductor.

    torch's own way of calling it keeps Python's lock; ctypes lets go of it. Raises OSError for a file that
    cannot be loaded, and RuntimeError for tensors that the code is not made for.
    """

    def __init__(self, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        self._run = library.AOTInductorModelContainerRun
        self._run.argtypes = [
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self._container = ctypes.c_void_p()
        create = library.AOTInductorModelContainerCreateWithDevice
        _check(create(ctypes.byref(self._container), ctypes.c_size_t(1), b"cpu", None))
        count = ctypes.c_size_t()
        _check(library.AOTInductorModelContainerGetNumOutputs(self._container, ctypes.byref(count)))
        self._outputs = count.value

    def __call__(self, tensors: list[Tensor]) -> list[Tensor]:
        """The tensors that come out."""
        capsules = _aoti.unsafe_alloc_void_ptrs_from_tensors(tensors)
        given = (ctypes.c_void_p * len(tensors))(*[_pointer(capsule, None) for capsule in capsules])
        found = (ctypes.c_void_p * self._outputs)()
        _check(self._run(self._container, given, len(tensors), found, self._outputs, None, None))
        return list(_aoti.alloc_tensors_by_stealing_from_void_ptrs([_capsule(p, None, None) for p in found]))


def _check(error: int) -> None:
    if error:
        raise RuntimeError("the compiled code refused its tensors")
