"""The numbers of one step in its formulas, for one parameter of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.choices import OPTIMIZERS
from core.choices.phases import PHASES
from core.experiment.settings import Settings
from core.insight.curves import Curve
from core.insight.formulas.blocks import Block, Formula, whole_name
from core.insight.formulas.clipping import TARGETS, TINY
from core.insight.formulas.evaluation import Value, evaluate, evaluate_all
from core.insight.formulas.expression import Rule, names
from core.insight.formulas.losses import LOSS_NAMES
from core.insight.formulas.models import model_rules
from core.insight.formulas.symbols import look
from core.insight.formulas.updates import KEPT, beginning
from core.insight.formulas.writing import Span, Spans, before_and_after, result_alone, with_numbers
from core.insight.numbers import significant
from core.insight.plane import parameter_names
from core.insight.units import as_trained_only
from core.texts import _

if TYPE_CHECKING:
    from core.training.inside import Inside

Floats = NDArray[np.float64]
Line = Spans | None

NEAR = 1e-2  # relative, of a sum in the units of the data, or its terms have cancelled
CLIP_TINY = float(TINY)
NONE = "None"  # as Python says it, in every language
KEPT_NAMES = 4  # models whose parameters' names are remembered
MOST = 10_000  # points times parameters that are gone through again; of more what training found is shown


def with_step(blocks: Sequence[Block], inside: Inside, parameter: int) -> tuple[tuple[Line, ...], ...]:
    """Of each block, of each formula the line with the numbers of `inside`, for the parameter at `parameter`.

    `blocks` are those of the settings of `inside`. None where the phase has not been done yet, or where the
    formula is of another parameter. Those of single points are of the first point of the batch. In the units
    of the data there is none for a rule that holds for the parameters as trained alone.
    """
    numbers = _Numbers(inside, parameter)
    with np.errstate(all="ignore"):
        return tuple(
            numbers.lines(block) if inside.done > PHASES.index(block.phase) else (None,) * len(block.formulas)
            for block in blocks
        )


class _Numbers:
    """What the names of the formulas stand for in one step."""

    def __init__(self, inside: Inside, parameter: int) -> None:
        self._inside = inside
        self._settings: Settings = inside.settings
        self._name = _names(inside.curve)[parameter]
        self._array, self._place = _where(inside.before, parameter)
        self._rules = model_rules(self._settings, inside.curve.inputs)
        count = sum(array.size for array in inside.before)
        self._points = len(inside.inputs) if len(inside.inputs) * count <= MOST else 1

    def lines(self, block: Block) -> tuple[Line, ...]:
        """A line for each formula."""
        if block.phase == "zero_grad":
            return (self._emptied(),)
        if self._inside.of_data and block.phase == "step":
            return tuple(
                self._moved() if rule_of(each).target == "theta" else None for each in block.formulas
            )
        values = self._values(block.phase)
        return tuple(self._line(formula, values) for formula in block.formulas)

    def _line(self, formula: Formula, values: dict[str, Value]) -> Line:
        rule = rule_of(formula)
        if self._inside.of_data and (rule.target in TARGETS or "l1" in names(rule.value)):
            return None
        target, gradients = rule.target, self._rules.gradients
        name = self._label(target)
        if not name:
            return None  # of another parameter
        known = self._known(target)
        try:
            values[target] = evaluate(rule.value, values) if known is None else known
        except KeyError:
            return None  # of another parameter, or of what is not kept
        if target in gradients:
            values[target] = values[f"d{target[1]}_any"] = self._here(values[target])
        if self._inside.of_data and (told := self._told(target)) is not None:
            if not np.isfinite(told):
                return Span(name, look(target).role), Span(f": {as_trained_only()}")
            if not np.isclose(values[target], told, rtol=NEAR, atol=0):
                values[target] = told
                return *result_alone(rule, values, name), Span(_("; its terms as trained only"))
        of_layers = target in gradients and self._settings.model == "mlp"
        whole_sum = known is not None and target not in gradients
        bare = whole_sum or of_layers or formula.of_layers
        return (result_alone if bare else with_numbers)(rule, values, name)

    def _moved(self) -> Line:
        """Where the step has led."""
        assert self._inside.after is not None
        ends = (self._here(arrays[self._array]) for arrays in (self._inside.before, self._inside.after))
        return before_and_after(self._name, *map(float, ends))

    def _label(self, target: str) -> str:
        """What a line begins with; nothing where it is not of the parameter that is shown."""
        gradients = self._rules.gradients
        if target in gradients:
            return f"∂{target[1]}/∂{self._name}" if target == self._slope() else ""
        if target == "theta":
            return self._name
        of_a_point = target in ("r", "part", "yhat", "dL_yhat")
        return look(target).text + ("₁" if of_a_point else "")

    def _known(self, target: str) -> Value | None:
        """What training itself says of a name whose sum is too long to go through again."""
        inside = self._inside
        if self._points == len(inside.inputs):
            return None
        if target == "L":
            return inside.loss
        return self._unclipped() if target == self._slope() else None

    def _told(self, target: str) -> float | None:
        """What was found as trained of a name, in the units of the data; its terms may cancel there."""
        inside = self._inside
        if target == "yhat" and inside.prediction is not None:
            return float(inside.prediction[0])
        return float(self._unclipped()) if target == self._slope() else None

    def _slope(self) -> str:
        """What the rules call the gradient of the parameter; nothing where they have none."""
        gradients = self._rules.gradients
        return gradients[self._array] if gradients else ""

    def _unclipped(self) -> Value:
        """The gradient of the parameter before any clipping."""
        assert self._inside.gradient is not None
        return self._here(self._inside.gradient[self._array]) / self._factor()

    def _factor(self) -> Value:
        """What the gradient was multiplied by."""
        limit, length = self._settings.clip_norm, self._inside.unclipped
        if limit is None or length is None:
            return np.float64(1)
        return np.minimum(np.float64(1), limit / (np.float64(length) + CLIP_TINY))

    def _here(self, values: Value) -> Value:
        """Of an array of the parameter's shape its own number; others are its own already."""
        array = np.asarray(values, dtype=np.float64)
        return array[self._place] if array.shape == self._inside.before[self._array].shape else array.flat[0]

    def _emptied(self) -> Line:
        """The slope that was there, and that it is gone."""
        parameters = [view for view in self._inside.views[0] if view.role == "parameter"]
        grad = parameters[self._array].grad
        name = Span(f"∂{whole_name(self._settings)}/∂{self._name}", "gradient")
        if grad is None:
            return name, Span(": "), Span(_("none yet"))
        return name, Span(": "), Span(significant(float(grad[self._place])), "was"), Span(f" → {NONE}")

    # --- what the names stand for -----------------------------------------------------------------------

    def _values(self, phase: str) -> dict[str, Value]:
        if phase == "step":
            return self._of_the_optimizer()
        if phase == "forward":
            return self._of_the_model(1)
        values = dict(self._of_the_batch)
        if phase == "backward":
            forward = [rule for rule in self._rules.forward if rule.target != "yhat"]
            values = evaluate_all(forward, values) if forward else values
            values["r"] = values["yhat"] - values["y"]
            if self._settings.clip_norm is not None and self._inside.gradient is not None:
                flat = np.concatenate([array.ravel() for array in self._inside.gradient])
                values[f"d{whole_name(self._settings)}_all"] = flat / self._factor()
        return values

    @cached_property
    def _of_the_batch(self) -> dict[str, Value]:
        return {**self._of_the_model(self._points), **self._of_the_loss()}

    def _of_the_model(self, points: int) -> dict[str, Value]:
        """The first points, or all of them, and the parameters."""
        columns = self._inside.inputs[:points].T
        before = self._inside.before
        if self._settings.model == "mlp":
            names = [f"{letter}{layer + 1}" for layer in range(len(before) // 2) for letter in "Wb"]
            columnar = (array if array.ndim > 1 else array[:, None] for array in before)
            return {"x": columns, **dict(zip(names, columnar, strict=True))}
        if not self._rules.forward:
            return {"x": columns}
        weights, bias = before[0][0], before[1][0]
        line = len(weights) == 1
        powers = self._settings.model == "polynomial"
        values: dict[str, Value] = {"b": bias, "w": weights[0] if line else weights}
        values["x"] = columns[0] if line or powers else columns
        values |= {f"w{place + 1}": number for place, number in enumerate(weights)}
        values |= {f"x{place + 1}": column for place, column in enumerate(columns)}
        if not self._array:
            place = int(self._place[1])
            values |= {"wj": weights[place], "xj": columns[place], "wk": weights[place], "k": place + 1}
        return values

    def _of_the_loss(self) -> dict[str, Value]:
        inside, settings = self._inside, self._settings
        rows = (slice(None, self._points),) if settings.model != "mlp" else (None, slice(None, self._points))
        values: dict[str, Value] = {"n": len(inside.inputs), "y": inside.targets[rows], "l1": settings.l1}
        if inside.prediction is not None:
            values["yhat"] = inside.prediction[rows]
        values["weights"] = np.concatenate([array.ravel() for array in inside.before if array.ndim > 1])
        values["clip_norm"], chosen = settings.clip_norm, settings.values("loss")
        for parameter in settings.row("loss").parameters:
            unit = inside.scaling.y_scale if parameter.unit == "y" else 1.0
            name = LOSS_NAMES.get(parameter.key, parameter.key)
            values[name] = np.float64(float(str(chosen[parameter.key])) / unit)
        return values

    def _of_the_optimizer(self) -> dict[str, Value]:
        """The hyper-parameters, and what the optimizer kept for this one parameter."""
        inside, settings = self._inside, self._settings
        assert inside.gradient is not None
        assert inside.after is not None
        chosen = settings.values("optimizer")
        values: dict[str, Value] = {k: np.float64(v) for k, v in chosen.items() if isinstance(v, int | float)}
        before = self._here(inside.before[self._array])
        values |= {"g": self._here(inside.gradient[self._array]), "theta_": before}
        if not OPTIMIZERS[settings.optimizer].first_order:
            moved = self._here(inside.after[self._array]) - before
            return values | {"length": np.float64(1), "direction": moved}
        state = inside.state_before[self._array]
        kept: Mapping[str, Value] = {
            name: self._here(state[key])
            for key, name in KEPT.get(settings.optimizer, {}).items()
            if key in state
        }
        first = not kept
        steps = state["step"] if "step" in state else 0 if first else max(1, inside.number - 1)
        values |= {"lr": np.float64(inside.rate), "t": np.float64(steps) + 1}
        return values | {f"{k}_": v for k, v in {**beginning(settings, inside.rate), **kept}.items()}


def rule_of(formula: Formula) -> Rule:
    """The rule that a formula with numbers has."""
    assert formula.rule is not None
    return formula.rule


def _where(arrays: tuple[Floats, ...], parameter: int) -> tuple[int, tuple[int, ...]]:
    """Of the parameter at a place of the flat row, its array, and its place in that."""
    for number, array in enumerate(arrays):
        if parameter < array.size:
            return number, tuple(int(place) for place in np.unravel_index(parameter, array.shape))
        parameter -= array.size
    raise IndexError(parameter)


@lru_cache(KEPT_NAMES)
def _names(curve: Curve) -> tuple[str, ...]:
    return parameter_names(curve)
