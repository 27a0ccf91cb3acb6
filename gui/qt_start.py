"""The start of Qt, which ends the process where it cannot draw: with a sentence instead of an abort."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import NoReturn

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from core.problem import MENDABLE
from core.terminal import complain
from core.texts import _

PLATFORM = "QT_QPA_PLATFORM"

log = logging.getLogger(__name__)


def start_qt(make: Callable[[], QApplication]) -> QApplication:
    """What `make` makes; the process ends with status 2 where Qt has no way to draw here.

    Only Qt itself can tell whether a way to draw works, and what it has to say last is a fatal message.
    """
    before = qInstallMessageHandler(_hear_start)
    app = make()
    qInstallMessageHandler(before)
    return app


def log_qt(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """What Qt has to say is for the log, not for the terminal."""
    log.log(logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING, message)


def _hear_start(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    log_qt(kind, context, message)
    if kind == QtMsgType.QtFatalMsg:
        _give_up()


def _give_up() -> NoReturn:
    """End here: Qt would abort the process as soon as it is told nothing else."""
    platform = os.environ.get(PLATFORM, "")
    if platform:
        complain(
            _(
                "Qt cannot draw with “{platform}”, which the variable {variable} asks for; remove the "
                "variable, or use the commands train, screenshot and self-test, which need no screen."
            ).format(platform=platform, variable=PLATFORM)
        )
    else:
        complain(
            _(
                "Qt cannot draw on this screen; log in to a desktop, "
                "or use the commands train, screenshot and self-test, which need none."
            )
        )
    logging.shutdown()
    os._exit(MENDABLE)
