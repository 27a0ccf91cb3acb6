"""One formula as it is printed in books; crisp at any scale, and smaller where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from core.texts import _
from gui.theme import Theme
from gui.widgets.formula_typesetting import without_colours
from gui.widgets.plain import plain_tip

EMPTY = 28  # pixels, the height that is kept until the formula is there
LEAST = 0.55  # of its size, to which a formula shrinks; one that is wider is cut off


class FormulaLabel(QWidget):
    """A picture of `latex`; `text` says the same to those who hear it, and goes into the tooltip."""

    def __init__(self, latex: str, text: str, theme: Theme) -> None:
        super().__init__()
        self.latex = latex
        self._renderer: QSvgRenderer | None = None
        self._empty = theme.px(EMPTY)
        self.setObjectName("formula")
        self.setAccessibleName(_("Formula"))
        self.setAccessibleDescription(text)
        self.setToolTip(plain_tip(text))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setFixedHeight(self._empty)

    def show_picture(self, svg: bytes) -> None:
        """Show the formula, once."""
        if self._renderer is not None:
            return
        self._renderer = QSvgRenderer(QByteArray(svg))
        self._fit()
        self.update()

    @property
    def typeset(self) -> bool:
        """Whether the formula is there."""
        return self._renderer is not None

    def natural(self) -> QSize:
        """The size of the formula where there is room enough; without one, that of the space kept for it."""
        if self._renderer is None:
            return QSize(0, self._empty)
        return self._renderer.viewBoxF().size().toSize()

    def sizeHint(self) -> QSize:
        """As large as it is."""
        return self.natural()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shrink with the width."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the formula, at the left."""
        if self._renderer is None:
            return
        painter = QPainter(self)
        size = self._renderer.viewBoxF().size() * self._factor()
        self._renderer.render(
            painter, QRectF(0.0, (self.height() - size.height()) / 2, size.width(), size.height())
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy it."""
        menu = QMenu(self)
        menu.setObjectName("formula_menu")
        copy = menu.addAction(_("Copy as LaTeX"))
        copy.setObjectName("action_copy_latex")
        copy.setToolTip(_("Put this formula onto the clipboard, to paste it into a text."))
        copy.triggered.connect(self.copy)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def copy(self) -> None:
        """Put the formula onto the clipboard, as LaTeX without colours."""
        QGuiApplication.clipboard().setText(without_colours(self.latex))

    def _factor(self) -> float:
        width = self.natural().width()
        return min(1.0, max(LEAST, self.width() / width)) if width else 1.0

    def _fit(self) -> None:
        self.setFixedHeight(max(1, round(self.natural().height() * self._factor())))
