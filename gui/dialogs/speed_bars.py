"""Which bars a report of speeds is drawn as."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.texts import _
from core.training.speed.figures import BARE, COMPILED, CPU, EAGER, LOADER, WITH_COMPILING, Figure, Report
from core.training.speed.words import WHAT, points_text, rate_text, way_name, way_text
from gui.plots.bars import Bar
from gui.theme import Theme


def way_bars(report: Report, theme: Theme) -> tuple[Bar, ...]:
    """A bar for each way, named after it."""
    return tuple(
        _bar(figure, way_name(figure.way), way_text(report, figure), figure.rate, 1.0, theme, place)
        for place, figure in enumerate(report.ways)
    )


def batch_bars(report: Report, theme: Theme) -> tuple[Bar, ...]:
    """A group of bars for each batch size, of points a second."""
    return _grouped(report.batches, report, theme, points_text, lambda figure: float(figure.size))


def size_bars(report: Report, theme: Theme) -> tuple[Bar, ...]:
    """A group of bars for each number of points in a step, of steps a second."""
    return _grouped(report.sizes, report, theme, rate_text, lambda _figure: 1.0)


def _grouped(
    figures: Sequence[Figure],
    report: Report,
    theme: Theme,
    words: Callable[[Figure], str],
    times: Callable[[Figure], float],
) -> tuple[Bar, ...]:
    """Bars that stand together where they are of one size; each says which way it is."""
    bars = []
    for figure in figures:
        name = f"{figure.size:,}"
        if figure.size == report.batch:
            name = _("{size}, as set").format(size=name)
        text = _("{way}: {figure}").format(way=way_name(figure.way), figure=words(figure) or "…")
        value = None if figure.rate is None else figure.rate * times(figure)
        bars.append(_bar(figure, name, text, value, times(figure), theme, figure.size))
    return tuple(bars)


def _bar(
    figure: Figure, name: str, text: str, value: float | None, times: float, theme: Theme, group: int
) -> Bar:
    loop, device = figure.way
    return Bar(
        name,
        text or "…",
        value,
        _colour(loop, theme),
        figure.low * times,
        figure.high * times,
        hatched=loop == WITH_COMPILING or device != CPU,
        tip=_(WHAT[loop]),
        group=group,
    )


def _colour(loop: str, theme: Theme) -> str:
    """The loops of a course are grey; the program's own engines have the accent."""
    return {
        LOADER: theme.was,
        BARE: theme.was,
        EAGER: theme.faded(theme.accent),
        COMPILED: theme.accent,
        WITH_COMPILING: theme.accent,
    }[loop]
