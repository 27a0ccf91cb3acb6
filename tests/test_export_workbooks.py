"""Workbooks as people make them are read as their cells show, and what is left out is told.

The numbers to compare with stand beside the cells.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from core.problem import Problem
from core.tables import read_points
from tests.train_once import Trained, train_once

CLOSE = 1e-9  # relative: spreadsheets keep times as fractions of a day
DAY = datetime.date(2024, 2, 27)
MORNING = datetime.datetime(2024, 2, 27, 8, 0)

Numbers = list[float]


def made(folder: Path, fill: Callable[[Worksheet], object]) -> Path:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    fill(book.worksheets[0])
    path = folder / "book.xlsx"
    book.save(path)
    return path


def rows(*values: tuple[object, ...]) -> Callable[[Worksheet], object]:
    return lambda sheet: [sheet.append(row) for row in values]


def in_format(column: int, number_format: str, *values: tuple[object, ...]) -> Callable[[Worksheet], object]:
    """Rows of which one column, counted from 1, has a format of its own."""

    def fill(sheet: Worksheet) -> None:
        rows(*values)(sheet)
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, column).number_format = number_format

    return fill


def with_results(path: Path, results: dict[str, object]) -> Path:
    """The workbook with stored results of its formulas, by cell, as a spreadsheet program saves them."""
    changed = path.with_name("with_results.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for cell, value in results.items():
                text = re.sub(rf'(<c r="{cell}"[^>]*>)(<f>.*?</f>)<v ?/>', rf"\1\2<v>{value}</v>", text)
            new.writestr(name, text)
    return changed


def right(trained: Trained, x_name: str, y_name: str, x: Numbers, y: Numbers) -> None:
    """Fail unless the names and all numbers are these."""
    points = trained.points
    assert (points.x_name, points.y_name) == (x_name, y_name)
    np.testing.assert_allclose(points.x[:, 0], x, CLOSE)
    np.testing.assert_allclose(points.y, y, CLOSE)


def test_percent_and_currency_are_the_numbers_that_the_cells_hold(tmp_path: Path) -> None:
    values = (("Dosis", "Antwort"), (0.5, 0.125), (1, 0.25), (2, 0.41), (4, 1))
    path = made(tmp_path, in_format(2, "0.0%", *values))
    right(train_once(path, tmp_path), "Dosis", "Antwort", [0.5, 1, 2, 4], [0.125, 0.25, 0.41, 1])
    values = (("area", "rent"), (50, 1150.5), (65, 985), (80, 1475.25))
    path = made(tmp_path, in_format(2, '"$"#,##0.00', *values))
    right(train_once(path, tmp_path), "area", "rent", [50, 65, 80], [1150.5, 985, 1475.25])


def test_dates_are_days_since_the_first(tmp_path: Path) -> None:
    days = [DAY + datetime.timedelta(days=number) for number in (0, 2, 3, 14)]
    path = made(tmp_path, rows(("Day", "Level"), *zip(days, (11.5, 13, 14.5, 9), strict=True)))
    for language in ("en", "zh_CN"):
        right(train_once(path, tmp_path, language), "Day", "Level", [0, 2, 3, 14], [11.5, 13, 14.5, 9])


def test_dates_with_times_and_times_of_day_are_seconds_since_the_first(tmp_path: Path) -> None:
    moments = [MORNING + datetime.timedelta(seconds=seconds) for seconds in (0, 90, 7200, 86400)]
    path = made(tmp_path, rows(("When", "C"), *zip(moments, (1.5, 2, 4.75, 3), strict=True)))
    right(train_once(path, tmp_path), "When", "C", [0, 90, 7200, 86400], [1.5, 2, 4.75, 3])
    times = [datetime.time(8, 0), datetime.time(8, 15), datetime.time(9, 0), datetime.time(10, 30)]
    path = made(tmp_path, rows(("Time", "C"), *zip(times, (1.5, 2, 4.75, 3), strict=True)))
    right(train_once(path, tmp_path), "Time", "C", [0, 900, 3600, 9000], [1.5, 2, 4.75, 3])


def test_durations_run_on_over_a_day(tmp_path: Path) -> None:
    durations = [datetime.timedelta(hours=hours) for hours in (23, 24, 25.5, 49)]
    values = [("elapsed", "km"), *zip(durations, (110.0, 112.5, 118.75, 200.0), strict=True)]
    path = made(tmp_path, in_format(1, "[h]:mm:ss", *values))
    right(
        train_once(path, tmp_path), "elapsed", "km", [82800, 86400, 91800, 176400], [110, 112.5, 118.75, 200]
    )


def test_numbers_that_are_stored_as_texts_are_numbers(tmp_path: Path) -> None:
    path = made(tmp_path, rows(("Weg", "Kraft"), ("1,5", "0,25"), ("2,5", "0,41"), ("4", "1.234,5")))
    right(train_once(path, tmp_path), "Weg", "Kraft", [1.5, 2.5, 4], [0.25, 0.41, 1234.5])


def test_rows_that_a_filter_hides_are_read_and_told(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows(("t", "s"), (1, 2.5), (2, 4.5), (3, 6.5), (4, 8.25))(sheet)
        sheet.auto_filter.ref = "A1:B5"
        sheet.row_dimensions[3].hidden = True

    path = made(tmp_path, fill)
    right(train_once(path, tmp_path), "t", "s", [1, 2, 3, 4], [2.5, 4.5, 6.5, 8.25])
    assert "hidden" in read_points(path).message


def test_merged_cells_of_a_group_stand_for_all_its_rows(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows(("dose", "answer"), (10, 1.5), (None, 1.75), (None, 2.0), (20, 3.5), (None, 3.25))(sheet)
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("A5:A6")

    right(
        train_once(made(tmp_path, fill), tmp_path),
        *("dose", "answer", [10, 10, 10, 20, 20], [1.5, 1.75, 2, 3.5, 3.25]),
    )


def test_two_rows_of_names_of_which_the_first_is_merged_are_joined(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows(
            ("Run A", None, "Run B", None),
            ("t (s)", "v (m/s)", "t (s)", "v (m/s)"),
            (0.1, 1.5, 0.1, 2.5),
            (0.2, 1.9, 0.2, 2.9),
            (0.3, 2.4, 0.3, 3.4),
        )(sheet)
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("C1:D1")

    path = made(tmp_path, fill)
    trained = train_once(path, tmp_path)
    right(trained, "Run A, t (s)", "Run A, v (m/s)", [0.1, 0.2, 0.3], [1.5, 1.9, 2.4])
    trained = train_once(path, tmp_path, "en", "--x", "Run B, t (s)", "--y", "Run B, v (m/s)")
    right(trained, "Run B, t (s)", "Run B, v (m/s)", [0.1, 0.2, 0.3], [2.5, 2.9, 3.4])


def test_an_error_in_a_cell_is_told_as_an_error(tmp_path: Path) -> None:
    path = made(tmp_path, rows(("x", "y"), (1, 2.5), (2, "#DIV/0!"), (3, "#N/A"), (4, 8.25)))
    right(train_once(path, tmp_path), "x", "y", [1, 4], [2.5, 8.25])
    message = read_points(path).message
    assert "error" in message
    assert "missing" not in message


def test_formulas_with_results_are_their_results(tmp_path: Path) -> None:
    path = made(tmp_path, rows(("x", "y"), (1, "=2*A2"), (2, "=2*A3"), (3, "=2*A4")))
    path = with_results(path, {"B2": 2, "B3": 4, "B4": 6})
    right(train_once(path, tmp_path), "x", "y", [1, 2, 3], [2, 4, 6])


def test_formulas_without_results_are_a_sentence_that_says_so(tmp_path: Path) -> None:
    path = made(tmp_path, rows(("x", "y"), ("=ROW()", "=2*A2"), ("=ROW()", "=2*A3"), ("=ROW()", "=2*A4")))
    for language, word in (("en", "formula"), ("zh_CN", "公式")):
        with pytest.raises(Problem, match=word):
            train_once(path, tmp_path, language)


def test_the_first_sheet_with_numbers_is_taken_and_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(("Read me first",))
    book.worksheets[0].title = "Notes"
    for title, factor in (("Pond", 1), ("Lake", 2)):
        sheet = book.create_sheet(title)
        rows(("t", "C"), *((factor * number, 10.5 + number) for number in range(4)))(sheet)
    path = tmp_path / "book.xlsx"
    book.save(path)
    trained = train_once(path, tmp_path)
    right(trained, "t", "C", [0, 1, 2, 3], [10.5, 11.5, 12.5, 13.5])
    assert trained.report["sheet"] == "Pond"
    trained = train_once(path, tmp_path, "en", "--sheet", "Lake")
    right(trained, "t", "C", [0, 2, 4, 6], [10.5, 11.5, 12.5, 13.5])
    assert trained.report["sheet"] == "Lake"


def test_a_title_and_notes_and_row_numbers_are_not_the_table(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        rows(
            ("Pendulum, class 10b",),
            (),
            ("Nr.", "length (m)", "period (s)"),
            *((1, 0.25, 1.0), (2, 0.5, 1.42), (3, 0.75, 1.74), (4, 1, 2.01)),
            (),
            ("Measured with a phone",),
        ),
    )
    trained = train_once(path, tmp_path)
    right(trained, "length (m)", "period (s)", [0.25, 0.5, 0.75, 1], [1, 1.42, 1.74, 2.01])


def test_a_table_on_its_side_is_turned(tmp_path: Path) -> None:
    path = made(tmp_path, rows(("time (s)", 0.5, 1, 1.5, 2, 2.5), ("way (m)", 1.25, 4.9, 11, 19.6, 30.75)))
    trained = train_once(path, tmp_path)
    right(trained, "time (s)", "way (m)", [0.5, 1, 1.5, 2, 2.5], [1.25, 4.9, 11, 19.6, 30.75])


OPEN_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>
<office:spreadsheet><table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def open_document(folder: Path, *table: tuple[str, ...]) -> Path:
    """A workbook of LibreOffice; a cell is its attributes and its text, parted by a bar, or a text."""

    def cell(words: str) -> str:
        kind, _bar, shown = words.rpartition("|")
        kind = kind or 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"

    lines = ["<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in table]
    path = folder / "book.ods"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", OPEN_DOCUMENT.format(rows="".join(lines)))
        book.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def of_kind(kind: str, value: object, shown: str) -> str:
    name = {"date": "date-value", "time": "time-value"}.get(kind, "value")
    return f'office:value-type="{kind}" office:{name}="{value}"|{shown}'


def test_an_open_document_with_percent_and_dates_is_read_as_it_shows(tmp_path: Path) -> None:
    table = [
        (of_kind("date", day, "shown otherwise"), of_kind("percentage", share, f"{share:%}"))
        for day, share in (("2024-02-27", 0.125), ("2024-02-29", 0.25), ("2024-03-01", 0.41))
    ]
    path = open_document(tmp_path, ("Tag", "Anteil"), *table)
    right(train_once(path, tmp_path), "Tag", "Anteil", [0, 2, 3], [0.125, 0.25, 0.41])


def test_durations_of_an_open_document_run_on_over_a_day(tmp_path: Path) -> None:
    table = [
        (of_kind("time", f"PT{hours}H30M00S", f"{hours}:30:00"), of_kind("float", level, f"{level}"))
        for hours, level in ((22, 1.5), (23, 2.25), (25, 3.75), (49, 5.5))
    ]
    path = open_document(tmp_path, ("elapsed", "level"), *table)
    right(
        train_once(path, tmp_path), "elapsed", "level", [81000, 84600, 91800, 178200], [1.5, 2.25, 3.75, 5.5]
    )
