"""A monkey works for thousands of acts: nothing goes wrong, everything is reached, nothing piles up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEEDS = range(20)
ACTS = 5000
LONGEST = 7200  # seconds for one seed, on a machine that does other things too
MOST_GROWTH = 2.0  # megabytes for 1,000 acts
LEAST_SHARE = 0.95  # of the named inputs


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_monkey_finds_no_fault_reaches_everything_and_leaves_nothing_behind(seed: int) -> None:
    command = [sys.executable, "-m", "tests.long.run_monkey", "--seed", str(seed), "--actions", str(ACTS)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.stdout, ended.stderr
    found = json.loads(ended.stdout)
    assert found["faults"] == {}
    assert found["actions left"] == []
    assert found["inputs reached"] >= LEAST_SHARE
    assert found["growth"] <= MOST_GROWTH
