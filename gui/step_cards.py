"""The cards that tell one step: apart, so that a window which does not show them need not import them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QAction

from core.experiment import Settings
from core.export import Line
from core.training.inside import Inside
from gui.background import Background
from gui.panels.cards import Card
from gui.panels.formulas_card import FormulasCard
from gui.panels.graph_card import GraphCard
from gui.panels.program_card import ProgramCard
from gui.panels.tensors_card import TensorsCard
from gui.theme import Theme
from gui.widgets.code_colours import prepare_colours

__all__ = ["StepCards", "prepare_colours"]


class StepCards:
    """The cards that have been made so far, by the key of their panel: program, graph, formulas, tensors."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction], background: Background) -> None:
        self._theme, self._actions, self._background = theme, actions, background
        self._cards: dict[str, ProgramCard | GraphCard | FormulasCard | TensorsCard] = {}

    def make(self, key: str) -> Card:
        """The card of one panel, for the first time."""
        card = self._made(key)
        self._cards[key] = card
        if key in ("program", "formulas"):
            self._join()
        return card

    def _join(self) -> None:
        """Let the words be about the parameter whose numbers the formulas show."""
        program, formulas = self._cards.get("program"), self._cards.get("formulas")
        if isinstance(program, ProgramCard) and isinstance(formulas, FormulasCard):
            formulas.parameter_chosen.connect(program.show_parameter)
            program.show_parameter(formulas.parameter)

    def show_step(self, key: str, inside: Inside | None, slow: bool, ended: str) -> None:
        """Show a step on one card; in slow motion with the mark on the phase that was done last.

        `ended` is "diverged" or "nan" where no step comes after it, else empty.
        """
        card = self._cards[key]
        if isinstance(card, ProgramCard):
            card.show_end(ended)
        if isinstance(card, TensorsCard):
            card.show_inside(inside, whole=not slow)
        else:
            card.show_inside(inside)
            card.light(inside.phase if slow and inside is not None else "")

    def show_program(self, lines: Sequence[Line]) -> None:
        """Show the program, if there is its card."""
        card = self._cards.get("program")
        if isinstance(card, ProgramCard):
            card.show_program(lines)

    def show_settings(self, settings: Settings, features: int) -> None:
        """Show the formulas of these settings and so many columns of x, if there is their card."""
        card = self._cards.get("formulas")
        if isinstance(card, FormulasCard):
            card.show_settings(settings, features)

    def show_units(self, of_data: bool) -> None:
        """Be of numbers in the units of the data, or as trained; these come with the next step."""
        card = self._cards.get("formulas")
        if isinstance(card, FormulasCard):
            card.show_units(of_data)

    def _made(self, key: str) -> ProgramCard | GraphCard | FormulasCard | TensorsCard:
        if key == "program":
            return ProgramCard(self._theme, self._actions)
        if key == "formulas":
            return FormulasCard(self._theme, self._background, self._actions)
        kind = GraphCard if key == "graph" else TensorsCard
        return kind(self._theme, self._actions)
