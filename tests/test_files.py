"""Opening and saving as a person does it: dialogs, drops, the clipboard, and what is told about each."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core import whole_file
from core.experiment import Experiment, Points, Settings, Stretch, load_experiment, save_experiment
from core.tables import read_points
from gui import files as files_module
from gui.dialogs.import_dialog import ImportDialog
from gui.main_window import MainWindow
from gui.preferences import Preferences
from tests.windows import LINE, action, click, message, opened, part, pixel, plot_of, ready, snapshot, text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

OTHER = Experiment(
    Points([0.0, 1.0, 2.0], [5.0, 6.0, 7.5], "time", "height", "a lesson"),
    Settings(model="polynomial", optimizer="sgd", learning_rate=0.05, options={"sgd.momentum": 0.5}),
)
TABLE = "time;height\n1,5;2,5\n2,5;4,0\n3,5;5,5\n"
FAR = "year,price\n1990,120000\n2000,180000\n2010,260000\n"


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """An experiment that somebody saved."""
    file = tmp_path / "lesson.fit.json"
    save_experiment(OTHER, file)
    return file


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table as a spreadsheet with decimal commas writes it."""
    file = tmp_path / "height.csv"
    file.write_text(TABLE, "utf-8")
    return file


@pytest.fixture
def own_dialogs(qapp: QApplication) -> Iterator[None]:
    """Qt's own file dialog, which a test can use, in the place of the system's."""
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, True)
    yield
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, False)


def at_rest(qtbot: QtBot, window: MainWindow) -> None:
    """Wait for the disk, and for the run of what was opened."""
    qtbot.waitUntil(lambda: not window.workspace.disk.busy)
    ready(qtbot, window)


def accept_import(qtbot: QtBot, window: MainWindow) -> None:
    """Press "Use these points" in the dialog, as soon as it offers them."""
    qtbot.waitUntil(lambda: window.findChild(ImportDialog) is not None)
    dialog = part(window, ImportDialog, "import_dialog")
    button = part(dialog, QPushButton, "import_open")
    qtbot.waitUntil(button.isEnabled)
    before = window.store.experiment
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.store.experiment is not before)
    ready(qtbot, window)


def save(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.files.save_to(str(path))
    at_rest(qtbot, window)


# --- experiments -----------------------------------------------------------------------------------------


def test_an_experiment_is_opened_shown_and_can_be_undone(
    qtbot: QtBot, window: MainWindow, experiment: Path
) -> None:
    before = window.store.experiment
    window.open_path(str(experiment))
    at_rest(qtbot, window)
    assert window.store.experiment == OTHER
    assert text(window, "readout_points") == "3 points"
    assert text(window, "readout_source") == "a lesson"
    assert part(window, QWidget, "sgd.momentum").text() == "0.5"
    assert window.windowTitle() == "lesson.fit.json[*] – Fitscope"
    assert not window.isWindowModified()
    assert snapshot(window).step == 0
    qtbot.keyClick(plot_of(window), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.experiment is before
    assert window.windowTitle() == "Fitscope"
    ready(qtbot, window)


def test_an_experiment_that_is_opened_fills_the_view(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    far = tmp_path / "far.fit.json"
    save_experiment(Experiment(Points([5000.0, 5001.0], [-7.0, -7.5]), Settings()), far)
    window.open_path(str(far))
    at_rest(qtbot, window)
    (left, right), (low, high) = plot_of(window).view()
    assert 4999 < left < 5000 < 5001 < right < 5002
    assert -9 < low < -7.5 < -7 < high < -6


def test_what_is_saved_is_what_is_opened(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "work.fit.json"
    window.store.change(loss="huber", seed=4)
    save(qtbot, window, file)
    assert message(window) == "Saved as work.fit.json."
    assert load_experiment(file) == window.store.experiment
    assert window.windowTitle().startswith("work.fit.json")
    assert not window.isWindowModified()
    click(qtbot, window, 0.5, 0.5)
    assert window.isWindowModified()
    qtbot.keyClick(plot_of(window), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    at_rest(qtbot, window)
    assert not window.isWindowModified()
    assert load_experiment(file) == window.store.experiment


RUN = Experiment(LINE, Settings(), (Stretch(7, LINE, Settings(learning_rate=0.5)),))


def test_the_changes_of_a_run_that_was_opened_are_saved_again_until_something_is_edited(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    file, again = tmp_path / "run.fit.json", tmp_path / "again.fit.json"
    save_experiment(RUN, file)
    window.open_path(str(file))
    at_rest(qtbot, window)
    assert not window.isWindowModified()
    save(qtbot, window, again)
    assert load_experiment(again) == RUN
    window.store.change(loss="mae")
    assert window.isWindowModified()
    assert not window.store.experiment.earlier
    window.store.undo_stack.undo()
    assert not window.isWindowModified()
    assert window.store.experiment == RUN
    ready(qtbot, window)


def test_changes_that_take_too_much_room_are_left_out_and_that_is_told(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.store.open(RUN)
    ready(qtbot, window)
    file = tmp_path / "run.fit.json"
    save_experiment(Experiment(LINE), file)
    monkeypatch.setattr(whole_file, "LARGEST_FILE", file.stat().st_size + 20)
    save(qtbot, window, file)
    assert load_experiment(file) == Experiment(LINE)
    assert message(window).startswith("Saved as run.fit.json, without the changes made during the run")
    assert not window.isWindowModified()


def test_work_that_changed_while_it_was_saved_is_still_marked_as_changed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = threading.Event()

    def save_slowly(work: Experiment, path: str) -> None:
        assert door.wait(10)
        save_experiment(work, path)

    monkeypatch.setattr(files_module, "save_experiment", save_slowly)
    saved = window.store.experiment
    window.files.save_to(str(tmp_path / "work.fit.json"))
    click(qtbot, window, 0.5, 0.5)
    door.set()
    at_rest(qtbot, window)
    assert load_experiment(tmp_path / "work.fit.json") == saved
    assert window.isWindowModified()


def test_saving_twice_to_different_places_writes_both(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "one.fit.json", tmp_path / "two.fit.json"]
    for file in files:
        window.files.save_to(str(file))
    window.files.save_points_to(str(tmp_path / "three.csv"))
    at_rest(qtbot, window)
    assert [load_experiment(file) for file in files] == [window.store.experiment] * 2
    assert read_points(tmp_path / "three.csv").points == window.store.points


def test_a_window_that_closes_finishes_what_it_was_asked_to_save(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    for number in range(3):
        window.files.save_to(str(tmp_path / f"{number}.fit.json"))
    window.close()
    for number in range(3):
        assert load_experiment(tmp_path / f"{number}.fit.json") == window.store.experiment


def test_a_new_start_forgets_the_file_so_that_saving_cannot_overwrite_it(
    qtbot: QtBot, window: MainWindow, experiment: Path, own_dialogs: None
) -> None:
    window.open_path(str(experiment))
    at_rest(qtbot, window)
    action(window, "new").trigger()
    assert window.windowTitle() == "Fitscope"
    assert not len(window.store.points)
    action(window, "save").trigger()
    file_dialog(qtbot, window).reject()
    assert load_experiment(experiment) == OTHER


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not valid JSON"),
        (b'{"format": "fitscope-experiment", "schema": 999}', "newer"),
        (b"", "lesson.fit.json"),
        (None, "could not be opened"),
    ],
    ids=["cut off", "newer", "empty", "missing"],
)
def test_an_experiment_that_cannot_be_opened_is_told_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, experiment: Path, content: bytes | None, words: str
) -> None:
    before = window.store.experiment
    if content is None:
        experiment.unlink()
    else:
        experiment.write_bytes(content)
    window.open_path(str(experiment))
    at_rest(qtbot, window)
    assert words in message(window)
    assert window.store.experiment is before
    assert window.windowTitle() == "Fitscope"
    assert Preferences().recent() == []


def test_an_experiment_that_no_plot_can_show_is_told_and_is_not_opened(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "wide.fit.json"
    save_experiment(Experiment(Points([[1.0, 2.0], [2.0, 1.0]], [3.0, 4.0]), Settings()), file)
    before = window.store.experiment
    window.open_path(str(file))
    at_rest(qtbot, window)
    assert "2 columns of x" in message(window)
    assert window.store.experiment is before
    assert window.windowTitle() == "Fitscope"


def test_an_ending_in_capitals_is_an_experiment_too(
    qtbot: QtBot, window: MainWindow, experiment: Path
) -> None:
    loud = experiment.rename(experiment.with_name("LESSON.FIT.JSON"))
    window.open_path(str(loud))
    at_rest(qtbot, window)
    assert window.store.experiment == OTHER


def test_a_place_that_cannot_be_written_is_told(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    save(qtbot, window, tmp_path / "nowhere" / "work.fit.json")
    assert "could not be saved" in message(window)
    window.files.save_points_to(str(tmp_path / "nowhere" / "points.csv"))
    at_rest(qtbot, window)
    assert "could not be saved" in message(window)
    assert window.windowTitle() == "Fitscope"


def test_a_fault_of_ours_is_for_the_log_and_no_sentence(
    qtbot: QtBot, window: MainWindow, experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: str) -> Experiment:
        raise KeyError("weights")

    monkeypatch.setattr(files_module, "load_experiment", fail)
    with qtbot.capture_exceptions() as raised:
        window.open_path(str(experiment))
        at_rest(qtbot, window)
    assert [kind for kind, _error, _trace in raised] == [KeyError]
    assert "weights" not in message(window)


# --- tables ----------------------------------------------------------------------------------------------


def test_a_table_is_read_as_its_dialog_proposes(qtbot: QtBot, window: MainWindow, table: Path) -> None:
    settings = window.store.settings
    window.open_path(str(table))
    accept_import(qtbot, window)
    points = window.store.points
    assert (points.x_name, points.y_name) == ("time", "height")
    assert points.x[:, 0].tolist() == [1.5, 2.5, 3.5]
    assert points.y.tolist() == [2.5, 4.0, 5.5]
    assert window.store.settings == settings
    assert "3" in message(window)
    (left, right), _heights = plot_of(window).view()
    assert 0.5 < left < 1.5 < 3.5 < right < 4.5


def test_dates_stand_on_the_axis_stay_in_the_experiment_and_go_with_the_points(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    table = tmp_path / "weather.csv"
    table.write_text("Tag;Temperatur\n1.3.2024;4,5\n15.3.2024;8,5\n1.4.2024;12,0\n", "utf-8")
    axis = plot_of(window).axes["bottom"]
    window.open_path(str(table))
    accept_import(qtbot, window)
    dated = window.store.points
    assert (dated.x[:, 0].tolist(), dated.x_time) == ([0.0, 14.0, 31.0], "days since 2024-03-01")
    assert "Tag" in axis.name
    assert "2024-03-01" in axis.name
    labels = [label for _x, label in axis.ticks()]
    assert any(label.startswith("Mar ") for label in labels)
    assert any(label.startswith("Apr ") for label in labels)
    window.store.add_points([40.0], [13.0])
    assert window.store.points.x_time == dated.x_time
    save(qtbot, window, tmp_path / "weather.fit.json")
    action(window, "clear").trigger()
    assert axis.name == "x"
    assert not any(label.startswith("Mar ") for _x, label in axis.ticks())
    window.open_path(str(tmp_path / "weather.fit.json"))
    at_rest(qtbot, window)
    assert window.store.points == dated.added([40.0], [13.0])
    assert any(label.startswith("Apr ") for _x, label in axis.ticks())


def test_a_dialog_that_is_cancelled_changes_nothing(qtbot: QtBot, window: MainWindow, table: Path) -> None:
    before = window.store.experiment
    window.open_path(str(table))
    dialog = part(window, ImportDialog, "import_dialog")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert window.store.experiment is before
    assert Preferences().recent() == []


def test_numbers_far_from_one_propose_to_standardise(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(FAR)
    window.open_path(str(file))
    accept_import(qtbot, window)
    button = part(window, QPushButton, "message_action")
    assert button.isVisible()
    assert button.text() == "Standardise"
    assert not window.store.settings.standardise
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.store.settings.standardise
    assert not button.isVisible()
    ready(qtbot, window)
    assert window.store.undo_stack.count() == 2


def test_numbers_near_one_propose_nothing(qtbot: QtBot, window: MainWindow, table: Path) -> None:
    window.open_path(str(table))
    accept_import(qtbot, window)
    assert not part(window, QPushButton, "message_action").isVisible()


def test_points_are_saved_as_a_table_that_reads_back(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "points.csv"
    window.files.save_points_to(str(file))
    at_rest(qtbot, window)
    assert message(window) == "Saved as points.csv."
    assert read_points(file).points == LINE
    assert window.windowTitle() == "Fitscope"  # it is not the experiment's file


# --- the clipboard ---------------------------------------------------------------------------------------


def paste(qtbot: QtBot, window: MainWindow, content: str) -> None:
    QGuiApplication.clipboard().setText(content)
    qtbot.keyClick(plot_of(window), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_two_columns_are_pasted_from_a_spreadsheet(qtbot: QtBot, window: MainWindow) -> None:
    paste(qtbot, window, "1\t2\n2\t3.5\n3\t5\n")
    accept_import(qtbot, window)
    assert np.column_stack((window.store.points.x, window.store.points.y)).tolist() == [
        [1, 2],
        [2, 3.5],
        [3, 5],
    ]
    assert Preferences().recent() == []


@pytest.mark.parametrize("content", ["", " \n\t "])
def test_an_empty_clipboard_is_told(qtbot: QtBot, window: MainWindow, content: str) -> None:
    paste(qtbot, window, content)
    assert message(window).startswith("There is no text to paste")
    assert window.findChild(ImportDialog) is None


# --- drops -----------------------------------------------------------------------------------------------

PLACES = ["fit_plot", "loss_plot", "panel", "message", "model", "run_bar"]


def drop(target: QWidget, *urls: QUrl) -> bool:
    """Drop files on a part of the window; whether it would have them."""
    content = QMimeData()
    content.setUrls(urls)
    at = target.rect().center()
    copy, left, no_key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, content, left, no_key)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    window = target.window()
    here = QPointF(target.mapTo(window, QPoint(at)))
    QApplication.sendEvent(window, QDropEvent(here, copy, content, left, no_key))
    return True


@pytest.mark.parametrize("place", PLACES)
def test_a_file_may_be_dropped_anywhere_on_the_window(
    qtbot: QtBot, window: MainWindow, experiment: Path, place: str
) -> None:
    target = part(window, QWidget, place)
    viewport = getattr(target, "viewport", None)
    assert drop(viewport() if viewport else target, QUrl.fromLocalFile(str(experiment)))
    at_rest(qtbot, window)
    assert window.store.experiment == OTHER


def test_what_is_no_file_is_no_drop(qtbot: QtBot, window: MainWindow) -> None:
    before = window.store.experiment
    drop(window, QUrl("https://example.org/data.csv"))
    assert window.store.experiment is before
    assert window.findChild(ImportDialog) is None


# --- files opened last -----------------------------------------------------------------------------------


def recent(window: MainWindow) -> list[str]:
    """What the menu of the files opened last offers."""
    menu = part(window, QMenu, "menu_recent")
    menu.aboutToShow.emit()
    return [entry.text() for entry in menu.actions() if entry.text() and "Forget" not in entry.text()]


def test_files_opened_and_saved_are_offered_again(
    qtbot: QtBot, window: MainWindow, experiment: Path, table: Path, tmp_path: Path
) -> None:
    assert recent(window) == []
    window.open_path(str(experiment))
    at_rest(qtbot, window)
    window.open_path(str(table))
    accept_import(qtbot, window)
    save(qtbot, window, tmp_path / "R&D.fit.json")
    assert recent(window) == ["R&&D.fit.json", "height.csv", "lesson.fit.json"]
    menu = part(window, QMenu, "menu_recent")
    menu.actions()[2].trigger()
    at_rest(qtbot, window)
    assert window.store.experiment == OTHER
    next(entry for entry in menu.actions() if "Forget" in entry.text()).trigger()
    assert recent(window) == []


def test_a_file_that_has_gone_is_told(qtbot: QtBot, window: MainWindow, table: Path) -> None:
    window.open_path(str(table))
    accept_import(qtbot, window)
    table.unlink()
    menu = part(window, QMenu, "menu_recent")
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    dialog = window.findChildren(ImportDialog)[-1]
    button = part(dialog, QPushButton, "import_open")
    qtbot.waitUntil(lambda: "height.csv" in button.toolTip())
    assert not button.isEnabled()
    dialog.reject()


# --- file dialogs ----------------------------------------------------------------------------------------


def file_dialog(qtbot: QtBot, window: MainWindow) -> QFileDialog:
    """The dialog that asks for a file, as soon as it is there."""
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None)
    return part(window, QFileDialog, "file_dialog")


def answer(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    """Write a name into the dialog, and press Enter."""
    dialog = file_dialog(qtbot, window)
    line = part(dialog, QLineEdit, "fileNameEdit")
    line.setText(str(path))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_open_asks_for_a_file(qtbot: QtBot, window: MainWindow, experiment: Path, own_dialogs: None) -> None:
    qtbot.keyClick(plot_of(window), Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    answer(qtbot, window, experiment)
    at_rest(qtbot, window)
    assert window.store.experiment == OTHER
    assert Preferences().get("folder", "") == str(experiment.parent)


def test_save_asks_where_the_first_time_and_adds_the_ending(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, own_dialogs: None
) -> None:
    qtbot.keyClick(plot_of(window), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    answer(qtbot, window, tmp_path / "work")
    at_rest(qtbot, window)
    content = json.loads((tmp_path / "work.fit.json").read_text())
    assert content["format"] == "fitscope-experiment"
    assert window.workspace.open_file.path == str(tmp_path / "work.fit.json")


def test_save_points_adds_the_ending(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, own_dialogs: None
) -> None:
    action(window, "save_points").trigger()
    answer(qtbot, window, tmp_path / "points")
    at_rest(qtbot, window)
    assert read_points(tmp_path / "points.csv").points == LINE


@pytest.mark.parametrize(
    ("name", "asked", "taken"),
    [("save_as", "work", "work.fit.json"), ("save_points", "points", "points.csv")],
)
def test_a_name_that_is_taken_is_asked_about_also_without_its_ending(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    own_dialogs: None,
    later: Callable[[Callable[[], bool]], None],
    name: str,
    asked: str,
    taken: str,
) -> None:
    (tmp_path / taken).write_text("dear to somebody")
    action(window, name).trigger()
    dialog = file_dialog(qtbot, window)
    line = part(dialog, QLineEdit, "fileNameEdit")
    line.setText(str(tmp_path / asked))
    questions: list[str] = []

    def refuse() -> bool:
        box = QApplication.activeModalWidget()
        if box is None or box is dialog:
            return False
        questions.append(box.text())
        box.reject()
        return True

    later(refuse)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    (question,) = questions
    assert taken in question
    dialog.reject()
    assert (tmp_path / taken).read_text() == "dear to somebody"


def test_a_taken_name_that_the_dialog_did_not_ask_about_is_not_overwritten(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, own_dialogs: None
) -> None:
    taken = tmp_path / "my.work.fit.json"
    taken.write_text("dear to somebody")
    action(window, "save_as").trigger()
    answer(qtbot, window, tmp_path / "my.work")
    at_rest(qtbot, window)
    assert taken.name in message(window)
    assert taken.read_text() == "dear to somebody"


@pytest.fixture
def later(qapp: QApplication) -> Iterator[Callable[[Callable[[], bool]], None]]:
    """Tries something again and again, while a question holds up the test, until it says that it is done."""
    from PySide6.QtCore import QTimer

    timer = QTimer()

    def begin(attempt: Callable[[], bool]) -> None:
        timer.timeout.connect(lambda: timer.stop() if attempt() else None)
        timer.start(5)

    yield begin
    timer.stop()


def test_a_look_that_changes_while_a_file_is_opened_disturbs_nothing(
    qtbot: QtBot, window: MainWindow, experiment: Path
) -> None:
    window.open_path(str(experiment))
    window.look_changed.emit()
    qtbot.waitUntil(lambda: not window.workspace.disk.busy)
    new = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible())
    at_rest(qtbot, new)
    assert new.store.experiment == OTHER
    assert new.windowTitle().startswith("lesson.fit.json")
    assert pixel(new, 0.0, 5.0).x() >= 0
