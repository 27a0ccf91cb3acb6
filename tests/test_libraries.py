"""PyTorch: its libraries are loaded before its import, while other threads go on; a broken one is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.training import libraries
from core.training.libraries import SUFFIXES, load_libraries
from tests.windows import LINE, action, click, message, opened, wait_for_rest

ROOT = Path(__file__).resolve().parent.parent
LOADED = """
import sys, threading
from core.training.libraries import load_libraries

ended, turns = threading.Event(), 0
def turn():
    global turns
    while not ended.wait(0.001):
        turns += 1

other = threading.Thread(target=turn)
other.start()
while not turns:
    pass
before = turns
loaded = load_libraries()
after = turns
ended.set()
other.join()
assert loaded, "not loaded"
assert after - before > 10, "the other thread had to wait"
assert "torch" not in sys.modules
"""

elsewhere = pytest.mark.skipif(sys.platform not in SUFFIXES, reason="PyTorch loads them so by itself there")


@elsewhere
def test_the_libraries_are_loaded_while_other_threads_go_on() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""


@elsewhere
def test_libraries_that_are_not_there_are_left_to_the_import(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load_libraries()
    monkeypatch.setattr(libraries, "_folder", lambda: tmp_path)
    assert not load_libraries()


def test_elsewhere_the_import_loads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not load_libraries()


def test_a_broken_pytorch_is_told_in_the_window_for_as_long_as_it_is_so(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(qtbot) as window, monkeypatch.context() as patches:
        patches.setattr(libraries._Import, "error", None)
        patches.setattr("torch.zeros", lambda *_size: sys.exit("no CPU for it"))
        click(qtbot, window, 0.5, 0.5)
        action(window, "reset").trigger()
        wait_for_rest(qtbot, window)
        broken = message(window)
        assert broken.startswith("PyTorch cannot be loaded from ")
        assert "(no CPU for it)" in broken
        click(qtbot, window, 1.5, 0.5)
        action(window, "run").trigger()
        wait_for_rest(qtbot, window)
        assert message(window) == broken
        assert len(window.store.points) == len(LINE) + 2
