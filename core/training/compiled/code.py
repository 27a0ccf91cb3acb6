"""Compiled code in memory, called without Python's lock, so that the window paints meanwhile."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype = ctypes.py_object
_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Code:
    """A function of tensors in the file at `path`, by the C interface of torch's AOTInductor.

    torch's own way of calling it keeps Python's lock; ctypes lets go of it. Raises OSError for a file that
    cannot be loaded, ImportError and AttributeError where torch or the file lack something, and RuntimeError
    for tensors that the code is not made for.
    """

    def __init__(self, path: Path) -> None:
        from torch._C import _aoti  # here, since it is torch's own affair: without it, steps stay eager

        self._tensors = _aoti
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
        self._inputs = self._count(library.AOTInductorModelContainerGetNumInputs)
        self._outputs = self._count(library.AOTInductorModelContainerGetNumOutputs)

    def __call__(self, tensors: list[Tensor]) -> list[Tensor]:
        """The tensors that come out."""
        if len(tensors) != self._inputs:
            raise RuntimeError(f"the compiled code takes {self._inputs} tensors, not {len(tensors)}")
        capsules = self._tensors.unsafe_alloc_void_ptrs_from_tensors(tensors)
        given = (ctypes.c_void_p * len(tensors))(*[_pointer(capsule, None) for capsule in capsules])
        found = (ctypes.c_void_p * self._outputs)()
        _check(self._run(self._container, given, len(tensors), found, self._outputs, None, None))
        made = [_capsule(pointer, None, None) for pointer in found]
        return list(self._tensors.alloc_tensors_by_stealing_from_void_ptrs(made))

    def _count(self, count_of: Callable[..., int]) -> int:
        """How many tensors it is that the library tells with `count_of`."""
        count = ctypes.c_size_t()
        _check(count_of(self._container, ctypes.byref(count)))
        return count.value


def _check(error: int) -> None:
    if error:
        raise RuntimeError("the compiled code refused its tensors")
