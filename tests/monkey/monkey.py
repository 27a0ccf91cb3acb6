"""A monkey at the window: from a seed, anything that a person could do, in any order."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QMessageBox,
    QWidget,
)

from core.experiment import Experiment
from gui.app import create_window
from gui.autosave import Autosave
from gui.main_window import MainWindow
from tests import mouse
from tests.monkey import desk, menus
from tests.monkey.curiosity import Curiosity
from tests.monkey.faults import Faults
from tests.monkey.hand import Hand, close_popups, press
from tests.monkey.inputs import (
    inputs,
    main_window,
    name_of,
    named_actions,
    named_inputs,
    shown_windows,
)

SIZES = ((1280, 720), (1024, 768), (1920, 1080), (800, 600), (640, 480), (1600, 900))
LOOKS = ("language_", "theme_", "scale_")  # begin the names of what builds the window anew, which takes long
RARE = 0.06  # of the times that an action is chosen it is one of those
LOOKS_EVERY = 50  # acts, since it takes long to list all controls of a window
CURIOUS = 0.35  # of the acts lead to something that was not used yet, where a way is known
OFTEN = {  # how often each kind of act comes, among 100
    "action": 32,
    "use": 41,
    "key": 9,
    "wait": 6,
    "hover": 4,
    "resize": 1.5,
    "part": 1.5,
    "paste": 2,
    "drop": 2,
    "shut": 1,
}
LARGEST_SEED = 2**31
FAR = 300  # pixels
STUCK = 400  # milliseconds after which a question that holds everything up is answered


@dataclass(frozen=True)
class Act:
    """One thing to do, to something with a name; `seed` settles what is left to chance in it."""

    do: str
    on: str = ""
    seed: int = 0

    def __str__(self) -> str:
        return json.dumps([self.do, self.on, self.seed], ensure_ascii=False)

    @staticmethod
    def read(line: str) -> Act:
        """What `str` wrote."""
        return Act(*json.loads(line))


class Monkey:
    """Chooses acts from a seed and does them upon a window of its own, opened again when it is closed.

    Its `curiosity` knows what has been reached and what there is to reach.
    """

    def __init__(self, seed: int, folder: Path, faults: Faults) -> None:
        self._draw = Random(seed)
        self.curiosity = Curiosity(self._draw)
        self._faults = faults
        self._folder = folder / "work"
        self._desk = folder / "desk"
        self._files = desk.fill(self._desk)
        desk.leave_work(self._folder)
        self._window: MainWindow | None = None
        self._actions: dict[str, QAction] = {}
        self._number = 0
        self._present: dict[str, QWidget] | None = None  # what can be used now, until the next act is done
        self._left: Experiment | None = None
        self._does: dict[str, Callable[[Act, Random], None]] = {
            "action": self._act,
            "use": self._use,
            "choose": self._choose_word,
            "key": lambda _act, draw: Hand(draw, self._files).press_any_key(),
            "hover": self._hover,
            "paste": self._paste,
            "drop": self._drop,
            "resize": self._resize,
            "part": self._part_anew,
            "escape": lambda _act, _draw: press("Escape"),
            "shut": self._shut,
            "wait": lambda _act, draw: QTest.qWait(draw.choice((1, 20, 60, 150))),
        }
        self._answers = QTimer()
        self._answers.setInterval(STUCK)
        self._answers.timeout.connect(self._answer)

    # --- choosing ---------------------------------------------------------------------------------------

    def choose(self) -> Act:
        """The next act; what has not been reached yet is likelier."""
        draw, seed = self._draw, self._draw.randrange(LARGEST_SEED)
        shut_out = (
            QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None
        )
        if draw.random() < CURIOUS:
            step = self.curiosity.towards_something_new(self._inputs())
            if step is not None and (step[0] != "action" or not shut_out):
                return Act(*step, seed)
        if shut_out:
            do = draw.choices(("use", "key", "escape", "wait"), (75, 8, 12, 5))[0]
            return Act(do, self._some_input() if do == "use" else "", seed)
        do = draw.choices(tuple(OFTEN), tuple(OFTEN.values()))[0]
        on = {"action": self._some_action, "use": self._some_input, "hover": self._some_input}
        return Act(do, on[do]() if do in on else "", seed)

    def _some_action(self) -> str:
        able = [
            name
            for name, a in self._actions.items()
            if shiboken6.isValid(a) and a.isEnabled() and a.isVisible()
        ]
        looks = [name for name in able if name.startswith(LOOKS)]
        if looks and self._draw.random() < RARE:
            return self._draw.choice([name for name in looks if name not in self.curiosity.reached] or looks)
        able = [name for name in able if name not in looks]
        return self.curiosity.one_of(able)

    def _some_input(self) -> str:
        return self.curiosity.one_of(list(self._inputs()))

    def _inputs(self) -> dict[str, QWidget]:
        """The controls that can be used now: they are looked for once an act."""
        if self._present is None:
            self._present = inputs()
        return self._present

    # --- doing ------------------------------------------------------------------------------------------

    def do(self, act: Act) -> None:
        """Do one thing, and let the window answer."""
        self.open()
        assert self._window is not None
        try:
            self._does[act.do](act, Random(act.seed))
            settle()
        except Exception:  # of a slot or handler, handed on by the test library or by the event loop
            self._faults.seen.append(traceback.format_exc())
        self._present = None
        self._look_around()

    def open(self) -> None:
        """A window, where there is none, upon the work that the last one left."""
        if self._window is not None and shiboken6.isValid(self._window) and self._window.isVisible():
            return
        self._present = None
        self._answers.start()
        if main_window() is None:
            window = create_window(autosave=Autosave(self._folder))
            window.workspace.preferences.put("folder", str(self._desk))
            self._hold_against_what_was_left(window.store.experiment)
            window.show()
            window.activateWindow()
            QTest.qWait(1)
        present = main_window()
        if present is not None:
            self._window = present
            self._actions = named_actions(present)
            self.curiosity.actions |= set(self._actions)
            self._store = present.store
            for name, action in self._actions.items():
                action.triggered.connect(partial(self.curiosity.reached.add, name))

    def close(self) -> None:
        """Close every dialog and the window, as if the person went home; `open` comes back to the work."""
        close_popups()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog):
                window.close()
        present = main_window()
        if present is not None:
            present.close()
        settle()
        self._look_around()
        self._answers.stop()

    def _hold_against_what_was_left(self, found: Experiment) -> None:
        left, self._left = self._left, None
        if left is not None and (left.points != found.points or left.settings != found.settings):
            self._faults.seen.append(f"lost: the work of the window that was closed: {left} is {found}")

    def _look_around(self) -> None:
        """Learn what there is, and see whether the window has been closed."""
        for window in shown_windows():
            if self._number % LOOKS_EVERY == 0 or not isinstance(window, MainWindow):
                self.curiosity.known |= named_inputs(window)
        self._number += 1
        if main_window() is None and self._window is not None:
            self._left = self._store.experiment
            self._window = None
        elif self._window is not main_window():
            self.open()

    def _act(self, act: Act, draw: Random) -> None:
        assert self._window is not None
        action = self._actions.get(act.on)
        if action is not None and shiboken6.isValid(action) and action.isEnabled():
            menus.choose(self._window, action, draw)

    def _use(self, act: Act, draw: Random) -> None:
        widget = self._inputs().get(act.on)
        if widget is not None:
            self.curiosity.reached.add(name_of(widget))
            Hand(draw, self._files).use(widget)

    def _choose_word(self, act: Act, draw: Random) -> None:
        path, _equals, key = act.on.partition("=")
        box = self._inputs().get(path)
        if isinstance(box, QComboBox):
            self.curiosity.reached.add(name_of(box))
            Hand(draw, self._files).choose_word(box, box.findData(key))

    def _hover(self, act: Act, draw: Random) -> None:
        widget = self._inputs().get(act.on)
        if widget is not None:
            Hand(draw, self._files).move_over_everything(widget)

    def _paste(self, _act: Act, draw: Random) -> None:
        QGuiApplication.clipboard().setText(draw.choice(desk.PASTED))
        press("Ctrl+V", self._window)

    def _drop(self, _act: Act, draw: Random) -> None:
        assert self._window is not None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._desk / draw.choice(self._files)))])
        place, copy = self._window.rect().center(), Qt.DropAction.CopyAction
        for kind in (QDragEnterEvent, QDropEvent):
            at = place if kind is QDragEnterEvent else QPointF(place)
            QApplication.sendEvent(self._window, kind(at, copy, data, mouse.LEFT, mouse.FREE))

    def _resize(self, _act: Act, draw: Random) -> None:
        assert self._window is not None
        if draw.random() < 0.2:
            self._window.showMinimized()
            settle()
            self._window.showNormal()
        else:
            self._window.resize(*draw.choice(SIZES))

    def _part_anew(self, _act: Act, draw: Random) -> None:
        """Drag the line between two panels."""
        assert self._window is not None
        docks = [d for d in self._window.findChildren(QDockWidget) if d.isVisible() and not d.isFloating()]
        if docks:
            dock = draw.choice(docks).geometry()
            start = draw.choice(
                (QPointF(dock.right() + 2, dock.center().y()), QPointF(dock.center().x(), dock.bottom() + 2))
            )
            away = QPointF(draw.uniform(-FAR, FAR), draw.uniform(-FAR, FAR))
            mouse.drag(self._window, mouse.between(start, start + away))

    def _shut(self, _act: Act, draw: Random) -> None:
        assert self._window is not None
        self._window.close()

    def _answer(self) -> None:
        """A question that holds up everything else is answered, so that the monkey goes on."""
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            buttons: list[QAbstractButton] = box.buttons()
            QTest.mouseClick(buttons[0], mouse.LEFT)
        elif QApplication.activePopupWidget() is not None:
            close_popups()


def settle() -> None:
    """Let the window do what waits, and end what is to be ended."""
    for _round in range(2):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
