"""The checks before Qt starts: each says in a sentence what Qt would abort over."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
import time
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import PySide6
import pytest

from core.problem import Problem
from gui import preflight
from gui.preflight import package_problem, platform_problem, require_installation, version_problem

ROOT = Path(__file__).resolve().parent.parent
QT = Path(PySide6.__file__).parent / "Qt"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the screen of other systems is always there")


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without a screen, and without a word about how Qt should do without one."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def without(*libraries: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which `libraries` are not installed, and everything else that Qt needs is."""
    known = {*preflight.ALWAYS, *preflight.FOR_X11, *preflight.FOR_WAYLAND}
    load = ctypes.CDLL

    def find(name: str) -> object:
        if name in libraries:
            raise OSError(f"{name}: cannot open shared object file")
        return object() if name in known else load(name)

    monkeypatch.setattr(ctypes, "CDLL", find)


@pytest.mark.parametrize("python", [(3, 8), (3, 10)])
def test_an_old_python_is_refused(python: tuple[int, int]) -> None:
    sentence = version_problem(python, "6.11.3")
    assert sentence is not None
    assert "3.11" in sentence
    assert f"3.{python[1]}" in sentence


def test_the_pair_that_crashes_is_refused_with_the_way_out() -> None:
    sentence = version_problem((3, 11), "6.12.0")
    assert sentence is not None
    assert "6.12.0" in sentence
    assert 'pip install "PySide6-Essentials<6.12"' in sentence


@pytest.mark.parametrize(
    ("python", "qt"), [((3, 11), "6.11.3"), ((3, 12), "6.12.0"), ((3, 14), "6.11.3"), ((3, 11), "")]
)
def test_a_pair_that_works_is_welcome(python: tuple[int, int], qt: str) -> None:
    assert version_problem(python, qt) is None


def test_the_version_found_is_that_of_the_installation() -> None:
    assert preflight._installed_qt() == metadata.version("PySide6-Essentials")


def test_the_installed_pair_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyside6_essentials-6.12.1.dist-info").mkdir()
    spec = SimpleNamespace(origin=str(tmp_path / "PySide6" / "__init__.py"))
    monkeypatch.setattr(preflight, "find_spec", lambda _name: spec)
    monkeypatch.setattr(preflight, "OLDEST_PYTHON_FOR_BAD_QT", (99, 0))
    with pytest.raises(Problem, match=r"6\.12\.1"):
        require_installation()


def test_this_installation_is_complete() -> None:
    require_installation()


def test_packages_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "find_spec", lambda name: None if name in ("torch", "PySide6") else name)
    sentence = package_problem()
    assert sentence is not None
    assert "PySide6, torch" in sentence
    assert "pip install -e ." in sentence


def test_every_package_that_the_program_needs_is_looked_for() -> None:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = {re.split(r"[<>=]", needed)[0].removesuffix("-Essentials") for needed in dependencies}
    packages = {package.lower() for package in preflight.PACKAGES}
    assert {name.replace("-", "_").lower() for name in names} == packages


@linux_only
def test_no_screen_is_a_sentence_with_the_verbs_that_need_none(no_screen: None) -> None:
    sentence = platform_problem(needs_screen=True)
    assert sentence is not None
    assert all(verb in sentence for verb in ("train", "screenshot", "self-test"))


@linux_only
def test_a_screenshot_needs_no_screen(no_screen: None) -> None:
    assert platform_problem(needs_screen=False) is None


@linux_only
@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600"])
def test_whoever_chooses_a_platform_without_a_screen_may(
    no_screen: None, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert platform_problem(needs_screen=True) is None


@linux_only
@pytest.mark.parametrize(
    ("variable", "screen"), [("DISPLAY", ":98765"), ("WAYLAND_DISPLAY", "wayland-98765")]
)
@pytest.mark.skipif(bool(preflight._missing(preflight.FOR_X11)), reason="there is no X library to ask")
def test_a_screen_that_does_not_answer_is_named(
    no_screen: None, variable: str, screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, screen)
    sentence = platform_problem(needs_screen=True)
    assert sentence is not None
    assert screen in sentence


@linux_only
def test_missing_libraries_of_the_screen_are_named_with_their_packages(
    no_screen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    without("libxcb-cursor.so.0", "libxkbcommon-x11.so.0", monkeypatch=monkeypatch)
    sentence = platform_problem(needs_screen=True)
    assert sentence is not None
    assert "libxcb-cursor.so.0, libxkbcommon-x11.so.0" in sentence
    assert sentence.endswith("sudo apt install libxcb-cursor0 libxkbcommon-x11-0")


@linux_only
@pytest.mark.parametrize("needs_screen", [True, False])
def test_libraries_that_even_a_screenshot_needs_are_named(
    needs_screen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    without("libEGL.so.1", "libGL.so.1", monkeypatch=monkeypatch)
    sentence = platform_problem(needs_screen)
    assert sentence is not None
    assert sentence.endswith("sudo apt install libegl1 libgl1")


@linux_only
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="there is no X server to try")
def test_a_screen_that_answers_is_accepted(no_screen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        monkeypatch.setenv("DISPLAY", f":{server.stdout.readline().strip()}")
        try:
            assert platform_problem(needs_screen=True) is None
        finally:
            server.terminate()


@linux_only
@pytest.mark.skipif(shutil.which("readelf") is None, reason="there is no readelf to ask")
def test_every_system_library_that_qt_is_linked_with_is_looked_for() -> None:
    """The oracle is the linker's own list of what the Qt libraries need."""
    parts = ["Core", "Gui", "Widgets", "Svg", "PrintSupport", "OpenGL", "OpenGLWidgets", "DBus"]
    files = [QT / "lib" / f"libQt6{part}.so.6" for part in [*parts, "XcbQpa", "WaylandClient"]]
    files += [QT / "plugins" / "platforms" / f"libq{name}.so" for name in ("xcb", "wayland", "offscreen")]
    said = subprocess.run(["readelf", "-d", *files], capture_output=True, text=True, check=True).stdout
    needed = set(re.findall(r"NEEDED.*\[(.+?)\]", said))
    ours = re.compile(r"lib(Qt6|icu|pyside6|shiboken6)|lib(c|m|gcc_s|stdc\+\+|pthread|dl|rt)\.so|ld-linux")
    known = preflight.ALWAYS | preflight.FOR_X11 | preflight.FOR_WAYLAND
    assert {name for name in needed if not ours.match(name)} == set(known)


@linux_only
def test_the_checks_are_not_felt(no_screen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":98765")
    begin = time.process_time()
    require_installation()
    platform_problem(needs_screen=True)
    assert time.process_time() - begin < 0.1
