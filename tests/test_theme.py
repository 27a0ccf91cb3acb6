"""The looks of the window: colours that can be read, icons that are there and used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui.theme import DATA, GRADIENT, MODEL, REFERENCE, RESOURCES, VALIDATION, Theme

ROOT = Path(__file__).resolve().parent.parent
OWN = {"fitscope", "tick"}  # the program's own picture, and that of the style sheet


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.1."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("role", ["text", "muted", "warning"])
def test_every_text_can_be_read(dark: bool, role: str) -> None:
    theme = Theme(dark)
    for ground in (theme.background, theme.surface):
        assert contrast(getattr(theme, role), ground) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("colour", [DATA, MODEL, REFERENCE, GRADIENT, VALIDATION])
def test_every_curve_stands_out_from_the_plot(dark: bool, colour: str) -> None:
    assert contrast(colour, Theme(dark).surface) >= 2.5


@pytest.mark.parametrize("dark", [False, True])
def test_points_and_what_is_taken_hold_of_stand_out(dark: bool) -> None:
    theme = Theme(dark)
    assert contrast(DATA, theme.surface) >= 3
    for handle in (theme.accent, theme.was):  # of a slider, and of a line between panels
        assert contrast(handle, theme.background) >= 3
        assert handle in theme.style_sheet()


@pytest.mark.parametrize("dark", [False, True])
def test_the_run_button_can_be_read(dark: bool) -> None:
    assert contrast(Theme(dark).on_accent, Theme(dark).accent) >= 4.5


def test_every_icon_is_used_and_no_icon_is_missing(qtbot: QtBot) -> None:
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "gui").rglob("*.py"))
    there = {file.stem for file in (RESOURCES / "icons").glob("*.svg")} - OWN
    words = set(re.findall(r'"([a-z0-9-]+)"', sources))
    assert there - words == set()
    for name in there:
        assert not Theme().icon(name).isNull()
