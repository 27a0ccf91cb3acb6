"""The panels of the window: what each is called, what it is for, and where it stands at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from core.texts import N_, _
from gui.arrangement import FULL, INSIDE, SIMPLE, Panel
from gui.panels.cards import Card
from gui.room import Place

SIDE, PLOT, RIGHT, BELOW = (0, 0), (1, 0), (2, 0), (2, 1)

# Of each panel, in the order of the menu: its title, what it is for, its home, and its places by mode.
PANELS: Mapping[str, tuple[str, str, Place, Mapping[str, Place]]] = {
    "settings": (
        N_("Settings"),
        N_("Everything that makes a run: choose here, and press Run."),
        SIDE,
        {SIMPLE: SIDE, FULL: SIDE},
    ),
    "fit": (
        N_("Fit"),
        N_("Your points, and what the model makes of them. Draw points here, and watch the fit move."),
        PLOT,
        {SIMPLE: PLOT, FULL: PLOT, INSIDE: PLOT},
    ),
    "loss": (
        N_("Loss"),
        N_("How wrong the fit is, step by step. It should fall; click a step to go back to it."),
        RIGHT,
        {SIMPLE: RIGHT, FULL: RIGHT, INSIDE: PLOT},
    ),
    "landscape": (
        N_("Landscape"),
        N_("The loss over two parameters, as a map: training walks downhill. Drag to start elsewhere."),
        BELOW,
        {FULL: BELOW},
    ),
    "theory": (
        N_("What should happen"),
        N_("What mathematics knows of this run before it is made: compare what happens."),
        BELOW,
        {FULL: BELOW},
    ),
    "program": (
        N_("Program"),
        N_("The PyTorch program of this run: copy it, and it gives the same numbers."),
        BELOW,
        {FULL: BELOW, INSIDE: (2, 0)},
    ),
    "graph": (
        N_("Graph"),
        N_("What PyTorch notes on the way forward, to find the gradients on the way back. Point at a box."),
        BELOW,
        {INSIDE: (3, 0)},
    ),
    "formulas": (
        N_("Formulas"),
        N_("The same step as mathematics, with the numbers of this very step put in."),
        BELOW,
        {INSIDE: (3, 1)},
    ),
    "tensors": (
        N_("Tensors"),
        N_("Every array of numbers in this step, before and after it. Point at a name to see what it is."),
        BELOW,
        {INSIDE: (1, 1)},
    ),
}
STAYS = "fit"  # so that there is always something to see


def all_panels(widgets: Mapping[str, QWidget | Callable[[], Card]]) -> tuple[Panel, ...]:
    """Every panel with its widget, or with what makes it, by the keys of PANELS."""
    return tuple(
        Panel(key, _(title), _(tip), widgets[key], home, places, stays=key == STAYS)
        for key, (title, tip, home, places) in PANELS.items()
    )
