"""The program of a run is the run: it ends at the same step, by any rule, and after any change on its way."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import main
from core.choices import SCHEDULES, STOP_RULES
from core.experiment import Experiment, Points, Settings, Stretch, save_experiment
from core.export import Program, program
from core.export.stopping import ENDED
from core.train_verb import WHY
from core.training import Trainer
from tests.random_runs import FAR, FEW, SHORT, numbers_in, options, random_run

NEVER = Settings(optimizer="sgd", learning_rate=0.05, epochs=None)
DRIVER = """
import contextlib, io, json, runpy, sys
found = []
for path in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(path, run_name="__main__")
    found.append(out.getvalue())
print(json.dumps(found))
"""


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """What a program changes for a whole process is put back."""
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    yield
    torch.set_num_threads(threads)
    torch.set_rng_state(state)


def printed(made: Program) -> dict[str, object]:
    """What a program prints, by name; it runs in names of its own."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(made.text(), "program.py", "exec"), {"__name__": "__main__"})
    return numbers_in(out.getvalue())


def ended(experiment: Experiment) -> Trainer:
    trainer = Trainer(experiment.points, experiment.settings, experiment.earlier)
    while trainer.stopped is None:
        trainer.step()
    return trainer


def agrees(experiment: Experiment) -> Trainer:
    """The program, that of the run before it and that of the run behind it, and the run print the same."""
    trainer = ended(experiment)
    told = {"points": experiment.points, "settings": experiment.settings, "earlier": experiment.earlier}
    ahead = program(**told)
    behind = program(**told, steps=trainer.latest.step, ended=trainer.stopped)
    for made in (ahead, behind):
        found = printed(made)
        arrays = [value for name, value in found.items() if name.startswith("layer")]
        assert arrays == [array.tolist() for array in trainer.latest.arrays]
        assert (found["step"], found["loss"]) == (trainer.latest.step, trainer.full_loss())
        assert found.get("validation_loss") == trainer.latest.validation_loss
    return trainer


@pytest.mark.one_in(8)
@pytest.mark.parametrize("seed", range(24))
def test_any_run_is_its_program(seed: int) -> None:
    agrees(random_run(seed))


# --- the rules ------------------------------------------------------------------------------------------

ROUGH = replace(NEVER, loss="mae", optimizer="adam", learning_rate=0.2)
ENDS = {
    "epochs": replace(NEVER, epochs=33, batch_size=4),
    "steps": replace(NEVER, steps=50, batch_size=4),
    "loss_below": replace(NEVER, loss_below=0.3, batch_size=4),
    "gradient_below": replace(NEVER, gradient_below=0.1, clip_norm=0.5),
    "patience": replace(ROUGH, patience=9),
    "early_stopping": replace(ROUGH, model="polynomial", validation=0.4, patience=40, standardise=True),
    "converged": replace(NEVER, standardise=True),
    "diverged": replace(NEVER, learning_rate=10.0),
}


@pytest.mark.parametrize("rule", ENDS)
def test_every_rule_ends_the_program_where_it_ends_the_run(rule: str) -> None:
    trainer = agrees(Experiment(FEW, ENDS[rule]))
    assert trainer.stopped == rule
    assert trainer.tip.step > 1


def test_no_rule_is_left_out_here() -> None:
    assert set(STOP_RULES) - {"seconds"} <= set(ENDS)
    assert set(ENDED) == set(WHY) - {"interrupted"}


LEVEL, UPRIGHT = Points([1.0, 2.0, 4.0], [3.0] * 3), Points([2.0] * 4, range(4))


@pytest.mark.one_in(2)
@pytest.mark.parametrize("points", [FEW, FAR, LEVEL, UPRIGHT])
@pytest.mark.parametrize("model", ["line", "polynomial"])
def test_where_a_run_has_converged_so_has_its_program(model: str, points: Points) -> None:
    settings = Settings(
        model,
        optimizer="sgd",
        learning_rate=0.1,
        epochs=3000,
        standardise=True,
        options={"polynomial.degree": 2},
    )
    assert agrees(Experiment(points, settings)).stopped == "converged"


def test_a_network_converges_with_its_program() -> None:
    few = Points([-1.0, 1.0], [-0.5, 0.5])
    settings = Settings("mlp", learning_rate=0.02, dtype="float64", options={"mlp.width": 2})
    assert agrees(Experiment(few, settings)).stopped == "converged"


def test_two_columns_of_which_one_stays_converge_alike() -> None:
    plane = Points(np.column_stack((FEW.x[:, 0], np.ones(len(FEW)))), FEW.y)
    settings = Settings(optimizer="lbfgs", learning_rate=1.0, epochs=None, dtype="float64")
    assert agrees(Experiment(plane, settings)).stopped == "converged"


@pytest.mark.parametrize("optimizer", ["sgd", "lbfgs", "rmsprop"])
@pytest.mark.parametrize("model", ["line", "polynomial"])
def test_a_step_into_infinity_is_taken_back(model: str, optimizer: str) -> None:
    points = Points(FEW.x * 1e3, FEW.y * 1e6)
    settings = Settings(model, optimizer=optimizer, learning_rate=10.0, steps=60)
    trainer = ended(Experiment(points, settings))
    assert (trainer.stopped != "steps") == (optimizer == "sgd") or optimizer == "lbfgs"
    agrees(Experiment(points, settings))


def test_time_is_told_by_the_clock_and_said_to_be_another_one_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = program(FEW, replace(NEVER, seconds=3.0, loss="mae"))
    assert "is never the same" in made.text().replace("\n    # ", " ")
    ticks = iter(range(1000))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(ticks)))
    assert printed(made)["step"] == 3


def test_a_run_that_nothing_ends_has_a_program_that_nothing_ends() -> None:
    assert "for step in count(1):" in program(FEW, NEVER).text()
    batches = program(FEW, replace(NEVER, batch_size=4)).text()
    assert "for epoch in count():" in batches
    assert "enumerate(batches(), start=1)" in batches


# --- changes on the way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_another_rate_scales_what_a_schedule_has_made_of_it(schedule: str) -> None:
    chosen = options(SCHEDULES[schedule], **SHORT.get(schedule, {}))
    before = Settings(schedule=schedule, learning_rate=0.05, steps=20, options=chosen)
    after = replace(before, learning_rate=0.013)
    agrees(Experiment(FEW, after, (Stretch(3, FEW, before),)))


def test_a_change_stands_in_the_program_as_a_person_would_write_it() -> None:
    before = Settings(steps=200)
    other = replace(before, learning_rate=0.05, loss="huber")
    text = program(FEW, other, earlier=(Stretch(120, FEW, before),)).text()
    assert (
        """
    # Changed here: Learning rate, Loss.
    if step == 121:
        for group in optimizer.param_groups:
            group["lr"] = 0.05
        loss_function = nn.HuberLoss()
"""
        in text
    )


def test_many_rates_of_one_drag_are_a_list() -> None:
    rates = np.linspace(0.01, 0.02, 30)
    earlier = [Stretch(5 * k + 5, FEW, Settings(learning_rate=rate)) for k, rate in enumerate(rates)]
    experiment = Experiment(FEW, Settings(learning_rate=0.5, steps=200), tuple(earlier))
    agrees(experiment)
    made = program(FEW, experiment.settings, earlier=earlier)
    assert made.text().count("if step") == 1
    assert len(made.shown()) < 110


def test_of_very_many_changes_the_first_are_shown_and_all_are_saved() -> None:
    points = [FEW.moved([0], 0.0, 0.01 * turn) for turn in range(40)]
    settings = replace(NEVER, steps=60, loss="mae")
    earlier = tuple(Stretch(turn + 1, each, settings) for turn, each in enumerate(points[:-1]))
    agrees(Experiment(points[-1], settings, earlier))
    made = program(points[-1], settings, earlier=earlier)
    assert made.text().count("if step == ") == 39
    assert len(made.shown()) < 250
    assert sum("which the saved" in line.text for line in made.shown()) == 2


@pytest.mark.parametrize("batch_size", [None, 4])
def test_other_points_in_the_midst_of_an_epoch_begin_it_anew(batch_size: int | None) -> None:
    settings = replace(NEVER, batch_size=batch_size, epochs=20)
    more = FEW.added([1.0, 2.0], [0.0, 1.0])
    fewer = replace(settings, batch_size=3)
    earlier = (Stretch(7, FEW, settings), Stretch(12, more, settings), Stretch(14, more, fewer))
    agrees(Experiment(more, replace(fewer, batch_size=None), earlier))


@pytest.mark.one_in(4)
@pytest.mark.parametrize("rule", ["epochs", "steps"])
@pytest.mark.parametrize("until", [1, 39, 40, 41, 79, 80, 95])
def test_a_limit_that_was_passed_is_counted_anew(rule: str, until: int) -> None:
    settings = replace(NEVER, **{rule: 40}, loss_below=0.2)
    last = replace(settings, loss="mae", loss_below=None)
    trainer = agrees(Experiment(FEW, last, (Stretch(until, FEW, settings),)))
    assert trainer.latest.step == 40 * (until // 40 + 1)


@pytest.mark.parametrize("until", [30, 100])
def test_the_rules_of_a_changed_run_end_it_behind_its_last_change_alone(until: int) -> None:
    settings = replace(NEVER, loss_below=1.0, gradient_below=1.0, patience=3, steps=500)
    last = replace(settings, loss="mae")
    trainer = agrees(Experiment(FEW, last, (Stretch(until, FEW, settings),)))
    assert trainer.latest.step == until + 1


def test_a_change_is_given_the_whole_patience() -> None:
    settings = replace(ROUGH, patience=30)
    alone = ended(Experiment(FEW, settings)).latest.step
    changed = replace(settings, learning_rate=10.0)
    assert agrees(Experiment(FEW, changed, (Stretch(alone - 1, FEW, settings),))).latest.step >= alone + 29


def test_early_stopping_goes_back_over_a_change() -> None:
    settings = replace(ROUGH, validation=0.4, patience=25, learning_rate=0.01)
    wild = replace(settings, learning_rate=5.0)
    trainer = agrees(Experiment(FEW, wild, (Stretch(300, FEW, settings),)))
    assert trainer.stopped == "early_stopping"
    assert trainer.latest.step <= 300 < trainer.tip.step


# --- as the command line has it -------------------------------------------------------------------------


def test_what_export_writes_prints_in_a_fresh_interpreter_what_train_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several programs, one behind the other; those of the long tests have an interpreter each."""
    files, said = [], []
    for number, seed in enumerate((1, 6, 10)):
        experiment = random_run(seed)
        line = replace(experiment, settings=replace(experiment.settings, model="line"), earlier=())
        kept = tmp_path / f"{number}.fit.json"
        save_experiment(line, kept)
        files.append(str(tmp_path / f"{number}.py"))
        assert main.main(["export", str(kept), files[-1]]) == 0
        capsys.readouterr()
        assert main.main(["train", str(kept), "--json"]) == 0
        said.append(json.loads(capsys.readouterr().out))
    python = [sys.executable, "-I", "-W", "error", "-c", DRIVER, *files]
    ran = subprocess.run(python, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not ran.stderr
    for text, report in zip(json.loads(ran.stdout), said, strict=True):
        found = numbers_in(text)
        assert found["step"] == report["steps"]
        assert found["loss"] == report["loss"]
        w = found.get("w", np.ravel(found["layer.weight"])[0])
        b = found.get("b", np.ravel(found["layer.bias"])[0])
        assert {"w": w, "b": b} == report["parameters"]
