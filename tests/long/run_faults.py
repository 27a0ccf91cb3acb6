"""Injects the 25 faults, each alone, and prints a table of what a person reads and what is kept.

python -m tests.long.run_faults [NUMBER …] [--json]; faults of the disk need Linux, and root for its mounts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.faults import disk_rows, file_rows, installation_rows, run_rows
from tests.faults.row import Outcome, Row

ROWS = {
    row.number: row
    for rows in (disk_rows.ROWS, file_rows.ROWS, installation_rows.ROWS, run_rows.ROWS)
    for row in sorted(rows, key=lambda row: row.number)
}


def main() -> int:
    """Inject the faults that are asked for; 1 where any of them does harm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*")
    parser.add_argument("--json", action="store_true", help="print one JSON object of the first fault")
    arguments = parser.parse_args()
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(inject(ROWS[arguments.numbers[0]]))) + "\n")
        return 0
    harm = False
    for number in arguments.numbers or sorted(ROWS):
        outcome = found(number)
        harm = harm or bool(outcome.wrong)
        sys.stdout.write(f"| {number} | {ROWS[number].fault} | {outcome.reads} | {outcome.kept} |\n")
        for wrong in outcome.wrong:
            sys.stdout.write(f"  WRONG: {wrong}\n")
        sys.stdout.flush()
    return int(harm)


def found(number: int) -> Outcome:
    """What comes of one fault, in a process of its own, with mounts of its own where it needs them."""
    command = [sys.executable, "-m", "tests.long.run_faults", str(number), "--json"]
    apart = ["unshare", "--mount"] if ROWS[number].mounts else []
    done = subprocess.run([*apart, *command], capture_output=True, text=True)
    if done.returncode:
        return Outcome(wrong=[done.stderr[-600:]])
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def inject(row: Row) -> Outcome:
    """Inject one fault here."""
    with tempfile.TemporaryDirectory(prefix=f"fault-{row.number}-", ignore_cleanup_errors=True) as folder:
        return row.run(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
