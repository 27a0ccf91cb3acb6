"""A thin upright line that stands at one step, as high as the view."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from gui.plots.range_keeper import Range


class Upright(pg.PlotCurveItem):  # type: ignore[misc]
    """Is nowhere until it stands somewhere."""

    def __init__(self, colour: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        super().__init__(pen=pg.mkPen(colour, width=1, style=style), antialias=False)
        self._stands: tuple[float, Range] | None = None
        self.hide()

    def stand_at(self, x: float | None, view: Range) -> None:
        """Show the line at `x` from view[0] to view[1], or nowhere for None."""
        self.setVisible(x is not None)
        if x is not None and self._stands != (x, view):
            self._stands = x, view
            self.setData(x=np.array([x, x], dtype=np.float64), y=np.array(view, dtype=np.float64))
