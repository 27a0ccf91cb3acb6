"""Faults of the installation and of the screen."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

from tests.faults.program import ROOT, Program
from tests.faults.row import Outcome, Row

CATALOGUE = Path("resources/languages/zh_CN/LC_MESSAGES/fitscope.mo")
FONTLESS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'")

sys.meta_path.insert(0, Blocked())
"""
MISSING = """
import importlib.util as util
find = util.find_spec
util.find_spec = lambda name, package=None: None if name == "torch" else find(name, package)
"""
BROKEN = (
    "raise ImportError('libtorch_cpu.so: cannot open shared object file')",
    "raise SystemExit('no CPU')",
)


def no_fonts(program: Program, outcome: Outcome) -> None:
    file = program.folder / "fonts.conf"
    file.write_text(FONTLESS)
    variables = {"FONTCONFIG_FILE": str(file), "FONTCONFIG_PATH": str(program.folder)}
    ended = program.window("draw_and_close", **variables)
    outcome.must((ended.status, ended.told.get("points")) == (0, 4), f"{ended}")
    outcome.read(program.window("look", **variables))
    outcome.kept = "4 of 4 points"


def damaged_catalogue(program: Program, outcome: Outcome) -> None:
    copy = program.folder / "program"
    for part in ("core", "gui", "tests", "resources", "main.py"):
        whole = ROOT / part
        if whole.is_dir():
            shutil.copytree(whole, copy / part, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
        else:
            shutil.copy(whole, copy / part)
    file = copy / CATALOGUE
    right = file.read_bytes()
    program.root, program.variables["PYTHONPATH"] = copy, str(copy)
    contents = {
        "empty": b"",
        "random": random.Random(0).randbytes(len(right)),
        "wrong placeholder": right.replace(b"{count}", b"{conut}"),
    }
    for name, content in contents.items():
        file.write_bytes(content)
        for words in (("train", "resources/data/engel.csv", "--steps", "3"), ("self-test",), ("--help",)):
            verb = program.verb(*words, LC_ALL="zh_CN.UTF-8")
            expected = (0, 1) if words == ("self-test",) else (0,)
            outcome.must(verb.status in expected, f"{name}: {words[0]} ends with {verb.status}")
            outcome.must("Traceback" not in verb.complaint, f"{name}: {verb.complaint[-400:]}")
        if name == "wrong placeholder":
            continue
        ended = program.window("change_the_language")
        outcome.read(ended)
        outcome.stays(ended)
        (program.config / "fitscope" / "fitscope.ini").unlink()
    ended = program.window("draw_and_close", LC_ALL="zh_CN.UTF-8")
    outcome.must(ended.status == 0, f"a wrong placeholder: {ended.complaint[-400:]}")
    outcome.kept = f"{ended.told.get('points')} points"


def torch_missing(program: Program, outcome: Outcome) -> None:
    _put_ahead(program, "sitecustomize.py", BLOCKED + MISSING)
    for words in ((), ("train", "resources/data/engel.csv")):
        ended = program.verb(*words)
        outcome.must(ended.status == 2, f"{words} ends with {ended.status}")
        outcome.read(ended)
    outcome.kept = "status 2"


def torch_broken(program: Program, outcome: Outcome) -> None:
    for number, stub in enumerate(BROKEN):
        _put_ahead(program, "torch.py", stub)
        verb = program.verb("train", "resources/data/engel.csv", "--steps", "3")
        outcome.must((verb.status, verb.complaint.count("\n")) == (2, 1), f"train: {verb}")
        ended = program.window("run_without_torch")
        outcome.read(ended)
        outcome.must("PyTorch cannot be loaded" in ended.reads, "not told")
        outcome.must(ended.told.get("points") == 3 * (number + 1), f"{ended.told.get('points')} points")
    (program.folder / "ahead" / "torch.py").unlink()
    outcome.keep(program, 3 * len(BROKEN))


def no_screen(program: Program, outcome: Outcome) -> None:
    for platform in ("", "nosuch"):
        ended = program.verb(QT_QPA_PLATFORM=platform)
        outcome.must(ended.status == 2, f"{platform!r} ends with {ended.status}")
        outcome.must(ended.complaint.count("\n") == 1, f"{platform!r}: {ended.complaint!r}")
        outcome.read(ended)
    outcome.kept = "status 2"


def large_scale(program: Program, outcome: Outcome) -> None:
    screen = {"name": "projector", "x": 0, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "dpr": 1}
    file = program.folder / "screens.json"
    file.write_text(json.dumps({"screens": [screen]}))
    ended = program.window("measure", QT_QPA_PLATFORM=f"offscreen:configfile={file}", QT_SCALE_FACTOR="3")
    outcome.read(ended)
    size, room = ended.told.get("window"), ended.told.get("screen")
    outcome.must(bool(ended.told.get("inside")), f"the window has {size}, the screen {room}")
    outcome.kept = f"{size} in {room}"


def _put_ahead(program: Program, name: str, content: str) -> None:
    """Put a module where Python looks first."""
    folder = program.folder / "ahead"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content)
    program.variables["PYTHONPATH"] = f"{folder}:{program.root}"


ROWS = (
    Row(12, "no fonts", no_fonts),
    Row(13, "catalogue empty, random, with a wrong placeholder", damaged_catalogue),
    Row(14, "torch missing", torch_missing),
    Row(15, "torch broken", torch_broken),
    Row(20, "no screen; a platform that is not there", no_screen),
    Row(21, "scale factor 3 on 1920x1080", large_scale),
)
