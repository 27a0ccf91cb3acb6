"""A program as a Jupyter notebook (nbformat 4.5): a cell of words and a cell of code for each section."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from core.export.program import Program
from core.texts import N_, _

TITLE = N_("# A fit in PyTorch\n\nRun the cells from the top down. Each is a part of every PyTorch program.")
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "data": N_("## Data\n\nThe points that the model learns from, as tensors."),
        "model": N_("## Model\n\nA function with parameters: numbers that training will find."),
        "loss": N_("## Loss\n\nOne number that says how badly the model fits; training makes it small."),
        "optimizer": N_("## Optimizer\n\nIt turns the gradient of the loss into a change of the parameters."),
        "loop": N_(
            "## Training\n\nFive lines, again and again: forget, predict, compare, find the gradient, step."
        ),
        "result": N_("## Result\n\nThe loss and the parameters that training has come to."),
        "drawing": N_("## Drawing\n\nThe points, and the model over them."),
    }
)


def notebook(program: Program) -> str:
    """The notebook as JSON; its code cells, one behind the other, are the script."""
    cells: list[dict[str, object]] = []
    for section, code in program.sections().items():
        words = _(WORDS[section])
        cells.append(_cell("markdown", f"{section}-words", words if cells else f"{_(TITLE)}\n\n{words}"))
        cells.append(_cell("code", section, code) | {"execution_count": None, "outputs": []})
    whole = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, name: str, text: str) -> dict[str, object]:
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
