"""Which points are held out of training, and what the order of the others is drawn from."""

import numpy as np
from numpy.typing import NDArray

from core.experiment.settings import Settings
from core.texts import n_

OF_THE_SPLIT = 5_317  # goes with the seed of a split, so that nothing else is drawn alike
EPOCH_STRIDE = 1_000_003  # between the seeds of two runs' shuffles, so that epochs do not repeat across seeds


def held_out(count: int, share: float, seed: int) -> NDArray[np.bool_]:
    """True for the held-out ones of `count` points: `share` of them, rounded, one at least, but never all.

    Each point draws a number in its turn from a generator made from `seed`, and the points with the lowest
    are held out; so the split hardly changes when a point is added at the end. No point for a share of 0.
    The generator is one of this function's own: points that were made from the same seed, here or in a
    person's program, would otherwise be held out by their x.
    """
    chosen = np.zeros(count, dtype=bool)
    wanted = count_held_out(count, share)
    if wanted:
        draws = np.random.default_rng([OF_THE_SPLIT, seed]).random(count)
        chosen[np.argsort(draws, kind="stable")[:wanted]] = True
    return chosen


def count_held_out(count: int, share: float) -> int:
    """How many of `count` points are held out."""
    return min(max(round(share * count), 1), count - 1) if share > 0 and count > 1 else 0


def too_few_points(count: int, settings: Settings) -> str:
    """The sentence that a step takes fewer of `count` points than its batch should have; "" for no such."""
    training, wanted = count - count_held_out(count, settings.validation), settings.batch_size
    if wanted is None or not 0 < training < wanted:
        return ""
    return n_(
        "There is {points} point to train on, so a step takes {points} and not {wanted}.",
        "There are {points} points to train on, so a step takes all {points} and not {wanted}.",
        training,
    ).format(points=f"{training:,}", wanted=f"{wanted:,}")
