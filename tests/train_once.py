"""What `train FILE --steps 1 --save OUT --json` comes to, in this process."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import cli
from core.experiment import Points, load_experiment
from core.texts import use_language


@dataclass(frozen=True)
class Trained:
    """The object that was printed, the points that were saved, and what was said on standard error."""

    report: dict[str, Any]
    points: Points
    said: str


def train_once(path: Path, folder: Path, language: str = "en", *words: str) -> Trained:
    """Train one step on a table, or Problem; the experiment is written into `folder`."""
    use_language(language)
    saved = folder / "saved.fit.json"
    printed, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        arguments = cli.parse(["train", str(path), "--steps", "1", "--save", str(saved), "--json", *words])
        assert cli.run(arguments) == 0
    return Trained(json.loads(printed.getvalue()), load_experiment(saved).points, said.getvalue())
