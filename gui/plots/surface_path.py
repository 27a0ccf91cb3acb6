"""The path of a run upon a picture: smooth where that is cheap, sharp where it is not."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from gui.plots.projection import Floats
from gui.theme import Theme

LINE, HALO = 2.5, 4.5  # pixels; a line that lies upon many colours needs an edge of its own
LONG = 3000.0  # pixels; to antialias a longer one, which crosses itself, takes longer than a frame
FINE = 2.0  # vertices on a pixel that can be told apart


def paint_path(painter: QPainter, theme: Theme, pixels: Floats, colour: str, halo: bool) -> None:
    """Paint a line through the `pixels` [m, 2] in a colour, with gaps where they are NaN."""
    pieces = [told_apart(piece) for piece in without_gaps(pixels)]
    length = sum(float(np.abs(np.diff(piece, axis=0)).sum()) for piece in pieces)
    pens = [(LINE, colour)] if not halo else [(HALO, theme.surface), (LINE, colour)]
    if length <= LONG * theme.scale:
        curves = [pg.functions.arrayToQPolygonF(*piece.T) for piece in pieces]
        for width, shade in pens:
            painter.setPen(_pen(shade, width * theme.scale))
            for curve in curves:
                painter.drawPolyline(curve)
        return
    lines = [QLineF(*ends) for piece in pieces for ends in np.hstack((piece[:-1], piece[1:])).tolist()]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for width, shade in pens:
        painter.setPen(_pen(shade, width * theme.scale))
        painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def without_gaps(pixels: Floats) -> list[Floats]:
    """The stretches [k, 2] of a line in which no vertex is NaN."""
    known: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(pixels), axis=1)
    cuts = np.flatnonzero(known[1:] != known[:-1]) + 1
    return [piece for piece in np.split(pixels, cuts) if len(piece) and np.isfinite(piece[0]).all()]


def told_apart(pixels: Floats) -> Floats:
    """The vertices of a line but for those that lie where the one before them does, and for the last."""
    steps = np.round(FINE * pixels)
    moved = np.append(True, (steps[1:] != steps[:-1]).any(axis=1))
    moved[-1] = True
    kept: Floats = pixels[moved]
    return kept


def _pen(colour: str, width: float) -> QPen:
    return QPen(
        QBrush(QColor(colour)),
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.SquareCap,
        Qt.PenJoinStyle.RoundJoin,
    )
