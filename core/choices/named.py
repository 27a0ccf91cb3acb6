"""Finds the class that a row of a table names; only names from the tables come here."""

from importlib import import_module
from typing import Any


def named(path: str) -> Any:
    """The object at the dotted `path`, such as "torch.nn.MSELoss"."""
    module, _dot, name = path.rpartition(".")
    return getattr(import_module(module), name)
