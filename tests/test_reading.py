"""Reading in the background ends in points, a sentence or nothing, and never leaves a thread."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.tables import Reading, ReadPoints, open_table
from gui import reading as reading_module
from gui.reading import Reader
from gui.theme import Theme

MESSY = Path(__file__).parent / "messy"
LONG = 10_000  # milliseconds


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window on the screen."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    return window


@pytest.fixture
def reader(window: QWidget) -> Reader:
    return Reader(window, Theme())


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    """A table that takes long, because its rows are not regular."""
    path = tmp_path / "long.csv"
    path.write_text("x,y\n1,2,3\n" + "1,2\n" * 900_000)
    return path


def threads() -> list[threading.Thread]:
    """The threads of the background."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("background")]


def test_points_arrive_in_the_thread_of_the_window(reader: Reader, qtbot: QtBot) -> None:
    where: list[threading.Thread] = []
    reader.finished.connect(lambda _points: where.append(threading.current_thread()))
    with qtbot.waitSignal(reader.finished) as found:
        reader.read(MESSY / "plain.csv", Reading(x="y", y="x"))
        assert reader.busy
    read = found.args[0]
    assert isinstance(read, ReadPoints)
    assert (len(read.points), read.points.x_name) == (12, "y")
    assert where == [threading.main_thread()]
    assert not reader.busy
    assert not threads()


def test_an_opened_table_is_read_too(reader: Reader, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reader.finished) as found:
        reader.read(open_table(MESSY / "tabs.tsv"))
    assert len(found.args[0].points) == 12


def test_a_refusal_arrives_as_a_sentence(reader: Reader, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reader.failed) as found:
        reader.read(MESSY / "page.csv")
    assert "web page" in found.args[0]
    assert not threads()


def test_a_quick_reading_shows_no_dialog(
    reader: Reader, window: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "PATIENCE", LONG)
    with qtbot.waitSignal(reader.finished):
        reader.read(MESSY / "plain.csv")
    assert window.findChild(QDialog) is None


def test_a_long_reading_shows_its_progress_and_can_be_cancelled_with_the_mouse(
    reader: Reader, window: QWidget, long_file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "PATIENCE", 0)
    delivered: list[object] = []
    reader.finished.connect(delivered.append)
    reader.failed.connect(delivered.append)
    reader.read(long_file)
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "progress_cancel") is not None, timeout=LONG)
    bar = window.findChild(QProgressBar, "progress_bar")
    assert bar.isVisible()
    with qtbot.waitSignal(reader.cancelled, timeout=LONG):
        qtbot.mouseClick(window.findChild(QPushButton, "progress_cancel"), Qt.MouseButton.LeftButton)
    assert delivered == []
    assert not bar.isVisible()
    assert not threads()


def test_escape_cancels_too(
    reader: Reader, window: QWidget, long_file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "PATIENCE", 0)
    reader.read(long_file)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "progress_dialog") is not None, timeout=LONG)
    with qtbot.waitSignal(reader.cancelled, timeout=LONG):
        qtbot.keyClick(window.findChild(QDialog, "progress_dialog"), Qt.Key.Key_Escape)


def test_the_thread_has_ended_when_the_window_is_closed_in_the_middle(
    reader: Reader, window: QWidget, long_file: Path, qtbot: QtBot
) -> None:
    delivered: list[object] = []
    for signal in (reader.finished, reader.failed, reader.cancelled):
        signal.connect(lambda *what: delivered.append(what))
    reader.read(long_file)
    assert threads()
    window.close()
    assert not threads()
    assert not reader.busy
    qtbot.wait(50)
    assert delivered == []


def test_of_two_readings_only_the_second_is_delivered(reader: Reader, long_file: Path, qtbot: QtBot) -> None:
    found: list[ReadPoints] = []
    reader.finished.connect(found.append)
    reader.read(long_file)
    with qtbot.waitSignal(reader.finished, timeout=LONG):
        reader.read(MESSY / "duplicate_rows.csv")
    assert [len(read.points) for read in found] == [24]
    assert not threads()
