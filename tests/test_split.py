"""Which points are held out."""

import numpy as np
import pytest

from core.experiment.split import count_held_out, held_out


@pytest.mark.parametrize(
    ("count", "share", "expected"),
    [(100, 0.2, 20), (10, 0.01, 1), (2, 0.9, 1), (1, 0.5, 0), (0, 0.5, 0), (7, 0.0, 0)],
)
def test_as_many_as_asked_for_one_at_least_and_never_all(count: int, share: float, expected: int) -> None:
    assert held_out(count, share, seed=0).sum() == count_held_out(count, share) == expected


def test_the_same_seed_holds_the_same_points_out_and_another_does_not() -> None:
    assert np.array_equal(held_out(60, 0.3, 5), held_out(60, 0.3, 5))
    assert not np.array_equal(held_out(60, 0.3, 5), held_out(60, 0.3, 6))


def test_points_drawn_from_the_same_seed_are_not_held_out_by_their_place() -> None:
    for seed in range(20):
        x = np.random.default_rng(seed).uniform(-3, 3, 200)
        apart = held_out(len(x), 0.2, seed)
        assert x[apart].max() > np.median(x)


def test_a_point_more_moves_one_other_at_most() -> None:
    for count in range(2, 200):
        before, after = held_out(count, 0.25, 1), held_out(count + 1, 0.25, 1)[:count]
        assert (before != after).sum() <= 1


def test_every_point_has_the_same_chance() -> None:
    share = np.mean([held_out(20, 0.25, seed) for seed in range(4000)], axis=0)
    assert np.allclose(share, 0.25, atol=0.035)


def test_the_random_numbers_of_the_rest_of_the_program_stay_as_they_are() -> None:
    state = np.random.get_state()[1].copy()
    held_out(50, 0.5, 3)
    assert np.array_equal(np.random.get_state()[1], state)
