"""Marks one step in all views at once, whichever of them the person points at, and goes where they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.training import Snapshot
from gui.plots.fit_plot import FitPlot
from gui.plots.loss_plot import LossPlot
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.plots.landscape_plot import LandscapePlot
    from gui.surveyor import Surveyor


class Linker(QObject):
    """Joins the plots of one window: the data and the loss, and, once there are any, the parameters."""

    def __init__(self, workspace: Workspace, fit: FitPlot, loss: LossPlot, parent: QObject) -> None:
        super().__init__(parent)
        self._session = workspace.session
        self._fit, self._loss = fit, loss
        self._surveyor: Surveyor | None = None
        self._stretch: tuple[int, int] | None = None
        for plot in (fit, loss):
            self._join(plot)
        loss.stretch_brushed.connect(self.brush)
        self._session.run_started.connect(self._begin)
        self._session.snapshot_changed.connect(self._follow)
        self._begin(self._session.start)

    def link(self, surveyor: Surveyor) -> None:
        """Join the landscape, which is made when somebody wants to see it, to the others."""
        self._surveyor = surveyor
        self._join(surveyor.plot)
        surveyor.plot.show_stretch(self._stretch)

    def mark(self, step: int | None) -> None:
        """Mark a step of the run in all views; None is none."""
        self._loss.show_mark(step)
        if self._surveyor is not None:
            self._surveyor.show_mark(step)
        way, start = self._session.way, self._session.start
        if step is None or way is None or start is None or not 0 <= step <= way.steps:
            self._fit.show_mark(None)
            return
        arrays = start.curve.arrays(way.at(step))
        self._fit.show_mark(lambda x: start.curve.predict(arrays, start.scaling, x))

    def brush(self, stretch: tuple[int, int] | None) -> None:
        """Show a stretch of the run on the loss and on the path; None is none."""
        self._stretch = stretch
        self._loss.show_stretch(stretch)
        if self._surveyor is not None:
            self._surveyor.plot.show_stretch(stretch)

    def _join(self, plot: FitPlot | LossPlot | LandscapePlot) -> None:
        plot.step_hovered.connect(self.mark)
        plot.step_wanted.connect(self._session.go_to)

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
