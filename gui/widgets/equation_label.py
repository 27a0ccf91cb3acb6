"""The fitted function in one line, which a click opens to select and to copy from."""

from __future__ import annotations

import re

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QVBoxLayout

from core.insight.curves import WHERE
from core.texts import _
from gui.theme import GRID, Theme
from gui.widgets.plain import plain_tip
from gui.widgets.still_label import StillLabel

BETWEEN_TERMS = re.compile(r"(?<!\(x)(?<!\(x\d) (?=[+−] )")


class EquationLabel(StillLabel):
    """An equation; of one that is too long the last terms are left out, but not what u is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(shrinks=True)
        self._theme = theme
        self.setFont(theme.font(bold=True, digits=True))
        self.setAccessibleName(_("Equation"))
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show `text`, and let the keys come to it as long as there is any."""
        super().setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if text else Qt.FocusPolicy.NoFocus)

    def cut_off(self) -> str:
        """The first terms, as many as there is room for, and what u is: a number cut off is another."""
        equation, where, u = self.text().partition(WHERE)
        terms = BETWEEN_TERMS.split(equation)
        for count in range(len(terms) - 1, 0, -1):
            shown = f"{' '.join(terms[:count])} …{where}{u}"
            if self.fontMetrics().horizontalAdvance(shown) <= self.width():
                return shown
        return super().cut_off()

    def tip(self, left_out: str) -> str:
        """What the tooltip says: the whole equation where some of it is left out, and what a click does."""
        about = _("Click to select and copy it.") if self.text() else ""
        return "<br>".join(filter(None, (plain_tip(left_out) if left_out else "", about)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the whole equation."""
        if event.button() == Qt.MouseButton.LeftButton and self.text():
            self.open_whole()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the whole equation by Enter, and copy it by the key of Copy."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_whole()
        else:
            super().keyPressEvent(event)

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
