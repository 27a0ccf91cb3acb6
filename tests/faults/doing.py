"""What the acts at the window have in common: drawing, reading the notice, and the end."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from tests.faults.driven import Hands

FILLER = "filler"
WHILE = 4000  # milliseconds in which a passing sentence would have gone


def data_folder() -> Path:
    return Path(os.environ["FITSCOPE_DATA"])


def fill(folder: Path) -> None:
    """Write until nothing more has room."""
    with (folder / FILLER).open("ab", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(1000))


def notice(window: MainWindow) -> str:
    from tests.windows import text

    return text(window, "notice")


def draw(window: MainWindow, hands: Hands, count: int = 1) -> None:
    """Draw points, and wait until they are taken up."""
    from tests.windows import click, plot_of

    for _each in range(count):
        before = len(window.store.points)
        (left, right), (low, high) = plot_of(window).view()
        x = left + (0.2 + 0.08 * (before % 8)) * (right - left)
        click(hands, window, x, low + (0.3 + 0.2 * (before % 3)) * (high - low))  # type: ignore[arg-type]
        hands.waitUntil(lambda before=before: len(window.store.points) == before + 1)


def saved(window: MainWindow, hands: Hands) -> None:
    """Wait until the work is on disk."""
    autosave = window.workspace._autosave
    assert autosave is not None
    hands.waitUntil(lambda: autosave._saved is window.store.experiment)


def end(window: MainWindow, hands: Hands) -> None:
    """Tell what is there, and close the window, also where it asks first because work would be lost."""
    from PySide6.QtWidgets import QLabel, QPushButton

    from tests.windows import LEFT, part, text

    hands.tell("points", len(window.store.points))
    if not window.close():
        hands.waitUntil(lambda: window.findChild(QLabel, "unkept_reason") is not None)
        hands.tell("asks", text(window, "unkept_reason"))
        hands.mouseClick(part(window, QPushButton, "unkept_close"), LEFT)
