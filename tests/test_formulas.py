"""The formulas of a step: model, loss and gradient against autograd, the lines of numbers, the LaTeX."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch

from core.choices import LOSSES, MODELS, OPTIMIZERS
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.insight.formulas import ROLES, Block, Formula, Line, formulas, with_step
from core.insight.formulas.blocks import phase_rules, symbols
from core.insight.formulas.evaluation import evaluate
from core.insight.formulas.expression import parse
from core.insight.formulas.symbols import meaning
from core.insight.formulas.typesetting import latex
from core.insight.formulas.writing import exact, text, with_numbers
from core.insight.numbers import significant
from core.insight.plane import parameter_names
from core.training.inside import Inside
from core.training.slow_step import SlowStep
from core.training.trainer import Trainer
from gui.theme import Theme
from gui.widgets.formula_typesetting import in_colours, inks, typeset, without_colours

RNG = np.random.default_rng(5)
X = RNG.normal(size=(24, 3))
Y = 2 * X[:, 0] - 1 + RNG.normal(0, 1.5, 24)
DOUBLE = {"dtype": "float64"}
SHOWN = 5.1e-4  # of a number, which four digits leave open
SMALL = {"mlp.width": 3, "mlp.layers": 2}

# Settings of every model, with all that changes its formulas.
MODEL_SETTINGS = {
    "line": (Settings(**DOUBLE), 1),
    "three columns": (Settings(**DOUBLE), 3),
    "many columns": (Settings(**DOUBLE), 6),
    "cubic": (Settings(model="polynomial", **DOUBLE), 1),
    "degree 7": (Settings(model="polynomial", options={"polynomial.degree": 7}, **DOUBLE), 1),
    "degree 1": (Settings(model="polynomial", options={"polynomial.degree": 1}, **DOUBLE), 1),
    **{
        f"network, {activation}": (
            Settings(model="mlp", options={**SMALL, "mlp.activation": activation}, **DOUBLE),
            2,
        )
        for activation in ("tanh", "relu", "sigmoid")
    },
    "one unit": (Settings(model="mlp", options={"mlp.width": 1, "mlp.layers": 3}, **DOUBLE), 1),
}


def inside(settings: Settings, features: int = 1, step: int = 3, done: int = len(PHASES)) -> Inside:
    """The step of that number of a run on noisy points, as far as `done`."""
    columns = np.column_stack([X, X**2])[:, :features]
    trainer = Trainer(Points(columns, Y), settings)
    for _step in range(step - 1):
        trainer.step()
    made = SlowStep(trainer.fit, 1, step)
    for _phase in range(done):
        made.advance()
    return made.inside


def lines(seen: Inside, parameter: int = 0) -> dict[str, tuple[Line, ...]]:
    """All lines of numbers of a step, by phase."""
    blocks = formulas(seen.settings, seen.curve.inputs)
    return dict(zip(PHASES, with_step(blocks, seen, parameter), strict=True))


def said(line: Line) -> str:
    assert line is not None
    return "".join(span.text for span in line)


def stated(line: Line) -> float:
    """The number that a line ends with."""
    return number(SIGNS.split(said(line))[-1])


SIGNS = re.compile(" [=≈] ")


def everything() -> Iterator[tuple[Settings, int]]:
    """Settings that bring out every row of the tables and every switch."""
    yield from MODEL_SETTINGS.values()
    for loss in LOSSES:
        yield Settings(loss=loss, l1=0.1, clip_norm=1.0, standardise=True), 1
    for key, row in OPTIMIZERS.items():
        yield Settings(optimizer=key), 1
        on = {
            p.key: p.default or (True if p.kind is bool else 0.25)
            for p in row.parameters
            if p.kind in (bool, float)
        }
        if key == "sgd":
            on["dampening"] = 0.0
            yield Settings(optimizer=key, options={"sgd.momentum": 0.5, "sgd.dampening": 0.5}), 1
        yield Settings(optimizer=key, options={f"{key}.{name}": value for name, value in on.items()}), 1
    yield Settings(optimizer="lbfgs", options={"lbfgs.line_search_fn": "strong_wolfe"}), 1


# --- the model, the loss and the gradient ----------------------------------------------------------------


@pytest.mark.one_in(8)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("model", MODEL_SETTINGS)
@pytest.mark.parametrize("more", [{}, {"l1": 0.3}, {"standardise": True}], ids=str)
def test_loss_and_gradient_are_those_of_autograd(model: str, loss: str, more: dict[str, float]) -> None:
    settings, features = MODEL_SETTINGS[model]
    seen = inside(replace(settings, loss=loss, **more), features)
    assert seen.gradient is not None
    for parameter, gradient in enumerate(np.concatenate([array.ravel() for array in seen.gradient])):
        found = lines(seen, parameter)
        slopes = [
            line
            for line in found["backward"]
            if line and parameter_names(seen.curve)[parameter] in said(line)
        ]
        assert stated(slopes[-1]) == pytest.approx(float(gradient), rel=SHOWN, abs=1e-12)
    loss_line = found["loss"][-2 if more.get("l1") else -1]
    assert SIGNS.split(said(loss_line))[-1] == significant(seen.loss or 0)
    assert SIGNS.split(said(found["loss"][-1]))[-1] == significant(seen.objective or 0)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("residual", [-2.5, -0.7, 0.0, 0.7, 1.0, 2.5])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_slope_of_a_loss_is_that_of_torch_to_the_last_digits(loss: str, residual: float) -> None:
    from core.insight.formulas.losses import slope_rules
    from core.insight.scaling import no_scaling
    from core.training.fit import scaled_loss

    options = {"quantile.quantile": 0.2, "huber.delta": 1.0, "smooth_l1.beta": 0.8, "log_cosh.scale": 0.6}
    settings = Settings(loss=loss, options=options)
    module, _unit = scaled_loss(settings, no_scaling(1))
    prediction = torch.tensor([[residual], [0.3]], dtype=torch.float64, requires_grad=True)
    module(prediction, torch.zeros(2, 1, dtype=torch.float64)).backward()
    names = {"quantile": 0.2, "knee": 1.0, "beta": 0.8, "scale": 0.6}
    found = evaluate(slope_rules(settings)[0].value, {**names, "n": 2, "r": np.array([residual, 0.3])})
    assert prediction.grad is not None
    np.testing.assert_allclose(found, prediction.grad.numpy()[:, 0], rtol=1e-12, atol=0)


@pytest.mark.parametrize("loss", ["mae", "quantile"])
@pytest.mark.parametrize("model", ["line", "network, relu"])
@pytest.mark.parametrize("l1", [0.0, 0.3])
def test_on_kinks_the_gradient_is_that_of_autograd_too(model: str, loss: str, l1: float) -> None:
    """All parameters, and every second residual and each unit with them, are exactly 0."""
    settings, features = MODEL_SETTINGS[model]
    options = {**settings.options, "quantile.quantile": 0.2}
    settings = replace(settings, loss=loss, l1=l1, start="zeros", options=options)
    columns = np.column_stack([X, X**2])[:, :features]
    made = SlowStep(Trainer(Points(columns, np.where(np.arange(24) % 2, Y, 0.0)), settings).fit, 1, 1)
    made.finish()
    seen = made.inside
    assert seen.gradient is not None
    for parameter, gradient in enumerate(np.concatenate([array.ravel() for array in seen.gradient])):
        name = parameter_names(seen.curve)[parameter]
        slopes = [line for line in lines(seen, parameter)["backward"] if line and name in said(line)]
        assert stated(slopes[-1]) == pytest.approx(float(gradient), rel=SHOWN, abs=1e-12)


def test_the_prediction_is_that_of_the_first_point() -> None:
    for settings, features in MODEL_SETTINGS.values():
        seen = inside(settings, features)
        assert seen.prediction is not None
        assert stated(lines(seen)["forward"][-1]) == number(significant(float(seen.prediction[0])))


def test_a_gradient_that_is_too_long_is_shortened_as_torch_shortens_it() -> None:
    seen = inside(Settings(clip_norm=0.5, **DOUBLE))
    assert seen.gradient is not None
    assert seen.unclipped is not None
    assert seen.unclipped > 0.5
    found = lines(seen, 1)["backward"]
    assert stated(found[-1]) == number(significant(float(seen.gradient[1][0])))
    assert stated(found[-3]) == number(significant(seen.unclipped))


def test_very_many_points_are_not_gone_through_again_and_say_what_training_found() -> None:
    x = np.linspace(-1, 1, 60_000)
    trainer = Trainer(Points(x, 3 * x + np.cos(40 * x)), Settings(clip_norm=0.1, l1=0.1))
    made = SlowStep(trainer.fit, 1, 1)
    made.finish()
    found, seen = lines(made.inside), made.inside
    assert said(found["loss"][1]) == f"L = {significant(seen.loss or 0)}"
    assert seen.gradient is not None
    assert stated(found["backward"][-1]) == pytest.approx(seen.gradient[0][0, 0], rel=SHOWN)
    slope = 2 * np.mean((seen.prediction - seen.targets) * seen.inputs[:, 0]) + 0.1 * np.sign(
        seen.before[0][0, 0]
    )
    assert stated(found["backward"][1]) == pytest.approx(slope, rel=SHOWN)


# --- the numbers -----------------------------------------------------------------------------------------

PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
RAISED = "[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+"
DIGITS = rf"\d+(?:\.\d+)?(?:×10{RAISED})?"
TOKEN = re.compile(rf"(?P<root>√)?(?P<number>{DIGITS})|(?P<power>{RAISED})|(?P<other>log cosh|.)")
OTHERS = {"·": "*", "−": "-", "^": "**", "√": "sqrt", "log cosh": "logcosh"}
FUNCTIONS = {
    "sqrt": lambda z: math.sqrt(max(z, 0.0)),
    "sign": np.sign,
    "max": max,
    "min": min,
    "tanh": math.tanh,
    "logcosh": lambda z: math.log(math.cosh(z)),
    "abs": abs,
}


def number(shown: str) -> float:
    """A number as core.insight.numbers writes it."""
    head, _times, power = shown.replace("−", "-").partition("×10")
    return float(head) * 10.0 ** int(power.translate(PLAIN) or "0")


def fraction(shown: str) -> Fraction:
    """A number as it is shown, exactly."""
    head, _times, power = shown.replace("−", "-").partition("×10")
    return Fraction(f"{head}e{power.translate(PLAIN) or 0}")


def half(shown: str) -> float:
    """Half of the last digit of a rounded number; 0 for one that is exact, having fewer digits."""
    digits, _times, power = shown.partition("×10")
    if len(digits.replace(".", "").lstrip("0")) < 4:
        return 0.0
    return 0.5 * 10.0 ** (int(power.translate(PLAIN) or "0") - len(digits.partition(".")[2]))


def read(shown: str) -> tuple[str, list[str]]:
    """What a line says as Python, with v[0], v[1] … for the numbers in it."""
    found: list[str] = []
    parts, within = [], False
    for token in TOKEN.finditer(shown):
        if token["number"]:
            parts.append(f"sqrt(v[{len(found)}])" if token["root"] else f"v[{len(found)}]")
            found.append(token["number"])
        elif token["power"]:
            parts.append(f"**{token['power'].translate(PLAIN)}")
        elif token["other"] == "|":
            parts.append(")" if within else "abs(")
            within = not within
        else:
            parts.append(OTHERS.get(token["other"], token["other"]))
    return "".join(parts), found


def check(line: Line) -> bool:
    """Whether a line has something to work out; then it must come to what it states, to the digits shown.

    Somebody with a calculator gets just what stands behind =, and something else than what stands behind ≈.
    """
    parts = SIGNS.split(said(line))
    middle, result = parts[1:-1], parts[-1]
    if "… (" in said(line):
        assert said(line).endswith(f"≈ {result}")
        return False
    if not middle or "∞" in said(line) or "–" in said(line):
        return False
    code, found = read(middle[0])
    values = [number(each) for each in found]

    def worth(numbers: list[float] | list[Fraction]) -> float:
        return float(eval(code, {"__builtins__": {}, **FUNCTIONS, "v": numbers}))

    reached, slack = worth(values), half(result.lstrip("−")) + 1e-12
    to_the_last_digit = float(worth([fraction(each) for each in found]))
    just = to_the_last_digit == pytest.approx(number(result), rel=1e-12, abs=0)
    assert just == (" ≈ " not in said(line)), said(line)
    for place, each in enumerate(found):
        ends = [
            worth([*values[:place], values[place] + s * half(each), *values[place + 1 :]]) for s in (-1, 1)
        ]
        slack += max(abs(end - reached) for end in ends)
    assert abs(reached - number(result)) <= 1.1 * slack, said(line)
    return True


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", list(everything()), ids=lambda case: f"{case[0].optimizer}-{case[0].loss}")
def test_each_line_of_numbers_comes_to_what_it_states(case: tuple[Settings, int]) -> None:
    settings, features = case
    checked = 0
    for step in (1, 2, 8):
        seen = inside(settings, features, step)
        for parameter in (0, seen.curve.count() - 1):
            checked += sum(check(line) for part in lines(seen, parameter).values() for line in part if line)
    assert checked >= 12


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", list(everything()), ids=lambda case: f"{case[0].optimizer}-{case[0].loss}")
def test_the_last_line_ends_where_the_parameter_is_after_the_step(case: tuple[Settings, int]) -> None:
    settings, features = case
    for step in (1, 2, 9):
        seen = inside(replace(settings, **DOUBLE), features, step)
        assert seen.after is not None
        names, after = parameter_names(seen.curve), np.concatenate([array.ravel() for array in seen.after])
        for parameter in (0, len(after) - 1):
            ends = [
                line
                for line in lines(seen, parameter)["step"]
                if line and said(line).startswith(names[parameter])
            ]
            assert stated(ends[0]) == pytest.approx(float(after[parameter]), rel=SHOWN)


def test_a_line_keeps_the_structure_of_its_formula() -> None:
    rule = parse("m = beta1 * m_ + (1 - beta1) * g")
    values = {"beta1": np.float64(0.9), "m_": 0.0123, "g": -2.31, "m": -0.21993}
    assert said(with_numbers(rule, values, "m")) == "m = 0.9 · 0.01230 + 0.1 · (−2.310) ≈ −0.2199"
    assert text(rule) == "m = β₁ · mₜ₋₁ + (1 − β₁) · g"


def test_a_small_step_is_written_with_as_many_digits_as_it_takes_to_see_it() -> None:
    line = lines(inside(Settings(optimizer="sgd", learning_rate=1e-6)))["step"][-1]
    parts = SIGNS.split(said(line))
    before, after = parts[1].split(" ")[0], parts[-1]
    assert before != after
    assert len(after) < 12


def test_what_a_person_has_set_is_written_as_it_was_set() -> None:
    shown = [exact(value) for value in (0.9, 24.0, 1e-8, -0.5, 0.9999999, 1 - 0.9, 1 / 3, math.inf)]
    assert shown == ["0.9", "24", "1×10⁻⁸", "−0.5", "0.9999999", "0.1", "0.3333", "∞"]


def test_spans_have_the_roles_of_what_they_say() -> None:
    line = lines(inside(Settings()))["forward"][0]
    assert line is not None
    assert [span.role for span in line if span.role] == ["model", "model", "data", "model", "model"]
    assert {
        span.role for part in lines(inside(Settings())).values() for each in part for span in each or ()
    } <= {
        *ROLES,
        "",
    }


@pytest.mark.parametrize("done", range(len(PHASES) + 1))
def test_a_phase_that_is_not_done_has_no_numbers_yet(done: int) -> None:
    found = lines(inside(Settings(), done=done))
    for place, phase in enumerate(PHASES):
        assert any(found[phase]) == (place < done)


def test_emptying_says_what_was_there() -> None:
    first, later = (inside(Settings(**DOUBLE), step=step) for step in (1, 2))
    assert said(lines(first)["zero_grad"][0]) == "∂L/∂w: none yet"
    before = inside(Settings(**DOUBLE), step=1).gradient
    assert before is not None
    assert said(lines(later)["zero_grad"][0]) == f"∂L/∂w: {significant(float(before[0][0, 0]))} → None"


def test_a_gradient_line_is_shown_for_its_own_parameter_alone() -> None:
    seen = inside(Settings(model="mlp", options=SMALL))
    for parameter, name in enumerate(parameter_names(seen.curve)):
        slopes = [
            said(line) for line in lines(seen, parameter)["backward"] if line and "∂L/∂ŷ" not in said(line)
        ]
        assert [line for line in slopes if line.startswith("∂")] == [
            line for line in slopes if line.startswith(f"∂L/∂{name} =")
        ]


@pytest.mark.one_in(6)
@pytest.mark.parametrize("case", list(everything()), ids=lambda case: f"{case[0].optimizer}-{case[0].loss}")
def test_numbers_beyond_all_numbers_break_nothing(case: tuple[Settings, int]) -> None:
    seen = inside(*case)
    for worst in (math.inf, -math.inf, math.nan, 1e308):

        def bad(arrays: tuple[np.ndarray, ...] | None, worst: float = worst) -> tuple[np.ndarray, ...]:
            return tuple(np.full_like(array, worst) for array in arrays or ())

        spoilt = seen._replace(
            before=bad(seen.before),
            after=bad(seen.after),
            gradient=bad(seen.gradient),
            prediction=np.full(len(seen.targets), worst),
            loss=worst,
            objective=worst,
            unclipped=worst,
            state_before=tuple(dict.fromkeys(state, worst) for state in seen.state_before),
        )
        assert all(said(line) for part in lines(spoilt).values() for line in part if line)


# --- what is off -----------------------------------------------------------------------------------------


def latexes(settings: Settings, features: int = 1) -> dict[str, str]:
    return {
        block.phase: " ".join(formula.latex for formula in block.formulas)
        for block in formulas(settings, features)
    }


@pytest.mark.parametrize(
    ("on", "phase", "trace"),
    [
        ({"l1": 0.1}, "loss", r"\lambda_1"),
        ({"l1": 0.1}, "backward", r"\lambda_1"),
        ({"clip_norm": 1.0}, "backward", r"g_{\max}"),
        ({"optimizer": "adam", "options": {"adam.weight_decay": 0.1}}, "step", r"\lambda"),
        ({"optimizer": "adam", "options": {"adam.amsgrad": True}}, "step", r"v^{\max}"),
        ({"optimizer": "adam", "options": {"adam.eps": 1.0}}, "step", r"\varepsilon"),
    ],
    ids=str,
)
def test_a_switch_is_seen_in_its_phase_and_leaves_no_trace_when_it_is_off(
    on: dict[str, object], phase: str, trace: str
) -> None:
    off = Settings(options={"adam.eps": 0.0})
    assert trace not in latexes(off)[phase]
    assert trace in latexes(replace(off, **on))[phase]  # type: ignore[arg-type]


def test_what_the_sources_are_depends_on_what_is_on() -> None:
    def sources(settings: Settings, phase: str) -> tuple[str, ...]:
        return next(block.sources for block in formulas(settings) if block.phase == phase)

    assert sources(Settings(optimizer="sgd"), "step") == ("torch.optim.SGD",)
    nesterov = Settings(optimizer="sgd", options={"sgd.momentum": 0.9, "sgd.nesterov": True})
    assert "Sutskever et al. 2013" in sources(nesterov, "step")
    assert "Reddi et al. 2018" in sources(Settings(options={"adam.amsgrad": True}), "step")
    assert "Pascanu, Mikolov & Bengio 2013" not in sources(Settings(), "backward")
    for key in OPTIMIZERS:
        assert sources(Settings(optimizer=key), "step")[0] == OPTIMIZERS[key].runs


def test_standardised_training_says_so() -> None:
    for of_data, words in ((False, "as trained"), (True, "units of the data")):
        notes = [block.notes for block in formulas(Settings(standardise=True), of_data=of_data)]
        assert all(words in note for note in notes)
    assert not any("as trained" in block.notes for block in formulas(Settings(), of_data=True))


def test_where_an_optimizer_begins_is_said() -> None:
    def told(settings: Settings) -> str:
        return formulas(settings)[-1].notes

    assert "G begins" not in told(Settings(optimizer="adagrad"))
    begun = Settings(optimizer="adagrad", options={"adagrad.initial_accumulator_value": 0.2})
    assert "G begins at 0.2." in told(begun)
    assert "iterations" in told(Settings(optimizer="lbfgs"))
    assert "iterations" not in told(Settings())


def legend(block: Block) -> dict[str, str]:
    """The meaning of each symbol of a block, without the numbers beside some."""
    return {symbol.partition(" = ")[0]: words for symbol, words in block.legend}


def test_every_symbol_of_a_block_is_explained() -> None:
    for settings, features in everything():
        for block in formulas(settings, features):
            assert block.legend
            assert all(symbol and words for symbol, words in block.legend)
            whole = "J" if settings.l1 else "L"
            assert {"zero_grad": f"∂{whole}/∂θ", "loss": "n", "backward": "L"}.get(
                block.phase, "θ" if block.phase == "step" else "ŷ"
            ) in legend(block)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("case", list(everything()), ids=lambda case: f"{case[0].optimizer}-{case[0].loss}")
def test_within_a_block_each_letter_means_one_thing(case: tuple[Settings, int]) -> None:
    settings, features = case
    for model in MODELS:
        for more in (
            {},
            {"l1": 0.1, "clip_norm": 1.0},
            *({"loss": loss, "l1": 0.1, "clip_norm": 1.0} for loss in LOSSES),
        ):
            chosen = replace(settings, model=model, **more)
            for block in formulas(chosen, 1 if model == "polynomial" else features):
                meanings: dict[str, set[str]] = {}
                for rule in phase_rules(chosen, 1 if model == "polynomial" else features, block.phase):
                    for name in symbols(rule):
                        letter, words = meaning(name, chosen.optimizer)
                        meanings.setdefault(letter, set()).add(words)
                assert {letter: found for letter, found in meanings.items() if len(found) > 1} == {}
                if meanings:
                    assert legend(block) == {letter: words for letter, (words,) in meanings.items()}


def test_clipping_tells_the_whole_gradient_from_what_the_optimizer_takes() -> None:
    for penalty, whole in ((0.0, "L"), (0.1, "J")):
        block = formulas(Settings(clip_norm=1.0, l1=penalty))[3]
        assert [formula.text for formula in block.formulas[-3:]] == [
            f"‖∇{whole}‖ = √(Σ (∂{whole}/∂θ)²)",
            f"c = min(1, gₘₐₓ / (‖∇{whole}‖ + 1×10⁻⁶))",
            f"g = c · ∂{whole}/∂θ",
        ]


def test_a_legend_has_the_numbers_that_a_person_has_set() -> None:
    found = dict(formulas(Settings(options={"adam.beta1": 0.8}, clip_norm=2.5))[4].legend)
    assert found["β₁ = 0.8"]
    assert found["ε = 1×10⁻⁸"]
    assert found["γ"]  # the learning rate changes while training runs
    huber = Settings(loss="huber", options={"huber.delta": 1.25})
    assert "δ = 1.25" in dict(formulas(huber)[2].legend)
    assert "δ" in dict(formulas(replace(huber, standardise=True))[2].legend)  # there it is another number


@pytest.mark.parametrize(
    ("model", "parameter", "factor"), [("line", 0, "x"), ("polynomial", 2, "x³"), ("line", 1, "1")]
)
def test_a_gradient_shows_the_first_term_of_its_sum(model: str, parameter: int, factor: str) -> None:
    seen = inside(Settings(model=model, **DOUBLE))
    found = [line for line in lines(seen, parameter)["backward"] if line][-1]
    first, _plus, rest = SIGNS.split(said(found))[1].partition(" + ")
    assert rest == "… (24 terms)"
    assert seen.prediction is not None
    x = float(seen.inputs[0, 0])
    term = 2 / 24 * (seen.prediction[0] - seen.targets[0]) * {"x": x, "x³": x**3, "1": 1.0}[factor]
    code, numbers = read(first)
    assert eval(code, {"v": [number(each) for each in numbers]}) == pytest.approx(term, rel=2e-3)


def test_the_gradient_of_one_point_alone_is_its_only_term() -> None:
    trainer = Trainer(Points(np.array([2.0]), np.array([-1.0])), Settings())
    made = SlowStep(trainer.fit, 1, 1)
    made.finish()
    assert "…" not in said(lines(made.inside)["backward"][1])
    assert check(lines(made.inside)["backward"][1])


def test_lbfgs_says_whose_gradient_it_shows() -> None:
    seen = inside(Settings(optimizer="lbfgs", **DOUBLE), step=1)
    assert seen.gradient is not None
    shown = [line for line in lines(seen)["backward"] if line][-1]
    assert stated(shown) == number(significant(float(seen.gradient[0][0, 0])))
    last = next(view.grad for view in seen.views[-1] if view.role == "parameter")
    assert last is not None
    assert float(last[0, 0]) != pytest.approx(seen.gradient[0][0, 0], rel=0.05)  # so that it must be said
    assert ".grad is then that of its last look" in formulas(seen.settings)[3].notes
    assert "last look" not in formulas(Settings())[3].notes


# --- the LaTeX -------------------------------------------------------------------------------------------


def all_formulas() -> list[Formula]:
    found = {
        formula.latex: formula
        for settings, features in everything()
        for block in formulas(settings, features)
        for formula in block.formulas
    }
    return list(found.values())


def test_every_formula_is_typeset_balanced_and_coloured() -> None:
    colours = inks(Theme())
    wanted = [in_colours(formula.latex, colours) for formula in all_formulas()]
    assert len(wanted) > 60
    pictures = typeset(wanted, 17.0, "#000000")
    for latex_text in wanted:
        assert latex_text.count("{") == latex_text.count("}")
        assert latex_text.count(r"\left") == latex_text.count(r"\right") + latex_text.count(r"\leftarrow")
        picture = pictures[latex_text].decode()
        assert picture.startswith("<svg")
        assert "<symbol" not in picture  # which Qt draws cut off
        for colour in re.findall(r"textcolor\{(#\w+)\}", latex_text):
            assert colour in picture


def test_formulas_without_colours_are_latex_that_any_text_can_take() -> None:
    for formula in all_formulas():
        assert "textcolor" not in without_colours(formula.latex)
        assert without_colours(formula.latex).count("{") == without_colours(formula.latex).count("}")


def test_the_update_of_adam_reads_as_in_the_paper() -> None:
    last = formulas(Settings())[-1].formulas
    assert [without_colours(formula.latex) for formula in last[:1]] == [
        r"m_{t} = \beta_1 \, {m_{t-1}} + \left(1 - \beta_1\right) \, {g_{t}}"
    ]
    assert last[-1].text == "θ = θₜ₋₁ − γ · m′ / (√v′ + ε)"


def test_brackets_stand_where_they_are_needed() -> None:
    assert (
        latex(parse("c = (m + v) * (m - v)"))
        == r"c = \left(m_{t} + v_{t}\right) \, \left(m_{t} - v_{t}\right)"
    )
    assert text(parse("c = m - (v - u)")) == "c = m − (v − u)"
    assert text(parse("c = m / (v * u)")) == "c = m / (v · u)"
    assert text(parse("c = (m * v) ** 2")) == "c = (m · v)²"
    assert text(parse("c = m ** (t * n)")) == "c = m^(t · n)"


def test_the_formulas_can_be_had_without_torch() -> None:
    code = "import sys; import core.insight.formulas; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_model_loss_and_optimizer_of_the_tables_has_its_formulas() -> None:
    for table, field in ((MODELS, "model"), (LOSSES, "loss"), (OPTIMIZERS, "optimizer")):
        for key in table:
            blocks: tuple[Block, ...] = formulas(Settings(**{field: key}))
            assert [block.phase for block in blocks] == list(PHASES)
            assert all(
                block.formulas and block.words and block.sources for block in blocks if block.phase != "loss"
            )
