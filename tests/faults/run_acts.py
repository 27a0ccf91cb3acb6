"""What is done to a run, and to a program that is not installed well."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.doing import WHILE, draw, end, notice

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from tests.faults.driven import Hands


def _raise(error: BaseException) -> Callable[..., None]:
    def step(*_arguments: object, **_words: object) -> None:
        raise error

    return step


def _fail_in_a_step(window: MainWindow, hands: Hands, break_steps: Callable[[], None]) -> None:
    """Train for a while, then break the steps, and see what of the run is still there."""
    from tests.windows import action, ready, wait_for_step

    draw(window, hands, 4)
    window.store.change(epochs=None)
    ready(hands, window)  # type: ignore[arg-type]
    action(window, "run").trigger()
    wait_for_step(hands, window, 20)  # type: ignore[arg-type]
    before = window.session.snapshot.step
    break_steps()
    hands.waitUntil(lambda: not window.session.running or bool(notice(window)))
    hands.wait(WHILE)
    hands.tell("reads", hands.reads(window))
    snapshot, history = window.session.snapshot, window.session.history
    hands.tell("step kept", snapshot is not None and snapshot.step >= before)
    hands.tell("history kept", history is not None and history.losses().steps >= before)
    end(window, hands)


def _steps_raise(window: MainWindow, hands: Hands, error: BaseException) -> None:
    from core.training.fit import Fit

    def break_steps() -> None:
        Fit.step = _raise(error)  # type: ignore[method-assign]

    _fail_in_a_step(window, hands, break_steps)


def lose_the_device(window: MainWindow, hands: Hands) -> None:
    """The CPU goes by another name, so that it can be lost."""
    from core.training.fit import Fit

    right = Fit.step
    worker = window.session

    def step(fit: Fit, *arguments: object, **words: object) -> object:
        trainer = worker._worker.trainer
        if trainer.device != "cpu":
            raise RuntimeError("CUDA error: the launch timed out and was terminated")
        return right(fit, *arguments, **words)

    def break_steps() -> None:
        worker._worker.trainer.device = "cuda"
        Fit.step = step  # type: ignore[method-assign]

    _fail_in_a_step(window, hands, break_steps)


def no_memory(window: MainWindow, hands: Hands) -> None:
    _steps_raise(window, hands, MemoryError())


def no_memory_in_torch(window: MainWindow, hands: Hands) -> None:
    _steps_raise(window, hands, RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))


def little_memory(window: MainWindow, hands: Hands) -> None:
    """The system gives no more than the process has, and a little."""

    def break_steps() -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + 50_000_000
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        import torch

        from core.training.fit import Fit

        Fit.step = lambda *_arguments, **_words: torch.zeros(200_000_000)  # type: ignore[method-assign]

    _fail_in_a_step(window, hands, break_steps)


def error_in_the_loop(window: MainWindow, hands: Hands) -> None:
    _steps_raise(window, hands, ZeroDivisionError("a fault of ours"))


def leaving_the_loop(window: MainWindow, hands: Hands) -> None:
    _steps_raise(window, hands, SystemExit("a library left"))


def error_in_a_slot(window: MainWindow, hands: Hands) -> None:
    """The one that is called with every frame."""
    from PySide6.QtWidgets import QApplication

    from gui.dialogs.fault_dialog import FaultDialog
    from tests.windows import action, ready, text, wait_for_step

    draw(window, hands, 4)
    ready(hands, window)  # type: ignore[arg-type]
    window.session.snapshot_changed.connect(lambda _snapshot: 1 / 0)
    action(window, "run").trigger()
    wait_for_step(hands, window, 20)  # type: ignore[arg-type]
    hands.wait(1000)
    dialogs = [each for each in QApplication.topLevelWidgets() if isinstance(each, FaultDialog)]
    hands.tell("dialogs", len(dialogs))
    hands.tell("reads", text(dialogs[0], "fault_sentence"))
    dialogs[0].close()
    hands.tell("runs", window.session.running)
    end(window, hands)


def run_without_torch(window: MainWindow, hands: Hands) -> None:
    """Draw, and press Run."""
    from tests.windows import action

    draw(window, hands, 3)
    hands.waitUntil(lambda: not window.session.loading)
    action(window, "run").trigger()
    hands.waitUntil(lambda: not window.session.loading and not window.session.running)
    hands.wait(WHILE)
    hands.tell("reads", hands.reads(window))
    end(window, hands)


def measure(window: MainWindow, hands: Hands) -> None:
    """How large the window is, and how large the screen."""
    hands.wait(300)
    room, has = window.screen().availableGeometry(), window.frameGeometry()
    hands.tell("window", [has.width(), has.height()])
    hands.tell("screen", [room.width(), room.height()])
    hands.tell("inside", room.contains(has))
    hands.tell("reads", hands.reads(window))
    end(window, hands)


def change_the_language(window: MainWindow, hands: Hands) -> None:
    """To Chinese, whose texts are damaged, and train."""
    from tests.windows import windows

    draw(window, hands, 3)
    window.workspace.preferences.put("language", "zh_CN")
    window.look_changed.emit()
    (window,) = windows()
    hands.wait(500)
    hands.tell("reads", notice(window))
    hands.wait(WHILE)
    hands.tell("stays", notice(window))
    end(window, hands)
