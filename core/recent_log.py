"""The last lines of the log as they may be shown to others: nothing that stands in the person's files."""

from __future__ import annotations

import logging
import re
import traceback
from collections import deque
from pathlib import Path

from core.problem import Problem

LINES = 60  # records that are kept
FRAMES = 12  # of a stack
CAUSES = 4  # of an error

# What an error or a sentence quotes may come from a file; what stands around it is ours or Python's.
_QUOTED = re.compile(r"""“[^”]*”|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")


class RecentLog(logging.Handler):
    """Keeps the last records as text, without what is quoted in them."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=LINES)
        self._clock = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep `record`."""
        line = f"{self._clock.formatTime(record)} {record.levelname} {record.name}: {_told(record)}"
        if record.exc_info and record.exc_info[1]:
            line += "\n" + stack(record.exc_info[1])
        self._lines.append(line)

    def text(self) -> str:
        """All that is kept, the newest last."""
        return "\n".join(self._lines)


def stack(error: BaseException, causes: int = CAUSES) -> str:
    """Where `error` and what led to it were raised, without what their messages quote."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{stack(cause, causes - 1)}\nwhich led to\n" if cause is not None and causes else ""
    frames = "".join(traceback.format_tb(error.__traceback__, -FRAMES))
    home = str(Path.home())
    return f"{before}{frames.replace(home, '~')}{type(error).__name__}: {_words(error)}"


def without_quotes(text: str) -> str:
    """`text` with an ellipsis for each thing that it quotes, and without the name of the person's folder."""
    return _QUOTED.sub("“…”", text).replace(str(Path.home()), "~")


def _told(record: logging.LogRecord) -> str:
    """The message of `record`."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    safe = tuple(_words(each) if isinstance(each, BaseException) else each for each in arguments)
    return without_quotes(str(record.msg) % safe if safe else record.getMessage())


def _words(error: BaseException) -> str:
    """What `error` says; the sentence of a Problem, which may name anything, is left out."""
    return "(its sentence)" if isinstance(error, Problem) else without_quotes(str(error))
