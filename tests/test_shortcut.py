"""A double click starts the program: what the desktops of three systems are given."""

from __future__ import annotations

import json
import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from configparser import RawConfigParser
from pathlib import Path

import pytest

from core import shortcut
from core.problem import Problem
from core.shortcut import install_shortcut, remove_shortcut

AWKWARD = [
    "plain",
    "two words",
    "50 % off",
    'it\'s "so"',
    "$HOME `id`",
    "back\\slash",
    "学习 é",
    "a;b&c|d<e>f",
]
SAYS_WHAT_IT_WAS_GIVEN = (
    "import json, pathlib, sys; pathlib.Path(__file__ + '.json').write_text(json.dumps(sys.argv))"
)
systems = pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a desktop, on a machine without the helpers of its system."""
    home = tmp_path / "home"
    (home / "Desktop").mkdir(parents=True)
    for name in ("XDG_DATA_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    return home


def place_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in `folder` that writes down its arguments, in the place of main.py, with its own Python."""
    folder.mkdir()
    python = folder / "python"
    python.symlink_to(Path(sys.executable).resolve())
    program = folder / "main.py"
    program.write_text(SAYS_WHAT_IT_WAS_GIVEN)
    monkeypatch.setattr(shortcut, "MAIN", program)
    monkeypatch.setattr(sys, "executable", str(python))
    return program


def place_helper(home: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of the system called `name`."""
    programs = home.parent / "programs"
    programs.mkdir(exist_ok=True)
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin")


def started(program: Path, arguments: list[str]) -> list[str]:
    """What `program` was given when `arguments` were run with every standard stream closed."""
    closed: Callable[[], None] = lambda: os.closerange(0, 3)  # noqa: E731
    subprocess.run(arguments, preexec_fn=closed, check=True, env={"PATH": "/usr/bin:/bin"}, cwd="/")
    given: list[str] = json.loads(Path(f"{program}.json").read_text())
    return given


def entry(file: Path) -> dict[str, str]:
    """The values of a desktop entry, unescaped as the specification says."""
    reader = RawConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None, strict=True)
    reader.optionxform = str  # type: ignore[assignment, method-assign]
    reader.read_string(file.read_text("utf-8"))
    escapes = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    values = reader["Desktop Entry"].items()
    return {key: re.sub(r"\\(.)", lambda found: escapes[found[1]], value) for key, value in values}


def command(line: str) -> list[str]:
    """The arguments of an Exec line, unquoted as the specification says: quoted arguments only, then %%."""
    assert re.fullmatch(r'("([^"\\`$]|\\["`$\\])*"( |$))+', line)
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    return [re.sub(r"\\(.)", r"\1", argument).replace("%%", "%") for argument in quoted]


@systems
def test_the_menu_and_the_desktop_each_get_one(platform: str, home: Path) -> None:
    written = install_shortcut(platform, home)
    assert len(written) == 2
    assert all(file.exists() for file in written)
    assert (home / "Desktop") in {file.parent for file in written}


@systems
def test_where_there_is_no_desktop_none_is_made(platform: str, home: Path) -> None:
    (home / "Desktop").rmdir()
    (menu,) = install_shortcut(platform, home)
    assert menu.exists()
    assert not (home / "Desktop").exists()


@systems
def test_what_was_installed_is_removed_and_nothing_else(platform: str, home: Path) -> None:
    other = home / "Desktop" / "letter.txt"
    other.write_text("Dear Ada")
    before = {path for path in home.rglob("*") if path.is_file()}
    installed = install_shortcut(platform, home)
    assert set(remove_shortcut(platform, home)) == set(installed)
    assert {path for path in home.rglob("*") if path.is_file()} == before


@systems
def test_removing_what_is_not_there_removes_nothing(platform: str, home: Path) -> None:
    assert remove_shortcut(platform, home) == []


@systems
def test_installing_twice_leaves_one(platform: str, home: Path) -> None:
    assert install_shortcut(platform, home) == install_shortcut(platform, home)


@systems
def test_a_folder_that_cannot_be_written_is_named(platform: str, home: Path) -> None:
    (home / "Desktop").rmdir()
    for blocked in (".local", "AppData", "Applications"):
        (home / blocked).write_text("in the way")
    with pytest.raises(Problem, match="cannot be changed") as caught:
        install_shortcut(platform, home)
    assert str(home) in str(caught.value)


@pytest.mark.one_in(2)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not run this")
@pytest.mark.parametrize("folder", AWKWARD)
def test_the_linux_entry_starts_the_program_from_any_folder(
    folder: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = place_program(home / folder, monkeypatch)
    for file in install_shortcut("linux", home):
        assert started(program, command(entry(file)["Exec"])) == [str(program)]
        assert file.stat().st_mode & 0o111


def test_the_linux_entry_has_its_name_icon_and_no_terminal(home: Path) -> None:
    values = entry(install_shortcut("linux", home)[0])
    assert values["Type"] == "Application"
    assert values["Name"] == "Fitscope"
    assert values["Terminal"] == "false"
    assert Path(values["Icon"]).is_absolute()
    assert Path(values["Icon"]).is_file()


def test_the_linux_desktop_has_the_persons_name_for_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "桌面").mkdir()
    place_helper(home, "xdg-user-dir", 'echo "$HOME/桌面"', monkeypatch)
    assert (home / "桌面") in {file.parent for file in install_shortcut("linux", home)}


def test_a_home_that_serves_as_the_desktop_is_not_littered(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_helper(home, "xdg-user-dir", 'echo "$HOME"', monkeypatch)
    assert home not in {file.parent for file in install_shortcut("linux", home)}


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="there is no validator to ask")
def test_the_linux_entry_is_valid(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    subprocess.run(["desktop-file-validate", install_shortcut("linux", home)[0]], check=True)


@pytest.mark.one_in(2)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not run this")
@pytest.mark.parametrize("folder", AWKWARD)
def test_the_macos_bundle_starts_the_program_from_any_folder(
    folder: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = place_program(home / folder, monkeypatch)
    for bundle in install_shortcut("darwin", home):
        properties = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
        executable = bundle / "Contents" / "MacOS" / properties["CFBundleExecutable"]
        assert started(program, [str(executable)]) == [str(program)]
        icon = bundle / "Contents" / "Resources" / f"{properties['CFBundleIconFile']}.icns"
        assert icon.read_bytes()[:4] == b"icns"


@pytest.mark.parametrize("folder", AWKWARD)
def test_the_windowless_python_file_starts_the_program_from_any_folder(
    folder: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = place_program(home / folder, monkeypatch)
    for file in install_shortcut("win32", home):
        assert file.suffix == ".pyw"
        begun: list[list[str]] = []
        monkeypatch.setattr(subprocess, "Popen", begun.append)
        exec(compile(file.read_text("utf-8"), file, "exec"), {})
        assert begun == [[str(program.parent / "python"), str(program)]]


@pytest.mark.parametrize("folder", AWKWARD)
def test_powershell_is_given_every_path_as_it_is(
    folder: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for PowerShell writes down what the script would have put into the link."""
    program = place_program(home / folder, monkeypatch)
    (program.parent / "pythonw.exe").write_text("")
    says = 'printf "%s\\n" "$FITSCOPE_TARGET" "$FITSCOPE_ARGUMENTS" "$FITSCOPE_ICON" > "$FITSCOPE_LINK"'
    place_helper(home, "powershell", says, monkeypatch)
    for link in install_shortcut("win32", home):
        assert link.name == "Fitscope.lnk"
        target, arguments, icon = link.read_text("utf-8").splitlines()
        assert target == str(program.parent / "pythonw.exe")
        assert arguments == subprocess.list2cmdline([str(program)])
        assert Path(icon).read_bytes()[:4] == b"\0\0\1\0"


def test_a_powershell_that_fails_is_done_without(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_helper(home, "powershell", "exit 1", monkeypatch)
    assert {file.suffix for file in install_shortcut("win32", home)} == {".pyw"}
