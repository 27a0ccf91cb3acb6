"""What pyqtgraph sees of Qt: everything, but nothing before it asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RARE = "QCalendarWidget"  # of which nobody here makes one
LOOK = f"""
import gui.plots
import pyqtgraph
from PySide6 import QtWidgets
assert "{RARE}" in dir(QtWidgets)
assert "{RARE}" not in vars(QtWidgets)
mirror = pyqtgraph.QtWidgets
assert mirror.{RARE} is QtWidgets.{RARE}
assert vars(mirror)["{RARE}"] is QtWidgets.{RARE}
assert not hasattr(mirror, "QNothing")
assert issubclass(pyqtgraph.PlotWidget, QtWidgets.QGraphicsView)
"""


def run(program: str) -> str:
    """What a program that begins with nothing imported complains of."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    return done.stderr


def test_a_class_of_qt_is_made_when_pyqtgraph_asks_for_it() -> None:
    assert run(LOOK) == ""


def test_what_nobody_needs_of_pyqtgraph_is_imported_by_whoever_needs_it() -> None:
    program = """
import sys
import gui.plots
assert not [name for name in sys.modules if name.startswith("pyqtgraph.parametertree")]
from pyqtgraph.imageview import ImageView
from pyqtgraph.widgets.ColorMapWidget import ColorMapWidget
assert ColorMapWidget.__module__ == "pyqtgraph.widgets.ColorMapWidget"
"""
    assert run(program) == ""


def test_a_pyqtgraph_that_is_imported_already_stays_as_it_is() -> None:
    program = f"import PySide6, pyqtgraph, gui.plots; pyqtgraph.QtWidgets.{RARE}"
    assert run(program) == ""
