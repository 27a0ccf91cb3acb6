"""The rows of a preview as Qt's table wants them, x and y tinted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from core.tables import Preview
from core.tables.dates import Dates
from core.tables.notation import Notation, Numbers
from core.texts import _
from gui.theme import Theme

LONGEST = 24  # characters of a name above its column
TINT = 36  # of 255, the accent behind x and y
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class PreviewModel(QAbstractTableModel):
    """A Preview: numbers to the right, texts grey, and what is no number in x or y in the warning colour."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preview: Preview | None = None
        tint = QColor(theme.accent)
        tint.setAlpha(TINT)
        self._tint = QBrush(tint)
        bad = QColor(theme.warning)
        bad.setAlpha(TINT)
        self._bad = QBrush(bad)
        self._muted = QBrush(QColor(theme.muted))
        self._warning = QBrush(QColor(theme.warning))

    def show_preview(self, preview: Preview) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._preview = preview
        self.endResetModel()

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return len(self._preview.rows) if self._preview else 0

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return len(self._preview.columns) if self._preview else 0

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """One cell: its text, side and colours."""
        if self._preview is None or not index.isValid():
            return None
        column = index.column()
        cells = self._preview.rows[index.row()]
        text = cells[column] if column < len(cells) else ""
        if role == Role.DisplayRole:
            return text
        if role == Role.TextAlignmentRole:
            return self._side(column)
        if role == Role.BackgroundRole:
            return self._background(column, text)
        if role == Role.ForegroundRole:
            return self._colour(column, text)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        """The name of a column, and below it what it is."""
        if self._preview is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Role.DisplayRole else None
        if role == Role.DisplayRole:
            return self.title(section)
        if role == Role.ToolTipRole:
            return self._preview.columns[section].title
        return self._side(section) if role == Role.TextAlignmentRole else None

    def title(self, column: int) -> str:
        """The name of a column, cut when it is long, and on a second line what it is."""
        assert self._preview is not None
        found = self._preview.columns[column]
        kind = _("numbers") if found.numeric else _("text")
        kind = _("dates") if isinstance(found.notation, Dates) else kind
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

    def _colour(self, column: int, text: str) -> QBrush | None:
        """The colour of a cell, where it is not the usual one."""
        assert self._preview is not None
        if not self._preview.columns[column].numeric:
            return self._muted
        return self._warning if self._spoils_row(column, text) else None

    def _background(self, column: int, text: str) -> QBrush | None:
        """The tint of a cell of x or y."""
        if self._spoils_row(column, text):
            return self._bad
        return self._tint if self._part(column) else None

    def _spoils_row(self, column: int, text: str) -> bool:
        """Whether a row is left out because of a cell."""
        assert self._preview is not None
        if not self._part(column):
            return False
        reading = self._preview.reading
        notation = self._preview.columns[column].notation or Numbers(reading.decimal or ".")
        if isinstance(notation, Dates):
            notation = replace(notation, order=reading.date_order or notation.order)
        ways: list[Notation] = [notation]
        if not self._preview.is_text and notation.is_plain:
            ways.append(Numbers())  # the numbers of a workbook are shown with a point whatever its texts have
        return not any(np.isfinite(way.read([text]).values).all() for way in ways)
