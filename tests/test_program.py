"""The program of a fit: run by itself it comes to the same bits, and no foreign name gets into its code."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import math
import random
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from unicodedata import east_asian_width

import numpy as np
import pytest
import torch

from core.choices import FIELDS, LOSSES, MODELS, OPTIMIZERS, SCHEDULES, TABLES
from core.choices.named import named
from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.export import Line, Program, program
from core.export.page import SECTIONS
from core.export.source import source_of
from core.export.words import SENTENCE
from core.problem import Problem
from core.texts import use_language
from core.training import Trainer
from core.training.models import ACTIVATIONS
from tests.random_runs import FAR, FEW, SHORT, numbers_in, options, otherwise

ROOT = Path(__file__).parent.parent
STEPS = 5
PLANE = Points(np.column_stack((FEW.x[:, 0], np.cos(3 * FEW.x[:, 0]))), FEW.y)


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """What a program changes for a whole process is put back."""
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    yield
    torch.set_num_threads(threads)
    torch.set_rng_state(state)


def printed(made: Program) -> dict[str, object]:
    """What a program prints, by name; it runs in names of its own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(made.text(), "program.py", "exec"), {"__name__": "__main__"})
    return numbers_in(out.getvalue())


def trained(points: Points, settings: Settings, steps: int = STEPS) -> Trainer:
    trainer = Trainer(points, settings)
    for _step in range(steps):
        trainer.step()
    return trainer


def agree(points: Points, settings: Settings, steps: int = STEPS) -> dict[str, object]:
    """The program and a Trainer come to the same bits; what the program printed."""
    trainer = trained(points, settings, steps)
    assert trainer.latest.step == steps
    found = printed(program(points, settings, steps))
    arrays = [value for name, value in found.items() if name.startswith("layer")]
    assert arrays == [array.tolist() for array in trainer.latest.arrays]
    assert found["step"] == steps
    assert found["loss"] == trainer.full_loss()
    assert found.get("validation_loss") == trainer.latest.validation_loss
    return found


# --- the same bits --------------------------------------------------------------------------------------


@pytest.mark.one_in(6)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_loss_and_model_come_to_the_same_bits(optimizer: str, loss: str) -> None:
    turn = list(OPTIMIZERS).index(optimizer) + list(LOSSES).index(loss)
    for number, model in enumerate(MODELS, turn):
        agree(FEW, Settings(model, loss, optimizer, standardise=number % 2 == 0))


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("points", [FEW, FAR, Points([2.0], [3.0]), Points([1.0] * 5, range(5))])
def test_any_points_do(points: Points, standardise: bool) -> None:
    for model, dtype in product(MODELS, FIELDS["dtype"].words):
        agree(points, Settings(model, "mae", dtype=dtype, standardise=standardise))


@pytest.mark.one_in(4)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_so_they_do_in_float64_and_in_batches(optimizer: str) -> None:
    for model, batch_size in product(MODELS, (None, 4)):
        agree(FEW, Settings(model, "mse", optimizer, dtype="float64", batch_size=batch_size, seed=5))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_sets_the_same_rates(schedule: str) -> None:
    for optimizer, standardise, validation in (
        *product(("sgd", "adam"), (False, True), (0.0, 0.3)),
        ("lbfgs", True, 0.3),  # each of its steps takes the time of twenty
    ):
        settings = Settings(
            optimizer=optimizer,
            schedule=schedule,
            learning_rate=0.05,
            standardise=standardise,
            validation=validation,
            validation_seed=3,
            options=options(SCHEDULES[schedule], **SHORT.get(schedule, {})),
        )
        agree(FEW, settings)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("table", TABLES)
def test_every_hyper_parameter_away_from_its_default_counts(table: str) -> None:
    for row in TABLES[table].values():
        for parameter in row.parameters:
            chosen = options(row, **{parameter.key: otherwise(parameter)})
            if parameter.key == "nesterov":
                chosen |= options(row, momentum=0.9)
            for standardise in (False, True):
                settings = Settings(**{table: row.key}, standardise=standardise, options=chosen)
                agree(FEW, settings)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("dtype", FIELDS["dtype"].words)
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("start", ["zeros", "own"])
@pytest.mark.parametrize("model", MODELS)
def test_start_values_are_those_that_were_chosen(
    model: str, start: str, standardise: bool, dtype: str
) -> None:
    curve = Trainer(FEW, Settings(model)).curve
    own = tuple(np.random.default_rng(1).normal(0, 1, curve.count())) if start == "own" else ()
    settings = Settings(
        model, loss="mae", start=start, start_values=own, standardise=standardise, dtype=dtype
    )
    agree(FEW, settings)
    agree(FEW, settings, steps=0)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "lbfgs"])
@pytest.mark.parametrize("clip", [None, 0.5])
@pytest.mark.parametrize("l1", [0.0, 0.25])
@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_a_penalty_and_a_shortened_gradient_are_in_it(
    optimizer: str, clip: float | None, l1: float, schedule: str
) -> None:
    chosen = options(SCHEDULES["plateau"], **SHORT["plateau"])
    settings = Settings(
        "mlp", optimizer=optimizer, clip_norm=clip, l1=l1, schedule=schedule, standardise=True, options=chosen
    )
    agree(FEW, settings)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", ["line", "mlp"])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_two_columns_of_x_are_two_inputs(model: str, batch_size: int | None, standardise: bool) -> None:
    agree(PLANE, Settings(model, batch_size=batch_size, standardise=standardise, validation=0.2))


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("batch_size", "steps"), [(4, 3), (4, 12), (4, 13), (1, 25), (10, 5), (11, 4), (99, 4)]
)
@pytest.mark.parametrize("validation", [0.0, 0.5])
def test_batches_are_drawn_in_the_same_order_with_a_short_one_last(
    batch_size: int, steps: int, validation: float
) -> None:
    agree(FEW, Settings("mlp", batch_size=batch_size, seed=2, validation=validation), steps)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("seed", range(50))
def test_anything_together_comes_to_the_same_bits(seed: int) -> None:
    draw = random.Random(seed)
    rows = {name: draw.choice(list(table.values())) for name, table in TABLES.items()}
    chosen = options(rows["schedule"], **SHORT.get(rows["schedule"].key, {}))
    for row in rows.values():
        for parameter in row.parameters:
            if parameter.key not in ("nesterov", "pct_start", "total_steps") and draw.random() < 0.3:
                chosen[f"{row.key}.{parameter.key}"] = otherwise(parameter)
    settings = Settings(
        **{name: row.key for name, row in rows.items()},
        learning_rate=draw.choice([0.001, 0.02]),
        clip_norm=draw.choice([None, 0.3]),
        l1=draw.choice([0.0, 0.1]),
        batch_size=draw.choice([None, 2, 5]),
        validation=draw.choice([0.0, 0.25]),
        seed=draw.randrange(2**31),
        validation_seed=draw.randrange(9),
        start=draw.choice(["pytorch", "zeros"]),
        dtype=draw.choice(["float32", "float64"]),
        standardise=draw.choice([True, False]),
        options=chosen,
    )
    agree(FEW, settings, draw.randrange(1, 20))


def test_a_line_is_also_told_in_the_units_of_the_data() -> None:
    for points in (FEW, FAR):
        for dtype in FIELDS["dtype"].words:
            settings = Settings(standardise=True, dtype=dtype)
            found = agree(points, settings)
            assert {name: found[name] for name in "wb"} == trained(points, settings).latest.parameters
    settings = Settings(standardise=True)
    found, expected = agree(PLANE, settings), trained(PLANE, settings).latest.parameters
    assert found["w"] == np.ravel(expected["w"]).tolist()
    assert found["b"] == pytest.approx(expected["b"], rel=1e-14)
    assert "w" not in printed(program(FEW, Settings(), 1))


@pytest.mark.one_in(6)
@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(
            "polynomial", "log_cosh", "lbfgs", standardise=True, l1=0.1, clip_norm=1.0, schedule="plateau"
        ),
        Settings("mlp", "quantile", "radam", batch_size=4, dtype="float64", validation=0.3, seed=9),
    ],
)
def test_the_saved_program_needs_only_torch(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "fit.py"
    made = program(FEW, settings, STEPS, "a.csv")
    path.write_text(made.text(), "utf-8")
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(ast.parse(made.text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= {"torch", "math", "matplotlib", "copy"}
    python = [sys.executable, "-I", "-W", "error", str(path)]
    ran = subprocess.run(python, cwd=tmp_path, capture_output=True, text=True, check=True)
    found = numbers_in(ran.stdout)
    arrays = [value for name, value in found.items() if name.startswith("layer")]
    assert arrays == [array.tolist() for array in trained(FEW, settings).latest.arrays]
    assert not ran.stderr


def test_after_a_change_of_points_the_scaling_is_still_that_of_the_run() -> None:
    scaling = Trainer(FEW, Settings(standardise=True)).scaling
    text = program(FEW.added([90.0], [-70.0]), Settings(standardise=True), scaling=scaling).text()
    assert f"x_mean = {float(scaling.x_mean[0])!r}\n" in text
    assert f"y_scale = {scaling.y_scale!r}\n" in text


# --- what it says ---------------------------------------------------------------------------------------


def rows_of(made: Program, phase: str) -> list[str]:
    """The code of a phase, without comments and indents."""
    found = [line.text.strip() for line in made.shown() if line.phase == phase]
    return [text for text in found if not text.startswith("#")]


def test_the_five_lines_of_a_step_are_told_by_their_phases_in_their_order() -> None:
    made = program(FEW, Settings())
    assert [rows_of(made, phase) for phase in PHASES] == [
        ["optimizer.zero_grad()"],
        ["prediction = model(inputs)"],
        ["loss = loss_function(prediction, targets)"],
        ["loss.backward()"],
        ["optimizer.step()"],
    ]
    phases = [line.phase for line in made.shown() if line.phase]
    assert list(dict.fromkeys(phases)) == list(PHASES)
    assert phases == sorted(phases, key=PHASES.index)
    lit = [line for line in made.shown() if line.phase]
    for phase in PHASES:  # a comment above each
        assert next(line for line in lit if line.phase == phase).text.strip().startswith("# ")
    assert {line.section for line in lit} == {"loop"}


def test_penalty_clipping_and_schedule_belong_to_phases() -> None:
    made = program(FEW, Settings(l1=0.5, clip_norm=2.0, schedule="exponential"))
    assert rows_of(made, "loss")[1].startswith("objective = loss + 0.5 * ")
    assert rows_of(made, "backward") == [
        "objective.backward()",
        "nn.utils.clip_grad_norm_(model.parameters(), 2.0)",
    ]
    assert rows_of(made, "step") == ["optimizer.step()", "scheduler.step()"]


@pytest.mark.parametrize("l1", [0.0, 0.5])
def test_an_optimizer_that_looks_several_times_is_given_the_lines_as_a_function(l1: float) -> None:
    made = program(FEW, Settings(optimizer="lbfgs", l1=l1))
    lines = [line for line in made.shown() if line.phase]
    assert list(dict.fromkeys(line.phase for line in lines)) == list(PHASES)
    assert "optimizer.step(closure)" in rows_of(made, "step")[0]


def test_what_is_at_its_default_is_left_out_where_pytorch_has_the_same() -> None:
    text = program(FEW, Settings(optimizer="sgd", options={"sgd.momentum": 0.9})).text()
    assert "optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)\n" in text
    for row in (*OPTIMIZERS.values(), *LOSSES.values()):
        usual = inspect.signature(named(row.runs).__init__).parameters
        for name, value in row.arguments({p.key: p.default for p in row.parameters}).items():
            assert usual[name].default == value, (row.key, name)


def test_scaled_parameters_are_said_to_be_such() -> None:
    words = "# These parameters are for the scaled x and y."
    for model in MODELS:
        assert words in program(FEW, Settings(model, standardise=True)).sections()["result"].split("\n")
        assert words not in program(FEW, Settings(model)).text()


def test_a_knee_in_units_of_y_is_scaled_with_y() -> None:
    settings = Settings(loss="huber", options={"huber.delta": 2.5}, standardise=True)
    assert "nn.HuberLoss(delta=2.5 / y_scale)" in program(FEW, settings).text()


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if not LOSSES[loss].runs.startswith("torch.")])
def test_a_loss_of_our_own_is_shown_as_it_runs(loss: str) -> None:
    """Its class in the program, without what a type checker reads, is that of core.training.losses."""
    runs = LOSSES[loss].runs
    text = program(FEW, Settings(loss=loss)).text()
    (shown,) = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == runs.rpartition(".")[2]
    )
    ours = ast.parse(inspect.getsource(named(runs))).body[0]
    for node in ast.walk(ours):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body.pop(0)
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    assert ast.dump(shown) == ast.dump(ours)
    assert source_of(runs).code in text


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_layers_of_a_network_are_written_out(activation: str) -> None:
    chosen = {"mlp.layers": 2, "mlp.width": 8, "mlp.activation": activation}
    text = program(FEW, Settings("mlp", options=chosen)).text()
    bend = f"            nn.{ACTIVATIONS[activation].__name__}(),\n"
    layers = [f"            nn.Linear({sizes}),\n" for sizes in ("1, 8", "8, 8", "8, 1")]
    assert bend.join(layers) in text


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("settings", "steps", "expected"),
    [
        (Settings(loss="mae"), None, 1000),
        (Settings(epochs=30), None, 30),
        (Settings(epochs=None, steps=50), None, 50),
        (Settings(epochs=30, steps=50), None, 30),
        (Settings(epochs=60, steps=50), None, 50),
        (Settings(epochs=60, steps=50), 70, 70),
        (Settings(epochs=20, batch_size=4), None, 60),
        (Settings(epochs=20, steps=50, batch_size=4), None, 50),
        (Settings(epochs=None, steps=50, batch_size=4), None, 50),
        (Settings(epochs=20, batch_size=4), 7, 7),
    ],
)
def test_it_trains_as_long_as_it_is_told(settings: Settings, steps: int | None, expected: int) -> None:
    text = program(FEW, settings, steps).text()
    counted = text.replace("optimizer.step()", "optimizer.step(); done.append(1)")
    done: list[int] = []
    with contextlib.redirect_stdout(io.StringIO()):
        exec(counted, {"done": done})
    assert len(done) == expected


def head(made: Program) -> str:
    return made.text().partition("import torch")[0]


def test_the_comment_at_the_top_says_what_is_not_in_it() -> None:
    assert "What was changed while" in head(program(FEW, Settings(), changed=True))
    assert "changed" not in head(program(FEW, Settings()))
    assert "engel.csv" in head(program(FEW, Settings(), name="engel.csv"))
    assert "but for rounding" in head(program(FEW, Settings(engine="compiled")))
    for eager in (Settings(), Settings(engine="compiled", optimizer="lbfgs")):
        assert "rounding" not in head(program(FEW, eager))


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_comments_are_in_the_language_of_the_person_and_the_code_is_the_same(code: str) -> None:
    settings = Settings("polynomial", "huber", "sgd", validation=0.2, standardise=True)
    english = ast.dump(ast.parse(program(FEW, settings).text()))
    use_language(code)
    made = program(FEW, settings)
    words = re.compile(r"Constant\(value='[^']*'\)")
    here = ast.dump(ast.parse(made.text()))
    if code == "en":
        assert here == english
    assert words.sub("", english.partition("matplotlib")[0]) == words.sub("", here.partition("matplotlib")[0])
    assert all(line.text == line.text.rstrip() for line in made.shown())


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_a_comment_is_no_wider_than_the_pane_of_a_usual_window(code: str) -> None:
    use_language(code)
    stops = Settings("mlp", "log_cosh", "lbfgs", batch_size=4, standardise=True, l1=0.1, patience=9)
    rows = [row for row in program(FEW, stops).text().split("\n") if row.lstrip().startswith("#")]
    wide = [sum(2 if east_asian_width(letter) in "WF" else 1 for letter in row) for row in rows]
    assert max(wide) <= SENTENCE


def test_another_device_is_named_once_and_given_all_tensors() -> None:
    settings = Settings("mlp", device="cuda:1", batch_size=4, standardise=True, validation=0.3)
    text = program(FEW, settings).text()
    assert text.count('"cuda:1"') == 1
    assert "model = model.to(device)" in text
    assert text.count(".to(device)") == 1 + 4 + 1  # the model, the data, the drawing
    code = text.replace('"cuda:1"', '"cpu"')
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, {})
    found = numbers_in(out.getvalue())
    plain = Settings("mlp", batch_size=4, standardise=True, validation=0.3)
    assert found == printed(program(FEW, plain))


def test_many_points_are_shown_short_and_saved_whole() -> None:
    count = 1_000_000
    x = np.random.default_rng(0).normal(size=count)
    points, scaling = Points(x, 2 * x), Trainer(FEW, Settings()).scaling
    tracemalloc.start()
    shown = program(points, Settings(standardise=True), scaling=scaling).shown()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * x.nbytes  # the points as training sees them; all numbers as texts would be far more
    assert max(len(line.text) for line in shown) < 120
    (line,) = (line for line in shown if line.text.startswith("x = "))
    first = ", ".join(repr(float(f"{value:.4g}")) for value in x[:3])
    assert line.text == (
        f"x = torch.tensor([{first}, ...], dtype=torch.float64).reshape(-1, 1)  # 1,000,000 numbers"
    )
    ast.parse("\n".join(line.text for line in shown))


def test_few_points_are_shown_as_they_are_saved() -> None:
    made = program(Points([1.0, 0.1 + 0.2], [3.0, -4e-300]), Settings())
    assert "\n".join(line.text for line in made.shown()) + "\n" == made.text()
    assert "x = torch.tensor([1.0, 0.30000000000000004]).reshape(-1, 1)" in made.text()


def test_what_is_shown_is_what_is_saved_but_for_the_numbers() -> None:
    for settings in (Settings(), Settings("mlp", "log_cosh", "lbfgs", schedule="plateau", validation=0.3)):
        made = program(FEW, settings)
        without = re.compile(r"torch\.tensor\(\[.*?\]", re.DOTALL)
        shown = re.sub(r"  # \d+ numbers", "", "\n".join(line.text for line in made.shown()))
        assert without.sub("", shown) + "\n" == without.sub("", made.text())
        assert tuple(dict.fromkeys(line.section for line in made.shown())) == SECTIONS
        assert all(isinstance(line, Line) and "\n" not in line.text for line in made.shown())


@pytest.mark.parametrize(
    ("points", "settings", "sentence"),
    [
        (Points(), Settings(), "no points"),
        (PLANE, Settings("polynomial"), "one column of x"),
        (FEW, Settings(start="own", start_values=(1.0,)), "2 parameters, and 1 start values"),
        (
            Points([0.0, 1.0], [0.0, 1e-300]),
            Settings(start="own", start_values=(1e300, 1.0), standardise=True),
            "start",
        ),
    ],
)
def test_what_cannot_be_trained_is_a_sentence(points: Points, settings: Settings, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        program(points, settings)


def test_writing_a_program_does_not_load_torch() -> None:
    code = (
        "import sys; from core.experiment import Settings, generate; from core.export import program;"
        "program(generate('line'), Settings('mlp', 'log_cosh', standardise=True, validation=.2)).text();"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


# --- the drawing ----------------------------------------------------------------------------------------


class Plot:
    """In the place of matplotlib.pyplot: remembers what is drawn."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[object, ...], dict[str, object]]] = []
        self.rcParams: dict[str, object] = {}
        fonts = SimpleNamespace(get_font_names=lambda: ["Noto Sans CJK JP", "Arial", "DejaVu Sans"])
        self.matplotlib = SimpleNamespace(font_manager=fonts)

    def __getattr__(self, name: str) -> object:
        return lambda *places, **words: self.calls.append((name, places, words))

    def drawn(self, name: str, number: int = 0) -> tuple[list[list[float]], dict[str, object]]:
        """The numbers and the words of a call."""
        _name, places, words = [call for call in self.calls if call[0] == name][number]
        return [np.asarray(place).tolist() for place in places], words


@pytest.fixture
def plot(monkeypatch: pytest.MonkeyPatch) -> Plot:
    made, package = Plot(), type(sys)("matplotlib")
    package.pyplot = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "matplotlib", package)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", made)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_points_and_fit_are_drawn_in_the_units_of_the_data(plot: Plot, model: str, standardise: bool) -> None:
    points = Points(FEW.x, FEW.y, "hours", "marks")
    settings = Settings(model, standardise=standardise, dtype="float64")
    printed(program(points, settings, STEPS))
    (x, y), look = plot.drawn("scatter")
    assert x == points.x[:, 0].tolist()
    assert y == points.y.tolist()
    assert look["color"] == "#0072B2"
    (grid, curve), look = plot.drawn("plot")
    assert (grid[0], grid[-1]) == (min(x), max(x))
    assert curve == pytest.approx(
        trained(points, settings).latest.predict(np.array(grid)), rel=1e-9, abs=1e-9
    )
    assert look["color"] == "#D55E00"
    assert [call[1] for call in plot.calls if call[0].endswith("label")] == [("hours",), ("marks",)]
    assert plot.calls[-1][0] == "show"


def test_points_held_out_are_drawn_hollow(plot: Plot) -> None:
    printed(program(FEW, Settings(validation=0.3), 1))
    (x, _y), look = plot.drawn("scatter", 1)
    assert len(x) == 3
    assert look["facecolors"] == "none"


def test_with_two_columns_what_is_predicted_is_drawn_over_what_is_so(plot: Plot) -> None:
    settings = Settings(standardise=True, dtype="float64")
    printed(program(PLANE, settings, STEPS))
    (y, predicted), _look = plot.drawn("scatter")
    assert y == PLANE.y.tolist()
    assert predicted == pytest.approx(trained(PLANE, settings).latest.predict(PLANE.x))


def test_letters_that_matplotlib_has_no_font_for_are_given_one(plot: Plot) -> None:
    printed(program(Points(FEW.x, FEW.y, "小时", "分数"), Settings(), 1))
    assert plot.rcParams["font.family"] == ["DejaVu Sans", "Noto Sans CJK JP"]  # those that are there
    assert ("小时",) in [call[1] for call in plot.calls]


# --- names from outside ---------------------------------------------------------------------------------

PIECES = (
    *"\"'\\\n\r\t\0\x0b\x0c\x1b\x85  $#%{}()[]<>&`*_:;=,./ aZ0é数\u202e\u2066\ufeff\u200b\ud800\udfff😀",
    *("'''", '"""', "\\N{", "\\x", "\\u", "{0}", "{x}", "%s", "coding: latin-1", "-*- coding=utf-7 -*-"),
    *(
        "\nimport os\n",
        "'); import os; (",
        '"); import os; ("',
        "# ",
        "\\\n",
        "__import__('os')",
        "]]>",
        "$$",
    ),
    *(
        "<script>",
        "[a](http://b)",
        "![](x)",
        "# type: ignore",
        "%%bash",
        "!ls",
        "?",
        "\r\n",
        "NUL",
        "x" * 400,
    ),
)


def hostile_names() -> Iterator[str]:
    draw = random.Random(20260101)
    for _number in range(1_500):
        yield "".join(draw.choices(PIECES, k=draw.randrange(1, 12)))


OF_FONTS = ("fonts", "known")  # the names that only the choice of a font has


def bones(source: str | bytes) -> str:
    """The code without the words in it, and without how labels find their font."""
    tree = ast.parse(source)
    rows = [row for row in ast.walk(tree) if isinstance(row, ast.Try)]
    for row in rows:
        row.orelse = [
            part for part in row.orelse if not any(f"id='{name}'" in ast.dump(part) for name in OF_FONTS)
        ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def test_no_name_gets_out_of_its_comment_or_its_string() -> None:
    two = Points([1.0, 2.0], [3.0, 4.0])
    expected = bones(program(two, Settings()).text())
    names = hostile_names()
    for one, other, third in zip(names, names, names, strict=False):
        made = program(Points(two.x, two.y, one, other), Settings(), name=third)
        text = made.text()
        assert bones(text.encode()) == expected
        assert all(row.isprintable() for row in text.split("\n"))
        assert max(map(len, text.split("\n"))) < 200
        assert [line.text for line in made.shown()] == text.split("\n")[:-1]


@pytest.mark.parametrize(
    "name", ["a$b$", "$", r"\$x$", "100 %", "a\nb", "\ud800", "_hidden", 'say "x"', "it's", "x" * 90]
)
def test_a_label_shows_the_name(plot: Plot, name: str) -> None:
    printed(program(Points(FEW.x, FEW.y, name, "y"), Settings(), 1))
    label = plot.drawn("xlabel")[0][0]
    assert isinstance(label, str)
    assert label.count("$") == label.count("\\$")  # none that would begin a formula
    shown = label.replace("\\$", "$")
    if name.isprintable() and len(name) < 60:
        assert shown == name
    else:
        assert shown.isprintable()
        assert len(shown) <= 61


@pytest.mark.parametrize("device", ['cuda"; import os; "', "a\nb", "'", "\\", "\u2028"])
def test_a_device_is_a_string_whatever_it_is(device: str) -> None:
    text = program(FEW, Settings(device=device)).text()
    values = [
        node.value.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    ]
    assert values == [device]


def test_start_values_and_numbers_of_any_size_are_read_back_exactly() -> None:
    points = Points([1e-300, -1e17, 5e-324], [math.pi, -0.0, 1e17])
    settings = Settings(start="own", start_values=(-1e-310, 1e17), dtype="float64")
    agree(points, settings, 1)
