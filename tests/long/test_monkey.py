"""Monkeys work for thousands of acts: nothing goes wrong, everything is reached, nothing piles up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SEEDS = range(20)
ACTS = 5000
LONGEST = 20 * 3600  # seconds for all of them, on a machine that does other things too
MOST_GROWTH = 2.0  # megabytes for 1,000 acts
LEAST_SHARE = 0.95  # of the named inputs


def found_by(seed: int) -> dict[str, Any]:
    """What a monkey tells in the end."""
    command = [sys.executable, "-m", "tests.long.run_monkey", "--seed", str(seed), "--actions", str(ACTS)]
    whole = os.environ | {"PYTHONMALLOC": "malloc"}  # so that malloc can tell of all memory
    ended = subprocess.run(command, cwd=ROOT, env=whole, capture_output=True, text=True, check=False)
    assert ended.stdout, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


@pytest.mark.timeout(LONGEST)
def test_monkeys_find_no_fault_reach_everything_and_leave_nothing_behind() -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(found_by, SEEDS))
    assert {each["seed"]: each["faults"] for each in found if each["faults"]} == {}
    assert {each["seed"]: each["actions left"] for each in found if each["actions left"]} == {}
    assert min(each["inputs reached"] for each in found) >= LEAST_SHARE
    assert mean(each["growth"] for each in found) <= MOST_GROWTH  # of a single one it swings
