"""A sheet is read as a person sees it, with its formulas, errors, hidden and merged cells."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from core.problem import Problem
from core.tables import Reading, ReadPoints, open_table, preview, read_points
from core.tables.reading import ERROR_CELL, MISSING, NO_RESULT
from core.tables.workbooks.sheet_facts import SheetFacts
from core.tables.workbooks.sheet_rows import SheetRows
from tests.spreadsheets import (
    data,
    formula,
    number,
    ods,
    ods_cell,
    ods_row,
    text,
    xls,
    xls_formula,
    xls_number,
    xls_record,
    xlsx,
)

HEAD = text("A1", "t") + text("B1", "v")
ODS_HEAD = ods_row(ods_cell("t"), ods_cell("v"))


def refusal(path: Path, reading: Reading = Reading()) -> str:  # noqa: B008 (it is frozen)
    """The sentence for a workbook that gives no points; the preview has the same."""
    with pytest.raises(Problem) as problem:
        read_points(path, reading)
    assert preview(open_table(path), reading).problem == str(problem.value)
    return str(problem.value)


def pairs(read: ReadPoints) -> list[tuple[float, float]]:
    """The points that were read."""
    return list(zip(read.points.x[:, 0].tolist(), read.points.y.tolist(), strict=True))


def computed(result: str | None, kind: str = "n") -> str:
    """A sheet with numbers in A and formulas in B that all have the same stored result."""
    rows = (number(f"A{n}", n - 1.0) + formula(f"B{n}", f"2*A{n}<9", result, kind) for n in range(2, 6))
    return data(HEAD, *rows)


@pytest.mark.parametrize(
    ("result", "recalculate"), [(None, False), ("", False), ("", True), ("0", True), (None, True)]
)
def test_formulas_that_were_never_calculated_are_told_as_such(
    result: str | None, recalculate: bool, tmp_path: Path
) -> None:
    path = xlsx(tmp_path / "book.xlsx", {"Data": computed(result)}, recalculate)
    for reading in (Reading(), Reading(y="v"), Reading(x="v", y="t")):
        said = refusal(path, reading)
        for words in ("“v”", "formulas", "recalculate", "=2*A2<9"):
            assert words in said


def test_formulas_as_openpyxl_writes_them_are_told_as_never_calculated(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in range(1, 5):
        sheet.append([row, f"=A{row}*2", "=B1+1"])
    book.save(tmp_path / "book.xlsx")
    assert "=A1*2" in refusal(tmp_path / "book.xlsx")
    sheet.delete_cols(1)
    book.save(tmp_path / "alone.xlsx")
    assert "formulas" in refusal(tmp_path / "alone.xlsx")


def test_formulas_that_repeat_another_are_told_without_their_text(tmp_path: Path) -> None:
    rows = (f'{number(f"A{n}", n)}<c r="B{n}"><f t="shared" si="0"/></c>' for n in (2, 3, 4))
    assert "(=…)" in refusal(xlsx(tmp_path / "book.xlsx", {"Data": data(HEAD, *rows)}))


def test_a_result_of_zero_or_of_an_empty_text_is_a_result_where_all_was_calculated(tmp_path: Path) -> None:
    read = read_points(xlsx(tmp_path / "zero.xlsx", {"Data": computed("0")}))
    assert pairs(read) == [(1, 0), (2, 0), (3, 0), (4, 0)]
    rows = (number(f"A{n}", n) + formula(f"B{n}", "IF(1)", "" if n == 3 else "5", "str") for n in (2, 3, 4))
    read = read_points(xlsx(tmp_path / "empty.xlsx", {"Data": data(HEAD, *rows)}))
    assert read.dropped_because == {MISSING: 1}


@pytest.mark.parametrize("recalculate", [True, False])
def test_formulas_of_which_some_have_results_are_read(recalculate: bool, tmp_path: Path) -> None:
    results = ("7.5", "0", None, "9", "11")
    rows = (number(f"A{n}", n) + formula(f"B{n}", f"A{n}+1", results[n - 2]) for n in range(2, 7))
    read = read_points(xlsx(tmp_path / "book.xlsx", {"Data": data(HEAD, *rows)}, recalculate))
    assert pairs(read) == [(2, 7.5), (3, 0), (5, 9), (6, 11)]
    assert read.dropped_because == {NO_RESULT: 1}
    assert "formula" in read.message
    assert "=A4+1" in read.message


def test_a_column_of_formulas_beside_two_of_numbers_is_told(tmp_path: Path) -> None:
    rows = (
        number(f"A{n}", n) + formula(f"B{n}", f"A{n}+1", None) + number(f"C{n}", n * n) for n in range(2, 7)
    )
    path = xlsx(tmp_path / "book.xlsx", {"Data": data(HEAD + text("C1", "w"), *rows)})
    read = read_points(path)
    assert (read.points.x_name, read.points.y_name) == ("t", "w")
    assert "“v” has formulas" in read.message
    assert "“v” has formulas" in preview(open_table(path)).summary


def test_errors_are_told_as_errors(tmp_path: Path) -> None:
    errors = ("#DIV/0!", "#VALUE!", "#N/A", "#NAME?")
    rows = [number(f"A{n}", n) + number(f"B{n}", n * n) for n in range(2, 8)]
    rows += [number(f"A{n}", n) + formula(f"B{n}", "1/0", errors[n - 8], "e") for n in range(8, 12)]
    read = read_points(xlsx(tmp_path / "book.xlsx", {"Data": data(HEAD, *rows)}))
    assert pairs(read) == [(n, n * n) for n in range(2, 8)]
    assert read.dropped_because == {ERROR_CELL: 4}
    assert "#DIV/0!" in read.message


def test_cells_without_their_places_and_with_a_prefix_are_found(tmp_path: Path) -> None:
    rows = "".join(f"<row><c><v>{n}</v></c><c/><c><f>A{n}</f></c></row>" for n in range(3))
    path = xlsx(tmp_path / "book.xlsx", {"Data": f"<sheetData>{rows}</sheetData>"}, prefix="x")
    assert preview(open_table(path)).rows[-1] == ("2", "", "=A2")


def test_what_the_spreadsheet_hides_is_read_and_said(tmp_path: Path) -> None:
    columns = '<cols><col min="1" max="1" width="9"/><col min="2" max="2" hidden="1"/></cols>'
    rows = [number(f"A{n}", n) + number(f"B{n}", n * n) for n in range(2, 9)]
    hidden = dict.fromkeys((3, 5, 6, 9, 10), 'hidden="1"')  # the last two are empty
    path = xlsx(tmp_path / "book.xlsx", {"Data": columns + data(HEAD, *rows, "", "<c/>", attributes=hidden)})
    read = read_points(path)
    assert len(read.points) == 7
    assert "3 rows that are hidden" in read.message
    assert "column v is hidden" in read.message


def test_a_column_shown_as_percent_is_read_as_stored_and_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, value in enumerate((0.41, 0.52, 0.585, 0.71), 1):
        sheet.append([row, value])
        sheet.cell(row, 2).number_format = "0.0%"
        sheet.cell(row, 1).number_format = '0" %"'  # which shows the sign beside the number as it is
    book.save(tmp_path / "book.xlsx")
    value = (
        '<table:table-cell office:value-type="{}" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    )
    rows = [
        ods_row(ods_cell(float(row)), value.format("percentage", share, "41 %"))
        for row, share in enumerate((0.41, 0.52, 0.585, 0.71), 1)
    ]
    for path in (tmp_path / "book.xlsx", ods(tmp_path / "book.ods", {"Data": "".join(rows)})):
        read = read_points(path)
        assert pairs(read) == [(1, 0.41), (2, 0.52), (3, 0.585), (4, 0.71)]
        assert read.message.count("50 % is read as 0.5") == 1
        assert "“y”" in read.message


def test_a_merged_cell_stands_in_all_its_rows_and_over_its_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("Title", None, None, None, None),
        ("dose", "Run A", None, "Run B", None),
        (None, "t", "v", "t", "v"),
        (1.5, 0, 10, 0, 11),
        (None, 1, 12, 1, 13),
        (2.5, 2, 14, 2, 15),
        (None, 3, 16, 3, 17),
    ):
        sheet.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:C2", "D2:E2", "A4:A5", "A6:A7"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "book.xlsx")
    table = open_table(tmp_path / "book.xlsx")
    found = preview(table)
    names = [column.name for column in found.columns]
    assert names == ["dose", "Run A, t", "Run A, v", "Run B, t", "Run B, v"]
    assert found.rows == (
        ("1.5", "0", "10", "0", "11"),
        ("1.5", "1", "12", "1", "13"),
        ("2.5", "2", "14", "2", "15"),
        ("2.5", "3", "16", "3", "17"),
    )


def test_numbers_in_cells_merged_for_their_looks_are_no_second_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number_of_row, row in enumerate([("t", None, "v", None), (1, None, 5, None), (2, None, 7, None)], 1):
        sheet.append(row)
        sheet.merge_cells(f"A{number_of_row}:B{number_of_row}")
        sheet.merge_cells(f"C{number_of_row}:D{number_of_row}")
    book.save(tmp_path / "book.xlsx")
    read = read_points(tmp_path / "book.xlsx")
    assert (read.points.x_name, read.points.y_name) == ("t", "v")
    assert pairs(read) == [(1, 5), (2, 7)]


def test_a_sheet_in_the_open_format_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    error = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="{}" {} calcext:value-type="error">'
        "<office:annotation><text:p>not this</text:p></office:annotation><text:p>{}</text:p>"
        "</table:table-cell>"
    )
    calculated = 'table:formula="of:=[.A2]"'
    path = ods(
        tmp_path / "book.ods",
        {
            "Other": ods_row(ods_cell("#DIV/0!")),
            "Data": '<table:table-column/><table:table-column table:visibility="collapse"/>'
            + ods_row(
                ods_cell("Group", 'table:number-columns-spanned="2"'),
                "<table:covered-table-cell/>",
                ods_cell("a"),
            )
            + ods_row(ods_cell("t"), ods_cell("v"), ods_cell("t"))
            + ods_row(
                ods_cell(1.5), ods_cell(2.5, calculated), ods_cell(7.0, 'table:number-rows-spanned="2"')
            )
            + ods_row(ods_cell(2.5), ods_cell(3.5), "<table:covered-table-cell/>")
            + ods_row(
                ods_cell(8.0, 'table:number-columns-repeated="2"'),
                attributes='table:number-rows-repeated="3"',
            )
            + ods_row(ods_cell(3.5), error.format("string", 'office:string-value=""', "#DIV/0!"))
            + ods_row(ods_cell(4.5), error.format("float", 'office:value="0"', "Err:502"))
            + ods_row(ods_cell(5.5), ods_cell(None, 'table:formula="of:=2*[.A7]"'))
            + ods_row(
                ods_cell(9.0),
                ods_cell(9.5),
                attributes='table:visibility="filter" table:number-rows-repeated="2"',
            )
            + ods_row(ods_cell(), attributes='table:number-rows-repeated="1000" table:visibility="collapse"'),
        },
    )
    found = preview(open_table(path))
    assert [column.name for column in found.columns] == ["Group, t", "Group, v", "a, t"]
    assert found.rows == (
        ("1.5", "2.5", "7"),
        ("2.5", "3.5", "7"),
        *[("8", "8", "")] * 3,
        ("3.5", "#DIV/0!", ""),
        ("4.5", "Err:502", ""),
        ("5.5", "=2*A7", ""),
        *[("9", "9.5", "")] * 2,
    )
    read = read_points(path)
    assert pairs(read) == [(1.5, 2.5), (2.5, 3.5), (8, 8), (8, 8), (8, 8), (9, 9.5), (9, 9.5)]
    assert read.dropped_because == {ERROR_CELL: 2, NO_RESULT: 1}
    for words in (
        "#DIV/0!",
        "2 rows that are hidden",
        "hidden in the spreadsheet",
        "Other",
    ):
        assert words in read.message


def test_formulas_without_results_in_the_open_format_are_told_as_such(tmp_path: Path) -> None:
    rows = (ods_row(ods_cell(1.0 * n), ods_cell(None, 'table:formula="of:=2*[.A1]"')) for n in range(5))
    said = refusal(ods(tmp_path / "book.ods", {"Data": ODS_HEAD + "".join(rows)}))
    assert "“v” has formulas" in said
    assert "=2*A1" in said


EMPTY, DIVISION = b"\3\0\0\0\0\0\xff\xff", b"\2\0\7\0\0\0\xff\xff"
ZERO, TO_BE_CALCULATED = struct.pack("<d", 0.0), 2


def test_an_old_sheet_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    records = [
        *(xls_record(0x208, "<4H4xHH", row, 0, 2, 255, 0x20 if row in (1, 3) else 0, 0) for row in range(7)),
        xls_record(0x7D, "<6H", 1, 1, 2304, 0, 1, 0),
        *(xls_number(row, 0, row + 0.5) for row in range(7)),
        xls_record(0xBD, "<2H HI HI H", 7, 0, 0, 0x3FF00000, 1, 0x40000000, 1),
        *(xls_number(row, 1, row / 8, style=1) for row in range(4)),
        xls_formula(4, 1, DIVISION),
        xls_record(0x205, "<3H2B", 5, 1, 0, 0x2A, 1),
        xls_formula(6, 1, struct.pack("<d", 0.75)),
    ]
    read = read_points(xls(tmp_path / "book.xls", records, styles=(0, 10)))
    assert pairs(read) == [(0.5, 0), (1.5, 0.125), (2.5, 0.25), (3.5, 0.375), (6.5, 0.75), (1, 2)]
    assert read.dropped_because == {ERROR_CELL: 2}
    for words in ("#DIV/0!", "2 rows that are hidden", "column y is hidden", "“y”, 50 % is read as 0.5"):
        assert words in read.message


@pytest.mark.parametrize(("result", "flags"), [(EMPTY, 0), (ZERO, TO_BE_CALCULATED), (ZERO, 1)])
def test_formulas_in_an_old_workbook_that_were_never_calculated_are_told_as_such(
    result: bytes, flags: int, tmp_path: Path
) -> None:
    records = [xls_number(row, 0, row) for row in range(5)]
    records += [xls_formula(row, 1, result, flags) for row in range(5)]
    assert "“y” has formulas" in refusal(xls(tmp_path / "book.xls", records))
    calculated = [*records, xls_number(5, 0, 5), xls_formula(5, 1, struct.pack("<d", 2.5))]
    read = read_points(xls(tmp_path / "some.xls", calculated))
    assert (5, 2.5) in pairs(read)


def test_zeros_in_an_old_workbook_that_was_calculated_are_numbers(tmp_path: Path) -> None:
    records = [record for row in range(5) for record in (xls_number(row, 0, row), xls_formula(row, 1, ZERO))]
    assert pairs(read_points(xls(tmp_path / "book.xls", records))) == [(row, 0) for row in range(5)]


def test_the_first_sheet_with_two_columns_of_numbers_is_taken_and_the_others_are_named(
    tmp_path: Path,
) -> None:
    numbers = [number(f"A{n}", n) + number(f"B{n}", n * n) for n in range(2, 6)]
    sheets = {
        "About": data(text("A1", "Measured in May"), text("A2", "by Ada")),
        "Constants": data(text("A1", "g") + number("B1", 9.81)),
        "Data": data(HEAD, *numbers),
        "More": data(text("A1", "p") + text("B1", "q"), *numbers),
    }
    path = xlsx(tmp_path / "book.xlsx", sheets)
    table = open_table(path)
    found = preview(table)
    assert (found.reading.sheet, found.sheets) == ("Data", tuple(sheets))
    assert preview(table) == found
    read = read_points(path)
    assert read.reading.sheet == "Data"
    assert "About, Constants, More" in read.message
    assert read_points(path, Reading(x="p", y="q")).reading.sheet == "More"
    assert "Only the column" in refusal(path, Reading(sheet="Constants"))
    only_texts = xlsx(tmp_path / "texts.xlsx", {name: sheets[name] for name in ("About", "Constants")})
    assert "About, Constants" in refusal(only_texts)


def test_a_sheet_of_formulas_without_results_is_not_passed_over_for_a_later_one(tmp_path: Path) -> None:
    numbers = [number(f"A{n}", n) + number(f"B{n}", n * n) for n in range(2, 6)]
    path = xlsx(tmp_path / "book.xlsx", {"Data": computed(None), "Later": data(HEAD, *numbers)})
    assert "recalculate" in refusal(path)
    assert np.array_equal(read_points(path, Reading(sheet="Later")).points.y, [4, 9, 16, 25])


def test_cells_too_far_apart_are_refused_before_room_is_made_between_them(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "book.xlsx", {"Data": data(HEAD)})
    facts = SheetFacts()
    facts.tell(range(1), range(1), "=B2")
    facts.tell(range(999_999, 1_000_000), range(9_999, 10_000), "=A1")
    with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book, pytest.raises(MemoryError):
        SheetRows(book.get_sheet_by_index(0), facts)
