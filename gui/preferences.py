"""What is remembered from one start to the next: how the window looks, never what is fitted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings

from core.file_names import path_written, written_path

Value = TypeVar("Value", bool, int, float, str)

LARGEST_RECENT = 8


class Preferences:
    """Named values in the person's settings file (INI, so that it is the same everywhere and can be read).

    `for_now` stands above the file until another value is chosen; it is not remembered.
    """

    def __init__(self, for_now: Mapping[str, str] | None = None) -> None:
        self._for_now = dict(for_now or {})
        self._file = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "fitscope", "fitscope")

    def get(self, key: str, default: Value) -> Value:
        """The value of `key`; `default` where there is none, or none of its type."""
        written = self._for_now.get(key, self._file.value(key))
        if isinstance(default, bool):
            known = {"true": True, "false": False}
            return known.get(str(written).lower(), default)
        if isinstance(default, str):
            return written if isinstance(written, str) else default
        try:
            value = type(default)(str(written))
        except ValueError:
            return default
        return value if math.isfinite(value) else default

    def put(self, key: str, value: bool | float | str | QByteArray) -> None:
        """Remember `value`."""
        self._for_now.pop(key, None)
        self._file.setValue(key, value)

    def bytes(self, key: str) -> QByteArray:
        """The bytes remembered under `key`, such as a window's geometry."""
        value = self._file.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def recent(self) -> list[str]:
        """The files opened last, newest first."""
        return [path_written(line) for line in self.get("recent", "").split("\n") if line]

    def add_recent(self, path: str) -> None:
        """Put `path` first among the files opened last."""
        paths = [path, *(old for old in self.recent() if old != path)]
        self.put("recent", "\n".join(map(written_path, paths[:LARGEST_RECENT])))

    def forget_recent(self) -> None:
        """Forget all files opened last."""
        self.put("recent", "")
