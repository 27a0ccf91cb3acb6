"""What the units of a network say: whether they are all alike, saturated, or dead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.insight.diagnosis.evidence import Evidence
from core.insight.diagnosis.finding import Finding, Remedy
from core.insight.diagnosis.remedies import DIGITS, TENTH, has_begun_elsewhere, standardise
from core.insight.numbers import typed
from core.texts import _, n_

Floats = NDArray[np.float64]

SATURATED = 0.99  # of the way from the middle to the limit of an activation
MOST = 0.5  # of the units of a layer
FAR = 5.0  # units from 0; numbers beyond it are better standardised
LONG_STEPS = 0.3  # a learning rate that throws units out, whatever the optimizer
LOOKED_AT = 256  # points; a unit that is the same for so many is so for all
MIDDLE = {"tanh": (0.0, 1.0), "sigmoid": (0.5, 0.5)}  # of an activation, and how far its limits are from it


def flat_start(evidence: Evidence) -> Finding | None:
    """All units of a layer are equal: they get equal gradients, and stay equal."""
    arrays = evidence.snapshot.arrays
    if evidence.settings.model != "mlp" or arrays[0].shape[0] < 2:
        return None
    if not all(_alike(arrays, layer) for layer in range(0, len(arrays) - 2, 2)):
        return None
    remedy = Remedy(_("PyTorch's start values"), {"start": "pytorch"})
    if not any(array.any() for array in arrays[::2]):
        count = sum(array.size for array in arrays[::2])
        sentence = _(
            "Flat start: all {count} weights are 0, and by symmetry so are their gradients. "
            "This is a saddle, which no descent leaves."
        ).format(count=f"{count:,}")
    else:
        count = arrays[0].shape[0]
        sentence = _(
            "Flat start: the {count} units of a layer are all equal, so they get equal gradients and remain "
            "one unit for ever."
        ).format(count=count)
    return Finding("flat_start", sentence, True, remedy)


def saturated(evidence: Evidence) -> Finding | None:
    """Most units of a layer are at their limits for every point, where the activation has no slope."""
    settings = evidence.settings
    activation = str(settings.values("model").get("activation", ""))
    if settings.model != "mlp" or activation not in MIDDLE:
        return None
    middle, reach = MIDDLE[activation]
    for layer, outputs in enumerate(_layers(evidence), 1):
        stuck = np.all(np.abs(outputs - middle) > SATURATED * reach, axis=0)
        found = _most(stuck)
        if found:
            sentence = _(
                "Saturated: {stuck} of {units} units of hidden layer {layer} are at their limits for every "
                "point, where {activation} is flat and passes no gradient on."
            ).format(stuck=found, units=len(stuck), layer=layer, activation=activation)
            return Finding("saturated", sentence, True, _other_units(evidence))
    return None


def dead_units(evidence: Evidence) -> Finding | None:
    """Most ReLU units of a layer are zero for every point, and so never learn again."""
    settings = evidence.settings
    if settings.model != "mlp" or settings.values("model").get("activation") != "relu":
        return None
    for layer, outputs in enumerate(_layers(evidence), 1):
        dead = np.all(outputs <= 0, axis=0)
        found = _most(dead)
        if found:
            sentence = n_(
                "Dead: {dead} of {units} ReLU unit of hidden layer {layer} is 0 for every point; it gets no "
                "gradient, and never learns again.",
                "Dead: {dead} of {units} ReLU units of hidden layer {layer} are 0 for every point; they get "
                "no gradient, and never learn again.",
                len(dead),
            ).format(dead=found, units=len(dead), layer=layer)
            return Finding("dead_units", sentence, True, _other_units(evidence))
    return None


def _alike(arrays: tuple[Floats, ...], layer: int) -> bool:
    """Whether all units of the hidden layer at `layer` take and give the same."""
    weight, bias, after = arrays[layer], arrays[layer + 1], arrays[layer + 2]
    return bool((weight == weight[:1]).all() and (bias == bias[:1]).all() and (after == after[:, :1]).all())


def _layers(evidence: Evidence) -> list[Floats]:
    """What each hidden layer gives for points from everywhere, `[n, units]`."""
    snapshot, points = evidence.snapshot, evidence.looked_at
    every = max(len(points) // LOOKED_AT, 1)
    found = []
    with np.errstate(all="ignore"):
        outputs = snapshot.curve.features(snapshot.scaling.x_in(points.x[::every]))
        for layer in range(0, len(snapshot.arrays) - 2, 2):
            outputs = outputs @ snapshot.arrays[layer].T + snapshot.arrays[layer + 1]
            outputs = snapshot.curve.activate(outputs)
            found.append(outputs)
    return found


def _most(stuck: NDArray[np.bool_]) -> int:
    """How many units are stuck, where these are most of the layer; else 0."""
    count = int(np.count_nonzero(stuck))
    return count if count >= MOST * len(stuck) else 0


def _other_units(evidence: Evidence) -> Remedy | None:
    """What brings units back: numbers near 0, an activation with a slope, shorter steps, another start."""
    settings, points = evidence.settings, evidence.points
    largest = max(float(np.abs(numbers).max(initial=0.0)) for numbers in (points.x, points.y))
    if not settings.standardise and largest > FAR:
        return standardise(evidence)
    if settings.values("model").get("activation") == "relu":
        return Remedy("tanh", {}, {"mlp.activation": "tanh"})
    anew = {"seed": settings.seed + 1, "start": "pytorch"}
    if settings.learning_rate >= LONG_STEPS:
        rate = TENTH * settings.learning_rate
        label = _("New start values, learning rate {rate}").format(rate=typed(rate, DIGITS))
        return Remedy(label, anew | {"learning_rate": rate})
    return None if has_begun_elsewhere(evidence) else Remedy(_("New start values"), anew)
