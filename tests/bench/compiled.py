"""The compiled engine: how fast it steps, what its code costs, and what the window is like meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from core.experiment import Settings
from core.training import Trainer
from core.training.compiled.compiler import COMPILER
from core.training.compiled.kind import kind_of
from tests.bench import loops
from tests.bench.row import Row

ROOT = Path(__file__).resolve().parents[2]
REPETITIONS = 21
STEPS = 40_000  # of the compiled engine, between two looks at the clock
LOADER_STEPS = 50
STARTS = 5
SLOW = 1e-6  # a learning rate with which no run arrives while it is timed
FROM_DISK = """
import sys
from core.training.compiled.compiler import COMPILER
from core.training.compiled.kind import Kind
compilation = COMPILER.wanted(Kind.from_text(sys.argv[1]))
compilation.wait()
assert compilation.kept
print(compilation.seconds)
"""


def settings() -> Settings:
    """The run of the other loops, compiled."""
    return replace(loops.settings(), learning_rate=SLOW, engine="compiled")


def measure() -> list[Row]:
    """What the code costs, then how fast it is beside the loops of lessons."""
    return [*measure_cost(), *_measure_rates()]


def measure_cost() -> list[Row]:
    """The seconds until there is code: the first time, and in a new process that finds it kept."""
    kind = kind_of(settings(), 1, loops.POINTS, False)
    with nothing_kept():
        compilation = COMPILER.wanted(kind)
        compilation.wait()
        if compilation.code is None:
            raise RuntimeError(compilation.failure)
        command = [sys.executable, "-c", FROM_DISK, kind.text()]
        said = [
            subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
            for _start in range(STARTS)
        ]
        COMPILER.forget()
    return [
        Row("First compile", compilation.seconds, "s", most=30),
        Row("Compiled code in another process", median(map(float, said)), "s", most=3),
    ]


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Within it, no code is there from before."""
    COMPILER.forget()
    before = os.environ.get("FITSCOPE_DATA")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["FITSCOPE_DATA"] = folder
        try:
            yield
        finally:
            COMPILER.forget()
            if before is None:
                del os.environ["FITSCOPE_DATA"]
            else:
                os.environ["FITSCOPE_DATA"] = before


def compiled_loop() -> loops.Loop:
    """The engine without a window, its code at hand."""
    trainer = Trainer(loops.points(), settings())
    trainer.step()
    trainer.prepare_engine()
    compilation = trainer.engine.compilation
    assert compilation is not None
    compilation.wait()

    def loop(steps: int) -> None:
        end = trainer.latest.step + steps
        while trainer.latest.step < end:
            trainer.leap(end - trainer.latest.step)
            assert trainer.stopped is None

    loop(STEPS)
    return loop


def _measure_rates() -> list[Row]:
    bare, loader, ours = loops.bare_loop(), loops.loader_loop(), compiled_loop()
    rates = [
        (loops.rate(bare), loops.rate(loader, LOADER_STEPS), loops.rate(ours, STEPS))
        for _repetition in range(REPETITIONS)
    ]
    return [
        Row("Compiled / bare loop", median(own / plain for plain, _slow, own in rates), least=20),
        Row("Compiled / DataLoader loop", median(own / slow for _plain, slow, own in rates), least=60),
        Row("Compiled", median(own for _plain, _slow, own in rates), "steps/s", least=100_000),
    ]
