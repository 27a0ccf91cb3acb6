"""Looks at the run a few times a second, and says in the message line what it finds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from core.experiment import Points, Settings
from core.training import Snapshot
from gui.run_sentences import training_word
from gui.widgets.message_line import MessageLine
from gui.workspace import Workspace

if TYPE_CHECKING:
    from core.insight.diagnosis import Finding

log = logging.getLogger(__name__)

EVERY = 0.3  # seconds between two looks while training
STAYS = 1.0  # seconds that words stay, so that they can be read


class Steady:
    """Which of the findings that follow each other is shown, so that each can be read.

    A more important one is shown at once. A less important one, or none, waits until what is shown has not
    been found for STAYS seconds, and other numbers wait until they have been there for as long.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._shown: Finding | None = None
        self._shown_at = self._found_at = 0.0

    def take(self, finding: Finding | None, at_rest: bool) -> Finding | None:
        """What to show, now that `finding` was found; at rest it is that."""
        now, shown = self._now(), self._shown
        same = shown is not None and finding is not None and finding.key == shown.key
        if shown is None or at_rest:
            turn = True
        elif same:
            turn = now - self._shown_at >= STAYS
        else:
            turn = _rank(finding) < _rank(shown) or now - self._found_at >= STAYS
        if turn:
            if finding != shown:
                self._shown_at = now
            self._shown = finding
        if turn or same:
            self._found_at = now
        return self._shown


class Look(NamedTuple):
    """What is looked at, to know when there is something else to see."""

    snapshot: Snapshot | None
    points: Points
    settings: Settings
    stopped: str | None
    running: bool

    def is_same(self, other: Look) -> bool:
        """Whether nothing at all is different."""
        return self.snapshot is other.snapshot and self.running == other.running and self.asks_the_same(other)

    def asks_the_same(self, other: Look) -> bool:
        """Whether what was found is still to the point, though the run may have gone on."""
        runs = {None if look.snapshot is None else look.snapshot.run for look in (self, other)}
        same = self.points is other.points and self.settings is other.settings
        return same and self.stopped == other.stopped and len(runs) == 1


def _rank(finding: Finding | None) -> int:
    """The place of the finding's rule in the table; None comes last."""
    from core.insight.diagnosis import RULES  # here, since the window is painted without it

    keys = [rule.key for rule in RULES]
    return len(keys) if finding is None else keys.index(finding.key)


class Diagnostician(QObject):
    """Collects the evidence of a run, has it diagnosed in the background, and shows the finding."""

    def __init__(self, workspace: Workspace, message: MessageLine, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = workspace.session
        self._message = message
        self._steady = Steady()
        self._looked_at = 0.0
        self._last_look: Look | None = None
        self._session.run_started.connect(self._begin)
        self._session.numbers_changed.connect(self._follow)
        self._session.snapshot_changed.connect(self._follow)
        self._session.state_changed.connect(self._look)
        workspace.store.changed.connect(self._look)
        workspace.optimum_found.connect(self._look_again)
        self._look()  # the window may be new upon an old run

    def leave(self) -> None:
        """The window goes: what would be found is not wanted any more."""
        self._workspace.background.drop("diagnosis")

    def _begin(self, _start: Snapshot | None) -> None:
        """Another run, of which nothing is known."""
        self._steady = Steady()
        self._message.show_finding(None)
        self._look()

    def _follow(self, _snapshot: Snapshot | None) -> None:
        """The run goes on; look now and then."""
        if not self._session.running or time.monotonic() - self._looked_at >= EVERY:
            self._look()

    def _look(self) -> None:
        """Have the chosen step looked at."""
        snapshot, history = self._session.snapshot, self._session.history
        store = self._workspace.store
        if self._session.running and self._message.has_passed:
            self._session.say_again()
        looked_at, before = self._now(), self._last_look
        if before is not None and not looked_at.asks_the_same(before):
            self._steady = Steady()
            self._message.show_finding(None)  # at once: it was said of other settings
        self._last_look = looked_at
        if snapshot is None or history is None or self._session.loading:
            self._last_look = looked_at._replace(snapshot=None)
            return
        if before is not None and looked_at.is_same(before):
            return
        self._looked_at = time.monotonic()
        losses, held = history.losses(), history.validation_losses()
        at_tip = snapshot is self._session.tip
        stopped = self._session.stopped if at_tip else None
        failure = self._session.failure if at_tip else None
        points, settings, since = store.points, store.settings, self._session.measured_since
        alike_since, rate, remedied = self._session.alike_since, self._session.present_rate, store.remedied

        def work() -> Finding | None:
            from core.insight.diagnosis import Evidence, diagnose  # here, since the window is painted without

            training, known = self._workspace.last_theory.of(points, settings, snapshot.scaling)
            seen = (training, settings, snapshot, losses, held, known, stopped, since, failure)
            return diagnose(Evidence(*seen, alike_since, rate, remedied))

        show = partial(self._show, looked_at)  # of which the background sees whose it is
        self._workspace.background.run("diagnosis", work, show, self._miss, passing=True)

    def _now(self) -> Look:
        store, session = self._workspace.store, self._session
        return Look(session.snapshot, store.points, store.settings, session.stopped, session.running)

    def _look_again(self) -> None:
        """More is known of the same step."""
        self._last_look = None
        self._look()

    def _show(self, looked_at: Look, finding: Finding | None) -> None:
        """Show what was found, if it is still about this run, these points and these settings."""
        if not looked_at.asks_the_same(self._now()):
            return
        running = self._session.running
        shown = self._steady.take(finding, not running)
        self._message.show_finding(shown, lambda: self._apply(shown), training_word() if running else "")

    def _miss(self, error: Exception) -> None:
        """A diagnosis is not worth stopping for; the log knows of it."""
        log.error("no diagnosis could be made", exc_info=error)
        self._message.show_finding(None)

    def _apply(self, finding: Finding | None) -> None:
        """Do what the finding proposes, as one change that can be undone."""
        if finding is not None and finding.remedy is not None:
            self._workspace.store.follow(finding.remedy.applied)
