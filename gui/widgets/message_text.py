"""A sentence in some lines, of which the tooltip has all where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTextBoundaryFinder
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from gui.widgets.plain import plain_tip

TALLEST = "国g⁶"  # letters of the fonts that a sentence may have
ENDLESS = 100_000  # pixels


class MessageText(QLabel):
    """Ends in … rather than in a line that is cut in two; its height stays as it is, whatever is said."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """The whole sentence."""
        return self._whole

    def setText(self, text: str) -> None:  # noqa: N802
        """Show `text`."""
        self._whole = text
        self.setAccessibleDescription(text)
        self._fit()

    def show_lines(self, count: int) -> None:
        """Be so many lines high."""
        lines = QLabel("\n".join([TALLEST] * count))
        lines.setFont(self.font())
        self.setFixedHeight(lines.sizeHint().height())
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown, rest = len(self._whole), 0
        if not self._fits(self._whole):
            while shown - rest > 1:  # halve what may be shown
                middle = (shown + rest) // 2
                shown, rest = (shown, middle) if self._fits(self._cut(middle)) else (middle, rest)
            shown = rest
        is_whole = shown == len(self._whole)
        super().setText(self._whole if is_whole else self._cut(shown))
        self.setToolTip("" if is_whole else plain_tip(self._whole))

    def _cut(self, count: int) -> str:
        """The first letters, so many at most, up to where a line may end: Chinese has no gaps to end at."""
        ends = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, self._whole)
        ends.setPosition(count)
        if not ends.isAtBoundary():
            ends.toPreviousBoundary()
        return f"{self._whole[: max(0, ends.position()) or count].rstrip()}…"

    def _fits(self, text: str) -> bool:
        room = QRect(0, 0, max(1, self.width()), ENDLESS)
        needed = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap.value, text)
        return needed.height() <= self.height() and needed.width() <= room.width()
