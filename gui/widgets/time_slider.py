"""A slider over the steps of a run; a click on its groove takes the handle there."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QWidget

LAST = 2**31 - 1  # the last step that Qt can count
PAGES = 10  # of the run, in which PageUp and PageDown turn over


class TimeSlider(QSlider):
    """Stands at a step of a run; it says `chosen(step)` when the person moves it."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)  # easy to hit
        self._grip = 0.0  # pixels from the middle of the handle to where it is held
        self.valueChanged.connect(self.chosen)

    def show_step(self, first: int, step: int, last: int) -> None:
        """Stand at `step`, between `first` and `last`, silently."""
        with QSignalBlocker(self):
            self.setRange(min(first, LAST), min(last, LAST))
            self.setValue(min(step, LAST))
        page = max(1, (self.maximum() - self.minimum()) // PAGES)
        if page != self.pageStep():
            self.setPageStep(page)

    # --- Qt's own events --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle, which first comes to where the groove was clicked."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        across, handle = event.position().x(), self._part(QStyle.SubControl.SC_SliderHandle)
        held = handle.left() <= across <= handle.right()
        self._grip = across - handle.center().x() if held else 0.0
        self.setSliderDown(True)
        if not held:
            self.setSliderPosition(self._step_at(across))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The handle follows the hand."""
        if self.isSliderDown():
            self.setSliderPosition(self._step_at(event.position().x() - self._grip))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the handle go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def _step_at(self, across: float) -> int:
        """The step for which the middle of the handle is at a pixel."""
        groove, handle = (
            self._part(part)
            for part in (QStyle.SubControl.SC_SliderGroove, QStyle.SubControl.SC_SliderHandle)
        )
        return QStyle.sliderValueFromPosition(
            self.minimum(),
            self.maximum(),
            round(across) - groove.left() - handle.width() // 2,
            groove.width() - handle.width(),
        )

    def _part(self, part: QStyle.SubControl) -> QRect:
        """Where the groove or the handle is."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)
