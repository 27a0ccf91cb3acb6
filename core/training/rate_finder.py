"""The learning-rate finder: a copy of the run takes rising rates, and one of them is proposed.

After L. N. Smith 2017, "Cyclical learning rates for training neural networks", section 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.choices import FIELDS, OPTIMIZERS
from core.choices.limits import SMALLEST_RATE, USUAL_LOWEST_RATE
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.numbers import typed
from core.problem import Problem
from core.texts import N_, _

if TYPE_CHECKING:
    from core.training.trainer import Trainer

Floats = NDArray[np.float64]

LOWEST, HIGHEST = USUAL_LOWEST_RATE, FIELDS["learning_rate"].maximum
COUNT = 150  # rates from LOWEST to HIGHEST, each of one step
ROOM = 10.0  # times the first rate, a rate whose step the run must stand, or the search begins lower
LOWER = 1e-3  # times the first rate: the next that is tried as such
BLOWN_UP = 4.0  # times the least loss, and above the first one: there is no way back
WORTH = 0.01  # of the first loss; a fall by less points to no rate
SEEN_TOGETHER = 7  # rates, when the loss is made smooth
FEWEST = 3  # rates that make a curve
SAFE = 0.5  # of the rate that blew up
CAREFUL = 0.1  # of it, where no rate made the loss fall
REGAINED = 0.25  # of its fall; where the loss has risen by so much, no later fall counts
DIGITS = 2  # of the rate proposed

FOUND_BY_ITSELF = N_(
    "{optimizer} takes the learning rate for its first step alone and then finds the length of every step by "
    "itself, so there is nothing to search for; its default, {rate}, will do."
)
FOUND_INSIDE = N_(
    "{optimizer} looks at the loss several times in a step and finds its length by itself, and the learning "
    "rate is a share of it, so there is nothing to search for; its default, {rate}, will do."
)


class RateSearch(NamedTuple):
    """What a search found: `losses` of all training points behind a step with each of `rates`, both `[n]`.

    `proposed` is the rate to use, None where there is none; `reason` is a sentence that says why.
    """

    rates: Floats
    losses: Floats
    proposed: float | None
    reason: str


def find_rate(
    points: Points,
    settings: Settings,
    halted: Callable[[], bool] = lambda: False,
    report: Callable[[float, float], None] = lambda _rate, _loss: None,
) -> RateSearch:
    """Train a fresh run of its own with a rate that rises at each step, until the loss blows up.

    `report(rate, loss)` is called behind each step; as soon as `halted()` the search ends with what it has.
    It begins at LOWEST, or lower where the data need it. Raises Problem where nothing can be swept.
    """
    row = OPTIMIZERS[settings.optimizer]
    usual = row.learning_rate
    if row.begins_by_rate or not row.first_order:
        reason = FOUND_BY_ITSELF if row.begins_by_rate else FOUND_INSIDE
        raise Problem(_(reason).format(optimizer=_(row.label), rate=typed(usual)))
    from core.training.trainer import Trainer  # here, since it imports torch

    settings = alone(settings)
    trainer = Trainer(points, settings)
    first = trainer.full_loss()
    found: list[tuple[float, float]] = []
    for rate, loss in _steps(trainer, settings, _rising(_first_rate(points, settings, first, halted))):
        found.append((rate, loss))
        report(rate, loss)
        if halted() or _blown_up(first, [loss for _rate, loss in found]):
            break
    rates, losses = np.array(found).T
    return RateSearch(rates, losses, *propose(rates, losses, first, usual))


def alone(settings: Settings) -> Settings:
    """These settings without all that would change the rate, end the run, or take a compiler or cores."""
    return replace(
        settings,
        schedule="constant",
        epochs=None,
        steps=None,
        seconds=None,
        loss_below=None,
        gradient_below=None,
        patience=None,
        engine="eager",
        threads=1,
        learning_rate=LOWEST,
    )


def propose(rates: Floats, losses: Floats, first: float, usual: float) -> tuple[float | None, str]:
    """The rate to use and the reason; `first` is the loss before the search, `usual` the optimizer's default.

    It is the rate where the loss falls most steeply over the logarithm of the rate, but at most half the one
    that blew up.
    """
    blown = _blown_up(first, losses.tolist())
    limit = float(rates[-1]) * SAFE if blown else HIGHEST
    kept = losses[:-1] if blown else losses
    if blown and len(kept) < FEWEST:
        return None, _("The loss blows up whatever the learning rate: standardise, or scale the data down.")
    smooth = _smooth(kept)
    if len(kept) >= FEWEST and first - smooth.min() > WORTH * abs(first):
        steepest = float(rates[int(np.argmin(np.gradient(_first_fall(smooth, first))))])
        rate = _rounded(min(steepest, limit))
        if blown:
            return rate, _(
                "At {rate} the loss falls most steeply; at {blown} it blows up. Source: Smith 2017."
            ).format(rate=typed(rate), blown=typed(float(rates[-1]), DIGITS))
        return rate, _("At {rate} the loss falls most steeply. Source: Smith 2017.").format(rate=typed(rate))
    if blown:
        rate = _rounded(float(rates[-1]) * CAREFUL)
        return rate, _(
            "No rate lowers the loss by more than 1 %; {rate} is a tenth of the one at which it blows up."
        ).format(rate=typed(rate))
    return usual, _("No rate lowers the loss by more than 1 %; {rate} is the optimizer's default.").format(
        rate=typed(usual)
    )


def _first_rate(points: Points, settings: Settings, first: float, halted: Callable[[], bool]) -> float:
    """Where the search begins, so that what it goes through does not blow up at once."""
    from core.training.trainer import Trainer  # here, since it imports torch

    rate = LOWEST
    while rate > SMALLEST_RATE and math.isfinite(first) and not halted():
        ((_rate, loss),) = _steps(Trainer(points, settings), settings, [ROOM * rate])
        if not _blown_up(first, [loss]):
            break
        rate = max(float(f"{LOWER * rate:.{DIGITS}g}"), SMALLEST_RATE)
    return rate


def _rising(lowest: float) -> list[float]:
    """The rates from `lowest` on, as close to each other as COUNT of them from LOWEST."""
    count = 1 + round((COUNT - 1) * math.log(HIGHEST / lowest) / math.log(HIGHEST / LOWEST))
    rates: list[float] = np.geomspace(lowest, HIGHEST, count).clip(lowest, HIGHEST).tolist()
    return rates


def _steps(trainer: Trainer, settings: Settings, rates: Iterable[float]) -> Iterator[tuple[float, float]]:
    """A step with each rate, and the loss of all points behind it; infinite where it cannot be computed."""
    for rate in rates:
        trainer.change(settings=replace(settings, learning_rate=rate))
        trainer.step()
        loss = trainer.full_loss()
        yield rate, loss if trainer.failure is None and math.isfinite(loss) else math.inf


def _blown_up(first: float, losses: list[float]) -> bool:
    """Whether the newest loss is out of all proportion."""
    return losses[-1] == math.inf or losses[-1] > max(BLOWN_UP * min(first, *losses), first)


def _smooth(losses: Floats) -> Floats:
    """The losses, each as the mean of its neighbours, the nearest counting most."""
    weights = np.hanning(SEEN_TOGETHER + 2)[1:-1]
    side = SEEN_TOGETHER // 2
    padded = np.pad(losses, side, mode="edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid")


def _first_fall(smooth: Floats, first: float) -> Floats:
    """The losses up to where they rise for good; what falls behind that fell from where it was thrown."""
    least = np.minimum.accumulate(smooth)
    fallen = np.maximum(first - least, 0.0)
    rises = (smooth - least > REGAINED * fallen) & (fallen > WORTH * abs(first))
    end = int(np.argmax(rises)) if rises.any() else len(smooth)
    return smooth[: max(end, FEWEST)]


def _rounded(rate: float) -> float:
    """The rate as a person would write it, where the settings allow it."""
    return min(max(float(f"{rate:.{DIGITS}g}"), SMALLEST_RATE), HIGHEST)
