"""One measuring of a run: all ways to make its steps, all batch sizes, more and more points; no Qt in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from core.experiment.points import Points
from core.experiment.settings import Settings
from core.export.recipe import Recipe
from core.texts import _
from core.training.devices import Device
from core.training.speed.compile_clock import CompileClock, Pause
from core.training.speed.contenders import contender
from core.training.speed.figures import (
    BARE,
    COMPILED,
    CPU,
    EAGER,
    LOADER,
    WITH_COMPILING,
    Compiling,
    Figure,
    Report,
    Way,
    figure_of,
    with_compiling,
)
from core.training.speed.plan import (
    MORE_SIZES,
    MOST_LOADED,
    Budget,
    batch_ladder,
    in_each_step,
    left_aside,
    measured_points,
    measured_settings,
    resized,
)
from core.training.speed.race import Entry, Race
from core.training.threads import with_own_threads
from core.training.trainer import Trainer

COMPILE_TURNS = 60  # as many turns as compiling counts for in the progress


class Measurement:
    """Measures upon `points` and `settings`; `publish` takes each report, `wait` lets go for some seconds.

    `devices` are those of this machine, `before` is what was found out earlier. Whatever takes but a moment
    comes first, compiling later. Raises Problem where no run can start.
    """

    threads = 1  # whatever other runs take

    def __init__(
        self,
        points: Points,
        settings: Settings,
        devices: Iterable[Device],
        budget: Budget,
        before: Compiling | None,
        publish: Callable[[Report], None],
        wait: Pause,
    ) -> None:
        self._points = measured_points(points, settings)
        self._own, self._settings = settings, measured_settings(settings)
        Trainer(self._points, self._settings)  # which refuses what cannot be trained on
        devices = [device for device in devices if device.key != CPU]
        self._devices = [device.key for device in devices if not device.reason]
        self._budget = budget
        self._publish = publish
        self._wait = wait
        self._clock = CompileClock(self._points, settings, before)
        self._owned = self._wall = 0.0
        self._turns = 0
        batch = in_each_step(len(self._points), settings)
        self.report = Report(
            len(self._points),
            batch,
            Recipe(points, settings, None).usual_steps,
            left_aside(settings),
            torch=torch.__version__,
            no_gpu=_why_no_gpu(devices),
        )
        self._total = self._turns_ahead()

    @with_own_threads
    def run(self) -> None:
        """Measure all, or until `wait` says that it should end."""
        parts: tuple[Callable[[], bool], ...] = (
            lambda: self._race("ways", self._ways(), _("Timing the loops by turns …")),
            lambda: self._race("batches", self._batches(), _("Timing each batch size …")),
            lambda: self._race("sizes", self._sizes(), _("Timing steps with more and more points …")),
            self._compile,
            self._time_compiled,
            self._time_compiled_batches,
            self._compile_again,
        )
        if not any(part() for part in parts):
            self._show(done=1.0, doing="", complete=True)

    # --- the parts ----------------------------------------------------------------------------------------

    def _race(self, part: str, entries: list[Entry], doing: str) -> bool:
        """Time entries, and show what is known of them; whether it should end."""
        race = Race(entries, self._budget)
        before: tuple[Figure, ...] = getattr(self.report, part)
        owned, wall = self._owned, self._wall
        for _entry in race.run():
            self._turns += 1
            self._owned, self._wall = owned + race.owned, wall + race.wall
            figures = self._complete(part, _first_of(race.figures(), before))
            self._show(doing=doing, **{part: figures})
            if self._wait(0):
                return True
        return False

    def _compile(self) -> bool:
        """Have the steps compiled; whether it should end."""
        self._clock.run(self._telling(_("Compiling the steps: {seconds} s so far …")))
        self._turns += COMPILE_TURNS
        self._show(compiling=self._clock.compiling, no_code=self._clock.reason)
        return self._wait(0)

    def _time_compiled(self) -> bool:
        """Compiled steps beside the others, all of them anew; whether it should end."""
        if not self._clock.ready:
            return False
        ways, sizes = [*self._ways(), self._entry(Way(COMPILED), self._points, self._settings)], self._sizes()
        return self._race("ways", ways, _("Timing compiled steps beside the others …")) or self._race(
            "sizes", sizes, _("Timing compiled steps with more and more points …")
        )

    def _time_compiled_batches(self) -> bool:
        """Compiled steps of every batch size, which takes code for those that the run does not make."""
        if not self._clock.ready:
            return False
        batched = self.report.batch < self.report.points
        others = replace(self._own, batch_size=None if batched else 1)
        CompileClock(self._points, others).run(
            self._telling(_("Compiling steps with other batches: {seconds} s so far …"))
        )
        self._turns += COMPILE_TURNS
        entries = self._batches(Way(COMPILED))
        return self._wait(0) or self._race(
            "batches", entries, _("Timing compiled steps of each batch size …")
        )

    def _compile_again(self) -> bool:
        """Find out how long it took to compile what was there already; whether it should end."""
        sentence = _("The code was there already; compiling it once more, to time that: {seconds} s so far …")
        self._clock.again(self._telling(sentence))
        self._turns += COMPILE_TURNS
        self._show(compiling=self._clock.compiling)
        self._show(ways=self._complete("ways", self.report.ways))
        return self._wait(0)

    def _telling(self, sentence: str) -> Pause:
        """A wait that tells how long it has taken by now."""
        begun = time.monotonic()

        def wait(seconds: float) -> bool:
            self._show(doing=sentence.format(seconds=round(time.monotonic() - begun)))
            return self._wait(seconds)

        return wait

    def _complete(self, part: str, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
        """With the figure that follows from compiled steps and the time that compiling takes."""
        figures = tuple(figure for figure in figures if figure.way.loop != WITH_COMPILING)
        compiled, compiling = figure_of(figures, Way(COMPILED)), self.report.compiling
        if part != "ways" or compiled is None or compiled.rate is None or compiling is None:
            return figures
        low, rate, high = (
            with_compiling(value, compiling.seconds, self.report.planned)
            for value in (compiled.low, compiled.rate, compiled.high)
        )
        return (*figures, Figure(Way(WITH_COMPILING), compiled.size, rate, low, high))

    def _show(self, **changes: Any) -> None:
        share = self._owned / self._wall if self._wall else 1.0
        done = min(1.0, self._turns / self._total)
        self.report = replace(self.report, **{"share": share, "done": done, **changes})
        self._publish(self.report)

    # --- who takes part -----------------------------------------------------------------------------------

    def _ways(self) -> list[Entry]:
        ways = [Way(LOADER), Way(BARE), Way(EAGER)]
        ways += [Way(loop, device) for device in self._devices for loop in (BARE, EAGER)]
        return [self._entry(way, self._points, self._settings) for way in ways]

    def _batches(self, *more: Way) -> list[Entry]:
        """From the smallest up, each by all ways, and by some `more`."""
        points, chosen = self._points, self.report.batch
        return [
            self._entry(way, points, replace(self._settings, batch_size=size))
            for size in batch_ladder(len(points), chosen)
            for way in (Way(LOADER), Way(EAGER), *(Way(EAGER, device) for device in self._devices), *more)
        ]

    def _sizes(self) -> list[Entry]:
        """With `size` points in each step, which are all, or half of them where the run takes batches.

        So the code that was compiled serves all of them.
        """
        ways = [Way(EAGER), *(Way(EAGER, device) for device in self._devices)]
        if self._clock.ready:
            ways.append(Way(COMPILED))
        batched = self.report.batch < self.report.points
        entries = []
        for size in self._ladder():
            points = resized(self._points, 2 * size if batched else size)
            settings = replace(self._settings, batch_size=size if batched else None)
            entries += [self._entry(way, points, settings) for way in ways]
        return entries

    def _ladder(self) -> tuple[int, ...]:
        """The sizes to time, and that of the run itself."""
        more = MORE_SIZES if self._devices else ()
        return tuple(sorted({*self._budget.sizes, *more, self.report.batch}))

    def _entry(self, way: Way, points: Points, settings: Settings) -> Entry:
        size = in_each_step(len(points), settings)
        settings = replace(settings, device=way.device, engine=COMPILED if way.loop == COMPILED else EAGER)
        entry = Entry(way, size, partial(contender, way, points, settings))
        if way.loop == LOADER and size > MOST_LOADED:
            entry.reason = _("Left out: one step takes too long.")
        return entry

    def _turns_ahead(self) -> int:
        """How many turns there are, as far as that is known: each compiled one will take part."""
        ways = 2 * len(self._ways()) + 1
        sizes = len(self._ladder()) * (3 + 2 * len(self._devices))
        entries = ways + sizes + len(self._batches()) + len(self._batches(Way(COMPILED)))
        return entries * (1 + self._budget.rounds) + 3 * COMPILE_TURNS


def _first_of(figures: Iterable[Figure], before: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures; what is not timed again yet is shown as it was before."""
    known = {(figure.way, figure.size): figure for figure in before}
    return tuple(
        known.get((figure.way, figure.size), figure) if figure.rate is None and not figure.reason else figure
        for figure in figures
    )


def _why_no_gpu(devices: list[Device]) -> str:
    """Why no other device is timed; empty if one is."""
    if not devices:
        return _("There is no GPU here that PyTorch can use, so none is timed.")
    return "" if any(not device.reason for device in devices) else devices[0].reason
