"""A fault of the program: one dialog, a report without anything of a person's files, and never a storm."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from core.log import start_log
from core.problem import Problem
from gui.dialogs.fault_dialog import FaultDialog
from gui.faults import Faults
from tests.windows import LEFT, opened, part, text

SECRET = "Ada Lovelace"


@pytest.fixture
def faults() -> Iterator[Faults]:
    made = Faults()
    yield made
    made.close()


def dialogs() -> list[FaultDialog]:
    """Those that are on the screen."""
    return [
        each for each in QApplication.topLevelWidgets() if isinstance(each, FaultDialog) and each.isVisible()
    ]


def fail(name: str) -> None:
    raise ValueError(f"no number: {name!r}")


def read_badly(name: str) -> None:
    try:
        raise Problem(f"There is no number in the row of {name}.")
    except Problem:
        fail(name)


def test_a_fault_in_every_frame_is_one_dialog_and_is_logged_ever_more_rarely(
    qtbot: QtBot, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(qtbot) as window:
        calls = []
        timer = QTimer(window, interval=0)
        timer.timeout.connect(lambda: (calls.append(1), fail(SECRET)))
        timer.start()
        qtbot.waitUntil(lambda: len(calls) > 100)
        assert len(dialogs()) == 1
        qtbot.keyClick(dialogs()[0], Qt.Key.Key_Escape)
        calls.clear()
        qtbot.waitUntil(lambda: len(calls) > 100)
        timer.stop()
        assert not dialogs()
        assert sum(bool(record.exc_info) for record in caplog.records) == 1
        assert 7 <= sum("same fault" in record.getMessage() for record in caplog.records) <= 20
        QTimer.singleShot(0, window, lambda: read_badly(SECRET))
        QTimer.singleShot(0, window, lambda: [][0])
        qtbot.waitUntil(lambda: sum(bool(record.exc_info) for record in caplog.records) == 2)
        (other,) = dialogs()
        other.close()


def test_the_report_says_where_and_with_what_and_nothing_of_a_file(
    qtbot: QtBot, faults: Faults, person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(person))
    start_log()
    with opened(qtbot) as window:
        window.store.change(learning_rate=0.25, loss="huber")
        logging.warning("%s", Problem(f"Row 3 has no number but {SECRET}."))
        logging.warning("%s could not be read", person / "notes.csv")
        logging.warning("a cell: %r", SECRET)
        QTimer.singleShot(0, window, lambda: read_badly(SECRET))
        qtbot.waitUntil(lambda: bool(dialogs()))
        (dialog,) = dialogs()
        shown = text(dialog, "fault_sentence") + text(dialog, "fault_note")
        assert not any(word in shown for word in ("Traceback", "ValueError", SECRET))
        qtbot.mouseClick(part(dialog, QPushButton, "fault_copy"), LEFT)
        report = QGuiApplication.clipboard().text()
        assert "on the clipboard" in text(dialog, "fault_note")
        dialog.close()
    for known in (
        "torch 2.",
        "learning_rate = 0.25",
        "loss = huber",
        "Points: 5",
        "in read_badly",
        "in fail",
    ):
        assert known in report
    assert "Problem: (its sentence)\nwhich led to\n" in report
    assert "ValueError: no number: “…”" in report
    assert "~/notes.csv could not be read" in report
    assert SECRET not in report
    assert str(person) not in report
    assert "-3.1" not in report  # the first point


def in_a_thread(target: Callable[[], object]) -> None:
    """Have another thread do it, and wait for its end."""
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()


def test_a_fault_in_another_thread_is_told_as_one_in_that_of_the_window(
    qtbot: QtBot, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(qtbot):
        in_a_thread(sys.exit)  # no fault
        for _time in range(2):
            in_a_thread(lambda: fail(SECRET))
        qtbot.waitUntil(lambda: bool(dialogs()))
        (dialog,) = dialogs()
        dialog.close()
        assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]
        assert sum("same fault" in record.getMessage() for record in caplog.records) == 1


def test_a_dialog_that_cannot_be_made_leaves_the_fault_in_the_log(
    qtbot: QtBot, faults: Faults, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FaultDialog, "__init__", lambda *_parts: fail("the dialog"))
    with opened(qtbot) as window:
        QTimer.singleShot(0, window, lambda: [][0])
        qtbot.waitUntil(lambda: "could not be told" in caplog.text)
        assert "IndexError" in caplog.text
