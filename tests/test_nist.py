"""Least squares against the certified values of NIST's reference data, in correct digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.experiment import Points, Settings
from core.insight.curves import in_a_row
from core.insight.theory import theory
from core.tables import Reading, read_points

FOLDER = Path(__file__).parent / "nist"
CERTIFIED: dict[str, tuple[int, list[float]]] = json.loads((FOLDER / "nist.json").read_text("utf-8"))
CORRECT = 7  # digits; of most there are more than 13


def points_of(name: str) -> Points:
    return read_points(FOLDER / f"{name}.csv", Reading(x="x", y="y")).points


def digits(found: NDArray[np.float64], certified: NDArray[np.float64]) -> float:
    """The fewest correct digits of all coefficients."""
    error = np.abs(found - certified) / np.abs(certified)
    return float(-np.log10(np.maximum(error, 1e-16)).min())


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("name", CERTIFIED)
def test_the_certified_digits_are_found(name: str, standardise: bool) -> None:
    degree, coefficients = CERTIFIED[name]
    settings = Settings(
        model="polynomial", options={"polynomial.degree": degree}, standardise=standardise, validation=0.0
    )
    best = theory(points_of(name), settings).optimum
    assert best is not None
    assert best.unique
    *powers, constant = in_a_row(best.parameters)
    assert digits(np.array([constant, *powers]), np.array(coefficients)) >= CORRECT


@pytest.mark.parametrize("name", [name for name, (degree, _c) in CERTIFIED.items() if degree == 1])
def test_a_line_has_them_too(name: str) -> None:
    best = theory(points_of(name), Settings()).optimum
    assert best is not None
    w, b = in_a_row(best.parameters)
    assert digits(np.array([b, w]), np.array(CERTIFIED[name][1])) >= CORRECT
