"""Starts Qt and the window, and sees to it that the program ends well."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QEventLoop,
    QLibraryInfo,
    QLocale,
    QObject,
    QPoint,
    QSize,
    QSocketNotifier,
    Qt,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from core.experiment import Experiment
from core.file_names import readable
from core.log import LOG_NAME, data_folder
from core.problem import Problem
from core.texts import _, language, system_language, use_language
from core.training import Snapshot
from core.training.history import History
from gui.autosave import Autosave
from gui.collector import Collector
from gui.faults import Faults
from gui.freeze_watch import FreezeWatch
from gui.heaps import share_heaps
from gui.main_window import MainWindow
from gui.picture import fit_picture, open_any, save_picture
from gui.preferences import Preferences
from gui.qt_start import PLATFORM, log_qt, start_qt
from gui.run_builder import Return, go_through
from gui.screen_room import FRAME
from gui.theme import RESOURCES, Theme, add_fonts, system_is_dark
from gui.workspace import Workspace

NAME = "fitscope"
PLAIN = {"mode": "simple"}  # what a window begins with after crashes
BESIDE = 40  # pixels, between the windows of two programs: the bar of the one behind is seen


def create_app(argv: Sequence[str]) -> QApplication:
    """The one QApplication, with fonts, style and a garbage collector that runs in its thread."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    share_heaps()
    app = start_qt(lambda: QApplication(list(argv) or [NAME]))
    app.setApplicationName(NAME)
    app.setApplicationDisplayName("Fitscope")
    app.setDesktopFileName(NAME)
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(RESOURCES / "icons" / "fitscope.svg")))
    add_fonts()
    Collector(app)
    return app


def create_window(
    experiment: Experiment | None = None,
    autosave: Autosave | None = None,
    theme: Theme | None = None,
    preferences: Preferences | None = None,
) -> MainWindow:
    """A window upon a workspace of its own; with `autosave` its work is restored and kept."""
    workspace = Workspace(experiment, autosave, preferences)
    for collector in create_app([NAME]).findChildren(Collector):
        workspace.session.devices_found.connect(collector.start)
    return _window_upon(workspace, theme or _chosen_theme(workspace.preferences))


def run_window(arguments: argparse.Namespace) -> int:
    """Show the window until it is closed; the exit status."""
    if arguments.file and not arguments.file.exists():
        raise Problem(_("There is no file {file}; check its name.").format(file=readable(arguments.file)))
    app = create_app([NAME])
    qInstallMessageHandler(log_qt)
    autosave = Autosave(data_folder())
    plain = PLAIN if autosave.starts_plain else {}
    preferences = Preferences(plain | _look_asked_for(arguments))
    _choose_language(preferences)
    window = create_window(autosave=autosave, preferences=preferences)
    window.workspace.ends_process = True
    faults, signals = Faults(), _Signals(app)
    if preferences.bytes("geometry").isEmpty():
        _keep_on_screen(window, QSize(*FRAME))
    if autosave.beside_others:
        _set_beside(window, BESIDE)
    window.show()
    if arguments.file:
        window.open_path(str(arguments.file), arguments.reading)
    watch = FreezeWatch(data_folder() / LOG_NAME, app)
    workspace = window.workspace
    status = app.exec()
    while not workspace.finish_writing():
        again = _window_upon(workspace, _chosen_theme(preferences))
        again.show()
        again.close()  # which asks first
        status = app.exec()
    workspace.close()
    watch.stop()
    signals.close()
    faults.close()
    return status


def run_screenshot(arguments: argparse.Namespace) -> int:
    """Draw the window upon a file, after some steps, into a picture; the exit status."""
    from core.training import Trainer

    os.environ[PLATFORM] = "offscreen"
    app = create_app([NAME])
    qInstallMessageHandler(log_qt)
    usual = {"theme": "light", "scale": "1", "mode": "simple"}
    preferences = Preferences(usual | _look_asked_for(arguments))
    _choose_language(preferences)
    window = create_window(open_any(arguments.file, arguments.reading), preferences=preferences)
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(*arguments.size)
    window.show()
    try:
        session = window.session
        experiment = window.store.experiment
        trainer = Trainer(experiment.points, experiment.settings, experiment.earlier)
        if arguments.steps is None and experiment.step:
            go_through(trainer, Return(experiment.step), lambda: False)
        session.adopt(trainer)
        session.set_speed(None)
        if arguments.steps:
            session.step(arguments.steps)
        workspace = window.workspace
        while session.running or workspace.busy:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        app.processEvents()
        save_picture(window.grab(), arguments.output)
    finally:
        window.close()
    return 0


def draw_fit(experiment: Experiment, snapshot: Snapshot, history: History, path: Path) -> None:
    """Draw the fit and the loss of a run into the picture `path`; raises Problem if it cannot be written."""
    os.environ[PLATFORM] = "offscreen"
    create_app([NAME])
    qInstallMessageHandler(log_qt)
    save_picture(fit_picture(experiment, snapshot, history), path)


def _window_upon(workspace: Workspace, theme: Theme) -> MainWindow:
    _speak_qt(language())
    QApplication.setPalette(theme.palette())
    QApplication.setFont(theme.font())
    window = MainWindow(workspace, theme)
    for collector in create_app([NAME]).findChildren(Collector):
        collector.watch(window)
    window.look_changed.connect(lambda: _replace(window))
    return window


def _keep_on_screen(window: QWidget, frame: QSize) -> None:
    """Make a new window so small that it and its frame have room on the screen, and set it amid it."""
    screen = window.screen().availableGeometry()
    window.resize(window.size().boundedTo(screen.size() - frame))
    left = (screen.size() - frame - window.size()).expandedTo(QSize(0, 0)) / 2
    window.move(screen.topLeft() + QPoint(left.width(), left.height()))


def _set_beside(window: QWidget, by: int) -> None:
    """Set a new window so many pixels down and to the right of where another one may stand, on the screen.

    With its frame, which it has once it is shown.
    """
    window.move(window.pos() + QPoint(by, by))
    room = window.screen().availableGeometry().bottomRight() - window.pos() - QPoint(*FRAME)
    window.resize(window.size().boundedTo(QSize(room.x(), room.y())))


def _replace(old: MainWindow) -> None:
    """Another window in the place of `old`, with the look that the preferences ask for."""
    workspace = old.workspace
    _choose_language(workspace.preferences)
    old.hand_over()
    window = _window_upon(workspace, _chosen_theme(workspace.preferences))
    window.restoreGeometry(old.saveGeometry())
    window.show()
    old.close()


def _chosen_theme(preferences: Preferences) -> Theme:
    """The theme that the person chose, or that the system has."""
    chosen = preferences.get("theme", "")
    try:
        scale = min(3.0, max(1.0, float(preferences.get("scale", "1"))))
    except ValueError:
        scale = 1.0
    return Theme(dark=chosen == "dark" or (not chosen and system_is_dark()), scale=scale)


def _choose_language(preferences: Preferences) -> None:
    """The language that was chosen, or that of the system."""
    use_language(preferences.get("language", "") or _desktop_language())


def _look_asked_for(arguments: argparse.Namespace) -> dict[str, str]:
    """The language, theme and size of the command line, as preferences."""
    asked = {key: getattr(arguments, key) for key in ("language", "theme", "scale", "mode")}
    return {key: f"{value:g}" if key == "scale" else str(value) for key, value in asked.items() if value}


def _desktop_language() -> str:
    """The language of the desktop; on macOS and Windows Qt knows it where the environment does not."""
    if sys.platform in ("darwin", "win32"):
        return "zh_CN" if QLocale.system().name().startswith("zh") else "en"
    return system_language()


def _speak_qt(code: str) -> None:
    """Let Qt's own dialogs speak the language `code` too."""
    app = QApplication.instance()
    assert app is not None
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if code != "en" and translator.load(QLocale(code), "qtbase", "_", folder):
        app.installTranslator(translator)


class _Signals(QObject):
    """Ends the program on Ctrl-C and SIGTERM as if its window had been closed.

    Python runs a handler only when the interpreter runs, so Qt is woken by a socket.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._read, self._write = socket.socketpair()
        self._write.setblocking(False)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._old = {s: signal.signal(s, lambda *_: None) for s in (signal.SIGINT, signal.SIGTERM)}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def _woken(self) -> None:
        if set(self._read.recv(64)) & {int(s) for s in self._old}:
            QApplication.closeAllWindows()

    def close(self) -> None:
        """Back to what was."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()
