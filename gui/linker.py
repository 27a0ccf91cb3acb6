"""Marks one step in all views at once, whichever of them the person points at, and goes where they ask."""

from __future__ import annotations

from PySide6.QtCore import QObject

from core.training import Snapshot
from gui.plots.fit_plot import FitPlot
from gui.plots.loss_plot import LossPlot
from gui.surveyor import Surveyor
from gui.workspace import Workspace


class Linker(QObject):
    """Joins the three plots of one window: the data, the parameters, and the loss."""

    def __init__(
        self, workspace: Workspace, fit: FitPlot, loss: LossPlot, surveyor: Surveyor, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = workspace.session
        self._fit, self._loss, self._surveyor = fit, loss, surveyor
        for plot in (fit, loss, surveyor.plot):
            plot.step_hovered.connect(self.mark)
            plot.step_wanted.connect(self._session.go_to)
        loss.stretch_brushed.connect(self.brush)
        self._session.run_started.connect(self._begin)
        self._session.snapshot_changed.connect(self._follow)
        self._begin(self._session.start)

    def mark(self, step: int | None) -> None:
        """Mark a step of the run in all views; None is none."""
        self._loss.show_mark(step)
        self._surveyor.show_mark(step)
        way, start = self._session.way, self._session.start
        if step is None or way is None or start is None or not 0 <= step <= way.steps:
            self._fit.show_mark(None)
            return
        arrays = start.curve.arrays(way.at(step))
        self._fit.show_mark(lambda x: start.curve.predict(arrays, start.scaling, x))

    def brush(self, stretch: tuple[int, int] | None) -> None:
        """Show a stretch of the run on the loss and on the path; None is none."""
        self._loss.show_stretch(stretch)
        self._surveyor.plot.show_stretch(stretch)

    def _begin(self, start: Snapshot | None) -> None:
        """What was marked belonged to another run."""
        self.brush(None)
        self.mark(None)
        self._follow(start)

    def _follow(self, _snapshot: Snapshot | None) -> None:
        """Let the fit plot know where the run has been."""
        start = self._session.start
        if start is None:
            self._fit.show_way(None, None, None)
        else:
            self._fit.show_way(self._session.way, start.curve, start.scaling)
