"""Finds the landscape of the loss, and shows it with the run that goes through it."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from core.experiment import Points, Settings
from core.insight.curves import Curve
from core.insight.objective import Objective
from core.insight.plane import (
    Plane,
    line_plane,
    parameter_names,
    parameter_plane,
    path_plane,
    path_plane_of_data,
)
from core.insight.step_on_plane import StepOnPlane
from core.insight.tensor_words import tensor_words
from core.insight.theory import Theory
from core.insight.units import DataUnits, step_of_data
from core.texts import _
from core.training import Snapshot
from core.training.path import Way, flat
from gui.panels.landscape_card import PARAMETERS, PATH, LandscapeCard
from gui.panels.step_bars import StepRow
from gui.plots.landscape_range import places_to_hold, runs_away, steps_in_sight
from gui.plots.moves import Moves
from gui.survey import Survey, best_numbers, slice_sentence, survey, what_decides
from gui.theme import GRADIENT, MODEL, Theme
from gui.workspace import Workspace

if TYPE_CHECKING:
    from core.training.inspection import Inspection

log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Range = tuple[float, float]

OFF = 1e-6  # from a plane; whatever is no further away lies in it
MOST_STEPS = 400  # of a path that are looked at to see whether it grows without end
REFRESH = 0.5  # seconds at least between two slices through a run that goes on
MEASURED_AT_ONCE = 20_000  # points times parameters whose loss is found under the moving cursor


class Surveyor(QObject):
    """Keeps the landscape card of a window in step with the run; nothing is done while nobody sees it.

    `plane` is the one that is shown, None where there is no run.
    """

    def __init__(self, workspace: Workspace, card: LandscapeCard, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._store, self._session = workspace.store, workspace.session
        self._card = card
        self.plot = card.plot
        self._theme = theme
        self.plane: Plane | None = None
        self._survey: Survey | None = None
        self._asked: tuple[Points, tuple[object, ...]] | None = None
        self._answered = False  # what was asked for is shown
        self._best: Floats | None = None  # the parameters as training has them, where they are known
        self._best_of: tuple[object, ...] = ()  # what they were asked for of
        self._best_found = False  # they, or that none are known
        self._fits_goal = False  # the view is to be fitted once more when they are
        self._seen = False
        self._marked: int | None = None
        self._fits = True  # the view is to be fitted to what is found next
        self._gone = False  # the run has, beyond all bounds
        self._sliced = 0.0
        self._named: tuple[object, tuple[str, ...]] = (None, ())
        self._join()

    def show_all(self) -> None:
        """Everything as it is now: the window may be new upon an old workspace."""
        self.show_preferences()
        self._begin(self._session.start)

    def show_preferences(self) -> None:
        """What the person chose about the look."""
        in_space = self._workspace.preferences.get("surface", False)
        if in_space != self._card.in_space:
            self._card.show_surface(in_space)
            self._draw_surface()
            self._draw_goal()
            if self._session.shown is not None:
                self._show(self._session.shown)
        if self.plane is not None and self.plane.as_trained != self._workspace.as_trained:
            self._begin(self._session.start)

    def leave(self) -> None:
        """The window goes: what is being found out for it is not wanted any more."""
        self.show_seen(False)
        for key in ("landscape", "plane", "goal"):
            self._workspace.background.drop(key)

    def show_seen(self, seen: bool) -> None:
        """Only what is seen is worked for."""
        if seen == self._seen:
            return
        self._seen = seen
        self._session.watch(seen)
        if seen:
            self._begin(self._session.start)
            self._show_state()

    def fit_view(self) -> None:
        """Show start, goal and path, from above and in space; what nobody sees is fitted when it is seen."""
        self._fits = True
        self._card.surface.reset_view()
        if self._seen and self._answered:
            self._fit()

    def place_of(self, step: int) -> Floats | None:
        """Where a step of the run is on the plane, as far as it is kept."""
        way = self._session.way
        if self.plane is None or way is None or not 0 <= step <= way.steps:
            return None
        return np.asarray(self.plane.places(way.at(step)[None])[0], dtype=np.float64)

    def show_mark(self, step: int | None) -> None:
        """Mark a step of the run, or none."""
        self._marked = step
        self._draw_mark()

    def _join(self) -> None:
        store, session, card, plot = self._store, self._session, self._card, self.plot
        store.changed.connect(self._follow)
        self._workspace.optimum_found.connect(self._find_again)
        session.run_started.connect(self._begin)
        session.snapshot_changed.connect(self._show)
        session.numbers_changed.connect(self._refresh)
        session.state_changed.connect(self._show_state)
        card.plane_chosen.connect(self._choose_plane)
        card.axes_chosen.connect(self._choose_axes)
        plot.view_changed.connect(self._find)

    # --- the plane --------------------------------------------------------------------------------------

    def _begin(self, start: Snapshot | None) -> None:
        """Another run, or none: it may be of another model."""
        self.plot.await_points(not len(self._store.points))
        if start is None:
            self.plane = self._survey = self._asked = self._best = None
            self._answered, self._best_of = False, ()
            self.plot.clear()
            self._card.surface.show_surface(None)
            self._card.bars.show_rows((), ())
            self._card.note.setText("")
            self._card.show_choices(None, (), (0, 0))
            return
        if not self._seen:
            return
        self._fits = self._fits or not (self._session.in_hand or self.plot.is_held())
        self._choose(start)
        if self._session.shown is not None:
            self._show(self._session.shown)
        if self._fits and self._answered:
            self._fit()

    def _choose(self, snapshot: Snapshot) -> None:
        """Lay the plane through the model of this run."""
        before = self.plane
        if _is_line(snapshot):
            self._card.show_choices(None, (), (0, 0))
            self._take(self._plane_of_line(snapshot), before)
            return
        names = self._names(snapshot.curve)
        first, second = self._axes(len(names))
        kind = self._workspace.preferences.get("plane", PATH)
        self._card.show_choices(kind if kind == PARAMETERS else PATH, names, (first, second))
        self._slice(self._session.shown or snapshot)

    def _slice(self, snapshot: Snapshot) -> None:
        """Lay a plane through the chosen step of a model that has more parameters than two."""
        self._sliced = time.monotonic()
        here, way = flat(snapshot.arrays).astype(np.float64), self._session.way
        path = None if way is None else self._in_sight(way)
        if way is not None and path is not None and snapshot.step >= len(path) * way.stride:
            here = path[-1].astype(np.float64)  # further out every slice is flat
        by_hand = self._plane_of_parameters(snapshot, here)
        if self._workspace.preferences.get("plane", PATH) == PARAMETERS or path is None:
            self._take(by_hand, self.plane)
            return
        before = self._directions_before(snapshot)
        otherwise = by_hand  # of this run at least, and in these units, until its directions are found
        if before is not None and before.as_trained == self._workspace.as_trained:
            otherwise = before
        if otherwise is by_hand or self.plane is None or self.plane.axes is not None:
            self._take(otherwise, self.plane)
        names, units = (_("direction 1"), _("direction 2")), self._units(snapshot)
        find = path_plane if units is None else partial(path_plane_of_data, units=units)
        work = partial(find, here, path, names, before=before)
        then = partial(self._take_directions, snapshot.run, otherwise)
        self._workspace.background.run("plane", work, then, self._miss, passing=True)

    def _plane_of_line(self, snapshot: Snapshot) -> Plane:
        if self._workspace.as_trained:
            return parameter_plane(snapshot.curve, np.zeros(2), 0, 1)
        return line_plane(snapshot.curve, snapshot.scaling)

    def _in_sight(self, way: Way) -> NDArray[np.floating]:
        """The parameters `[m, P]` of the steps that are kept; of a run that goes, as far as it is shown."""
        if not self._diverges():
            return way.numbers
        every = max(1, -(-len(way.numbers) // MOST_STEPS))
        start = way.numbers[0].astype(np.float64)
        with np.errstate(all="ignore"):
            away = np.linalg.norm(way.numbers[::every].astype(np.float64) - start, axis=1)
        steps = steps_in_sight(away, max(1.0, float(np.abs(start).max())))
        return way.numbers[: min(every * steps, len(way.numbers))]

    def _plane_of_parameters(self, snapshot: Snapshot, here: Floats) -> Plane:
        """The plane of the two parameters that are chosen."""
        return parameter_plane(snapshot.curve, here, *self._axes(len(here)), self._units(snapshot))

    def _units(self, snapshot: Snapshot) -> DataUnits | None:
        """What leads to the units of the data; None where numbers are shown as training has them."""
        if self._workspace.as_trained or snapshot.scaling.changes_nothing():
            return None
        return DataUnits(snapshot.curve, snapshot.scaling)

    def _directions_before(self, snapshot: Snapshot) -> Plane | None:
        """The directions found last, if the run is still the same, or was started from their plane."""
        known, start = self._workspace.directions, self._session.start
        if known is None or start is None:
            return None
        run, plane = known
        if run == snapshot.run:
            return plane
        begin = flat(start.arrays).astype(np.float64)
        if self.plane is not plane or len(begin) != len(plane.origin):
            return None
        u, v = plane.places(begin[None])[0].tolist()
        return replace(plane, shares=None) if np.allclose(plane.at(u, v), begin, atol=OFF) else None

    def _take_directions(self, run: int, otherwise: Plane, found: Plane | None) -> None:
        snapshot = self._session.shown
        if snapshot is not None and snapshot.run == run:
            self._take(found or otherwise, self.plane)
            self._show(snapshot)

    def _take(self, plane: Plane, before: Plane | None) -> None:
        """Have this plane from now on, in the units that are chosen."""
        plane = replace(plane, as_trained=self._workspace.as_trained)
        if before is None or _axes_of(before) != _axes_of(plane):
            self._fits = True
        self.plane = plane
        if plane.axes is None and self._session.start is not None:
            self._workspace.directions = self._session.start.run, plane
        names = _names_of_axes(plane)
        self.plot.show_names(names)
        self._card.surface.show_names(*names)
        self._draw_mark()
        self._draw_goal()
        self._show_note()
        self._show_bars(self._session.inspection)
        self._find()

    def _names(self, curve: Curve) -> tuple[str, ...]:
        """The names of all parameters, which may be thousands; of one model they are found once."""
        model = (type(curve), tuple(curve.shapes()))
        if model != self._named[0]:
            self._named = model, parameter_names(curve)
        return self._named[1]

    def _axes(self, count: int) -> tuple[int, int]:
        """The places of the two parameters that span a plane of parameters."""
        preferences = self._workspace.preferences
        first, second = preferences.get("plane_first", 0), preferences.get("plane_second", count - 1)
        valid = 0 <= first < count and 0 <= second < count and first != second
        return (first, second) if valid else (0, count - 1)

    def _choose_plane(self, kind: str) -> None:
        self._workspace.preferences.put("plane", kind)
        self._begin(self._session.start)

    def _choose_axes(self, first: int, second: int) -> None:
        """Two different ones: whoever chooses the other's takes its place."""
        if self._session.start is None:
            return
        before = self._axes(self._session.start.curve.count())
        if first == second:
            first, second = (first, before[0]) if first != before[0] else (before[1], second)
        self._workspace.preferences.put("plane_first", first)
        self._workspace.preferences.put("plane_second", second)
        self._begin(self._session.start)

    # --- the landscape ----------------------------------------------------------------------------------

    def _follow(self, _after: object, _before: object, anew: bool) -> None:
        """Points or the loss may be others now."""
        self.plot.await_points(not len(self._store.points))
        if anew:
            self._fits = True
            self.plot.forget_paths()
        self._find()

    def _find_again(self) -> None:
        """The optimum of the points shown is known now."""
        self._best_of = ()
        self._find()

    def _find(self) -> None:
        """Find the landscape of this view, if it is not the one that was asked for last."""
        objective = self._objective()
        if not self._seen or objective is None or self.plane is None:
            return
        self._find_goal(objective)
        view = self.plot.view()
        asked = what_decides(objective, self.plane, view)
        if self._asked is not None and asked == self._asked[1]:
            return
        self._asked, self._answered = (objective.points, asked), False
        work = partial(survey, objective, self.plane, view, self._theme.heights)
        self._workspace.background.run("landscape", work, self._show_survey, self._miss, passing=True)

    def _objective(self) -> Objective | None:
        """What makes the loss of this run; None while there is none, or another one is being built."""
        start = self._session.start
        if start is None or self._session.loading or not len(self._store.points):
            return None
        settings, curve, plane = self._store.settings, start.curve, self.plane
        if curve.values != settings.values("model") or (plane and len(plane.origin) != curve.count()):
            return None  # the run, or the plane, is still that of another model
        as_trained = plane is not None and plane.as_trained
        return Objective(self._store.points, settings, curve, start.scaling, as_trained)

    def _find_goal(self, objective: Objective) -> None:
        """Ask for the best parameters, once; the landscape does not wait for those to be searched for."""
        points, settings, _curve, scaling, _as_trained = objective
        asked = points, replace(settings, learning_rate=Settings().learning_rate), scaling
        if _is_same(asked, self._best_of):
            return
        self._best_of, self._best_found = asked, False
        work = partial(self._workspace.last_theory.of, points, settings, scaling)
        then = partial(self._take_theory, objective, asked)
        self._workspace.background.run("goal", work, then, self._miss_goal)

    def _take_theory(
        self, objective: Objective, asked: tuple[object, ...], found: tuple[Points, Theory]
    ) -> None:
        """Take the best parameters, if they are known already; else they will be asked for again."""
        _training, theory = found
        if asked is self._best_of and not theory.pending:
            self._take_goal(best_numbers(objective, theory.optimum))

    def _take_goal(self, best: Floats | None) -> None:
        """Show the best parameters that were found, and make room for them."""
        self._best, self._best_found = best, True
        self._draw_goal()
        self._show_note()
        if not self._seen:
            return
        if self._session.shown is not None:
            self._show(self._session.shown)
        if self._fits_goal and not (self._session.running or self.plot.is_held()):
            self._fit()
        self._fits_goal = False

    def _miss_goal(self, error: Exception) -> None:
        """None is shown, rather than a wrong one; the log knows of it."""
        log.error("no optimum could be found", exc_info=error)
        self._take_goal(None)

    @property
    def _goal(self) -> Floats | None:
        """Where the best parameters are, or where they fall on the plane, as (u, v)."""
        if self._best is None or self.plane is None or len(self._best) != len(self.plane.origin):
            return None
        return np.asarray(self.plane.places(self._best[None])[0], dtype=np.float64)

    def _show_survey(self, found: Survey) -> None:
        """Show what was found; where the view does not suit it, that asks for another one."""
        if not self._seen or self._objective() is None:
            self._asked = None  # it is not shown, and so has to be found again
            return
        self._survey, self._answered = found, True
        if not self._best_found:
            self._best = None  # what is known is of another landscape
        self.plot.reach = found.reach
        self.plot.show_picture(found.picture)
        self.plot.measure = self._measure
        self._draw_mark()
        self._draw_surface()
        self._draw_goal()
        self._show_note()
        if self._session.shown is not None:
            self._show(self._session.shown)
        if self._fits:
            self._fit()

    def _fit(self) -> None:
        self._fits, self._fits_goal = False, not self._best_found
        self.plot.fit_view()
        self._show_note()

    def _miss(self, error: Exception) -> None:
        """Nothing is shown, rather than something wrong; the log knows of it."""
        log.error("no landscape could be found", exc_info=error)
        self._asked = None

    def _measure(self, u: float, v: float) -> float | None:
        """The loss under the cursor, where it takes but a moment to find."""
        objective, start = self._objective(), self._session.start
        if objective is None or start is None or self.plane is None:
            return None
        if len(objective.points) * start.curve.count() > MEASURED_AT_ONCE:
            return None
        from core.insight.landscape import loss_at

        return float(loss_at(objective, self.plane, np.array([[u, v]]))[0])

    # --- the run in it ----------------------------------------------------------------------------------

    def _show_state(self) -> None:
        self.plot.set_running(self._session.running)

    def _refresh(self, snapshot: Snapshot | None) -> None:
        """Numbers change more slowly than pictures, since they are read; and so do slices."""
        if not self._seen or snapshot is None:
            return
        self._show_bars(self._session.inspection)
        self._show_note()
        if _is_line(snapshot):
            return
        if not self._session.running or time.monotonic() - self._sliced > REFRESH:
            self._slice(snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        """Show where the run is, how it came there, and what made its last step."""
        plane, way, start = self.plane, self._session.way, self._session.start
        if not self._seen or plane is None or way is None or start is None:
            return
        ball = plane.places(flat(snapshot.arrays)[None])[0]
        first = plane.places(flat(start.arrays)[None])[0]
        self.plot.show_run(snapshot.run, way, plane, snapshot.step, ball)
        self.plot.show_start(first)
        inspection = self._session.inspection
        self.plot.show_moves(None if inspection is None else Moves.of(StepOnPlane(inspection, plane)))
        path = np.vstack((self.plot.trail.places.at, ball))
        self._gone = self._session.stopped == "diverged" or (self._diverges() and runs_away(path))
        self.plot.follow(places_to_hold(first, self._goal, path, self._gone, self.plot.reach))
        self._draw_path(snapshot.step, ball)

    def _diverges(self) -> bool:
        """Whether the run ended beyond all numbers, or is worse than at its start and may be on the way."""
        tip, start = self._session.tip, self._session.start
        if tip is None or start is None:
            return False
        return self._session.stopped == "diverged" or not tip.loss <= start.loss

    def _draw_mark(self) -> None:
        """Where the marked step is on this plane, and how high."""
        place = None if self._marked is None or not self._seen else self.place_of(self._marked)
        self.plot.show_mark(place)
        if place is None:
            self._card.surface.show_mark()
        else:
            u, v = place.tolist()
            self._card.surface.show_mark(u, v, float(self._heights(place[None])[0]))

    def _show_bars(self, inspection: Inspection | None) -> None:
        """The numbers of the step for the two parameters, where the plane is of parameters."""
        plane = self.plane
        if plane is None or inspection is None or plane.axes is None:
            self._card.bars.show_rows((), ())
            return
        step = StepOnPlane(inspection, plane)
        rows = [
            StepRow(_("gradient"), GRADIENT, step.gradient, _("How the loss changes with each parameter.")),
            StepRow(
                _("−rate × gradient"),
                GRADIENT,
                step.downhill(step.gradient),
                _("How far plain gradient descent would go: compare the step that was made."),
            ),
            StepRow(_("this step"), MODEL, step.made, _("How far this step has moved each parameter.")),
        ]
        rows += [
            StepRow(name, self._theme.muted, step.kept(name), tensor_words(name, "state"))
            for name in inspection.state
        ]
        in_data_units = not (plane.as_trained or inspection.snapshot.scaling.changes_nothing())
        self._card.bars.show_rows(plane.names, rows, step_of_data() if in_data_units else "")

    def _show_note(self) -> None:
        words = []
        if self.plot.ball_is_out_of_sight():
            words.append(
                _("The run grows beyond all bounds; this is where it came from.")
                if self._gone
                else _("The run has left this view; F shows all of it.")
            )
        if self.plane is not None:
            words.append(slice_sentence(self.plane, self._survey, self._goal is not None))
            if self._session.tip is not None and not self._session.tip.step:
                words.append(_("Click or drag to start from there."))
        sentence = " ".join(filter(None, words))
        self._card.note.setText(sentence)
        self._card.note.setVisible(bool(sentence))

    # --- in space ---------------------------------------------------------------------------------------

    def _draw_surface(self) -> None:
        if not self._card.in_space or self._survey is None:
            return
        self._card.surface.show_surface(self._survey.surface())

    def _draw_goal(self) -> None:
        """Where the best parameters are, from above and in space."""
        goal, surface = self._goal, self._card.surface
        self.plot.show_optimum(goal)
        if goal is None:
            surface.show_optimum()
        elif self._card.in_space:
            u, v = goal.tolist()
            surface.show_optimum(u, v, float(self._heights(goal[None])[0]))

    def _draw_path(self, step: int, ball: Floats) -> None:
        """The path upon the surface, with the ball at its chosen step."""
        if not self._card.in_space:
            return
        places = self.plot.trail.places
        parting = int(np.searchsorted(places.steps, step, side="right"))
        at = np.insert(places.at, parting, ball, axis=0)
        self._card.surface.show_path(at[:, 0], at[:, 1], self._heights(at), parting)

    def _heights(self, places: Floats) -> Floats:
        return np.full(len(places), np.nan) if self._survey is None else self._survey.heights(places)


def _is_same(asked: tuple[object, ...], before: tuple[object, ...]) -> bool:
    """Whether the same points and scaling were asked about, with equal settings."""
    return bool(before) and asked[0] is before[0] and asked[1] == before[1] and asked[2] is before[2]


def _axes_of(plane: Plane) -> tuple[object, ...]:
    """What tells the numbers of a plane from those of another."""
    return plane.names, plane.axes, plane.as_trained


def _names_of_axes(plane: Plane) -> tuple[str, str]:
    """The names of u and v; where they are not those of the data they say so."""
    pattern = _("{name}, as trained") if plane.as_trained else "{name}"
    first, second = (pattern.format(name=name) for name in plane.names)
    return first, second


def _is_line(snapshot: Snapshot) -> bool:
    """Whether the model has a slope and an intercept, and nothing else."""
    return snapshot.curve.is_linear() and snapshot.curve.count() == 2
