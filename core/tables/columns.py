"""The numbers of two columns, where x may be dates or times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import time, timedelta

import numpy as np

from core.experiment.points import Floats
from core.experiment.time_scale import TimeScale
from core.tables.cells import Part
from core.tables.gather import gathered
from core.tables.layout import Layout
from core.tables.left_out import LeftOut
from core.tables.notations.dates import Dates
from core.tables.reading import DATE_ORDERS, NOT_A_DATE, Column
from core.tables.sample import Block
from core.texts import _, enumerated

Columns = tuple[int, int]
Blocks = Callable[[Layout, Columns], Iterable[Block]]


@dataclass(frozen=True)
class TwoColumns:
    """x `[N]`, y `[N]` and what was left out; of dates also what x counts and how they were read."""

    x: Floats
    y: Floats
    left_out: LeftOut
    x_column: Column
    y_column: Column
    scale: TimeScale | None = None
    dates: Dates | None = None

    @property
    def date_order(self) -> str | None:
        """In which order day, month and year were read; None where they are no three numbers."""
        return self.dates.order if self.dates is not None and self.dates.example else None

    @property
    def other_orders(self) -> tuple[str, ...]:
        """The orders by which the dates could be read too, as far as the table tells."""
        dates = self.dates
        return () if dates is None else tuple(order for order in dates.open_orders if order != dates.order)

    def remark(self, whole: bool = True) -> str:
        """The sentence about how dates or times were read, where a person may be surprised; else "".

        Of a table that is not `whole` only the first rows were looked at.
        """
        if self.dates is not None and self.other_orders:
            return self._question(self.dates, whole)
        if self.scale is not None and isinstance(self.scale.origin, time):
            last = self.scale.at(float(self.x.max()))
            if isinstance(last, timedelta) and last >= timedelta(days=1):
                return _("The times of day fall back, so they are taken to run on over midnight.")
        return ""

    def _question(self, dates: Dates, whole: bool) -> str:
        """The sentence that says how dates were read, and how else they could be."""
        used, others = dates.order, [_(DATE_ORDERS[order]) for order in self.other_orders]
        text = _(
            "{example} is read as {order}; nothing in the table says whether it is {others}; "
            "choose that order of dates if it is."
        )
        if not whole:
            text = _("{example} may be {order} or {others}: the rows behind these decide, if they can.")
        return text.format(example=dates.example, order=_(DATE_ORDERS[used]), others=enumerated(others))


def two_columns(layout: Layout, columns: Columns, blocks: Blocks) -> TwoColumns:
    """What two columns of a table have; `blocks` gives their cells, as a layout says how they are written.

    Where the first rows leave open in which order day, month and year stand, all rows decide, if they do.
    """
    x, y = columns
    pair = layout.columns[x], layout.columns[y]
    written = layout.columns[x].notation
    if not isinstance(written, Dates):
        return TwoColumns(*gathered(blocks(layout, columns)), *pair)
    clock = _clock_beside(layout, columns, written)
    if clock is not None:
        pair = replace(pair[0], name=f"{pair[0].name} {layout.columns[clock].name}"), pair[1]

    def read(order: str) -> tuple[Floats, Floats, LeftOut]:
        used = with_notation(layout, x, replace(written, order=order))
        rows = blocks(used, columns)
        return gathered(rows if clock is None else _joined(rows, blocks(used, (clock, y))))

    asked = layout.reading.date_order
    if asked is not None or not written.open_orders:
        dates = replace(written, order=asked or written.order, open_orders=())
        xs, ys, left_out = read(dates.order)
    else:
        found = {order: read(order) for order in dict.fromkeys((written.order, *written.open_orders))}
        wrong = {order: each[2].counts[NOT_A_DATE] for order, each in found.items()}
        fitting = tuple(order for order in found if wrong[order] == min(wrong.values()))
        dates = replace(written, order=fitting[0], open_orders=fitting if len(fitting) > 1 else ())
        xs, ys, left_out = found[dates.order]
    if not len(xs):
        return TwoColumns(xs, ys, left_out, *pair, None, dates)
    xs, scale = dates.on_scale(xs)
    return TwoColumns(xs, ys, left_out, *pair, scale, dates)


def _clock_beside(layout: Layout, columns: Columns, dates: Dates) -> int | None:
    """The column of times of day that belongs to a column of days: the one behind it."""
    beside = columns[0] + 1
    if not dates.dated or dates.timed or beside >= layout.width or beside == columns[1]:
        return None
    notation = layout.columns[beside].notation
    is_clock = isinstance(notation, Dates) and not notation.dated and not notation.is_duration
    return beside if is_clock else None


def _joined(days: Iterable[Block], times: Iterable[Block]) -> Iterable[Block]:
    """The blocks of a column of days with those of a column of times added."""
    for day, clock in zip(days, times, strict=True):
        reasons = {**clock.x.because, **day.x.because}
        because = {
            reason: np.union1d(day.x.because.get(reason, ()), clock.x.because.get(reason, ())).astype(np.intp)
            for reason in reasons
        }
        both = Part(
            day.x.values + clock.x.values,
            day.x.text | clock.x.text,
            because,
            {**clock.x.examples, **day.x.examples},
        )
        yield replace(day, x=both)


def with_notation(layout: Layout, column: int, notation: Dates) -> Layout:
    """The layout with another notation of one column."""
    columns = list(layout.columns)
    columns[column] = replace(columns[column], notation=notation)
    return replace(layout, columns=tuple(columns))
