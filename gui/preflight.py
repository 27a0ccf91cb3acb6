"""What must be so before Qt is imported: where it is not, Qt aborts the process and says little."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from core.problem import Problem
from core.texts import _

OLDEST_PYTHON = (3, 11)
# PySide6 6.12 loses a reference to True with each signal, and to None with each void call, on Python 3.11.
BAD_QT = "6.12."
OLDEST_PYTHON_FOR_BAD_QT = (3, 12)
PACKAGES = (
    "contourpy",
    "numpy",
    "pandas",
    "pygments",
    "PySide6",
    "pyqtgraph",
    "python_calamine",
    "scipy",
    "torch",
    "ziamath",
)

# The system libraries that Qt's own are linked with, and the Debian packages that bring them.
ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
FOR_X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FOR_WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}


def require_installation() -> None:
    """Raise Problem unless this Python and its packages are ones that Fitscope runs on."""
    sentence = version_problem(sys.version_info[:2], _installed_qt()) or package_problem()
    if sentence:
        raise Problem(sentence)


def require_platform(needs_screen: bool) -> None:
    """Raise Problem unless Qt can start here, on a screen or without one."""
    sentence = platform_problem(needs_screen) if sys.platform == "linux" else None
    if sentence:
        raise Problem(sentence)


def version_problem(python: tuple[int, int], qt: str) -> str | None:
    """What is wrong with the versions of Python and PySide6; `qt` is empty where it is not known."""
    if python < OLDEST_PYTHON:
        return _(
            "Fitscope needs Python {oldest} or newer, not {python}; install one from python.org."
        ).format(oldest=_dotted(OLDEST_PYTHON), python=_dotted(python))
    if qt.startswith(BAD_QT) and python < OLDEST_PYTHON_FOR_BAD_QT:
        return _(
            "PySide6 {qt} crashes on Python {python}; install an earlier one with: "
            'python -m pip install "PySide6-Essentials<6.12"'
        ).format(qt=qt, python=_dotted(python))
    return None


def package_problem() -> str | None:
    """Which packages are not installed."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if not missing:
        return None
    return _("Fitscope needs {packages}; in its folder, run: python -m pip install -e .").format(
        packages=", ".join(missing)
    )


def platform_problem(needs_screen: bool) -> str | None:
    """Why Qt cannot start on this Linux machine; it looks at the environment as Qt will."""
    missing = _missing(ALWAYS)
    chosen = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if missing or not needs_screen or chosen not in ("", "xcb", "wayland"):
        return _library_problem(missing)
    x11 = os.environ.get("DISPLAY") if chosen != "wayland" else None
    wayland = os.environ.get("WAYLAND_DISPLAY") if chosen != "xcb" else None
    if not x11 and not wayland:
        return _(
            "There is no screen here; use the commands train, screenshot and self-test, which need none."
        )
    if wayland and not _missing(FOR_WAYLAND) and _wayland_answers():
        return None
    if x11 and _missing(FOR_X11):
        return _library_problem(_missing(FOR_X11))
    if x11 and _x11_answers():
        return None
    return _(
        "The screen {screen} does not answer; log in to a desktop, "
        "or use the commands train, screenshot and self-test, which need none."
    ).format(screen=x11 or wayland)


def _library_problem(missing: dict[str, str]) -> str | None:
    """What to install for the libraries `missing`."""
    if not missing:
        return None
    return _("Qt needs {libraries}; on Debian or Ubuntu run: sudo apt install {packages}").format(
        libraries=", ".join(missing), packages=" ".join(sorted(set(missing.values())))
    )


def _missing(libraries: dict[str, str]) -> dict[str, str]:
    """Those of `libraries` that the dynamic linker does not find."""
    return {name: package for name, package in libraries.items() if not _loads(name)}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x11_answers() -> bool:
    """Whether the X server of DISPLAY lets us in, asked the way Qt asks."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused: int = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_answers() -> bool:
    """Whether the compositor of WAYLAND_DISPLAY lets us in."""
    wayland = ctypes.CDLL("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    display = ctypes.c_void_p(wayland.wl_display_connect(None))
    if not display:
        return False
    wayland.wl_display_disconnect(display)
    return True


def _installed_qt() -> str:
    """The version of PySide6-Essentials, "" where it cannot be told.

    Read from the name of its folder: importlib.metadata would take a tenth of the time to the first paint.
    """
    spec = find_spec("PySide6")
    if spec is None or spec.origin is None:
        return ""
    folders = Path(spec.origin).parent.parent.glob("pyside6_essentials-*.dist-info")
    return next((folder.stem.partition("-")[2] for folder in folders), "")


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
