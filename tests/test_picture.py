"""Pictures made without a screen: of the asked size, in both languages, of what is so."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core import cli
from core.experiment import Experiment, Points, Settings, save_experiment
from core.problem import Problem
from core.training import Trainer
from gui import app as app_module
from gui.picture import fit_picture, open_any, save_picture
from gui.preferences import Preferences
from gui.theme import DATA, MODEL
from tests.windows import LINE, snapshot, text, windows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

ROOT = Path(__file__).resolve().parent.parent
WORK = Experiment(LINE, Settings(learning_rate=0.1))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    file = tmp_path / "work.fit.json"
    save_experiment(WORK, file)
    return file


@pytest.fixture
def same_application(qapp: QApplication) -> Iterator[None]:
    """The look of the application is as it was, after a picture was made in another."""
    font, palette = qapp.font(), qapp.palette()
    yield
    qapp.setFont(font)
    qapp.setPalette(palette)


def asked(*words: str) -> argparse.Namespace:
    """What the command line says."""
    return cli.parse(["screenshot", *words])


def pixels(file: Path) -> np.ndarray:
    """The picture as rows of colours, `[height, width]`."""
    image = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
    assert not image.isNull()
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) & 0xFFFFFF


def shows(picture: np.ndarray, colour: str) -> bool:
    """Whether a colour is there in more than a stray pixel."""
    return int((picture == (QColor(colour).rgb() & 0xFFFFFF)).sum()) > 20


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)])
def test_a_screenshot_has_the_asked_size_in_both_languages(
    qtbot: QtBot,
    same_application: None,
    work: Path,
    tmp_path: Path,
    language: str,
    size: tuple[int, int],
) -> None:
    file = tmp_path / "picture.png"
    arguments = asked(str(work), str(file), "--size", "{}x{}".format(*size), "--language", language)
    assert app_module.run_screenshot(arguments) == 0
    picture = pixels(file)
    assert picture.shape == size[::-1]
    assert shows(picture, DATA)
    assert shows(picture, MODEL)
    assert not windows()


def test_the_languages_and_themes_differ(
    qtbot: QtBot, same_application: None, work: Path, tmp_path: Path
) -> None:
    pictures = []
    for options in (["--language", "en"], ["--language", "zh_CN"], ["--language", "en", "--theme", "dark"]):
        app_module.run_screenshot(asked(str(work), str(tmp_path / "picture.png"), *options))
        pictures.append(pixels(tmp_path / "picture.png"))
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[0] != pictures[2]).mean() > 0.5


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Callable[[argparse.Namespace], dict[str, str]]:
    """What the window says at the moment when its picture is taken."""

    def look(arguments: argparse.Namespace) -> dict[str, str]:
        found: dict[str, str] = {}

        def note(_picture: QPixmap, _path: Path) -> None:
            (window,) = windows()
            for name in ("readout_step", "readout_loss", "readout_equation", "message"):
                found[name] = text(window, name)
            found["parameters"] = repr(snapshot(window).parameters)
            found["reference"] = str(len(window._fit.plot.traces["reference"].xData))

        monkeypatch.setattr(app_module, "save_picture", note)
        app_module.run_screenshot(arguments)
        return found

    return look


@pytest.mark.parametrize("steps", [0, 1, 250])
def test_a_screenshot_is_of_the_asked_step(
    qtbot: QtBot,
    same_application: None,
    work: Path,
    seen: Callable[[argparse.Namespace], dict[str, str]],
    steps: int,
) -> None:
    trainer = Trainer(WORK.points, WORK.settings)
    for _step in range(steps):
        trainer.step()
    found = seen(asked(str(work), "picture.png", "--steps", str(steps)))
    assert found["readout_step"] == str(steps)
    assert found["parameters"] == repr(trainer.latest.parameters)
    assert found["message"]


def test_a_screenshot_of_an_experiment_is_of_the_step_at_which_it_was_saved_unless_another_is_asked_for(
    qtbot: QtBot,
    same_application: None,
    tmp_path: Path,
    seen: Callable[[argparse.Namespace], dict[str, str]],
) -> None:
    file = tmp_path / "saved.fit.json"
    save_experiment(replace(WORK, step=30), file)
    assert seen(asked(str(file), "picture.png"))["readout_step"] == "30"
    for steps in ("0", "10"):
        assert seen(asked(str(file), "picture.png", "--steps", steps))["readout_step"] == steps


def test_a_screenshot_has_the_least_squares_line(
    qtbot: QtBot,
    same_application: None,
    work: Path,
    seen: Callable[[argparse.Namespace], dict[str, str]],
) -> None:
    assert int(seen(asked(str(work), "picture.png"))["reference"]) > 0


def test_a_screenshot_is_the_same_each_time_and_leaves_the_preferences_alone(
    qtbot: QtBot, same_application: None, work: Path, tmp_path: Path
) -> None:
    files = [tmp_path / "one.png", tmp_path / "two.png"]
    Preferences().put("geometry", "mine")
    for file in files:
        app_module.run_screenshot(asked(str(work), str(file), "--steps", "20"))
    assert (pixels(files[0]) == pixels(files[1])).all()
    assert Preferences().get("geometry", "") == "mine"


def test_the_verb_works_without_a_screen(work: Path, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    done = subprocess.run(
        [sys.executable, "main.py", "screenshot", str(work), str(file), "--steps", "10", "--size", "900x700"],
        cwd=ROOT,
        env={**environment, "FITSCOPE_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert pixels(file).shape == (700, 900)


def test_a_picture_that_cannot_be_written_is_a_problem(
    qtbot: QtBot, same_application: None, work: Path, tmp_path: Path
) -> None:
    picture = QPixmap(10, 10)
    picture.fill(QColor("white"))
    for name in ("nowhere/picture.png", "picture.docx", "picture"):
        with pytest.raises(Problem, match="could not be written"):
            save_picture(picture, tmp_path / name)


def test_a_data_file_and_an_experiment_can_both_be_pictured(work: Path, tmp_path: Path) -> None:
    assert open_any(work) == WORK
    table = tmp_path / "table.csv"
    table.write_text("year,price\n1990,120000\n2000,180000\n2010,260000\n")
    found = open_any(table)
    assert found.points.y.tolist() == [120000, 180000, 260000]
    assert found.settings.standardise


def test_an_experiment_without_points_is_a_problem(
    qtbot: QtBot, same_application: None, tmp_path: Path
) -> None:
    file = tmp_path / "empty.fit.json"
    save_experiment(Experiment(Points(), Settings()), file)
    with pytest.raises(Problem, match="no points"):
        app_module.run_screenshot(asked(str(file), str(tmp_path / "picture.png")))
    assert not windows()


def test_a_fit_and_its_loss_are_drawn_side_by_side(qtbot: QtBot, tmp_path: Path) -> None:
    trainer = Trainer(LINE, Settings())
    for _step in range(50):
        trainer.step()
    picture = fit_picture(Experiment(LINE, Settings()), trainer.latest, trainer.history)
    assert (picture.width(), picture.height()) == (1200, 540)
    save_picture(picture, tmp_path / "fit.png")
    seen = pixels(tmp_path / "fit.png")
    assert shows(seen, DATA)
    assert shows(seen[:, :600], MODEL)
