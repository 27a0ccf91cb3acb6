"""Workbooks are read like other tables, and none, however made, harms the program."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from core.problem import Problem
from core.tables import Cancelled, Reading, open_table, preview, read_points
from core.tables.reading import BEHIND, MISSING, NOT_A_NUMBER
from core.tables.workbooks import workbook_process

MESSY = Path(__file__).parent / "messy"
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def workbook(path: Path, fill: Callable[[Worksheet], object], title: str = "Data") -> Path:
    """A workbook whose first sheet is made by `fill`."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    fill(sheet)
    book.save(path)
    return path


def rows(*values: tuple[object, ...]) -> Callable[[Worksheet], object]:
    """Writes rows into a sheet."""
    return lambda sheet: [sheet.append(row) for row in values]


def with_sheet_xml(path: Path, xml: str) -> Path:
    """A workbook that has `xml` where its sheet should be."""
    plain = workbook(path.with_name("plain.xlsx"), rows((1, 2)))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name.startswith("xl/worksheets/") else old.read(name))
    return path


@pytest.mark.parametrize("name", ["workbook.xls", "workbook.ods"])
def test_old_and_open_workbooks_are_read(name: str) -> None:
    read = read_points(MESSY / name)
    np.testing.assert_array_equal(read.points.x[:, 0], [1.5, 3, 7])
    np.testing.assert_array_equal(read.points.y, [2.25, 4, 8.5])
    assert (read.points.x_name, read.points.y_name) == ("income", "food")
    assert read.dropped_because == {MISSING: 1}


def test_a_sheet_is_asked_for_by_a_name_that_there_is() -> None:
    path = MESSY / "workbook.ods"
    assert read_points(path, Reading(sheet="")).points == read_points(path).points
    for name in ("Nowhere", os.fsdecode(b"\xff")):
        with pytest.raises(Problem, match="has no sheet"):
            read_points(path, Reading(sheet=name))


def test_a_workbook_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", rows(("a", "b"), (1, 2))).rename(tmp_path / "book.csv")
    assert len(read_points(path).points) == 1
    text = tmp_path / "export.xls"
    text.write_text("a\tb\n1\t2\n")
    assert len(read_points(text).points) == 1


def test_dates_answers_formulas_and_gaps_do_not_disturb_the_numbers(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows(
            ("when", "ok", "a", "a", None),
            (datetime.datetime(2026, 1, 2, 3, 4), True, 1.5, 2, None),
            (datetime.date(2026, 1, 3), False, 3, "4,5", None),
            (None, None, None, None, None),
            (datetime.time(4, 5), True, "n/a", 6, None),
            (None, None, True, 7, None),
        )(sheet)
        sheet.merge_cells("D7:E8")
        sheet["D7"] = "end of the report"

    path = workbook(tmp_path / "book.xlsx", fill)
    found = preview(open_table(path))
    assert [column.numeric for column in found.columns[:4]] == [True, False, True, True]
    assert [column.name for column in found.columns] == ["when", "ok", "a", "a (2)"]
    read = read_points(path, Reading(x="a", y="a (2)"))
    np.testing.assert_array_equal(np.column_stack((read.points.x, read.points.y)), [[1.5, 2], [3, 4.5]])
    assert read.dropped_because == {MISSING: 1, NOT_A_NUMBER: 1, BEHIND: 1}


def test_the_first_sheet_with_data_is_proposed_and_another_can_be_chosen(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        book = sheet.parent
        rows(("a", "b"), (1, 2))(book.create_sheet("Second"))
        rows(("a", "b"), (3, 4), (5, 6))(book.create_sheet("Third"))
        rows((1, 2))(book.create_sheet("Secret"))
        book["Secret"].sheet_state = "hidden"

    path = workbook(tmp_path / "book.xlsx", fill, "Empty")
    table = open_table(path)
    found = preview(table)
    assert found.sheets == ("Empty", "Second", "Third")
    assert found.reading.sheet == "Second"
    assert preview(table, Reading(sheet="Third")).row_count == 2
    assert len(read_points(path, Reading(sheet="Third")).points) == 2
    with pytest.raises(Problem, match="Fourth"):
        read_points(path, Reading(sheet="Fourth"))
    with pytest.raises(Problem, match="empty"):
        preview(table, Reading(sheet="Empty"))


def test_a_long_sheet_is_read_whole_and_tells_its_progress(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).normal(size=(12_000, 3)).round(6)
    path = workbook(tmp_path / "long.xlsx", rows(("a", "b", "c"), *map(tuple, numbers.tolist())))
    shares: list[float] = []
    read = read_points(path, Reading(x="c", y="a"), progress=shares.append)
    np.testing.assert_array_equal(np.column_stack((read.points.x, read.points.y)), numbers[:, [2, 0]])
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_workbook_can_be_cancelled_before_its_first_row_is_known(tmp_path: Path) -> None:
    path = workbook(tmp_path / "long.xlsx", rows(*[(row, row) for row in range(20_000)]))
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    with pytest.raises(Cancelled):
        read_points(path, cancelled=cancelled)


def test_no_reader_is_left_behind_when_a_sheet_is_found_or_the_person_has_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(sheet: Worksheet) -> None:
        for title in ("Texts", "Numbers", "Long"):
            sheet.parent.create_sheet(title).append(("a", title))
        for row in range(2_000):
            sheet.parent["Long"].append((row, "a text that fills the pipe between the two"))
        rows((1, 2), (3, 4))(sheet.parent["Numbers"])

    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    path = workbook(tmp_path / "book.xlsx", fill)
    assert preview(open_table(path)).reading.sheet == "Numbers"
    with pytest.raises(Cancelled):
        preview(open_table(path, lambda: len(started) > 1))
    assert len(started) == 2
    assert all(child.returncode is not None for child in started)


def test_what_is_too_large_unpacked_is_refused_at_once_whatever_its_header_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = time.perf_counter()
    with pytest.raises(Problem, match="100 MB"):
        read_points(MESSY / "bomb.xlsx")
    assert time.perf_counter() - begin < 1.0
    truth = zipfile.ZipFile.infolist

    def understated(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        members = truth(archive)
        for member in members:
            member.file_size = 10
        return members

    monkeypatch.setattr(zipfile.ZipFile, "infolist", understated)
    with pytest.raises(Problem, match="100 MB"):
        read_points(MESSY / "bomb.xlsx")


ABOUT = """
import json, sys
about = {"sheets": ["A"], "sheet": "A", "rows": 9, "hidden_rows": 0}
about |= {"hidden_columns": [], "percent_columns": []}
print(json.dumps(about), flush=True)
"""
DIE = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"


@pytest.mark.parametrize(
    ("child", "words"),
    [
        ("import sys; sys.exit(1)", "is damaged or is not a workbook"),
        (ABOUT + "sys.exit(1)", "is damaged or is not a workbook"),
        (ABOUT + "sys.exit(0)", "is damaged or is not a workbook"),
        (ABOUT + "print([['a', 'b'], [1, 2]])", "is damaged or is not a workbook"),
        ("print('{}')", "is damaged or is not a workbook"),
        ("print('no JSON')", "is damaged or is not a workbook"),
        ("", "is damaged or is not a workbook"),
        ("import sys; sys.exit(3)", "password"),
        ("import sys; sys.exit(5)", "more memory"),
        (DIE, "more memory"),
        (ABOUT + DIE, "more memory"),
        (ABOUT + "print('[[1', end='', flush=True); " + DIE, "more memory"),
    ],
)
def test_a_reader_that_ends_in_the_middle_is_a_sentence(
    child: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "book.xlsx", rows(("a", "b"), (1, 2)))
    stand_in = tmp_path / "child.py"
    stand_in.write_text(child)
    monkeypatch.setattr(workbook_process, "CHILD", [str(stand_in)])
    with pytest.raises(Problem, match=rf"book\.xlsx .*{words}"):
        read_points(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_reader_has_no_more_memory_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "book.xlsx", rows(("a", "b"), (1, 2)))
    stand_in = tmp_path / "child.py"
    stand_in.write_text(
        """
import mmap, sys
from core.tables.workbooks import workbook_child as child

try:
    child.limit_memory()
    mmap.mmap(-1, child.MEMORY)  # never touched
except OSError:
    sys.exit(child.TOO_LARGE)
"""
    )
    monkeypatch.setattr(workbook_process, "CHILD", [str(stand_in)])
    with pytest.raises(Problem, match="more memory"):
        read_points(path)


def test_the_reader_ends_when_nobody_waits_for_it() -> None:
    program = "import time; from core.tables.workbooks.workbook_child import Lines; Lines(); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == b""
            child.stdout.close()
            child.wait(timeout=60)
        finally:
            child.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="others have no such names")
def test_a_damaged_workbook_is_named_also_where_its_name_is_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "child.py"
    stand_in.write_text("raise SystemExit(1)")
    monkeypatch.setattr(workbook_process, "CHILD", [str(stand_in)])
    path = workbook(tmp_path / os.fsdecode(b"m\xfcll.xlsx"), rows((1, 2)))
    with pytest.raises(Problem, match=r"müll\.xlsx is damaged"):
        read_points(path)


@pytest.mark.parametrize("xml", ["", "<worksheet>", SHEET, "\0\1\2", SHEET + "<row><c><v>" + "9" * 5000])
def test_a_broken_sheet_is_refused(xml: str, tmp_path: Path) -> None:
    with pytest.raises(Problem):
        read_points(with_sheet_xml(tmp_path / "broken.xlsx", xml))


def test_an_ole_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    with pytest.raises(Problem, match="damaged"):
        read_points(path)
