"""Tables in texts are read as a person would read them, and what cannot be read is refused in a sentence."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.problem import Problem
from core.tables import DECIMALS, Cancelled, Reading, open_table, parse_clipboard, preview, read_points
from core.tables import limits as table_limits
from core.tables.gather import proposes_standardise
from core.tables.reading import MISSING, NOT_A_NUMBER, NOT_FINITE, TOO_MANY_CELLS

MESSY = Path(__file__).parent / "messy"
with (MESSY / "EXPECTED.tsv").open(encoding="utf-8", newline="") as expected:
    ROWS = [row for row in csv.DictReader(expected, delimiter="\t") if not row["file"].endswith(".fit.json")]


def written(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    """A file with `content`."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_every_messy_file_has_its_outcome(row: dict[str, str]) -> None:
    path = MESSY / row["file"]
    if row["outcome"] == "ok":
        assert len(read_points(path).points) == int(row["points"])
        return
    with pytest.raises(Problem) as refusal:
        read_points(path)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", [row["file"] for row in ROWS if row["outcome"] == "ok"])
def test_the_preview_promises_what_the_reading_keeps(name: str) -> None:
    found = preview(open_table(MESSY / name))
    read = read_points(MESSY / name)
    assert (found.row_count - found.dropped, found.dropped_because) == (
        len(read.points),
        read.dropped_because,
    )
    assert found.problem == ""


def test_all_notations_of_the_same_points_give_the_same_points() -> None:
    plain = read_points(MESSY / "plain.csv").points
    for name in (
        "no_header.csv",
        "semicolon_decimal_comma.csv",
        "tabs.tsv",
        "spaces.txt",
        "utf16.csv",
        "quoted.csv",
    ):
        points = read_points(MESSY / name).points
        np.testing.assert_array_equal(points.x, plain.x, name)
        np.testing.assert_array_equal(points.y, plain.y, name)


def test_the_message_says_how_many_rows_were_left_out_and_why(tmp_path: Path) -> None:
    path = written(tmp_path, "x,y\n1,2\n,3\n4,abc\n5,inf\n6,7,8\n9,10\n11,12\n")
    read = read_points(path)
    assert read.dropped_because == {MISSING: 1, NOT_A_NUMBER: 1, NOT_FINITE: 1, TOO_MANY_CELLS: 1}
    assert read.dropped == 4
    np.testing.assert_array_equal(read.points.x[:, 0], [1, 9, 11])
    assert "Read 3 points from table.csv: x is “x”, y is “y”. 4 rows are left out" in read.message
    for reason in ("missing", "not a number", "infinite", "too many cells"):
        assert reason in read.message


def test_a_constant_x_is_read_and_the_message_warns() -> None:
    assert "slope is undefined" in read_points(MESSY / "constant_x.csv").message


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("decimal", DECIMALS)
def test_every_separator_and_decimal_mark_is_recognised(separator: str, decimal: str, tmp_path: Path) -> None:
    rows = [("height", "weight"), ("1.75", "70.5"), ("1.5", "51"), ("-0.25", "1e3")]
    quote = '"' if separator == decimal else ""
    text = "".join(
        separator.join(f"{quote}{cell.replace('.', decimal)}{quote}" for cell in row) + "\n" for row in rows
    )
    read = read_points(written(tmp_path, text))
    np.testing.assert_array_equal(read.points.x[:, 0], [1.75, 1.5, -0.25])
    np.testing.assert_array_equal(read.points.y, [70.5, 51, 1000])
    assert (read.reading.separator, read.reading.decimal, read.reading.header) == (separator, decimal, True)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ('a,b\n"1,234.5","2"\n', 1234.5),
        ("a;b\n1.234.567,5;2\n", 1234567.5),
        ("a;b\n1 234,5;2\n", 1234.5),
        ("a\tb\n1'234.5\t2\n", 1234.5),
        ("a;b\n\u22121,5;2\n", -1.5),
    ],
)
def test_thousands_separators_and_printed_minus_signs_are_understood(
    text: str, first: float, tmp_path: Path
) -> None:
    assert read_points(written(tmp_path, text)).points.x[0, 0] == first


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_chinese_names_survive_every_usual_encoding(encoding: str, tmp_path: Path) -> None:
    points = read_points(written(tmp_path, "身高,体重\n1,2\n3,4\n".encode(encoding))).points
    assert (points.x_name, points.y_name) == ("身高", "体重")
    assert len(points) == 2


def test_western_accents_are_not_taken_for_chinese(tmp_path: Path) -> None:
    points = read_points(written(tmp_path, "température;débit\n1;2\n3;4\n".encode("cp1252"))).points
    assert (points.x_name, points.y_name) == ("température", "débit")


def test_a_letter_cut_at_the_end_of_the_sample_does_not_change_the_encoding(tmp_path: Path) -> None:
    head = b"x,y,name\n"
    row = "1,2,é\n".encode()
    rows = (table_limits.SAMPLE_BYTES - len(head)) // len(row) + 300
    for shift in range(len(row)):
        path = written(tmp_path, b"#" * shift + b"\n" + head + row * rows)
        assert preview(open_table(path)).reading.encoding == "utf-8"


def test_columns_are_chosen_by_name_or_place(tmp_path: Path) -> None:
    path = written(tmp_path, "name,a,b,c\nn,1,2,3\nm,4,5,6\n")
    assert read_points(path).points.x_name == "a"
    chosen = read_points(path, Reading(x="c", y="a")).points
    np.testing.assert_array_equal(np.column_stack((chosen.x, chosen.y)), [[3, 1], [6, 4]])
    assert read_points(path, Reading(y=1)).points.x_name == "b"
    assert read_points(path, Reading(x="a")).points.y_name == "b"


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading(x="z"), ["z", "name, a, b"]),
        (Reading(x="name"), ["text", "a, b"]),
        (Reading(x="a", y="a"), ["same column"]),
        (Reading(x=7), ["7", "name, a, b"]),
        (Reading(separator="xy"), ["one character", "'xy'"]),
        (Reading(encoding="zlib"), ["'zlib'", "utf-8"]),
        (Reading(encoding="utf-32"), ["UTF-32", "another encoding"]),
    ],
)
def test_an_impossible_wish_is_refused_with_what_is_possible(
    reading: Reading, words: list[str], tmp_path: Path
) -> None:
    path = written(tmp_path, "name,a,b\nn,1,2\n")
    with pytest.raises(Problem) as refusal:
        read_points(path, reading)
    assert all(word in str(refusal.value) for word in words), refusal.value


def test_repeated_and_empty_names_become_different_names(tmp_path: Path) -> None:
    columns = preview(open_table(written(tmp_path, "a,a,,a (2)\n1,2,3,4\n"))).columns
    names = [column.name for column in columns]
    assert names[:3] == ["a", "a (2)", "column 3"]
    assert len(set(names)) == 4


def test_a_title_above_the_table_is_not_its_header(tmp_path: Path) -> None:
    points = read_points(written(tmp_path, "Yearly report\n\nyear,sum\n2001,5\n2002,6\n")).points
    assert (points.x_name, len(points)) == ("year", 2)


def test_names_in_a_comment_are_used_as_numpy_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    np.savetxt(path, [[1.5, 2.5], [3, 4]], header="time volts")
    points = read_points(path).points
    assert (points.x_name, points.y_name, len(points)) == ("time", "volts", 2)


def test_the_first_row_is_a_header_if_the_person_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, "2001,2002\n1,2\n3,4\n")
    assert len(read_points(path).points) == 3
    points = read_points(path, Reading(header=True)).points
    assert (points.x_name, len(points)) == ("2001", 2)


def test_what_the_preview_proposes_changes_with_what_the_person_says(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "a;b\n1,234;5,678\n"))
    assert preview(table).reading.decimal == ","
    assert preview(table, Reading(decimal=".")).summary == "1 point."
    wrong = preview(table, Reading(separator=","))
    assert wrong.rows == (("1", "234;5", "678"),)


@pytest.mark.parametrize(
    ("pasted", "x", "y"),
    [
        ("height\tweight\n1,75\t70,5\n1,6\t55\n", [1.75, 1.6], [70.5, 55]),
        ("1\t2\r\n3\t4\r\n", [1, 3], [2, 4]),
        ("1,2\n3,4", [1, 3], [2, 4]),
        ("1,5;2\n3;4", [1.5, 3], [2, 4]),
        ("1 2\n3  4\n", [1, 3], [2, 4]),
        ("0.5\t7", [0.5], [7]),
    ],
)
def test_what_was_copied_from_a_spreadsheet_becomes_points(
    pasted: str, x: list[float], y: list[float]
) -> None:
    points = parse_clipboard(pasted).points
    np.testing.assert_array_equal(points.x[:, 0], x)
    np.testing.assert_array_equal(points.y, y)


@pytest.mark.parametrize(
    "pasted", ["", "  \n", "hello", "1\n2\n3\n", "<html><body>1 2</body></html>", "# no\n"]
)
@pytest.mark.parametrize("header", [None, True, False])
def test_what_holds_no_two_columns_is_not_pasted(pasted: str, header: bool | None) -> None:
    with pytest.raises(Problem) as refusal:
        parse_clipboard(pasted, Reading(header=header))
    assert "could not be read" not in str(refusal.value)


def long_table(path: Path, rows: int, odd: dict[int, str] | None = None) -> np.ndarray:
    """Write a table of `rows` rows, some replaced by odd ones; the numbers of the others `[rows, 2]`."""
    numbers = np.random.default_rng(0).normal(size=(rows, 2))
    lines = [f"{x!r},{y!r}\n" for x, y in numbers.tolist()]
    for row, text in (odd or {}).items():
        lines[row] = text + "\n"
    path.write_text("x,y\n" + "".join(lines))
    return np.delete(numbers, list(odd or ()), axis=0)


@pytest.mark.parametrize(
    ("odd", "reasons"),
    [
        ({}, {}),
        ({5: "1,", 130_000: "n/a,5"}, {MISSING: 2}),
        ({120_000: "oops,2"}, {NOT_A_NUMBER: 1}),
        ({120_000: "inf,2"}, {NOT_FINITE: 1}),
        ({120_000: "1,2,3"}, {TOO_MANY_CELLS: 1}),
        ({3: "1,2,3", 100_000: "True,1"}, {TOO_MANY_CELLS: 1, NOT_A_NUMBER: 1}),
    ],
)
def test_a_long_table_is_read_exactly_wherever_a_row_is_odd(
    odd: dict[int, str], reasons: dict[str, int], tmp_path: Path
) -> None:
    numbers = long_table(tmp_path / "long.csv", 150_000, odd)
    read = read_points(tmp_path / "long.csv")
    np.testing.assert_array_equal(np.column_stack((read.points.x, read.points.y)), numbers)
    assert read.dropped_because == reasons


def test_thousands_separators_far_down_a_long_table_are_understood(tmp_path: Path) -> None:
    path = written(tmp_path, "x;y\n" + "0,5;2\n" * 1000 + "1.234,5;7\n")
    assert read_points(path).points.x[-1, 0] == 1234.5


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_a_long_table_in_another_encoding_is_read_whole(encoding: str, tmp_path: Path) -> None:
    path = written(tmp_path, ("名|x|y\n" + "张|1.5|2\n" * 60_000).encode(encoding))
    assert read_points(path).points.x.sum() == 90_000


def test_progress_rises_to_one(tmp_path: Path) -> None:
    long_table(tmp_path / "long.csv", 50_000)
    shares: list[float] = []
    read_points(tmp_path / "long.csv", progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 3
    assert shares[-1] == 1.0


def test_a_reading_can_be_cancelled_in_the_middle(tmp_path: Path) -> None:
    long_table(tmp_path / "long.csv", 50_000)
    shares: list[float] = []
    with pytest.raises(Cancelled):
        read_points(tmp_path / "long.csv", progress=shares.append, cancelled=lambda: len(shares) >= 2)
    assert len(shares) == 2


def test_zeros_far_down_a_long_file_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"x,y\n" + b"1,2\n" * 200_000 + b"\0\0,3\n")
    with pytest.raises(Problem, match="no text"):
        read_points(path)


def test_a_file_over_the_limit_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(table_limits.MAX_FILE_BYTES + 1)
    with pytest.raises(Problem, match="200 MB"):
        read_points(path)


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"x,y\n" + b"1,2\n" * (table_limits.MAX_ROWS + 1))
    with pytest.raises(Problem, match="2,000,000 rows"):
        read_points(path)


@pytest.mark.parametrize("name", ["missing.csv", "", "a\0b.csv"])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problem):
        read_points(tmp_path / name)


@pytest.mark.parametrize(
    ("x", "y", "proposed"),
    [
        ([-1, 0, 1], [-2, 0, 2], False),
        ([1900, 1950, 2000], [1, 2, 3], True),
        ([1, 2, 3], [1e-6, 2e-6, 3e-6], True),
        ([1, 2, 3], [1e300, -1e300, 0], True),
        ([2, 2, 2], [1, 2, 3], False),
        ([1], [2], False),
    ],
)
def test_standardising_is_proposed_when_the_scale_asks_for_it(
    x: list[float], y: list[float], proposed: bool
) -> None:
    text = "".join(f"{a!r}\t{b!r}\n" for a, b in zip(x, y, strict=True))
    read = parse_clipboard(text)
    assert read.proposes_standardise is proposed
    assert proposes_standardise(read.points) is proposed


def test_the_package_is_there_before_pandas_and_calamine_are_imported() -> None:
    heavy = "('pandas', 'python_calamine', 'PySide6')"
    program = f"import sys, core.tables; sys.exit(any(name in sys.modules for name in {heavy}))"
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


def test_a_column_of_text_is_refused_also_where_no_other_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("first,last\nAda,Byron\nCarl,Gauss\n")
    with pytest.raises(Problem, match="choose a column of numbers: there is none"):
        read_points(path, Reading(x="first", y="last"))
