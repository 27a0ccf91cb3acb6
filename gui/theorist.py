"""Finds out what should happen to a run, and shows it beside what happens."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.experiment import Points, Settings
from core.insight.scaling import Scaling
from core.insight.theory import Theory
from core.training import Snapshot
from gui.panels.settings_panel import SettingsPanel
from gui.theme import Theme
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.panels.theory_card import TheoryCard

log = logging.getLogger(__name__)

AT_ONCE = 200_000  # points times parameters: for so many, the distance is found within a frame


class Theorist(QObject):
    """Keeps the theory of the present points and settings; it is computed in the background.

    The card is made when somebody wants to see it.
    """

    def __init__(self, workspace: Workspace, panel: SettingsPanel, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._panel = panel
        self._theme = theme
        self._card: TheoryCard | None = None
        self._theory: Theory | None = None
        self._has_points = len(workspace.store.points) > 0
        self._seen = False
        store, session = workspace.store, workspace.session
        store.points_changed.connect(self._follow_points)
        store.settings_changed.connect(self._follow_settings)
        session.run_started.connect(self._follow_run)
        session.numbers_changed.connect(self._show_numbers)

    def show_all(self) -> None:
        """Everything as it is now: the window may be new upon an old workspace."""
        self._find()

    def card(self) -> TheoryCard:
        """The card of the theory, for the first time."""
        from gui.panels.theory_card import TheoryCard

        self._card = TheoryCard(self._theme)
        self._card.show_rate(self._workspace.session.present_rate)
        self._card.show_theory(self._theory)
        return self._card

    def show_seen(self, seen: bool) -> None:
        """Keep the card up to date while somebody sees it."""
        self._seen = seen
        self._show_numbers(self._workspace.session.snapshot)

    def leave(self) -> None:
        """The window goes: what is being found out for it is not wanted any more."""
        for key in ("theory", "distance"):
            self._workspace.background.drop(key)
        self._workspace.solver.drop("optimum")

    # --- when to find it out ----------------------------------------------------------------------------

    def _follow_points(self, points: Points) -> None:
        if self._theory is not None and len(points) and not self._has_points:
            self._show(Theory(pending=True))  # that there are none, it said until now
        self._has_points = len(points) > 0
        self._find()

    def _follow_settings(self, settings: Settings, before: Settings) -> None:
        """The learning rate plays no part in the theory, and it is what changes most often."""
        if replace(settings, learning_rate=before.learning_rate) != before:
            self._find()
        if self._card is not None:
            self._card.show_rate(self._workspace.session.present_rate)

    def _follow_run(self, start: Snapshot | None) -> None:
        """A run that is standardised has a scaling of its own."""
        if self._workspace.store.settings.standardise:
            self._find()
        self._show_numbers(start)

    def _find(self) -> None:
        store, snapshot = self._workspace.store, self._workspace.session.snapshot
        scaling = None if snapshot is None else snapshot.scaling
        asked = store.points, store.settings, scaling
        work = partial(self._workspace.last_theory.of, *asked)
        self._workspace.background.run(
            "theory", work, lambda found: self._take(found[1], asked), self._miss, passing=True
        )

    def _take(self, found: Theory, asked: tuple[Points, Settings, Scaling | None]) -> None:
        """Show what is known at once, and have the rest searched for."""
        self._show(found)
        if found.pending:
            work = partial(self._workspace.last_theory.searched, *asked)
            self._workspace.solver.search(
                "optimum", work, lambda found: self._take_searched(found[1]), self._miss, passing=True
            )
        else:
            self._workspace.solver.drop("optimum")

    def _take_searched(self, found: Theory) -> None:
        self._show(found)
        self._workspace.optimum_found.emit()

    # --- showing it -------------------------------------------------------------------------------------

    def _show(self, found: Theory | None) -> None:
        self._theory = found
        self._panel.show_theory(found)
        if self._card is not None:
            self._card.show_theory(found)
        self._show_numbers(self._workspace.session.snapshot)

    def _miss(self, error: Exception) -> None:
        """Nothing is said, rather than something wrong; the log knows of it."""
        log.error("no theory could be found", exc_info=error)
        self._show(None)

    def _show_numbers(self, snapshot: Snapshot | None) -> None:
        if self._card is None or not self._seen:
            self._workspace.background.drop("distance")
            return
        self._card.show_rate(self._workspace.session.present_rate)
        best = None if self._theory is None else self._theory.optimum
        background = self._workspace.background
        if best is None or snapshot is None or not best.fits(snapshot):
            background.drop("distance")
            self._card.show_distance(None)
        elif len(best.x) * snapshot.curve.count() > AT_ONCE:
            work = partial(best.distance, snapshot)
            background.run("distance", work, self._card.show_distance, self._miss_distance, passing=True)
        else:
            background.drop("distance")
            self._card.show_distance(best.distance(snapshot))

    def _miss_distance(self, error: Exception) -> None:
        log.error("the distance to the optimum could not be found", exc_info=error)
        if self._card is not None:
            self._card.show_distance(None)
