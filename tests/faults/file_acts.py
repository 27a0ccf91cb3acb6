"""What is done with files that cannot be read as they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.doing import end

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from tests.faults.driven import Hands


def open_and_rewrite(window: MainWindow, hands: Hands) -> None:
    """Open the table that FILE names, and have another program write it anew while it is read."""
    from tests.windows import action

    file = Path(os.environ["FILE"])
    _accept(window, hands, file)
    hands.wait(700)
    file.write_text("x,y\n" + "1,2\n" * 1000)
    hands.waitUntil(lambda: "changed while" in hands.reads(window) or len(window.store.points) > 0)
    hands.tell("reads", hands.reads(window))
    assert action(window, "open").isEnabled()
    end(window, hands)


def _accept(window: MainWindow, hands: Hands, file: Path) -> None:
    window.open_path(str(file))
    _press_open(window, hands)


def be_refused(window: MainWindow, hands: Hands) -> None:
    """Open the table that FILE names, of which the dialog says why it cannot be read."""
    from PySide6.QtWidgets import QLabel

    from gui.dialogs.import_dialog import ImportDialog
    from tests.windows import part

    window.open_path(os.environ["FILE"])
    hands.waitUntil(lambda: window.findChild(ImportDialog) is not None)
    dialog = part(window, ImportDialog, "import_dialog")
    problem = part(dialog, QLabel, "import_problem")
    hands.waitUntil(lambda: problem.isVisible() and problem.text().endswith("."))
    hands.tell("reads", problem.text())
    dialog.reject()
    end(window, hands)


def open_recent_files(window: MainWindow, hands: Hands) -> None:
    """Open every table in the folder FILE, and each once more from the list of recent files."""
    from PySide6.QtWidgets import QMenu

    from tests.windows import part

    files = sorted(Path(os.environ["FILE"]).iterdir())
    for file in files:
        _accept(window, hands, file)
        _take_and_clear(window, hands)
    menu = part(window, QMenu, "menu_recent")
    menu.aboutToShow.emit()
    hands.tell("names", [each.text() for each in menu.actions()][: len(files)])
    for _each in files:
        menu.aboutToShow.emit()
        menu.actions()[len(files) - 1].trigger()  # the oldest, which is the newest then
        _press_open(window, hands)
        _take_and_clear(window, hands)
    hands.tell("opened again", len(files))
    end(window, hands)


def _take_and_clear(window: MainWindow, hands: Hands) -> None:
    """Wait for the three points of a table, and take them away."""
    hands.waitUntil(lambda: len(window.store.points) == 3)
    hands.tell("reads", hands.reads(window))
    window.store.clear_points()


def _press_open(window: MainWindow, hands: Hands) -> None:
    from PySide6.QtWidgets import QPushButton

    from gui.dialogs.import_dialog import ImportDialog
    from tests.windows import LEFT, part

    hands.waitUntil(lambda: window.findChild(ImportDialog) is not None)
    button = part(part(window, ImportDialog, "import_dialog"), QPushButton, "import_open")
    hands.waitUntil(button.isEnabled)
    hands.mouseClick(button, LEFT)
