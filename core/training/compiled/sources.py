"""What this program itself writes into compiled code: its sources, in one number."""

from __future__ import annotations

import hashlib
from pathlib import Path

import core

# The program that is compiled, what it calls, and the tables that name it.
FOLDERS = ("training", "training/compiled", "insight", "choices")


def sources_digest(root: Path = Path(core.__file__).parent) -> str:
    """Another one with every change of the files from which code is made."""
    found = hashlib.sha256()
    for folder in FOLDERS:
        for file in sorted((root / folder).glob("*.py")):
            found.update(f"{file.name}\n".encode() + file.read_bytes())
    return found.hexdigest()
