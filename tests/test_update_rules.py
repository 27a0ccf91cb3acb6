"""The update rules as formulas: in float64, step by step, they are what torch.optim does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.choices import OPTIMIZERS
from core.choices.named import named
from core.experiment import Settings
from core.insight.formulas.evaluation import evaluate, evaluate_all
from core.insight.formulas.expression import Rule, names, parse
from core.insight.formulas.updates import (
    BACKWARD_LOOP,
    FORWARD_LOOP,
    KEPT,
    PAIR,
    TURN,
    beginning,
    update_rules,
)

STEPS = 40
FIRST_ORDER = [key for key in OPTIMIZERS if key != "lbfgs"]
CLOSE = {"rtol": 1e-11, "atol": 1e-13}

# Numbers of each kind of hyper-parameter, 0 among them.
shares = st.sampled_from([0.0, 0.3, 0.9, 0.99])
NUMBERS: Mapping[str, st.SearchStrategy[float]] = {
    "momentum": st.sampled_from([0.0, 0.5, 0.9, 1.0]),
    "dampening": shares,
    "weight_decay": st.sampled_from([0.0, 0.01, 0.3]),
    "beta1": shares,
    "beta2": st.sampled_from([0.0, 0.5, 0.9, 0.999]),
    "eps": st.sampled_from([1e-8, 1e-3]),
    "momentum_decay": st.sampled_from([0.0, 0.004, 0.5]),
    "lr_decay": st.sampled_from([0.0, 0.1]),
    "initial_accumulator_value": st.sampled_from([0.0, 0.2]),
    "rho": shares,
    "alpha": shares,
    "eta_minus": st.sampled_from([0.2, 0.5]),
    "eta_plus": st.sampled_from([1.2, 2.0]),
    "step_min": st.sampled_from([0.0, 1e-6, 0.01]),
    "step_max": st.sampled_from([0.02, 50.0]),
    "lambd": st.sampled_from([0.0, 1e-4, 0.1]),
    "t0": st.sampled_from([0.0, 3.0, 1e6]),
}


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    """Steps and products of momenta are kept in torch's default precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@st.composite
def optimizers(draw: st.DrawFn) -> Settings:
    """Any optimizer of the table with any of its switches and numbers."""
    row = OPTIMIZERS[draw(st.sampled_from(FIRST_ORDER))]
    drawn = {p.key: draw(st.booleans() if p.kind is bool else NUMBERS[p.key]) for p in row.parameters}
    if drawn.get("nesterov"):
        drawn |= {"dampening": 0.0, "momentum": drawn["momentum"] or 0.9}
    if drawn.get("centered"):  # at 0 the variance is 0, and torch takes the root of its rounding
        drawn["alpha"] = drawn["alpha"] or 0.5
    return chosen(row.key, drawn, draw(st.sampled_from([0.5, 0.03, 0.001])))


def chosen(key: str, values: Mapping[str, Any], rate: float = 0.03) -> Settings:
    options = {f"{key}.{name}": value for name, value in values.items()}
    return Settings(optimizer=key, learning_rate=rate, options=options)


def torch_optimizer(settings: Settings, parameter: torch.nn.Parameter) -> torch.optim.Optimizer:
    row = settings.row("optimizer")
    made: torch.optim.Optimizer = named(row.runs)(
        [parameter], lr=settings.learning_rate, **row.arguments(settings.values("optimizer"))
    )
    return made


def kept(settings: Settings, state: Mapping[str, Any], rate: float) -> dict[str, Any]:
    """What torch has kept, by the names of the rules, as it is before a step."""
    found = {
        name: torch.as_tensor(state[key]).double().numpy()
        for key, name in KEPT[settings.optimizer].items()
        if state.get(key) is not None
    }
    return {f"{name}_": value for name, value in {**beginning(settings, rate), **found}.items()}


def compare_with_torch(settings: Settings, steps: int = STEPS) -> set[str]:
    """Every step of torch's against the rules; returns the names of all that the rules used."""
    random = np.random.default_rng(len(str(settings)))
    parameter = torch.nn.Parameter(torch.tensor(random.normal(size=6)))
    optimizer, rules = torch_optimizer(settings, parameter), update_rules(settings)
    values = {
        name: np.float64(value)
        for name, value in settings.values("optimizer").items()
        if isinstance(value, int | float)
    }
    for step in range(1, steps + 1):
        rate = settings.learning_rate * (0.5 if step > steps / 2 else 1)
        optimizer.param_groups[0]["lr"] = rate
        gradient = random.normal(size=6) * random.choice([1e-3, 1, 30]) * (random.random(6) < 0.9)
        before = parameter.detach().numpy().copy()
        now = {"g": gradient, "theta_": before, "lr": np.float64(rate), "t": np.float64(step)}
        found = evaluate_all(
            rules, {**values, **kept(settings, optimizer.state.get(parameter, {}), rate), **now}
        )
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        np.testing.assert_allclose(found["theta"], parameter.detach().numpy(), **CLOSE)
        state = optimizer.state[parameter]
        for key, name in KEPT[settings.optimizer].items():
            if name in found and state.get(key) is not None:
                np.testing.assert_allclose(found[name], torch.as_tensor(state[key]).numpy(), **CLOSE)
    return {name for rule in rules for name in (rule.target, *names(rule.value))}


@hypothesis_settings(max_examples=150)
@given(optimizers())
def test_every_optimizer_steps_as_torch_does_whatever_its_hyper_parameters(settings: Settings) -> None:
    compare_with_torch(settings)


@pytest.mark.parametrize("key", FIRST_ORDER)
def test_with_the_numbers_that_pytorch_has_by_default_too(key: str) -> None:
    compare_with_torch(Settings(optimizer=key, learning_rate=OPTIMIZERS[key].learning_rate))


SWITCHED = [
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "dampening": 0.5}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    *[
        ("adam", {"weight_decay": 0.1, "decoupled_weight_decay": d, "amsgrad": a})
        for d in (0, 1)
        for a in (0, 1)
    ],
    *[("adamw", {"amsgrad": a}) for a in (0, 1)],
    *[("nadam", {"weight_decay": 0.1, "decoupled_weight_decay": d}) for d in (0, 1)],
    *[("radam", {"weight_decay": 0.1, "decoupled_weight_decay": d}) for d in (0, 1)],
    *[("rmsprop", {"momentum": m, "centered": c}) for m in (0, 0.9) for c in (0, 1)],
    ("adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("asgd", {"t0": 5.0, "lambd": 0.01}),
]


@pytest.mark.parametrize(("key", "values"), SWITCHED, ids=str)
def test_each_switch_on_and_off(key: str, values: dict[str, Any]) -> None:
    switches = {"nesterov", "decoupled_weight_decay", "amsgrad", "centered"}
    compare_with_torch(chosen(key, {k: bool(v) if k in switches else v for k, v in values.items()}))


def test_radam_takes_its_plain_branch_first_and_the_other_one_later() -> None:
    rules = {rule.target: rule for rule in update_rules(Settings(optimizer="radam"))}
    values = {"beta2": np.float64(0.999), "v": 1.0, "eps": 1e-8}
    taken = []
    for step in range(1, 9):
        found = evaluate_all((rules["rho_inf"], rules["rho_t"]), {**values, "t": np.float64(step)})
        taken.append(float(evaluate(rules["rect"].value, found)) != 1.0)
    assert taken == [False] * 5 + [True] * 3  # as torch: above 5 from the sixth step on
    compare_with_torch(Settings(optimizer="radam"), 12)


def test_rprop_meets_every_sign() -> None:
    factor = next(rule for rule in update_rules(Settings(optimizer="rprop")) if rule.target == "factor")
    values = {"eta_plus": 1.2, "eta_minus": 0.5}
    met = [evaluate(factor.value, {**values, "turn": turn}) for turn in (2.0, -2.0, 0.0)]
    assert met == [1.2, 0.5, 1.0]
    compare_with_torch(Settings(optimizer="rprop"), 60)


# --- hyper-parameters that are off -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "option", "value", "used"),
    [
        ("sgd", "momentum", 0.9, {"momentum", "buffer"}),
        ("sgd", "weight_decay", 0.1, {"weight_decay", "decayed"}),
        ("adam", "weight_decay", 0.1, {"weight_decay", "decayed"}),
        ("adam", "amsgrad", True, {"vmax", "vmax_"}),
        ("adagrad", "lr_decay", 0.1, {"lr_decay", "slow"}),
        ("rmsprop", "centered", True, {"mean_g"}),
        ("rmsprop", "momentum", 0.5, {"buffer"}),
        ("nadam", "weight_decay", 0.1, {"weight_decay"}),
        ("radam", "weight_decay", 0.1, {"weight_decay"}),
        ("asgd", "weight_decay", 0.1, {"weight_decay"}),
    ],
)
def test_what_is_off_leaves_no_trace(key: str, option: str, value: Any, used: set[str]) -> None:
    def all_names(settings: Settings) -> set[str]:
        return {n for rule in update_rules(settings) for n in (rule.target, *names(rule.value))}

    off = Settings(optimizer=key)
    assert not used & all_names(off)
    assert used <= all_names(off.with_option(f"{key}.{option}", value))


def test_adam_without_its_first_mean_has_no_trace_of_it() -> None:
    used = compare_with_torch(chosen("adam", {"beta1": 0.0}))
    assert not used & {"beta1", "m", "m_", "mhat"}


def test_momentum_that_begins_whole_shows_its_two_cases() -> None:
    used = compare_with_torch(chosen("sgd", {"momentum": 0.9, "dampening": 0.5}))
    assert "t" in used


# --- LBFGS -----------------------------------------------------------------------------------------------


def rules_of(lines: tuple[str, ...]) -> list[Rule]:
    return [parse(line) for line in lines]


def direction(gradient: np.ndarray, memory: list[dict[str, Any]]) -> np.ndarray:
    """The two-loop recursion, by the rules that are shown."""
    if not memory:
        return -gradient
    q, shares = -gradient, []
    for pair in reversed(memory):
        found = evaluate_all(rules_of(BACKWARD_LOOP), {**pair, "q_": q})
        shares.append(found["part_of"])
        q = found["q"]
    found = evaluate_all(rules_of(TURN), {**memory[-1], "q": q})["direction"]
    for pair, share in zip(memory, reversed(shares), strict=True):
        found = evaluate_all(rules_of(FORWARD_LOOP), {**pair, "part_of": share, "direction_": found})[
            "direction"
        ]
    return np.asarray(found)


def test_lbfgs_with_one_iteration_a_step_goes_where_torch_goes() -> None:
    """With one iteration a step and no line search every step is one turn of the recursion.

    What goes on inside a step of several iterations is the same recursion; that torch leaves out a pair whose
    curvature is not above 1e-10, its stopping rules and its line search are not written as formulas.
    """
    random = np.random.default_rng(3)
    a = random.normal(size=(8, 5))
    bowl, centre = torch.tensor(a.T @ a / 8), torch.tensor(random.normal(size=5))
    settings = chosen("lbfgs", {"max_iter": 1, "history_size": 4}, 0.3)
    rules = {rule.target: rule for rule in update_rules(settings)}
    parameter = torch.nn.Parameter(torch.tensor(random.normal(size=5)))
    optimizer = torch_optimizer(settings, parameter)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        off = parameter - centre
        loss = off @ bowl @ off / 2
        loss.backward()
        return loss

    memory: list[dict[str, Any]] = []
    last: dict[str, Any] = {}
    for step in range(1, 13):
        before = parameter.detach().numpy().copy()
        closure()
        assert parameter.grad is not None
        gradient = parameter.grad.numpy().copy()
        now: dict[str, Any] = {"grads": gradient, "iteration": step, "lr": 0.3, "theta_": before}
        if last:
            pair = evaluate_all(rules_of(PAIR), {**now, **last})
            memory = [*memory, {key: pair[key] for key in ("dg", "ds", "inverse")}][-4:]
        now["direction"] = direction(gradient, memory)
        now["length"] = evaluate(rules["length"].value, now)
        moved = evaluate(parse("theta = theta_ + length * direction").value, now)
        optimizer.step(closure)
        np.testing.assert_allclose(moved, parameter.detach().numpy(), rtol=1e-9, atol=1e-12)
        last = {"grads_": gradient, "length_": now["length"], "direction_": now["direction"]}


# --- the language ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "x = __import__('os')",
        "x = a.b",
        "x = a[0]",
        "x = open(a)",
        "x = max(a)",
        "x = max(a, b, key=c)",
        "x = lambda: 1",
        "x = 'text'",
        "x = a if b else c",
        "x = y = 1",
        "import os",
        "x = a < b < c",
        "x = [1]",
        "x.y = 1",
    ],
)
def test_nothing_outside_the_language_is_parsed(line: str) -> None:
    with pytest.raises(ValueError, match="not"):
        evaluate(parse(line).value, dict.fromkeys("abc", 1.0))
