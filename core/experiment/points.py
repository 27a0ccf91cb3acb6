"""The data of a fit: frozen, equally long, finite."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.choices.limits import MOST_POINTS
from core.experiment.time_scale import TimeScale, time_scale
from core.problem import Problem
from core.texts import _

Floats = NDArray[np.float64]
MOST_IN_NAME = 1_000  # characters
MOST_IN_NOTE = 10_000
LONGEST_NAME = 24  # characters of a name that leave room for what x counts


def _frozen(values: ArrayLike) -> Floats:
    """A read-only float64 array; a frozen one is passed on as it is."""
    try:
        array = np.asarray(values, dtype=np.float64, order="C")  # the same for a file that is opened again
    except (TypeError, ValueError) as error:
        raise Problem(_("The points must be numbers.")) from error
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def _require_few(points: int) -> None:
    """Raise Problem for more points than a fit may have."""
    if points > MOST_POINTS:
        text = _("There are {count} points and the limit is {limit}; keep a part, for example every tenth.")
        raise Problem(text.format(count=f"{points:,}", limit=f"{MOST_POINTS:,}"))


def _require_short(text: str, what: str, most: int) -> None:
    """Raise Problem for a text beside the points that nobody can read on a screen."""
    if len(text) > most:
        sentence = _("{what} has {count} characters and the limit is {limit}; shorten it.")
        raise Problem(sentence.format(what=what, count=f"{len(text):,}", limit=f"{most:,}"))


def all_finite(values: Floats) -> bool:
    """Whether no number in `values` is infinite or NaN; as a rule told by their sum, which is quickest."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum()) or np.isfinite(values).all())


@dataclass(frozen=True, eq=False)
class Points:
    """x `[N, F]` and y `[N]` in the units of the data, as read-only float64 arrays.

    x may be given as `[N]` (one feature). `x_name` and `y_name` are the column names, `source` says where
    real data come from. `x_time` says what x counts where it was read from dates or times, as time_scale has
    it: "days since 2024-05-01"; it is "" for numbers. Raises Problem for unequal lengths, wrong shapes, an
    unknown `x_time`, values that are not finite, more than MOST_POINTS points, and names or a source longer
    than MOST_IN_NAME and MOST_IN_NOTE.
    """

    x: Floats
    y: Floats
    x_name: str = "x"
    y_name: str = "y"
    source: str = field(default="", compare=False)
    x_time: str = ""

    def __init__(
        self,
        x: ArrayLike = (),
        y: ArrayLike = (),
        x_name: str = "x",
        y_name: str = "y",
        source: str = "",
        x_time: str = "",
    ) -> None:
        x, y = _frozen(x), _frozen(y)
        if x.ndim == 1:
            x = x.reshape(-1, 1)
        if x.ndim != 2 or y.ndim != 1 or x.shape[1] == 0:
            raise Problem(_("x must have one row and y one number for each point."))
        if len(x) != len(y):
            raise Problem(
                _("x has {x} values and y has {y}; give both the same number.").format(x=len(x), y=len(y))
            )
        if not (all_finite(x) and all_finite(y)):
            raise Problem(_("Every coordinate must be a finite number."))
        _require_few(len(y))
        for text, what, most in (
            (x_name, _("The name of x"), MOST_IN_NAME),
            (y_name, _("The name of y"), MOST_IN_NAME),
            (source, _("The note on where the points come from"), MOST_IN_NOTE),
        ):
            _require_short(text, what, most)
        if x_time:
            time_scale(x_time)
        given = {"x": x, "y": y, "x_name": x_name, "y_name": y_name, "source": source, "x_time": x_time}
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.y)

    @property
    def stands_at_one_x(self) -> bool:
        """Whether there are points, and all at the same x; told without a difference, which may overflow."""
        return len(self) > 0 and bool((self.x == self.x[0]).all())

    def __eq__(self, other: object) -> bool:
        """Whether the same points under the same names; where they came from does not count."""
        if not isinstance(other, Points):
            return NotImplemented
        return (
            np.array_equal(self.x, other.x)
            and np.array_equal(self.y, other.y)
            and (self.x_name, self.y_name, self.x_time) == (other.x_name, other.y_name, other.x_time)
        )

    @property
    def time_scale(self) -> TimeScale | None:
        """The dates or times that x counts; None where it is numbers."""
        return time_scale(self.x_time) if self.x_time else None

    @property
    def x_title(self) -> str:
        """What an axis of x is called: its name, and what it counts where that is dates or times."""
        scale = self.time_scale
        if scale is None:
            return self.x_name
        name = self.x_name if len(self.x_name) <= LONGEST_NAME else f"{self.x_name[: LONGEST_NAME - 1]}…"
        return _("{name} (x: {what})").format(name=name, what=scale.words)

    __hash__ = None  # type: ignore[assignment]  # equal by content, and too long to hash

    def added(self, x: ArrayLike, y: ArrayLike) -> Points:
        """These points with more behind them; x and y `[M]`."""
        more = Points(x, y)
        return self._with(np.concatenate((self.x, more.x)), np.concatenate((self.y, more.y)))

    def removed(self, indices: ArrayLike) -> Points:
        """These points without those at `indices`; where none is left, none comes from anywhere."""
        gone = np.asarray(indices, dtype=np.intp)
        left = self._with(np.delete(self.x, gone, axis=0), np.delete(self.y, gone))
        return left if len(left) else replace(left, source="")

    def moved(self, indices: ArrayLike, dx: float, dy: float) -> Points:
        """These points with those at `indices` shifted by (dx, dy), in the units of the data."""
        chosen = np.asarray(indices, dtype=np.intp)
        x, y = self.x.copy(), self.y.copy()
        x[chosen, 0] += dx
        y[chosen] += dy
        return self._with(x, y)

    def _with(self, x: Floats, y: Floats) -> Points:
        """Other numbers under the same names; nobody else has them, so they need no copy."""
        x.flags.writeable = y.flags.writeable = False
        return replace(self, x=x, y=y)


def require_one_column(points: Points) -> None:
    """Raise Problem for points that no plot over x can show."""
    if points.x.shape[1] != 1:
        raise Problem(
            _(
                "These points have {count} columns of x, and the window shows one; leave the others out."
            ).format(count=points.x.shape[1])
        )
