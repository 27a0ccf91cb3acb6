"""Thousands of files made wrong are read or refused: soon, in little memory, and for what was done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.long.mutate_tables import MEGABYTES, SECONDS

ROOT = Path(__file__).parents[2]
COUNT = 5000
LONGEST = 3600  # seconds for all of them


@pytest.mark.timeout(LONGEST)
def test_every_mutant_is_read_or_refused_for_what_was_done_to_it() -> None:
    command = [sys.executable, "-m", "tests.long.mutate_tables", "--count", str(COUNT)]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert found["wrong"] == []
    assert found["slowest"] <= SECONDS
    assert found["megabytes"] <= MEGABYTES
    assert sum(sum(counts.values()) for counts in found["counts"].values()) == COUNT
