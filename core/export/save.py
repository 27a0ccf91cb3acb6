"""Saves a program as a script or as a notebook."""

from __future__ import annotations

import os
from pathlib import Path

from core.export.notebook import notebook
from core.export.program import Program
from core.problem import Problem
from core.texts import _
from core.whole_file import save_whole

SCRIPT, NOTEBOOK = ".py", ".ipynb"


def save_program(program: Program, path: str | os.PathLike[str]) -> None:
    """Write `program` to `path` as a script (.py) or a notebook (.ipynb); raises Problem where that fails."""
    check_ending(path)
    text = notebook(program) if _ending(path) == NOTEBOOK else program.text()
    save_whole(path, [text.encode()])


def check_ending(path: str | os.PathLike[str]) -> None:
    """Raise Problem for a file that would be neither."""
    if _ending(path) not in (SCRIPT, NOTEBOOK):
        raise Problem(
            _("The file of a program must end in {script} or {notebook}.").format(
                script=SCRIPT, notebook=NOTEBOOK
            )
        )


def _ending(path: str | os.PathLike[str]) -> str:
    return Path(path).suffix.lower()
