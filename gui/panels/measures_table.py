"""The measures of a fit: a row for the training points and, where there are any, one for those held out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.insight.fit_measures import Measures
from core.insight.numbers import significant
from core.texts import N_, _
from gui.theme import Theme
from gui.widgets.readout import LEFT, Readout
from gui.widgets.still_label import StillLabel

NARROWEST = "0.00"  # that a value makes do with
FEWER_DIGITS = (3, 2, 1)  # where there is no room for four
HOPELESS = -10.0  # an R² below this is not worth its digits


def r2_text(value: float, places: int = 4) -> str:
    """R² to so many places; a hopeless fit is just said to be far below zero."""
    return f"{value:.{places}f}".replace("-", "−") if value > HOPELESS else "< −10"


# Of each measure: its key, how it is called, the widest value to expect, what it means, how it is written.
COLUMNS: tuple[tuple[str, str, str, str, Callable[..., str]], ...] = (
    (
        "r2",
        "R²",
        "−0.0000",
        N_("How much of the variance of y the fit explains: 1 is perfect, 0 no better than the mean."),
        r2_text,
    ),
    (
        "rmse",
        "RMSE",
        "0,000.0",
        N_("The root of the mean squared difference between fit and points, in the units of y."),
        significant,
    ),
    (
        "mae",
        "MAE",
        "0,000.0",
        N_("The mean difference between fit and points without its sign, in the units of y."),
        significant,
    ),
)
ROWS = (
    ("", N_("training"), N_("How well the fit meets the points that training sees.")),
    ("_validation", N_("held out"), N_("How well it meets the points that training never sees.")),
)


class MeasuresTable(QWidget):
    """Says R², RMSE and MAE; the row of the points held out is there only while there are any.

    Where names and numbers have no room beside each other, the names stand above the columns.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(theme.px(2))
        grid.setColumnStretch(1 + len(COLUMNS), 1)
        self._readouts: dict[str, Readout] = {}
        self._rows: list[list[QWidget]] = []
        self._heads = [self._head(caption, _(tip), theme) for _key, caption, _widest, tip, _text in COLUMNS]
        for column, head in enumerate(self._heads, start=1):
            grid.addWidget(head, 0, column)
        for row, (ending, label, about_row) in enumerate(ROWS, start=1):
            about = StillLabel(_(label))
            about.setText(_(label))
            about.explain(_(about_row))
            about.setProperty("muted", True)
            grid.addWidget(about, row, 0)
            row_parts: list[QWidget] = [about]
            for column, (key, caption, widest, tip, _text) in enumerate(COLUMNS):
                readout = Readout(f"readout_{key}{ending}", caption, widest, _(tip), theme, NARROWEST)
                readout.value.setAccessibleName(f"{caption}, {_(label)}")
                self._readouts[key + ending] = readout
                grid.addWidget(readout, row, 1 + column)
                row_parts.append(readout)
            self._rows.append(row_parts)
        self._grid = grid
        for part in (self._rows[0][0], *self._rows[1]):
            part.hide()
        self.show_measures(None, None)

    def minimumSizeHint(self) -> QSize:
        """As narrow as with the names above the columns."""
        return QSize(1, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find another place for the names where there is another width."""
        super().resizeEvent(event)
        # Later: to show a widget within a layout lays it out anew, and the outer one ends with old sizes.
        QTimer.singleShot(0, self, self._place_names)

    def _head(self, caption: str, tip: str, theme: Theme) -> QLabel:
        head = QLabel(caption)
        head.setProperty("muted", True)
        head.setContentsMargins(theme.px(LEFT), 0, 0, 0)
        head.setToolTip(tip)
        return head

    def _place_names(self) -> None:
        """Set the names beside the numbers if that has room, else above them."""
        about, *readouts = self._rows[0]
        needed = 0 if about.isHidden() else about.minimumSizeHint().width()
        needed += sum(readout.width_with_name() for readout in readouts if isinstance(readout, Readout))
        elsewhere = needed > self.width()
        for readout in self._readouts.values():
            readout.name_elsewhere(elsewhere)
        for head in self._heads:
            head.setVisible(elsewhere)

    def show_measures(self, training: Measures | None, held_out: Measures | None) -> None:
        """Show the measures, or that there are none."""
        for ending, found in (("", training), ("_validation", held_out)):
            for key, _caption, _widest, _tip, text in COLUMNS:
                readout = self._readouts[key + ending]
                number = None if found is None else getattr(found, key)
                if number is None:
                    readout.show_text("–")
                    continue
                readout.show_text(text(number), [text(number, digits) for digits in FEWER_DIGITS])
        parts = (self._rows[0][0], *self._rows[1])  # one row alone needs no name
        if parts[0].isHidden() == (held_out is not None):
            for part in parts:
                part.setVisible(held_out is not None)
            self._place_names()
