"""The curves of the fit plot and the legend that names them."""

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from core.texts import _
from gui.plots.canvas import Canvas
from gui.plots.dots import HOLLOW
from gui.plots.legend import Entry, Legend
from gui.plots.legend_words import abandoned_tip, best_tip, held_out_tip, marked_tip
from gui.plots.trace import Trace
from gui.theme import DATA, MODEL, REFERENCE, Theme

Floats = NDArray[np.float64]
Predict = Callable[[Floats], Floats]

FEWEST, MOST_SAMPLES = 256, 600  # of a curve over the visible range
FIT_WIDTH, WIDTH, MARKED_WIDTH = 3, 2, 1.5  # pixels
FIT, REFERENCE_CURVE, START, GHOST, MARKED = "fit", "reference", "start", "ghost", "marked"


class FitCurves:
    """Each curve is a function from x `[M]` to y `[M]`, or None, drawn over the visible range of a plot."""

    def __init__(self, theme: Theme, plot: Canvas) -> None:
        self._plot = plot
        self.predict: dict[str, Predict | None] = dict.fromkeys((FIT, REFERENCE_CURVE, START, GHOST, MARKED))
        fit, thin, marked = theme.px(FIT_WIDTH), theme.px(WIDTH), MARKED_WIDTH * theme.scale
        solid, dashed, dotted = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
        faded = theme.faded(MODEL)
        self.traces = {
            START: Trace(theme.was, thin, dotted),
            GHOST: Trace(theme.was, thin),
            MARKED: Trace(faded, marked),
            FIT: Trace(MODEL, fit),
            # Above the fit, so that a fit which has arrived shows its dashes.
            REFERENCE_CURVE: Trace(REFERENCE, thin, dashed),
        }
        self.legend = Legend(
            theme,
            (
                # First: it comes and goes with the cursor, and the others stay where they are.
                Entry(MARKED, _("marked"), marked_tip(), faded, marked, solid),
                Entry("data", _("data"), _("Your points: training makes the fit come near them."), DATA),
                Entry(
                    "all",
                    _("training and held out"),
                    _("All points, so many that their density is drawn."),
                    DATA,
                ),
                Entry("training", _("training"), _("The points that training sees."), DATA),
                Entry("held_out", _("held out"), held_out_tip(), DATA, theme.px(HOLLOW), hollow=True),
                Entry(
                    FIT,
                    _("fit"),
                    _("What the model predicts now; watch it move while it trains."),
                    MODEL,
                    fit,
                    solid,
                ),
                Entry(REFERENCE_CURVE, _("best fit"), best_tip(), REFERENCE, thin, dashed),
                Entry(START, _("start"), _("Where this run began, at step 0."), theme.was, thin, dotted),
                Entry(GHOST, _("abandoned"), abandoned_tip(), theme.was, thin, solid),
            ),
        )

    def show(self, key: str, predict: Predict | None) -> None:
        """Show another curve from now on, or none."""
        self.predict[key] = predict
        self._draw(key)

    def draw(self) -> None:
        """Draw every curve over the range that is visible now."""
        self.legend.stand_at(self._plot.area())
        for key in self.traces:
            self._draw(key)

    def show_legend(self, data: Collection[str]) -> None:
        """Name the curves that are shown, and those of the entries of the points that are in `data`."""
        self.legend.show_only({key for key, predict in self.predict.items() if predict} | set(data))

    def heights(self, key: str, x: Floats) -> Floats | None:
        """y `[M]` of a curve at x `[M]`, not finite where it is nowhere; None without the curve."""
        predict = self.predict[key]
        return None if predict is None else values(predict, x)

    def _draw(self, key: str) -> None:
        """Sample one curve over the visible range, about two samples a pixel."""
        area, (x_view, y_view) = self._plot.area(), self._plot.view()
        count = int(np.clip(2 * area.width(), FEWEST, MOST_SAMPLES))
        x = np.linspace(*x_view, count)
        y = self.heights(key, x)
        if y is None:
            self.traces[key].clear_curve()
            return
        self.traces[key].draw(x, y, y_view, area.height())
        self.legend.point(key, out_of_sight(y, y_view))


def values(predict: Predict, x: Floats) -> Floats:
    """A diverging model may overflow: that is for the loss to report, not for the plot."""
    with np.errstate(all="ignore"):
        return np.asarray(predict(x), dtype=np.float64)


def out_of_sight(y: Floats, view: tuple[float, float]) -> str:
    """An arrow to where a curve is that lies wholly above or below the view; "" for one that does not."""
    with np.errstate(invalid="ignore"):
        return "↑" if (y > view[1]).all() else "↓" if (y < view[0]).all() else ""
