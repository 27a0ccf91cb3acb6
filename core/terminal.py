"""What the verbs write to the terminal, which is not there when a double click started the program."""

import logging
import math
import sys
import time
from typing import TextIO

PROGRESS_EVERY = 0.2  # seconds


def say(line: str) -> None:
    """Write a line to standard output, with a ? for a letter that it does not have."""
    if sys.stdout is not None:
        encoding = sys.stdout.encoding or "utf-8"
        _write(sys.stdout, line.encode(encoding, "replace").decode(encoding))


def complain(sentence: str) -> None:
    """Write a sentence to standard error."""
    if sys.stderr is not None:
        _write(sys.stderr, sentence)


def _write(stream: TextIO, line: str) -> None:
    """Write a line; one that nobody can read any more, because a pipe or a terminal was closed, is logged."""
    try:
        stream.write(line + "\n")
        stream.flush()
    except OSError:
        logging.exception("The terminal cannot be written")


class Progress:
    """One line on the terminal that says how far something is; silent where there is no terminal."""

    def __init__(self) -> None:
        self._due = 0.0 if sys.stderr is not None and sys.stderr.isatty() else math.inf
        self._width = 0

    def is_due(self) -> bool:
        """Whether it is time for another line; true a few times a second."""
        now = time.monotonic()
        if now < self._due:
            return False
        self._due = now + PROGRESS_EVERY
        return True

    def show(self, text: str) -> None:
        """Write `text` over the line before."""
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def clear(self) -> None:
        """Make the line empty again."""
        if self._width:
            self.show("")
            sys.stderr.write("\r")
