"""Other people's files: tables of text and workbooks, whatever their encoding, separators and gaps.

Each name is imported from its module on first use: the window is painted before most of them are needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.tables.data_sets import DATA_SETS, DataSet, load_data_set
    from core.tables.gather import proposes_standardise
    from core.tables.read import SUFFIXES, open_table, parse_clipboard, pasted_table, preview, read_points
    from core.tables.reading import (
        DATE_ORDERS,
        DECIMALS,
        ENCODINGS,
        SEPARATORS,
        Cancelled,
        Column,
        Preview,
        Reading,
        ReadPoints,
    )
    from core.tables.sample import Table
    from core.tables.save import save_points

__all__ = [
    "DATA_SETS",
    "DATE_ORDERS",
    "DECIMALS",
    "ENCODINGS",
    "SEPARATORS",
    "SUFFIXES",
    "Cancelled",
    "Column",
    "DataSet",
    "Preview",
    "ReadPoints",
    "Reading",
    "Table",
    "load_data_set",
    "open_table",
    "parse_clipboard",
    "pasted_table",
    "preview",
    "proposes_standardise",
    "read_points",
    "save_points",
]

HOMES = {
    "data_sets": ("DATA_SETS", "DataSet", "load_data_set"),
    "gather": ("proposes_standardise",),
    "read": ("SUFFIXES", "open_table", "parse_clipboard", "pasted_table", "preview", "read_points"),
    "reading": (
        "DATE_ORDERS",
        "DECIMALS",
        "ENCODINGS",
        "SEPARATORS",
        "Cancelled",
        "Column",
        "Preview",
        "ReadPoints",
        "Reading",
    ),
    "sample": ("Table",),
    "save": ("save_points",),
}


def __getattr__(name: str) -> Any:
    """The public name `name`, from its module."""
    for module, names in HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(name)
