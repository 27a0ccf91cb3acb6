"""The dialog between a table and its points: how it is written, and which columns are x and y."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.file_names import shown_name
from core.problem import Problem
from core.tables import Preview, Reading, Table, open_table, pasted_table, preview
from core.tables.reading import Changed
from core.texts import _
from gui.background import Background
from gui.dialogs.import_choices import ImportChoices
from gui.dialogs.import_preview import ImportPreview
from gui.screen_room import screen_room
from gui.theme import Theme

SIZE = QSize(880, 560)  # pixels
WRITING = {"header", "separator", "decimal"}  # the choices of how a table is written


class ImportDialog(QDialog):
    """Shows the first rows of a table and lets the person change how they are read.

    `source` is the Path of a file, or the text that was pasted; `asked` is how to read it at first. Once
    accepted, `table` and `reading` are what `Reader.read` or `read_points` needs.
    """

    def __init__(
        self,
        source: Path | str,
        theme: Theme,
        parent: QWidget | None = None,
        asked: Reading = Reading(),  # noqa: B008 (it is frozen)
    ) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.reading = Reading()
        self._source = source
        self._theme = theme
        self._asked = asked  # only what the person chose
        self._shown = Reading()  # what the last preview was read with
        self._is_new = True
        self._closed = threading.Event()
        self._background = Background(self)
        self._make()
        self._lay_out()
        self._join()
        self._look()

    @property
    def busy(self) -> bool:
        """Whether it is still looking at the table."""
        return self._background.busy

    def done(self, result: int) -> None:
        """Close, whatever the person chose; no thread is left."""
        self._closed.set()
        self._background.close()
        super().done(result)

    def _make(self) -> None:
        name = shown_name(self._source) if isinstance(self._source, Path) else _("the clipboard")
        self.setObjectName("import_dialog")
        self.setWindowTitle(_("Points from {name}").format(name=name))
        self.setAccessibleName(self.windowTitle())
        self.setPalette(self._theme.palette())
        self.setFont(self._theme.font())
        self._choices = ImportChoices(self._theme)
        self._rows = ImportPreview(self._theme)
        self._instead = _sentence()
        self._instead.setObjectName("import_problem")
        self._instead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._instead.setText(_("Looking at the table …"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._instead)
        self._pages.addWidget(self._rows)
        self._summary = _sentence()
        self._summary.setObjectName("import_summary")
        self._summary.setAccessibleName(_("What will be read"))
        self._buttons = QDialogButtonBox()
        self._open = self._button(
            _("Use these points"), "import_open", QDialogButtonBox.ButtonRole.AcceptRole
        )
        self._open.setDefault(True)
        self._cancel = self._button(_("Cancel"), "import_cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._cancel.setAutoDefault(False)
        self._cancel.setToolTip(_("Close; the points stay as they were."))

    def _button(self, text: str, name: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        button = self._buttons.addButton(text, role)
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button

    def _lay_out(self) -> None:
        gap = self._theme.px(16)
        upper = QHBoxLayout()
        upper.setSpacing(self._theme.px(8))
        upper.addWidget(self._choices)
        upper.addWidget(self._pages, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(self._theme.px(12))
        layout.addLayout(upper, 1)
        layout.addWidget(self._summary)
        layout.addWidget(self._buttons)
        self.resize((SIZE * self._theme.scale).boundedTo(screen_room(self)))

    def _join(self) -> None:
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._choices.asked.connect(self._ask)

    def _ask(self, changes: Mapping[str, str | int | bool | None]) -> None:
        """Take up what the person chose, and look at the table anew.

        One choice of how it is written leaves the others as they are shown: nothing else jumps.
        """
        if WRITING & changes.keys():
            shown = {name: getattr(self._shown, name) for name in WRITING}
            self._asked = replace(self._asked, **shown)
        self._asked = replace(self._asked, **changes)  # type: ignore[arg-type]
        self._look()

    def _look(self) -> None:
        """Read the first rows in the background."""
        self._open.setEnabled(False)
        asked, source, table, closed = self._asked, self._source, self.table, self._closed

        def work() -> tuple[Table, Preview | Problem]:
            opened = table or _opened(source, closed)
            try:
                try:
                    return opened, preview(opened, asked)
                except Changed:  # what is shown is what the file is now
                    opened = _opened(source, closed)
                    return opened, preview(opened, asked)
            except Problem as problem:
                return opened, problem

        self._background.run("preview", work, self._take, self._fail)

    def _take(self, found: tuple[Table, Preview | Problem]) -> None:
        """Show what was found, in the GUI thread."""
        self.table, result = found
        self._choices.show_kind(self.table.is_text, isinstance(self._source, Path))
        if isinstance(result, Preview):
            self._show_preview(result)
        else:
            self._show_problem(str(result))

    def _fail(self, error: Exception) -> None:
        """Show why the table cannot even be opened."""
        if not isinstance(error, Problem):
            raise error
        self._show_problem(str(error))

    def _show_preview(self, found: Preview) -> None:
        self.reading = replace(self._asked, x=found.reading.x, y=found.reading.y)
        self._shown = found.reading
        self._pages.setCurrentWidget(self._rows)
        self._choices.show_preview(found)
        self._rows.show_preview(found)
        self._summary.setText(found.problem or found.summary)
        self._summary.setStyleSheet(f"color: {self._theme.warning if found.problem else self._theme.text}")
        self._allow(found.problem)

    def _show_problem(self, sentence: str) -> None:
        """Show a sentence in the place of the rows."""
        self._pages.setCurrentWidget(self._instead)
        self._choices.show_no_columns()
        self._instead.setText(sentence)
        self._summary.setText("")
        self._allow(sentence)

    def _allow(self, problem: str) -> None:
        """Let the points be taken, unless there is a problem."""
        self._open.setEnabled(not problem)
        self._open.setToolTip(problem or _("Replace the points by these; this can be undone."))
        if self._is_new and not problem:
            self._is_new = False
            self._open.setFocus()


def _opened(source: Path | str, closed: threading.Event) -> Table:
    """The table in a file or in a pasted text."""
    return open_table(source, closed.is_set) if isinstance(source, Path) else pasted_table(source)


def _sentence() -> QLabel:
    """A label for a sentence as it is, on as many lines as it needs."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
