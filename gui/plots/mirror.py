"""Lets pyqtgraph start without making every class of Qt, most of which nobody uses here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

# What pyqtgraph imports for others, and nobody needs here: a quarter of its import.
UNUSED = (
    "imageview",
    "widgets.ColorMapWidget",
    "widgets.DataFilterWidget",
    "widgets.DataTreeWidget",
    "widgets.DiffTreeWidget",
    "widgets.ScatterPlotWidget",
    "widgets.TableWidget",
    "widgets.TreeWidget",
)


class Mirror(ModuleType):
    """A module of pyqtgraph.Qt that takes each class from `original` when it is first asked for."""

    def __init__(self, original: ModuleType) -> None:
        super().__init__(f"pyqtgraph.Qt.{original.__name__.rpartition('.')[2]}")
        self._original = original

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._original, name)
        setattr(self, name, value)
        return value


def import_pyqtgraph() -> None:
    """Import it with mirrors in the place of its copies of Qt; nothing is done where it is imported already.

    PySide makes a class when it is first asked for. pyqtgraph copies all of them into modules of its own,
    which takes as long as all the rest of the window together.
    """
    if "pyqtgraph" in sys.modules:
        return
    originals = (QtCore, QtGui, QtWidgets)
    mirrors = [Mirror(original) for original in originals]
    sys.modules.update({mirror.__name__: mirror for mirror in mirrors})
    with _nothing_to_copy(*originals), _left_out(*UNUSED):
        import pyqtgraph  # noqa: F401


@contextmanager
def _nothing_to_copy(*modules: ModuleType) -> Iterator[None]:
    """Let dir() of the modules be empty meanwhile."""
    lists = [vars(module).get("__dir__") for module in modules]
    for module in modules:
        vars(module)["__dir__"] = list
    try:
        yield
    finally:
        for module, names in zip(modules, lists, strict=True):
            if names is None:  # a PySide that makes all classes at once has no list of its own
                del vars(module)["__dir__"]
            else:
                vars(module)["__dir__"] = names


@contextmanager
def _left_out(*names: str) -> Iterator[None]:
    """Let these modules of pyqtgraph be empty meanwhile; whoever imports one later gets it."""
    modules = {f"pyqtgraph.{name}": ModuleType(name) for name in names}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]
