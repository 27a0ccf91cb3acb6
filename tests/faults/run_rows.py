"""Faults in mid-run: of the device, of memory, of the program."""

from __future__ import annotations

from tests.faults.program import Program
from tests.faults.row import Outcome, Row

DRAWN = 4  # points


def failing(program: Program, outcome: Outcome, *acts: str) -> None:
    """Each of `acts` breaks the steps of a run, which must be there afterwards as it was."""
    for number, act in enumerate(acts, 1):
        ended = program.window(act)
        outcome.read(ended)
        for what in ("step kept", "history kept"):
            outcome.must(bool(ended.told.get(what)), f"{act}: not {what}; {ended.complaint[-300:]}")
        outcome.must(ended.told.get("points") == DRAWN * number, f"{act}: {ended.told.get('points')} points")
        outcome.must("Paused" not in ended.reads, f"{act}: says that it is paused")
    outcome.keep(program, DRAWN * len(acts))
    outcome.kept += ", the run and its history"


def device_lost(program: Program, outcome: Outcome) -> None:
    failing(program, outcome, "lose_the_device")
    outcome.must("goes on on the CPU" in outcome.reads, "not told")


def out_of_memory(program: Program, outcome: Outcome) -> None:
    failing(program, outcome, "no_memory", "no_memory_in_torch", "little_memory")
    outcome.must("memory" in outcome.reads, "memory is not named")


def exception_in_a_slot(program: Program, outcome: Outcome) -> None:
    ended = program.window("error_in_a_slot")
    outcome.read(ended)
    outcome.must(ended.told.get("dialogs") == 1, f"{ended.told.get('dialogs')} dialogs")
    outcome.must(bool(ended.told.get("runs")), "training has ended")
    outcome.must(
        program.log.count("Traceback") == 1, f"{program.log.count('Traceback')} tracebacks in the log"
    )
    outcome.keep(program, DRAWN)


def error_in_the_loop(program: Program, outcome: Outcome) -> None:
    failing(program, outcome, "error_in_the_loop", "leaving_the_loop")


ROWS = (
    Row(16, "device lost in a step", device_lost),
    Row(17, "out of memory in a step", out_of_memory),
    Row(18, "exception in a slot", exception_in_a_slot),
    Row(19, "exception, SystemExit in the loop", error_in_the_loop),
)
