"""A table to read and to copy from, with the names of its rows always in sight."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from gui.theme import Theme

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
ROW = 24  # pixels
COPIED = Qt.ItemDataRole.UserRole  # what a cell is in other programs, where that is not its text
CTRL = Qt.KeyboardModifier.ControlModifier


class CellView(QTableView):
    """Goes from cell to cell by Ctrl and the arrows too, since those alone may be keys of the window.

    Ctrl+C copies what is selected: one cell alone, several as lines that begin with the name of the row.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)  # Tab goes on to the next control
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        names = self.verticalHeader()
        names.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        names.setDefaultSectionSize(theme.px(ROW))
        names.setHighlightSections(False)
        names.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setStyleSheet(_flat(theme))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or go to another cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif event.key() in ARROWS and event.modifiers() & CTRL:
            modifiers = event.modifiers() & ~CTRL
            super().keyPressEvent(QKeyEvent(event.type(), event.key(), modifiers))
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """The selected cells as text, with tabs between them, a line for each row."""
        chosen = [cell for cell in self.selectedIndexes() if not self.isColumnHidden(cell.column())]
        if len(chosen) < 2:
            return "".join(_text(cell) for cell in chosen)
        rows: dict[int, list[str]] = {}
        for cell in sorted(chosen, key=lambda cell: (cell.row(), cell.column())):
            rows.setdefault(cell.row(), [self._name(cell.row())]).append(_text(cell))
        return "\n".join("\t".join(cells) for cells in rows.values())

    def _name(self, row: int) -> str:
        return str(self.model().headerData(row, Qt.Orientation.Vertical))


def _flat(theme: Theme) -> str:
    """Heads as quiet as the cells, with hairlines between."""
    return f"""
        QTableView {{ gridline-color: {theme.hairline}; }}
        QHeaderView, QTableCornerButton::section {{ background: {theme.surface}; border: none; }}
        QHeaderView::section {{ background: {theme.surface}; color: {theme.muted}; border: none;
                                border-right: 1px solid {theme.hairline};
                                border-bottom: 1px solid {theme.hairline}; padding: {theme.px(4)}px; }}
        QHeaderView::section:vertical {{ color: {theme.text}; padding: 0 {theme.px(2)}px; }}
    """


def _text(cell: QModelIndex) -> str:
    copied = cell.data(COPIED)
    return str(cell.data() if copied is None else copied)
