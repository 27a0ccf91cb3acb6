"""The names of the ways to make steps, and how their figures are written."""

from __future__ import annotations

from core.insight.numbers import significant
from core.texts import N_, _
from core.training.speed.figures import (
    BARE,
    COMPILED,
    CPU,
    EAGER,
    LOADER,
    WITH_COMPILING,
    Figure,
    Report,
    Way,
)

NAMES = {
    LOADER: N_("DataLoader loop"),
    BARE: N_("Bare loop"),
    EAGER: N_("Eager"),
    COMPILED: N_("Compiled"),
    WITH_COMPILING: N_("Compiled, with compiling"),
}
WHAT = {
    LOADER: N_("The loop of a first course: a DataLoader shuffles the points and hands out the batches."),
    BARE: N_("The same five lines on whole tensors, without a DataLoader."),
    EAGER: N_("This program's own loop: one step after the other, each operation by itself."),
    COMPILED: N_("This program's compiled engine: many steps in one call of code made for them."),
    WITH_COMPILING: N_("The same, over a run of the planned length, with the seconds of compiling."),
}
DIGITS = 3


def way_name(way: Way) -> str:
    """A way as bars and sentences call it."""
    name = _(NAMES[way.loop])
    if way.device == CPU:
        return name
    return _("{way} on {device}").format(way=name, device=way.device.upper())


def rate_text(figure: Figure) -> str:
    """Steps a second, or why there are none."""
    return figure.reason if figure.rate is None else _("{rate} steps/s").format(rate=round_text(figure.rate))


def way_text(report: Report, figure: Figure) -> str:
    """The same of a way, which may depend on how long the run is."""
    text = rate_text(figure)
    if figure.way.loop != WITH_COMPILING:
        return text
    return _("{rate} over a run of {steps} steps").format(rate=text, steps=f"{report.planned:,}")


def points_text(figure: Figure) -> str:
    """Points a second, and steps a second."""
    points = figure.points_rate
    if points is None:
        return figure.reason
    return _("{points} points/s ({steps})").format(points=round_text(points), steps=rate_text(figure))


def duration(seconds: float) -> str:
    """A time in seconds, milliseconds or microseconds."""
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= unit or name == "µs":
            break
    return f"{round_text(seconds / unit)} {name}"


def round_text(value: float, digits: int = DIGITS) -> str:
    """A figure with a few digits, without a power of ten."""
    rounded = float(f"{value:.{digits - 1}e}")
    return f"{rounded:,.0f}" if rounded >= 10 ** (digits - 1) else significant(rounded, digits)
