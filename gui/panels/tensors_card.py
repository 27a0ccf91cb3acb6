"""Every tensor of a step, before and after what was done last."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget

from core.insight.phase_words import code, invitation, shorter_code
from core.texts import _
from core.training.inside import Inside
from gui.panels.cards import Card
from gui.panels.tensor_row import AFTER, BEFORE, NAME
from gui.panels.tensor_table import CHANGED, TensorTable
from gui.theme import Theme
from gui.widgets.cell_view import CellView
from gui.widgets.still_label import StillLabel

SHAPE = 3
# Pixels of the columns that tell what a tensor is; the numbers before and after take what is left.
WIDTHS = {SHAPE: 60, 4: 60, 5: 52, 6: 100, 7: 180, 8: 136}
NUMBER = "−0.08888"  # has room in the columns before and after
LONG = "−8.888×10⁻⁸"  # should have
MOST_SHOWN = 6  # numbers of a tensor in a cell
WIDEST = 260  # pixels of these columns
IN_CELL = 8  # pixels beside a number
NAMES = (64, 140)  # pixels, the least and the most for the names of the tensors
SHARE = 0.45  # of the width is at most for names
NAME_SIZE = 12  # pixels
BESIDE = 20  # pixels of a name's head that are not its letters


class TensorsCard(Card):
    """Holds the table of the tensors."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Tensors"), theme)
        self.setObjectName("tensors_card")
        self._table = TensorTable(theme)
        self._is_fitting = True
        self._has_own_widths = False
        metrics = QFontMetrics(theme.font(bold=True, digits=True))
        self._mark, self._dots, self._long = map(metrics.horizontalAdvance, (CHANGED, " …", LONG))
        self._number = metrics.horizontalAdvance(f"{NUMBER}, ")
        self.view = self._view()
        self._empty = self._invitation()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.view)
        self.add_units_switch(actions["trained_units"])
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

        None where there is no step, for want of points or because nobody asked for it.
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
        self._note.show_shorter(_compared_in_short(inside, whole))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the numbers what room there is, as long as nobody has chosen another width."""
        super().resizeEvent(event)
        self._fit_columns()

    def _show_change(self) -> None:
        """Bring the first row that a phase has changed into view, as far as that takes no going sideways."""
        place = self._table.first_change()
        if place is not None:
            bar = self.view.horizontalScrollBar()
            across = bar.value()
            self.view.doItemsLayout()  # else a row that has just come is beyond what Qt takes for the end
            self.view.scrollTo(self._table.index(place, BEFORE))
            bar.setValue(across)

    def _view(self) -> CellView:
        theme, view = self.theme, CellView(self.theme)
        view.setObjectName("tensors")
        view.setAccessibleName(_("Tensors"))
        view.setAccessibleDescription(_("Ctrl and the arrows go from cell to cell, Ctrl+C copies the cells."))
        view.setModel(self._table)
        view.verticalHeader().setFont(theme.font(NAME_SIZE))
        view.setColumnHidden(NAME, True)  # the heads of the rows say it, and stay in sight
        for column, width in WIDTHS.items():
            view.setColumnWidth(column, theme.px(width))
        view.horizontalHeader().sectionResized.connect(self._note_width)
        self._table.modelReset.connect(self._fit_columns)
        return view

    def _fit_names(self) -> None:
        """Room for the longest name, if that is not too much."""
        heads, (least, most) = self.view.verticalHeader(), (self.theme.px(length) for length in NAMES)
        widths = [heads.fontMetrics().horizontalAdvance(name) for name in self._table.names()]
        longest = max([least, *(width + self.theme.px(BESIDE) for width in widths)])
        width = min(longest, most, max(least, round(self.width() * SHARE)))
        heads.setFixedWidth(width)
        # Qt would keep room for a picture of 16 pixels, of which the colour beside a name takes 4.
        modes = Qt.TextElideMode
        heads.setTextElideMode(modes.ElideNone if width == longest else modes.ElideRight)

    def _fit_columns(self) -> None:
        """Let the numbers before and after be seen first, and beside them as much as has room."""
        self._fit_names()
        if self._has_own_widths:
            return
        room = (
            self.width()
            - self.view.verticalHeader().width()
            - self.view.verticalScrollBar().sizeHint().width()
        )
        others = [self.theme.px(length) for length in WIDTHS.values()]
        least = self._mark + self._number + self.theme.px(IN_CELL)
        usual = self._mark + self._long + self.theme.px(IN_CELL)
        beside_shape, beside_all = (room - others[0]) // 2, (room - sum(others)) // 2
        width = min(room // 2 if beside_shape < least else beside_shape, usual)
        width = max(width, min(beside_all, self.theme.px(WIDEST)), least - self._mark)
        more = self._mark // 2  # the mark stands in one of the two
        self._is_fitting = True
        self.view.setColumnWidth(BEFORE, width - more)
        self.view.setColumnWidth(AFTER, width + more)
        self._is_fitting = False

    def _note_width(self, column: int, _before: int, width: int) -> None:
        """A column is wider or narrower; the person has drawn it to another width, if nothing else has."""
        if column == AFTER:
            room = width - self.theme.px(IN_CELL) - self._mark
            count = (room - self._dots) // self._number
            self._table.show_first(min(max(1, count), MOST_SHOWN), room)
        if not self._is_fitting and column in (BEFORE, AFTER):
            self._has_own_widths = True

    def _invitation(self) -> QLabel:
        """What stands in the place of the table as long as there is no step to look into."""
        label = QLabel(invitation())
        label.setObjectName("tensors_empty")
        label.setProperty("muted", True)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setMargin(self.theme.px(16))
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        return label


def _compared(inside: Inside, whole: bool) -> str:
    """Between which moments the table compares."""
    if whole or not inside.done:
        return _("Before and after step {step}").format(step=f"{inside.number:,}")
    return _of_phase(inside, code(inside.phase, inside.settings))


def _compared_in_short(inside: Inside, whole: bool) -> list[str]:
    """The same with less of the code, and without the step, which the window says elsewhere."""
    if whole or not inside.done:
        return []
    calls = shorter_code(code(inside.phase, inside.settings))
    return [
        *(_of_phase(inside, call) for call in calls),
        *(_("Before and after {code}").format(code=call) for call in calls),
    ]


def _of_phase(inside: Inside, line: str) -> str:
    return _("Step {step}, before and after {code}").format(step=f"{inside.number:,}", code=line)
