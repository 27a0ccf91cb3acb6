"""Faults of the disk, the data folder, what is kept there, and the clock."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from typing import Any

from core.experiment import Experiment, Points, Settings, load_experiment, save_experiment
from tests.faults.doing import FILLER, fill
from tests.faults.program import AS_NOT_ROOT, Program
from tests.faults.row import Outcome, Row

WORK = Experiment(Points([0.0, 1.0, 2.0], [1.0, 3.0, 5.0]), Settings())
SMALL_DISK = "size=300k"


def leave_work(program: Program) -> None:
    """What a person did the last time: three points."""
    assert program.window("draw_and_close").told["points"] == 4


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def full_while_working(program: Program, outcome: Outcome) -> None:
    mount("-t", "tmpfs", "-o", SMALL_DISK, "none", str(program.data))
    ended = program.window("fill_the_disk")
    outcome.read(ended)
    outcome.stays(ended)
    outcome.keep(program, ended.told.get("points", 4))


def full_at_the_start(program: Program, outcome: Outcome) -> None:
    mount("-t", "tmpfs", "-o", SMALL_DISK, "none", str(program.data))
    leave_work(program)
    fill(program.data)
    ended = program.window("notice_stays")
    outcome.read(ended)
    outcome.stays(ended)
    outcome.must(ended.told.get("shown") == 4, f"shows {ended.told.get('shown')} of 4 points")
    outcome.must(bool(ended.told.get("asks")), "does not ask before it closes")
    (program.data / FILLER).unlink(missing_ok=True)
    outcome.keep(program, 4)


def read_only_folder(program: Program, outcome: Outcome) -> None:
    leave_work(program)
    program.data.chmod(0o500)
    for file in program.data.iterdir():
        file.chmod(0o400)
    ended = program.window("notice_stays", before=AS_NOT_ROOT)
    outcome.read(ended)
    outcome.stays(ended)
    outcome.must(ended.told.get("shown") == 4, f"shows {ended.told.get('shown')} of 4 points")
    outcome.must(bool(ended.told.get("asks")), "does not ask before it closes")
    program.data.chmod(0o700)
    outcome.keep(program, 4)


def folder_gone(program: Program, outcome: Outcome) -> None:
    outcome.read(program.window("remove_the_folder"))
    outcome.keep(program, 8)
    elsewhere = program.folder / "elsewhere.fit.json"
    ended = program.window("lose_the_folder_and_close", ELSEWHERE=str(elsewhere))
    outcome.read(ended)
    outcome.must(bool(ended.told.get("closes")), "the window does not go at once")
    outcome.must(elsewhere.exists() and len(load_experiment(elsewhere).points) == 12, "not saved elsewhere")


def rename_refused(program: Program, outcome: Outcome) -> None:
    leave_work(program)
    work = next(program.data.glob("work-*.fit.json"))
    other = program.folder / "other"
    other.write_bytes(work.read_bytes())
    mount("--bind", str(other), str(work))
    ended = program.window("draw_upon_a_mount")
    outcome.read(ended)
    outcome.must("[Errno" not in ended.reads, "a raw errno")
    subprocess.run(["umount", str(work)], check=True)
    outcome.keep(program, 4)


def bad_settings(program: Program, outcome: Outcome) -> None:
    folder = program.config / "fitscope"
    for made in ("random", "folder", "large"):
        file = folder / "fitscope.ini"
        folder.mkdir(exist_ok=True)
        if made == "random":
            file.write_bytes(random.Random(0).randbytes(10_000))
        elif made == "folder":
            file.unlink()
            file.mkdir()
        else:
            file.rmdir()
            file.write_bytes(b"[General]\nrecent=" + b"x" * 60_000_000 + b"\n")
        ended = program.window("draw_and_close" if made == "random" else "look")
        outcome.must(ended.status == 0, f"{made}: ended with {ended.status}: {ended.complaint[-300:]}")
        outcome.must(ended.told.get("points") == 4, f"{made}: {ended.told}")
    outcome.reads = ended.reads
    outcome.kept = "4 of 4 points"


def random_work(program: Program, outcome: Outcome) -> None:
    content = random.Random(0).randbytes(5_000)
    leave_work(program)
    next(program.data.glob("work-*.fit.json")).write_bytes(content)
    ended = program.window("look")
    outcome.read(ended)
    aside = [file for file in program.data.iterdir() if file.is_file() and file.read_bytes() == content]
    outcome.must(len(aside) == 1, f"kept aside: {aside}")
    outcome.kept = "kept aside as " + ", ".join(file.name for file in aside)
    outcome.must(all(file.name in ended.reads for file in aside), "its name is not read")


def newer_work_twice(program: Program, outcome: Outcome) -> None:
    leave_work(program)
    name = next(program.data.glob("work-*.fit.json")).name
    for seed in (1, 2):
        path = program.data / name
        save_experiment(Experiment(WORK.points, Settings(seed=seed)), path.with_name("saved.fit.json"))
        content = json.loads((program.data / "saved.fit.json").read_text("utf-8"))
        (program.data / "saved.fit.json").unlink()
        path.write_text(json.dumps(content | {"schema": 99}), "utf-8")
        outcome.read(program.window("look"))
    aside = [file.name for file in program.data.glob("*.json") if b'"schema": 99' in file.read_bytes()]
    outcome.must(len(aside) == 2, f"kept aside: {aside}")
    outcome.kept = "kept aside as " + ", ".join(aside)


def clock_set_back(program: Program, outcome: Outcome) -> None:
    outcome.read(program.window("set_the_clock_back"))
    outcome.keep(program, 4)


def many_windows(program: Program, outcome: Outcome) -> None:
    for count in (2, 10):
        drawn = killed(program, count)
        works = len(list(program.data.glob("work-*.fit.json")))
        outcome.must(works >= count, f"{works} works of {count} windows on disk")
        ended = program.window("take_back_everything")
        outcome.read(ended)
        shown = ended.told.get("shown", [])
        outcome.must(sorted(shown) == sorted(drawn), f"taken back: {shown}, drawn: {drawn}")
        outcome.kept = f"{len(shown)} works of {count} windows, each as it was"
        for file in program.data.iterdir():
            file.unlink() if file.is_file() else None
    outcome.must(os.path.isdir(program.data), "no folder")


def killed(program: Program, count: int) -> list[list[list[float]]]:
    """What was drawn in so many windows, each with points of its own, which then are killed together."""
    started = [program.begun("draw_and_be_killed", POINTS=str(2 + number)) for number in range(count)]
    drawn = [told_before(process, "kept")["drawn"] for process in started]
    for process in started:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return drawn


def told_before(process: subprocess.Popen[str], last: str) -> dict[str, Any]:
    """What a window tells until it has told `last`."""
    told: dict[str, Any] = {}
    assert process.stdout is not None
    while last not in told and (line := process.stdout.readline()):
        if line.startswith('["'):
            told.update([json.loads(line)])
    return told


ROWS = (
    Row(1, "disk full while working", full_while_working, mounts=True),
    Row(2, "disk full at the start", full_at_the_start, mounts=True),
    Row(3, "data folder read-only", read_only_folder),
    Row(4, "data folder gone in mid-run", folder_gone),
    Row(5, "rename refused", rename_refused, mounts=True),
    Row(8, "settings of random bytes, a folder, 60 MB", bad_settings),
    Row(9, "autosave of random bytes", random_work),
    Row(10, "autosave of a newer schema, twice", newer_work_twice),
    Row(11, "clock set back ten years in mid-run", clock_set_back),
    Row(22, "two and ten windows on one folder, killed", many_windows),
)
