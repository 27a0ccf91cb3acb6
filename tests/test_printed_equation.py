"""What a person reads of the fitted function reproduces the curve: on the screen, as JSON, in the program."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import main
from core.experiment import Experiment, Points, Settings, save_experiment
from core.experiment.split import held_out
from core.export import program
from core.tables.data_sets import load_data_set
from core.training import Trainer
from gui import presenter as presenter_module
from gui.app import create_app
from gui.theme import Theme
from gui.widgets.equation_label import EquationLabel
from tests.equations import function_of
from tests.windows import action, opened, part, snapshot, text, wait_for_rest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

REPORTS = Path(__file__).parent / "reports"
BEST = {"optimizer": "lbfgs", "learning_rate": 1.0, "standardise": True, "steps": 15, "dtype": "float64"}


def report(name: str) -> Points:
    with (REPORTS / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    return Points([float(row["x"]) for row in rows], [float(row["y"]) for row in rows])


def settings(degree: int, **more: object) -> Settings:
    model = (
        {"model": "line"}
        if degree == 1
        else {"model": "polynomial", "options": {"polynomial.degree": degree}}
    )
    return Settings(**(BEST | model | more))  # type: ignore[arg-type]


def trained(points: Points, chosen: Settings) -> Trainer:
    trainer = Trainer(points, chosen)
    while trainer.stopped is None:
        trainer.step()
    return trainer


FITS = [
    (report("n04_unix_seconds"), settings(1)),
    (report("n04_unix_seconds"), settings(3, dtype="float32")),
    (report("n05b_ms_of_day"), settings(1, dtype="float32")),
    (load_data_set("nile"), settings(6, validation=0.3)),
    (load_data_set("nile"), settings(12)),
    (load_data_set("engel"), settings(1)),
    (Points(np.linspace(0, 1, 9), np.cos(np.arange(9.0))), settings(6, standardise=False, steps=3)),
]


def allowed(points: Points, chosen: Settings, predicted: np.ndarray) -> float:
    """1 % of the RMSE of the training points."""
    apart = held_out(len(points), chosen.validation, chosen.validation_seed)
    return float(0.01 * np.sqrt(np.mean((points.y - predicted)[~apart] ** 2)))


def polynomial(numbers: dict[str, object], x: np.ndarray) -> np.ndarray:
    """y by w, b and, where they are given, mean and scale."""
    u = (x[:, 0] - numbers.get("mean", 0.0)) / numbers.get("scale", 1.0)
    weights = np.atleast_1d(numbers["w"])
    return u[:, None] ** np.arange(1, len(weights) + 1) @ weights + numbers["b"]


@pytest.mark.parametrize(("points", "chosen"), FITS)
def test_the_window_shows_an_equation_that_reproduces_the_curve(
    qtbot: QtBot, points: Points, chosen: Settings
) -> None:
    with opened(qtbot, points, chosen) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        predicted = snapshot(window).predict(points.x)
        away = np.abs(function_of(text(window, "readout_equation"))(points.x) - predicted)
        assert away.max() <= allowed(points, chosen, predicted)


def test_the_equation_of_many_points_comes_with_their_measures(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenter_module, "AT_ONCE", 0)
    points, chosen = FITS[0]
    with opened(qtbot, points, chosen) as window:
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        expected = snapshot(window).equation(points)
        qtbot.waitUntil(lambda: text(window, "readout_equation") == expected)


@pytest.mark.parametrize(("points", "chosen"), FITS)
def test_json_and_the_lines_of_a_training_reproduce_the_curve(
    points: Points, chosen: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.fit.json"
    save_experiment(Experiment(points, chosen), file)
    predicted = trained(points, chosen).latest.predict(points.x)
    most = allowed(points, chosen, predicted)
    assert main.main(["train", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert np.abs(polynomial(found["parameters"], points.x) - predicted).max() <= most
    assert np.abs(function_of(found["equation"])(points.x) - predicted).max() <= most
    assert main.main(["train", str(file)]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "y = " in line)
    assert line.partition(": ")[2] == found["equation"]


def assert_program_reproduces(printed: str, points: Points, chosen: Settings) -> None:
    rows = [row.split(" ", 1) for row in printed.splitlines()]
    found = {name: json.loads(value) for name, value in rows if name != "Install"}
    if not chosen.standardise:
        found |= {"w": found["layer.weight"][0], "b": found["layer.bias"][0]}
    predicted = trained(points, chosen).latest.predict(points.x)
    assert np.abs(polynomial(found, points.x) - predicted).max() <= allowed(points, chosen, predicted)


@pytest.mark.parametrize(("points", "chosen"), FITS)
def test_a_program_prints_numbers_that_reproduce_the_curve(points: Points, chosen: Settings) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program(points, chosen, chosen.steps).text(), {})
    assert_program_reproduces(out.getvalue(), points, chosen)


def test_so_it_does_in_an_interpreter_of_its_own(tmp_path: Path) -> None:
    points, chosen = FITS[4]
    file = tmp_path / "program.py"
    file.write_text(program(points, chosen, chosen.steps).text(), encoding="utf-8")
    out = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True).stdout
    assert_program_reproduces(out, points, chosen)


# --- its line in the window -------------------------------------------------------------------------------

LONG = "y = " + " + ".join(f"1.23456 u{k}" for k in range(12)) + ",  u = (x − 1970) / 30"


@pytest.fixture
def label(qtbot: QtBot) -> EquationLabel:
    create_app([])
    made = EquationLabel(Theme())
    qtbot.addWidget(made)
    made.resize(400, made.sizeHint().height())
    made.show()
    return made


@pytest.mark.parametrize("where", ["", ",  u = (x − 1970) / 30"])
def test_an_equation_without_room_has_whole_terms_and_what_u_is(label: EquationLabel, where: str) -> None:
    terms = " + ".join(f"1.23456 u{k}" for k in range(12))
    for width in range(300, 700, 7):
        label.resize(width, label.height())
        label.setText(f"y = {terms}{where}")
        shown = label.cut_off()
        assert label.fontMetrics().horizontalAdvance(shown) <= width
        assert shown.endswith(f" …{where}")
        first = shown.removesuffix(f" …{where}")
        assert f"y = {terms}".startswith(f"{first} + 1.23456 u")


def test_a_bracket_is_not_cut_in_two(label: EquationLabel) -> None:
    label.resize(330, label.height())
    label.setText("y = 2.0000 (x1 − 1971.5) + 3.0000 (x2 − 1000000001.5) − 4.0000")
    assert label.cut_off() == "y = 2.0000 (x1 − 1971.5) …"


def test_the_tooltip_has_what_is_left_out(qtbot: QtBot, label: EquationLabel) -> None:
    for shown, whole in ((LONG, True), ("y = 2.310 x − 0.4200", False), ("", False)):
        label.setText(shown)
        label.grab()
        assert (LONG in label.toolTip()) == whole
        assert bool(label.toolTip()) == bool(shown)


def test_a_click_opens_all_of_it_to_select_and_copy(qtbot: QtBot, label: EquationLabel) -> None:
    label.setText(LONG)
    qtbot.mouseClick(label, Qt.MouseButton.LeftButton)
    whole = part(label, QLabel, "whole_equation")
    assert whole.isVisible()
    assert whole.text() == whole.selectedText() == LONG
    assert whole.height() > 2 * label.height()
    qtbot.keyClick(whole, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == LONG
    qtbot.keyClick(whole, Qt.Key.Key_Escape)
    assert not QApplication.activePopupWidget()


def test_its_menu_copies_all_of_it(label: EquationLabel) -> None:
    label.setText(LONG)
    label.copy()
    assert QGuiApplication.clipboard().text() == LONG


def test_a_long_equation_takes_no_room_from_others(qtbot: QtBot) -> None:
    with opened(qtbot, load_data_set("nile"), settings(12)) as window:
        window.resize(1024, 768)
        before = part(window, QLabel, "readout_equation").geometry(), window.width()
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        assert len(text(window, "readout_equation")) > 150
        window.grab()
        assert (part(window, QLabel, "readout_equation").geometry(), window.width()) == before


def test_the_keys_come_to_the_equation_where_it_is_scrolled_away_and_open_and_copy_it(qtbot: QtBot) -> None:
    with opened(qtbot) as window:
        window.resize(640, 400)
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        equation = part(window, QLabel, "readout_equation")
        part(window, QWidget, "fit_plot").setFocus()
        for _stop in range(100):
            if window.focusWidget() is equation:
                break
            qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        QApplication.processEvents()
        assert window.focusWidget() is equation
        assert not equation.visibleRegion().isEmpty()
        qtbot.keyClick(equation, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == text(window, "readout_equation")
        qtbot.keyClick(equation, Qt.Key.Key_Return)
        whole = part(equation, QLabel, "whole_equation")
        assert whole.selectedText() == text(window, "readout_equation")
        qtbot.keyClick(whole, Qt.Key.Key_Escape)
        assert window.focusWidget() is equation
