"""What should happen: the optimum, the shape of the loss around it, and the rates that lead there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.choices import OPTIMIZERS
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.insight.curves import Curve, Line, Polynomial
from core.insight.optimum import Optimum, optimum, training_points
from core.insight.residual_losses import residual_loss
from core.insight.scaling import Scaling, no_scaling, standard_scaling
from core.insight.stability import Bowl, Descent, Zones
from core.texts import _

if TYPE_CHECKING:
    from core.training.snapshot import Snapshot

LINEAR: dict[str, type[Curve]] = {"line": Line, "polynomial": Polynomial}  # in their parameters
BY_FORMULA = ("mse",)  # losses whose optimum is a matter of a moment
PENALTIES = ("weight_decay", "lambd")  # parameters of optimizers that pull the fit away from the least loss


@dataclass(frozen=True, eq=False)
class Theory:
    """What is known of a run before it begins, from its training points and settings alone.

    `optimum` is that by the chosen loss, None where none is known, and then `why_no_optimum` says why.
    `bound` is the best fit without any penalty: no run comes below its loss.
    `condition` is the condition number of the MSE's Hessian in the coordinates of training; `condition_raw`
    and `condition_standardised` are those without and with standardising, so that they can be compared
    (infinite where a direction is flat, None where the model is not linear in its parameters). `limit`,
    `limit_raw` and `limit_standardised` are the largest stable learning rates there, `estimated` for
    mini-batches. Where no such theory holds they and `zones` are None, and `why_not` says why in a sentence.
    While `optimum` or `bound` have yet to be searched for, it is `pending`.
    """

    optimum: Optimum | None = None
    bound: Optimum | None = None
    why_no_optimum: str = ""
    condition: float | None = None
    condition_raw: float | None = None
    condition_standardised: float | None = None
    limit: float | None = None
    limit_raw: float | None = None
    limit_standardised: float | None = None
    estimated: bool = False
    zones: Zones | None = None
    why_not: str = ""
    pending: bool = False

    def share(self, rate: float) -> float | None:
        """`rate` as a share of the limit; None where there is none."""
        return rate / self.limit if self.limit else None

    def with_optimum(self, best: Optimum | None) -> Theory:
        """The same with this best fit without any penalty, which was searched for."""
        known = best if best is not None and np.isfinite(best.loss) else None
        if self.why_no_optimum:
            return replace(self, bound=known, pending=False)
        why = "" if known else _too_large()
        return replace(self, optimum=known, bound=known, why_no_optimum=why, pending=False)


def theory(points: Points, settings: Settings, scaling: Scaling | None = None, search: bool = True) -> Theory:
    """What should happen to a run on the training points among `points`, with `settings`.

    `scaling` is that of the run, where there is one and it is standardised: points drawn later do not change
    it. Otherwise it is that of the training points. An optimum that no formula gives may take long; with
    `search` off it is left out.
    """
    training = training_points(points, settings)
    curve = linear_curve(settings, training)
    why_no_optimum = _why_no_optimum(training, settings)
    why_not = _why_no_limit(training, settings)
    if curve is None or not len(training):
        return Theory(why_no_optimum=why_no_optimum, why_not=why_not)
    raw, standardised = _bowls(training, curve, scaling if settings.standardise else None)
    here = standardised if settings.standardise else raw
    if here is None:
        return Theory(why_no_optimum=why_no_optimum or _too_large(), why_not=why_not or _too_large())
    size = _batch_size(training, settings)
    descent = None if why_not else Descent.of(settings)
    condition, condition_raw, condition_standardised = (
        None if bowl is None else bowl.condition for bowl in (here, raw, standardised)
    )
    limit, limit_raw, limit_standardised = (
        None if bowl is None or descent is None else bowl.limit(descent, size)
        for bowl in (here, raw, standardised)
    )
    found = Theory(
        None,
        None,
        why_no_optimum,
        condition,
        condition_raw,
        condition_standardised,
        limit,
        limit_raw,
        limit_standardised,
        descent is not None and size is not None,
        None if descent is None else here.zones(descent, size),
        why_not,
    )
    if search or settings.loss in BY_FORMULA:
        return found.with_optimum(optimum(training, curve, settings))
    return replace(found, pending=True)


def _too_large() -> str:
    return _("The numbers are too large to square; scale them down to see what should happen.")


def rate_at(settings: Settings, snapshot: Snapshot, taken: float) -> float:
    """The learning rate at which a run stands: that which is set, or what a schedule has made of it last.

    `taken` is the one that was set when `snapshot` was made.
    """
    if settings.schedule == "constant" or not snapshot.step:
        return settings.learning_rate
    return snapshot.learning_rate / taken * settings.learning_rate


def stable_limit(points: Points, settings: Settings) -> float | None:
    """The largest stable learning rate of a run upon the training points among `points`; None: not known."""
    training = training_points(points, settings)
    curve = linear_curve(settings, training)
    if curve is None or _why_no_limit(training, settings):
        return None
    here = _bowls(training, curve, None)[settings.standardise]
    return None if here is None else here.limit(Descent.of(settings), _batch_size(training, settings))


def _bowls(points: Points, curve: Curve, scaling: Scaling | None) -> tuple[Bowl | None, Bowl | None]:
    """The shape of the loss without and with standardising, by `scaling` where it is given."""
    scaling = scaling or standard_scaling(points.x, points.y)
    with np.errstate(all="ignore"):
        raw, standardised = (
            curve.features(each.x_in(points.x)) for each in (no_scaling(points.x.shape[1]), scaling)
        )
    return Bowl.of(raw), Bowl.of(standardised)


def _batch_size(points: Points, settings: Settings) -> int | None:
    """How many points a step looks at; None for all."""
    size = settings.batch_size
    return None if size is None or size >= len(points) else size


def linear_curve(settings: Settings, points: Points) -> Curve | None:
    """The model, where it is linear in its parameters."""
    kind = LINEAR.get(settings.model)
    return None if kind is None else kind(settings.values("model"), points.x.shape[1])


def _why_no_optimum(points: Points, settings: Settings) -> str:
    """Why the lowest loss cannot be computed; nothing where it can."""
    values = settings.values("optimizer")
    if not len(points):
        return _("There are no points yet.")
    if settings.model not in LINEAR:
        return _("For this model no formula gives the best fit.")
    if residual_loss(settings, 1.0) is None:
        return _("For this loss no formula gives the best fit.")
    if settings.l1 or any(values.get(name) for name in PENALTIES):
        return _("A penalty on the parameters keeps the fit away from the lowest loss.")
    return ""


def _why_no_limit(points: Points, settings: Settings) -> str:
    """Why no learning rate is known to be the largest stable one; nothing where one is."""
    if not len(points):
        return _("There are no points yet.")
    if settings.optimizer != "sgd":
        name = _(OPTIMIZERS[settings.optimizer].label)
        return _("Which rates are stable is known for SGD, not for {optimizer}.").format(optimizer=name)
    if settings.model not in LINEAR:
        return _("The loss of this model may bend differently everywhere, so no rate is the limit.")
    if settings.loss != "mse":
        return _("Which rates are stable is known for the mean squared error alone.")
    if settings.clip_norm is not None:
        return _("A clipped gradient cannot run away, so no rate is the limit.")
    if settings.l1:
        return _("The L1 penalty has a kink at zero, so no rate is the limit.")
    if Descent.of(settings).momentum == 1:
        return _("With a momentum of 1 a run never settles, whatever the rate.")
    return ""
