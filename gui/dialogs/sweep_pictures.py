"""The two pictures of a sweep beside each other, and what their colours mean."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.experiment import Points
from core.texts import _
from core.training.sweep_plan import SweepPlan
from core.training.sweep_view import SweepView
from gui.plots.sweep_curves import SweepCurves
from gui.plots.sweep_plot import SweepPlot
from gui.theme import GRID, Theme
from gui.widgets.colour_scale import ColourScale


class SweepPictures(QWidget):
    """Says `run_hovered(run or None)` and `run_chosen(run)`, whichever picture that is in."""

    run_hovered = Signal(object)
    run_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = SweepPlot(theme)
        self.curves = SweepCurves(theme)
        self._scale = ColourScale(theme)
        self._fading = QLabel(_("The fainter a curve, the higher its loss."))
        self._fading.setFont(theme.font())
        self._fading.setObjectName("sweep_fading")
        self._fading.setWordWrap(True)
        room = self._fading.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self._fading.setSizePolicy(room)
        self._fading.setStyleSheet(f"color: {theme.muted}")
        for picture in (self.plot, self.curves):
            picture.run_hovered.connect(self.run_hovered)
            picture.run_chosen.connect(self.run_chosen)
        self._legend = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out(theme.px(GRID))
        self.setFocusProxy(self.plot)

    def show_empty(self, points: Points, plan: SweepPlan | None) -> None:
        """Show these points, and room for the runs of a plan, if there is one."""
        self.curves.show_points(points)
        if plan is None:
            self.plot.show_view(None)
        else:
            self.plot.show_plan(plan)
        self._show_legend(False)

    def show_view(self, view: SweepView) -> None:
        """Show how far a sweep has come."""
        self.plot.show_view(view)
        self.curves.show_view(view)
        self._show_legend(True)

    def mark(self, run: int | None) -> None:
        """Let one run stand out in both pictures, or none."""
        self.plot.mark(run)
        self.curves.mark(run)

    def _show_legend(self, known: bool) -> None:
        self._scale.show_scale(self.plot.scale if known else None)
        self._fading.setVisible(known)
        self._fit_legend()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_legend()

    def _fit_legend(self) -> None:
        """Say what fades below what the colours mean, where it has no room in a line beside that."""
        sentence = self._fading.fontMetrics().horizontalAdvance(self._fading.text())
        beside = self._scale.sizeHint().width() + self._legend.spacing() + sentence <= self.width()
        direction = QBoxLayout.Direction
        self._legend.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        side = Qt.AlignmentFlag.AlignRight if beside else Qt.AlignmentFlag.AlignLeft
        self._fading.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def _lay_out(self, gap: int) -> None:
        pictures, legend, layout = QHBoxLayout(), self._legend, QVBoxLayout(self)
        for line in (pictures, legend, layout):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(gap)
        pictures.addWidget(self.plot, 1)
        pictures.addWidget(self.curves, 1)
        legend.addWidget(self._scale)
        legend.addWidget(self._fading, 1)
        layout.addLayout(pictures, 1)
        layout.addLayout(legend)
