"""Typesets formulas as pictures, in the colours of a theme; slow enough to be done in the background."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from core.insight.formulas import ROLES
from gui.theme import DATA, GRADIENT, MODEL, REFERENCE, Theme

if TYPE_CHECKING:
    from ziamath.zmath import Latex

SIZE = 17  # pixels, of a letter
READABLE = 4.5  # the least contrast of letters with their ground (WCAG 2.2)
MIX = 8  # parts, of which as many as needed are the colour of text
COLOURED = re.compile(r"\\textcolor\{(\w+)\}")


def inks(theme: Theme) -> dict[str, str]:
    """The colour of letters of each role: that of the plots, drawn toward the text until it can be read."""
    colours = dict(zip(ROLES, (DATA, MODEL, GRADIENT, REFERENCE, theme.was), strict=True))
    return {role: _readable(colour, theme) for role, colour in colours.items()}


def in_colours(latex: str, inks: dict[str, str]) -> str:
    """LaTeX with a colour for each role."""
    return COLOURED.sub(lambda found: rf"\textcolor{{{inks[found.group(1)]}}}", latex)


def without_colours(latex: str) -> str:
    """LaTeX as somebody may want it in a text of their own."""
    return COLOURED.sub("", latex)


def typeset(formulas: Iterable[str], size: float, colour: str) -> dict[str, bytes]:
    """Each of the coloured formulas as an SVG, by its LaTeX; `size` in pixels, `colour` of the rest."""
    latex_of = _typesetter()
    return {
        latex: latex_of(latex, size=size, color=colour).svg().encode() for latex in dict.fromkeys(formulas)
    }


def _typesetter() -> type[Latex]:
    """ziamath, loaded when it is first needed, and made to write SVG that Qt understands."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of importlib.resources, in its own modules
        from ziamath.config import config
        from ziamath.zmath import Latex
    config.svg2 = False
    return Latex


def _readable(colour: str, theme: Theme) -> str:
    grounds = [_luminance(QColor(ground)) for ground in (theme.surface, theme.accent_soft)]
    for part in range(MIX + 1):
        mixed = _mixed(QColor(colour), QColor(theme.text), part / MIX)
        if min(_contrast(_luminance(mixed), ground) for ground in grounds) >= READABLE:
            break
    return mixed.name()


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return QColor(*(round(255 * (a + (b - a) * share)) for a, b in pairs))


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(colour: QColor) -> float:
    """How bright a colour is, from 0 to 1 (WCAG 2.2, "relative luminance")."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _channels(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()
