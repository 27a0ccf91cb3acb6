"""The tensors of a step as rows of a table: what each was and is, and what of it has changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPixmap

from core.insight.numbers import DIGITS, significant
from core.texts import N_, _, n_
from core.training.inside import Numbers, TensorView
from gui.theme import DATA, MODEL, Theme

Index = QModelIndex | QPersistentModelIndex
Views = Sequence[TensorView]

SHOWN = 6  # numbers of a tensor in its cell
TOLD = 24  # numbers of a tensor in its tooltip
ACROSS = 4  # of these in one line
COMPARED = 4096  # numbers, spread over a tensor, that are compared
MOST_DIGITS = 8  # to tell what was from what is
# Looked up here, once: Qt asks for each of them in each cell, at each painting.
DISPLAY, FONT, GROUND, COLOUR, TIP, PICTURE = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.FontRole,
    Qt.ItemDataRole.BackgroundRole,
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.DecorationRole,
)
CHANGED = "● "
NONE = "None"
NOT_THERE = "—"
BAR = (4, 14)  # pixels of the colour beside a name
ORDER = ("data", "parameter", "result", "state")

# Of each column: what stands above it, as PyTorch calls it, and what that is.
NAME, BEFORE, AFTER, GRAD = 0, 1, 2, 8
COLUMNS = (
    (N_("tensor"), N_("The name of the tensor: a block of numbers that PyTorch computes with.")),
    (N_("before"), N_("Its numbers before; — means that it did not exist.")),
    (N_("after"), N_("Its numbers after; what has changed is bold, upon a ground, and marked with ●.")),
    (
        "shape",
        N_(
            "How many numbers it has along each of its directions: [24, 1] is 24 rows of one number, [] is "
            "one number alone."
        ),
    ),
    (
        "dtype",
        N_("How each number is kept: float32 has about 7 decimal digits, float64 about 16."),
    ),
    ("device", N_("Where the numbers are: cpu is the memory of the computer, cuda a graphics card.")),
    (
        "requires_grad",
        N_("Whether PyTorch notes what is computed with it, so that backward() can find gradients."),
    ),
    (
        "grad_fn",
        N_("The operation that made it, where backward() goes on; None for what no operation made."),
    ),
    (
        "grad",
        N_(
            "Its gradient: how the loss changes with each of its numbers. None until backward() has found "
            "it; PyTorch keeps it for parameters alone."
        ),
    ),
)


class Row(NamedTuple):
    """One tensor: what it was, what it is, what its cells say, and which columns have changed."""

    before: TensorView | None
    after: TensorView | None
    cells: tuple[str, ...]
    changed: frozenset[int]

    @property
    def view(self) -> TensorView:
        """The tensor as it is, or as it was if it is gone."""
        view = self.after or self.before
        assert view is not None
        return view


class TensorTable(QAbstractTableModel):
    """A row for each tensor, data first, then parameters, results, and what the optimizer keeps.

    The rows stay as long as the names do; then only cells change.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._font = QFont(theme.font(digits=True))
        self._bold = QFont(theme.font(bold=True, digits=True))
        self._ground = QBrush(QColor(theme.accent_soft))
        self._muted = QBrush(QColor(theme.muted))
        roles = {"data": DATA, "parameter": MODEL, "result": theme.muted, "state": theme.hairline}
        self._bars = {role: _bar(colour, theme) for role, colour in roles.items()}

    def show_views(self, before: Views, after: Views) -> None:
        """Show the tensors `before` beside those `after`."""
        pairs = _pairs(before, after)
        if [pair[2] for pair in pairs] != self.names():
            self.beginResetModel()
            self._rows = [_row(was, now) for was, now, _name in pairs]
            self.endResetModel()
            return
        for place, (was, now, _name) in enumerate(pairs):
            known = self._rows[place]
            if known.before is was and known.after is now:
                continue
            self._rows[place] = row = _row(was, now)
            if (row.cells, row.changed) != (known.cells, known.changed):
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))

    def names(self) -> list[str]:
        """Those of the tensors, row by row."""
        return [row.view.name for row in self._rows]

    def changes(self) -> list[tuple[int, int]]:
        """The cells that have changed, as (row, column), from the left."""
        cells = ((place, column) for place, row in enumerate(self._rows) for column in row.changed)
        return sorted(cells, key=lambda cell: (cell[1], cell[0]))

    # --- what Qt asks -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """A row for each tensor."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """The columns of COLUMNS."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = DISPLAY) -> object:
        """A cell: its text, and the look of what has changed."""
        row, column = self._rows[index.row()], index.column()
        if role == DISPLAY:
            return CHANGED + row.cells[column] if column in row.changed else row.cells[column]
        if role == FONT:
            return self._bold if column in row.changed else self._font
        if role == GROUND:
            return self._ground if column in row.changed else None
        if role == COLOUR:
            is_quiet = row.cells[column] in (NONE, NOT_THERE) and column not in row.changed
            return self._muted if is_quiet else None
        if role == TIP:
            return _tip(row, column)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = DISPLAY
    ) -> object:
        """What stands above a column and what it means; the name of a tensor, and the colour of its kind."""
        if orientation == Qt.Orientation.Horizontal:
            label, tip = COLUMNS[section]
            return _(label) if role == DISPLAY else _(tip) if role == TIP else None
        view = self._rows[section].view
        if role in (DISPLAY, TIP):
            return view.name
        return self._bars[view.role] if role == PICTURE else None


def _bar(colour: str, theme: Theme) -> QPixmap:
    pixmap = QPixmap(theme.px(BAR[0]), theme.px(BAR[1]))
    pixmap.fill(QColor(colour))
    return pixmap


# --- rows ------------------------------------------------------------------------------------------------


def _pairs(before: Views, after: Views) -> list[tuple[TensorView | None, TensorView | None, str]]:
    """Each tensor that was or is, as (what it was, what it is, its name), in the order of ORDER."""
    was = {view.name: view for view in before}
    now = {view.name: view for view in after}
    views = {**now, **{name: view for name, view in was.items() if name not in now}}
    names = sorted(views, key=lambda name: ORDER.index(views[name].role))
    return [(was.get(name), now.get(name), name) for name in names]


def _row(before: TensorView | None, after: TensorView | None) -> Row:
    """What is shown of a tensor."""
    view = after or before
    assert view is not None
    changed = set()
    if after is None or before is None or is_other(before.values, after.values):
        changed.add(AFTER)
    if after is not None:
        of_before = ("",) * 4 if before is None else _attributes(before)
        changes = zip(of_before, _attributes(after), strict=True)
        changed |= {column for column, (was, now) in enumerate(changes, 4) if was != now}
        had = None if before is None else before.grad
        if had is not after.grad and (had is None or after.grad is None or is_other(had, after.grad)):
            changed.add(GRAD)
    if before is None:
        changed = {AFTER}
    texts = _told_apart(before, after)
    cells = (view.name, *texts, _shape(view), *_attributes(view), _values(view.grad, DIGITS))
    return Row(before, after, cells, frozenset(changed))


def _attributes(view: TensorView) -> tuple[str, ...]:
    """The columns between the shape and the gradient."""
    return view.dtype, view.device, str(view.requires_grad), view.grad_fn or NONE


def _shape(view: TensorView) -> str:
    return str(list(view.shape))


def is_other(before: Numbers, after: Numbers) -> bool:
    """Whether numbers have changed; of very many, some that are spread over all are compared."""
    if before is after:
        return False
    if before.shape != after.shape:
        return True
    stride = max(1, before.size // COMPARED)
    return not np.array_equal(before.flat[::stride], after.flat[::stride], equal_nan=True)


def _told_apart(before: TensorView | None, after: TensorView | None) -> tuple[str, str]:
    """The numbers before and after, with as many digits as it takes to see a change."""
    texts = ("", "")
    for digits in range(DIGITS, MOST_DIGITS + 1, 2):
        was, now = (NOT_THERE if view is None else _values(view.values, digits) for view in (before, after))
        texts = (was, now)
        if was != now or before is None or after is None or before.values is after.values:
            break
        if not is_other(_first(before.values, SHOWN), _first(after.values, SHOWN)):
            break
    return texts


def _first(values: Numbers, count: int) -> Numbers:
    """The first numbers, flat; of a huge array no more than these are touched."""
    first: Numbers = values.flat[:count]
    return first


def _values(values: Numbers | None, digits: int) -> str:
    """The first numbers of a tensor, and … if there are more."""
    if values is None:
        return NONE
    texts = [_text(number, digits) for number in _first(values, SHOWN)]
    return ", ".join([*texts, *(["…"] if values.size > SHOWN else [])])


def _text(value: float, digits: int = DIGITS) -> str:
    return "nan" if np.isnan(value) else significant(float(value), digits)


# --- tooltips --------------------------------------------------------------------------------------------


def _tip(row: Row, column: int) -> str:
    """All there is room for in a tooltip, as HTML."""
    values = {
        BEFORE: row.before and row.before.values,
        AFTER: row.after and row.after.values,
        GRAD: row.view.grad,
    }.get(column)
    if values is None or not isinstance(values, np.ndarray):
        return f"<span>{escape(row.cells[column])}</span>"
    title = n_("{count} number", "{count} numbers", values.size).format(count=f"{values.size:,}")
    if values.size > TOLD:
        title = _("{numbers}; the first {told}:").format(numbers=title, told=TOLD)
    if values.ndim == 0:
        return f"<span>{escape(_text(float(values), MOST_DIGITS))}</span>"
    cells = [_place(place, values) for place in range(min(TOLD, values.size))]
    lines = ["".join(cells[start : start + ACROSS]) for start in range(0, len(cells), ACROSS)]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<p>{escape(title)}</p><table cellspacing='4'>{body}</table>"


def _place(place: int, values: Numbers) -> str:
    """One number and where it is in its tensor."""
    where = [int(part) for part in np.unravel_index(place, values.shape)]
    return f"<td>{where}</td><td align='right'><b>{escape(_text(float(values.flat[place])))}</b></td>"
