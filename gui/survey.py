"""What is found out about one view of a plane of parameters, and how it looks; found in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.insight.curves import in_a_row
from core.insight.objective import Objective
from core.insight.optimum import Optimum
from core.insight.plane import Plane
from core.insight.units import DataUnits
from core.texts import _, n_
from gui.plots.contour_map import Picture, colours, logarithms
from gui.plots.surface import Surface

if TYPE_CHECKING:
    from core.insight.landscape import Landscape

Floats = NDArray[np.float64]
Range = tuple[float, float]


class Survey(NamedTuple):
    """What was found out about one view of a plane.

    `height` `[r, c]` is log10 of the loss, bounded below, and `reach` `[2]` how far along u and v changes the
    fit by as much as y is spread.
    """

    landscape: Landscape
    height: Floats
    picture: Picture
    reach: Floats

    def surface(self) -> Surface:
        """The same in space."""
        return Surface(self.picture.u, self.picture.v, self.height, self.picture.colours)

    def is_flat(self) -> bool:
        """Whether no contour could be drawn, although there are losses."""
        return not self.picture.lines and bool(np.isfinite(self.landscape.losses).any())

    def heights(self, places: Floats) -> Floats:
        """How high the surface is at places `[m, 2]`, as log10 of the loss; NaN beside it."""
        return _between(self.picture.u, self.picture.v, self.height, places)


def what_decides(objective: Objective, plane: Plane, view: tuple[Range, Range]) -> tuple[object, ...]:
    """What a landscape depends on; the points are told by their identity."""
    settings, scaling = objective.settings, objective.scaling
    choices = [(settings.row(name).key, settings.values(name)) for name in ("model", "loss")]
    return (
        id(objective.points),
        choices,
        (settings.validation, settings.validation_seed),
        (scaling.x_mean.tobytes(), scaling.x_scale.tobytes(), scaling.y_mean, scaling.y_scale),
        (plane.origin.tobytes(), plane.along.tobytes(), objective.as_trained),
        view,
    )


def survey(objective: Objective, plane: Plane, view: tuple[Range, Range], ramp: tuple[str, ...]) -> Survey:
    """The landscape over a view of a plane, as a picture too; asked by the background alone."""
    from core.insight.contours import contours
    from core.insight.landscape import landscape, reach

    found = landscape(objective, plane, *view)
    lines = tuple(line for contour in contours(found) for line in contour.lines)
    picture = Picture(found.u, found.v, colours(found.losses, ramp), lines)
    return Survey(found, logarithms(found.losses), picture, reach(objective, plane))


def best_numbers(objective: Objective, best: Optimum | None) -> Floats | None:
    """The best parameters `[P]` as training has them, where they are known."""
    if best is None:
        return None
    units = DataUnits(objective.curve, objective.scaling)
    return units.trained_place(np.array(in_a_row(best.parameters)))


def slice_sentence(plane: Plane, found: Survey | None, with_goal: bool = False) -> str:
    """What kind of a slice the plane is, and how it was found; nothing where it is all there is.

    `with_goal` says that an optimum is shown. What may be misread comes first.
    """
    count, words = len(plane.origin), []
    if found is not None and found.is_flat():
        words.append(_("The loss is the same all over this view, but for rounding."))
    if with_goal and count > 2:
        words.append(_("The optimum lies beside this slice; the cross is where it falls."))
    if plane.shares is not None:
        first, second = (f"{share:.1%}" for share in plane.shares)
        words.append(
            _(
                "Slice through {count} parameters along the path: {first} and {second} of its variance."
            ).format(count=count, first=first, second=second)
        )
    elif plane.axes is None:
        along = _("Slice through {count} parameters, along the path of the run before.")
        words.append(along.format(count=count))
    elif count > 2:
        words.append(
            n_(
                "Slice through {count} parameters; {others} other stays as it is.",
                "Slice through {count} parameters; the {others} others stay as they are.",
                count - 2,
            ).format(count=count, others=count - 2)
        )
    if found is not None and found.landscape.points < found.landscape.of:
        seen, of = found.landscape.points, found.landscape.of
        words.append(_("Estimated from {points} of {of} points.").format(points=f"{seen:,}", of=f"{of:,}"))
    return " ".join(words)


def _between(u: Floats, v: Floats, height: Floats, places: Floats) -> Floats:
    """`height` `[r, c]` at places `[m, 2]`, from the four places of the grid around each; NaN outside."""
    found = np.full(len(places), np.nan)
    with np.errstate(invalid="ignore"):
        across, up = (
            (places[:, axis] - grid[0]) / (grid[-1] - grid[0]) * (len(grid) - 1)
            for axis, grid in enumerate((u, v))
        )
        inside = (across >= 0) & (across <= len(u) - 1) & (up >= 0) & (up <= len(v) - 1)
        across, up = across[inside], up[inside]
        column = np.minimum(across.astype(np.intp), len(u) - 2)
        row = np.minimum(up.astype(np.intp), len(v) - 2)
        right, above = across - column, up - row
        below = (1 - right) * height[row, column] + right * height[row, column + 1]
        over = (1 - right) * height[row + 1, column] + right * height[row + 1, column + 1]
        found[inside] = (1 - above) * below + above * over
    return found
