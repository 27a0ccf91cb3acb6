"""What the verbs write to the terminal, which is not there when a double click started the program."""

from __future__ import annotations

import logging
import math
import sys
import time
from typing import TextIO

from core.problem import Problem
from core.texts import _
from core.whole_file import reason_in_words

PROGRESS_EVERY = 0.2  # seconds


class _Output:
    """Why standard output could not be written, if so."""

    error: OSError | None = None


def say(line: str) -> None:
    """Write a line to standard output, with a ? for a letter that it does not have."""
    if sys.stdout is not None:
        encoding = sys.stdout.encoding or "utf-8"
        _write(sys.stdout, line.encode(encoding, "replace").decode(encoding) + "\n")


def complain(sentence: str) -> None:
    """Write a sentence to standard error."""
    if sys.stderr is not None:
        _write(sys.stderr, sentence + "\n")


def end_output() -> None:
    """Write what is not written yet; raises Problem where anything of the output did not arrive.

    It is not raised sooner, so that everything else is done. A reader that has read enough, such as head, has
    closed its end, and misses nothing.
    """
    if sys.stdout is not None:
        _write(sys.stdout, "")
    error, _Output.error = _Output.error, None
    if error is not None and not isinstance(error, BrokenPipeError):
        reason = reason_in_words(error)
        sentence = _("The output could not be written, because {reason}; send it elsewhere.")
        raise Problem(sentence.format(reason=reason)) from error


def _write(stream: TextIO, text: str) -> None:
    """Write `text`; what cannot be written, because a disk is full or a terminal was closed, is logged."""
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError) as error:
        logging.exception("The terminal cannot be written")
        if stream is sys.stdout and isinstance(error, OSError):
            _Output.error = error


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
        _write(sys.stderr, "\r" + text.ljust(self._width))
        self._width = len(text)

    def clear(self) -> None:
        """Make the line empty again."""
        if self._width:
            self.show("")
            _write(sys.stderr, "\r")
