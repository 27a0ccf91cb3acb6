"""Tells one step in three more languages: as a program, as a graph, as mathematics; and shows its tensors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication

from core.file_names import shown_name
from core.insight.units import DATA, TRAINED
from core.problem import Problem
from core.texts import _, joined
from gui.panels.cards import Card
from gui.theme import Theme
from gui.workspace import Workspace

if TYPE_CHECKING:
    from core.experiment.experiment import Experiment
    from core.export import Line, Program
    from core.training.inside import Inside
    from gui.step_cards import StepCards

log = logging.getLogger(__name__)

PHASE = 1000  # milliseconds from one phase to the next, when they go by themselves
NEEDED = (
    "gui.step_cards",
    "core.insight.data_step",
    "gui.widgets.formula_list",
    "gui.surveyor",
)  # to make the cards that come late
AT_ONCE = 20_000  # points, of which a program is written within a frame
FEW_CHANGES = 10  # of a run, of which it is too
TOLD_AT_ONCE = 100_000  # numbers that a model is given: told in the units of the data within a frame


class Narrator(QObject):
    """Follows a workspace for one window, and shows each step on those of its cards that are seen.

    A card is made when somebody wants to see it; what it needs is imported then, or before that in the
    background. `said(sentence, warning)` is for the message line. `inside_wanted()` asks for the cards: the
    person goes through a step, and none of them is seen.
    """

    said = Signal(str, object)
    inside_wanted = Signal()

    def __init__(
        self, workspace: Workspace, theme: Theme, actions: Mapping[str, QAction], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store, self._session = workspace.store, workspace.session
        self._workspace = workspace
        self._theme, self._actions = theme, actions
        self._cards: StepCards | None = None
        self._made: set[str] = set()
        self._seen: set[str] = set()
        self._has_colours = False
        self._of_data = workspace.preferences.get("units", DATA) != TRAINED
        self._told: tuple[Inside | None, Inside | None] = (None, None)  # a step, and the same of the data
        self._walk = QTimer(self)
        self._walk.setInterval(PHASE)
        self._walk.timeout.connect(self._walk_on)
        self._closing = QTimer(self)
        self._closing.setSingleShot(True)
        self._closing.timeout.connect(self._close)
        actions["phase"].triggered.connect(lambda: self._go_on())
        actions["slow_motion"].triggered.connect(self._walk_or_stop)
        actions["copy_program"].triggered.connect(lambda: self.copy())
        self._store.changed.connect(self._show_settings)
        self._session.run_started.connect(self._follow_run)
        self._session.state_changed.connect(self._follow_state)
        self._session.inside_changed.connect(self._show_inside)
        self._session.devices_found.connect(self._prepare)

    def card(self, key: str) -> Card:
        """The card of one panel, for the first time: program, graph, formulas or tensors."""
        from gui.step_cards import StepCards

        if self._cards is None:
            self._cards = StepCards(self._theme, self._actions, self._workspace.background)
        self._made.add(key)
        card = self._cards.make(key)
        self._cards.show_units(self._of_data)
        return card

    def show_preferences(self) -> None:
        """What the person chose about the units of the numbers; a step that was begun shows it too."""
        of_data = self._workspace.preferences.get("units", DATA) != TRAINED
        if of_data == self._of_data:
            return  # it was another choice
        self._of_data = of_data
        if self._cards is not None:
            self._cards.show_units(of_data)
        self._show_inside(self._session.inside)

    def show_seen(self, key: str, seen: bool) -> None:
        """A panel comes into sight, or goes out of it; what nobody sees costs nothing."""
        if key not in self._made:
            return
        (self._seen.add if seen else self._seen.discard)(key)
        if seen:
            self._session.open_up(True)
        elif not self._seen:
            self._closing.start()  # not at once: Qt hides a panel before it shows another one in its place
        if key == "program" and not self._has_colours:
            # Not in the queue behind PyTorch: the program can be read while that loads.
            self._workspace.disk.run("colours", _prepare_colours, self._take_colours, self._miss)
        if seen:
            self._show_settings()
            self._show_inside(self._session.inside)

    def leave(self) -> None:
        """The window goes: another one may take up the step where it is."""
        self._stop_walking()
        self._closing.stop()
        self._made.clear()
        self._seen.clear()
        for key in ("program", "formulas", "units"):
            self._workspace.background.drop(key)
        for key in ("cards", "colours"):
            self._workspace.disk.drop(key)

    def copy(self) -> None:
        """Put the whole program onto the clipboard."""
        write = self.program()
        self._workspace.background.run(
            "copy",
            lambda: write().text(),
            lambda text: self._copied(text),  # not as a method, which is not called once the window has gone
            lambda error: self._say(str(error), True),
        )

    def program(self) -> partial[Program]:
        """What writes the program of the run: of all steps up to here, or, while it goes on, up to its end.

        So is a run at rest that has yet to take up a change. Called, it raises Problem where nothing can be
        trained on.
        """
        from core.export import program

        session, snapshot = self._session, self._session.snapshot
        experiment = session.experiment()
        is_made = snapshot is not None and snapshot.step and not (session.running or session.change_waits)
        return partial(
            program,
            experiment.points,
            experiment.settings,
            steps=snapshot.step if snapshot is not None and is_made else None,
            name=shown_name(self._workspace.open_file.path or experiment.points.source),
            changed=self._lost_changes(experiment),
            earlier=experiment.earlier,
            ended=session.stopped,
        )

    def _lost_changes(self, experiment: Experiment) -> bool:
        """Whether the run was changed on its way in more ways than anybody remembers."""
        return self._session.was_changed and not experiment.earlier

    # --- going through a step ---------------------------------------------------------------------------

    def _go_on(self) -> None:
        """The next phase, by the person's hand."""
        self._stop_walking()
        self._next_phase()

    def _walk_on(self) -> None:
        self._next_phase()
        if self._session.snapshot is None or self._session.failure is not None:
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
        self._actions["slow_motion"].setChecked(False)

    def _close(self) -> None:
        """Nobody sees a step any more: one of which some phases are done is completed."""
        if not self._seen:
            self._stop_walking()
            self._session.open_up(False)

    # --- showing it -------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """PyTorch is loaded: import what the cards need, so that they come at once when they are wanted."""
        self._workspace.disk.run(
            "cards", lambda: [import_module(name) for name in NEEDED], lambda _modules: None, self._miss
        )

    def _follow_run(self) -> None:
        """Another run: the program begins at its start."""
        self._stop_walking()
        self._show_settings()

    def _follow_state(self) -> None:
        """At rest the program is that of the steps that have been made."""
        if self._session.running:
            self._stop_walking()
        self._show_settings()

    def _show_settings(self) -> None:
        """The program and the formulas of the settings; a step that was begun keeps its own to its end."""
        if self._session.in_mid_step:
            return
        self._show_program()
        if self._cards is not None and "formulas" in self._seen:
            self._cards.show_settings(self._store.settings, self._store.points.x.shape[1])

    def _show_program(self) -> None:
        if self._cards is None or "program" not in self._seen or not self._has_colours:
            return
        show, write, background = self._cards.show_program, self.program(), self._workspace.background
        changes = write.keywords["earlier"]
        if len(self._store.points) > AT_ONCE or len(changes) > FEW_CHANGES:
            background.run("program", lambda: _shown(write), show, self._miss)
        else:
            background.drop("program")
            show(_shown(write))

    def _take_colours(self, _nothing: None) -> None:
        self._has_colours = True
        self._show_program()

    def _miss(self, error: Exception) -> None:
        log.error("a step could not be told", exc_info=error)

    def _show_inside(self, inside: Inside | None) -> None:
        """The step on every card that is seen, where they are wanted so in the units of the data."""
        self._workspace.background.drop("units")
        if self._cards is None:
            return
        if inside is not None and self._of_data and inside.settings.standardise and self._seen:
            self._tell_of_data(inside)
        else:
            self._show_told(inside)

    def _tell_of_data(self, inside: Inside) -> None:
        """Show a step in the units of the data; that of very many points is told in the background."""
        if self._told[0] is not inside and inside.inputs.size > TOLD_AT_ONCE:
            tell, take = partial(_of_data, inside), partial(self._take_told, inside)
            self._workspace.background.run("units", tell, take, self._miss)
            return
        if self._told[0] is not inside:
            self._told = inside, _of_data(inside)
        self._show_told(self._told[1])

    def _take_told(self, inside: Inside, told: Inside) -> None:
        self._told = inside, told
        if inside is self._session.inside and self._of_data:
            self._show_told(told)

    def _show_told(self, told: Inside | None) -> None:
        """Show a step, as it is told, on every card."""
        if self._cards is not None:
            for key in tuple(
                self._seen
            ):  # a card that is shown for the first time may bring others into sight
                failure = self._session.failure
                ended = "" if failure is None else failure.reason
                self._cards.show_step(key, told, self._session.in_slow_motion, ended)

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        sentence = _("The program is copied: paste it into a file, and run it with Python.")
        if self._lost_changes(self._session.experiment()):
            sentence = joined(sentence, _("Changes made during the run are not in it."))
        self._say(sentence, False)

    def _say(self, sentence: str, warning: bool) -> None:
        """For the message line, unless its window has gone while the program was written."""
        if shiboken6.isValid(self):
            self.said.emit(sentence, warning)


def _of_data(inside: Inside) -> Inside:
    from core.insight.data_step import of_data

    return of_data(inside)


def _prepare_colours() -> None:
    from gui.step_cards import prepare_colours

    prepare_colours()


def _shown(write: Callable[[], Program]) -> tuple[Line, ...]:
    """The lines of the program; none where nothing can be trained on."""
    try:
        return write().shown()
    except Problem:
        return ()
