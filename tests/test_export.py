"""Saving a program: as a script or a notebook, whole or not at all."""

from __future__ import annotations

import os
import py_compile
from pathlib import Path

import nbformat
import pytest

from core.experiment import Settings, generate
from core.export import program, save_program
from core.export.notebook import notebook
from core.problem import Problem
from core.texts import use_language

MADE = program(generate("line", {"count": 11}), Settings(), name="数据.csv")


def test_the_ending_says_what_is_written(tmp_path: Path) -> None:
    for name in ("fit.py", "fit.PY"):
        save_program(MADE, tmp_path / name)
        assert (tmp_path / name).read_text("utf-8") == MADE.text()
    for name in ("fit.ipynb", "my.py.IPYNB"):
        save_program(MADE, str(tmp_path / name))
        assert (tmp_path / name).read_text("utf-8") == notebook(MADE)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_is_saved_can_be_read_in_any_language(tmp_path: Path, language: str) -> None:
    use_language(language)
    made = program(generate("line", {"count": 11}), Settings("mlp"), name="数据.csv")
    save_program(made, tmp_path / "fit.py")
    py_compile.compile(str(tmp_path / "fit.py"), cfile=str(tmp_path / "fit.pyc"), doraise=True)
    save_program(made, tmp_path / "fit.ipynb")
    nbformat.validate(nbformat.read(tmp_path / "fit.ipynb", as_version=nbformat.NO_CONVERT))


@pytest.mark.parametrize("name", ["fit.txt", "fit", ".py", "fit.py.", "fit.pyw", "ipynb"])
def test_another_ending_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem, match=r"must end in \.py or \.ipynb"):
        save_program(MADE, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"“fit\.py” could not be saved"):
        save_program(MADE, tmp_path / "nowhere" / "fit.py")
    with pytest.raises(Problem, match="could not be saved"):
        save_program(MADE, tmp_path / "a\0b.py")


def test_a_program_that_cannot_be_replaced_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fit.py"
    path.write_text("mine")

    def refused(one: object, other: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(Problem, match="could not be saved"):
        save_program(MADE, path)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]
