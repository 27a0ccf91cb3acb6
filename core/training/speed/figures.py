"""What was timed: frozen, for the eye; no torch in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

LOADER, BARE, EAGER, COMPILED, WITH_COMPILING = "loader", "bare", "eager", "compiled", "with_compiling"
CPU = "cpu"


class Way(NamedTuple):
    """One way to make steps: which loop, and on which device."""

    loop: str
    device: str = CPU


@dataclass(frozen=True)
class Figure:
    """Steps a second of one `way` with `size` points in each step.

    `rate` is the median of short repetitions, `low` and `high` are their quartiles; None before the first
    one. `reason` is a sentence that says why there is no figure.
    """

    way: Way
    size: int
    rate: float | None = None
    low: float = 0.0
    high: float = 0.0
    reason: str = ""

    @property
    def seconds(self) -> float | None:
        """How long a step takes."""
        return None if self.rate is None else 1 / self.rate

    @property
    def points_rate(self) -> float | None:
        """Points a second."""
        return None if self.rate is None else self.rate * self.size


@dataclass(frozen=True)
class Compiling:
    """How many seconds it takes to compile steps of a kind, by the name of the kind."""

    kind: str
    seconds: float


@dataclass(frozen=True)
class Report:
    """What is known by now of a run upon `points` points, which takes `batch` of them in each step.

    `aside` are the names of its settings that are left aside, `planned` is how many steps the run is to make.
    `ways` are with that batch, `batches` with each batch size, `sizes` with more and more points in each
    step. `no_code` is a sentence that says why nothing is compiled, `no_gpu` one that says why no other
    device is timed. `share` is the share of the time that measuring had the processor for itself, `torch` its
    version. `done` goes from 0 to 1, `doing` is a sentence.
    """

    points: int = 0
    batch: int = 0
    planned: int = 0
    aside: tuple[str, ...] = ()
    ways: tuple[Figure, ...] = ()
    batches: tuple[Figure, ...] = ()
    sizes: tuple[Figure, ...] = ()
    compiling: Compiling | None = None
    no_code: str = ""
    no_gpu: str = ""
    share: float = 1.0
    torch: str = ""
    done: float = 0.0
    doing: str = ""
    complete: bool = False


def figure_of(figures: Iterable[Figure], way: Way, size: int | None = None) -> Figure | None:
    """The figure of a way, with `size` points in each step if that is given; None where it has no rate."""
    found = (f for f in figures if f.way == way and size in (None, f.size) and f.rate is not None)
    return next(found, None)


def with_compiling(compiled: float, seconds: float, steps: int) -> float:
    """Steps a second of a run of `steps` at `compiled` steps a second, behind `seconds` of compiling."""
    return steps / (seconds + steps / compiled)


def break_even(eager: float, compiled: float, seconds: float) -> float | None:
    """From how many steps on compiling for `seconds` pays; None if compiled steps are not faster."""
    saved = 1 / eager - 1 / compiled
    return seconds / saved if saved > 0 else None
