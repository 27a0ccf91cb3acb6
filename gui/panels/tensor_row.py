"""One tensor of a step as a row of a table: what its cells say, and what of it has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from html import escape

import numpy as np

from core.insight.numbers import DIGITS, significant
from core.insight.tensor_words import tensor_words
from core.insight.units import as_trained_in_short, as_trained_only
from core.texts import N_, _, n_
from core.training.inside import Numbers, TensorView

Fits = Callable[[str], bool]  # whether a cell of numbers has room for a text

SHOWN = 4  # numbers of a tensor in its cell, as long as nobody knows how many have room
IN_GRAD = 1  # numbers of a gradient beside its parameter: it has a row of its own
TOLD = 24  # numbers of a tensor in its tooltip
ACROSS = 4  # of these in one line
MOST_COPIED = 4096  # numbers of a tensor
COMPARED = 4096  # numbers, spread over a tensor, that are compared
MOST_DIGITS = 8  # to tell what was from what is
FEWER_DIGITS = (3, 2, 1)  # where there is no room for the usual ones
NONE = "None"
NOT_THERE = "—"
LEFT_OUT = "…"
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
            word = as_trained_only() if self._fits(as_trained_only()) else as_trained_in_short()
            texts = tuple(nothing if each is None else word for each in self.sources)
        elif self.name.startswith(COUNTER):
            texts = tuple(nothing if view is None else f"{view.values:.0f}" for view in self.sources)
        else:
            texts = _told_apart(self.before, self.after, nothing, self._shown, self._fits)
        if view is None:
            return (self.name, *texts, *(NOT_THERE,) * (len(COLUMNS) - AFTER - 1))
        grad = as_trained_only() if view.grad_trained_only else _values(view.grad, DIGITS, IN_GRAD)
        return self.name, *texts, _shape(view), *_attributes(view), grad

    def values(self, column: int) -> Numbers | None:
        """The numbers that a column shows some of; None where there are none."""
        if column == GRAD:
            return None if self.view is None or self.view.grad_trained_only else self.view.grad
        view = {BEFORE: self.before, AFTER: self.after}.get(column)
        return None if view is None or view.trained_only else view.values

    def is_trained_only(self, column: int) -> bool:
        """Whether a cell would have numbers, but none that mean anything in the units of the data."""
        view = {BEFORE: self.before, AFTER: self.after, GRAD: self.view}.get(column)
        if view is None:
            return False
        return view.grad_trained_only if column == GRAD else view.trained_only

    def _own(self, source: TensorView | None) -> TensorView | None:
        if self.role != IS_GRADIENT or source is None:
            return source
        if source.grad is None:
            return None
        view = TensorView(self.name, self.role, source.grad, source.dtype, source.device, False)
        return view._replace(trained_only=source.grad_trained_only)


# --- what has changed -------------------------------------------------------------------------------------


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
        return next((few for few in fewer if all(map(fits, few))), _shortened(fewer[-1], fits))
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


def _shortened(texts: tuple[str, str], fits: Fits) -> tuple[str, str]:
    """Texts without room for them, of which a number is left out rather than cut off: that is another one."""
    was, now = (text if fits(text) else _as_fits(text.replace(" ", ""), fits) for text in texts)
    return was, now


def _as_fits(text: str, fits: Fits) -> str:
    return text if fits(text) else LEFT_OUT


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


def copied(row: Row, column: int) -> str:
    """A cell for other programs: all digits of its numbers, and the minus of a keyboard."""
    values = row.values(column)
    if values is None:
        return row.cells[column]
    texts = [str(number) for number in _first(values, MOST_COPIED)]
    return ", ".join([*texts, *(["..."] if values.size > MOST_COPIED else [])])


def tip_of_name(row: Row) -> str:
    """The whole name, and what the tensor is for."""
    return f"<p><b>{escape(row.name)}</b></p><p>{escape(tensor_words(row.name, row.role))}</p>"


def tip(row: Row, column: int) -> str:
    """All there is room for in a tooltip, as HTML."""
    values = row.values(column)
    if values is None:
        whole = as_trained_only() if row.is_trained_only(column) else row.cells[column]
        return f"<span>{escape(whole)}</span>"
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
