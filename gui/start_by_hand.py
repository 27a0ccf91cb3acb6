"""Lets the person take the start of the run in the hand: on the landscape, or by the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.insight.curves import in_a_row
from core.texts import _
from core.training import Snapshot
from gui.plots.fit_plot import FitPlot
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.surveyor import Surveyor


class StartByHand(QObject):
    """Turns drags into the person's own start values; one drag is one edit, and the run waits for its end.

    `said(sentence)` tells what a drag has done.
    """

    said = Signal(str)

    def __init__(self, workspace: Workspace, fit: FitPlot, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._session = workspace.store, workspace.session
        self._fit = fit
        self._surveyor: Surveyor | None = None
        self._numbers: list[float] = []  # the start values in the hand; none while it is empty
        self._moved = False
        fit.fit_grabbed.connect(self._grab)
        fit.fit_released.connect(self._release)
        fit.fit_shifted.connect(self._shift)
        fit.fit_turned.connect(self._turn)
        self._session.run_started.connect(self._begin)
        self._begin(self._session.start)

    def reach(self, surveyor: Surveyor) -> None:
        """Let the landscape, which is made when somebody wants to see it, be taken in the hand too."""
        self._surveyor = surveyor
        surveyor.plot.grabbed.connect(self._grab)
        surveyor.plot.released.connect(self._release)
        surveyor.plot.place_chosen.connect(self._place)

    def _begin(self, start: Snapshot | None) -> None:
        """A line can be turned, any other curve only shifted."""
        self._fit.show_turnable(start is not None and start.curve.count() == 2)

    def _grab(self) -> None:
        """The drag begins with what is on screen, which may be a trained fit."""
        if self._session.loading or self._session.snapshot is None:
            return  # it may be another model that is being built, which has other parameters
        self._session.hold()
        self._numbers = list(self._session.snapshot.numbers())
        self._moved = False
        self._store.begin_stroke()

    def _release(self) -> None:
        if not self._numbers:
            return
        self._numbers = []
        self._store.end_stroke()
        self._session.let_go()
        if self._moved:
            self.said.emit(_("The training starts from here now; undo takes it back to where it was."))

    def _place(self, u: float, v: float) -> None:
        """A place of the landscape."""
        start, plane = self._session.start, None if self._surveyor is None else self._surveyor.plane
        if self._numbers and start is not None and plane is not None:
            arrays = start.curve.arrays(plane.at(u, v))
            self._start_at(list(in_a_row(start.curve.in_data_units(arrays, start.scaling))))

    def _shift(self, up: float) -> None:
        """The curve moves up by so much: every model ends with an intercept."""
        if self._numbers:
            self._start_at([*self._numbers[:-1], self._numbers[-1] + up])

    def _turn(self, pivot_x: float, pivot_y: float, x: float, y: float) -> None:
        """The line goes through two points."""
        if self._numbers and x != pivot_x:
            slope = (y - pivot_y) / (x - pivot_x)
            self._start_at([slope, pivot_y - slope * pivot_x])

    def _start_at(self, numbers: list[float]) -> None:
        self._numbers, self._moved = numbers, True
        self._store.change(start="own", start_values=tuple(numbers))
