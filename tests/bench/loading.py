"""A process that says what PyTorch costs at the start: of the program, or imported alone to compare with.

It writes seconds until a first step can be made, and the longest time that the window stood still meanwhile.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import pairwise
from typing import NoReturn

BEAT = 5  # milliseconds


def watch(path: str) -> None:
    """Start the program on an experiment, and watch it from its first paint until its run is built."""
    import main
    from tests.bench.first_paint import let_watch

    let_watch(_watch_window)
    sys.exit(main.main([path]))


def _watch_window(window: object) -> None:
    from gui.main_window import MainWindow
    from tests.bench.heart import Heart

    assert isinstance(window, MainWindow)
    Heart(window, BEAT, say)


def load_alone() -> None:
    """What a program of five lines does before its first step is made."""
    start = time.perf_counter()
    import torch

    layer, x = torch.nn.Linear(1, 1), torch.zeros(2, 1)
    optimizer = torch.optim.Adam(layer.parameters())
    optimizer.zero_grad()
    layer(x).mean().backward()
    optimizer.step()
    say([start, time.perf_counter()])


def say(beats: list[float]) -> NoReturn:
    """From the first to the last of these times, and the longest between two of them; that is all."""
    longest = max(later - sooner for sooner, later in pairwise(beats))
    sys.stdout.write(f"{beats[-1] - beats[0]} {longest}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    load_alone() if sys.argv[1] == "alone" else watch(sys.argv[1])
