"""Whether what the cards of a step show has room: the boxes of the graph, the tensors, the formulas."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import QLabel, QWidget

from gui.panels.tensor_row import AFTER, BEFORE
from gui.plots.graph_boxes import Box, Row
from gui.plots.graph_drawing import PAD_ACROSS
from gui.plots.graph_painter import GraphPainter
from gui.plots.graph_view import GraphView
from gui.theme import Theme
from gui.widgets.cell_view import CellView
from gui.widgets.formula_block import FormulaBlock
from gui.widgets.formula_label import LEAST, FormulaLabel
from gui.widgets.formula_numbers import FormulaNumbers
from tests.windows import part

BESIDE = 3  # pixels that Qt leaves at each side of a text in a cell
NAME_BESIDE = 15  # and beside a name: for its margins, and the colour before it
DISPLAY, FONT = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.FontRole
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


# --- the graph -------------------------------------------------------------------------------------------


def graph_without_room(window: QWidget, theme: Theme) -> list[str]:
    """What of the graph is cut off, or lies upon something else."""
    view, painter = part(window, GraphView, "graph_plot"), GraphPainter(theme)
    drawing = view.drawing
    if drawing is None:
        return []
    whole = QRectF(-1, -1, drawing.width + 2, drawing.height + 2)
    found = [f"{placed.box.key} reaches out" for placed in drawing.boxes if not whole.contains(placed.rect)]
    for placed in drawing.boxes:
        room = placed.rect.width() - 2 * PAD_ACROSS * theme.scale
        for row, text in _rows(view, placed.box):
            needed = painter.width(row._replace(text=text))
            if needed > room + 1:
                found.append(f"{placed.box.key}: {text} {row.aside} needs {needed:.0f} of {room:.0f}")
    pairs = combinations(drawing.boxes, 2)
    return found + [f"{a.box.key} on {b.box.key}" for a, b in pairs if a.rect.intersects(b.rect)]


def _rows(view: GraphView, box: Box) -> Iterator[tuple[Row, str]]:
    """The rows of a box, and what stands in each now."""
    drawing = view.drawing
    assert drawing is not None
    placed = next(each for each in drawing.boxes if each.box is box)
    for row, text in zip(box.rows, view.text(placed), strict=True):
        yield row, text.removesuffix(row.aside).strip()


# --- the tensors -----------------------------------------------------------------------------------------


def tensors_without_room(window: QWidget) -> list[str]:
    """The names and numbers of the tensors that are cut off, and what is not in sight of before and after."""
    view = part(window, CellView, "tensors")
    heads, names, model = view.horizontalHeader(), view.verticalHeader(), view.model()
    found = []
    for row in range(model.rowCount()):
        name = str(model.headerData(row, DOWN, DISPLAY))
        needed = names.fontMetrics().horizontalAdvance(name) + NAME_BESIDE
        if needed > names.width() or names.textElideMode() != Qt.TextElideMode.ElideNone:
            found.append(f"{name} needs {needed} of {names.width()}")
    for column in (BEFORE, AFTER):
        word, width = str(model.headerData(column, ACROSS, DISPLAY)), heads.sectionSize(column)
        if heads.sectionSizeFromContents(column).width() > width:
            found.append(f"{word} needs more than {width}")
        if heads.sectionViewportPosition(column) + width > view.viewport().width():
            found.append(f"{word} is out of sight")
    for column in filter(lambda column: not view.isColumnHidden(column), range(model.columnCount())):
        width = heads.sectionSize(column)
        for row in range(model.rowCount()):
            cell = model.index(row, column)
            text = str(cell.data(DISPLAY))
            needed = QFontMetrics(cell.data(FONT)).horizontalAdvance(text)
            if needed + 2 * BESIDE > width:
                found.append(f"{model.headerData(row, DOWN, DISPLAY)}: {text} needs {needed} of {width}")
    return found


# --- the formulas ----------------------------------------------------------------------------------------


def formulas_without_room(window: QWidget) -> list[str]:
    """What of the formulas is cut off, broken within a word, or lies upon something else."""
    found = []
    blocks = [each for each in window.findChildren(FormulaBlock) if each.isVisible()]
    for block in blocks:
        children = block.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for child in children:
            found += [f"{block.phase}: {each}" for each in _cut(child)]
        pairs = combinations([child for child in children if child.height()], 2)
        found += [
            f"{block.phase}: {a.objectName()} on {b.objectName()}"
            for a, b in pairs
            if a.geometry().intersects(b.geometry())
        ]
        inside = block.rect()
        found += [
            f"{block.phase}: {c.objectName()} out" for c in children if not inside.contains(c.geometry())
        ]
    return found + [
        f"{a.phase} on {b.phase}" for a, b in combinations(blocks, 2) if a.geometry().intersects(b.geometry())
    ]


def _cut(widget: QWidget) -> list[str]:
    if isinstance(widget, FormulaLabel):
        least = widget.natural().width() * LEAST
        return [f"{widget.latex} needs {least:.0f} of {widget.width()}"] if least > widget.width() else []
    if isinstance(widget, FormulaNumbers):
        metrics = QFontMetricsF(widget.font())
        words = [word for word in widget.text().split() if metrics.horizontalAdvance(word) > widget.width()]
        return [f"{word} is broken" for word in words]
    if isinstance(widget, QLabel):
        needed = widget.heightForWidth(widget.width())
        return [f"{widget.text()} needs {needed} of {widget.height()}"] if needed > widget.height() else []
    return []
