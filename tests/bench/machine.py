"""What a benchmark was measured on: the day, the processor, and the versions of what counts."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
PACKAGES = ("torch", "PySide6-Essentials", "pyqtgraph", "numpy", "pandas")


def machine() -> dict[str, str]:
    """Each fact in words, by name."""
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": f"{_processor()} ({os.cpu_count()} cores)",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"Python {platform.python_version()}",
    }
    return facts | {name: f"{name} {version(name)}" for name in PACKAGES}


def _processor() -> str:
    """The name of the processor, where the system tells."""
    if CPUINFO.exists():
        for line in CPUINFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "a processor without a name"
