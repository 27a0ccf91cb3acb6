"""Who may import whom: main.py, then gui, then core, and torch only in core."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QT = {"PySide6", "shiboken6", "pyqtgraph"}
HEAVY = {"torch", "pandas", "python_calamine", "scipy"}


def files(folder: str) -> list[Path]:
    """The Python files of `folder`."""
    return sorted((ROOT / folder).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """The top-level packages that `file` names in any import, also one inside a function."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize(
    ("folder", "forbidden"), [("core", {*QT, "gui", "main", "tests"}), ("gui", {*HEAVY, "main", "tests"})]
)
def test_the_engine_does_not_know_the_window_and_the_window_torch_only_through_it(
    folder: str, forbidden: set[str]
) -> None:
    wrong = {
        str(file.relative_to(ROOT)): found
        for file in files(folder)
        if (found := {*imported(file)} & forbidden)
    }
    assert not wrong


def test_main_imports_no_library_itself() -> None:
    assert set(imported(ROOT / "main.py")) <= sys.stdlib_module_names | {"core", "gui"}


@pytest.mark.parametrize("module", ["main", "gui.app", "gui.main_window", "core.cli"])
def test_nothing_heavy_is_imported_before_it_is_needed(module: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not HEAVY & set(loaded)
    if not module.startswith("gui"):
        assert not QT & set(loaded)
