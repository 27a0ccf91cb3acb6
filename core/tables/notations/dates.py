"""How the cells of one column write dates and times, and the numbers that they become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

import numpy as np

from core.experiment.points import Floats
from core.experiment.time_scale import DAY, TimeScale
from core.tables.cells import Cell, Part, is_missing, part_of
from core.tables.notations.clocks import Span, span
from core.tables.notations.date_cells import Stamp, stamp
from core.tables.notations.days import ORDERS
from core.tables.notations.regular_dates import regular_clocks, regular_moments
from core.tables.notations.spelling import cleaned
from core.tables.reading import NOT_A_DATE

LONG = 2 * DAY  # seconds; what spans more is counted in days
_HALF_A_DAY = DAY / 2
_DIGITS = 9  # of a fraction of a second
_FIRST_CELLS = 20  # a column with no date or time in so many is text


@dataclass(frozen=True)
class Dates:
    """How a column writes dates or times; `read` gives seconds since midnight of the day `zero`.

    `order` is that of day, month and year, one of ORDERS; `open_orders` are all in which the cells looked at
    are dates, where they are more than one and differ; `example` is a cell of three numbers, "" without one.
    `dated` is False for times of day and durations, which count from 0; `timed`: some day has a time.
    `offset` is how far the clock is ahead of UTC, in seconds, None where the cells do not say. `is_minutes`:
    two numbers are minutes and seconds. `is_duration`: some cell cannot be a time of day.
    """

    zero: int = 0
    order: str = ORDERS[0]
    open_orders: tuple[str, ...] = ()
    example: str = ""
    dated: bool = True
    timed: bool = False
    offset: float | None = None
    is_minutes: bool = False
    is_duration: bool = False

    unit = ""  # a column of dates says it by itself
    is_plain = False
    has_times = True

    def read(self, cells: Iterable[Cell]) -> Part:
        """The seconds `[N]` in some cells of the column, NaN where there are none, and where that is text."""
        cells = list(cells)
        at_once = self._read_at_once(cells)
        if at_once is not None:
            return Part(at_once, np.zeros(len(cells), dtype=np.bool_))
        read = self._seconds_of_stamp() if self.dated else self._seconds_of_span
        found = [read(cleaned(cell)) if isinstance(cell, str) else None for cell in cells]
        values = np.array([np.nan if value is None else value for value in found], dtype=np.float64)
        odd = [index for index, value in enumerate(found) if value is None and not is_missing(cells[index])]
        return part_of(values, cells, odd, {NOT_A_DATE: lambda _cell: True})

    def remark(self, _title: str) -> str:
        """Nothing: that a column is dates is seen at once."""
        return ""

    def on_scale(self, values: Floats) -> tuple[Floats, TimeScale]:
        """x `[N]` of what was read, and what it counts: days of days or of a long time, else seconds.

        Dates and times of day count from the earliest, durations from nothing. Times of day go on over
        midnight where they run on and fall back by more than half a day.
        """
        if not self.dated and (self.is_duration or values.max() >= DAY or values.min() < 0):
            is_long = bool(np.ptp(values) > LONG)
            return _in_units(values, is_long), _scale(None, is_long)
        values = values if self.dated else _over_midnight(values)
        first = float(values.min())
        whole_days = self.dated and not (values % DAY).any()
        in_days = bool(whole_days or np.ptp(values) > LONG)
        return _in_units(values - first, in_days), _scale(self._origin(first), in_days)

    def _origin(self, seconds: float) -> datetime | time:
        """The moment that was read as so many seconds."""
        zone = None if self.offset is None else timezone(timedelta(seconds=self.offset))
        start = datetime.fromordinal(max(self.zero, 1)).replace(tzinfo=zone)
        moment = start + timedelta(seconds=seconds)
        return moment if self.dated else moment.time()

    def _read_at_once(self, cells: Sequence[Cell]) -> Floats | None:
        """The seconds in cells that are all alike; None where each has to be looked at."""
        if self.offset is not None:
            return None
        return regular_moments(cells, self.order, self.zero) if self.dated else regular_clocks(cells)

    def _seconds_of_stamp(self) -> Callable[[str], float | None]:
        """A function from a cell with a day to seconds; None where there is none, or in another zone."""
        place, zero, ahead = ORDERS.index(self.order), self.zero, self.offset

        def seconds(text: str) -> float | None:
            found = stamp(text)
            day = None if found is None else found.days[place]
            if found is None or day is None or (found.timed and (found.offset is None) != (ahead is None)):
                return None
            shift = 0.0 if found.offset is None or ahead is None else ahead - found.offset
            return (day - zero) * DAY + found.seconds + shift

        return seconds

    def _seconds_of_span(self, text: str) -> float | None:
        found = span(text)
        if found is None:
            return None
        return found.if_minutes if self.is_minutes and found.parts == 2 else found.seconds


def dates_of(cells: Sequence[Cell], order: str | None = None) -> Dates | None:
    """How a column writes dates and times, in the `order` that a person chose; None for other columns.

    Most cells that are neither empty nor a word for missing must be dates, or else times.
    """
    texts = [cleaned(cell) if isinstance(cell, str) else "" for cell in cells if not is_missing(cell)]
    if not any(stamp(text) or span(text) for text in texts[:_FIRST_CELLS]):
        return None
    stamps = [(text, found) for text in texts if (found := stamp(text))]
    if 2 * len(stamps) > len(texts):
        return _dated(stamps, order)
    spans = [found for found in map(span, texts) if found]
    return _timed(spans) if 2 * len(spans) > len(texts) else None


def _timed(spans: Sequence[Span]) -> Dates:
    """How a column without days is written."""
    # 59:30 before 1:00:30, or 12:30.5: a stopwatch
    short = [found for found in spans if found.parts == 2]
    is_minutes = bool(short) and (len(short) < len(spans) or any(found.certain for found in short))
    is_duration = is_minutes or any(found.certain for found in spans)
    return Dates(dated=False, is_minutes=is_minutes, is_duration=is_duration)


def _dated(stamps: Sequence[tuple[str, Stamp]], order: str | None) -> Dates:
    """How a column of dates is written."""
    zones = [found.offset for _text, found in stamps if found.offset is not None]
    days = np.array(
        [[np.nan if day is None else day for day in found.days] for _text, found in stamps], dtype=float
    )
    fitting = np.isfinite(days).sum(axis=0)
    places = [place for place in range(len(ORDERS)) if fitting[place] == fitting.max()]
    differ = np.isfinite(days[:, places]).all(axis=1) & (np.ptp(days[:, places], axis=1) > 0)
    seconds = np.array([found.seconds for _text, found in stamps])
    # a clock of twelve hours goes with the month before the day
    usual = "mdy" if stamps[0][0].lower().endswith(("am", "pm")) else ORDERS[0]
    numbered = ~(days == days[:, :1]).all(axis=1)
    best = min(places, key=lambda place: (*_gaps(days[:, place] * DAY + seconds), ORDERS[place] != usual))
    place = ORDERS.index(order) if order in ORDERS and fitting[ORDERS.index(order)] else best
    return Dates(
        zero=int(days[np.isfinite(days[:, place]), place][0]),
        order=ORDERS[place],
        open_orders=tuple(ORDERS[place] for place in places) if differ.any() else (),
        example=stamps[int(numbered.argmax())][0] if numbered.any() else "",
        timed=any(found.timed for _text, found in stamps),
        offset=zones[0] if 2 * len(zones) > len(stamps) else None,
    )


def _gaps(values: Floats) -> tuple[int, float]:
    """How often the usual gap between some moments doubles up to the widest, and the sum of the gaps."""
    gaps = np.diff(np.unique(values[np.isfinite(values)]))
    return (round(np.log2(gaps.max() / np.median(gaps))), float(gaps.sum())) if len(gaps) else (0, 0.0)


def _over_midnight(values: Floats) -> Floats:
    """Times of day in a row; a day more after each midnight, where they only run on."""
    steps = np.diff(values)
    back = steps < 0
    if not back.any() or (steps[back] > -_HALF_A_DAY).any():
        return values
    return values + DAY * np.concatenate(([0.0], np.cumsum(back)))


def _in_units(seconds: Floats, days: bool) -> Floats:
    """Seconds without the noise behind their last digit, or days."""
    whole = np.floor(seconds)
    exact = whole + np.round(seconds - whole, _DIGITS)
    return exact / DAY if days else exact


def _scale(origin: datetime | time | None, days: bool) -> TimeScale:
    return TimeScale("days" if days else "seconds", origin)
