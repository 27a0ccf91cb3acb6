"""The data sets that come with the program say what they are, and their lines are those of the literature."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import Problem
from core.tables import DATA_SETS, load_data_set, read_points
from core.tables.data_sets import DATA


@pytest.mark.parametrize("key", DATA_SETS)
def test_every_data_set_loads_with_its_source(key: str) -> None:
    row = DATA_SETS[key]
    points = load_data_set(key)
    assert len(points) >= 11
    assert (points.x_name, points.y_name) == (row.x, row.y)
    assert points.source == row.source
    assert row.label
    assert row.what


@pytest.mark.parametrize("key", [key for key, row in DATA_SETS.items() if row.where is None])
def test_the_quick_loader_agrees_with_the_careful_one(key: str) -> None:
    from core.tables import Reading

    row = DATA_SETS[key]
    assert load_data_set(key) == read_points(DATA / row.file, Reading(x=row.x, y=row.y)).points


@pytest.mark.parametrize("key", ["anscombe_1", "anscombe_2", "anscombe_3", "anscombe_4"])
def test_anscombes_sets_share_their_line(key: str) -> None:
    points = load_data_set(key)
    np.testing.assert_allclose(np.polyfit(points.x[:, 0], points.y, 1), [0.5, 3.0], atol=0.003)


@pytest.mark.parametrize("key", [key for key in DATA_SETS if key.startswith("datasaurus")])
def test_the_dinosaurs_relatives_share_mean_and_spread(key: str) -> None:
    points = load_data_set(key)
    assert len(points) == 142
    np.testing.assert_allclose([points.x.mean(), points.y.mean()], [54.26, 47.83], atol=0.02)


def test_engels_line_is_that_of_the_literature() -> None:
    points = load_data_set("engel")
    np.testing.assert_allclose(np.polyfit(points.x[:, 0], points.y, 1), [0.4852, 147.475], rtol=1e-4)


def test_every_file_has_its_source_in_the_table_beside_it() -> None:
    sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    assert all(row.file in sources for row in DATA_SETS.values())


def test_an_unknown_data_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Problem, match="engel"):
        load_data_set("engels")
