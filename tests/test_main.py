"""Starting the program: what goes wrong is one sentence, and the rest is in the log."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import main
from core.log import data_folder
from core.problem import Problem
from gui import preflight

ROOT = Path(__file__).resolve().parent.parent
BEFORE_THE_VERSION_IS_CHECKED = [
    "main.py",
    "core/catalogue.py",
    "core/file_names.py",
    "core/log.py",
    "core/problem.py",
    "core/recent_log.py",
    "core/terminal.py",
    "core/texts.py",
    "core/whole_file.py",
    "gui/preflight.py",
]


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the start of the program meet `error`."""

    def fail() -> None:
        raise error

    monkeypatch.setattr(preflight, "require_installation", fail)


def log_text() -> str:
    """What the log says."""
    return (data_folder() / "fitscope.log").read_text("utf-8")


def started(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, once it has ended."""
    command = [sys.executable, "main.py", *words]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True)


def test_a_problem_is_its_sentence_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(Problem("The file is gone; choose another."), monkeypatch)
    assert main.main([]) == 2
    assert capsys.readouterr().err == "The file is gone; choose another.\n"


def test_our_own_fault_is_one_sentence_naming_the_log_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(RuntimeError("a bug"), monkeypatch)
    assert main.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(data_folder() / "fitscope.log") in said
    assert "a bug" not in said
    assert "RuntimeError: a bug" in log_text()


def test_ctrl_c_is_not_a_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fail_with(KeyboardInterrupt(), monkeypatch)
    assert main.main([]) == 130
    assert capsys.readouterr().err == ""


def test_without_standard_error_the_sentence_is_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(Problem("The file is gone; choose another."), monkeypatch)
    monkeypatch.setattr(sys, "stderr", None)
    assert main.main([]) == 2
    assert "The file is gone" in log_text()


def test_a_start_with_every_stream_closed_ends_with_its_status(person: Path) -> None:
    command = f'exec "{sys.executable}" main.py train no-such-file.csv <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", command], cwd=ROOT).returncode == 2
    assert "no-such-file.csv" in log_text()


@pytest.mark.parametrize("file", BEFORE_THE_VERSION_IS_CHECKED)
def test_an_old_python_gets_as_far_as_the_sentence_about_it(file: str) -> None:
    ast.parse((ROOT / file).read_text("utf-8"), feature_version=(3, 8))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "words", [["train", "resources/data/engel.csv", "--steps", "3", "--json"], ["train", "--help"]]
)
def test_an_output_that_could_not_be_written_is_one_sentence_and_status_2(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "main.py", *words], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "The output could not be written, because the disk is full; send it elsewhere."
    )
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_read_enough_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as closed:
        done = subprocess.run(
            [sys.executable, "main.py", "--help"], cwd=ROOT, stdout=closed, stderr=subprocess.PIPE, text=True
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_way_to_draw_that_is_not_there_is_one_sentence() -> None:
    done = started(QT_QPA_PLATFORM="nosuch")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Qt cannot draw with “nosuch”, which the variable QT_QPA_PLATFORM asks for")
    assert "nosuch" in log_text()


def test_a_picture_needs_no_way_to_draw_on_a_screen(person: Path) -> None:
    words = ["train", "resources/data/engel.csv", "--steps", "3", "--plot", str(person / "picture.png")]
    done = started(*words, QT_QPA_PLATFORM="nosuch")
    assert done.returncode == 0, done.stderr
    assert (person / "picture.png").exists()


@pytest.mark.parametrize(
    ("stub", "detail"),
    [
        ("raise ImportError('libtorch_cpu.so: cannot open shared object file')", "libtorch_cpu.so: cannot"),
        ("raise SystemExit('no CPU for it')", "no CPU for it"),
        ("print = 3", "has no attribute 'zeros'"),
    ],
)
def test_a_broken_pytorch_is_one_sentence_that_names_its_file(person: Path, stub: str, detail: str) -> None:
    """As where a file of a student's own is called torch.py, or an installation was interrupted."""
    file = person / "torch.py"
    file.write_text(stub)
    words = ["train", "resources/data/engel.csv", "--steps", "3"]
    done = started(*words, PYTHONPATH=str(person))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"PyTorch cannot be loaded from {file} (")
    assert detail in done.stderr
    assert "pip install --force-reinstall" in done.stderr


def test_the_window_without_a_screen_is_one_sentence_naming_what_works() -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert all(verb in done.stderr for verb in ("train", "screenshot", "self-test"))
