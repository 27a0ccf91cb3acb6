"""The log in the person's data folder: everything that a sentence on the screen leaves out."""

from __future__ import annotations

import faulthandler
import logging
import os
import shutil
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from core.recent_log import RecentLog

LOG_NAME = "fitscope.log"
CRASH_NAME = "crash.log"
LOG_BYTES = 1_000_000
CRASH_BYTES = 100_000  # the stacks of a crash take a few thousand
FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


class _Open:
    """What the process has open; one log for all."""

    handlers: tuple[logging.Handler, ...] = ()
    recent = RecentLog()


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
        handler = _log_file(path)
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    _Open.recent = RecentLog()
    _Open.handlers = handler, _Open.recent
    for each in _Open.handlers:
        root.addHandler(each)
    return path


def stop_log() -> None:
    """Close the log."""
    for handler in _Open.handlers:
        logging.getLogger().removeHandler(handler)
        handler.close()
    _Open.handlers = ()


def recent_log() -> str:
    """The last lines of the log, as they may be shown to others."""
    return _Open.recent.text()


def rotate(source: str, goal: str) -> None:
    """Move what the file `source` holds to `goal`, and leave it empty.

    It is not renamed: other windows of the program write to it as well, and on Windows it could not be.
    """
    with suppress(OSError):  # a full disk costs the old lines, and has room again
        shutil.copyfile(source, goal)
    os.truncate(source, 0)


def _log_file(path: Path) -> logging.Handler:
    """What writes to `path`, and to another file beside it what is older."""
    handler = RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
    )
    handler.rotator = rotate
    return handler


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
    if path.exists() and path.stat().st_size > CRASH_BYTES:
        rotate(str(path), f"{path}.1")
    if not faulthandler.is_enabled():
        faulthandler.enable(path.open("a", encoding="utf-8"))
