"""The formulas of a step, phase by phase, with its numbers in them: what fills the card of formulas."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from core.experiment.settings import Settings
from core.insight.formulas import Block, formulas, with_step
from core.insight.phase_words import code
from core.texts import _
from gui.background import Background
from gui.theme import Theme
from gui.widgets.formula_block import FormulaBlock
from gui.widgets.formula_typesetting import SIZE, in_colours, inks, typeset

if TYPE_CHECKING:
    from core.training.inside import Inside

log = logging.getLogger(__name__)

JOB = "formulas"


class FormulaList(QScrollArea):
    """A block of formulas for each phase, in their order; typeset in the background, each formula once."""

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__()
        self._theme = theme
        self._background = background
        self._inks = inks(theme)
        self._pictures: dict[str, bytes] = {}
        self._blocks: tuple[Block, ...] = ()
        self._shown: list[FormulaBlock] = []
        self._fitting: tuple[Settings | None, int, bool] = (None, 0, False)
        self._lit = ""
        self.setObjectName("formula_list")
        self.setAccessibleName(_("Formulas of a step"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        self.setWidget(body)
        for each in (self.viewport(), body):
            each.setAutoFillBackground(False)  # it stands upon the surface of the card

    # --- what is shown ----------------------------------------------------------------------------------

    def show_settings(self, settings: Settings, features: int, of_data: bool = False) -> None:
        """Show the formulas of these settings, for a model on `features` columns of x.

        Their numbers are to be as trained, or `of_data` in the units of the data.
        """
        self._blocks = formulas(settings, features, of_data)
        self._fitting = (None, 0, False)
        for place, block in enumerate(self._blocks):
            self._show_block(place, block, code(block.phase, settings))
        self._typeset()

    def show_step(self, inside: Inside | None, parameter: int) -> None:
        """Show the numbers of a step for one parameter, by its place; none of another model's, loss's …"""
        if inside is None or not self._fits(inside):
            for shown, block in zip(self._shown, self._blocks, strict=True):
                shown.show_numbers((None,) * len(block.formulas))
            return
        for shown, lines in zip(self._shown, with_step(self._blocks, inside, parameter), strict=True):
            shown.show_numbers(lines)

    def light(self, phase: str) -> None:
        """Mark the block of a phase and bring it into sight; with "" none."""
        self._lit = phase
        for block in self._shown:
            block.light(block.phase == phase)
        self.bring_into_sight()

    def bring_into_sight(self) -> None:
        """Scroll to the lit block, unless all of it is in sight."""
        lit = next((block for block in self._shown if block.lit), None)
        if lit is None:
            return
        self._rows.activate()
        bar, height = self.verticalScrollBar(), self.viewport().height()
        top, end = lit.y(), lit.y() + lit.height()
        if top < bar.value() or end > bar.value() + height:
            bar.setValue(min(top, max(end - height, bar.value())) if lit.height() <= height else top)

    # --- the blocks -------------------------------------------------------------------------------------

    def _show_block(self, place: int, block: Block, heading: str) -> None:
        """Put a block in; one that stays as it is keeps its place and its pictures."""
        before = self._shown[place] if place < len(self._shown) else None
        if before is not None and before.says(block, heading):
            return
        made = FormulaBlock(block, heading, self._theme, self._inks)
        made.light(block.phase == self._lit)
        if before is None:
            self._rows.insertWidget(place, made)
        else:
            self._rows.replaceWidget(before, made)
            before.hide()
            before.deleteLater()
        self._shown[place : place + 1] = [made]

    def _fits(self, inside: Inside) -> bool:
        """Whether the formulas are those of the step: it may have been made with other settings."""
        settings, features, fits = self._fitting
        if settings is not inside.settings or features != inside.curve.inputs:
            features = inside.curve.inputs
            fits = _looks(formulas(inside.settings, features)) == _looks(self._blocks)
            self._fitting = (inside.settings, features, fits)
        return fits

    # --- the pictures -----------------------------------------------------------------------------------

    def _typeset(self) -> None:
        """Show the pictures that are there, and ask for those of the next block, of the lit one first."""
        for block in sorted(self._shown, key=lambda block: not block.lit):
            wanted = [in_colours(label.latex, self._inks) for label in block.labels]
            missing = [latex for latex in wanted if latex not in self._pictures]
            if missing:
                work = partial(typeset, missing, SIZE * self._theme.scale, self._theme.text)
                self._background.run(JOB, work, self._take, self._miss)
                return
            for label, latex in zip(block.labels, wanted, strict=True):
                label.show_picture(self._pictures[latex])

    def _take(self, pictures: dict[str, bytes]) -> None:
        if not shiboken6.isValid(self):
            return  # the window has gone in the meantime
        self._pictures |= pictures
        self._typeset()
        QTimer.singleShot(0, self, self.bring_into_sight)

    def _miss(self, error: Exception) -> None:
        log.error("no formula could be typeset", exc_info=error)


def _looks(blocks: Sequence[Block]) -> list[str]:
    """What tells the formulas of some settings from those of others."""
    return [formula.latex for block in blocks for formula in block.formulas]
