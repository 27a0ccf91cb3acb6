"""The work is on disk soon after each edit, and comes back, whatever happened to the program or the disk."""

from __future__ import annotations

import errno
import logging
import platform
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Points, Settings, load_experiment, save_experiment, slots
from core.problem import Problem
from core.whole_file import part_of
from gui import autosave as autosave_module
from gui.autosave import Autosave
from gui.main_window import MainWindow
from gui.workspace import Workspace
from tests.windows import LEFT, LINE, click, opened, part, windows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

WORK = Experiment(LINE, Settings(learning_rate=0.25))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The person's data folder; it does not exist before the first start."""
    return tmp_path / "data"


@pytest.fixture
def start(qapp: object, folder: Path) -> Iterator[Callable[[], Workspace]]:
    """Starts the program's parts that have no look; each is ended at the latest with the test."""
    started: list[Workspace] = []

    def begin() -> Workspace:
        started.append(Workspace(autosave=Autosave(folder)))
        return started[-1]

    yield begin
    for workspace in started:
        workspace.close()


def on_disk(folder: Path, slot: int = 1) -> Experiment | None:
    """What another program would find there now."""
    file = folder / f"work-{slot}.fit.json"
    return load_experiment(file) if file.exists() else None


def press(qtbot: QtBot, window: MainWindow, choice: str) -> None:
    """Press a button of what stands there."""
    button = part(window, QPushButton, f"notice_{choice}")
    qtbot.waitUntil(button.isVisible)
    qtbot.mouseClick(button, LEFT)


def notice(window: MainWindow) -> str:
    """What stands there until it is not so any more; nothing where that is not in sight."""
    label = part(window, QLabel, "notice")
    return label.text() if label.isVisible() else ""


def test_an_edit_is_on_disk_within_a_second(
    qtbot: QtBot, folder: Path, start: Callable[[], Workspace]
) -> None:
    workspace = start()
    workspace.store.open(WORK)
    qtbot.waitUntil(lambda: on_disk(folder) == WORK, timeout=1000)
    workspace.store.change(seed=9)
    qtbot.waitUntil(lambda: on_disk(folder) == workspace.store.experiment, timeout=1000)
    workspace.store.undo_stack.undo()
    qtbot.waitUntil(lambda: on_disk(folder) == WORK, timeout=1000)


def test_edits_without_a_pause_are_written_all_the_same(
    qtbot: QtBot, folder: Path, start: Callable[[], Workspace]
) -> None:
    store = start().store
    edits = 0

    def edit_and_look() -> bool:
        nonlocal edits
        edits += 1
        store.add_points([edits], [edits])
        kept = on_disk(folder)
        return kept is not None and len(kept.points) > 5

    qtbot.waitUntil(edit_and_look, timeout=2000)


def test_what_was_last_done_is_written_when_the_program_ends(
    folder: Path, start: Callable[[], Workspace]
) -> None:
    workspace = start()
    workspace.store.open(WORK)
    workspace.store.add_points([1.0], [1.0])
    workspace.close()
    assert on_disk(folder) == workspace.store.experiment


def test_the_work_comes_back_at_the_next_start(folder: Path, start: Callable[[], Workspace]) -> None:
    first = start()
    first.store.open(WORK)
    first.close()
    second = start()
    assert second.store.experiment == WORK
    assert not second.store.undo_stack.canUndo()


def test_a_first_start_has_no_work_and_writes_none(folder: Path, start: Callable[[], Workspace]) -> None:
    workspace = start()
    assert workspace.store.experiment == Experiment()
    workspace.close()
    assert on_disk(folder) is None


def test_two_programs_at_once_keep_their_work_apart(folder: Path, start: Callable[[], Workspace]) -> None:
    works = [Experiment(LINE, Settings(seed=seed)) for seed in (1, 2)]
    pair = [start(), start()]
    for workspace, work in zip(pair, works, strict=True):
        workspace.store.open(work)
    for workspace in pair:
        workspace.close()
    assert [on_disk(folder, slot) for slot in (1, 2)] == works
    assert [start().store.experiment, start().store.experiment] == works


def test_a_program_that_was_killed_leaves_its_work_to_the_next(
    qtbot: QtBot, folder: Path, start: Callable[[], Workspace]
) -> None:
    folder.mkdir()
    save_experiment(WORK, folder / "work-1.fit.json")
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    (folder / "work-1.lock").write_text(f"{killed.pid}\npython\n{platform.node()}\n")
    assert start().store.experiment == WORK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b'{"format": "fitscope-experiment", "schema": 999}',
        b"0" * 10_000,
    ],
    ids=["empty", "cut off", "bytes", "a list", "of a newer version", "a long number"],
)
def test_work_that_cannot_be_read_is_put_aside_with_a_line_in_the_log(
    folder: Path, start: Callable[[], Workspace], caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    folder.mkdir()
    file = folder / "work-1.fit.json"
    file.write_bytes(content)
    workspace = start()
    assert workspace.store.experiment == Experiment()
    assert any("cannot be read" in record.getMessage() for record in caplog.records)
    workspace.store.open(WORK)
    workspace.close()
    assert on_disk(folder) == WORK
    kept = [other.read_bytes() for other in folder.glob("*work-1.fit.json") if other != file]
    assert content in kept


def test_work_that_no_plot_can_show_is_put_aside_too(folder: Path, start: Callable[[], Workspace]) -> None:
    folder.mkdir()
    save_experiment(Experiment(Points([[1.0, 2.0]], [3.0]), Settings()), folder / "work-1.fit.json")
    assert start().store.experiment == Experiment()


def test_a_folder_that_cannot_be_made_costs_the_autosave_and_nothing_else(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    workspace = Workspace(autosave=Autosave(tmp_path / "file" / "data"))
    workspace.store.open(WORK)
    workspace.close()
    assert "cannot be kept" in caplog.text


def test_more_programs_than_slots_are_told_that_their_work_is_not_kept(
    folder: Path, start: Callable[[], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "SLOTS", 2)
    start().store.open(WORK)
    assert not any(notice.warns for notice in start().notices.in_order())
    last = start()
    assert last.store.experiment == Experiment()  # and not what another window is at work on
    assert "too many windows" in last.notices.in_order()[0].say()


def test_a_folder_that_cannot_be_written_shows_the_work_and_says_that_it_is_not_kept(
    folder: Path, start: Callable[[], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    save_experiment(WORK, folder / "work-1.fit.json")

    def refuse(_slot: slots.Slot) -> bool:
        raise PermissionError(errno.EACCES, "")

    monkeypatch.setattr(slots.Slot, "take", refuse)
    workspace = start()
    assert workspace.store.experiment == WORK
    assert "you may not read or write there" in workspace.notices.in_order()[0].say()


def test_a_full_disk_costs_nothing_but_a_line_in_the_log(
    qtbot: QtBot,
    folder: Path,
    start: Callable[[], Workspace],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried = threading.Event()

    def refuse(_experiment: Experiment, _path: Path) -> None:
        tried.set()
        raise Problem("there is no room left")

    workspace = start()
    with monkeypatch.context() as full:
        full.setattr(autosave_module, "save_work", refuse)
        workspace.store.open(WORK)
        qtbot.waitUntil(tried.is_set, timeout=2000)
        qtbot.waitUntil(lambda: "no room left" in caplog.text)
    caplog.set_level(logging.INFO)
    workspace.close()
    assert on_disk(folder) == WORK


def test_what_is_drawn_in_the_window_is_there_in_the_next(qtbot: QtBot, folder: Path) -> None:
    with opened(qtbot, autosave=Autosave(folder)) as window:
        click(qtbot, window, 1.0, 2.0)
        click(qtbot, window, -1.0, 0.5)
        points = window.store.points
        assert len(points) == 2
    with opened(qtbot, autosave=Autosave(folder)) as window:
        assert window.store.points == points


def test_as_long_as_work_cannot_be_kept_that_is_said_and_then_it_is_kept_again(
    qtbot: QtBot, folder: Path
) -> None:
    with opened(qtbot, autosave=Autosave(folder)) as window:
        click(qtbot, window, 1.0, 2.0)
        qtbot.waitUntil(lambda: on_disk(folder) == window.store.experiment)
        assert not notice(window)
        shutil.rmtree(folder)
        folder.write_text("in the way")
        click(qtbot, window, -1.0, 0.5)
        qtbot.waitUntil(lambda: "not kept at the moment" in notice(window))
        assert f"in {folder}: a file is in the place of a folder." in notice(window)
        window.session.step()
        assert "not kept at the moment" in notice(window)  # whatever else is said
        qtbot.waitUntil(part(window, QPushButton, "notice_save").isVisible)
        folder.unlink()
        qtbot.waitUntil(lambda: not notice(window))
        assert on_disk(folder) == window.session.experiment()


def test_work_that_somebody_removed_is_written_again(
    qtbot: QtBot, folder: Path, start: Callable[[], Workspace]
) -> None:
    workspace = start()
    workspace.store.open(WORK)
    qtbot.waitUntil(lambda: on_disk(folder) == WORK)
    shutil.rmtree(folder)
    qtbot.waitUntil(lambda: on_disk(folder) == WORK)


def test_each_work_that_cannot_be_read_is_named_and_kept(
    folder: Path, start: Callable[[], Workspace]
) -> None:
    folder.mkdir()
    contents = [b"one", b"another"]
    for content in contents:
        (folder / "work-1.fit.json").write_bytes(content)
        workspace = start()
        (said,) = workspace.notices.in_order()
        workspace.close()
        assert "could not be shown" in said.say()
    kept = sorted(folder.glob("unread-*"))
    assert [file.read_bytes() for file in kept] == contents
    assert str(kept[-1]) in said.say()


def test_work_of_windows_that_are_gone_is_offered_to_take_up_or_to_discard(
    qtbot: QtBot, folder: Path
) -> None:
    folder.mkdir()
    works = [Experiment(Points(range(count), range(count)), Settings(seed=count)) for count in (5, 1200, 7)]
    for number, work in enumerate(works, 1):
        save_experiment(work, folder / f"work-{number}.fit.json")
    with opened(qtbot, autosave=Autosave(folder)) as window:
        assert window.store.experiment == works[0]
        qtbot.waitUntil(lambda: "1,200 points" in notice(window))
        assert f"{datetime.now():%Y-%m-}" in notice(window)
        press(qtbot, window, "take")
        qtbot.waitUntil(lambda: window.store.experiment == works[1])
        qtbot.waitUntil(lambda: not (folder / "work-2.fit.json").exists())
        assert on_disk(folder) == works[1]
        qtbot.waitUntil(lambda: "7 points" in notice(window))
        press(qtbot, window, "discard")
        qtbot.waitUntil(lambda: "5 points" in notice(window))  # what was shown at first
        press(qtbot, window, "discard")
        qtbot.waitUntil(lambda: len(list(folder.glob("discarded-*"))) == 2)
        qtbot.waitUntil(lambda: notice(window).endswith(f"{max(folder.glob('discarded-*'))}."))
        assert "can be opened as" in notice(window)
        press(qtbot, window, "read")
        assert not notice(window)
        window.store.undo_stack.undo()
        assert window.store.experiment == works[0]
    assert [file.name for file in folder.glob("work-*.fit.json")] == ["work-1.fit.json"]
    kept = [load_experiment(file) for file in folder.glob("discarded-*")]
    assert sorted(len(work.points) for work in kept) == [5, 7]


def second_press(button: QPushButton) -> None:
    """What a widget hears of a double click that began on another one, in whose place it is now."""
    at = QPointF(button.rect().center())
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, at, button.mapToGlobal(at), left, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(button, event)


def test_after_two_crashes_the_work_is_not_opened_but_offered(qtbot: QtBot, folder: Path) -> None:
    for _window in range(2):
        crashed = Autosave(folder)
        assert not crashed.starts_plain
        save_experiment(WORK, folder / "work-1.fit.json")
        assert crashed.slot is not None
        crashed.slot.release()  # as the system does for a window that is killed
    autosave = Autosave(folder)
    assert autosave.starts_plain
    with opened(qtbot, autosave=autosave) as window:
        assert window.store.experiment == Experiment()
        assert "started plain" in notice(window)
        strip = part(window, QPushButton, "notice_read").parentWidget()
        qtbot.waitUntil(part(window, QPushButton, "notice_next").isVisible)
        place = part(window, QPushButton, "notice_read").geometry().center()
        following = part(window, QPushButton, "notice_next").geometry()
        press(qtbot, window, "next")
        assert "5 points" in notice(window)
        qtbot.waitUntil(lambda: part(window, QPushButton, "notice_next").geometry() == following)
        press(qtbot, window, "next")
        assert "started plain" in notice(window)
        press(qtbot, window, "read")
        qtbot.waitUntil(lambda: "5 points" in notice(window))
        qtbot.waitUntil(lambda: strip.childAt(place) is part(window, QPushButton, "notice_take"))
        for button in ("take", "discard"):  # the second press of a double click on OK
            second_press(part(window, QPushButton, f"notice_{button}"))
        assert "5 points" in notice(window)
        press(qtbot, window, "take")
        qtbot.waitUntil(lambda: window.store.experiment == WORK)
        qtbot.waitUntil(lambda: not (folder / "work-1.fit.json").exists())
    again = Autosave(folder)
    assert not again.starts_plain
    again.close()


@pytest.mark.parametrize(
    "lock", [b"\0\xff\xfe", b"1\npython\n", None], ids=["bytes", "a living process", "a folder"]
)
def test_a_damaged_lock_hides_no_work(qtbot: QtBot, folder: Path, lock: bytes | None) -> None:
    folder.mkdir()
    save_experiment(WORK, folder / "work-1.fit.json")
    if lock is None:
        (folder / "work-1.lock").mkdir()
    else:
        (folder / "work-1.lock").write_bytes(lock)
    with opened(qtbot, autosave=Autosave(folder)) as window:
        if lock is None:
            qtbot.waitUntil(lambda: "5 points" in notice(window))
            press(qtbot, window, "take")
        qtbot.waitUntil(lambda: window.store.experiment == WORK)


def test_what_a_kill_in_the_middle_of_a_write_leaves_is_gone_at_the_next_start(
    folder: Path, start: Callable[[], Workspace]
) -> None:
    folder.mkdir()
    for number in (1, 2):
        part_of(folder / f"work-{number}.fit.json").write_bytes(b"{")
        (folder / f"work-{number}.lock").touch()
    workspace = start()
    workspace.close()  # after what its threads are about
    assert not list(folder.glob("*.part"))
    assert on_disk(folder) is None


def test_at_closing_work_that_cannot_be_kept_can_be_saved_elsewhere(
    qtbot: QtBot, folder: Path, tmp_path: Path
) -> None:
    with opened(qtbot, autosave=Autosave(folder)) as window:
        shutil.rmtree(folder)
        folder.write_text("in the way")
        click(qtbot, window, 1.0, 2.0)
        qtbot.waitUntil(lambda: bool(notice(window)))
        assert not window.close()
        assert "a file is in the place" in part(window, QLabel, "unkept_reason").text()
        qtbot.mouseClick(part(window, QPushButton, "unkept_save"), LEFT)
        qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None)
        part(window, QFileDialog, "file_dialog").reject()
        assert window.isVisible()
        assert not window.close()
        saves = [each for each in window.findChildren(QPushButton, "unkept_save") if each.isVisible()]
        qtbot.mouseClick(saves[-1], LEFT)
        qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(QFileDialog)))
        (dialog,) = (each for each in window.findChildren(QFileDialog) if each.isVisible())
        dialog.fileSelected.emit(str(tmp_path / "elsewhere.fit.json"))
        qtbot.waitUntil(lambda: window not in windows())  # it closes, as was asked for
    assert load_experiment(tmp_path / "elsewhere.fit.json").points.x.size == 1


def test_at_closing_work_that_cannot_be_kept_can_be_let_go(qtbot: QtBot, folder: Path) -> None:
    with opened(qtbot, autosave=Autosave(folder)) as window:
        shutil.rmtree(folder)
        folder.write_text("in the way")
        click(qtbot, window, 1.0, 2.0)
        qtbot.waitUntil(lambda: bool(notice(window)))
        assert not window.close()
        qtbot.mouseClick(part(window, QPushButton, "unkept_stay"), LEFT)
        assert window.isVisible()
        assert not window.close()
        shown = [each for each in window.findChildren(QPushButton, "unkept_close") if each.isVisible()]
        qtbot.mouseClick(shown[0], LEFT)
        assert window not in windows()
