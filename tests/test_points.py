"""The data of a fit: always equally long, finite and frozen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from core.experiment import Points
from core.problem import Problem

coordinates = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20)


def test_one_column_may_be_given_flat() -> None:
    points = Points([1, 2, 3], [4, 5, 6])
    assert points.x.shape == (3, 1)
    assert points.y.shape == (3,)
    assert points.x.dtype.name == points.y.dtype.name == "float64"
    assert len(points) == 3


def test_no_points_are_points_too() -> None:
    assert Points().x.shape == (0, 1)
    assert len(Points()) == 0


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        ([1, 2], [1], "x has 2 values and y has 1"),
        ([1, np.nan], [1, 2], "finite"),
        ([1, 2], [1, np.inf], "finite"),
        ([[[1]]], [1], "one row"),
        ([1], [[1]], "one row"),
        (np.empty((2, 0)), [1, 2], "one row"),
        (["a"], [1], "numbers"),
        ([[1, 2], [3]], [1, 2], "numbers"),
    ],
)
def test_what_are_no_points_is_refused_with_a_sentence(x: ArrayLike, y: ArrayLike, says: str) -> None:
    with pytest.raises(Problem, match=says):
        Points(x, y)


def test_nobody_can_change_them_not_even_by_the_array_they_came_from() -> None:
    x = np.array([1.0, 2.0])
    points = Points(x, x)
    x[0] = 9.0
    assert points.x[0, 0] == points.y[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        points.y[0] = 5.0


@given(coordinates, coordinates)
def test_added_points_stand_behind_and_can_be_removed_again(
    before: list[tuple[float, float]], more: list[tuple[float, float]]
) -> None:
    points = Points(*np.array(before).T)
    longer = points.added(*np.array(more).T)
    assert [*zip(longer.x[:, 0], longer.y, strict=True)] == before + more
    assert longer.removed(range(len(before), len(longer))) == points


@given(coordinates, st.data())
def test_removing_leaves_the_others_in_their_order(
    pairs: list[tuple[float, float]], data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.integers(0, len(pairs) - 1)))
    left = Points(*np.array(pairs).T).removed(sorted(gone))
    assert [*zip(left.x[:, 0], left.y, strict=True)] == [p for i, p in enumerate(pairs) if i not in gone]


@given(coordinates, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.data())
def test_moving_shifts_the_chosen_ones_only(
    pairs: list[tuple[float, float]], dx: float, dy: float, data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.integers(0, len(pairs) - 1)))
    points = Points(*np.array(pairs).T)
    moved = points.moved(sorted(chosen), dx, dy)
    assert [*zip(moved.x[:, 0], moved.y, strict=True)] == [
        (x + dx, y + dy) if i in chosen else (x, y) for i, (x, y) in enumerate(pairs)
    ]
    assert [*zip(points.x[:, 0], points.y, strict=True)] == pairs


def test_edited_points_keep_their_names_and_their_source() -> None:
    points = Points([1.0, 2.0], [2.0, 3.0], "age", "height", "a survey")
    for edited in (points.added([3], [4]), points.removed([0]), points.moved([0], 1, 1)):
        assert (edited.x_name, edited.y_name, edited.source) == ("age", "height", "a survey")


def test_points_are_equal_by_content_and_names() -> None:
    points = Points([1.0, 2.0], [3.0, 4.0])
    assert points == Points([1.0, 2.0], [3.0, 4.0], source="elsewhere")
    assert points != Points([1.0, 2.0], [3.0, 4.5])
    assert points != Points([1.0, 2.0], [3.0, 4.0], x_name="age")
    assert points != "points"


def test_points_stand_at_one_x_whatever_its_size() -> None:
    assert Points([2.0, 2.0], [1.0, 5.0]).stands_at_one_x
    assert Points([1e308, 1e308], [1.0, 5.0]).stands_at_one_x
    assert not Points([-1e308, 1e308], [1.0, 5.0]).stands_at_one_x
    assert not Points().stands_at_one_x
