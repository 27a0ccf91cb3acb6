"""The command line: what it understands, what it answers, and how it ends."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import main
from core import cli, self_test, shortcut
from core.choices import FIELDS, STOP_RULES
from core.experiment import (
    Experiment,
    Points,
    Settings,
    Stretch,
    generate,
    load_experiment,
    save_experiment,
)
from core.experiment.settings import OPTIONS
from core.experiment.split import OF_THE_SPLIT
from core.problem import Problem
from core.texts import language
from core.train_verb import WHY, Interruption
from core.training import Snapshot, Trainer
from core.work import settings_of

ROOT = Path(__file__).parent.parent
DATA = ROOT / "resources" / "data"
KEYS = [
    *("model", "parameters", "equation", "loss", "r2", "rmse", "mae", "validation"),
    *("steps", "epochs", "seconds"),
    *("steps_per_second", "device", "seed", "stopped_because", "points"),
    *("x_name", "y_name", "x_kind", "x_unit", "x_origin", "y_unit", "sheet", "dropped_rows"),
]
Answer = Callable[..., dict[str, object]]


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """A file of eleven points near a line."""
    path = tmp_path / "line.csv"
    x = np.linspace(-1, 1, 11)
    rows = [f"{a},{b}" for a, b in zip(x, 2 * x + 1 + 0.1 * np.cos(9 * x), strict=True)]
    path.write_text("\n".join(["hours,marks", *rows]))
    return path


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Answer:
    """What `train ... --json` prints."""

    def train(*words: object) -> dict[str, object]:
        assert run("train", *words, "--json") == 0
        printed = capsys.readouterr().out
        found = json.loads(printed, parse_constant=pytest.fail)
        assert isinstance(found, dict)
        assert printed.count("\n") == 1
        return found

    return train


def run(*words: object) -> int:
    return cli.run(cli.parse([str(word) for word in words]))


def settings(*words: str, base: Settings | None = None) -> Settings:
    """The settings that `train` would use."""
    return settings_of(cli.parse(["train", "a.csv", *words]), base or Settings())


# --- what it understands --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        ([], "window"),
        (["a.csv"], "window"),
        (["./train"], "window"),
        (["--language", "en"], "window"),
        (["train", "a.csv"], "train"),
        (["export", "a.csv", "b.py"], "export"),
        (["screenshot", "a.csv", "b.png"], "screenshot"),
        (["self-test"], "self-test"),
        (["--install-shortcut"], "install-shortcut"),
        (["--remove-shortcut"], "remove-shortcut"),
    ],
)
def test_the_first_word_says_what_to_do(words: list[str], verb: str) -> None:
    assert cli.parse(words).verb == verb


def test_a_window_opens_on_the_file_named() -> None:
    found = cli.parse(["--theme", "dark", "数据 a.csv", "--scale", "1.5"])
    assert (found.file, found.theme, found.scale, found.language) == (Path("数据 a.csv"), "dark", 1.5, None)


@pytest.mark.parametrize(
    "words",
    [
        ["--language", "zh_CN", "screenshot", "a.csv", "b.png"],
        ["screenshot", "--language", "zh_CN", "a.csv", "b.png"],
        ["screenshot", "a.csv", "b.png", "--language=zh-cn"],
    ],
)
def test_the_language_may_stand_before_the_verb_or_after_it(words: list[str]) -> None:
    found = cli.parse(words)
    assert (found.verb, found.language, found.output) == ("screenshot", "zh_CN", Path("b.png"))
    assert language() == "zh_CN"


def test_a_screenshot_has_a_size_and_a_number_of_steps() -> None:
    words = "screenshot a.csv b.png --size 800x600 --steps 40 --theme dark --scale 2"
    found = cli.parse(words.split())
    assert (found.size, found.steps, found.theme, found.scale) == ((800, 600), 40, "dark", 2.0)
    plain = cli.parse(["screenshot", "a.csv", "b.png"])
    assert (plain.size, plain.steps, plain.theme, plain.scale) == ((1280, 720), None, None, None)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("train", "Say which file"),
        ("screenshot a.csv", "Say where to put the picture"),
        ("export", "Say which file"),
        ("export a.csv", "Say where to put the program"),
        ("export a.csv b.py c.py", "“c.py” is one argument too many"),
        ("export a.csv b.py --step 3", "“--step” here; did you mean --steps"),
        ("export a.csv b.py --theme dark", "--theme changes nothing here"),
        ("train a.csv --lr", "--lr is not followed by what it needs"),
        ("train a.csv --json=3", "--json is not"),
        ("train a.csv --epoch 3", "“--epoch” here; did you mean --epochs"),
        ("train a.csv b.csv", "“b.csv” is one argument too many"),
        ("a.csv b.csv", "“b.csv” is one argument too many"),
        ("train a.csv --theme dark", "--theme changes nothing here"),
        ("--theme blue", "Theme must be light, dark, not blue"),
        ("--scale 4", "Size must be a number from 1 to 3"),
        ("--language fr", "--language must be en, zh_CN, not fr"),
        ("screenshot a b --size 10x10", "--size must be like 1280x720"),
        ("screenshot a b --size big", "--size must be like 1280x720"),
        ("screenshot a b --steps -1", "Steps must be a whole number from 0"),
        ("self-test now", "one argument too many"),
    ],
)
def test_what_cannot_be_understood_is_one_sentence_and_status_2(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(words.split()) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out


@pytest.mark.parametrize(
    "words", [["--help"], ["train", "--help"], ["export", "-h"], ["screenshot", "-h"], ["self-test", "-h"]]
)
def test_help_is_printed_and_nothing_else_done(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.parse(words)
    assert left.value.code == 0
    assert "fitscope" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["train", "export"])
def test_the_help_of_train_and_export_names_every_field_of_the_settings(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.parse([verb, "--help"])
    printed = " ".join(capsys.readouterr().out.split())
    for key, field in FIELDS.items():
        assert f"--{key.replace('_', '-')}" in printed
        assert field.tip in printed
    assert "--lr" in printed
    assert "--no-standardise" in printed
    assert "--steps alone lifts the limit of --epochs" in printed


def test_the_help_of_train_names_every_hyper_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.parse(["train", "--help"])
    printed = " ".join(capsys.readouterr().out.partition("Hyper-parameters for --set")[2].split())
    for name, parameter in OPTIONS.items():
        row, key = name.split(".")
        line = printed.partition(f" {row}: ")[2].partition(": ")[0]
        text = re.search(rf"\b{key}=([^ ,]+)", line)
        assert text is not None, name
        assert parameter.parse(text[1]) == parameter.default


# --- settings from options ------------------------------------------------------------------------------


def test_options_that_are_left_out_are_at_their_defaults() -> None:
    assert settings() == Settings()


WRITTEN = {
    "model": ("mlp", "mlp"),
    "loss": ("huber", "huber"),
    "optimizer": ("SGD", "sgd"),
    "learning_rate": ("0.2", 0.2),
    "schedule": ("one_cycle", "one_cycle"),
    "clip_norm": ("1.5", 1.5),
    "l1": ("0.01", 0.01),
    "batch_size": ("8", 8),
    "epochs": ("7", 7),
    "steps": ("9", 9),
    "seconds": ("2.5", 2.5),
    "loss_below": ("1e-3", 0.001),
    "gradient_below": ("1e-6", 1e-6),
    "patience": ("50", 50),
    "validation": ("0.25", 0.25),
    "validation_seed": ("4", 4),
    "seed": ("3", 3),
    "start": ("zeros", "zeros"),
    "device": ("cuda", "cuda"),
    "threads": ("3", 3),
    "dtype": ("float64", "float64"),
    "engine": ("compiled", "compiled"),
    "standardise": ("", True),
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_option_reaches_its_setting(name: str) -> None:
    text, value = WRITTEN[name]
    option = f"--{name.replace('_', '-')}"
    found = settings(*filter(None, [option, text]))
    assert getattr(found, name) == value
    limits = {"steps": {"epochs": None}, "epochs": {"steps": None}}.get(name, {})
    assert found == Settings(**{name: value}, **limits)
    if text:
        assert settings("--set", f"{name}={text}") == found


def test_the_learning_rate_has_a_short_name() -> None:
    assert settings("--lr", "0.2") == settings("--learning-rate", "0.2")


@pytest.mark.parametrize("name", [n for n in STOP_RULES if n not in ("epochs", "steps")])
def test_another_stop_rule_leaves_the_limits_as_they_are(name: str) -> None:
    found = settings(f"--{name.replace('_', '-')}", WRITTEN[name][0])
    assert (found.epochs, found.steps) == (Settings().epochs, None)


@pytest.mark.parametrize("name", [n for n, field in FIELDS.items() if field.unset])
@pytest.mark.parametrize("word", ["none", "off"])
def test_a_word_lifts_whatever_may_be_unset(name: str, word: str) -> None:
    base = Settings(**{name: WRITTEN[name][1]})
    assert getattr(settings(f"--{name.replace('_', '-')}", word, base=base), name) is None


def test_steps_alone_mean_steps_and_epochs_alone_mean_epochs() -> None:
    assert settings("--steps", "5000").epochs is None
    assert settings("--set", "steps=5000").epochs is None
    assert settings("--epochs", "9", base=Settings(steps=3)).steps is None
    both = settings("--steps", "5", "--epochs", "6")
    assert (both.steps, both.epochs) == (5, 6)
    assert settings("--epochs", "none").epochs is None


def test_set_gives_hyper_parameters_by_their_whole_or_their_plain_name() -> None:
    whole = settings("--loss", "huber", "--set", "huber.delta=2")
    assert whole == settings("--loss", "huber", "--set", "delta=2")
    assert whole.values("loss") == {"delta": 2.0}
    words = "--model polynomial --set degree=5 --optimizer adam --set amsgrad=yes --set beta1=0.5"
    several = settings(*words.split())
    assert several.values("model") == {"degree": 5}
    assert several.values("optimizer")["amsgrad"] is True
    assert several.values("optimizer")["beta1"] == 0.5


def test_set_gives_any_other_setting_too() -> None:
    assert settings("--set", "batch-size=4", "--set", "standardise=on") == Settings(
        batch_size=4, standardise=True
    )
    own = settings("--set", "start_values=1.5,-2")
    assert (own.start, own.start_values) == ("own", (1.5, -2.0))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--loss rmse", "Loss must be mse, mae"),
        ("--lr 0", "Learning rate must be a number from"),
        ("--lr fast", "Learning rate must be a number from 1e-300 to 10, not fast"),
        ("--seed 1.5", "Seed must be a whole number"),
        ("--batch-size 0", "Batch size"),
        ("--set delta=2", "nothing called “delta”"),
        ("--set huber.dela=2", "did you mean huber.delta"),
        ("--set degree", "--set takes a name and a value"),
        ("--model polynomial --set degree=13", "Degree must be a whole number from 1 to 12"),
        ("--set start_values=a", "Start values must be numbers"),
        ("--optimizer sgd --set nesterov=true", "Nesterov needs momentum"),
        ("--set standardise=maybe", "true or false"),
        ("--schedule linear", "Schedule must be constant, step"),
        ("--clip-norm 0", "Clip gradient must be a number above 0"),
        ("--l1 little", "L1 penalty must be a number"),
        ("--validation 1", "Hold out must be a number from 0 to 0.9"),
        ("--patience 1.5", "Patience must be a whole number"),
        ("--seconds -1", "Seconds must be a number above 0"),
        ("--schedule one_cycle --set total_steps=3", "must rise for more than one step"),
        ("--schedule step --set factor=0.5", "nothing called “factor”|no setting called “factor”"),
    ],
)
def test_a_value_that_is_not_allowed_is_one_sentence(words: str, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        settings(*words.split())


# --- training ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["engel", "longley", "nile", "galton", "anscombe", "stackloss"])
def test_the_defaults_reach_the_least_squares_line_of_real_data(name: str, answer: Answer) -> None:
    path = DATA / f"{name}.csv"
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    w, b = np.polyfit(table[:, 0], table[:, 1], 1)
    x, y = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",")[:2]  # also where x numbers the rows
    found = answer(path, "--x", x, "--y", y, "--standardise", "--optimizer", "adam")
    scale = np.abs(table[:, 1]).max()  # x1 and x2 of anscombe are equal, and b is zero there
    assert found["parameters"]["w"] == pytest.approx(w, rel=1e-3)
    assert found["parameters"]["b"] == pytest.approx(b, rel=1e-3, abs=1e-5 * scale)
    assert found["points"] == len(table)


def test_json_has_the_keys_that_are_promised(line: Path, answer: Answer) -> None:
    found = answer(line, "--steps", 40, "--seed", 5)
    assert list(found) == KEYS
    assert (found["model"], found["device"], found["seed"]) == ("line", "cpu", 5)
    assert (found["steps"], found["epochs"], found["stopped_because"]) == (40, 40, "steps")
    assert (found["points"], found["dropped_rows"]) == (11, {})
    assert (found["x_name"], found["y_name"], found["sheet"]) == ("hours", "marks", None)
    assert found["steps_per_second"] == pytest.approx(40 / found["seconds"])
    assert found["validation"] is None


@pytest.mark.parametrize("loss", FIELDS["loss"].words)
def test_loss_and_r2_are_those_of_all_points_at_the_parameters_printed(
    line: Path, answer: Answer, loss: str
) -> None:
    found = answer(line, "--loss", loss, "--steps", 30, "--batch-size", 4, "--standardise")
    x, y = np.loadtxt(line, delimiter=",", skiprows=1).T
    residual = y - found["parameters"]["w"] * x - found["parameters"]["b"]
    size = np.abs(residual)
    formula = {
        "mse": residual**2,
        "mae": size,
        "huber": np.where(size < 1, residual**2 / 2, size - 0.5),
        "smooth_l1": np.where(size < 1, residual**2 / 2, size - 0.5),
        "log_cosh": np.log(np.cosh(residual)),
        "quantile": size / 2,
    }
    assert found["loss"] == pytest.approx(formula[loss].mean(), rel=1e-6)
    assert found["r2"] == pytest.approx(1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum(), rel=1e-6)


def test_json_measures_training_points_and_those_held_out_each_for_themselves(
    line: Path, answer: Answer
) -> None:
    options = ("--steps", 30, "--validation", 0.3, "--validation-seed", 5, "--l1", 0.5)
    found = answer(line, *options)
    x, y = np.loadtxt(line, delimiter=",", skiprows=1).T
    residual = y - found["parameters"]["w"] * x - found["parameters"]["b"]
    draws = np.random.default_rng([OF_THE_SPLIT, 5]).random(11)
    apart = draws <= np.sort(draws)[2]
    assert found["validation"]["points"] == apart.sum() == 3
    assert found["points"] == 11
    for part, chosen in ((found["validation"], apart), (found, ~apart)):
        mine, scatter = residual[chosen], y[chosen] - y[chosen].mean()
        assert part["loss"] == pytest.approx((mine**2).mean(), rel=1e-6)
        assert part["rmse"] == pytest.approx(np.sqrt((mine**2).mean()), rel=1e-6)
        assert part["mae"] == pytest.approx(np.abs(mine).mean(), rel=1e-6)
        assert part["r2"] == pytest.approx(1 - (mine**2).sum() / (scatter**2).sum(), rel=1e-6)


def test_of_a_batch_larger_than_the_data_it_says_what_a_step_takes(
    line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of eleven points three are held out; the run, and the program, take the other eight."""
    sentence = "There are 8 points to train on, so a step takes all 8 and not 5,000.\n"
    wish = ("--steps", 20, "--validation", 0.3, "--batch-size")
    assert run("train", line, *wish, 5000, "--save", tmp_path / "run.fit.json", "--json") == 0
    printed = capsys.readouterr()
    assert printed.err == sentence
    assert run("train", line, *wish, 8, "--json") == 0
    same = capsys.readouterr()
    assert not same.err
    timeless = [
        {key: value for key, value in json.loads(text).items() if not key.startswith(("seconds", "steps_"))}
        for text in (printed.out, same.out)
    ]
    assert timeless[0] == timeless[1]
    assert run("export", tmp_path / "run.fit.json", tmp_path / "run.py") == 0
    assert capsys.readouterr().err == sentence
    assert "batch" not in (tmp_path / "run.py").read_text("utf-8")


def test_the_lines_for_a_person_tell_of_the_points_held_out(
    line: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", line, "--steps", 20, "--validation", 0.3) == 0
    assert "\n3 points held out: validation loss " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--steps 3", "steps"),
        ("--epochs 3", "epochs"),
        ("--seconds 1e-9", "seconds"),
        ("--loss-below 1000", "loss_below"),
        ("--gradient-below 1000", "gradient_below"),
        ("--patience 3 --optimizer sgd --lr 1 --steps 500", "patience"),
        ("--patience 3 --optimizer sgd --lr 1 --steps 500 --validation 0.3", "early_stopping"),
    ],
)
def test_json_and_the_lines_say_by_which_rule_it_stopped(
    line: Path, answer: Answer, capsys: pytest.CaptureFixture[str], words: str, why: str
) -> None:
    assert answer(line, *words.split())["stopped_because"] == why
    assert run("train", line, *words.split()) == 0
    assert WHY[why].partition("{")[0] in capsys.readouterr().out  # the numbers come behind


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A run whose rate, loss and points were changed while it went on."""
    path = tmp_path / "run.fit.json"
    points, last = (
        generate("line", {"count": 20}),
        Settings(learning_rate=0.005, loss="huber", steps=90, epochs=None),
    )
    first = Stretch(30, points, replace(last, learning_rate=0.2, loss="mse"))
    second = Stretch(55, points.added([9.0], [-9.0]), replace(last, loss="mse"))
    save_experiment(Experiment(points, last, (first, second)), path)
    return path


def by_hand(path: Path) -> Trainer:
    """The run of a file with its changes made by hand."""
    experiment = load_experiment(path)
    parts = [*experiment.earlier, Stretch(90, experiment.points, experiment.settings)]
    trainer = Trainer(parts[0].points, parts[0].settings)
    for part in parts:
        if part is not parts[0]:
            trainer.change(part.points, part.settings)
        while trainer.latest.step < part.until:
            trainer.step()
    return trainer


def test_the_recorded_changes_of_a_run_are_made_again_to_the_last_bit(recorded: Path, answer: Answer) -> None:
    found = answer(recorded)
    assert found["steps"] == 90
    assert found["parameters"] == by_hand(recorded).latest.parameters
    experiment = load_experiment(recorded)
    plain = recorded.with_name("plain.fit.json")
    save_experiment(replace(experiment, earlier=()), plain)
    assert answer(plain)["parameters"] != found["parameters"]


def test_a_run_that_is_saved_again_keeps_its_recorded_changes(
    recorded: Path, tmp_path: Path, answer: Answer
) -> None:
    answer(recorded, "--save", tmp_path / "again.fit.json")
    assert load_experiment(tmp_path / "again.fit.json") == load_experiment(recorded)


def test_other_settings_leave_the_recorded_changes_out_and_say_so(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.fit.json"
    assert run("train", recorded, "--seed", 4, "--save", out, "--json") == 0
    assert "changes recorded in run.fit.json were left out" in capsys.readouterr().err
    assert not load_experiment(out).earlier
    assert run("train", recorded, "--loss", "huber", "--json") == 0  # as it is in the file
    assert not capsys.readouterr().err


@pytest.mark.parametrize("model", FIELDS["model"].words)
def test_every_model_prints_its_parameters_as_numbers(line: Path, answer: Answer, model: str) -> None:
    found = answer(line, "--model", model, "--steps", 3)
    assert found["parameters"]
    assert found["equation"]


def test_the_same_command_gives_the_same_numbers(line: Path, answer: Answer) -> None:
    once, again = (answer(line, "--model", "mlp", "--batch-size", 3, "--epochs", 5) for _ in range(2))
    assert once["parameters"] == again["parameters"]
    other = answer(line, "--model", "mlp", "--batch-size", 3, "--epochs", 5, "--seed", 1)
    assert other["parameters"] != once["parameters"]


def test_columns_are_chosen_by_name(answer: Answer) -> None:
    found = answer(DATA / "anscombe.csv", "--x", "x4", "--y", "y4", "--standardise")
    assert found["parameters"]["w"] == pytest.approx(0.5, abs=1e-3)
    assert found["parameters"]["b"] == pytest.approx(3.0, abs=5e-3)


def test_rows_that_were_dropped_are_counted(answer: Answer) -> None:
    found = answer(DATA / "penguins.csv", "--x", "bill_length_mm", "--y", "body_mass_g", "--steps", 1)
    assert found["dropped_rows"] == {"missing": 2}
    assert found["points"] == 342


def test_where_r2_is_not_defined_json_says_null(tmp_path: Path, answer: Answer) -> None:
    path = tmp_path / "flat.csv"
    path.write_text("x,y\n1,2\n2,2\n3,2\n")
    assert answer(path, "--steps", 2)["r2"] is None


def test_the_lines_for_a_person_say_what_came_out(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train", line, "--steps", 1234, "--batch-size", 11) == 0
    printed = capsys.readouterr()
    assert "11 points" in printed.out
    assert "Line: y = " in printed.out
    assert "R² 0.9" in printed.out
    assert "a second on cpu" in printed.out
    assert "It stopped because" in printed.out
    assert printed.err == ""  # no progress where nobody watches


def test_an_answer_in_chinese_can_be_printed_on_any_terminal(
    line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    assert run("train", line, "--steps", 1, "--language", "zh_CN") == 0
    narrow.seek(0)
    assert "y = " in narrow.read()


def test_without_a_terminal_at_all_it_trains_too(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run("train", line, "--steps", 1) == 0


class Terminal(io.StringIO):
    """A standard error that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_is_gone_at_the_end(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("train", line, "--steps", 20) == 0
    lines = terminal.getvalue().split("\r")
    assert lines[1].startswith("step 1  epoch 1  loss ")
    assert lines[-1] == ""
    assert lines[-2].isspace()
    assert "\n" not in terminal.getvalue()


def test_an_experiment_is_trained_with_its_own_settings(tmp_path: Path, answer: Answer) -> None:
    path = tmp_path / "sine.fit.json"
    save_experiment(Experiment(generate("sine"), Settings(model="polynomial", steps=7, seed=4)), path)
    found = answer(path)
    assert (found["model"], found["steps"], found["seed"]) == ("polynomial", 7, 4)
    changed = answer(path, "--model", "line", "--steps", 5)
    assert (changed["model"], changed["steps"], changed["seed"]) == ("line", 5, 4)


def test_save_writes_the_experiment_that_was_trained(line: Path, tmp_path: Path, answer: Answer) -> None:
    out = tmp_path / "out.fit.json"
    first = answer(line, "--model", "mlp", "--set", "width=4", "--steps", 30, "--save", out)
    saved = load_experiment(out)
    assert saved.settings == Settings(model="mlp", steps=30, epochs=None, options={"mlp.width": 4})
    assert (saved.points.x_name, saved.points.y_name) == ("hours", "marks")
    assert answer(out)["parameters"] == first["parameters"]


def test_plot_hands_over_the_points_the_fit_and_every_loss(line: Path, tmp_path: Path) -> None:
    drawn = []
    arguments = cli.parse(["train", str(line), "--steps", "25", "--plot", str(tmp_path / "a.png")])
    assert cli.run(arguments, lambda *what: drawn.append(what)) == 0
    ((experiment, snapshot, history, path),) = drawn
    assert isinstance(experiment.points, Points)
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.step, history.losses().steps, path) == (25, 25, tmp_path / "a.png")
    assert history.losses().at(25) == (snapshot.loss, snapshot.loss)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("gone.csv", "gone.csv"),
        ("{line} --x nothing", "nothing"),
        ("{line} --device cuda:77", "device"),
        ("{line} --save a.txt", "must end in .fit.json"),
        ("{line} --save nowhere/a.fit.json", "could not be saved"),
        ("{line} --plot nowhere/a.png", "folder"),
        ("{experiment} --x a", "leave it out"),
        ("{empty}", "no points"),
        ("{line} --start own", "start values"),
        ("{messy}", "NaN is not a finite number"),
    ],
)
def test_what_a_person_can_mend_is_status_2_and_one_sentence(
    words: str, sentence: str, line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment, empty = tmp_path / "a.fit.json", tmp_path / "empty.fit.json"
    save_experiment(Experiment(generate("line")), experiment)
    save_experiment(Experiment(), empty)
    messy = ROOT / "tests" / "messy" / "experiment_nan.fit.json"
    filled = words.format(line=line, experiment=experiment, empty=empty, messy=messy)
    assert main.main(["train", *filled.split()]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out


def test_a_plot_without_the_drawing_part_is_refused_before_training(line: Path) -> None:
    with pytest.raises(Problem, match="--plot"):
        run("train", line, "--plot", "a.png")


def test_divergence_is_told_with_what_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train", DATA / "engel.csv", "--optimizer", "sgd", "--json") == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out, parse_constant=pytest.fail)
    assert found["stopped_because"] == "diverged"
    assert "It diverged at step" in printed.err
    assert "--standardise" in printed.err
    assert np.isfinite([found["parameters"]["w"], found["parameters"]["b"]]).all()


def test_a_hyper_parameter_of_something_not_chosen_is_pointed_out(
    line: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", line, "--steps", 1, "--set", "huber.delta=2", "--set", "adam.eps=1e-7") == 0
    assert capsys.readouterr().err == "huber.delta changes nothing, because huber is not chosen.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_run_and_tells_what_it_came_to(
    line: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    step = Trainer.step
    handler = signal.getsignal(number)

    def interrupted(trainer: Trainer) -> Snapshot:
        if trainer.latest.step == 49:
            signal.raise_signal(number)
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", interrupted)
    assert run("train", line, "--epochs", "none", "--batch-size", "2", "--json") == 130
    found = json.loads(capsys.readouterr().out)
    assert (found["stopped_because"], found["steps"]) == ("interrupted", 50)
    assert signal.getsignal(number) is handler


@pytest.fixture
def handled() -> Iterator[None]:
    """Python's own handler, in the place of none where a shell has started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_second_ctrl_c_stops_at_once(handled: None) -> None:
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        assert interruption.happened
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


# --- export ---------------------------------------------------------------------------------------------


def test_export_writes_the_program_that_comes_to_what_train_comes_to(
    line: Path, tmp_path: Path, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--steps", 9, "--batch-size", 4, "--loss", "huber", "--set", "huber.delta=2", "--seed", 3)
    out = tmp_path / "fit.py"
    assert run("export", line, out, *words) == 0
    assert capsys.readouterr().out == f"Written: {out}\n"
    python = [sys.executable, "-I", "-W", "error", str(out)]
    ran = subprocess.run(python, cwd=tmp_path, capture_output=True, text=True, check=True)
    printed = dict(row.split(" ", 1) for row in ran.stdout.splitlines())
    found = answer(line, *words)["parameters"]
    assert json.loads(printed["layer.weight"]) == [[found["w"]]]
    assert json.loads(printed["layer.bias"]) == [found["b"]]


def test_export_writes_a_notebook_too(line: Path, tmp_path: Path) -> None:
    out = tmp_path / "fit.IPYNB"
    assert run("export", line, out) == 0
    assert json.loads(out.read_text("utf-8"))["nbformat"] == 4


def test_export_of_a_run_has_the_changes_that_train_goes_through(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "fit.py"
    assert run("export", recorded, out) == 0
    assert "# Changed here: " in out.read_text("utf-8")
    assert not capsys.readouterr().err
    assert run("export", recorded, out, "--steps", 12) == 0
    assert "# Changed here: " not in out.read_text("utf-8")
    assert "were left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("gone.csv {out}.py", "gone.csv"),
        ("{line} {out}.txt", "must end in .py or .ipynb"),
        ("{line} {out}", "must end in .py or .ipynb"),
        ("{line} {out}/nowhere/fit.py", "could not be saved"),
        ("{empty} {out}.py", "no points"),
        ("{plane} {out}.py", "one column of x"),
        ("{line} {out}.py --start own", "start values"),
        ("{line} {out}.py --steps 0", "Steps must be"),
    ],
)
def test_what_export_cannot_do_is_status_2_and_one_sentence(
    words: str, sentence: str, line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, plane, out = tmp_path / "a.fit.json", tmp_path / "b.fit.json", tmp_path / "out"
    save_experiment(Experiment(), empty)
    points = Points([[1.0, 2.0], [3.0, 5.0]], [1.0, 2.0])
    save_experiment(Experiment(points, Settings(model="polynomial")), plane)
    assert main.main(["export", *words.format(line=line, empty=empty, plane=plane, out=out).split()]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out
    assert not list(tmp_path.glob("out*"))


# --- the other verbs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "said"), [("--install-shortcut", "Written"), ("--remove-shortcut", "Removed")]
)
def test_the_shortcut_verbs_name_the_files(
    word: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("install_shortcut", "remove_shortcut"):
        monkeypatch.setattr(shortcut, name, lambda: [Path("menu") / "fitscope.desktop"])
    assert run(word) == 0
    assert capsys.readouterr().out == f"{said}: {Path('menu') / 'fitscope.desktop'}\n"


@pytest.mark.parametrize("label", self_test.CHECKS)
def test_each_check_of_the_self_test_passes_here(label: str) -> None:
    assert self_test.CHECKS[label]()


def test_the_self_test_names_what_is_broken_and_ends_with_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(self_test, "RESOURCES", tmp_path)
    monkeypatch.setattr(
        self_test,
        "CHECKS",
        {"Resources": self_test.check_resources, "Generators": self_test.check_generators},
    )
    assert run("self-test") == 1
    bad, good, verdict = capsys.readouterr().out.splitlines()
    assert bad.startswith("FAILED  Resources: There are no files")
    assert good.startswith("ok      Generators")
    assert "broken" in verdict


def test_the_self_test_looks_for_the_packages_that_are_installed_with_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert [name.partition(">")[0] for name in project["dependencies"]] == list(self_test.PACKAGES)
