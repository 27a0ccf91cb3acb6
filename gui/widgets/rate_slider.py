"""A slider for numbers that differ by powers of ten."""

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

PER_DECADE = 50  # positions in a power of ten
DIGITS = 3


class RateSlider(QSlider):
    """A logarithmic slider from `minimum` to `maximum`; it says `chosen(value)` when the person moves it."""

    chosen = Signal(float)

    def __init__(self, minimum: float, maximum: float, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._lowest = math.log10(minimum)
        self.setRange(0, round((math.log10(maximum) - self._lowest) * PER_DECADE))
        self.setPageStep(PER_DECADE)
        self.setSingleStep(PER_DECADE // 10)
        self.valueChanged.connect(lambda position: self.chosen.emit(self.number(position)))

    def number(self, position: int) -> float:
        """The number at a position."""
        return float(f"{10 ** (self._lowest + position / PER_DECADE):.{DIGITS}g}")

    def show_number(self, number: float) -> None:
        """Move to the position nearest to `number`, silently."""
        with QSignalBlocker(self):
            self.setValue(round((math.log10(number) - self._lowest) * PER_DECADE))
