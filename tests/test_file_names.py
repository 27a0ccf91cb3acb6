"""A file whose name is in another encoding than that of the system, or on two lines, works like any other."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

import main
from core.experiment import load_experiment
from core.file_names import path_written, readable, shown_name, written_path
from core.log import LOG_NAME, data_folder
from core.tables import Reading, open_table
from gui.dialogs.import_dialog import ImportDialog
from gui.preferences import Preferences
from tests.windows import opened, part

NAMES = {b"m\xe9t\xe9o.csv": "météo.csv", "身高.csv".encode("gbk"): "身高.csv", b"a\nb.csv": "a b.csv"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no text")


@pytest.fixture(params=NAMES, ids=["western", "chinese", "two lines"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A small table under one of the names."""
    path = tmp_path / os.fsdecode(request.param)
    path.write_text("hours,marks\n1,2\n2,4\n3,6\n")
    return path


def shown(path: Path) -> str:
    return NAMES[os.fsencode(path.name)]


def test_a_name_is_shown_as_a_person_reads_it(table: Path) -> None:
    assert shown_name(table) == shown(table)
    assert readable("/home/学生/plain name.csv") == "/home/学生/plain name.csv"
    assert open_table(table).name == shown(table)


def test_a_path_can_be_written_in_a_line_of_text(table: Path) -> None:
    line = written_path(str(table))
    assert line.isprintable()
    assert path_written(line) == str(table)
    for plain in ("/tmp/a.csv", "C:\\Users\\学生\\a.csv", "100% sure.csv"):
        assert path_written(written_path(plain)) == plain


def test_train_export_and_save_use_the_very_file(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, program = table.with_name(f"{table.stem}.fit.json"), table.with_suffix(".py")
    assert main.main(["train", str(table), "--steps", "1", "--save", str(saved)]) == 0
    said = capsys.readouterr().out
    assert f"Read 3 points from {shown(table)}" in said
    assert f"{shown(table).removesuffix('.csv')}.fit.json." in said
    assert load_experiment(saved).points.source == shown(table)
    assert main.main(["train", str(saved), "--steps", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["points"] == 3
    assert main.main(["export", str(saved), str(program)]) == 0
    assert "PyTorch" in program.read_text("utf-8")
    assert set(os.listdir(os.fsencode(tmp_path))) == {
        os.fsencode(path.name) for path in (table, saved, program)
    }


def test_a_refusal_names_the_file_on_the_screen_and_in_the_log(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_bytes(b"")
    assert main.main(["train", str(table)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{shown(table)} is empty")
    assert said.count("\n") == 1
    # to the program's own log alone: pytest's report of a test has to be text that can be sent
    record = logging.makeLogRecord({"levelno": logging.WARNING, "msg": "%s was looked at", "args": (table,)})
    (log,) = (each for each in logging.getLogger().handlers if LOG_NAME in getattr(each, "baseFilename", ""))
    log.handle(record)
    written = (data_folder() / LOG_NAME).read_text("utf-8")
    assert f"{shown(table)} is empty" in written
    assert "was looked at" in written


def test_a_picture_is_written_to_the_very_file(table: Path, tmp_path: Path, qapp: QApplication) -> None:
    picture = table.with_suffix(".png")
    assert main.main(["train", str(table), "--steps", "1", "--plot", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert len(os.listdir(os.fsencode(tmp_path))) == 2


def test_a_desktop_names_it_by_a_url(table: Path) -> None:
    url = QUrl.fromEncoded(table.as_uri().encode())
    assert path_written(url.toEncoded().toStdString()) == str(table)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_window_opens_it_names_it_and_remembers_it(tmp_path: Path, qtbot: QtBot) -> None:
    name, saved = (tmp_path / os.fsdecode(b"m\xe9t\xe9o" + ending) for ending in (b".csv", b".fit.json"))
    name.write_text("hours,marks\n1,2\n2,4\n3,6\n")
    with opened(qtbot) as window:
        window.open_path(str(name), Reading(x="marks"))
        dialog = part(window, ImportDialog, "import_dialog")
        assert dialog.windowTitle() == "Points from météo.csv"
        qtbot.waitUntil(lambda: not dialog.busy, timeout=60_000)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: len(window.store.points) == 3, timeout=60_000)
        assert window.store.points.source == "météo.csv"
        assert (window.store.points.x_name, window.store.points.y_name) == ("marks", "hours")
        window.files.save_to(str(saved))
        qtbot.waitUntil(lambda: "météo.fit.json" in window.windowTitle(), timeout=60_000)
        assert Preferences().recent() == [str(saved), str(name)]
        menu = part(window, QMenu, "menu_recent")
        menu.popup(window.mapToGlobal(QPoint(0, 0)))
        assert [action.text() for action in menu.actions()][:2] == ["météo.fit.json", "météo.csv"]
        menu.close()
    assert load_experiment(saved).points.x_name == "marks"
