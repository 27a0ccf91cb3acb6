"""Runs of any settings, each drawn from a seed, with any rule that ends them and any change on their way."""

from __future__ import annotations

import contextlib
import json
import math
import random
from dataclasses import replace

from core.choices import LOSSES, TABLES, Choice, Parameter
from core.experiment import Experiment, Points, Settings, Stretch, generate
from core.problem import Problem

FEW = generate("line", {"count": 11})
FAR = Points(1900 + 40 * FEW.x[:, 0], 5e4 + 3e3 * FEW.y)
SHORT = {  # schedules that change within a few steps
    "step": {"step_size": 2},
    "multi_step": {"milestone1": 1, "milestone2": 3, "milestone3": 4},
    "cosine": {"t_max": 3, "eta_min": 1e-3},
    "cosine_restarts": {"t_0": 2, "t_mult": 3},
    "warmup": {"total_iters": 4},
    "one_cycle": {"total_steps": 5, "pct_start": 0.5},
    "plateau": {"wait": 0, "threshold": 0.5},
}
BY_THEMSELVES = ("nesterov", "pct_start", "total_steps")  # what others must allow
LONGEST = 300  # steps
INFINITE = {"inf": math.inf, "nan": math.nan}  # as Python prints them, and JSON does not


def numbers_in(text: str) -> dict[str, object]:
    """What a program prints, by name."""
    rows = [row.split(" ", 1) for row in text.splitlines()]
    return {name: INFINITE.get(value) or json.loads(value) for name, value in rows if name != "Install"}


def options(row: Choice, **chosen: object) -> dict[str, object]:
    """Hyper-parameters of a row, as settings have them."""
    return {f"{row.key}.{key}": value for key, value in chosen.items()}


def otherwise(parameter: Parameter) -> object:
    """A value of the parameter that is not its default."""
    if parameter.kind is bool:
        return not parameter.default
    if parameter.kind is str:
        return next(word for word in reversed(parameter.words) if word != parameter.default)
    usual = parameter.default or 4
    assert isinstance(usual, int | float)
    for value in (usual * 0.7, usual * 1.3, 0.3):
        with contextlib.suppress(Problem):
            return parameter.check(int(value) if parameter.kind is int else value)
    raise AssertionError(parameter)


def random_run(seed: int) -> Experiment:
    """A run that was changed up to three times on its way."""
    draw = random.Random(seed)
    points, settings = draw.choice([FEW, FEW, FAR]), _settings(draw)
    earlier, step = [], 0
    for _change in range(seed % 4):
        step += draw.randrange(1, 90)
        earlier.append(Stretch(step, points, settings))
        points, settings = _changed(draw, points, settings)
    return Experiment(points, settings, tuple(earlier))


def _settings(draw: random.Random) -> Settings:
    rows = {name: draw.choice(list(table.values())) for name, table in TABLES.items()}
    chosen = options(rows["schedule"], **SHORT.get(rows["schedule"].key, {}))
    for row in rows.values():
        for parameter in row.parameters:
            if parameter.key not in BY_THEMSELVES and draw.random() < 0.3:
                chosen[f"{row.key}.{parameter.key}"] = otherwise(parameter)
    settings = Settings(
        **{name: row.key for name, row in rows.items()},
        learning_rate=draw.choice([0.001, 0.02, 0.1, 1.0]),
        clip_norm=draw.choice([None, None, 0.3]),
        l1=draw.choice([0.0, 0.0, 0.1]),
        batch_size=draw.choice([None, None, 2, 5]),
        validation=draw.choice([0.0, 0.25]),
        seed=draw.randrange(2**31),
        validation_seed=draw.randrange(9),
        start=draw.choice(["pytorch", "zeros"]),
        dtype=draw.choice(["float32", "float64"]),
        standardise=draw.choice([True, False]),
        options=chosen,
    )
    return _ended(draw, settings)


def _ended(draw: random.Random, settings: Settings) -> Settings:
    """The same settings with other rules that end the run."""
    epochs, steps = draw.choice([None, 40, 150]), draw.choice([None, 77, LONGEST])
    return replace(
        settings,
        epochs=epochs,
        steps=LONGEST if epochs is None else steps,
        loss_below=draw.choice([None, None, 0.05]),
        gradient_below=draw.choice([None, None, 0.05]),
        patience=draw.choice([None, 7, 30]),
    )


def _changed(draw: random.Random, points: Points, settings: Settings) -> tuple[Points, Settings]:
    """Something else of what may be changed while a run goes on."""
    what = draw.choice(["rate", "loss", "batch", "points", "validation", "l1", "clip", "end", "two"])
    if what == "end":
        return points, _ended(draw, settings)
    changes: dict[str, object] = {}
    if what in ("rate", "two"):
        changes["learning_rate"] = draw.choice([0.003, 0.05, 0.2])
    if what in ("loss", "two"):
        changes["loss"] = draw.choice(list(LOSSES))
    if what == "batch":
        changes["batch_size"] = draw.choice([None, 3, 4, 99])
    if what == "validation":
        changes |= {"validation": draw.choice([0.0, 0.2, 0.4]), "validation_seed": draw.randrange(5)}
    if what == "l1":
        changes["l1"] = draw.choice([0.0, 0.05])
    if what == "clip":
        changes["clip_norm"] = draw.choice([None, 0.5])
    if what in ("points", "two"):
        more = points.added(points.x[:3] + 0.05, points.y[:3])
        points = draw.choice([points.moved([0, 3], 0.1, 0.4), more])
    return points, replace(settings, **changes)  # type: ignore[arg-type]
