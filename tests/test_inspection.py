"""The inside of a step against programs of a PyTorch lesson: gradient, step, and the optimizer's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.choices import OPTIMIZERS
from core.experiment import Experiment, Points, Settings
from core.experiment.file import dumps, loads
from core.experiment.split import OF_THE_SPLIT
from core.training import Snapshot, Trainer
from core.training.inspection import Inspection

X = np.random.default_rng(5).uniform(-1.0, 3.0, 30)
POINTS = Points(X, 1.5 * X - 0.7 + 0.4 * np.sin(9.0 * X))
ENDLESS = Settings(epochs=None, dtype="float64", learning_rate=0.01)
SEED = 3
STEPS = 8
QUICKER = {"lbfgs.max_iter": 3}  # else its steps take as long as twenty others

# What PyTorch's documentation says that each optimizer keeps for every parameter.
STATES: dict[str, set[str]] = {
    "sgd": set(),
    "adam": {"exp_avg", "exp_avg_sq"},
    "adamw": {"exp_avg", "exp_avg_sq"},
    "nadam": {"exp_avg", "exp_avg_sq"},
    "radam": {"exp_avg", "exp_avg_sq"},
    "adamax": {"exp_avg", "exp_inf"},
    "adagrad": {"sum"},
    "adadelta": {"square_avg", "acc_delta"},
    "rmsprop": {"square_avg"},
    "rprop": {"prev", "step_size"},
    "asgd": {"ax"},
    "lbfgs": set(),
}
CLASSES: dict[str, Any] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "adamax": torch.optim.Adamax,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "rmsprop": torch.optim.RMSprop,
    "rprop": torch.optim.Rprop,
    "asgd": torch.optim.ASGD,
    "lbfgs": torch.optim.LBFGS,
}


class Program:
    """A training program as a lesson has it."""

    def __init__(self, settings: Settings, **arguments: object) -> None:
        torch.manual_seed(settings.seed)
        dtype = getattr(torch, settings.dtype)
        sizes = [(1, 1)] if settings.model == "line" else [(1, 16), (16, 1)]
        layers = [nn.Linear(*size).to(dtype) for size in sizes]
        self.model = nn.Sequential(layers[0], *([nn.Tanh(), layers[1]] if layers[1:] else []))
        self.weights = [layer.weight for layer in self.model.modules() if isinstance(layer, nn.Linear)]
        self.optimizer = CLASSES[settings.optimizer](
            self.model.parameters(), lr=settings.learning_rate, **arguments
        )
        self.settings = settings
        self.x = torch.tensor(POINTS.x, dtype=dtype)
        self.y = torch.tensor(POINTS.y, dtype=dtype).unsqueeze(1)
        self.before = self.numbers()

    def step(self) -> None:
        """One update on all points."""
        self.before = self.numbers()

        def closure() -> Tensor:
            self.optimizer.zero_grad()
            loss = nn.functional.mse_loss(self.model(self.x), self.y)
            if self.settings.l1:
                loss = loss + self.settings.l1 * sum(weight.abs().sum() for weight in self.weights)
            loss.backward()
            if self.settings.clip_norm is not None:
                nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
            return loss

        self.optimizer.step(closure)

    def numbers(self) -> list[float]:
        """Every parameter."""
        return in_a_row(self.model.parameters())

    def gradient(self) -> list[float]:
        """What .grad says."""
        return in_a_row(parameter.grad for parameter in self.model.parameters())

    def state(self, name: str) -> list[float]:
        """What optimizer.state says."""
        return in_a_row(self.optimizer.state[parameter][name] for parameter in self.model.parameters())


def in_a_row(tensors: Any) -> list[float]:
    return [float(number) for tensor in tensors for number in tensor.detach().ravel()]


def numbers_of(snapshot: Snapshot) -> np.ndarray:
    return np.array([float(number) for array in snapshot.arrays for number in array.ravel()])


def step_both(settings: Settings, **arguments: object) -> tuple[Trainer, Program]:
    """The trainer and the program after the same steps."""
    trainer, program = Trainer(POINTS, settings), Program(settings, **arguments)
    for _step in range(STEPS):
        trainer.step()
        program.step()
    return trainer, program


def bits(found: Inspection) -> tuple[object, ...]:
    """Everything that is in it, to the last bit."""
    parts = [numbers_of(found.snapshot), numbers_of(found.before), found.gradient, found.step]
    state = {name: value.tobytes() for name, value in found.state.items()}
    return found.snapshot.step, found.before.step, [part.tobytes() for part in parts], state


def run(trainer: Trainer, steps: int) -> list[tuple[object, ...]]:
    """What is inside each of the next steps, whatever the rules say."""
    found = []
    for _step in range(steps):
        trainer.go_on()
        trainer.step()
        found.append(bits(trainer.inspect()))
    return found


# --- the same numbers as a PyTorch program ------------------------------------------------------------------


@pytest.mark.one_in(6)
@pytest.mark.parametrize("model", ["line", "mlp"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("more", [{}, {"l1": 0.1}, {"clip_norm": 0.2, "l1": 0.3}], ids=str)
def test_gradient_step_and_state_are_those_of_a_program(
    model: str, optimizer: str, more: dict[str, Any]
) -> None:
    settings = replace(ENDLESS, model=model, optimizer=optimizer, seed=SEED, options=QUICKER, **more)
    trainer, program = step_both(settings, **({"max_iter": 3} if optimizer == "lbfgs" else {}))
    found = trainer.inspect()
    assert found.snapshot is trainer.latest
    assert found.before.step == STEPS - 1
    assert found.gradient.tolist() == program.gradient()
    assert found.step.tolist() == np.subtract(program.numbers(), program.before).tolist()
    assert set(found.state) == STATES[optimizer]
    for name, values in found.state.items():
        assert values.tolist() == program.state(name)
    if "clip_norm" in more:
        assert np.linalg.norm(found.gradient) <= more["clip_norm"] * (1 + 1e-9)


def test_no_optimizer_is_left_out_here() -> None:
    assert set(STATES) == set(CLASSES) == set(OPTIMIZERS)


@pytest.mark.parametrize(
    ("optimizer", "options", "arguments", "names"),
    [
        ("sgd", {"momentum": 0.9}, {"momentum": 0.9}, {"momentum_buffer"}),
        (
            "sgd",
            {"momentum": 0.9, "nesterov": True},
            {"momentum": 0.9, "nesterov": True},
            {"momentum_buffer"},
        ),
        ("adam", {"amsgrad": True}, {"amsgrad": True}, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}),
        (
            "rmsprop",
            {"momentum": 0.5, "centered": True},
            {"momentum": 0.5, "centered": True},
            {"square_avg", "momentum_buffer", "grad_avg"},
        ),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_chosen_adds_to_the_state(
    optimizer: str, options: Mapping[str, Any], arguments: dict[str, Any], names: set[str], dtype: str
) -> None:
    keyed = {f"{optimizer}.{key}": value for key, value in options.items()}
    settings = replace(ENDLESS, optimizer=optimizer, options=keyed, dtype=dtype, seed=SEED)
    trainer, program = step_both(settings, **arguments)
    state = trainer.inspect().state
    assert set(state) == names
    for name, values in state.items():
        assert values.dtype == np.float64
        assert values.tolist() == program.state(name)


def test_of_a_mini_batch_it_is_the_gradient_of_that_batch() -> None:
    trainer = Trainer(POINTS, replace(ENDLESS, optimizer="sgd", batch_size=7, seed=SEED))
    for step in range(1, 9):
        before, epoch = trainer.latest, (step - 1) // 5
        generator = torch.Generator().manual_seed(SEED * 1_000_003 + epoch)
        order = torch.randperm(30, generator=generator).numpy()
        rows = order[(step - 1) % 5 * 7 :][:7]
        w, b = numbers_of(before)
        residual = w * X[rows] + b - POINTS.y[rows]
        trainer.step()
        expected = [2 * np.mean(residual * X[rows]), 2 * np.mean(residual)]
        assert trainer.inspect().gradient == pytest.approx(expected, rel=1e-12)
        assert trainer.inspect().step == pytest.approx(-0.01 * np.array(expected), rel=1e-9)


def test_before_the_first_step_it_is_the_gradient_of_all_training_points() -> None:
    settings = replace(ENDLESS, batch_size=4, validation=0.3, start="own", start_values=(0.5, -1.0))
    trainer = Trainer(POINTS, settings)
    draws = np.random.default_rng([OF_THE_SPLIT, 0]).random(30)
    kept = np.sort(np.argsort(draws, kind="stable")[9:])
    x, y = X[kept], POINTS.y[kept]
    residual = 0.5 * x - 1.0 - y
    found = trainer.inspect()
    assert found.gradient == pytest.approx([2 * np.mean(residual * x), 2 * np.mean(residual)], rel=1e-12)
    assert found.step.tolist() == [0.0, 0.0]
    assert found.before is found.snapshot is trainer.latest
    assert found.state == {}


# --- the same wherever one comes from -----------------------------------------------------------------------


CHOICES: list[Any] = [
    pytest.param({}, id="adam"),
    pytest.param({"optimizer": "sgd", "options": {"sgd.momentum": 0.9}, "batch_size": 7}, id="momentum"),
    pytest.param({"model": "mlp", "optimizer": "rmsprop", "dtype": "float32", "l1": 0.01}, id="network"),
    pytest.param({"optimizer": "adagrad", "clip_norm": 0.1, "validation": 0.2}, id="adagrad"),
    pytest.param({"optimizer": "lbfgs", "options": QUICKER}, id="lbfgs"),
]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("choices", CHOICES)
def test_a_step_that_is_gone_to_looks_as_when_it_was_made(choices: dict[str, Any]) -> None:
    trainer = Trainer(POINTS, replace(ENDLESS, **choices))
    known = [bits(trainer.inspect()), *run(trainer, 135)]
    for step in (60, 128, 129, 1, 0, 135, 134, 128):
        trainer.go_to(step)
        assert bits(trainer.inspect()) == known[step]
    assert run(trainer, 5) == known[129:134]


def test_a_changed_run_looks_the_same_again_at_its_changes_and_in_a_branch() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = [bits(trainer.inspect()), *run(trainer, 10)]
    for settings in (replace(ENDLESS, loss="mae", batch_size=8), replace(ENDLESS, learning_rate=0.1)):
        trainer.change(settings=settings)
        known += run(trainer, 10)
    for step in (20, 21, 10, 11, 30, 9):
        trainer.go_to(step)
        assert bits(trainer.inspect()) == known[step]
    trainer.go_to(15)
    trainer.change(settings=replace(ENDLESS, loss="huber"))
    known = [*known[:16], *run(trainer, 8)]
    for step in (15, 16, 23, 22, 12):
        trainer.go_to(step)
        assert bits(trainer.inspect()) == known[step]


def test_a_recorded_run_looks_the_same_when_it_is_made_again() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = run(trainer, 10)
    trainer.change(settings=replace(ENDLESS, loss="mae"))
    known += run(trainer, 10)
    experiment = loads(dumps(Experiment(*trainer.wanted, trainer.earlier)))
    again = Trainer(experiment.points, experiment.settings, experiment.earlier)
    assert run(again, 20) == known


def test_a_change_before_the_first_step_is_before_it_too() -> None:
    settings = replace(ENDLESS, start="own", start_values=(2.0, 1.0), standardise=True)
    other = Points(X, 5.0 * X + 40.0)
    trainer, fresh = Trainer(POINTS, settings), Trainer(other, settings)
    trainer.change(other)
    trainer.step()
    fresh.step()
    assert bits(trainer.inspect()) == bits(fresh.inspect())


def test_behind_a_device_that_failed_the_step_looks_as_on_one_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer, sound = Trainer(POINTS, ENDLESS), Trainer(POINTS, ENDLESS)
    trainer.device = "cuda"  # as if; it fails at once
    run(trainer, 5)
    known = run(sound, 6)

    def fail() -> None:
        raise RuntimeError("the device is gone")

    monkeypatch.setattr(trainer.fit, "step", fail)
    assert run(trainer, 1) == known[5:]
    assert trainer.device == "cpu"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        ("sgd", {"sgd.momentum": 0.9}),
        ("adam", {"adam.weight_decay": 1e12, "adam.decoupled_weight_decay": True}),
        ("adamw", {"adamw.weight_decay": 1e12}),
    ],
)
def test_a_run_that_diverged_shows_its_last_good_step_as_it_was(
    optimizer: str, options: Mapping[str, Any], dtype: str
) -> None:
    settings = replace(ENDLESS, optimizer=optimizer, options=options, learning_rate=10.0, dtype=dtype)
    trainer = Trainer(POINTS, settings)
    known = []
    while trainer.stopped != "diverged":
        trainer.step()
        known.append(bits(trainer.inspect()))
    found = trainer.inspect()
    assert found.snapshot is trainer.tip
    assert np.isfinite(found.gradient).all()
    assert all(np.isfinite(values).all() for values in found.state.values())
    last = trainer.tip.step
    assert bits(found) == known[last - 1]
    trainer.go_to(last - 1)
    assert bits(trainer.inspect()) == known[last - 2]
    trainer.step()
    assert bits(trainer.inspect()) == known[last - 1]


# --- watching -----------------------------------------------------------------------------------------------


def test_a_watched_step_is_looked_into_once() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    assert trainer.inspected is None
    trainer.step()
    assert trainer.inspected is None
    trainer.watch()
    assert trainer.inspected is None
    trainer.step()
    found = trainer.inspected
    assert found is not None
    assert found.snapshot is trainer.latest
    assert bits(found) == bits(trainer.inspect())
    trainer.step()
    assert trainer.inspected is found
    assert found.snapshot.step == 2


def test_a_watched_step_of_the_past_is_looked_into_too() -> None:
    trainer = Trainer(POINTS, ENDLESS)
    known = run(trainer, 10)
    trainer.go_to(4)
    trainer.watch()
    trainer.step()
    assert trainer.inspected is not None
    assert bits(trainer.inspected) == known[4]


def test_what_was_looked_at_does_not_change_as_the_run_goes_on() -> None:
    trainer = Trainer(POINTS, replace(ENDLESS, optimizer="sgd", options={"sgd.momentum": 0.9}))
    run(trainer, 3)
    found = trainer.inspect()
    before = bits(found)
    run(trainer, 5)
    trainer.go_to(1)
    assert bits(found) == before


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_watched_run_has_the_bits_of_one_that_is_not(optimizer: str) -> None:
    choices = {"optimizer": optimizer, "options": QUICKER, "gradient_below": 1e-30}
    settings = replace(ENDLESS, batch_size=7, dtype="float32", **choices)
    watched, plain = Trainer(POINTS, settings), Trainer(POINTS, settings)
    watched.inspect()
    for step in range(30):
        if step % 3:
            watched.watch()
        one, other = watched.step(), plain.step()
        if step % 5 == 0:
            watched.inspect()
        assert (one.loss, one.step) == (other.loss, other.step)
        assert numbers_of(one).tolist() == numbers_of(other).tolist()
    assert watched.fit.state() == plain.fit.state()
