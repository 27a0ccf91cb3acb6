"""Columns in which every number stands behind the same label, as "Temp:21.5"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.tables.cells import Cell, Part
from core.tables.layout.kinds import Kinds, label_in, labelled
from core.tables.notations.notation import Notation


@dataclass(frozen=True)
class Labelled:
    """Numbers in a notation, each behind a label."""

    label: str
    numbers: Notation

    is_plain = False
    has_times = False

    @property
    def unit(self) -> str:
        """What the numbers are counted in."""
        return self.numbers.unit

    def remark(self, title: str) -> str:
        """What a person should know about how the numbers were read."""
        return self.numbers.remark(title)

    def read(self, cells: Iterable[Cell]) -> Part:
        """The numbers in some cells of the column."""
        return self.numbers.read(without_label(cells, self.label))


def without_label(cells: Iterable[Cell], label: str) -> list[Cell]:
    """Cells without a label; those that do not have it stay as they are."""
    return [_rest(cell, label) if isinstance(cell, str) else cell for cell in cells]


def labels_of(shape: Kinds, width: int) -> list[str]:
    """The label of each of `width` columns, by their kinds; "" where they have none."""
    return [label_in(kind) for kind in shape] + [""] * (width - len(shape))


def _rest(cell: str, label: str) -> str:
    """What stands behind the label."""
    found, rest = labelled(cell)
    return rest if found == label else cell
