"""Ticks of an axis whose positions count days or seconds: at rounded dates and times, which they name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from core.experiment.time_scale import DAY, UNITS, TimeScale, since_midnight
from core.texts import N_, _
from gui.plots.range_keeper import nice_step
from gui.plots.ticks import Ticks, linear_ticks

MINUTE, HOUR = 60.0, 3600.0
# seconds between two ticks on a clock; those below a second are decimal, those beyond are months and years
CLOCK_STEPS = (
    *(mantissa * power for power in (0.001, 0.01, 0.1) for mantissa in (1, 2, 5)),
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(HOUR * count for count in (1, 2, 3, 6, 12)),
)
DAY_STEPS = (1, 2, 4, 7, 14)  # days; of weeks the Mondays
MONTH_STEPS = (1, 3, 6)
YEAR = 12  # months
LONGEST_MONTH, LONGEST_YEAR = 31 * DAY, 366 * DAY
MONTHS = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun")),
    *(N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")),
)


def date_ticks(scale: TimeScale, low: float, high: float, most: int) -> Ticks:
    """At most about `most` ticks from x = `low` to `high`, which count what `scale` says.

    Numbers where the calendar does not go so far, and where x is told apart by less than a millisecond.
    """
    span = (high - low) * UNITS[scale.unit] / max(most, 1)
    first, last = scale.at(low), scale.at(high)
    if first is None or last is None or span < CLOCK_STEPS[0]:
        return linear_ticks(low, high, most)
    if isinstance(scale.origin, datetime):
        return _of_dates(scale, scale.origin, low, high, span)
    if scale.origin is None and scale.unit == "days":
        return linear_ticks(low, high, most)
    return _of_spans(scale, low, high, span)


def _of_spans(scale: TimeScale, low: float, high: float, span: float) -> Ticks:
    """Ticks of times of day, or of durations."""
    step = _clock_step(span) or _days_of_hours(span)
    shift = since_midnight(scale.origin).total_seconds() if isinstance(scale.origin, time) else 0.0
    unit = UNITS[scale.unit]
    ticks = []
    for seconds in _multiples(step, shift + low * unit, shift + high * unit):
        label = _duration(seconds, step) if scale.origin is None else _clock(seconds % DAY, step)
        ticks.append(((seconds - shift) / unit, label))
    return ticks


def _of_dates(scale: TimeScale, origin: datetime, low: float, high: float, span: float) -> Ticks:
    """Ticks of dates, with times where they are less than a day apart."""
    unit, start = UNITS[scale.unit], origin.date()
    shift = since_midnight(origin.time()).total_seconds()  # from the midnight of the first day
    ends = shift + low * unit, shift + high * unit
    step = _clock_step(span)
    if step is not None:
        moments, label = list(_multiples(step, *ends)), _moments_label(step)
    else:
        days, label = _days(span)
        first, last = (math.floor(end / DAY) for end in (ends[0] + DAY - 1e-6, ends[1]))
        moments = [day * DAY for day in days(start, first, last)]
    ticks, known = [], start
    for seconds in moments:
        day = start + timedelta(days=math.floor(seconds / DAY))
        ticks.append(((seconds - shift) / unit, label(day, seconds % DAY, known)))
        known = day
    return ticks


Label = Callable[[date, float, date], str]  # of a day, seconds in it, and the day that is known already
Days = Callable[[date, int, int], Iterator[int]]  # from a day, between two days counted from there


def _days(span: float) -> tuple[Days, Label]:
    """Which days have ticks at least so many seconds apart, and what they say."""
    for count in DAY_STEPS:
        if count * DAY >= span:
            return partial(_every, count), _day_label
    for months in MONTH_STEPS:
        if months * LONGEST_MONTH >= span:
            return partial(_every_month, months), _month_label
    return partial(_every_month, YEAR * round(max(1.0, nice_step(span / LONGEST_YEAR)))), _year_label


def _every(count: int, start: date, first: int, last: int) -> Iterator[int]:
    """Every so many days, the same ones wherever the axis begins; the first day of all was a Monday."""
    shift = start.toordinal() - 1
    return (day - shift for day in range(-(-(first + shift) // count) * count, last + shift + 1, count))


def _every_month(months: int, start: date, first: int, last: int) -> Iterator[int]:
    """The first day of every so many months."""
    begin = date.fromordinal(max(start.toordinal() + first, 1))
    month = begin.year * YEAR + begin.month - 1
    month = -(-month // months) * months
    while month // YEAR <= date.max.year:
        if month >= YEAR:  # the calendar begins with the year 1
            day = (date(month // YEAR, month % YEAR + 1, 1) - start).days
            if day > last:
                return
            if day >= first:
                yield day
        month += months


def _clock_step(span: float) -> float | None:
    """The shortest step on a clock that is at least so many seconds."""
    return next((step for step in CLOCK_STEPS if step >= span * (1 - 1e-9)), None)


def _days_of_hours(span: float) -> float:
    """A rounded number of whole days that is at least so many seconds."""
    return DAY * max(1.0, nice_step(span / DAY))


def _multiples(step: float, low: float, high: float) -> Iterator[float]:
    return (index * step for index in range(math.ceil(low / step), math.floor(high / step) + 1))


def _moments_label(step: float) -> Label:
    """What ticks less than a day apart say: the time, at midnight the day, both where that is new."""

    def label(day: date, seconds: float, known: date) -> str:
        if seconds == 0:
            return _day_label(day, seconds, known)
        clock = _clock(seconds, step)
        return clock if day == known else f"{_day_label(day, seconds, known)} {clock}"

    return label


def _day_label(day: date, _seconds: float, known: date) -> str:
    """A day, and its year where it is another one."""
    form = _("{month} {day}") if day.year == known.year else _("{month} {day}, {year}")
    return form.format(month=_(MONTHS[day.month - 1]), day=day.day, year=day.year)


def _month_label(day: date, _seconds: float, known: date) -> str:
    """A month, and its year where it is another one."""
    month = _(MONTHS[day.month - 1])
    return month if day.year == known.year else _("{month} {year}").format(month=month, year=day.year)


def _year_label(day: date, _seconds: float, _known: date) -> str:
    return str(day.year)


def _clock(seconds: float, step: float) -> str:
    """A time of day, with as many parts as the step tells apart."""
    return _duration(seconds, step, two="02")


def _duration(seconds: float, step: float, two: str = "") -> str:
    """Hours and minutes, and seconds where the step is shorter than a minute."""
    whole, sign = abs(seconds), "−" if seconds < 0 else ""
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    rounded = round(whole, digits)
    hours, rest = divmod(rounded, HOUR)
    minutes, left = divmod(rest, MINUTE)
    text = f"{sign}{int(hours):{two}}:{int(minutes):02}"
    if step >= MINUTE:
        return text
    return f"{text}:{left:0{3 + digits if digits else 2}.{digits}f}"
