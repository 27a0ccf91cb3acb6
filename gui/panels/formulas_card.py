"""One step as mathematics: the formulas of the chosen model, loss and optimizer, and its numbers in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.choices import Value
from core.experiment.settings import Settings
from core.insight.curve_of import curve_of
from core.insight.phase_words import invitation
from core.insight.plane import parameter_names
from core.texts import _
from gui.background import Background
from gui.panels.cards import Card
from gui.theme import Theme

if TYPE_CHECKING:
    from core.training.inside import Inside
    from gui.widgets.formula_list import FormulaList

MOST_NAMES = 12  # that the list shows at once
WIDEST_NAME = 7  # letters, such as w1[0, 0]


class FormulasCard(Card):
    """Holds a FormulaList, once there is something to show; the numbers are those of one parameter.

    `parameter_chosen` says which, by its place in a flat row of all; also when another model begins anew.
    """

    parameter_chosen = Signal(int)

    def __init__(self, theme: Theme, background: Background, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Formulas"), theme)
        self.setObjectName("formulas_card")
        self._background = background
        self._list: FormulaList | None = None
        self._inside: Inside | None = None
        self._told: tuple[Settings | None, int] = (None, 0)
        self._of_data = True
        self._model: tuple[str, dict[str, Value], int] = ("", {}, 0)
        self._lit = ""
        self._names = QStringListModel(self)
        self._box = self._parameter_box()
        self.top.addWidget(self._box)
        self.add_units_switch(actions["trained_units"])  # last: where it has no room, other cards have it
        self.add_spring()
        self._note = self._empty_note()
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._note)
        self.set_plot(page)

    @property
    def parameter(self) -> int:
        """The place of the chosen parameter in a flat row of all."""
        return max(0, self._box.currentIndex())

    def show_settings(self, settings: Settings, features: int) -> None:
        """Show the formulas of these settings, for a model on `features` columns of x."""
        if (settings, features) == self._told:
            return
        self._told = settings, features
        model = settings.model, settings.values("model"), features
        if model != self._model:
            self._model = model
            curve = curve_of(settings, features)
            self._show_names(parameter_names(curve))
        if self._list is None:
            self._list = self._make_list()
        self._list.show_settings(settings, features, self._of_data)
        self._show_numbers()

    def show_units(self, of_data: bool) -> None:
        """Be of numbers in the units of the data, or as trained; these come with the next step."""
        settings, features = self._told
        if of_data != self._of_data:
            self._of_data = of_data
            if settings is not None and self._list is not None:
                self._list.show_settings(settings, features, of_data)

    def show_inside(self, inside: Inside | None) -> None:
        """Show the numbers of a step, as far as it is done; None says that there is none."""
        self._note.setVisible(inside is None)
        self._inside = inside
        self._show_numbers()

    def light(self, phase: str) -> None:
        """Mark the block of a phase and bring it into sight; with "" none."""
        if phase != self._lit:
            self._lit = phase
            if self._list is not None:
                self._list.light(phase)

    def showEvent(self, event: QShowEvent) -> None:
        """Numbers that came while nobody saw them."""
        super().showEvent(event)
        self._show_numbers()
        if self._list is not None:
            QTimer.singleShot(0, self._list, self._list.bring_into_sight)

    def _show_numbers(self) -> None:
        """Fill in the numbers, where somebody sees them."""
        if self._list is None or not self.isVisible():
            return
        inside = self._inside
        if inside is not None and inside.curve.count() != self._names.rowCount():
            inside = None  # of a model that is not chosen any more
        self._list.show_step(inside, self.parameter)

    def _choose(self, index: int) -> None:
        self._show_numbers()
        self.parameter_chosen.emit(index)

    def _show_names(self, names: Sequence[str]) -> None:
        """Offer the parameters, the first of them chosen."""
        if list(names) != self._names.stringList():
            self._names.setStringList(list(names))
            self._box.setCurrentIndex(0)
            self.parameter_chosen.emit(0)

    # --- the parts --------------------------------------------------------------------------------------

    def _make_list(self) -> FormulaList:
        from gui.widgets.formula_list import FormulaList  # here, since the window is painted without it

        made = FormulaList(self.theme, self._background)
        made.light(self._lit)
        self._column.addWidget(made, 1)
        return made

    def _parameter_box(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("formula_parameter")
        box.setAccessibleName(_("Parameter"))
        box.setToolTip(_("The parameter whose numbers the formulas show."))
        box.setModel(self._names)
        box.setMaxVisibleItems(MOST_NAMES)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(WIDEST_NAME)
        box.activated.connect(self._choose)
        return box

    def _empty_note(self) -> QLabel:
        note = QLabel(invitation())
        note.setObjectName("formulas_note")
        note.setContentsMargins(*(self.theme.px(8),) * 4)
        note.setWordWrap(True)
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return note
