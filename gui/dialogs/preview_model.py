"""The rows of a preview as Qt's table wants them, x and y tinted, and what is left out crossed out."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont

from core.tables import Preview
from core.tables.left_out import REASONS
from core.tables.reading import RowMark
from core.texts import _
from gui.theme import Theme

GAP = "…"
LONGEST = 24  # characters of a name above its column
LONGEST_CELL = 300  # characters; no column has room for more, and Qt takes its time for each
TINT = 36  # of 255, the accent behind x and y
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class PreviewModel(QAbstractTableModel):
    """A Preview: numbers to the right, texts grey, rows that are no points crossed out and saying why.

    Where rows are not shown stands a row of dots.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preview: Preview | None = None
        self._places: list[int | None] = []
        tint = QColor(theme.accent)
        tint.setAlpha(TINT)
        self._tint = QBrush(tint)
        bad = QColor(theme.warning)
        bad.setAlpha(TINT)
        self._bad = QBrush(bad)
        self._muted = QBrush(QColor(theme.muted))
        self._warning = QBrush(QColor(theme.warning))
        self._crossed_out = QFont(theme.font(digits=True))
        self._crossed_out.setStrikeOut(True)

    def show_preview(self, preview: Preview) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._preview = preview
        self._places = []
        for place, mark in enumerate(preview.marks):
            self._places += [None, place] if mark.after_gap else [place]
        self.endResetModel()

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return len(self._places)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return len(self._preview.columns) if self._preview else 0

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """One cell: its text, side and colours, and why its row is left out."""
        if self._preview is None or not index.isValid():
            return None
        column, place = index.column(), self._places[index.row()]
        if role == Role.TextAlignmentRole:
            return self._side(column)
        if place is None:
            return GAP if role == Role.DisplayRole else None
        if role == Role.DisplayRole:
            return self.text(place, column)
        mark = self._preview.marks[place]
        if role == Role.BackgroundRole:
            return self._background(column, mark)
        if role == Role.ForegroundRole:
            return self._colour(column, mark)
        if role == Role.FontRole:
            return self._crossed_out if mark.reason else None
        if role in (Role.ToolTipRole, Role.AccessibleDescriptionRole):
            return why(mark)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        """The name of a column, and below it what it is."""
        if self._preview is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._row_header(section, role)
        if role == Role.DisplayRole:
            return self.title(section)
        if role == Role.ToolTipRole:
            return self._preview.columns[section].title
        return self._side(section) if role == Role.TextAlignmentRole else None

    def _row_header(self, row: int, role: int) -> object:
        """The number of a row, and why it is left out."""
        assert self._preview is not None
        place = self._places[row]
        if place is None:
            return GAP if role == Role.DisplayRole else None
        mark = self._preview.marks[place]
        if role == Role.DisplayRole:
            return f"{mark.number:,}"
        return why(mark) if role == Role.ToolTipRole else None

    def text(self, place: int, column: int) -> str:
        """As much of a cell as there may be room for, the rows being counted without those of dots."""
        assert self._preview is not None
        cells = self._preview.rows[place]
        return cells[column][:LONGEST_CELL] if column < len(cells) else ""

    def title(self, column: int) -> str:
        """The name of a column, cut when it is long, and on a second line what it is."""
        assert self._preview is not None
        found = self._preview.columns[column]
        kind = _("numbers") if found.numeric else _("text")
        kind = _("dates") if found.has_times else kind
        name = found.title if len(found.title) <= LONGEST else f"{found.title[: LONGEST - 1]}…"
        return f"{name}\n{self._part(column) or kind}"

    def _part(self, column: int) -> str:
        """Which axis a column is for, "" for neither."""
        assert self._preview is not None
        reading = self._preview.reading
        return {reading.x: _("x axis"), reading.y: _("y axis")}.get(column, "")

    def _side(self, column: int) -> Qt.AlignmentFlag:
        """Numbers stand to the right."""
        assert self._preview is not None
        numeric = self._preview.columns[column].numeric
        side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _colour(self, column: int, mark: RowMark) -> QBrush | None:
        """The colour of a cell, where it is not the usual one."""
        assert self._preview is not None
        if column in mark.spoilt:
            return self._warning
        return self._muted if mark.reason or not self._preview.columns[column].numeric else None

    def _background(self, column: int, mark: RowMark) -> QBrush | None:
        """The tint of a cell of x or y, or of a row that is left out."""
        if mark.reason:
            return self._bad
        return self._tint if self._part(column) else None


def why(mark: RowMark) -> str | None:
    """The sentences about a row that is left out; None for a point."""
    if not mark.reason:
        return None
    return _("This row is left out. {why}").format(why=_(REASONS[mark.reason].of_one))
