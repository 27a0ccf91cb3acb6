"""Points that were saved come back as they were, in our program and in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.experiment.points import Points
from core.problem import Problem
from core.tables import read_points, save_points

FINITE = st.floats(allow_nan=False, allow_infinity=False)
WHOLE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@WHOLE
@given(data=st.data(), count=st.integers(1, 30))
def test_every_float_comes_back_bit_for_bit(data: st.DataObject, count: int, tmp_path: Path) -> None:
    x, y = (data.draw(arrays(np.float64, count, elements=FINITE)) for _axis in "xy")
    save_points(Points(x, y), tmp_path / "p.csv")
    points = read_points(tmp_path / "p.csv").points
    assert points.x[:, 0].tobytes() == x.tobytes()
    assert points.y.tobytes() == y.tobytes()


def test_a_long_table_comes_back_bit_for_bit(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    x, y = np.exp(random.normal(scale=50, size=(2, 5000)))
    save_points(Points(x, y), tmp_path / "p.csv")
    points = read_points(tmp_path / "p.csv").points
    assert (points.x[:, 0].tobytes(), points.y.tobytes()) == (x.tobytes(), y.tobytes())


@WHOLE
@given(x_name=st.text(max_size=30), y_name=st.text(max_size=30))
def test_no_column_name_changes_the_numbers(x_name: str, y_name: str, tmp_path: Path) -> None:
    save_points(Points([1.5, 2], [3, 4.5], x_name, y_name), tmp_path / "p.csv")
    points = read_points(tmp_path / "p.csv").points
    np.testing.assert_array_equal(np.column_stack((points.x, points.y)), [[1.5, 3], [2, 4.5]])


@pytest.mark.parametrize(
    "name",
    [
        *(
            "=1+2",
            "+a",
            "-a",
            "@sum",
            "2019",
            "1,5",
            "NA",
            "#",
            "'x",
            "身高, cm",
            'a "b"',
            "<html>",
            "length (cm)",
        ),
        *("12 %", "$5", "5 cm", "<3", "3*", "(5)", "5-", "10^3", "3±1", "１２", "1,03,000", "#REF!", "n.a."),
    ],
)
def test_a_name_comes_back_and_no_spreadsheet_takes_it_for_a_formula(name: str, tmp_path: Path) -> None:
    save_points(Points([1.0], [2.0], name, "y"), tmp_path / "p.csv")
    points = read_points(tmp_path / "p.csv").points
    assert (points.x_name, points.y_name) == (name, "y")
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file))[0][0] not in "=+-@"


def test_several_features_are_several_columns(tmp_path: Path) -> None:
    save_points(Points([[1, 2], [3, 4]], [5, 6], "x", "y"), tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_text() == "x 1,x 2,y\n1.0,2.0,5.0\n3.0,4.0,6.0\n"


def test_a_failed_save_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.csv"
    save_points(Points([1], [2]), path)
    before = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Problem, match="the disk is full"):
        save_points(Points([3], [4]), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="could not be saved"):
        save_points(Points([1], [2]), tmp_path / "nowhere" / "p.csv")
