"""Tells one step in three more languages: as a program, as a graph, as mathematics; and shows its tensors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication

from core.export import Line, Program, program
from core.problem import Problem
from core.texts import _
from gui.panels.formulas_card import FormulasCard
from gui.panels.graph_card import GraphCard
from gui.panels.program_card import ProgramCard
from gui.panels.tensors_card import TensorsCard
from gui.widgets.code_colours import prepare_colours
from gui.workspace import Workspace

if TYPE_CHECKING:
    from core.training.inside import Inside

log = logging.getLogger(__name__)

PHASE = 1000  # milliseconds from one phase to the next, when they go by themselves
AT_ONCE = 20_000  # points, of which a program is written within a frame


@dataclass(frozen=True)
class Cards:
    """Where a step is told."""

    program: ProgramCard
    graph: GraphCard
    formulas: FormulasCard
    tensors: TensorsCard

    def by_key(self) -> Mapping[str, ProgramCard | GraphCard | FormulasCard | TensorsCard]:
        """The cards by the key of their panel."""
        return vars(self)


class Narrator(QObject):
    """Follows a workspace for one window, and shows each step on those of its cards that are seen.

    `said(sentence, warning)` is for the message line. `inside_wanted()` asks for the cards: the person goes
    through a step, and none of them is seen.
    """

    said = Signal(str, object)
    inside_wanted = Signal()

    def __init__(
        self, workspace: Workspace, cards: Cards, actions: Mapping[str, QAction], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store, self._session = workspace.store, workspace.session
        self._workspace = workspace
        self._cards = cards
        self._by_key: Mapping[str, ProgramCard | GraphCard | FormulasCard | TensorsCard] = cards.by_key()
        self._seen: set[str] = set()
        self._has_colours = False
        self._walk = QTimer(self)
        self._walk.setInterval(PHASE)
        self._walk.timeout.connect(self._walk_on)
        self._slow_motion = actions["slow_motion"]
        actions["phase"].triggered.connect(lambda: self._go_on())
        actions["slow_motion"].triggered.connect(self._walk_or_stop)
        actions["copy_program"].triggered.connect(lambda: self.copy())
        self._store.changed.connect(self._follow_store)
        self._session.run_started.connect(self._follow_run)
        self._session.state_changed.connect(self._follow_state)
        self._session.inside_changed.connect(self._show_inside)

    def show_seen(self, key: str, seen: bool) -> None:
        """A panel comes into sight, or goes out of it; what nobody sees costs nothing."""
        if key not in self._by_key:
            return
        (self._seen.add if seen else self._seen.discard)(key)
        self._session.open_up(bool(self._seen))
        if key == "program" and not self._has_colours:
            # Not in the queue behind PyTorch: the program can be read while that loads.
            self._workspace.disk.run("colours", prepare_colours, self._take_colours, self._miss)
        if seen:
            self._show_settings()
            self._show_inside(self._session.inside)
        if not self._seen:
            self._stop_walking()

    def leave(self) -> None:
        """The window goes: another one may take up the step where it is."""
        self._stop_walking()
        self._by_key = {}
        self._seen.clear()
        self._workspace.background.drop("program")
        self._workspace.disk.drop("colours")

    def copy(self) -> None:
        """Put the whole program onto the clipboard."""
        write = self.program()
        self._workspace.background.run(
            "copy", lambda: write().text(), self._copied, lambda error: self.said.emit(str(error), True)
        )

    def program(self) -> Callable[[], Program]:
        """What writes the program of the run: of all steps up to here; while it goes on, of those planned.

        Called, it raises Problem where nothing can be trained on.
        """
        experiment, snapshot = self._session.experiment(), self._session.snapshot
        at_rest = snapshot is not None and snapshot.step and not self._session.running
        return partial(
            program,
            experiment.points,
            experiment.settings,
            steps=snapshot.step if snapshot is not None and at_rest else None,
            name=Path(self._workspace.path or experiment.points.source).name,
            changed=bool(experiment.earlier),
        )

    # --- going through a step ---------------------------------------------------------------------------

    def _go_on(self) -> None:
        """The next phase, by the person's hand."""
        self._stop_walking()
        self._next_phase()

    def _walk_on(self) -> None:
        self._next_phase()
        if self._session.snapshot is None or self._session.stopped == "diverged":
            self._stop_walking()  # there is no next one

    def _next_phase(self) -> None:
        if not self._seen:
            self.inside_wanted.emit()
        self._session.phase()

    def _walk_or_stop(self, on: bool) -> None:
        """Let the phases go by themselves, or stay at this one."""
        if not on:
            self._stop_walking()
            return
        self._next_phase()
        self._walk.start()

    def _stop_walking(self) -> None:
        self._walk.stop()
        self._slow_motion.setChecked(False)

    # --- showing it -------------------------------------------------------------------------------------

    def _follow_store(self) -> None:
        self._show_settings()

    def _follow_run(self, _start: object) -> None:
        """Another run: its scaling may be another one, and the program begins at its start."""
        self._stop_walking()
        self._show_settings()

    def _follow_state(self) -> None:
        """At rest the program is that of the steps that have been made."""
        if self._session.running:
            self._stop_walking()
        self._show_program()

    def _show_settings(self) -> None:
        """The program and the formulas of the settings."""
        self._show_program()
        if "formulas" in self._seen:
            self._cards.formulas.show_settings(self._store.settings, self._store.points.x.shape[1])

    def _show_program(self) -> None:
        if "program" not in self._seen or not self._has_colours:
            return
        write, background = self.program(), self._workspace.background
        if len(self._store.points) > AT_ONCE:
            background.run("program", lambda: _shown(write), self._cards.program.show_program, self._miss)
        else:
            background.drop("program")
            self._cards.program.show_program(_shown(write))

    def _take_colours(self, _nothing: None) -> None:
        self._has_colours = True
        self._show_program()

    def _miss(self, error: Exception) -> None:
        log.error("no program could be written", exc_info=error)

    def _show_inside(self, inside: Inside | None) -> None:
        """The step on every card that is seen; where the person goes slowly, the phase that was done last."""
        slow = self._session.in_slow_motion
        phase = inside.phase if slow and inside is not None else ""
        for key in self._seen:
            card = self._by_key[key]
            if isinstance(card, TensorsCard):
                card.show_inside(inside, whole=not slow)
            else:
                card.show_inside(inside)
                card.light(phase)

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.said.emit(_("The program is copied: paste it into a file, and run it with Python."), False)


def _shown(write: Callable[[], Program]) -> tuple[Line, ...]:
    """The lines of the program; none where nothing can be trained on."""
    try:
        return write().shown()
    except Problem:
        return ()
