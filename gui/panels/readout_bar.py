"""Where the run stands: step, epoch and loss, beside the bar of the run or in a row of their own below it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolBar, QWidget

from core.insight.numbers import significant
from core.texts import _
from core.training import Snapshot
from gui.theme import Theme
from gui.widgets.readout import Readout

FEWER_DIGITS = (3, 2, 1)  # of the loss, where there is no room for four
UNITS = (
    (10**3, 0, "k"),
    (10**6, 2, "M"),
    (10**9, 1, "G"),
)  # of steps: how many, places after the point, name


class ReadoutBar(QToolBar):
    """Shows step, epoch and loss, with their names and all their digits: it is never narrower than these."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(_("Where the run stands"))
        self.setObjectName("readout_bar")
        step = _("Steps: updates of the parameters so far, each from one batch of points.")
        epoch = _("Epochs: passes over all points so far. With all points in a batch, an epoch is one step.")
        loss = max(_("loss"), _("loss before"), key=len)
        self._readouts = {
            name: Readout(f"readout_{name}", caption, widest, tip, theme, narrowest)
            for name, caption, widest, narrowest, tip in (
                ("step", _("step"), "0,000,000", "00,000", step),
                ("epoch", _("epoch"), "000,000", "00,000", epoch),
                ("loss", loss, "0.000×10⁻⁰⁰", "0.000", ""),
            )
        }
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for readout in self._readouts.values():
            row.addWidget(readout)
        self.addWidget(self._row)
        self.show_loss(None)

    def minimumSizeHint(self) -> QSize:
        """Room for all the names, and for numbers with fewer digits."""
        beside = self.sizeHint() - self._row.sizeHint()
        return self._row.minimumSizeHint() + beside

    def show_numbers(self, snapshot: Snapshot | None) -> None:
        """Show where the run stands, or that there is none."""
        for name in ("step", "epoch"):
            count = None if snapshot is None else getattr(snapshot, name)
            self._readouts[name].show_text(*(("–",) if count is None else _counts(count)))

    def show_loss(self, loss: float | None) -> None:
        """Show the loss of the fit on screen, that of all training points; None is not known."""
        words = _(
            "The loss of the fit on screen: of all training points, behind this step, in the units of the "
            "data."
        )
        self._show_loss(loss, _("loss"), words)

    def show_loss_before(self, loss: float) -> None:
        """Show the loss that this step found before its update, where that of the fit takes too long."""
        words = _(
            "The loss that this step found before its update, of the points of its batch, in the units of "
            "the data. Of so many points, that of the fit on screen is found once the run rests."
        )
        self._show_loss(loss, _("loss before"), words)

    def _show_loss(self, loss: float | None, caption: str, tip: str) -> None:
        readout = self._readouts["loss"]
        readout.show_caption(caption, tip)
        if loss is None:
            readout.show_text("–")
        else:
            readout.show_text(significant(loss), [significant(loss, digits) for digits in FEWER_DIGITS])


def _counts(count: int) -> tuple[str, list[str]]:
    """A number of steps as it is, and, where that has no room, in thousands and millions."""
    return f"{count:,}", [
        f"{count / size:,.{places}f}{unit}" for size, places, unit in UNITS if count >= size
    ]
