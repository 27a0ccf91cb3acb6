"""What x counts where it was read from dates or times: days or seconds, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache

from core.problem import Problem
from core.texts import _

DAY = 86_400.0  # seconds
UNITS = {"days": DAY, "seconds": 1.0}
_SINCE = " since "  # as the conventions for netCDF files have it: "days since 2024-05-01"
_MIDNIGHT = datetime(1970, 1, 1)

Moment = datetime | timedelta


@dataclass(frozen=True)
class TimeScale:
    """x in `unit`, a key of UNITS, since `origin`: a date, or a time of day; without one x is a duration.

    An origin with an offset from UTC has that of the clock whose times are shown.
    """

    unit: str
    origin: datetime | time | None = None

    @property
    def kind(self) -> str:
        """What x was before it was a number: "dates", "times" or "durations"."""
        return {datetime: "dates", time: "times"}.get(type(self.origin), "durations")

    @property
    def since(self) -> str:
        """The origin in ISO 8601; of a day without a time and an offset the day alone, "" without one."""
        origin = self.origin
        if isinstance(origin, datetime) and origin.tzinfo is None and origin.time() == time():
            return origin.date().isoformat()
        return "" if origin is None else origin.isoformat()

    @property
    def words(self) -> str:
        """What x counts, for a person."""
        days, since = self.unit == "days", self.since.replace("T", " ")
        if not since:
            return _("days") if days else _("seconds")
        return (_("days since {moment}") if days else _("seconds since {moment}")).format(moment=since)

    def __str__(self) -> str:
        """The text that `time_scale` understands."""
        return f"{self.unit}{_SINCE}{self.since}" if self.origin is not None else self.unit

    def at(self, x: float) -> Moment | None:
        """The date and time, or the time since midnight, or the duration at x; None beyond the calendar."""
        try:
            way = timedelta(seconds=x * UNITS[self.unit])
            if isinstance(self.origin, datetime):
                return self.origin + way
        except (OverflowError, ValueError):  # ValueError: of NaN
            return None
        return way if self.origin is None else way + since_midnight(self.origin)


@lru_cache
def time_scale(text: str) -> TimeScale:
    """The scale that a text names: "days since 2024-05-01", "seconds since 08:00:00", "seconds".

    Raises Problem for any other text.
    """
    unit, parted, origin = text.partition(_SINCE)
    if unit in UNITS:
        if not parted:
            return TimeScale(unit)
        for kind in (time, datetime):
            try:
                return TimeScale(unit, kind.fromisoformat(origin))
            except ValueError:
                continue
    raise Problem(
        _("“{name}” must be a text such as {example}.").format(
            name="x_time", example="“days since 2024-05-01”"
        )
    )


def since_midnight(clock: time) -> timedelta:
    """A time of day as a duration."""
    return datetime.combine(_MIDNIGHT, clock) - _MIDNIGHT
