"""What is done at the window while its data folder, its disk or the clock is not as it should be."""

from __future__ import annotations

import os
import re
import shutil
import time
from typing import TYPE_CHECKING

from tests.faults.doing import FILLER, WHILE, data_folder, draw, end, fill, notice, saved

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from tests.faults.driven import Hands

OFFERED = re.compile(r"left work with (\d+) point")
CALM = 700  # milliseconds after which a press belongs to no double click, and all that was begun is done
YEARS = 10 * 365 * 24 * 3600  # seconds


def look(window: MainWindow, hands: Hands) -> None:
    """Only look."""
    from tests.windows import ready

    ready(hands, window)  # type: ignore[arg-type]
    hands.wait(500)
    hands.tell("reads", hands.reads(window))
    end(window, hands)


def draw_and_close(window: MainWindow, hands: Hands) -> None:
    draw(window, hands, 4)
    end(window, hands)


def draw_and_be_killed(window: MainWindow, hands: Hands) -> None:
    """As many points as the last argument says, kept, and then a kill."""
    draw(window, hands, int(os.environ["POINTS"]))
    saved(window, hands)
    hands.tell("drawn", numbers(window))
    hands.tell("kept", True)
    hands.wait(10**9)


def numbers(window: MainWindow) -> list[list[float]]:
    """The x of all points, and the y."""
    points = window.store.points
    return [points.x[:, 0].tolist(), points.y.tolist()]


def take_back_everything(window: MainWindow, hands: Hands) -> None:
    """Open each work that is offered, and discard what was shown before it, which is offered then."""
    from PySide6.QtWidgets import QPushButton

    from tests.windows import LEFT, part, ready

    ready(hands, window)  # type: ignore[arg-type]
    hands.wait(500)
    hands.tell("reads", hands.reads(window))
    shown = [numbers(window)]
    while offered := OFFERED.search(notice(window)):
        known, words = int(offered[1]) in [len(x) for x, _y in shown], notice(window)
        hands.mouseClick(part(window, QPushButton, f"notice_{'discard' if known else 'take'}"), LEFT)
        if not known:
            hands.waitUntil(lambda count=int(offered[1]): len(window.store.points) == count)
            shown.append(numbers(window))
            saved(window, hands)
        hands.waitUntil(lambda words=words: notice(window) != words)
        hands.wait(CALM)
    hands.tell("shown", shown)
    end(window, hands)


def fill_the_disk(window: MainWindow, hands: Hands) -> None:
    draw(window, hands, 3)
    saved(window, hands)
    fill(data_folder())
    draw(window, hands)
    hands.waitUntil(lambda: bool(notice(window)))
    hands.tell("reads", notice(window))
    hands.wait(WHILE)
    hands.tell("stays", notice(window))
    (data_folder() / FILLER).unlink()
    hands.waitUntil(lambda: not notice(window))
    saved(window, hands)
    end(window, hands)


def notice_stays(window: MainWindow, hands: Hands) -> None:
    """Draw where nothing can be kept, and see that this is said all the time."""
    hands.tell("shown", len(window.store.points))
    draw(window, hands)
    hands.waitUntil(lambda: bool(notice(window)))
    hands.tell("reads", notice(window))
    hands.wait(WHILE)
    hands.tell("stays", notice(window))
    end(window, hands)


def remove_the_folder(window: MainWindow, hands: Hands) -> None:
    """In mid-run."""
    from tests.windows import action, wait_for_step

    draw(window, hands, 8)
    saved(window, hands)
    action(window, "run").trigger()
    wait_for_step(hands, window, 5)  # type: ignore[arg-type]
    shutil.rmtree(data_folder())
    hands.waitUntil(lambda: any(data_folder().glob("work-*.fit.json")))
    hands.tell("reads", hands.reads(window))
    os._exit(0)  # so that closing writes nothing


def lose_the_folder_and_close(window: MainWindow, hands: Hands) -> None:
    """Close while nobody knows yet that the last point cannot be kept, and save it elsewhere when asked."""
    draw(window, hands, 3)
    saved(window, hands)
    draw(window, hands)
    shutil.rmtree(data_folder())
    data_folder().write_text("in the way")
    hands.tell("closes", window.close())
    hands.go_on_when(_asking, lambda: _save_elsewhere(*_asking(), hands))


def _asking() -> list[MainWindow]:
    """The window that asks what to do with work that cannot be kept, if there is one."""
    from PySide6.QtWidgets import QLabel

    from tests.windows import windows

    return [window for window in windows() if window.findChild(QLabel, "unkept_reason") is not None]


def _save_elsewhere(window: MainWindow, hands: Hands) -> None:
    """What a person does at the window that comes back, since its work would be lost."""
    from PySide6.QtWidgets import QFileDialog, QPushButton

    from tests.windows import LEFT, part, text

    hands.tell("reads", text(window, "unkept_reason"))
    hands.tell("points", len(window.store.points))
    hands.mouseClick(part(window, QPushButton, "unkept_save"), LEFT)
    hands.waitUntil(lambda: window.findChild(QFileDialog, "file_dialog") is not None)
    part(window, QFileDialog, "file_dialog").reject()
    window.files.save_to(os.environ["ELSEWHERE"])
    hands.waitUntil(window.store.undo_stack.isClean)
    hands.tell("closes again", window.close())


def draw_upon_a_mount(window: MainWindow, hands: Hands) -> None:
    """What was mounted over the file of the work cannot be replaced."""
    draw(window, hands)
    hands.wait(WHILE)
    hands.tell("reads", notice(window))
    end(window, hands)


def set_the_clock_back(window: MainWindow, hands: Hands) -> None:
    """In mid-run."""
    from tests.windows import action, wait_for_step

    draw(window, hands, 2)
    action(window, "run").trigger()
    wait_for_step(hands, window, 5)  # type: ignore[arg-type]
    now = time.time
    time.time = lambda: now() - YEARS
    draw(window, hands, 2)
    saved(window, hands)
    step = window.session.snapshot.step
    wait_for_step(hands, window, step + 5)  # type: ignore[arg-type]
    hands.tell("reads", hands.reads(window))
    end(window, hands)
