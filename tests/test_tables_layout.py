"""Where the table is in a file, which separator makes it, what its columns are called."""

from __future__ import annotations

import pytest

from core.problem import Problem
from core.tables import Reading, ReadPoints, parse_clipboard, pasted_table, preview
from core.tables.layout import understand
from core.tables.reading import BEHIND, MISSING, NOT_A_NUMBER, NOT_FINITE, STRAY_QUOTE, TOO_MANY_CELLS

Read = tuple[str, str, list[float], list[float]]


def read(text: str) -> Read:
    """The names and the numbers of x and y that are proposed for a text."""
    points = parse_clipboard(text).points
    return points.x_name, points.y_name, points.x[:, 0].tolist(), points.y.tolist()


def found(text: str) -> ReadPoints:
    """All that comes of a text."""
    return parse_clipboard(text)


@pytest.mark.parametrize("separator", [";", "\t", "|", "，"])
def test_a_decimal_comma_is_never_torn_apart(separator: str) -> None:
    between = "Way;Road;Weather;Time\n1,5;Asphalt;dry;3,25\n2,5;Sand, wet;wet;5,50\n5,0;Asphalt;dry;11,00\n"
    dates = "When;Where;a;b\n2024-05-01 08:00:00;A;11,5;1,5\n2024-05-01 09:00:00;B;13,0;2,5\n"
    units = "a;b;c;d\n5,5 %;x;1,5;2,25\n10,0 %;y;2,5;3,25\n15,0 %;z;3,5;4,5\n"
    euros = "a;b;c\n1,5;3,25;5,00 €\n2,5;5,25;7,00 €\n"
    for text, x, y in (
        (between, [1.5, 2.5, 5.0], [3.25, 5.5, 11.0]),
        (euros, [1.5, 2.5], [3.25, 5.25]),
    ):
        assert read(text.replace(";", separator))[2:] == (x, y)
    for text, columns in ((between, 4), (dates, 4), (units, 4), (euros, 3)):
        seen = preview(pasted_table(text.replace(";", separator)))
        assert (seen.reading.separator, seen.reading.decimal, len(seen.columns)) == (separator, ",", columns)


def test_texts_with_other_separators_in_each_cell_do_not_win() -> None:
    assert read("x,y,tags\n1,2,a;b\n3,4,c;d\n5,7,e;f\n") == ("x", "y", [1, 3, 5], [2, 4, 7])
    assert read("city\tx\ty\nParis, FR\t1\t2\nOslo, NO\t3\t4\n") == ("x", "y", [1, 3], [2, 4])
    assert read("sea,x,y\nNorth Sea,1,2\nSouth Sea,3,5\n") == ("x", "y", [1, 3], [2, 5])


@pytest.mark.parametrize("separator", "&:;!x~")
def test_a_line_that_names_the_separator_is_believed(separator: str) -> None:
    text = f"sep={separator}\nt{separator}v\n1.5{separator}2.25\n2.5{separator}6.25\n"
    assert read(text) == ("t", "v", [1.5, 2.5], [2.25, 6.25])


def test_numbers_can_be_the_names_of_columns() -> None:
    assert read("region,2022,2023\nNorth,10.5,11\nSouth,12.5,13.4\nEast,1,2\n")[:2] == ("2022", "2023")
    assert read("dose,0,5,10\nA,1.2,3.4,5.1\nB,2.2,3.5,6.1\nC,1.4,3.6,5.2\nD,1.1,3.2,5.5\n")[:2] == ("0", "5")
    assert len(found("region,a,b\nNorth,1999,11\nSouth,2001,13\n").points) == 2
    assert len(found("2001,2002\n1,2\n3,4\n").points) == 3


def test_two_rows_of_names_are_joined_where_one_does_not_tell_the_columns_apart() -> None:
    rows = "0.1,1.5,0.1,2.5\n0.2,1.9,0.2,2.9\n"
    for upper in ("Run A,Run A,Run B,Run B", "Run A,,Run B,"):
        columns = preview(pasted_table(f"{upper}\nt,v,t,v\n{rows}")).columns
        assert [column.name for column in columns] == ["Run A, t", "Run A, v", "Run B, t", "Run B, v"]
    assert read("Time,Voltage\ns,V\n0,1.5\n1,2.5\n")[:2] == ("Time, s", "Voltage, V")
    assert read("Time,Voltage\n(ms),(mV)\n0,1.5\n1,2.5\n")[:2] == ("Time (ms)", "Voltage (mV)")
    assert read("Operator,Anna\nt,v\n0,1.5\n1,2.5\n")[:2] == ("t", "v")


TABLE = "t (s),v (m/s)\n0.0,1.02\n0.1,1.98\n0.2,3.05\n"


@pytest.mark.parametrize(
    "preamble",
    [
        "",
        "Instrument,Supply 7\nOperator,Class 9b\nSample rate,10 Hz\nChannels,2\nCalibrated,yes\n",
        "Instrument,Supply 7\nSample rate,10 Hz\n\n",
        ",Tool,waves\n,Version,3\n,,\n",
        "Free fall\n,\n",
        "Free fall, measured by the class, on a Monday.\nIt rained, but not on us.\n\n",
        "File: a.csv\nDate: 2024-05-01 08:00\nRows: 3\n",
        "# made by a logger\n# 2026\n",
        "1\n2\n3\n",
        "".join(f"setting {n},{n}\n" for n in range(12)),
    ],
)
def test_what_stands_before_the_table_gives_no_names_and_moves_no_column(preamble: str) -> None:
    assert read(preamble + TABLE) == ("t (s)", "v (m/s)", [0, 0.1, 0.2], [1.02, 1.98, 3.05])


@pytest.mark.parametrize(
    ("notes", "count"),
    [
        ("", 0),
        ("\nMeasured by Anna\n", 1),
        ("Mean,\nof all,three\n", 2),
        ("".join(f"remark {n},see page {n}\n" for n in range(40)), 40),
    ],
)
def test_notes_behind_the_table_are_left_out_and_counted(notes: str, count: int) -> None:
    result = found(TABLE + notes)
    assert len(result.points) == 3
    assert result.dropped_because == ({BEHIND: count} if count else {})
    assert ("behind the table" in result.message) == (count > 0)


@pytest.mark.parametrize("name", ["", "No.", "Nr.", "#", "index", "ID", "序号", "Unnamed: 0", "Lfd. Nr."])
@pytest.mark.parametrize("first", [0, 1])
def test_row_numbers_are_not_proposed_but_can_be_chosen(name: str, first: int) -> None:
    rows = "".join(f"{first + n},{n / 2},{n * n + 0.5}\n" for n in range(4))
    assert read(f"{name},dose,response\n{rows}") == (
        "dose",
        "response",
        [0, 0.5, 1, 1.5],
        [0.5, 1.5, 4.5, 9.5],
    )
    other = "".join(f"{3 * n},{n / 2},{n * n}\n" for n in range(4))
    assert read(f"{name},dose,response\n{other}")[2] == [0, 3, 6, 9]


def test_row_numbers_are_x_where_there_is_nothing_else() -> None:
    assert read("id,y\n1,5\n2,7\n3,8\n")[:2] == ("id", "y")


def test_the_names_that_r_writes_have_none_for_the_row_numbers() -> None:
    assert read('"dose" "answer"\n"1" 0.5 12.1\n"2" 1 14.2\n') == ("dose", "answer", [0.5, 1], [12.1, 14.2])


def test_a_label_before_each_number_is_the_name_of_its_column() -> None:
    for text in (
        "Temp:21.5,Hum:40.1\nTemp:21.9,Hum:39.6\n",
        "Temp = 21.5; Hum = 40.1\nTemp = 21.9; Hum = 39.6\n",
    ):
        assert read(text) == ("Temp", "Hum", [21.5, 21.9], [40.1, 39.6])


def test_a_table_on_its_side_is_turned_and_says_so() -> None:
    text = "time (s),0,1,2,3,4,5\ndistance (m),0.1,2.0,4.1,5.9,8.2,9.9\n"
    expected = ("time (s)", "distance (m)", [0, 1, 2, 3, 4, 5], [0.1, 2, 4.1, 5.9, 8.2, 9.9])
    assert read(text) == expected
    assert read("My measurement\n\n" + text + "\nthat was all\n") == expected
    assert read(text.replace(",", ";").replace(".", ",")) == expected
    assert preview(pasted_table(text)).rows[0] == ("0", "0.1")
    assert read("year,2019,2020,2021,2022\nsales,5,6,8,9\ncost,1,2,3,4\n")[:2] == ("year", "sales")
    for upright in ("name,a,b,c\nn,1,2,3\nm,4,5,6\n", "region,2021,2022,2023\nNorth,1,2,4\nSouth,4,5,7\n"):
        assert len(preview(pasted_table(upright)).rows) == 2


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ("5,6,7", TOO_MANY_CELLS),
        ("5,word", NOT_A_NUMBER),
        ("word,6", NOT_A_NUMBER),
        ("5," + "9" * 400, NOT_FINITE),
        ("5,", MISSING),
        ("5", MISSING),
        ('5,"6', STRAY_QUOTE),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2, 6])
def test_an_odd_row_takes_neither_the_names_nor_other_rows_with_it(odd: str, reason: str, place: int) -> None:
    rows = [f"{n},{n + 0.5}" for n in range(6)]
    result = found("\n".join(["t,v", *rows[:place], odd, *rows[place:]]) + "\n")
    assert (result.points.x_name, result.points.y_name) == ("t", "v")
    assert result.points.x[:, 0].tolist() == list(range(6))
    assert dict(result.dropped_because) == {reason: 1}


def test_a_row_without_its_separator_is_counted_wherever_it_is() -> None:
    for place in range(7):
        rows = [f"{n},{n + 0.5}" for n in range(6)]
        result = found("\n".join(["t,v", *rows[:place], "5&6", *rows[place:]]) + "\n")
        assert (result.points.x_name, len(result.points), result.dropped) == ("t", 6, 1)


def test_a_row_of_names_that_comes_again_costs_no_row_before_it() -> None:
    result = found("x,y\n1,2\nx,y\n3,4\n5,6\n")
    assert (result.points.x[:, 0].tolist(), result.dropped) == ([1, 3, 5], 1)


def test_totals_below_a_table_are_no_points() -> None:
    for text in (
        "id,x,y\n1,2,3\n2,3,4\n3,5,9\nTotal,10,16\n",
        "day,x,y\n2024-01-01,2,3\n2024-01-02,3,4\nSum,5,7\n",
    ):
        result = parse_clipboard(text, Reading(x="x", y="y"))
        assert result.points.x[:, 0].tolist() == [2, 3, 5][: len(result.points)]
        assert result.dropped_because == {BEHIND: 1}


def test_settings_beside_the_first_rows_are_not_proposed() -> None:
    rows = [
        f"{name}{n},{2 * n + 1}" for n in range(20) for name in [",,," if n > 5 else f"Setting {n},{n},,"]
    ]
    points = found("\n".join(rows) + "\n").points
    assert (points.x[:, 0].tolist(), points.y.tolist()) == (list(range(20)), [2 * n + 1 for n in range(20)])


def test_ruled_lines_are_no_rows() -> None:
    for text in (
        "| dose | answer |\n|-----:|-------:|\n| 0.5 | 1.25 |\n| 1.0 | 2.50 |\n",
        "dose | answer\n-----+-------\n 0.5 | 1.25\n 1.0 | 2.50\n",
    ):
        result = found(text)
        assert (result.points.x_name, result.points.y_name, result.dropped) == ("dose", "answer", 0)
        assert result.points.y.tolist() == [1.25, 2.5]


def test_columns_parted_by_two_blanks_have_names_and_units_with_one() -> None:
    assert read("Time (s)   Voltage (mV)\n0.0    1.5\n0.1    2.5\n")[:2] == ("Time (s)", "Voltage (mV)")
    weighed = found("No.    Weight\n  1    12.345 g\n  2    12.351 g\n  4    12.4 g\n").points
    assert (weighed.x_name, weighed.y.tolist()) == ("No.", [12.345, 12.351, 12.4])


def test_rows_of_names_may_be_names_symbols_units_and_remarks() -> None:
    assert read("Time\tPosition\nt\tx\ns\tm\n\n0\t0.5\n0.1\t0.75\n")[:2] == ("Time, t, s", "Position, x, m")
    assert read("Time\tVoltage\ns\tmV\n\tfirst run\n0.5\t1.5\n1\t2.5\n")[:2] == (
        "Time, s",
        "Voltage, mV, first run",
    )
    assert read(",heat\n2024-01-02 00:00,1.5\n2024-01-02 06:00,2.5\n")[1] == "heat"


def test_long_rows_of_numbers_without_names_are_a_table_on_its_side() -> None:
    assert read("0,1,2,3,4,5,6\n0.5,2.5,4.5,6.25,8.75,10.5,12\n")[2] == [0, 1, 2, 3, 4, 5, 6]
    assert read("1,2,3\n4,5,6\n")[2] == [1, 4]


def test_each_row_in_quotation_marks_is_a_row() -> None:
    for text in ('"x;y"\n"1;2,5"\n"2;4,5"\n', '"x,y"\n"1,2.5"\n"2,4.5"\n'):
        assert read(text) == ("x", "y", [1, 2], [2.5, 4.5])
    assert read('"name,x,y"\n"""a, b"",1,2.5"\n"""c, d"",2,4.5"\n') == ("x", "y", [1, 2], [2.5, 4.5])


def test_of_two_tables_one_below_the_other_the_longer_is_read_and_the_other_counted() -> None:
    first, second = "x,y\n1,2\n2,3\n3,4\n", "a,b\n10,20\n20,30\n"
    for text in (f"{first}\n{second}", f"{first}\n\n{second}"):
        result = found(text)
        assert (result.points.x_name, result.points.x[:, 0].tolist()) == ("x", [1, 2, 3])
        assert result.dropped_because == {BEHIND: 3}
    assert read(second + "\n" + first) == ("x", "y", [1, 2, 3], [2, 3, 4])
    assert "3 rows of another table above this one are left out." in found(second + "\n" + first).message


def test_of_rows_in_quotation_marks_one_may_be_odd() -> None:
    text = '"x,y"\n"1,2.5"\n"2,4.5"\n"3,6.5",7,7\n"4,8.5"\n"5,9.5"\n'
    assert read(text) == ("x", "y", [1, 2, 4, 5], [2.5, 4.5, 8.5, 9.5])
    with pytest.raises(Problem, match="no rows under its column names"):
        read('""\n""\n')


def test_names_that_are_repeated_in_each_of_very_many_rows_are_names() -> None:
    rows: list[list[object]] = [["a", "b"]] * 1500
    understood = understand([*rows, *([n / 4, n / 2] for n in range(400))], Reading())
    assert [column.name for column in understood.columns] == ["a", "b"]
    assert (understood.first, understood.end) == (1, 1900)


def test_names_in_many_rows_are_joined_no_longer_than_points_may_have_them() -> None:
    levels = enumerate("abcde")
    names = [",".join(f"{level * 199}{n >> place & 1}" for n in range(32)) for place, level in levels]
    row = ",".join(f"{n}.5" for n in range(32))
    assert found("\n".join([*reversed(names), row, row, row])).points.x_name == f"{'a' * 199}0"
