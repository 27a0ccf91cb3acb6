"""The log in the person's data folder: everything that a sentence on the screen leaves out."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "fitscope.log"
CRASH_NAME = "crash.log"
LOG_BYTES = 1_000_000
FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


class _Open:
    """What the process has open; one log for all."""

    handler: logging.Handler | None = None


def data_folder() -> Path:
    """The folder for the log and the autosaved work; it need not exist yet. FITSCOPE_DATA overrides it."""
    chosen = os.environ.get("FITSCOPE_DATA")
    if chosen:
        return Path(chosen)
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Fitscope"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Fitscope"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "fitscope"


def start_log() -> Path:
    """Write log records, and the stacks of a crash, to the data folder from now on; the path of the log.

    A folder that cannot be written costs the log, never the start of the program.
    """
    stop_log()
    _occupy_standard_streams()
    path = data_folder() / LOG_NAME
    # A full disk must not fill the terminal with the traceback of each record that was lost.
    logging.raiseExceptions = False
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        _log_crashes(path.with_name(CRASH_NAME))
        handler = RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
        )
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    _Open.handler = handler
    return path


def stop_log() -> None:
    """Close the log."""
    if _Open.handler is not None:
        logging.getLogger().removeHandler(_Open.handler)
        _Open.handler.close()
        _Open.handler = None


def _occupy_standard_streams() -> None:
    """Open the null device for each standard stream that is closed.

    The next file would take its number, and what a C library writes to standard error would land in it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _log_crashes(path: Path) -> None:
    """Have the interpreter write the stack of a crash to `path`, unless it was told to write it elsewhere."""
    if not faulthandler.is_enabled():
        faulthandler.enable(path.open("a", encoding="utf-8"))
