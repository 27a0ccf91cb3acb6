"""One step as mathematics: the formulas of the chosen model, loss and optimizer, and its numbers in them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QStringListModel, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.choices import MODELS
from core.experiment.settings import Settings
from core.insight.formulas import Block, formulas, with_step
from core.insight.plane import parameter_names
from core.texts import _
from core.training.named import named
from gui.background import Background
from gui.panels.cards import Card
from gui.panels.phase_words import code
from gui.theme import Theme
from gui.widgets.formula_block import FormulaBlock
from gui.widgets.formula_typesetting import SIZE, in_colours, inks, typeset

if TYPE_CHECKING:
    from core.training.inside import Inside

log = logging.getLogger(__name__)

MOST_NAMES = 12  # that the list shows at once
WIDEST_NAME = 7  # letters, such as w1[0, 0]
JOB = "formulas"


class FormulasCard(Card):
    """A block of formulas for each phase, in their order; the numbers are those of one parameter.

    Formulas are typeset in the background, each once.
    """

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(_("Formulas"), theme)
        self.setObjectName("formulas_card")
        self._background = background
        self._inks = inks(theme)
        self._pictures: dict[str, bytes] = {}
        self._blocks: tuple[Block, ...] = ()
        self._shown: list[FormulaBlock] = []
        self._inside: Inside | None = None
        self._fitting: tuple[Settings | None, int, bool] = (None, 0, False)
        self._told: tuple[Settings | None, int] = (None, 0)
        self._lit = ""
        self._names = QStringListModel(self)
        self.parameter = self._parameter_box()
        self.top.addWidget(self.parameter)
        self.add_spring()
        self._note = self._empty_note()
        self._scroll = QScrollArea()
        self._scroll.setObjectName("formulas_scroll")
        self._scroll.setAccessibleName(_("Formulas of a step"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = self._body()
        self._scroll.setWidget(body)
        for each in (self._scroll.viewport(), body):
            each.setAutoFillBackground(False)  # it stands upon the surface
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._note)
        column.addWidget(self._scroll, 1)
        self.set_plot(page)

    # --- what is shown ----------------------------------------------------------------------------------

    def show_settings(self, settings: Settings, features: int) -> None:
        """Show the formulas of these settings, for a model on `features` columns of x."""
        if (settings, features) == self._told:
            return
        self._told = settings, features
        blocks = formulas(settings, features)
        curve = named(MODELS[settings.model].curve)(settings.values("model"), features)
        self._show_names(parameter_names(curve))
        self._fitting = (None, 0, False)
        self._show_blocks(blocks, settings)
        self._blocks = blocks
        self._show_numbers()

    def show_inside(self, inside: Inside | None) -> None:
        """Show the numbers of a step, as far as it is done; None says that there is none."""
        self._note.setVisible(inside is None)
        self._inside = inside
        self._show_numbers()

    def light(self, phase: str) -> None:
        """Mark the block of a phase and bring it into sight; with "" none."""
        if phase == self._lit:
            return
        self._lit = phase
        for block in self._shown:
            block.light(block.phase == phase)
        self._bring_into_sight()

    def showEvent(self, event: QShowEvent) -> None:
        """Numbers that came while nobody saw them."""
        super().showEvent(event)
        self._show_numbers()
        QTimer.singleShot(0, self, self._bring_into_sight)

    # --- the formulas -----------------------------------------------------------------------------------

    def _show_blocks(self, blocks: Sequence[Block], settings: Settings) -> None:
        """Put the blocks in; those that stay as they are keep their place and their pictures."""
        for place, block in enumerate(blocks):
            heading = code(block.phase, settings)
            before = self._shown[place] if place < len(self._shown) else None
            if before is not None and before.says(block, heading):
                continue
            made = FormulaBlock(block, heading, self.theme, self._inks)
            made.light(block.phase == self._lit)
            if before is None:
                self._rows.insertWidget(place, made)
            else:
                self._rows.replaceWidget(before, made)
                before.hide()
                before.deleteLater()
            self._shown[place : place + 1] = [made]
        self._typeset()

    def _typeset(self) -> None:
        """Show the pictures that are there, and ask for those of the next block, of the lit one first."""
        for block in sorted(self._shown, key=lambda block: not block.lit):
            wanted = [in_colours(label.latex, self._inks) for label in block.labels]
            missing = [latex for latex in wanted if latex not in self._pictures]
            if missing:
                work = partial(typeset, missing, SIZE * self.theme.scale, self.theme.text)
                self._background.run(JOB, work, self._take, self._miss)
                return
            for label, latex in zip(block.labels, wanted, strict=True):
                label.show_picture(self._pictures[latex])

    def _take(self, pictures: dict[str, bytes]) -> None:
        if not shiboken6.isValid(self):
            return  # the window has gone in the meantime
        self._pictures |= pictures
        self._typeset()
        QTimer.singleShot(0, self, self._bring_into_sight)

    def _miss(self, error: Exception) -> None:
        log.error("no formula could be typeset", exc_info=error)

    def _bring_into_sight(self) -> None:
        """Scroll to the lit block, unless all of it is in sight."""
        lit = next((block for block in self._shown if block.lit), None)
        if lit is None:
            return
        self._rows.activate()
        bar, height = self._scroll.verticalScrollBar(), self._scroll.viewport().height()
        top, end = lit.y(), lit.y() + lit.height()
        if top < bar.value() or end > bar.value() + height:
            bar.setValue(top if lit.height() > height else min(top, max(end - height, bar.value())))

    # --- the numbers ------------------------------------------------------------------------------------

    def _show_numbers(self) -> None:
        """Fill in the numbers, where somebody sees them."""
        if not self.isVisible() or not self._shown:
            return
        inside = self._inside
        if inside is None or not self._fits(inside):
            for shown, block in zip(self._shown, self._blocks, strict=True):
                shown.show_numbers((None,) * len(block.formulas))
            return
        lines = with_step(self._blocks, inside, max(0, self.parameter.currentIndex()))
        for shown, numbers in zip(self._shown, lines, strict=True):
            shown.show_numbers(numbers)

    def _fits(self, inside: Inside) -> bool:
        """Whether the formulas are those of the step: it may have been made with other settings."""
        settings, features, fits = self._fitting
        if settings is not inside.settings or features != inside.curve.inputs:
            features = inside.curve.inputs
            fits = _looks(formulas(inside.settings, features)) == _looks(self._blocks)
            fits = fits and self._names.rowCount() == inside.curve.count()
            self._fitting = (inside.settings, features, fits)
        return fits

    # --- the parts --------------------------------------------------------------------------------------

    def _show_names(self, names: Sequence[str]) -> None:
        """Offer the parameters; the one at the same place stays chosen where there is one."""
        if list(names) == self._names.stringList():
            return
        self._names.setStringList(list(names))
        self.parameter.setCurrentIndex(0)

    def _body(self) -> QWidget:
        """What the blocks stand in."""
        body = QWidget()
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        return body

    def _parameter_box(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("formula_parameter")
        box.setAccessibleName(_("Parameter"))
        box.setToolTip(_("The parameter whose numbers the formulas show."))
        box.setModel(self._names)
        box.setMaxVisibleItems(MOST_NAMES)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(WIDEST_NAME)
        box.activated.connect(lambda _index: self._show_numbers())
        return box

    def _empty_note(self) -> QLabel:
        note = QLabel(
            _("Draw points on the left plot, or load data: then the numbers of each step stand here.")
        )
        note.setObjectName("formulas_note")
        note.setContentsMargins(*(self.theme.px(8),) * 4)
        note.setWordWrap(True)
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return note


def _looks(blocks: Sequence[Block]) -> list[str]:
    """What tells the formulas of some settings from those of others."""
    return [formula.latex for block in blocks for formula in block.formulas]
