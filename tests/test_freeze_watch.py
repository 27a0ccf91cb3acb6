"""A window that stands still leaves the stacks of its threads in the log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from core.log import start_log
from gui.freeze_watch import FreezeWatch

SHORT = 0.2  # seconds, and the beat comes to it


@pytest.fixture
def log(qapp: QObject) -> Iterator[Path]:
    """The log of a program whose window may not stand still for long."""
    path = start_log()
    parent = QObject()
    watch = FreezeWatch(path, parent, SHORT)
    yield path
    watch.stop()
    parent.deleteLater()


def test_a_window_that_stands_still_leaves_the_stacks_of_all_threads(qtbot: QtBot, log: Path) -> None:
    door = threading.Event()
    other = threading.Thread(target=wait_for, args=(door,))
    other.start()
    stand_still(log)
    qtbot.waitUntil(lambda: "the window stood still for" in log.read_text("utf-8"))
    door.set()
    other.join()
    written = log.read_text("utf-8")
    assert "in stand_still" in written
    assert "in wait_for" in written
    assert written.index("in stand_still") < written.index("the window stood still for")


def stand_still(log: Path) -> None:
    """Hold the thread of the window up until the log says that it stands here."""
    while "in stand_still" not in log.read_text("utf-8"):
        pass


def wait_for(door: threading.Event) -> None:
    door.wait()
