"""A person's program: its folders, the ways to start it, and what came of each start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LONGEST = 300  # seconds for one start, on a machine that does other things too
# What root may do and nobody else, such as reading what is not readable, is taken from a program by this.
AS_NOT_ROOT = ("setpriv", "--inh-caps=-all", "--bounding-set=-all", "--ambient-caps=-all")


@dataclass(frozen=True)
class Ended:
    """How a start ended: with what status, and what was told, complained of and logged."""

    status: int
    said: str
    complaint: str
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def reads(self) -> str:
        """What a person reads of it."""
        return str(self.told.get("reads", "")) or self.complaint.strip()


class Program:
    """Fitscope, the source files of which are in `root`, for a person with a folder of their own."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.root = root
        self.data = folder / "data"
        self.config = folder / "config"
        self.folder = folder
        for each in (self.data, self.config):
            each.mkdir()
        self.variables = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in ("DISPLAY", "WAYLAND_DISPLAY")
            },
            "FITSCOPE_DATA": str(self.data),
            "XDG_CONFIG_HOME": str(self.config),
            "QT_QPA_PLATFORM": "offscreen",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(root),
        }

    def window(self, act: str, *words: str, before: Sequence[str] = (), **variables: str) -> Ended:
        """Open the window, and have an act done there; `before` stands before the command."""
        return self._ended([*before, sys.executable, "-m", "tests.faults.driven", act, *words], variables)

    def verb(self, *words: str, before: Sequence[str] = (), **variables: str) -> Ended:
        """Start the program as a person does in a terminal."""
        return self._ended([*before, sys.executable, "main.py", *words], variables)

    def begun(self, act: str, **variables: str) -> subprocess.Popen[str]:
        """Open the window, and leave it open; whoever asks for this ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driven", act],
            cwd=self.root,
            env=self.variables | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    @property
    def log(self) -> str:
        """What the log says."""
        file = self.data / "fitscope.log"
        return file.read_text("utf-8") if file.exists() else ""

    def _ended(self, command: list[str], variables: dict[str, str]) -> Ended:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.variables | variables,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('["')]
        return Ended(done.returncode, done.stdout, done.stderr, dict(told))
