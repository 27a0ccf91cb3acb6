"""The tensors of a step as rows of a table: what each was and is, and what of it has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from html import escape

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPixmap

from core.insight.numbers import DIGITS, significant
from core.insight.tensor_words import tensor_words
from core.insight.units import as_trained_only
from core.texts import N_, _, n_
from core.training.inside import Numbers, TensorView
from gui.theme import DATA, GRADIENT, MODEL, Theme
from gui.widgets.cell_view import COPIED

Fits = Callable[[str], bool]  # whether a cell of numbers has room for a text
Index = QModelIndex | QPersistentModelIndex
Views = Sequence[TensorView]

SHOWN = 4  # numbers of a tensor in its cell, as long as nobody knows how many have room
TOLD = 24  # numbers of a tensor in its tooltip
ACROSS = 4  # of these in one line
MOST_COPIED = 4096  # numbers of a tensor
COMPARED = 4096  # numbers, spread over a tensor, that are compared
MOST_DIGITS = 8  # to tell what was from what is
FEWER_DIGITS = (3, 2, 1)  # where there is no room for the usual ones
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
COUNTER = "step ("  # how the names begin of what optimizers count steps with
IS_GRADIENT = "gradient"  # the role of a row; the others are ROLES

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


class Row:
    """One tensor, or the gradient of one: what it was and is; what its cells say is found when it is seen."""

    def __init__(
        self, was: TensorView | None, now: TensorView | None, is_gradient: bool, shown: int, fits: Fits
    ) -> None:
        self.sources = was, now
        self._shown = shown  # numbers in a cell
        self._fits = fits
        view = now or was
        assert view is not None
        self.name = f"{view.name}.grad" if is_gradient else view.name
        self.role = IS_GRADIENT if is_gradient else view.role

    @cached_property
    def before(self) -> TensorView | None:
        """What it was; None for nothing."""
        return self._own(self.sources[0])

    @cached_property
    def after(self) -> TensorView | None:
        """What it is; None for nothing."""
        return self._own(self.sources[1])

    @property
    def view(self) -> TensorView | None:
        """What it is, or was if it is gone; None for a gradient that was not there either."""
        return self.after or self.before

    @cached_property
    def changed(self) -> frozenset[int]:
        """The columns that have changed."""
        return _changes(self.before, self.after)

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """The text of each column."""
        nothing, view = NONE if self.role == IS_GRADIENT else NOT_THERE, self.view
        if view is not None and view.trained_only:
            texts = tuple(nothing if each is None else as_trained_only() for each in self.sources)
        elif self.name.startswith(COUNTER):
            texts = tuple(nothing if view is None else f"{view.values:.0f}" for view in self.sources)
        else:
            texts = _told_apart(self.before, self.after, nothing, self._shown, self._fits)
        if view is None:
            return (self.name, *texts, *(NOT_THERE,) * (len(COLUMNS) - AFTER - 1))
        grad = as_trained_only() if view.grad_trained_only else _values(view.grad, DIGITS, self._shown)
        return self.name, *texts, _shape(view), *_attributes(view), grad

    def values(self, column: int) -> Numbers | None:
        """The numbers that a column shows some of; None where there are none."""
        if column == GRAD:
            return None if self.view is None or self.view.grad_trained_only else self.view.grad
        view = {BEFORE: self.before, AFTER: self.after}.get(column)
        return None if view is None or view.trained_only else view.values

    def _own(self, source: TensorView | None) -> TensorView | None:
        if self.role != IS_GRADIENT or source is None:
            return source
        if source.grad is None:
            return None
        view = TensorView(self.name, self.role, source.grad, source.dtype, source.device, False)
        return view._replace(trained_only=source.grad_trained_only)


class TensorTable(QAbstractTableModel):
    """A row for each tensor: data, then parameters, each above its gradient, results, the optimizer's own.

    The rows stay as long as the names do; then only cells change.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._shown = SHOWN
        self._room: float | None = None  # pixels of a cell; None as long as nobody knows
        self._metrics = QFontMetricsF(theme.font(bold=True, digits=True))
        self._font = QFont(theme.font(digits=True))
        self._bold = QFont(theme.font(bold=True, digits=True))
        self._ground = QBrush(QColor(theme.accent_soft))
        self._muted = QBrush(QColor(theme.muted))
        roles = {"data": DATA, "parameter": MODEL, "result": theme.muted, "state": theme.hairline}
        roles[IS_GRADIENT] = GRADIENT
        self._bars = {role: _bar(colour, theme) for role, colour in roles.items()}

    def show_views(self, before: Views, after: Views) -> None:
        """Show the tensors `before` beside those `after`."""
        rows = [Row(*sources, self._shown, self._fits) for sources in _in_order(before, after)]
        if [row.name for row in rows] != self.names():
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        others = [
            place
            for place, (row, known) in enumerate(zip(rows, self._rows, strict=True))
            if any(one is not other for one, other in zip(row.sources, known.sources, strict=True))
        ]
        for place in others:
            self._rows[place] = rows[place]
        if others:
            self.dataChanged.emit(self.index(others[0], 0), self.index(others[-1], len(COLUMNS) - 1))

    def show_first(self, count: int, room: float) -> None:
        """Show so many numbers in a cell that has so many pixels for them, and no digit that has no room."""
        if (count, room) != (self._shown, self._room):
            self._shown, self._room = count, room
            self._rows = [Row(*row.sources, row.role == IS_GRADIENT, count, self._fits) for row in self._rows]
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def _fits(self, text: str) -> bool:
        return self._room is None or self._metrics.horizontalAdvance(text) <= self._room

    def names(self) -> list[str]:
        """Those of the tensors, row by row."""
        return [row.name for row in self._rows]

    def first_change(self) -> int | None:
        """The first row of which something has changed; None for none."""
        return next((place for place, row in enumerate(self._rows) if row.changed), None)

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
            is_quiet = row.cells[column] in (NONE, NOT_THERE, as_trained_only()) and column not in row.changed
            return self._muted if is_quiet else None
        if role == TIP:
            return _tip(row, column)
        return _copied(row, column) if role == COPIED else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = DISPLAY
    ) -> object:
        """What stands above a column and what it means; the name of a tensor, and the colour of its kind."""
        if orientation == Qt.Orientation.Horizontal:
            label, tip = COLUMNS[section]
            return _(label) if role == DISPLAY else _(tip) if role == TIP else None
        row = self._rows[section]
        if role == DISPLAY:
            return row.name
        if role == TIP:
            return _tip_of_name(row)
        return self._bars[row.role] if role == PICTURE else None


def _bar(colour: str, theme: Theme) -> QPixmap:
    pixmap = QPixmap(theme.px(BAR[0]), theme.px(BAR[1]))
    pixmap.fill(QColor(colour))
    return pixmap


# --- rows ------------------------------------------------------------------------------------------------


def _in_order(before: Views, after: Views) -> Iterator[tuple[TensorView | None, TensorView | None, bool]]:
    """Each tensor that was or is, in the order of ORDER, and below a parameter its gradient.

    As what it was, what it is, and whether its gradient is meant.
    """
    was = {view.name: view for view in before}
    now = {view.name: view for view in after}
    views = {**now, **{name: view for name, view in was.items() if name not in now}}
    for name in sorted(views, key=lambda name: ORDER.index(views[name].role)):
        yield was.get(name), now.get(name), False
        if views[name].role == "parameter":
            yield was.get(name), now.get(name), True


def _changes(before: TensorView | None, after: TensorView | None) -> frozenset[int]:
    """The columns in which a tensor is not what it was; of one that has come or gone, its numbers alone."""
    if before is None or after is None:
        return frozenset(() if before is after else (AFTER,))
    if before is after:
        return frozenset()
    changed = {AFTER} if is_other(before.values, after.values) else set()
    attributes = zip(_attributes(before), _attributes(after), strict=True)
    changed |= {column for column, (was, now) in enumerate(attributes, AFTER + 2) if was != now}
    grads = before.grad, after.grad
    if grads[0] is None or grads[1] is None:
        has_other = grads[0] is not grads[1]
    else:
        has_other = is_other(grads[0], grads[1])
    return frozenset(changed | {GRAD} if has_other else changed)


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


def _told_apart(
    before: TensorView | None, after: TensorView | None, nothing: str, shown: int, fits: Fits
) -> tuple[str, str]:
    """The numbers before and after, with as many digits as it takes to see a change and have room."""

    def with_digits(digits: int) -> tuple[str, str]:
        was, now = (
            nothing if view is None else _values(view.values, digits, shown) for view in (before, after)
        )
        return was, now

    texts = with_digits(DIGITS)
    if not all(map(fits, texts)):
        fewer = [with_digits(digits) for digits in FEWER_DIGITS]
        return next((few for few in fewer if all(map(fits, few))), fewer[-1])
    for digits in range(DIGITS, MOST_DIGITS + 1, 2):
        was, now = with_digits(digits)
        if not (fits(was) and fits(now)):
            break
        texts = was, now
        if was != now or before is None or after is None or before.values is after.values:
            break
        if not is_other(_first(before.values, shown), _first(after.values, shown)):
            break
    return texts


def _first(values: Numbers, count: int) -> Numbers:
    """The first numbers, flat; of a huge array no more than these are touched."""
    first: Numbers = values.flat[:count]
    return first


def _values(values: Numbers | None, digits: int, shown: int) -> str:
    """The first numbers of a tensor, and … if there are more."""
    if values is None:
        return NONE
    texts = ", ".join(_text(number, digits) for number in _first(values, shown))
    return f"{texts} …" if values.size > shown else texts


def _text(value: float, digits: int = DIGITS) -> str:
    return "nan" if np.isnan(value) else significant(float(value), digits)


# --- tooltips --------------------------------------------------------------------------------------------


def _copied(row: Row, column: int) -> str:
    """A cell for other programs: all digits of its numbers, and the minus of a keyboard."""
    values = row.values(column)
    if values is None:
        return row.cells[column]
    texts = [str(number) for number in _first(values, MOST_COPIED)]
    return ", ".join([*texts, *(["..."] if values.size > MOST_COPIED else [])])


def _tip_of_name(row: Row) -> str:
    """The whole name, and what the tensor is for."""
    return f"<p><b>{escape(row.name)}</b></p><p>{escape(tensor_words(row.name, row.role))}</p>"


def _tip(row: Row, column: int) -> str:
    """All there is room for in a tooltip, as HTML."""
    values = row.values(column)
    if values is None:
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
