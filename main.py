"""The entry: a window, or a verb of the command line."""

from __future__ import annotations

import gc
import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn

from core.log import start_log
from core.problem import MENDABLE, Problem
from core.terminal import complain, end_output
from core.texts import _, language_complaint, system_language, use_language
from gui import preflight

FAULT, INTERRUPTED = 1, 130


def main(argv: list[str] | None = None) -> int:
    """Do what the command line `argv` asks for; the exit status."""
    log = start_log()
    use_language(system_language())
    try:
        status = _run(sys.argv[1:] if argv is None else argv)
        end_output()
        return status
    except Problem as problem:
        logging.warning("%s", problem)
        complain(str(problem))
        return MENDABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        logging.exception("The program ended with an error")
        sentence = _("Fitscope met an error of its own and had to stop; the details are in {log}.")
        complain(sentence.format(log=log))
        return FAULT


def _run(argv: list[str]) -> int:
    """Hand over to the command line or the window, each imported only once it is known to work here."""
    preflight.require_installation()
    gc.disable()  # nothing that is loaded at the start is garbage; later the window collects by itself
    from core import cli

    try:
        arguments = cli.parse(argv)
    except SystemExit:  # --help is answered
        return 0
    verb = arguments.verb
    if verb != cli.WINDOW:
        gc.enable()
        if language_complaint():
            complain(language_complaint())
    draws = verb in (cli.WINDOW, cli.SCREENSHOT) or (verb == cli.TRAIN and arguments.plot)
    if not draws:
        return cli.run(arguments)
    preflight.require_platform(needs_screen=verb == cli.WINDOW)
    from gui import app

    if verb == cli.TRAIN:
        return cli.run(arguments, app.draw_fit)
    return app.run_window(arguments) if verb == cli.WINDOW else app.run_screenshot(arguments)


def start() -> NoReturn:
    """Do what the command line asks for, and end the process.

    At once: everything is written and closed by now, and tearing PyTorch down would take seconds.
    """
    status = main()
    logging.shutdown()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    start()
