"""What a monkey has reached and what it has not, and the ways to what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from PySide6.QtWidgets import QAbstractButton, QComboBox, QDockWidget, QTabWidget, QWidget

from core.choices import TABLES
from gui.panels.landscape_card import PARAMETERS
from gui.panels.settings_panel import PENALTIES, SHOWN_AT_ONCE
from gui.widgets.fold import Fold
from tests.monkey.inputs import named_widget, options

FOLDS = "_more"  # ends the names of the buttons that show and hide fields
NEW = 0.5  # of the choices are among what is new, where there is anything new
TRIES = 12  # acts on the way to one control, before another one is the aim
DIALOGS = {
    "generat": "generate",
    "sweep_": "sweep",
    "speed_": "speed",
    "rate_": "find_rate",
    "import_": "open",
}  # beginnings of names of controls, and the actions that open what these are in
ROOMY = ("action_full", "panel_settings")  # actions without which no field of an option is in sight
NEEDED = {  # what must be chosen in which list before a control is there
    "start_values": ("start", "own"),
    "landscape_first": ("landscape_plane", PARAMETERS),
    "landscape_second": ("landscape_plane", PARAMETERS),
    "sweep_start_low": ("sweep_what", "start"),
    "sweep_start_high": ("sweep_what", "start"),
}
WAIT = ("wait", "")

Step = tuple[str, str]  # what to do, and to what


class Curiosity:
    """`reached` has the names of the controls and actions that were used, `known` those that there are."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._options = options()
        self._rows = {row.key: table for table, rows in TABLES.items() for row in rows.values()}
        self._never = never_in_sight()
        self._aim, self._tries = "", 0
        self.reached: set[str] = set()
        self.known = set(self._options)
        self.actions: set[str] = set()

    def actions_left(self) -> list[str]:
        """The actions of the window that were not triggered yet."""
        return sorted(self.actions - self.reached)

    def inputs_left(self) -> list[str]:
        """The controls that were not used yet, of all that were seen, and of all fields of the tables."""
        return sorted(self.known - self._never - self.reached)

    def share_of_inputs(self) -> float:
        """How many of the controls were used, from 0 to 1."""
        return round(1 - len(self.inputs_left()) / len(self.known - self._never), 3)

    def one_of(self, paths: Sequence[str]) -> str:
        """One of some actions or controls, which is likelier if it is new; "" where there are none."""
        new = [path for path in paths if name_in(path) not in self.reached]
        return self._draw.choice(new if new and self._draw.random() < NEW else paths) if paths else ""

    def towards_something_new(self, present: Mapping[str, QWidget]) -> Step | None:
        """The next thing to do on the way to a control that was not used yet, if a way is known."""
        if not self._tries or self._aim in self.reached:
            left = self.inputs_left()
            if not left:
                return None
            self._aim, self._tries = self._draw.choice(left), TRIES
        self._tries -= 1
        step = self._towards(self._aim, {name_in(path): path for path in present}, present)
        if step is None:
            self._tries = 0
        return step

    def _towards(self, name: str, paths: Mapping[str, str], present: Mapping[str, QWidget]) -> Step | None:
        if name in paths:
            return "use", paths[name]
        if name in NEEDED and not _is_chosen(*NEEDED[name], paths, present):
            table, key = NEEDED[name]
            return ("choose", f"{paths[table]}={key}") if table in paths else self._to_see(table, paths)
        if name in self._options:
            return self._towards_option(name, paths, present)
        return self._to_see(name, paths)

    def _towards_option(
        self, name: str, paths: Mapping[str, str], present: Mapping[str, QWidget]
    ) -> Step | None:
        key = name.partition(".")[0]
        table = self._rows[key]
        if table not in paths:
            return "action", self._draw.choice(ROOMY)
        if not _is_chosen(table, key, paths, present):
            return "choose", f"{paths[table]}={key}"
        return self._to_see(name, paths) or ("action", ROOMY[0])

    def _to_see(self, name: str, paths: Mapping[str, str]) -> Step | None:
        """On the way to a control that cannot be used now: it is hidden, grey, or not made."""
        widget = named_widget(name)
        if widget is None:
            for beginning, action in DIALOGS.items():
                if name.startswith(beginning):
                    return "action", f"action_{action}"
            return None
        around = _around(widget)
        for parent in around:
            if isinstance(parent, QDockWidget) and not parent.isVisible():
                return "action", parent.toggleViewAction().objectName()
            if isinstance(parent, Fold):
                button = parent.findChild(QAbstractButton)
                if button is not None and button.objectName() in paths and not button.isChecked():
                    return "use", paths[button.objectName()]
            if isinstance(parent, QTabWidget) and parent.tabBar().objectName() in paths:
                return "use", paths[parent.tabBar().objectName()]
        title = around[-1].objectName() or type(around[-1]).__name__
        others = [path for path in paths.values() if path.startswith(f"{title}/")]
        return ("use", self._draw.choice(others)) if others else WAIT


def never_in_sight() -> set[str]:
    """The buttons of the folds of tables of which no row has so many options that it needs a fold."""
    return {
        table + FOLDS
        for table, at_once in SHOWN_AT_ONCE.items()
        if max(len(row.parameters) for row in TABLES[table].values())
        + (len(PENALTIES) if table == "optimizer" else 0)
        <= at_once
    }


def name_in(path: str) -> str:
    """The name of an action, or of a control without its window and its number."""
    return path.partition("/")[2].partition("#")[0] or path


def _is_chosen(table: str, key: str, paths: Mapping[str, str], present: Mapping[str, QWidget]) -> bool:
    box = present.get(paths.get(table, ""))
    return isinstance(box, QComboBox) and box.currentData() == key


def _around(widget: QWidget) -> list[QWidget]:
    """The widgets around one, from the innermost to its window."""
    around = [widget]
    while not around[-1].isWindow():
        around.append(around[-1].parentWidget())
    return around
