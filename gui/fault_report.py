"""What those who make the program want to know of a fault: versions, settings and the log, and no data."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import fields
from importlib import metadata

from PySide6.QtGui import QGuiApplication

from core.experiment import Settings
from core.log import recent_log
from core.texts import language
from gui.workspace import Workspace

PACKAGES = ("fitscope", "torch", "PySide6-Essentials", "pyqtgraph", "numpy", "scipy", "pandas")
LOOK = ("theme", "scale", "mode", "speed", "units")  # of the preferences; the others name files
LONGEST_VALUE = 60  # letters of a setting


def fault_report(workspace: Workspace) -> str:
    """The report, in English, which those read who can mend the fault."""
    points = workspace.store.points
    screens = (screen.geometry() for screen in QGuiApplication.screens())
    look = {key: workspace.preferences.get(key, "") for key in LOOK}
    return "\n".join(
        (
            "Fitscope: a fault of the program",
            f"Versions: Python {platform.python_version()}, {', '.join(map(_version, PACKAGES))}",
            f"System: {platform.platform()}, {QGuiApplication.platformName()}",
            f"Screens: {', '.join(f'{each.width()} x {each.height()}' for each in screens)}",
            f"Look: {_listed(look)}, language = {language()}",
            f"Points: {len(points)}, with {points.x.shape[1]} columns of x",
            f"Settings: {_listed(_without_numbers(workspace.store.settings))}",
            "The last lines of the log:",
            recent_log(),
            "",
        )
    )


def _without_numbers(settings: Settings) -> dict[str, object]:
    """The settings by name; of start values only how many they are, since they may be those of a file."""
    named = {field.name: getattr(settings, field.name) for field in fields(settings)}
    named |= named.pop("options")
    return named | {"start_values": len(settings.start_values)}


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{key} = {str(value)[:LONGEST_VALUE]}" for key, value in values.items())


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} (not installed)"
