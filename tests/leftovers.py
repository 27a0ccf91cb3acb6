"""What a window has that runs could leave behind."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

from gui.main_window import MainWindow

TASKS = Path("/proc/self/task")  # a folder for each thread, where the system has it


def kept(window: MainWindow) -> Counter[str]:
    """How many threads, timers and Qt objects there are, when all that is garbage is gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    parents: tuple[QObject, ...] = (window, window.workspace)
    return Counter(
        {
            "threads of Python": len(threading.enumerate()),
            "threads": len(list(TASKS.iterdir())) if TASKS.exists() else 0,
            "timers": sum(len(parent.findChildren(QTimer)) for parent in parents),
            "Qt objects": sum(len(parent.findChildren(QObject)) for parent in parents),
        }
    )
