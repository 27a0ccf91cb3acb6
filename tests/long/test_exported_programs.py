"""What `export` writes and what `train` does, on the real command line, each in an interpreter of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.experiment import Settings, save_experiment
from tests.random_runs import numbers_in, random_run

ROOT = Path(__file__).parents[2]


def ran(*words: object, alone: bool = False) -> str:
    """What a fresh interpreter prints; any warning of a program `alone` is an error."""
    python = [sys.executable, *(["-I", "-W", "error"] if alone else [])]
    return subprocess.run(
        [*python, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def in_a_row(parameters: dict[str, object]) -> list[float]:
    return np.concatenate([np.ravel(value) for value in parameters.values()]).tolist()


@pytest.mark.parametrize("seed", range(24))
def test_the_program_prints_what_train_says(seed: int, tmp_path: Path) -> None:
    experiment = random_run(seed)
    kept, program = tmp_path / "a.fit.json", tmp_path / "a.py"
    save_experiment(experiment, kept)
    ran("main.py", "export", kept, program)
    report = json.loads(ran("main.py", "train", kept, "--json"))
    found = numbers_in(ran(program, alone=True))
    assert found["step"] == report["steps"]
    settings: Settings = experiment.settings
    if report["loss"] is not None:
        assert found["loss"] == report["loss"]
    if settings.model == "line":
        told = {"w": found["w"], "b": found["b"]} if settings.standardise else None
        mine = told or {name: found[f"layer.{name}"] for name in ("weight", "bias")}
        assert in_a_row(mine) == in_a_row(report["parameters"])
    elif not settings.standardise:
        mine = {name: value for name, value in found.items() if name.startswith("layer")}
        assert in_a_row(mine) == in_a_row(report["parameters"])
