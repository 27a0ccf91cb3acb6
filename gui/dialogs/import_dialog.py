"""The dialog between a table and its points: how it is written, and which columns are x and y."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.problem import Problem
from core.tables import (
    DECIMALS,
    ENCODINGS,
    SEPARATORS,
    Preview,
    Reading,
    Table,
    open_table,
    pasted_table,
    preview,
)
from core.texts import _
from gui.background import Background
from gui.dialogs.preview_model import PreviewModel
from gui.theme import Theme

SIZE = QSize(880, 560)  # pixels
FORM = 208  # pixels, the width of the choices
COLUMN = 80  # pixels, the least of the preview
FITTED = 40  # columns that are made as wide as their cells


class ImportDialog(QDialog):
    """Shows the first rows of a table and lets the person change how they are read.

    `source` is the Path of a file, or the text that was pasted. After `exec` returned true, `table` and
    `reading` are what `Reader.read` or `read_points` needs.
    """

    def __init__(self, source: Path | str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.reading = Reading()
        self._source = source
        self._theme = theme
        self._asked = Reading()  # only what the person chose
        self._shown = Reading()  # with every proposal
        self._labels: dict[QComboBox, QLabel] = {}
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
        name = self._source.name if isinstance(self._source, Path) else _("the clipboard")
        self.setObjectName("import_dialog")
        self.setWindowTitle(_("Points from {name}").format(name=name))
        self.setAccessibleName(self.windowTitle())
        self.setPalette(self._theme.palette())
        self.setFont(self._theme.font())
        self._x = _combo("import_x", _("x"), _("The column along the horizontal axis: what is known."))
        self._y = _combo(
            "import_y", _("y"), _("The column along the vertical axis: what the model predicts.")
        )
        self._header = QCheckBox(_("First row has the names"))
        _name(self._header, "import_header", _("Header"), _("Whether the first row names the columns."))
        self._separator = _combo(
            "import_separator", _("Separator"), _("What stands between two cells of a row.")
        )
        self._decimal = _combo("import_decimal", _("Decimal mark"), _("What stands before the decimals."))
        self._encoding = _combo(
            "import_encoding", _("Encoding"), _("How the letters are stored in the file.")
        )
        self._sheet = _combo("import_sheet", _("Sheet"), _("Which sheet of the workbook to read."))
        for combo, table in (
            (self._separator, SEPARATORS),
            (self._decimal, DECIMALS),
            (self._encoding, ENCODINGS),
        ):
            for key, label in table.items():
                combo.addItem(_(label), key)
            combo.setCurrentIndex(-1)
        self._make_view()
        self._buttons = QDialogButtonBox()
        self._open = self._buttons.addButton(_("Use these points"), QDialogButtonBox.ButtonRole.AcceptRole)
        _name(self._open, "import_open", self._open.text(), "")
        self._open.setDefault(True)
        cancel = self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)
        _name(cancel, "import_cancel", cancel.text(), _("Close; the points stay as they were."))

    def _make_view(self) -> None:
        self._model = PreviewModel(self._theme, self)
        self._view = QTableView()
        _name(
            self._view,
            "import_preview",
            _("First rows"),
            _("The first rows of the table; x and y are tinted."),
        )
        self._view.setModel(self._model)
        self._view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self._view.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self._view.setShowGrid(False)
        self._view.setAlternatingRowColors(True)
        self._view.setFont(self._theme.font(digits=True))
        self._view.verticalHeader().setDefaultSectionSize(self._theme.px(24))
        self._view.horizontalHeader().setDefaultSectionSize(self._theme.px(COLUMN))
        self._view.horizontalHeader().setMaximumSectionSize(self._theme.px(3 * COLUMN))
        self._view.horizontalHeader().setHighlightSections(False)
        self._view.verticalHeader().setHighlightSections(False)
        self._instead = QLabel(_("Looking at the table …"))
        self._instead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._instead.setWordWrap(True)
        self._instead.setTextFormat(Qt.TextFormat.PlainText)
        self._summary = QLabel()
        _name(self._summary, "import_summary", _("What will be read"), "")
        self._summary.setWordWrap(True)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._instead)
        self._pages.addWidget(self._view)

    def _lay_out(self) -> None:
        gap = self._theme.px(16)
        form = QVBoxLayout()
        form.setSpacing(self._theme.px(8))
        form.addWidget(self._heading(_("Columns")))
        form.addWidget(self._rows(self._x, self._y))
        form.addSpacing(gap)
        form.addWidget(self._heading(_("How it is written")))
        form.addWidget(self._header)
        form.addWidget(self._rows(self._sheet, self._separator, self._decimal, self._encoding))
        form.addStretch(1)
        form.setContentsMargins(0, 0, 0, 0)
        self._choices = QWidget()
        self._choices.setLayout(form)
        self._choices.setFixedWidth(self._theme.px(FORM))
        self._choices.setEnabled(False)
        self._show_row(self._sheet, False)
        upper = QHBoxLayout()
        upper.setSpacing(gap)
        upper.addWidget(self._choices)
        upper.addWidget(self._pages, 1)
        lower = QHBoxLayout()
        lower.setSpacing(gap)
        lower.addWidget(self._summary, 1)
        lower.addWidget(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(gap)
        layout.addLayout(upper, 1)
        layout.addLayout(lower)
        room = self.screen().availableSize()
        self.resize((SIZE * self._theme.scale).boundedTo(room * 0.95))

    def _join(self) -> None:
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._header.clicked.connect(lambda on: self._ask(header=on))
        self._separator.activated.connect(
            lambda: self._ask(separator=self._separator.currentData(), x=None, y=None)
        )
        self._decimal.activated.connect(lambda: self._ask(decimal=self._decimal.currentData()))
        self._encoding.activated.connect(lambda: self._ask(encoding=self._encoding.currentData()))
        self._sheet.activated.connect(self._ask_for_sheet)
        self._x.activated.connect(lambda: self._ask_for_column("x", self._x, "y"))
        self._y.activated.connect(lambda: self._ask_for_column("y", self._y, "x"))

    def _heading(self, text: str) -> QLabel:
        heading = QLabel(text)
        heading.setFont(self._theme.font(14, bold=True))
        return heading

    def _rows(self, *combos: QComboBox) -> QWidget:
        """The lists with their labels above them."""
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.px(4))
        for combo in combos:
            label = QLabel(combo.accessibleName())
            label.setBuddy(combo)
            label.setToolTip(combo.toolTip())
            self._labels[combo] = label
            column.addWidget(label)
            column.addWidget(combo)
        return rows

    def _ask(self, **changes: object) -> None:
        """Take up what the person chose, and look at the table anew."""
        self._asked = replace(self._asked, **changes)  # type: ignore[arg-type]
        self._look()

    def _ask_for_sheet(self) -> None:
        """Another sheet is another table: only its name is kept."""
        self._asked = Reading(sheet=self._sheet.currentData())
        self._look()

    def _ask_for_column(self, role: str, combo: QComboBox, other: str) -> None:
        """Take up another column; when it is the other axis's, they change places."""
        shown = {"x": self._shown.x, "y": self._shown.y}
        chosen = combo.currentData()
        changes = {role: chosen, other: shown[role] if shown[other] == chosen else shown[other]}
        self._ask(**changes)

    def _look(self) -> None:
        """Read the first rows in the background."""
        self._open.setEnabled(False)
        asked, source, table, closed = self._asked, self._source, self.table, self._closed

        def work() -> tuple[Table, Preview | Problem]:
            opened = table or _opened(source, closed)
            try:
                return opened, preview(opened, asked)
            except Problem as problem:
                return opened, problem

        self._background.run("preview", work, self._take, self._fail)

    def _take(self, found: tuple[Table, Preview | Problem]) -> None:
        """Show what was found, in the GUI thread."""
        self.table, result = found
        self._choices.setEnabled(True)
        self._show_row(self._separator, self.table.is_text)
        self._show_row(self._encoding, self.table.is_text and isinstance(self._source, Path))
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
        self._shown = found.reading
        self.reading = replace(self._asked, x=found.reading.x, y=found.reading.y)
        self._model.show_preview(found)
        self._pages.setCurrentWidget(self._view)
        self._header.setChecked(bool(found.reading.header))
        for combo, value in (
            (self._separator, found.reading.separator),
            (self._decimal, found.reading.decimal),
            (self._encoding, found.reading.encoding),
        ):
            combo.setCurrentIndex(combo.findData(value))
        self._show_sheets(found)
        for combo, position in ((self._x, found.reading.x), (self._y, found.reading.y)):
            self._show_columns(combo, found, position)
        self._fit_columns(len(found.columns))
        self._say(found.problem or found.summary, bool(found.problem))

    def _fit_columns(self, count: int) -> None:
        """Make the columns as wide as their cells, or wider where there is room."""
        header = self._view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column in range(min(count, FITTED)):
            self._view.resizeColumnToContents(column)
            self._view.setColumnWidth(column, max(self._view.columnWidth(column), self._theme.px(COLUMN)))
        if header.length() < self._view.viewport().width():
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def _show_sheets(self, found: Preview) -> None:
        self._sheet.clear()
        for name in found.sheets:
            self._sheet.addItem(name, name)
        self._sheet.setCurrentIndex(self._sheet.findData(found.reading.sheet))
        self._show_row(self._sheet, len(found.sheets) > 1)

    def _show_columns(self, combo: QComboBox, found: Preview, position: str | int | None) -> None:
        """Offer the columns of numbers; the others are greyed and say why."""
        combo.clear()
        model = combo.model()
        for index, column in enumerate(found.columns):
            combo.addItem(column.name, index)
            if not column.numeric and isinstance(model, QStandardItemModel):
                model.item(index).setEnabled(False)
                combo.setItemData(index, _("This column is text."), Qt.ItemDataRole.ToolTipRole)
        combo.setCurrentIndex(combo.findData(position))
        combo.setEnabled(True)

    def _show_problem(self, sentence: str) -> None:
        """Show a sentence in the place of the rows."""
        for combo in (self._x, self._y):
            combo.clear()
            combo.setEnabled(False)
        self._instead.setText(sentence)
        self._pages.setCurrentWidget(self._instead)
        self._say(sentence, True)

    def _say(self, sentence: str, is_problem: bool) -> None:
        """Say what will be read, or why nothing can be."""
        self._summary.setText("" if self._pages.currentWidget() is self._instead else sentence)
        self._summary.setStyleSheet(f"color: {self._theme.warning if is_problem else self._theme.text}")
        self._open.setEnabled(not is_problem)
        if not is_problem and self._is_new:
            self._open.setFocus()
            self._is_new = False
        self._open.setToolTip(
            sentence if is_problem else _("Replace the points by these; this can be undone.")
        )

    def _show_row(self, combo: QComboBox, shown: bool) -> None:
        combo.setVisible(shown)
        self._labels[combo].setVisible(shown)


def _opened(source: Path | str, closed: threading.Event) -> Table:
    """The table in a file or in a pasted text."""
    return open_table(source, closed.is_set) if isinstance(source, Path) else pasted_table(source)


def _name(widget: QWidget, name: str, title: str, tip: str) -> None:
    """Name a widget for tests and for those who listen to the screen."""
    widget.setObjectName(name)
    widget.setAccessibleName(title)
    widget.setToolTip(tip)


def _combo(name: str, title: str, tip: str) -> QComboBox:
    """A list that is as wide as there is room, however long its words are."""
    combo = QComboBox()
    _name(combo, name, title, tip)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo
