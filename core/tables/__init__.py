"""Other people's files: tables of text and workbooks, whatever their encoding, separators and gaps."""

from core.tables.data_sets import DATA_SETS, DataSet, load_data_set
from core.tables.gather import proposes_standardise
from core.tables.read import SUFFIXES, open_table, parse_clipboard, pasted_table, preview, read_points
from core.tables.reading import (
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
