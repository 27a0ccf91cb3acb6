"""An entry on the desktop and in the menu, so that a double click starts the program."""

from __future__ import annotations

import logging
import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from core.problem import Problem
from core.texts import _

ROOT = Path(__file__).resolve().parent.parent
MAIN = ROOT / "main.py"
ICONS = ROOT / "resources" / "icons"
PATIENCE = 30  # seconds for a helper program of the system
EXECUTABLE = 0o755
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # there on Windows only

# Every text comes from the environment, so that no path has to be quoted for PowerShell.
LINK_SCRIPT = """
$ErrorActionPreference = 'Stop'
$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:FITSCOPE_LINK)
$link.TargetPath = $env:FITSCOPE_TARGET
$link.Arguments = $env:FITSCOPE_ARGUMENTS
$link.IconLocation = $env:FITSCOPE_ICON
$link.Description = $env:FITSCOPE_DESCRIPTION
$link.Save()
"""


def install_shortcut(platform: str = sys.platform, home: Path | None = None) -> list[Path]:
    """Put Fitscope into the menu, and on the desktop where there is one; the files written.

    `platform` is one of sys.platform's names. Raises Problem if a folder cannot be written.
    """
    remove_shortcut(platform, home)
    write = {"win32": _write_windows, "darwin": _write_macos}.get(platform, _write_linux)
    try:
        return [write(folder) for folder in _folders(platform, home or Path.home())]
    except OSError as error:
        raise _unwritable(error) from error


def remove_shortcut(platform: str = sys.platform, home: Path | None = None) -> list[Path]:
    """Take away what install_shortcut put there; the files removed."""
    names = {"win32": ("Fitscope.lnk", "Fitscope.pyw"), "darwin": ("Fitscope.app",)}
    places = [
        folder / name
        for folder in _folders(platform, home or Path.home())
        for name in names.get(platform, ("fitscope.desktop",))
    ]
    found = [place for place in places if place.exists()]
    try:
        for place in found:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    except OSError as error:
        raise _unwritable(error) from error
    return found


def _unwritable(error: OSError) -> Problem:
    return Problem(
        _("The shortcut {file} cannot be changed ({reason}); allow writing there and try again.").format(
            file=error.filename, reason=error.strerror
        )
    )


def _comment() -> str:
    """What the system shows beside the name."""
    return _("Draw points, choose, and watch PyTorch fit them")


def _answer(command: list[str], **variables: str) -> str:
    """What a helper program of the system prints; nothing if it is not there or fails."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, *command[1:]],
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            creationflags=NO_WINDOW,
        )
    except (OSError, subprocess.SubprocessError):
        logging.exception("%s failed", program)
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _folders(platform: str, home: Path) -> list[Path]:
    """The menu's folder, and the desktop's where there is one."""
    if platform == "win32":
        roaming = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
        menu = roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs"
        desktop = _windows_desktop(home)
    elif platform == "darwin":
        menu, desktop = home / "Applications", home / "Desktop"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
        menu, desktop = data / "applications", _linux_desktop(home)
    return [menu, desktop] if desktop.is_dir() and desktop != home else [menu]


def _windows_desktop(home: Path) -> Path:
    """The desktop's folder, which OneDrive moves."""
    if sys.platform == "win32":
        import winreg

        shell_folders = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, shell_folders) as key:
            return Path(os.path.expandvars(winreg.QueryValueEx(key, "Desktop")[0]))
    return home / "Desktop"


def _linux_desktop(home: Path) -> Path:
    """The desktop's folder, which has another name in each language; the home folder means none."""
    return Path(_answer(["xdg-user-dir", "DESKTOP"], HOME=str(home)) or home / "Desktop")


def _write_linux(folder: Path) -> Path:
    """A desktop entry, after the Desktop Entry Specification 1.5."""
    entry = {
        "Type": "Application",
        "Name": "Fitscope",
        "Comment": _comment(),
        "Exec": f"{_quoted(sys.executable)} {_quoted(str(MAIN))}",
        "Icon": str(ICONS / "fitscope.svg"),
        "Terminal": "false",
        "Categories": "Education;Science;Math;",
        "StartupWMClass": "fitscope",
    }
    lines = [f"{key}={_escaped(value)}\n" for key, value in entry.items()]
    path = folder / "fitscope.desktop"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("[Desktop Entry]\n" + "".join(lines), "utf-8", "surrogateescape")
    path.chmod(EXECUTABLE)
    _trust(path)
    return path


def _quoted(argument: str) -> str:
    """One argument of an Exec line; %% stands for a per cent sign."""
    for character in '\\"`$':
        argument = argument.replace(character, "\\" + character)
    return '"' + argument.replace("%", "%%") + '"'


def _escaped(value: str) -> str:
    """A value of a desktop entry, on one line."""
    for character, escape in (("\\", r"\\"), ("\n", r"\n"), ("\r", r"\r"), ("\t", r"\t")):
        value = value.replace(character, escape)
    return value


def _trust(path: Path) -> None:
    """Tell GNOME that the person wants this entry to start on a double click."""
    _answer(["gio", "set", str(path), "metadata::trusted", "true"])


def _write_windows(folder: Path) -> Path:
    """A link, or where Windows refuses to make one a Python file that opens without a terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    windowless = Path(sys.executable).with_name("pythonw.exe")
    python = str(windowless if windowless.exists() else sys.executable)
    link = folder / "Fitscope.lnk"
    if _made_link(link, python):
        return link
    script = folder / "Fitscope.pyw"
    command = f"subprocess.Popen([{python!r}, {str(MAIN)!r}])"
    script.write_text(f'"""Starts Fitscope."""\n\nimport subprocess\n\n{command}\n', "utf-8")
    return script


def _made_link(link: Path, python: str) -> bool:
    """Whether PowerShell made `link`."""
    _answer(
        ["powershell", "-NoProfile", "-NonInteractive", "-Command", LINK_SCRIPT],
        FITSCOPE_LINK=str(link),
        FITSCOPE_TARGET=python,
        FITSCOPE_ARGUMENTS=subprocess.list2cmdline([str(MAIN)]),
        FITSCOPE_ICON=str(ICONS / "fitscope.ico"),
        FITSCOPE_DESCRIPTION=_comment(),
    )
    return link.exists()


def _write_macos(folder: Path) -> Path:
    """The smallest application bundle that Finder starts."""
    bundle = folder / "Fitscope.app"
    contents = bundle / "Contents"
    program = contents / "MacOS" / "Fitscope"
    for part in (program.parent, contents / "Resources"):
        part.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ICONS / "fitscope.icns", contents / "Resources" / "fitscope.icns")
    properties = {
        "CFBundleName": "Fitscope",
        "CFBundleIdentifier": "org.fitscope.Fitscope",
        "CFBundleExecutable": program.name,
        "CFBundleIconFile": "fitscope",
        "CFBundlePackageType": "APPL",
        "NSHighResolutionCapable": True,
    }
    (contents / "Info.plist").write_bytes(plistlib.dumps(properties))
    program.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, str(MAIN)])}\n", "utf-8")
    program.chmod(EXECUTABLE)
    return bundle
