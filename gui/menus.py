"""The menus of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from core.file_names import readable, shown_name
from core.tables import DATA_SETS
from core.texts import LANGUAGES, _
from gui.preferences import Preferences
from gui.theme import SCALES
from gui.widgets.plain import plain_tip

Actions = Mapping[str, QAction]


def add_menus(
    window: QMainWindow, actions: Actions, ready_made: QMenu, recent: QMenu, look: QMenu, panels: QMenu
) -> None:
    """Fill the menu bar of `window`."""
    bar = window.menuBar()
    file = bar.addMenu(_("&File"))
    _add(file, actions, "new", "open")
    file.addMenu(recent)
    file.addSeparator()
    _add(file, actions, "save", "save_as", "save_points", "save_program", None, "quit")
    _add(
        bar.addMenu(_("&Edit")),
        actions,
        "undo",
        "redo",
        None,
        "paste",
        "copy_program",
        None,
        "select_all",
        "clear",
    )
    bar.addMenu(ready_made)
    run = ("run", "step", "step_epoch", "back", None, "phase", "slow_motion", None)
    _add(bar.addMenu(_("&Run")), actions, *run, "reset", "new_start", None, "find_rate", "sweep", "speed")
    view = bar.addMenu(_("&View"))
    looks = ("fit_view", "reference", "log_loss", "surface", "trained_units")
    _add(view, actions, "draw", "move", "erase", None, *looks)
    view.addSeparator()
    _add(view, actions, "simple", "full", "inside")
    view.addMenu(panels)
    _add(view, actions, "arrange", None)
    for menu in look.findChildren(QMenu):
        view.addMenu(menu)
    _add(bar.addMenu(_("&Help")), actions, "keys", "about")


def ready_made_menu(window: QMainWindow, actions: Actions, load: Callable[[str], None]) -> QMenu:
    """Generated points, and the real data sets."""
    menu = QMenu(_("&Data"), window)
    menu.setObjectName("menu_data")
    menu.setToolTipsVisible(True)
    menu.addAction(actions["generate"])
    menu.addSeparator()
    for key, row in DATA_SETS.items():
        action = menu.addAction(_(row.label))
        action.setObjectName(f"data_{key}")
        action.setToolTip(_(row.what))
        action.triggered.connect(lambda _checked=False, key=key: load(key))
    return menu


def recent_menu(window: QMainWindow, preferences: Preferences, open_path: Callable[[str], None]) -> QMenu:
    """The files opened last; made anew each time it is shown."""
    menu = QMenu(_("Open &recent"), window)
    menu.setObjectName("menu_recent")

    def fill() -> None:
        menu.clear()
        for path in preferences.recent():
            action = menu.addAction(shown_name(path).replace("&", "&&"))
            action.setToolTip(plain_tip(readable(path)))
            action.triggered.connect(lambda _checked=False, path=path: open_path(path))
        menu.addSeparator()
        menu.addAction(_("Forget these files"), preferences.forget_recent)

    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(fill)
    return menu


def look_menu(window: QMainWindow, preferences: Preferences, changed: Callable[[], None]) -> QMenu:
    """Language, theme and size; a choice is remembered, and `changed` builds the window that shows it."""
    menu = QMenu(window)
    choices = (
        ("language", _("&Language"), {"": _("As the system"), **LANGUAGES}),
        ("theme", _("&Theme"), {"": _("As the system"), "light": _("Light"), "dark": _("Dark")}),
        ("scale", _("Si&ze"), {f"{scale:g}": f"{scale:.0%}" for scale in SCALES}),
    )
    for key, title, words in choices:
        sub = QMenu(title, menu)
        sub.setObjectName(f"menu_{key}")
        group = QActionGroup(sub)
        chosen = preferences.get(key, "1" if key == "scale" else "")
        for value, label in words.items():
            action = sub.addAction(label)
            action.setObjectName(f"{key}_{value or 'system'}")
            action.setCheckable(True)
            action.setChecked(value == chosen)
            group.addAction(action)
            action.triggered.connect(
                lambda _checked, key=key, value=value: _choose(preferences, key, value, changed)
            )
    return menu


def _choose(preferences: Preferences, key: str, value: str, changed: Callable[[], None]) -> None:
    preferences.put(key, value)
    changed()


def _add(menu: QMenu, actions: Actions, *names: str | None) -> None:
    """The actions `names`; None is a line."""
    for name in names:
        if name is None:
            menu.addSeparator()
        else:
            menu.addAction(actions[name])
