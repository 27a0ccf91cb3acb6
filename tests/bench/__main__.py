"""The benchmark: python -m tests.bench [--json | --markdown] [PART …]. Ratios are of interleaved runs."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tests.bench.machine import machine
from tests.bench.row import Row

HEADINGS = ("what", "figure", "target", "met")
# Each has a function `measure`; what a window is measured with comes behind what needs none.
PARTS = (
    "loops",
    "compiled",
    "landscape",
    "engine",
    "much_data",
    "sweep",
    "sweep_frames",
    "saving",
    "window",
    "lasting",
    "processes",
)


def main(argv: Sequence[str]) -> int:
    """Measure and print; 1 if a target is missed."""
    asked = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _become_a_new_person(Path(folder))
        parts = asked.part or PARTS
        rows = [row for part in parts for row in import_module(f"tests.bench.{part}").measure()]
        sys.stdout.write(_written(rows, asked))
    return 0 if all(row.met for row in rows) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench", description="Measures how fast Fitscope is.")
    style = parser.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_true", help="one object, for a program")
    style.add_argument("--markdown", action="store_true", help="a table, for a document")
    parser.add_argument("part", nargs="*", help=f"only these: {', '.join(PARTS)}")
    return parser


def _written(rows: list[Row], asked: argparse.Namespace) -> str:
    if asked.json:
        return json.dumps({"machine": machine(), "rows": [row.as_json() for row in rows]}, indent=1) + "\n"
    lines, facts = [row.cells() for row in rows], ", ".join(machine().values())
    if asked.markdown:
        cells = [HEADINGS, tuple("---" for _heading in HEADINGS), *lines]
        return f"Measured on {facts}.\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in cells)
    return f"{facts}\n\n{_table([HEADINGS, *lines])}"


def _become_a_new_person(folder: Path) -> None:
    """No screen, and files of nobody: the work of whoever measures is not touched."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_LOGGING_RULES"] = "default.warning=false"  # what a screen can that this one cannot
    for name in ("FITSCOPE_DATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(folder / name.lower())
    # What is installed has been compiled once, and is not compiled again at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")


def _table(lines: list[tuple[str, ...]]) -> str:
    """The cells in columns."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
