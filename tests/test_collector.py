"""Garbage goes in the GUI thread, when there is some; what was loaded once for all is not looked at again."""

from __future__ import annotations

import gc
import sys
import types
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui import collector
from gui.collector import FEW, Collector


@pytest.fixture
def started(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector at work, to which every collection is long, and worth its while."""
    monkeypatch.setattr(collector, "LONG", 0.0)
    monkeypatch.setattr(collector, "FEW", -1)
    parent = QObject()
    made = Collector(parent)
    made.start()
    yield made
    made.deleteLater()
    parent.deleteLater()


def test_garbage_is_collected(started: Collector) -> None:
    loop: list[object] = []
    loop.append(loop)
    del loop
    before = len(gc.get_objects())
    started.collect()
    assert len(gc.get_objects()) < before


def test_what_is_imported_later_is_looked_at_once(
    started: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "loaded_later", types.ModuleType("loaded_later"))
    loaded = [[number] for number in range(1_000)]
    started.collect()
    assert gc.get_freeze_count() > 0
    assert not any(each is loaded for each in gc.get_objects())


def test_what_is_made_without_an_import_is_looked_at_each_time(started: Collector) -> None:
    made = [[number] for number in range(1_000)]
    started.collect()
    assert any(each is made for each in gc.get_objects())


def test_a_short_collection_keeps_nothing(started: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "LONG", 1e9)
    monkeypatch.setitem(sys.modules, "loaded_later", types.ModuleType("loaded_later"))
    made = [[number] for number in range(1_000)]
    started.collect()
    assert any(each is made for each in gc.get_objects())


class Ring:
    """Garbage as soon as nobody else holds it, but only for the collector."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_goes_once_there_is_much_and_rests_while_there_is_little(qapp: QObject) -> None:
    parent = QObject()
    made = Collector(parent)
    gc.collect()
    ring = weakref.ref(Ring())
    made.collect()
    assert ring() is not None
    much: list[list[int]] = [[] for _number in range(FEW + 1)]
    made.collect()
    assert ring() is None
    assert much


def test_what_stays_is_looked_at_again_when_a_window_has_gone(started: Collector, qtbot: QtBot) -> None:
    window, part = QWidget(), Ring()
    ring = weakref.ref(part)
    started.watch(window)
    started.start()
    del part
    started.collect()
    assert ring() is not None  # that would take long each time
    window.deleteLater()
    qtbot.waitUntil(lambda: ring() is None)
    assert gc.get_freeze_count() > 0
