"""What a monkey has reached and what it has not, and the ways to what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from PySide6.QtWidgets import QComboBox, QWidget

from core.choices import TABLES
from tests.monkey.inputs import options

FOLDS = "_more"  # ends the names of the buttons that show and hide fields
NEW = 0.5  # of the choices are among what is new, where there is anything new
DIALOGS = {"generate_": "generate", "sweep_": "sweep", "speed_": "speed", "rate_": "find_rate"}
ROOMY = ("action_full", "panel_settings")  # actions without which no field of an option is in sight

Step = tuple[str, str]  # what to do, and to what


class Curiosity:
    """`reached` has the names of the controls and actions that were used, `known` those that there are."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._options = options()
        self._rows = {row.key: table for table, rows in TABLES.items() for row in rows.values()}
        self.reached: set[str] = set()
        self.known = set(self._options)
        self.actions: set[str] = set()

    def actions_left(self) -> list[str]:
        """The actions of the window that were not triggered yet."""
        return sorted(self.actions - self.reached)

    def inputs_left(self) -> list[str]:
        """The controls that were not used yet, of all that were seen, and of all fields of the tables."""
        return sorted(self.known - self.reached)

    def share_of_inputs(self) -> float:
        """How many of the controls were used, from 0 to 1."""
        return round(1 - len(self.inputs_left()) / len(self.known), 3)

    def one_of(self, paths: Sequence[str]) -> str:
        """One of some actions or controls, which is likelier if it is new; "" where there are none."""
        new = [path for path in paths if name_in(path) not in self.reached]
        return self._draw.choice(new if new and self._draw.random() < NEW else paths) if paths else ""

    def towards_something_new(self, present: Mapping[str, QWidget]) -> Step | None:
        """The next thing to do on the way to a control that was not used yet, if a way is known."""
        left = self.inputs_left()
        if not left:
            return None
        name = self._draw.choice(left)
        paths = {name_in(path): path for path in present}
        if name in paths:
            return "use", paths[name]
        for beginning, action in DIALOGS.items():
            if name.startswith(beginning):
                return "action", f"action_{action}"
        return self._towards_option(name, paths, present) if name in self._options else None

    def _towards_option(
        self, name: str, paths: Mapping[str, str], present: Mapping[str, QWidget]
    ) -> Step | None:
        key = name.partition(".")[0]
        table = self._rows[key]
        box = present.get(paths.get(table, ""))
        if not isinstance(box, QComboBox):
            return "action", self._draw.choice(ROOMY)
        if box.currentData() != key:
            return "choose", f"{paths[table]}={key}"
        fold = paths.get(table + FOLDS)
        return ("use", fold) if fold else ("action", ROOMY[0])


def name_in(path: str) -> str:
    """The name of an action, or of a control without its window and its number."""
    return path.partition("/")[2].partition("#")[0] or path
