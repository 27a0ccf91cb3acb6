"""The log: in the person's folder, of bounded size, and never the reason that the program does not start."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from core.log import CRASH_BYTES, LOG_BYTES, data_folder, start_log

ROOT = Path(__file__).resolve().parent.parent


def test_what_is_logged_is_in_the_persons_folder(person: Path) -> None:
    path = start_log()
    logging.getLogger("core.anything").warning("the rate is high: 学习率")
    assert path.is_relative_to(person)
    assert "the rate is high: 学习率" in path.read_text("utf-8")


def test_a_log_started_twice_says_everything_once() -> None:
    start_log()
    path = start_log()
    logging.warning("only once")
    assert path.read_text("utf-8").count("only once") == 1


def test_the_log_does_not_grow_for_ever() -> None:
    path = start_log()
    for _ in range(30):
        logging.info("x" * (LOG_BYTES // 10))
    assert sum(file.stat().st_size for file in path.parent.glob("fitscope.log*")) <= 2 * LOG_BYTES


def test_two_windows_write_to_one_log_also_after_one_of_them_has_rotated_it() -> None:
    path = start_log()
    with path.open("ab", buffering=0) as other:
        while not path.with_name("fitscope.log.1").exists():
            logging.info("x" * (LOG_BYTES // 10))
        other.write(b"of the other\n")
        logging.info("of this one")
        written = path.read_text("utf-8")
    assert written.index("of the other\n") < written.index("of this one")
    assert path.stat().st_size < LOG_BYTES // 5


def test_the_stacks_of_crashes_do_not_grow_for_ever(person: Path) -> None:
    crashes = start_log().with_name("crash.log")
    crashes.write_text("x" * (CRASH_BYTES + 1))
    start_log()
    assert crashes.stat().st_size == 0
    assert crashes.with_name("crash.log.1").stat().st_size == CRASH_BYTES + 1


def test_a_folder_that_cannot_be_made_costs_only_the_log(
    person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (person / "file").write_text("in the way")
    monkeypatch.setenv("FITSCOPE_DATA", str(person / "file" / "folder"))
    start_log()
    logging.warning("nobody reads this")


def test_a_crash_leaves_its_stack_in_the_folder(person: Path) -> None:
    crash = "import signal, core.log; core.log.start_log(); signal.raise_signal(signal.SIGSEGV)"
    done = subprocess.run([sys.executable, "-c", crash], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr == ""
    start_log()  # as the next start does
    assert "Current thread" in (data_folder() / "crash.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("win32", {"LOCALAPPDATA": "/home/ada/local"}, "/home/ada/local/Fitscope"),
        ("win32", {}, "/home/ada/AppData/Local/Fitscope"),
        ("darwin", {}, "/home/ada/Library/Application Support/Fitscope"),
        ("linux", {"XDG_DATA_HOME": "/home/ada/data"}, "/home/ada/data/fitscope"),
        ("linux", {}, "/home/ada/.local/share/fitscope"),
    ],
)
def test_each_system_has_its_own_place_for_data(
    platform: str, variables: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FITSCOPE_DATA", "LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ada"))
    assert data_folder() == Path(folder)


def test_no_file_takes_the_place_of_a_closed_standard_error(person: Path) -> None:
    """Else what Qt says on standard error would be written into the person's file."""
    program = (
        "import os, sys, core.log; core.log.start_log(); file = open(sys.argv[1], 'w'); os.write(2, b'x')"
    )
    command = f'exec "{sys.executable}" -c "{program}" "{person / "file"}" <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", command], cwd=ROOT).returncode == 0
    assert (person / "file").read_text() == ""
