"""Ready-made points: small worlds whose truth is known, to try models and losses on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from core.choices import FIELDS, Parameter, Value
from core.experiment.points import Floats, Points
from core.experiment.settings import unknown_name
from core.texts import N_, _

REACH = 3.0  # x lies in [-REACH, REACH], and y about so, which the empty view shows
NEAREST_OUTLIER = 1.5  # from the x axis, and so at least as far from the curve
CENTRES = np.array([(-1.9, -1.2), (0.2, 1.7), (2.0, -0.1)])  # of the clusters

Draw = Callable[["np.random.Generator", int, float], tuple[Floats, Floats, Floats]]


@dataclass(frozen=True)
class Generator:
    """One row: `draw` gives x, the true y and the noise of y, each `[count]`, for (random, count, noise)."""

    key: str
    label: str
    draw: Draw
    parameters: tuple[Parameter, ...]
    tip: str


def generate(key: str, values: Mapping[str, Value] | None = None) -> Points:
    """Points of the generator `key`; `values` by parameter key, and the defaults for those not given.

    The same values give the same points everywhere. Raises Problem for unknown names and values.
    """
    if key not in GENERATORS:
        raise unknown_name(key, GENERATORS)
    row = GENERATORS[key]
    known = {parameter.key: parameter for parameter in row.parameters}
    for name in values or {}:
        if name not in known:
            raise unknown_name(name, known)
    checked = {name: known[name].check((values or {}).get(name, known[name].default)) for name in known}
    count, seed = int(checked["count"] or 0), int(checked["seed"] or 0)
    random = np.random.Generator(np.random.PCG64(seed))
    x, truth, noise = row.draw(random, count, float(checked["noise"] or 0))
    y = truth + noise
    outliers = round(float(checked["outliers"] or 0) * count)
    strays = random.choice(count, outliers, replace=False, shuffle=False)
    y[strays] = _opposite(random, truth[strays])
    return Points(
        x,
        y,
        source=_("generated: {kind}, seed {seed}").format(kind=_(GENERATORS[key].label).lower(), seed=seed),
    )


def _opposite(random: np.random.Generator, truth: Floats) -> Floats:
    """Outliers on the other side of the x axis: they do not cancel out, and tilt what squares them."""
    far = random.uniform(NEAREST_OUTLIER, REACH, len(truth))
    return np.where(truth >= 0, -far, far)


def _along(curve: Callable[[Floats], Floats]) -> Draw:
    """Points along a curve, with the same noise everywhere."""

    def draw(random: np.random.Generator, count: int, noise: float) -> tuple[Floats, Floats, Floats]:
        x = random.uniform(-REACH, REACH, count)
        return x, curve(x), noise * random.standard_normal(count)

    return draw


def _line(x: Floats) -> Floats:
    return 0.8 * x + 0.3


def _parabola(x: Floats) -> Floats:
    return 0.5 * x**2 - 2


def _sine(x: Floats) -> Floats:
    return 2 * np.sin(1.6 * x)


def _step(x: Floats) -> Floats:
    return np.where(x < 0, -1.5, 1.5)


def _draw_unequal(random: np.random.Generator, count: int, noise: float) -> tuple[Floats, Floats, Floats]:
    """A line whose noise grows from nothing at the left to twice `noise` at the right."""
    x = random.uniform(-REACH, REACH, count)
    return x, _line(x), noise * (x + REACH) / REACH * random.standard_normal(count)


def _draw_clusters(random: np.random.Generator, count: int, noise: float) -> tuple[Floats, Floats, Floats]:
    """Round clouds about CENTRES, as wide as they are high."""
    centres = CENTRES[random.integers(len(CENTRES), size=count)]
    x = centres[:, 0] + noise * random.standard_normal(count)
    return x, centres[:, 1].copy(), noise * random.standard_normal(count)


def _parameters(noise: float, outliers: float = 0.0) -> tuple[Parameter, ...]:
    """The form of a generator, with its own defaults."""
    return (
        Parameter("count", N_("Number of points"), 120, int, 1, 100_000, tip=N_("How many points to make.")),
        Parameter(
            "noise",
            N_("Noise"),
            noise,
            minimum=0,
            maximum=REACH,
            tip=N_("The standard deviation of the scatter; 0 puts every point on the curve."),
        ),
        Parameter(
            "outliers",
            N_("Share of outliers"),
            outliers,
            minimum=0,
            maximum=0.5,
            tip=N_("How many of the points lie far from where they belong; 0.1 is one in ten."),
        ),
        Parameter(
            "seed",
            FIELDS["seed"].label,
            1,
            int,
            FIELDS["seed"].minimum,
            FIELDS["seed"].maximum,
            tip=N_("The same seed gives the same points; another seed, others of the same kind."),
        ),
    )


ROWS = (
    Generator(
        "line",
        N_("Line"),
        _along(_line),
        _parameters(0.4),
        N_("A straight line with even noise: where everybody begins."),
    ),
    Generator(
        "outliers",
        N_("Line with outliers"),
        _along(_line),
        _parameters(0.2, 0.12),
        N_("A line and some points that tilt it: compare MSE with MAE and Huber."),
    ),
    Generator(
        "parabola",
        N_("Parabola"),
        _along(_parabola),
        _parameters(0.3),
        N_("A bend that no line can follow: try a polynomial of degree 2."),
    ),
    Generator(
        "sine",
        N_("Sine"),
        _along(_sine),
        _parameters(0.25),
        N_("A wave: for a polynomial of high degree or a small network."),
    ),
    Generator(
        "step",
        N_("Step"),
        _along(_step),
        _parameters(0.2),
        N_("A jump: hard for a polynomial, easier for a small network."),
    ),
    Generator(
        "unequal",
        N_("Unequal noise"),
        _draw_unequal,
        _parameters(0.4),
        N_("A line whose noise grows to the right: try quantiles."),
    ),
    Generator(
        "clusters",
        N_("Clusters"),
        _draw_clusters,
        _parameters(0.35),
        N_("Three clouds of points: a fit can be good in the mean and true nowhere."),
    ),
)

GENERATORS: Mapping[str, Generator] = MappingProxyType({row.key: row for row in ROWS})
