"""Tells how far the compiled engine is: below its field, at the foot of the window, once in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from core.training.compiled.words import engine_sentence, engine_word, is_waiting
from gui.panels.settings_panel import SettingsPanel
from gui.panels.time_bar import TimeBar
from gui.widgets.message_line import MessageLine
from gui.workspace import Workspace

if TYPE_CHECKING:
    from core.training.compiled.engine import Engine

EVERY = 250  # milliseconds between two looks while it compiles


class EngineTeller(QObject):
    """Follows the engine of the run that is shown, for one window.

    It looks while there is no code yet, and whenever there are other settings, numbers or another run.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: SettingsPanel,
        time: TimeBar,
        message: MessageLine,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._store, self._session = workspace.store, workspace.session
        self._settings, self._time, self._message = settings, time, message
        self._waits = False
        self._reason = self._told = ""  # why nothing is compiled, and what was said as news
        self._shown = "", ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._store.settings_changed.connect(self._look_soon)
        self._session.run_started.connect(self._look_soon)
        self._session.numbers_changed.connect(self._look)
        self._look_soon()

    def leave(self) -> None:
        """The window goes."""
        self._timer.stop()

    def _look_soon(self) -> None:
        """When everybody has taken up what is new."""
        self._timer.start(0)

    def _look(self) -> None:
        engine = self._session.engine
        if engine is None or self._store.settings.engine == "eager":
            self._waits, self._reason = False, ""
            self._show("", "")
            self._take_back("")
            return
        sentence = engine_sentence(engine)
        self._show(engine_word(engine), sentence)
        compilation = engine.compilation
        fails = bool(compilation and compilation.failure)
        self._take_back(sentence)
        if self._is_news(engine):
            self._told = sentence
            self._message.say(sentence, fails)
        self._reason = engine.reason
        self._waits = is_waiting(engine)
        if self._waits:
            self._timer.start(EVERY)

    def _take_back(self, sentence: str) -> None:
        """What was said as news is not so any more."""
        if self._told and sentence != self._told:
            self._message.take_back(self._told)
            self._told = ""
            self._session.say_again()

    def _is_news(self, engine: Engine) -> bool:
        """Whether code has just been made, while nothing else is to be said; or why it will not be made."""
        compilation = engine.compilation
        if engine.ready and compilation is not None:
            return self._waits and not compilation.kept and self._session.stopped is None
        return engine.reason not in ("", self._reason)

    def _show(self, word: str, sentence: str) -> None:
        if (word, sentence) == self._shown:
            return
        self._shown = word, sentence
        self._settings.show_engine(sentence)
        self._time.show_engine(word, sentence)
