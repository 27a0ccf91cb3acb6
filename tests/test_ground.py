"""What everything stands on: Qt, the repository, and a suite that sees what a test leaves behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from PySide6.QtCore import QObject, Signal

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "core",
    "findings",
    "gui",
    "main.py",
    "pyproject.toml",
    "resources",
    "tests",
}
PINS = {
    "torch": ">=2.13,<2.14",
    "PySide6-Essentials": ">=6.11.3,<6.12",
    "pyqtgraph": ">=0.14,<0.15",
    "pandas": ">=3.0,<4",
    "python-calamine": ">=0.9,<0.10",
}
MANY = 100_000
SLACK = 1_000  # references that other code may take or leave meanwhile


class Bell(QObject):
    """Something that can be rung."""

    rung = Signal()


def test_a_hundred_thousand_signals_leave_the_references_to_true_and_none_alone() -> None:
    bell, rings = Bell(), []
    bell.rung.connect(lambda: rings.append(1))
    true, none = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(MANY):
        bell.rung.emit()
    assert len(rings) == MANY
    assert abs(sys.getrefcount(True) - true) < SLACK
    assert abs(sys.getrefcount(None) - none) < SLACK


def test_a_hundred_thousand_void_calls_leave_the_references_to_none_alone() -> None:
    thing = QObject()
    none = sys.getrefcount(None)
    for _ in range(MANY):
        thing.setObjectName("thing")
    assert thing.objectName() == "thing"
    assert abs(sys.getrefcount(None) - none) < SLACK


def test_the_repository_has_only_its_known_parts() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0] for line in listed.splitlines()} <= TOP_LEVEL


@pytest.mark.parametrize("name", PINS)
def test_what_breaks_between_versions_is_pinned(name: str) -> None:
    assert requirements()[name].specifier == Requirement(name + PINS[name]).specifier


def test_python_3_11_and_newer_are_welcome() -> None:
    assert project()["requires-python"] == ">=3.11"


TIDY = """
import pytest, threading, warnings, torch
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QWidget

kept, go_on = [], threading.Event()

def test_tidy(qtbot):
    window, timer, thread = QWidget(), QTimer(), threading.Thread(target=int)
    timer.start(1000)
    thread.start()
    window.show()

def test_leaves_a_window(qtbot):
    kept.append(QWidget())

def test_leaves_a_timer(qtbot):
    kept.append(QTimer())
    kept[-1].start(1000)

def test_leaves_a_thread():
    threading.Thread(target=go_on.wait, daemon=True).start()

def test_leaves_torch_threads():
    torch.set_num_threads(torch.get_num_threads() + 2)

def test_warns():
    warnings.warn("careful")

def test_warns_in_qt():
    qWarning("careful")
"""


def test_the_suite_fails_what_warns_or_leaves_something_behind(tmp_path: Path) -> None:
    (tmp_path / "test_tidy.py").write_text(TIDY)
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"))
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    failed = set(re.findall(r"^(?:FAILED|ERROR) test_tidy.py::(\w+)", done.stdout, re.MULTILINE))
    assert failed == {
        "test_leaves_a_window",
        "test_leaves_a_timer",
        "test_leaves_a_thread",
        "test_leaves_torch_threads",
        "test_warns",
        "test_warns_in_qt",
    }


def project() -> dict[str, object]:
    """The [project] table of pyproject.toml."""
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def requirements() -> dict[str, Requirement]:
    """What the program needs, by name."""
    dependencies = project()["dependencies"]
    assert isinstance(dependencies, list)
    return {needed.name: needed for needed in map(Requirement, dependencies)}
