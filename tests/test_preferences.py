"""What is remembered between two starts survives everything that can stand in its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from gui.preferences import LARGEST_RECENT, Preferences


@pytest.fixture
def file(person: Path) -> Path:
    """The file that a person can open in an editor."""
    preferences = Preferences()
    preferences.put("here", True)
    return Path(settings_file())


def settings_file() -> str:
    form, scope = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    settings = QSettings(form, scope, "fitscope", "fitscope")
    settings.sync()
    return settings.fileName()


@pytest.mark.parametrize("value", [True, False, 7, 2.5, "", "some words", "中文", "a, b; c=1"])
def test_what_was_remembered_comes_back_with_its_type(value: bool | float | str) -> None:
    Preferences().put("key", value)
    found = Preferences().get("key", type(value)())
    assert found == value
    assert type(found) is type(value)


def test_what_was_never_remembered_is_the_default() -> None:
    assert Preferences().get("nothing", 3.5) == 3.5
    assert Preferences().bytes("nothing") == QByteArray()


def test_bytes_come_back(person: Path) -> None:
    Preferences().put("geometry", QByteArray(b"\x00\x01\xff"))
    assert Preferences().bytes("geometry") == QByteArray(b"\x00\x01\xff")


@pytest.mark.parametrize("default", [100.0, 3, True, "light"])
@pytest.mark.parametrize(
    "rubbish", ["", "abc", "@Invalid()", "@ByteArray(xyz)", "1, 2, 3", "nan?", "@Size(1 2)"]
)
def test_rubbish_in_the_file_gives_the_default_or_a_value_of_its_type(
    file: Path, default: bool | float | str, rubbish: str
) -> None:
    file.write_text(f"[General]\nkey={rubbish}\n", "utf-8")
    found = Preferences().get("key", default)
    assert type(found) is type(default)
    if isinstance(default, float):
        assert found == default


def test_a_file_of_rubbish_is_survived(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 20)
    assert Preferences().get("speed", 100.0) == 100.0
    assert Preferences().recent() == []


def test_the_newest_of_the_files_opened_last_comes_first_and_once(person: Path) -> None:
    preferences = Preferences()
    for number in range(12):
        preferences.add_recent(f"/a folder/file {number}, with a comma.csv")
    preferences.add_recent("/a folder/file 8, with a comma.csv")
    found = Preferences().recent()
    assert len(found) == LARGEST_RECENT
    assert found[0] == "/a folder/file 8, with a comma.csv"
    assert found[1] == "/a folder/file 11, with a comma.csv"
    assert len(set(found)) == LARGEST_RECENT
    preferences.forget_recent()
    assert Preferences().recent() == []
