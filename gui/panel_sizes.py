"""How large the panels of a window were, in words that can be kept, and how large they are in another one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QSize

WINDOW = "window"  # the key of the window itself
SIZE = re.compile(r"(\w+)=([1-9]\d{0,4})x([1-9]\d{0,4})")

Sizes = Mapping[str, QSize]


def written(sizes: Sizes) -> str:
    """Sizes in pixels, by key, as one line."""
    return " ".join(f"{key}={size.width()}x{size.height()}" for key, size in sizes.items())


def read(line: str) -> dict[str, QSize]:
    """The sizes in a line; what is none is left out."""
    found = (SIZE.fullmatch(word) for word in line.split())
    return {size[1]: QSize(int(size[2]), int(size[3])) for size in found if size}


def shared_anew(sizes: Sizes, kept: str, most: int, window: QSize) -> dict[str, QSize]:
    """The sizes of panels in a window of another size: `kept` as wide as it was, the others in proportion.

    `most` is the greatest width that is kept, in pixels. The sizes of the panels and of the window before
    are `sizes`; without that of the window there are none, and what was larger than it is left out.
    """
    before = sizes.get(WINDOW)
    if before is None:
        return {}
    sizes = {key: size for key, size in sizes.items() if size == size.boundedTo(before)}
    first = sizes[kept].width() if kept in sizes else 0
    first = first if first <= most else 0  # it has a place of its own, above or below the others
    left, room = before.width() - first, window.width() - first
    if left <= 0 or room <= 0:
        return {}
    shared = {
        key: QSize(
            max(size.width() * room // left, 1), max(size.height() * window.height() // before.height(), 1)
        )
        for key, size in sizes.items()
        if key != WINDOW
    }
    if first:
        shared[kept].setWidth(first)
    return shared
