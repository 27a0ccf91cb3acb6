"""The collector looks at what may be garbage, and not again and again at what was loaded once for all."""

import gc
import sys
import types
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from gui import collector
from gui.collector import Collector


@pytest.fixture
def started(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector at work, to which every collection is long."""
    monkeypatch.setattr(collector, "LONG", 0.0)
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
