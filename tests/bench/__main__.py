"""The benchmark: python -m tests.bench [--json]. Ratios are taken in one run, of interleaved repetitions."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.bench.row import Row

HEADINGS = ("what", "figure", "target", "met")


def main(argv: list[str]) -> int:
    """Measure and print; 1 if a target is missed."""
    if argv not in ([], ["--json"]):
        sys.stderr.write("Use: python -m tests.bench [--json]\n")
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _become_a_new_person(Path(folder))
        rows = _measure()
    if argv:
        sys.stdout.write(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
    else:
        sys.stdout.write(_table([HEADINGS, *(row.cells() for row in rows)]))
    return 0 if all(row.met for row in rows) else 1


def _become_a_new_person(folder: Path) -> None:
    """No screen, and files of nobody: the work of whoever measures is not touched."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_LOGGING_RULES"] = "default.warning=false"  # what a screen can that this one cannot
    for name in ("FITSCOPE_DATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(folder / name.lower())
    # What is installed has been compiled once, and is not compiled again at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")


def _measure() -> list[Row]:
    from tests.bench import engine, landscape, loops, much_data, processes, window

    return [
        *loops.measure(),
        *landscape.measure(),
        *engine.measure(),
        *much_data.measure(),
        *window.measure(),
        *processes.measure(),
    ]


def _table(lines: Iterable[tuple[str, ...]]) -> str:
    """The cells in columns."""
    lines = list(lines)
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
