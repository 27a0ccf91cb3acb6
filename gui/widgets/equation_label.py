"""The fitted function in one line, which a click opens to select and to copy from."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QVBoxLayout

from core.insight.curves import WHERE
from core.texts import _
from gui.theme import GRID, Theme
from gui.widgets.plain import plain_tip
from gui.widgets.still_label import StillLabel


class EquationLabel(StillLabel):
    """An equation; of one that is too long the end of its first part is left out, never what u is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(shrinks=True)
        self._theme = theme
        self.setFont(theme.font(bold=True, digits=True))
        self.setAccessibleName(_("Equation"))
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def cut_off(self) -> str:
        """As much of the text as there is room for."""
        equation, where, u = self.text().partition(WHERE)
        metrics = self.fontMetrics()
        room = self.width() - metrics.horizontalAdvance(where + u)
        if not where or room < self.width() // 2:
            return super().cut_off()
        return metrics.elidedText(equation, Qt.TextElideMode.ElideRight, room) + where + u

    def tip(self, left_out: str) -> str:
        """What the tooltip says: the whole equation where some of it is left out, and what a click does."""
        about = _("Click to select and copy it.") if self.text() else ""
        return "<br>".join(filter(None, (plain_tip(left_out) if left_out else "", about)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the whole equation."""
        if event.button() == Qt.MouseButton.LeftButton and self.text():
            self.open_whole()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy it."""
        if self.text():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            copy = menu.addAction(_("Copy"))
            copy.setObjectName("action_copy_equation")
            copy.triggered.connect(self.copy)
            menu.popup(event.globalPos())

    def copy(self) -> None:
        """Put the whole equation onto the clipboard."""
        QGuiApplication.clipboard().setText(self.text())

    def open_whole(self) -> None:
        """Show all of the equation as it is now, in as many lines as it takes, until a click beside it."""
        sheet = QFrame(self, Qt.WindowType.Popup)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.setFrameShape(QFrame.Shape.Box)
        whole = QLabel(self.text())
        whole.setObjectName("whole_equation")
        whole.setTextFormat(Qt.TextFormat.PlainText)
        flags = Qt.TextInteractionFlag
        whole.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        whole.setFont(self.font())
        whole.setWordWrap(True)
        whole.setFixedSize(self.width(), whole.heightForWidth(self.width()))
        layout = QVBoxLayout(sheet)
        margin = self._theme.px(GRID)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.addWidget(whole)
        sheet.adjustSize()
        sheet.move(self.mapToGlobal(QPoint(-margin, self.height() + margin - sheet.height())))
        sheet.show()
        whole.setSelection(0, len(self.text()))
        whole.setFocus()
