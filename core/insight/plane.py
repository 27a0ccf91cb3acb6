"""Planes through the parameters of a model, on which its loss is a landscape."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.insight.curves import Curve
from core.insight.scaling import Scaling, no_scaling
from core.insight.units import DataUnits

Floats = NDArray[np.float64]

FEWEST_STEPS = 3  # that a path needs to have two directions
MOST_STEPS = 400  # of a path that its directions are found from; more say no more
STRAIGHT = 1e-10  # of a path's variance: with less beside its first direction it has no second one


@dataclass(frozen=True, eq=False)
class Plane:
    """The parameters `origin + u along[0] + v along[1]`, flat and as training has them.

    `origin` `[P]`, `along` `[2, P]`. `names` are those of u and v. `axes` are the places of the two
    parameters that span the plane; None for one along the directions of a path, whose `shares` are the
    shares of the path's variance that lie in each, if it is the path of this run. `back` `[P, 2]` leads from
    moves of the parameters to u and v, where that is not the nearest place of the plane. `as_trained` says
    that u and v are numbers of training, where these are not the numbers of the data.
    """

    origin: Floats
    along: Floats
    names: tuple[str, str]
    axes: tuple[int, int] | None = None
    shares: tuple[float, float] | None = None
    back: Floats | None = None
    as_trained: bool = False

    def at(self, u: float, v: float) -> Floats:
        """The parameters `[P]` at a place of the plane."""
        return np.asarray(self.origin + u * self.along[0] + v * self.along[1], dtype=np.float64)

    def places(self, numbers: NDArray[np.floating]) -> Floats:
        """Where parameters `[m, P]` are, or where they fall on the plane, as u and v `[m, 2]`.

        What a diverging run has may be beyond all numbers there.
        """
        with np.errstate(all="ignore"):
            away = np.asarray(numbers, dtype=np.float64) - self.origin
            return np.asarray(away @ self._back, dtype=np.float64)

    def shift(self, numbers: Floats) -> tuple[float, float]:
        """How far on the plane a change `[P]` of the parameters leads, as (u, v)."""
        with np.errstate(all="ignore"):
            u, v = numbers @ self._back
        return float(u), float(v)

    def slope(self, gradient: Floats, unit: float) -> tuple[float, float]:
        """The slopes of a loss along u and v, from its gradient `[P]`; `unit` leads to its unit here."""
        with np.errstate(all="ignore"):
            u, v = self.along @ gradient * unit
        return float(u), float(v)

    @cached_property
    def _back(self) -> Floats:
        """From parameters to u and v `[P, 2]`."""
        if self.back is not None:
            return self.back
        if self.along.shape == (2, 2):
            return np.asarray(np.linalg.inv(self.along), dtype=np.float64)
        # By hand, since a general inverse gives one of the axes a little of the other.
        (a, b), (c, d) = self.along @ self.along.T
        inverse = np.array([[d, -b], [-c, a]]) / (a * d - b * c)
        return np.asarray(self.along.T @ inverse, dtype=np.float64)


def line_plane(curve: Curve, scaling: Scaling) -> Plane:
    """All the parameters that a line has, with u and v its w and b in the units of the data."""
    units = DataUnits(curve, scaling)
    along = [units.trained_move(np.array(numbers)) for numbers in ((1.0, 0.0), (0.0, 1.0))]
    return Plane(units.trained_place(np.zeros(2)), np.array(along), ("w", "b"), (0, 1))


def parameter_plane(
    curve: Curve, through: Floats, first: int, second: int, units: DataUnits | None = None
) -> Plane:
    """Two parameters of a model, by their places; all the others are as in `through` `[P]`.

    With `units` they are all in the units of the data.
    """
    names = parameter_names(curve)
    along = np.zeros((2, len(through)))
    along[0, first] = along[1, second] = 1.0
    origin = through.astype(np.float64) if units is None else units.place(through)
    origin[[first, second]] = 0.0
    plane = Plane(origin, along, (names[first], names[second]), (first, second))
    return plane if units is None else as_training_has_it(plane, units)


def as_training_has_it(plane: Plane, units: DataUnits) -> Plane:
    """A plane through the parameters of the data, along directions at right angles, each of length 1."""
    return replace(
        plane,
        origin=units.trained_place(plane.origin),
        along=np.array([units.trained_move(direction) for direction in plane.along]),
        back=np.array([units.part_of(direction) for direction in plane.along]).T,
    )


def path_plane(
    through: Floats, path: NDArray[np.floating], names: tuple[str, str], before: Plane | None = None
) -> Plane | None:
    """The plane along the first two principal directions of a path `[m, P]`, through `through` `[P]`.

    After Li, Xu, Taylor, Studer and Goldstein 2018, "Visualizing the Loss Landscape of Neural Nets",
    section 7. The directions have the length 1. They keep the order and the sense of those of the plane
    `before`; without one they point to where the path mostly lies, as seen from its beginning, at which u and
    v are 0. None where it is too short, or has gone straight on: it has no two directions.
    """
    rows = np.asarray(path[:: max(1, -(-len(path) // MOST_STEPS))], dtype=np.float64)
    if len(rows) < FEWEST_STEPS or rows.shape[1] < 2:
        return None
    rows = rows / (float(np.abs(rows).max()) or 1.0)  # lest squares overflow
    rounding = float(np.finfo(path.dtype).eps) ** 2 * float(np.sum(rows**2))
    centred = rows - rows.mean(axis=0)
    # The eigenvectors of the small matrix of inner products lead to those of the covariance.
    variances, sides = np.linalg.eigh(centred @ centred.T)
    variances, sides = variances[::-1][:2], sides[:, ::-1][:, :2]
    total = float(np.sum(centred**2))
    if not variances[1] > max(rounding, STRAIGHT * total):
        return None
    along = sides.T @ centred
    along /= np.linalg.norm(along, axis=1)[:, None]
    if before is not None and before.along.shape == along.shape:
        overlaps = along @ (before.along / np.linalg.norm(before.along, axis=1)[:, None]).T
        order = [0, 1] if _keeps_order(overlaps) else [1, 0]
        along, variances, facing = along[order], variances[order], np.diag(overlaps[order])
    else:
        facing = along @ (centred.mean(axis=0) - centred[0])
    along = along * np.where(facing < 0, -1.0, 1.0)[:, None]
    shares = float(variances[0]) / total, float(variances[1]) / total
    origin = through.astype(np.float64)
    return Plane(origin - along.T @ (along @ (origin - path[0])), along, names, None, shares)


def _keeps_order(overlaps: Floats) -> bool:
    """Whether each direction is nearer to the one before in its own place than to the one in the other's.

    `overlaps` `[2, 2]` are the cosines between them. Where the shares of the variance cross, the directions
    would otherwise change places, and the picture with them.
    """
    (first, mixed), (other, second) = np.abs(overlaps)
    return bool(first + second >= mixed + other)


def path_plane_of_data(
    through: Floats,
    path: NDArray[np.floating],
    names: tuple[str, str],
    units: DataUnits,
    before: Plane | None = None,
) -> Plane | None:
    """The same of the parameters in the units of the data, given as training has them."""
    rows = path[:: max(1, -(-len(path) // MOST_STEPS))]
    mapped = np.array([units.place(row) for row in rows]).astype(path.dtype)
    if before is not None:
        along = np.array([units.move(direction) for direction in before.along])
        before = replace(before, along=along)
    found = path_plane(units.place(through), mapped, names, before)
    return None if found is None else as_training_has_it(found, units)


def parameter_names(curve: Curve) -> tuple[str, ...]:
    """The names of all parameters, in the order of a flat row of them: w1, w2, b, or w1[0, 3] of a layer."""
    zeros = [np.zeros(shape) for shape in curve.shapes()]
    layers = curve.in_data_units(zeros, no_scaling(curve.inputs))
    shapes = {name: np.shape(layer) for name, layer in layers.items()}
    names: list[str] = []
    for name, shape in shapes.items():
        if not shape:
            names.append(name)
        elif len(shape) == 1 and name == "w":
            names += [f"w{place + 1}" for place in range(shape[0])]
        else:
            names += [f"{name}[{', '.join(map(str, place))}]" for place in np.ndindex(shape)]
    return tuple(names)
