"""The program as a process: it paints before it loads PyTorch, and ends well however it is ended."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Points, Settings, load_experiment, save_experiment
from core.texts import language
from gui import app as app_module
from gui.app import create_app, create_window
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.theme import Theme
from tests.windows import LINE, action, message, opened, windows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

ROOT = Path(__file__).resolve().parent.parent
LONG = 40  # seconds for a program to start on a busy machine
SOON = 3  # seconds for a program to end there; on an idle one it takes less than one
WORK = Experiment(LINE, Settings(epochs=None, learning_rate=1e-5))

# Goes before main.py: it tells on standard output, or in the log, what the window does.
HOOK = """
import logging, sys
import main
from gui.main_window import MainWindow

def tell(word):
    logging.warning("HOOK %s", word)
    if sys.stdout:
        print(word, flush=True)

class Told(MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        if not hasattr(self, "told"):
            self.told = True
            heavy = [name for name in ("torch", "pandas", "python_calamine") if name in sys.modules]
            tell("painted with " + (" ".join(heavy) or "nothing"))
            self.after_painting()

    def after_painting(self):
        ACTION

import gui.app
gui.app.MainWindow = Told
main.start()
"""
RUN = """
        self.session.snapshot_changed.connect(self.edit)
        self.session.run()

    def edit(self, snapshot):
        if snapshot.step and not hasattr(self, "edited"):
            self.edited = True
            self.store.add_points([7.0], [7.0])
            tell("training")
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a person who left some work there."""
    folder = tmp_path / "data"
    folder.mkdir()
    save_experiment(WORK, folder / "work-1.fit.json")
    return folder


@contextmanager
def program(data: Path, does: str = "pass", *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The program with its window, in a process of its own; it is ended at the latest with the test."""
    running = subprocess.Popen(
        [sys.executable, "-c", HOOK.replace("ACTION", does.strip()), *arguments],
        cwd=ROOT,
        env={**os.environ, "FITSCOPE_DATA": str(data), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = threading.Timer(LONG, running.kill)
    watch.start()
    try:
        yield running
    finally:
        watch.cancel()
        running.kill()
        running.communicate()
        watch.join()


def hears(running: subprocess.Popen[str], word: str) -> str:
    """Wait until the program says a line that begins so; the whole line."""
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith(word):
            return line.strip()
    raise AssertionError(f"the program never said {word!r}")


def end(running: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> str:
    """Send a signal, and see that the program ends well and soon; what it complained of."""
    start = time.monotonic()
    running.send_signal(number)
    _said, complaints = running.communicate(timeout=LONG)
    assert running.returncode == 0
    assert time.monotonic() - start < SOON
    return complaints


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_mid_run_ends_the_program_well_and_keeps_the_work(
    data: Path, number: signal.Signals
) -> None:
    with program(data, RUN) as running:
        hears(running, "training")
        complaints = end(running, number)
    assert complaints == ""
    assert load_experiment(data / "work-1.fit.json").points == LINE.added([7.0], [7.0])
    assert "Traceback" not in (data / "fitscope.log").read_text("utf-8")


@pytest.mark.parametrize("scale", ["1", "2"])
def test_the_first_window_and_its_title_have_room_on_the_screen(data: Path, scale: str) -> None:
    does = """
        room, has = self.screen().availableGeometry(), self.frameGeometry()
        tell(f"room {room.width() - self.width()} {room.height() - self.height()} {room.contains(has)}")
    """
    with program(data, does, "--scale", scale) as running:
        _room, beside, below, inside = hears(running, "room").split()
        assert int(beside) >= 8  # a desktop draws its frames at a scale of its own
        assert int(below) >= 40
        assert inside == "True"
        end(running)


def test_a_signal_while_pytorch_loads_ends_the_program_well(data: Path) -> None:
    with program(data) as running:
        hears(running, "painted")
        complaints = end(running)
    assert complaints == ""
    assert load_experiment(data / "work-1.fit.json") == WORK


def test_the_window_is_painted_before_pytorch_and_pandas_are_imported(data: Path) -> None:
    with program(data) as running:
        assert hears(running, "painted") == "painted with nothing"


def test_without_standard_streams_it_works_and_logs(data: Path) -> None:
    does = RUN.replace('tell("training")', 'tell("training"); self.close()')
    status = subprocess.run(
        [
            "sh",
            "-c",
            'exec "$0" "$@" <&- >&- 2>&-',
            sys.executable,
            "-c",
            HOOK.replace("ACTION", does.strip()),
        ],
        cwd=ROOT,
        env={**os.environ, "FITSCOPE_DATA": str(data), "QT_QPA_PLATFORM": "offscreen"},
        timeout=LONG,
    ).returncode
    log = (data / "fitscope.log").read_text("utf-8")
    assert status == 0
    assert "HOOK training" in log
    assert "Traceback" not in log
    assert load_experiment(data / "work-1.fit.json").points == LINE.added([7.0], [7.0])


def test_the_experiment_on_the_command_line_is_opened(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "lesson.fit.json"
    save_experiment(Experiment(Points([1.0], [2.0]), Settings(seed=3)), file)
    does = """
        self.store.points_changed.connect(lambda points: tell(f"points: {len(points)}"))
        tell(f"points: {len(self.store.points)}")
    """
    with program(data, does, str(file)) as running:
        hears(running, "points: 1")
        end(running)


def test_a_fault_of_the_program_is_logged_and_told_in_one_dialog_and_the_window_stays(data: Path) -> None:
    does = """
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
        self.fails = QTimer(self, interval=1, timeout=lambda: 1 / 0)
        self.fails.start()
        names = lambda: [each.objectName() for each in QApplication.topLevelWidgets()]
        QTimer.singleShot(300, lambda: tell(f"dialogs {names().count('fault_dialog')}"))
    """
    with program(data, does) as running:
        assert hears(running, "dialogs") == "dialogs 1"
        end(running)
    assert (data / "fitscope.log").read_text("utf-8").count("ZeroDivisionError: division by zero") == 1


# --- in this process -------------------------------------------------------------------------------------


def test_there_is_one_application(qapp: QApplication) -> None:
    assert create_app([]) is qapp
    assert create_app(["fitscope", "--style", "windows"]) is qapp


APPLICATION = """
import gc, sys
from gui.app import create_app
app = create_app(["fitscope"])
assert create_app([]) is app
assert app.applicationName() == "fitscope"
assert app.style().objectName() == "fusion"
assert not app.windowIcon().isNull()
assert not gc.isenabled()
from gui.app import create_window
window = create_window()
window.show()
app.processEvents()
assert window.store.points.y.size == 0
assert window.session.snapshot is None
window.close()
print("done")
"""


def test_the_application_is_made_with_its_name_style_and_icon(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", APPLICATION],
        cwd=ROOT,
        env={**os.environ, "FITSCOPE_DATA": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=LONG,
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


def test_a_window_has_a_store_and_a_session_and_keeps_nothing_on_disk(qtbot: QtBot, person: Path) -> None:
    window = create_window()
    assert isinstance(window, MainWindow)
    assert len(window.store.points) == 0
    assert window.store.settings == Settings()
    assert window.session.snapshot is None
    window.store.add_points([1.0], [1.0])
    window.close()
    window.workspace.close()
    window.deleteLater()
    assert not list(person.rglob("work-*"))


def test_two_windows_have_nothing_to_do_with_each_other(qtbot: QtBot) -> None:
    with opened(qtbot) as one, opened(qtbot, Points()) as other:
        one.store.change(seed=5)
        assert other.store.settings.seed == 0
        assert len(one.store.points) == 5
        assert len(other.store.points) == 0
        action(one, "run").trigger()
        assert not other.session.running


@pytest.mark.parametrize(
    ("chosen", "dark", "scale"),
    [
        ({"theme": "dark", "scale": "1.5"}, True, 1.5),
        ({"theme": "light", "scale": "3"}, False, 3.0),
        ({"theme": "light", "scale": "100"}, False, 3.0),
        ({"theme": "light", "scale": "-1"}, False, 1.0),
        ({"theme": "light", "scale": "nan"}, False, 1.0),
        ({"theme": "light", "scale": "large"}, False, 1.0),
    ],
)
def test_a_window_has_the_look_that_was_chosen(
    qtbot: QtBot, chosen: dict[str, str], dark: bool, scale: float
) -> None:
    for key, value in chosen.items():
        Preferences().put(key, value)
    with opened(qtbot) as window:
        assert window._theme == Theme(dark=dark, scale=scale)


@pytest.mark.parametrize("chosen", ["zh_CN", "en"])
def test_the_language_of_the_preferences_goes_before_that_of_the_system(
    person: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8" if chosen == "zh_CN" else "zh_CN.UTF-8")
    Preferences().put("language", chosen)
    app_module._choose_language(Preferences())
    assert language() == chosen
    app_module._choose_language(Preferences({"language": "en"}))  # of the command line
    assert language() == "en"
    assert Preferences().get("language", "") == chosen


def test_the_language_of_the_system_counts_where_nothing_was_chosen(
    person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    app_module._choose_language(Preferences())
    assert language() == "zh_CN"


def test_qt_speaks_chinese_too(qtbot: QtBot) -> None:
    app_module._speak_qt("zh_CN")
    try:
        assert not QApplication.translate("QPlatformTheme", "Cancel").isascii()
    finally:
        app_module._speak_qt("en")
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert QApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_windows_that_went_leave_nothing_in_memory(qtbot: QtBot) -> None:
    with opened(qtbot) as window:
        for _look in range(3):
            windows()[0].look_changed.emit()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert len([w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]) == 1
        del window
        gc.collect()
        alive = [thing for thing in gc.get_objects() if type(thing) is MainWindow]
        assert len(alive) <= 2
        assert message(windows()[0])
