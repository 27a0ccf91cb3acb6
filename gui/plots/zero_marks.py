"""Where zeros are on a logarithmic axis, on which they are infinitely far down: marked on its lower edge."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from core.texts import _
from gui.plots.dots import Scatter
from gui.plots.legend import Entry
from gui.plots.legend_words import zero_tip
from gui.plots.range_keeper import Range
from gui.theme import Theme

Floats = NDArray[np.float64]

SIZE = 9  # pixels, the width and the height of a mark
APART = 16  # pixels from mark to mark, at least: of more zeros not each has one
EXACTLY_ZERO = "exactly_zero"  # the key of its entry in a legend


class ZeroMarks(Scatter):
    """Triangles that point down, off the scale."""

    def __init__(self, theme: Theme, colour: str) -> None:
        super().__init__(colour, theme.surface, 1)
        self._theme = theme
        self._shown: tuple[list[float], float] = ([], 0.0)
        self.hide()

    def floor(self, view: Range, area: QRectF) -> float:
        """The height of zeros in a view that is as high as `area`: as low as a mark is seen whole."""
        share = self._theme.px(SIZE) / 2 / max(area.height(), 1.0)
        return view[0] + min(share, 0.5) * (view[1] - view[0])

    def show_at(self, x: Floats, floor: float, view: Range, area: QRectF) -> None:
        """Mark zeros at some `x` of a view that is as wide as `area`, in rising order."""
        places = thinned(x, view, area.width() / self._theme.px(APART)).tolist() if len(x) else []
        if (places, floor) != self._shown:
            self._shown = places, floor
            size = self._theme.px(SIZE)
            self.setData(x=np.array(places), y=np.full(len(places), floor), symbol="t", size=size)
            self.setVisible(bool(places))


def thinned(x: Floats, view: Range, most: float) -> Floats:
    """Those of the rising places `x` in a view that are marked, about `most` if they lie everywhere.

    They are the first of stretches that stay where they are while the view moves.
    """
    x = x[(x >= view[0]) & (x <= view[1])]
    stretch = 2.0 ** np.ceil(np.log2((view[1] - view[0]) / max(most, 1.0)))
    _stretches, first = np.unique(np.floor(x / stretch), return_index=True)
    return x[first]


def on_axis(values: Floats, logarithmic: bool, floor: float) -> Floats:
    """Where numbers are on the axis, zeros of a logarithmic one at `floor`; NaN where they cannot be."""
    if not logarithmic:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values == 0, floor, np.log10(values))


def zero_entry(theme: Theme) -> Entry:
    """What the legend says of the marks."""
    return Entry(EXACTLY_ZERO, _("exactly 0"), zero_tip(), theme.muted, falls=True)
