"""What stands far down a text counts too: late columns, notes at the end, stray quotation marks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from core.tables import Reading, open_table, preview, read_points
from core.tables.reading import BEHIND, MISSING, NOT_A_NUMBER, STRAY_QUOTE

LONG = 15_000  # rows, far more than are looked at first


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file with a text."""
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def lines(count: int, first: int = 0) -> str:
    """Rows of whole numbers and their halves."""
    return "".join(f"{n},{n / 2}\n" for n in range(first, first + count))


@pytest.mark.parametrize("filled", [range(250, 400), range(9_000, 9_500), range(11_000, 11_030)])
def test_a_column_that_begins_late_is_a_column_of_numbers(filled: range, tmp_path: Path) -> None:
    text = "".join(f"{n},,{n / 2 if n in filled else ''}\n" for n in range(max(LONG, filled.stop)))
    read = read_points(written(tmp_path, "minute,note,level\n" + text))
    np.testing.assert_array_equal(read.points.x[:, 0], filled)
    np.testing.assert_array_equal(read.points.y, np.array(filled) / 2)
    assert read.dropped_because == {MISSING: LONG - len(filled)}


def test_a_column_of_text_that_begins_late_is_none_of_numbers(tmp_path: Path) -> None:
    text = "".join(f"{n},{'late' if n > 9_000 else ''},{n / 2}\n" for n in range(LONG))
    columns = preview(open_table(written(tmp_path, "a,remark,b\n" + text))).columns
    assert [column.numeric for column in columns] == [True, False, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_notes_at_the_end_of_a_long_text_are_left_out_and_counted(
    encoding: str, end: str, tmp_path: Path
) -> None:
    notes = "Mean,12,30\nSum,5,6\n\n测量 by Anna\n"
    rows = "".join(f"2024-05-01,{n},{n / 2}\n" for n in range(LONG))
    path = written(tmp_path, ("日期,a,b\n" + rows + notes).replace("\n", end), encoding)
    read = read_points(path, Reading(x="a", y="b"))
    np.testing.assert_array_equal(read.points.x[:, 0], range(LONG))
    assert read.dropped_because == {BEHIND: 3}


def test_more_notes_than_are_looked_at_are_counted_to_the_last(tmp_path: Path) -> None:
    notes = "".join(f"remark {n} on the weather, as it was\n" for n in range(5_000))
    read = read_points(written(tmp_path, "a,b\n" + lines(20) + notes))
    assert (len(read.points), dict(read.dropped_because)) == (20, {BEHIND: 5_000})


def test_an_odd_last_row_is_no_note(tmp_path: Path) -> None:
    read = read_points(written(tmp_path, "a,b\n" + lines(LONG) + "7,oops\n"))
    assert (len(read.points), dict(read.dropped_because)) == (LONG, {NOT_A_NUMBER: 1})


@pytest.mark.parametrize("count", [30, LONG])
@pytest.mark.parametrize("marks", [1, 2, 3])
def test_a_stray_quotation_mark_costs_its_own_row_and_no_other(
    count: int, marks: int, tmp_path: Path
) -> None:
    stray = '5,"6\n'
    text = (
        "a,b\n" + "".join(lines(count, n * count) + stray for n in range(marks)) + lines(count, marks * count)
    )
    read = read_points(written(tmp_path, text))
    np.testing.assert_array_equal(read.points.x[:, 0], range((marks + 1) * count))
    assert dict(read.dropped_because) == {STRAY_QUOTE: marks}
    assert 'a stray quotation mark ("6)' in read.message


def test_a_stray_quotation_mark_among_dates_is_told_as_one(tmp_path: Path) -> None:
    days = np.datetime64("2024-01-01") + np.arange(LONG)
    rows = [f"{day},{n}\n" for n, day in enumerate(days)]
    rows[12_000] = f'"{rows[12_000]}'
    read = read_points(written(tmp_path, "day,level\n" + "".join(rows)))
    assert dict(read.dropped_because) == {STRAY_QUOTE: 1}
    np.testing.assert_array_equal(read.points.y, np.delete(np.arange(LONG), 12_000))


def test_cells_of_several_lines_stay_one_cell(tmp_path: Path) -> None:
    rows = "".join(f'{n},"first, {n}\nsecond, ""b""\n\nlast",{n / 2}\n' for n in range(3_000))
    read = read_points(written(tmp_path, "a,remark,b\n" + rows))
    np.testing.assert_array_equal(read.points.y, np.arange(3_000) / 2)
    assert read.dropped == 0


def test_a_long_text_with_each_row_in_quotation_marks_is_read(tmp_path: Path) -> None:
    rows = "".join(f'"{n},{n / 2}"\n' for n in range(LONG))
    read = read_points(written(tmp_path, '"x,y"\n' + rows))
    np.testing.assert_array_equal(read.points.y, np.arange(LONG) / 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_sample_has_rows_of_the_middle_and_the_end_and_knows_which(encoding: str, tmp_path: Path) -> None:
    path = written(tmp_path, "# a comment\nx,y\n" + lines(LONG) + "the end\n", encoding)
    sample = open_table(path).sample(Reading())
    middle, last = sample.later
    for excerpt in (middle, last):
        assert [float(str(row[0])) for row in excerpt.rows] == [
            float(excerpt.first + n) for n in range(len(excerpt.rows))
        ]
    assert len(sample.rows) <= middle.first < LONG < last.first + len(last.rows) + 1
    assert last.rows[-1][0] == str(LONG - 1)
    assert (sample.behind, sample.rows[0]) == (1, ["0", "0.0"])


def test_a_column_of_a_sheet_that_begins_late_is_a_column_of_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["minute", "note", "level"])
    for n in range(3_000):
        sheet.append([n, None, n / 2 if n >= 2_500 else None])
    book.save(tmp_path / "book.xlsx")
    read = read_points(tmp_path / "book.xlsx")
    np.testing.assert_array_equal(read.points.x[:, 0], range(2_500, 3_000))
    assert read.dropped_because == {MISSING: 2_500}


def long_sheet(folder: Path, count: int, *behind: list[object]) -> Path:
    """A workbook of so many rows of whole numbers and their halves, and some rows behind them."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Log")
    for row in (["Log of May"], [], ["t", "v"], *([n, n / 2] for n in range(count)), *behind):
        sheet.append(row)
    book.save(folder / "long.xlsx")
    return folder / "long.xlsx"


def test_a_long_sheet_shows_its_middle_and_last_rows_and_leaves_out_a_total(tmp_path: Path) -> None:
    path = long_sheet(tmp_path, 6_000, ["Sum", 17_997_000, 8_998_500], ["", ""], ["measured by Anna"])
    shown = preview(open_table(path))
    rows = [(mark.number, row[:2]) for mark, row in zip(shown.marks, shown.rows, strict=True)]
    assert all(cells == (str(number - 1), f"{(number - 1) / 2:g}") for number, cells in rows)
    parts = [mark.number for mark in shown.marks if mark.after_gap]
    assert (len(parts), rows[-1][0]) == (2, 6_000)
    read = read_points(path)
    np.testing.assert_array_equal(read.points.x[:, 0], range(6_000))
    np.testing.assert_array_equal(read.points.y, np.arange(6_000) / 2)
    assert read.dropped_because == {BEHIND: 2}


@pytest.mark.parametrize("count", [1_997, 1_998, 1_999, 2_199, 2_201])
def test_a_sheet_about_as_long_as_is_looked_at_is_read_to_its_end(count: int, tmp_path: Path) -> None:
    path = long_sheet(tmp_path, count)
    shown = preview(open_table(path))
    assert (shown.rows[-1][:2], shown.marks[-1].number) == ((str(count - 1), f"{(count - 1) / 2:g}"), count)
    assert len(read_points(path).points) == count


def test_more_notes_in_a_sheet_than_are_looked_at_are_counted_to_the_last(tmp_path: Path) -> None:
    notes = ([f"remark {n} on the weather, as it was"] for n in range(5_000))
    read = read_points(long_sheet(tmp_path, 100, *notes))
    assert (len(read.points), dict(read.dropped_because)) == (100, {BEHIND: 5_000})


def test_names_notes_totals_and_sides_of_a_sheet_are_as_those_of_a_text(tmp_path: Path) -> None:
    for rows, x_name, x in (
        ([["Run A", None, "Run B"], ["t", "v", "t"], [0.5, 1.5, 2.5], [1, 2, 3]], "Run A, t", [0.5, 1]),
        ([["t (s)", 0, 1, 2, 3], ["s (m)", 0.5, 2.5, 4.5, 8]], "t (s)", [0, 1, 2, 3]),
        ([["No.", "a", "b"], [1, 5, 6], [2, 7, 9], [3, 8, 9], ["Sum", 20, 24]], "a", [5, 7, 8]),
    ):
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(tmp_path / "book.xlsx")
        points = read_points(tmp_path / "book.xlsx").points
        assert (points.x_name, points.x[:, 0].tolist()) == (x_name, x)
