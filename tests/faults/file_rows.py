"""Faults of the files that a person opens, and of the streams of a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.faults.program import AS_NOT_ROOT, LONGEST, ROOT, Ended, Program
from tests.faults.row import Outcome, Row

MANY = 1_900_000  # rows, which take some seconds to be read
LARGE = 2_000_000_000  # bytes
TABLE = "x,y\n0,1\n1,3\n2,5\n"
NAMES = (b"two\nlines.csv", b"'quotes\".csv", b"-dash.csv", b"n" * 246 + b".csv", b"\xff\xfe\xe9.csv")


def refused(program: Program, outcome: Outcome, file: Path, before: tuple[str, ...] = ()) -> None:
    """A file that no window and no verb can read."""
    verb = program.verb("train", str(file), "--steps", "3", before=before)
    outcome.must(verb.status == 2, f"train ends with {verb.status}")
    outcome.must(verb.complaint.count("\n") == 1, f"train complains {verb.complaint!r}")
    ended = program.window("be_refused", before=before, FILE=str(file))
    outcome.read(ended)
    outcome.kept = "the window goes on"


def replaced_while_read(program: Program, outcome: Outcome) -> None:
    file = program.folder / "growing.csv"
    file.write_text("x,y\n" + "".join(f"{n},{2 * n + 1}\n" for n in range(MANY)))
    ended = program.window("open_and_rewrite", FILE=str(file))
    outcome.read(ended)
    outcome.must("was changed while it was read" in ended.reads, "not told")
    outcome.must(ended.told.get("points") == 0, "a part of it was taken")
    outcome.kept = "the points before"


def no_permission(program: Program, outcome: Outcome) -> None:
    file = program.folder / "secret.csv"
    file.write_text(TABLE)
    file.chmod(0)
    refused(program, outcome, file, AS_NOT_ROOT)


def large_files(program: Program, outcome: Outcome) -> None:
    file = program.folder / "large.csv"
    with file.open("wb") as stream:
        stream.truncate(LARGE)
    refused(program, outcome, file)
    with file.open("wb") as stream:
        block = b"".join(b"%d,%d\n" % (n, 2 * n) for n in range(100_000))
        for _each in range(LARGE // len(block) + 1):
            stream.write(block)
    refused(program, outcome, file)
    file.unlink()
    refused(program, outcome, ROOT / "tests" / "messy" / "bomb.xlsx")


def hostile_names(program: Program, outcome: Outcome) -> None:
    folder = program.folder / "hostile"
    folder.mkdir()
    for name in NAMES:
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text(TABLE)
    for name in NAMES:
        path = os.fsdecode(bytes(folder) + b"/" + name)
        verb = program.verb("train", path, "--steps", "3", "--json")
        outcome.must(verb.status == 0, f"{name!r}: train ends with {verb.status}: {verb.complaint}")
    ended = program.window("open_recent_files", FILE=str(folder))
    outcome.read(ended)
    names = ended.told.get("names", [])
    outcome.must(len(names) == len(NAMES), f"recent files: {names}")
    outcome.must(not any("\n" in name for name in names), f"recent files: {names}")
    outcome.must(ended.told.get("opened again") == len(NAMES), "not all could be opened again")
    outcome.kept = f"{len(names)} of {len(NAMES)} recent files"


def closed_and_full_streams(program: Program, outcome: Outcome) -> None:
    train = [sys.executable, "main.py", "train", "resources/data/engel.csv", "--steps", "3", "--json"]
    for closing in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        closed = subprocess.run(
            ["sh", "-c", f'exec "$0" "$@" {closing}', *train],
            cwd=ROOT,
            env=program.variables,
            timeout=LONGEST,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        outcome.must(closed.returncode == 0, f"{closing} ends with {closed.returncode}")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            train,
            cwd=ROOT,
            env=program.variables,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONGEST,
        )
    outcome.must(done.returncode == 2, f"a full output ends with {done.returncode}")
    outcome.read(Ended(done.returncode, "", done.stderr.splitlines()[-1] if done.stderr else ""))
    outcome.kept = "status 2"


ROWS = (
    Row(6, "file replaced while it is read", replaced_while_read),
    Row(7, "file without permission", no_permission),
    Row(23, "CSV of 2 GB, sparse and real; workbook bomb", large_files),
    Row(24, "hostile file names", hostile_names),
    Row(25, "streams closed; a full device", closed_and_full_streams),
)
