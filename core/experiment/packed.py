"""Numbers as a file of work in progress has them: as bytes, for a twentieth of the time of digits."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

import numpy as np

from core.experiment.points import Floats
from core.problem import Problem
from core.texts import _

BYTES, COLUMNS = "float64", "columns"  # little-endian, in base64, row by row
ORDER = "<f8"
PIECE = 24_576  # numbers at a time: about a millisecond, and bytes that base64 takes without a rest


def packed(values: Floats) -> Iterator[str]:
    """The JSON of `values` `[N]` or `[N, F]`, a piece at a time."""
    columns = values.shape[1] if values.ndim == 2 else 1
    flat = values.reshape(-1)
    yield f'{{"{COLUMNS}": {columns}, "{BYTES}": "'
    for start in range(0, len(flat), PIECE):
        piece = flat[start : start + PIECE].astype(ORDER, copy=False)
        yield base64.b64encode(piece.tobytes()).decode("ascii")
    yield '"}'


def unpacked(name: str, content: Mapping[str, object]) -> Floats:
    """The numbers `[N]` or `[N, F]` of such JSON; raises Problem for any other."""
    columns, text = content.get(COLUMNS), content.get(BYTES)
    if set(content) == {COLUMNS, BYTES} and type(columns) is int and columns > 0 and isinstance(text, str):
        try:
            values = np.frombuffer(base64.b64decode(text, validate=True), ORDER).astype(np.float64)
            return values.reshape(-1, columns) if columns > 1 else values
        except ValueError:  # also of a length that is no number of rows
            pass
    raise Problem(_("The numbers of “{name}” are damaged; open an undamaged file.").format(name=name))
