"""Opening and saving: dialogs, drops, the clipboard, and reading in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from core.experiment import Experiment, load_experiment, save_experiment
from core.file_names import allowed_name, shown_name
from core.problem import Problem
from core.reading_options import is_experiment
from core.tables.reading import Reading
from core.texts import _
from gui.reading import Reader
from gui.theme import Theme
from gui.workspace import Workspace

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from core.export import Program
    from core.tables import ReadPoints
    from gui.dialogs.import_dialog import ImportDialog

EXPERIMENT = ".fit.json"
SCRIPT, NOTEBOOK = ".py", ".ipynb"
DATA = "*.csv *.tsv *.txt *.xlsx *.xls *.ods"


def _nothing() -> None:
    """Nothing is to be done afterwards."""


class Files(QObject):
    """What the File menu does.

    `said(sentence, warning)`, `read(ReadPoints)` and `opened()` follow, while the window is there.
    """

    said = Signal(str, object)
    read = Signal(object)
    opened = Signal()

    def __init__(self, workspace: Workspace, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._theme = theme
        self._window = window
        self._closed = False
        self._reader = Reader(window, theme)
        self._reader.finished.connect(self._take_points)
        self._reader.failed.connect(self._warn)
        self._reader.cancelled.connect(self._say_cancelled)

    def open(self) -> None:
        """Ask for a file, and open it."""
        kinds = (
            _("Data and experiments") + f" ({DATA} *{EXPERIMENT})",
            _("Experiments") + f" (*{EXPERIMENT})",
            _("All files") + " (*)",
        )
        self._ask(QFileDialog.AcceptMode.AcceptOpen, _("Open"), ";;".join(kinds), "", self.open_path)

    def open_path(self, path: str, reading: Reading = Reading()) -> None:  # noqa: B008 (it is frozen)
        """Open a data file, after its dialog, which begins with `reading`; or an experiment."""
        if is_experiment(path):
            self._workspace.disk.run(
                "open",
                lambda: load_experiment(path),
                lambda found: self._take_experiment(found, path),
                self._fail,
            )
        else:
            self._ask_how_to_read(Path(path), reading)

    def paste(self) -> None:
        """Points from the clipboard."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.said.emit(
                _("There is no text to paste: copy two columns of numbers in a spreadsheet first."), True
            )
            return
        self._ask_how_to_read(text)

    def save(self) -> None:
        """Save the experiment where it was, or ask where."""
        if self._workspace.open_file.path:
            self.save_to(self._workspace.open_file.path)
        else:
            self.save_as()

    def save_as(self) -> None:
        """Ask where, and save the experiment there."""
        self.save_before(_nothing)

    def save_before(self, then: Callable[[], object]) -> None:
        """Ask where, save the experiment there, and then do `then`; not if it could not be saved."""
        kinds = _("Experiments") + f" (*{EXPERIMENT})"
        title, save = _("Save experiment"), partial(self.save_to, then=then)
        self._ask(QFileDialog.AcceptMode.AcceptSave, title, kinds, EXPERIMENT, save)

    def save_to(self, path: str, then: Callable[[], object] = _nothing) -> None:
        """Save the experiment as `path`, with the changes that were made during its run."""
        experiment, whole_run = self._workspace.store.experiment, self._workspace.session.experiment()

        def take(whole: bool) -> None:
            self._saved_experiment(experiment, path, whole)
            then()

        self._workspace.disk.run(f"save {path}", lambda: _save(whole_run, path), take, self._fail)

    def save_points(self) -> None:
        """Ask where, and save the points as CSV."""
        self._ask(
            QFileDialog.AcceptMode.AcceptSave, _("Save points"), "CSV (*.csv)", ".csv", self.save_points_to
        )

    def save_points_to(self, path: str) -> None:
        """Save the points as the CSV file `path`."""
        from core.tables import save_points

        points = self._workspace.store.points
        self._workspace.disk.run(
            f"save {path}", lambda: save_points(points, path), lambda _result: self._saved(path), self._fail
        )

    def save_program(self, write: Callable[[], Program]) -> None:
        """Ask where, and save the program that `write` gives there, as a script or as a notebook."""
        kinds = _("Python program") + f" (*{SCRIPT});;" + _("Jupyter notebook") + f" (*{NOTEBOOK})"
        self._ask(
            QFileDialog.AcceptMode.AcceptSave,
            _("Save the program"),
            kinds,
            SCRIPT,
            lambda path: self.save_program_to(write, path),
            (NOTEBOOK,),
        )

    def save_program_to(self, write: Callable[[], Program], path: str) -> None:
        """Save the program that `write` gives as `path`, in the way that its ending says."""
        from core.export import save_program

        self._workspace.disk.run(
            f"save {path}",
            lambda: save_program(write(), path),
            lambda _result: self._saved(path),
            self._fail,
        )

    # --- the steps between ------------------------------------------------------------------------------

    def _ask(
        self,
        mode: QFileDialog.AcceptMode,
        title: str,
        kinds: str,
        suffix: str,
        then: Callable[[str], None],
        others: tuple[str, ...] = (),
    ) -> None:
        """A file dialog that does not hold up the program; `then` gets the path, which has an ending.

        It is `suffix`, or one of `others`, where the person writes or chooses that.
        """
        preferences = self._workspace.preferences
        dialog = QFileDialog(self._window, title, preferences.get("folder", str(Path.home())), kinds)
        dialog.setObjectName("file_dialog")
        dialog.setAcceptMode(mode)
        if mode == QFileDialog.AcceptMode.AcceptSave:
            dialog.selectFile(self._suggested_name() + suffix)
        dialog.setDefaultSuffix(suffix.removeprefix("."))  # so that it asks before it overwrites
        if mode == QFileDialog.AcceptMode.AcceptOpen:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)

        def take(path: str) -> None:
            preferences.put("folder", str(Path(path).parent))
            if path.lower().endswith((suffix, *others)):
                then(path)
                return
            ending = next((each for each in others if each in dialog.selectedNameFilter()), suffix)
            if Path(path + ending).exists():
                taken = _("There is a file {file} already; write its whole name to replace it.")
                self._warn(taken.format(file=shown_name(path + ending)))
            else:
                then(path + ending)

        dialog.fileSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _suggested_name(self) -> str:
        """A name to save under: that of the open experiment, or of the file that the points came from."""
        known = shown_name(self._workspace.open_file.path or self._workspace.store.points.source)
        return allowed_name(known.removesuffix(EXPERIMENT).partition(".")[0]) or "fitscope"

    def _ask_how_to_read(self, source: Path | str, reading: Reading = Reading()) -> None:  # noqa: B008
        """The dialog for a file, or for text that was pasted."""
        from gui.dialogs.import_dialog import ImportDialog

        dialog = ImportDialog(source, self._theme, self._window, reading)
        dialog.accepted.connect(lambda: self._read(dialog, source))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read(self, dialog: ImportDialog, source: Path | str) -> None:
        if isinstance(source, Path):
            self._workspace.preferences.add_recent(str(source))
        if dialog.table is not None:
            self._reader.read(dialog.table, dialog.reading)

    def _take_points(self, found: ReadPoints) -> None:
        self._workspace.store.replace(found.points)
        self.read.emit(found)

    def _take_experiment(self, experiment: Experiment, path: str) -> None:
        if self._workspace.store.open(experiment):
            self._remember(experiment, path)
            if not self._closed:
                self.opened.emit()

    def _saved_experiment(self, experiment: Experiment, path: str, whole: bool) -> None:
        self._remember(experiment, path)
        if whole:
            self._saved(path)
        else:
            words = _("Saved as {file}, without the changes made during the run: they take too much room.")
            self._say(words.format(file=shown_name(path)), True)

    def _saved(self, path: str) -> None:
        self._say(_("Saved as {file}.").format(file=shown_name(path)), False)

    def _remember(self, experiment: Experiment, path: str) -> None:
        """The work is that of a file, in the state `experiment`; meanwhile it may be in another."""
        store = self._workspace.store
        self._workspace.open_file.path = path
        if store.experiment == experiment:
            store.undo_stack.setClean()
        else:
            store.undo_stack.resetClean()
        self._workspace.preferences.add_recent(path)

    def close(self) -> None:
        """End a reading that is under way, and say nothing more; what is being saved will be."""
        self._closed = True
        self._reader.stop()

    def _say_cancelled(self) -> None:
        self.said.emit(_("Reading was stopped; the points are as they were."), False)

    def _warn(self, sentence: str) -> None:
        self._say(sentence, True)

    def _say(self, sentence: str, warning: bool) -> None:
        if not self._closed:
            self.said.emit(sentence, warning)

    def _fail(self, error: Exception) -> None:
        """Tell what the person can mend; the rest is for the log."""
        if not isinstance(error, Problem):
            raise error
        log.warning("%s", error)
        self._warn(str(error))


def _save(experiment: Experiment, path: str) -> bool:
    """Save the experiment, the changes of its run only where there is room for them; whether there was."""
    try:
        save_experiment(experiment, path)
    except Problem:
        if not experiment.earlier:
            raise
        save_experiment(replace(experiment, earlier=(), step=0), path)
        return False
    return True
