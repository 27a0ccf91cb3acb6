"""Of each of the 25 faults a person reads a sentence, and loses nothing."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.long.run_faults import ROWS, found

LONGEST = 1800  # seconds for one fault, on a machine that does other things too
TOOLS = all(map(shutil.which, ("unshare", "mount", "setpriv"))) and sys.platform == "linux"


@pytest.mark.timeout(LONGEST)
@pytest.mark.skipif(not TOOLS or os.geteuid() != 0, reason="faults of the disk need mounts")
@pytest.mark.parametrize("number", sorted(ROWS), ids=lambda number: f"{number}-{ROWS[number].fault}")
def test_a_fault_is_a_sentence_and_nothing_is_lost(number: int) -> None:
    assert found(number).wrong == []
