"""The tensors of a step as rows of a table: what each was and is, and what of it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPixmap

from core.texts import _
from core.training.inside import TensorView
from gui.panels.tensor_row import COLUMNS, IS_GRADIENT, NONE, NOT_THERE, SHOWN, Row, copied, tip, tip_of_name
from gui.theme import DATA, GRADIENT, MODEL, Theme
from gui.widgets.cell_view import COPIED

Index = QModelIndex | QPersistentModelIndex
Views = Sequence[TensorView]

# Looked up here, once: Qt asks for each of them in each cell, at each painting.
DISPLAY, FONT, GROUND, COLOUR, TIP, PICTURE = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.FontRole,
    Qt.ItemDataRole.BackgroundRole,
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.DecorationRole,
)
CHANGED = "● "
BAR = (4, 14)  # pixels of the colour beside a name
ORDER = ("data", "parameter", "result", "state")


class TensorTable(QAbstractTableModel):
    """A row for each tensor: data, then parameters, each above its gradient, results, the optimizer's own.

    The rows stay as long as the names do; then only cells change.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._shown = SHOWN
        self._room: float | None = None  # pixels of a cell; None as long as nobody knows
        self._metrics = QFontMetricsF(theme.font(bold=True, digits=True))
        self._font = QFont(theme.font(digits=True))
        self._bold = QFont(theme.font(bold=True, digits=True))
        self._ground = QBrush(QColor(theme.accent_soft))
        self._muted = QBrush(QColor(theme.muted))
        roles = {"data": DATA, "parameter": MODEL, "result": theme.muted, "state": theme.hairline}
        roles[IS_GRADIENT] = GRADIENT
        self._bars = {role: _bar(colour, theme) for role, colour in roles.items()}

    def show_views(self, before: Views, after: Views) -> None:
        """Show the tensors `before` beside those `after`."""
        rows = [Row(*sources, self._shown, self._fits) for sources in _in_order(before, after)]
        if [row.name for row in rows] != self.names():
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        others = [
            place
            for place, (row, known) in enumerate(zip(rows, self._rows, strict=True))
            if any(one is not other for one, other in zip(row.sources, known.sources, strict=True))
        ]
        for place in others:
            self._rows[place] = rows[place]
        if others:
            self.dataChanged.emit(self.index(others[0], 0), self.index(others[-1], len(COLUMNS) - 1))

    def show_first(self, count: int, room: float) -> None:
        """Show so many numbers in a cell that has so many pixels for them, and no digit that has no room."""
        if (count, room) != (self._shown, self._room):
            self._shown, self._room = count, room
            self._rows = [Row(*row.sources, row.role == IS_GRADIENT, count, self._fits) for row in self._rows]
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def _fits(self, text: str) -> bool:
        return self._room is None or self._metrics.horizontalAdvance(text) <= self._room

    def names(self) -> list[str]:
        """Those of the tensors, row by row."""
        return [row.name for row in self._rows]

    def first_change(self) -> int | None:
        """The first row of which something has changed; None for none."""
        return next((place for place, row in enumerate(self._rows) if row.changed), None)

    # --- what Qt asks -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """A row for each tensor."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """The columns of COLUMNS."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = DISPLAY) -> object:
        """A cell: its text, and the look of what has changed."""
        row, column = self._rows[index.row()], index.column()
        if role == DISPLAY:
            return CHANGED + row.cells[column] if column in row.changed else row.cells[column]
        if role == FONT:
            return self._bold if column in row.changed else self._font
        if role == GROUND:
            return self._ground if column in row.changed else None
        if role == COLOUR:
            is_quiet = row.cells[column] in (NONE, NOT_THERE) or row.is_trained_only(column)
            return self._muted if is_quiet and column not in row.changed else None
        if role == TIP:
            return tip(row, column)
        return copied(row, column) if role == COPIED else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = DISPLAY
    ) -> object:
        """What stands above a column and what it means; the name of a tensor, and the colour of its kind."""
        if orientation == Qt.Orientation.Horizontal:
            label, words = COLUMNS[section]
            return _(label) if role == DISPLAY else _(words) if role == TIP else None
        row = self._rows[section]
        if role == DISPLAY:
            return row.name
        if role == TIP:
            return tip_of_name(row)
        return self._bars[row.role] if role == PICTURE else None


def _bar(colour: str, theme: Theme) -> QPixmap:
    pixmap = QPixmap(theme.px(BAR[0]), theme.px(BAR[1]))
    pixmap.fill(QColor(colour))
    return pixmap


def _in_order(before: Views, after: Views) -> Iterator[tuple[TensorView | None, TensorView | None, bool]]:
    """Each tensor that was or is, in the order of ORDER, and below a parameter its gradient.

    As what it was, what it is, and whether its gradient is meant.
    """
    was = {view.name: view for view in before}
    now = {view.name: view for view in after}
    views = {**now, **{name: view for name, view in was.items() if name not in now}}
    for name in sorted(views, key=lambda name: ORDER.index(views[name].role)):
        yield was.get(name), now.get(name), False
        if views[name].role == "parameter":
            yield was.get(name), now.get(name), True
