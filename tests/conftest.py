"""What every test stands on: no screen, a person's folder of its own, English, and nothing left behind."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path
from zlib import crc32

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LC_ALL"] = "C.UTF-8"
# torch.compile would otherwise keep a pool of processes and a thread that reads from it.
os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"

import pytest
import shiboken6
from hypothesis import settings
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.log import stop_log
from core.texts import use_language

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

GRACE = 1.0  # seconds for a thread that was told to end

PERSONS = itertools.count()

PATIENCE = 60_000  # milliseconds that a test waits for what comes by itself on a busy machine

LONG = 0.005  # seconds of a collection, of which there is one for each test of a window

# The collector runs in whatever thread allocates, and would destroy widgets in a training thread.
gc.disable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="every case of the tests that are marked one_in, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the many cases of a test marked one_in, keep a share: those whose names sort first once mixed."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("one_in") and not config.getoption("--all"):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out = set()
    for several in cases.values():
        (share,) = several[0].get_closest_marker("one_in").args  # type: ignore[union-attr]
        mixed = sorted(several, key=lambda item: crc32(item.nodeid.encode()))
        left_out.update(mixed[ceil(len(mixed) / share) :])
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Leave what the imports made out of later collections, so that each test can afford one."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def person(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a person who has just installed the program and reads English."""
    # beside the folders of tests, for each of which pytest looks through all that there are
    folder = tmp_path_factory.getbasetemp() / "persons" / str(next(PERSONS))
    folder.mkdir(parents=True)
    for name in ("FITSCOPE_DATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(folder / name.lower()))
    for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(folder / "settings"))
    use_language("en")
    yield folder
    stop_log()


class PatientBot(QtBot):
    """Waits as long as a busy machine may take, unless a test says how long."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, with more patience."""
    return PatientBot(request)


@pytest.fixture
def shared_code(
    person: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Compiled code is kept for all tests that ask for this, whoever they are about."""
    from core.training.compiled.compiler import COMPILER

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "compiled_code"
    monkeypatch.setenv("FITSCOPE_DATA", str(folder))
    yield
    COMPILER.forget()


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest, person: Path) -> Iterator[None]:
    """Fail a test that leaves a thread, a timer, a top-level window or another number of torch threads."""
    failed_before = request.session.testsfailed
    gc.disable()  # a verb without a window gives the process Python's own collections again
    draws = "qapp" in request.fixturenames
    threads, torch_threads, modules = set(threading.enumerate()), number_of_torch_threads(), len(sys.modules)
    timers, windows = (running_timers(), top_level_widgets()) if draws else ([], [])
    yield
    if draws:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        begin = time.perf_counter()
        gc.collect()
        if len(sys.modules) > modules or time.perf_counter() - begin > LONG:
            gc.freeze()  # what was imported or made once for all, such as the letters of a font, as above
    if request.session.testsfailed > failed_before:
        return  # its traceback keeps its windows alive
    left: list[object] = [thread for thread in set(threading.enumerate()) - threads if not ended(thread)]
    if draws:
        left += [timer for timer in running_timers() if timer not in timers]
        left += [window for window in top_level_widgets() if window not in windows]
    if number_of_torch_threads() not in (torch_threads, 1) and torch_threads:
        left.append(f"{number_of_torch_threads()} torch threads")
    assert not left, f"left behind: {left}"


def ended(thread: threading.Thread) -> bool:
    """Whether `thread` has ended, or does so while we wait a moment."""
    thread.join(GRACE)
    return not thread.is_alive()


def running_timers() -> list[QTimer]:
    """The active timers that Python code made."""
    return [
        timer for timer in shiboken6.getAllValidWrappers() if isinstance(timer, QTimer) and timer.isActive()
    ]


def top_level_widgets() -> list[QWidget]:
    """The windows there are, shown or not."""
    return QApplication.topLevelWidgets() if QApplication.instance() else []


def number_of_torch_threads() -> int:
    """How many threads torch computes with; 0 before it is imported."""
    torch = sys.modules.get("torch")
    return torch.get_num_threads() if torch is not None and hasattr(torch, "get_num_threads") else 0
