"""Every tensor of a step, before and after what was done last."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget

from core.insight.phase_words import code
from core.texts import _
from core.training.inside import Inside
from gui.panels.cards import Card
from gui.panels.tensor_table import NAME, TensorTable
from gui.theme import Theme
from gui.widgets.cell_view import CellView
from gui.widgets.still_label import StillLabel

# Pixels of the columns, in the order of COLUMNS; the last one takes what is left.
WIDTHS = (0, 108, 108, 60, 60, 52, 100, 140, 108)
NAMES = (64, 140)  # pixels, the least and the most for the names of the tensors
BESIDE = 32  # pixels of a name's head that are not its letters


class TensorsCard(Card):
    """Holds the table of the tensors."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(_("Tensors"), theme)
        self.setObjectName("tensors_card")
        self._table = TensorTable(theme)
        self.view = self._view()
        self._empty = self._invitation()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.view)
        self.add_spring()
        self.set_plot(self._pages)
        self._note = StillLabel(shrinks=True)
        self._note.setObjectName("tensors_note")
        self._note.setAccessibleName(_("What the table compares"))
        self._note.setProperty("muted", True)
        self.foot.addWidget(self._note)
        self.show_inside(None, True)

    def show_inside(self, inside: Inside | None, whole: bool) -> None:
        """Show the tensors before and after the phase done last, or with `whole` before and after the step.

        None where there are no points.
        """
        self._pages.setCurrentWidget(self._empty if inside is None else self.view)
        if inside is None:
            self._note.setText("")
            return
        first = 0 if whole else max(0, inside.done - 1)
        self._table.show_views(inside.views[first], inside.views[-1])
        moment = _compared(inside, whole)
        if moment != self._note.text() and not whole:
            self._show_change()
        self._note.setText(moment)

    def _show_change(self) -> None:
        """Bring what a phase has changed into view: a gradient is far at the right."""
        changes = self._table.changes()
        if changes:
            self.view.scrollTo(self._table.index(*changes[0]))

    def _view(self) -> CellView:
        theme, view = self.theme, CellView(self.theme)
        view.setObjectName("tensors")
        view.setAccessibleName(_("Tensors"))
        view.setAccessibleDescription(_("Ctrl and the arrows go from cell to cell, Ctrl+C copies the cells."))
        view.setModel(self._table)
        view.setColumnHidden(NAME, True)  # the heads of the rows say it, and stay in sight
        for column, width in enumerate(WIDTHS):
            if width:
                view.setColumnWidth(column, theme.px(width))
        self._table.modelReset.connect(self._fit_names)
        return view

    def _fit_names(self) -> None:
        """Room for the longest name, if that is not too much."""
        heads, (least, most) = self.view.verticalHeader(), (self.theme.px(length) for length in NAMES)
        widths = [heads.fontMetrics().horizontalAdvance(name) for name in self._table.names()]
        heads.setFixedWidth(min(max([least, *(width + self.theme.px(BESIDE) for width in widths)]), most))

    def _invitation(self) -> QLabel:
        """What stands in the place of the table as long as there is no step to look into."""
        label = QLabel(_("Draw points on the left plot, or load data: then each tensor of a step is here."))
        label.setObjectName("tensors_empty")
        label.setProperty("muted", True)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setMargin(self.theme.px(16))
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        return label


def _compared(inside: Inside, whole: bool) -> str:
    """Between which moments the table compares."""
    step = f"{inside.number:,}"
    if whole or not inside.done:
        return _("Before and after step {step}").format(step=step)
    return _("Step {step}, before and after {code}").format(
        step=step, code=code(inside.phase, inside.settings)
    )
