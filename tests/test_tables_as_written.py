"""Small tables as people write them are read as they were meant: names, preambles, gaps, dates."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from core.problem import Problem
from core.tables import Reading, read_points

CLOSE = 1e-9  # relative: times are kept in seconds since an origin far away


class Wanted(NamedTuple):
    """A table, the names of its x and y (None: any), and their numbers as words."""

    text: str
    x_name: str | None
    y_name: str | None
    x: str
    y: str


TABLES: dict[str, Wanted] = {}


def wanted(name: str, *table: str | None) -> None:
    """Add a table to the tests."""
    assert name not in TABLES
    TABLES[name] = Wanted(*table)  # type: ignore[arg-type]


# names by numbers
wanted(
    "years, comma text first, three columns",
    "country,1990,2000,2010\nA,1.5,2.5,3\nB,2.5,3.5,4\nC,3.5,5,6\n",
    "1990",
    "2000",
    "1.5 2.5 3.5",
    "2.5 3.5 5",
)
wanted(
    "years, tabs, decimal comma",
    "Land\t2019\t2020\nA\t1,5\t2,5\nB\t2,5\t3,5\nC\t3,5\t5,25\n",
    "2019",
    "2020",
    "1.5 2.5 3.5",
    "2.5 3.5 5.25",
)
wanted(
    "temperatures as names",
    "sample;20;40\na;0,5;0,75\nb;0,6;0,95\nc;0,8;1,25\n",
    "20",
    "40",
    "0.5 0.6 0.8",
    "0.75 0.95 1.25",
)
wanted("all numbers are no names", "1,2\n3,4\n5,7\n", "x", "y", "1 3 5", "2 4 7")
wanted(
    "years in a column are data",
    "year,population\n2001,5.5\n2002,5.75\n2003,6.5\n",
    "year",
    "population",
    "2001 2002 2003",
    "5.5 5.75 6.5",
)
wanted(
    "years as x over years", "2001,5.5\n2002,5.75\n2003,6.5\n", None, None, "2001 2002 2003", "5.5 5.75 6.5"
)
# two rows of names
wanted(
    "groups with gaps",
    "Trial 1,,Trial 2,\nt (s),x (m),t (s),x (m)\n0.1,1.5,0.1,2.5\n0.2,1.9,0.2,2.9\n0.3,2.4,0.3,3.4\n",
    "Trial 1, t (s)",
    "Trial 1, x (m)",
    "0.1 0.2 0.3",
    "1.5 1.9 2.4",
)
wanted(
    "groups, semicolons",
    "Lauf A;Lauf A;Lauf B;Lauf B\nt;v;t;v\n0,1;1,5;0,1;2,5\n0,2;1,9;0,2;2,9\n0,3;2,4;0,3;3,4\n",
    "Lauf A, t",
    "Lauf A, v",
    "0.1 0.2 0.3",
    "1.5 1.9 2.4",
)
wanted(
    "units in a second row",
    "Time,Force\ns,N\n0.5,1.5\n1,2.5\n1.5,3.75\n",
    None,
    None,
    "0.5 1 1.5",
    "1.5 2.5 3.75",
)
wanted(
    "units in brackets in a second row",
    "Zeit;Kraft\n[s];[N]\n0,5;1,5\n1;2,5\n1,5;3,75\n",
    None,
    None,
    "0.5 1 1.5",
    "1.5 2.5 3.75",
)
# preambles
wanted(
    "one long line of prose",
    "These are the measurements of our class, made on Monday, in the rain\nx,y\n1,2.5\n2,4.5\n3,6.5\n",
    "x",
    "y",
    "1 2 3",
    "2.5 4.5 6.5",
)
wanted(
    "key: value",
    "Date: 2024-03-14\nOperator: Ada, Ben\nDevice: X-100\n\nt;U\n0,5;1,5\n1,0;2,5\n1,5;3,5\n",
    "t",
    "U",
    "0.5 1 1.5",
    "1.5 2.5 3.5",
)
wanted(
    "key and number",
    "Rate;10\nCount;3\nOffset;0,5\nt;U\n0,5;1,5\n1,0;2,5\n1,5;3,5\n",
    "t",
    "U",
    "0.5 1 1.5",
    "1.5 2.5 3.5",
)
wanted(
    "comments with %",
    "% made by MATLAB\n% 2024\nx,y\n1,2.5\n2,4.5\n3,6.5\n",
    "x",
    "y",
    "1 2 3",
    "2.5 4.5 6.5",
)
wanted("comments with //", "// log\nx,y\n1,2.5\n2,4.5\n3,6.5\n", "x", "y", "1 2 3", "2.5 4.5 6.5")
wanted(
    "title, empty rows of separators",
    "Report,,\n,,\n,,\nx,y,z\n1,2.5,3\n2,4.5,5\n3,6.5,8\n",
    "x",
    "y",
    "1 2 3",
    "2.5 4.5 6.5",
)
wanted("leading empty column", ",x,y\n,1,2.5\n,2,4.5\n,3,6.5\n", "x", "y", "1 2 3", "2.5 4.5 6.5")
wanted("trailing empty columns", "x,y,,\n1,2.5,,\n2,4.5,,\n3,6.5,,\n", "x", "y", "1 2 3", "2.5 4.5 6.5")
wanted(
    "empty line between names and numbers", "x,y\n\n1,2.5\n2,4.5\n3,6.5\n", "x", "y", "1 2 3", "2.5 4.5 6.5"
)
wanted(
    "notes behind",
    "x,y\n1,2.5\n2,4.5\n3,6.5\n\nMeasured by Ada, Ben\nThe 3rd value is doubtful\n",
    "x",
    "y",
    "1 2 3",
    "2.5 4.5 6.5",
)
wanted("total behind", "x;y\n1;2,5\n2;4,5\n3;6,5\nSumme;13,5\n", "x", "y", "1 2 3", "2.5 4.5 6.5")
wanted(
    "many more notes than rows",
    "x,y\n1,2.5\n2,4.5\n3,6.5\n\n" + "".join(f"note {i}: all well\n" for i in range(40)),
    "x",
    "y",
    "1 2 3",
    "2.5 4.5 6.5",
)
wanted(
    "prose of numbers before",
    "There were 12 pupils in 3 groups\nx\ty\n1\t2.5\n2\t4.5\n3\t6.5\n",
    "x",
    "y",
    "1 2 3",
    "2.5 4.5 6.5",
)
# row numbers
for word in ("No.", "Nr", "#", "index", "Index", "id", "ID", "序号", "编号", "n°", "row", ""):
    wanted(
        f"row numbers called {word!r}",
        f"{word},dose,answer\n1,0.5,12.5\n2,1.5,14.25\n3,4,17\n4,8.5,26\n",
        "dose",
        "answer",
        "0.5 1.5 4 8.5",
        "12.5 14.25 17 26",
    )
wanted(
    "row numbers from 0 with semicolon",
    ";a;b\n0;1,5;2,5\n1;2,25;3,5\n2;4,75;6,5\n",
    "a",
    "b",
    "1.5 2.25 4.75",
    "2.5 3.5 6.5",
)
wanted(
    "the only x may be row numbers",
    "No.,answer\n1,12.5\n2,14.25\n3,17\n",
    "No.",
    "answer",
    "1 2 3",
    "12.5 14.25 17",
)
wanted("day counts are an x", "day,height\n1,2.5\n2,4.5\n3,6.75\n", "day", "height", "1 2 3", "2.5 4.5 6.75")
wanted(
    "time in whole seconds is an x",
    "t (s),s (m),v (m/s)\n0,0.5,1\n1,1.75,2\n2,4.5,3\n",
    "t (s)",
    "s (m)",
    "0 1 2",
    "0.5 1.75 4.5",
)
# separators
wanted(
    "decimal comma and text with spaces",
    "Strecke Zeit Ort\n1,5 3,25 Wald\n2,5 5,5 Feld\n3 6,75 Wald\n",
    "Strecke",
    "Zeit",
    "1.5 2.5 3",
    "3.25 5.5 6.75",
)
wanted(
    "semicolon with commas in texts",
    "name;x;y\nMiller, A.;1.5;2.5\nSmith, B.;2.5;4.5\nJones, C.;3.5;7\n",
    "x",
    "y",
    "1.5 2.5 3.5",
    "2.5 4.5 7",
)
wanted(
    "comma with semicolons in texts",
    "note,x,y\na;b,1.5,2.5\nc;d,2.5,4.5\ne;f,3.5,7\n",
    "x",
    "y",
    "1.5 2.5 3.5",
    "2.5 4.5 7",
)
wanted(
    "tabs with commas as thousands",
    "x\ty\n1,000\t2.5\n2,000\t4.5\n3,500\t7\n",
    "x",
    "y",
    "1000 2000 3500",
    "2.5 4.5 7",
)
wanted("sep=\\t", "sep=\t\nx\ty\n1\t2.5\n2\t4.5\n3\t7\n", "x", "y", "1 2 3", "2.5 4.5 7")
wanted("sep=^", "sep=^\nx^y\n1^2.5\n2^4.5\n3^7\n", "x", "y", "1 2 3", "2.5 4.5 7")
wanted("SEP=; with spaces", "sep=;\r\n x ; y \r\n1;2,5\r\n2;4,5\r\n3;7\r\n", "x", "y", "1 2 3", "2.5 4.5 7")
wanted('"sep=," in quotes', '"sep=,"\nx,y\n1,2.5\n2,4.5\n3,7\n', "x", "y", "1 2 3", "2.5 4.5 7")
wanted(
    "one decimal comma column, one whole", "x;y\n1;2,5\n2;4,5\n3;7,25\n", "x", "y", "1 2 3", "2.5 4.5 7.25"
)
wanted(
    "commas for both in quotes",
    'x,y\n"1,5","2,5"\n"2,5","4,5"\n"3,5","7,25"\n',
    "x",
    "y",
    "1.5 2.5 3.5",
    "2.5 4.5 7.25",
)
wanted(
    "full-width semicolons", "时间；高度\n1；2.5\n2；4.5\n3；7.25\n", "时间", "高度", "1 2 3", "2.5 4.5 7.25"
)
wanted("quoted rows, semicolon", '"x;y"\n"1;2,5"\n"2;4,5"\n"3;7,25"\n', "x", "y", "1 2 3", "2.5 4.5 7.25")
wanted(
    "quoted rows with quotes inside",
    '"name,x,y"\n"""a"",1,2.5"\n"""b"",2,4.5"\n"""c"",3,7.25"\n',
    "x",
    "y",
    "1 2 3",
    "2.5 4.5 7.25",
)
wanted(
    "labels with equals",
    "T=21.5 H=40.5\nT=22 H=39\nT=22.75 H=38.25\n",
    "T",
    "H",
    "21.5 22 22.75",
    "40.5 39 38.25",
)
wanted(
    "labels with tabs",
    "T:21.5\tH:40.5\nT:22\tH:39\nT:22.75\tH:38.25\n",
    "T",
    "H",
    "21.5 22 22.75",
    "40.5 39 38.25",
)
wanted(
    "labels with units",
    "T:21.5C,H:40.5%\nT:22C,H:39%\nT:22.75C,H:38.25%\n",
    "T (C)",
    "H",
    "21.5 22 22.75",
    "0.405 0.39 0.3825",
)
# late, missing
wanted(
    "x late too",
    "n,a,b\n"
    + "".join("r,,\n" for _ in range(300))
    + "".join(f"r,{i},{2 * i + 0.5}\n" for i in range(1, 41)),
    "a",
    "b",
    " ".join(map(str, range(1, 41))),
    " ".join(str(2 * i + 0.5) for i in range(1, 41)),
)
wanted(
    "late texts",
    "a,b\n" + "".join(f"{i},{i + 0.5}\n" for i in range(1, 300)) + "broken,1\n",
    "a",
    "b",
    " ".join(map(str, range(1, 300))),
    " ".join(str(i + 0.5) for i in range(1, 300)),
)
wanted(
    "missing words, many",
    "x,y\n1,2.5\n2,NULL\n3,-\n4,4.5\n5,none\n6,?\n7,#N/A\n8,..\n9,7.25\n10,unknown\n",
    "x",
    "y",
    "1 4 9",
    "2.5 4.5 7.25",
)
wanted(
    "missing words in Chinese",
    "x,y\n1,2.5\n2,缺失\n3,无\n4,4.5\n5,无数据\n6,7.25\n",
    "x",
    "y",
    "1 4 6",
    "2.5 4.5 7.25",
)
wanted(
    "missing words in German",
    "x;y\n1;2,5\n2;k.A.\n3;fehlt\n4;4,5\n5;keine Angabe\n6;7,25\n",
    "x",
    "y",
    "1 4 6",
    "2.5 4.5 7.25",
)
# sideways
wanted(
    "sideways without names",
    "0,1,2,3,4,5,6\n0.5,2.5,4.5,6.25,8.75,10.5,12.25\n",
    None,
    None,
    "0 1 2 3 4 5 6",
    "0.5 2.5 4.5 6.25 8.75 10.5 12.25",
)
wanted(
    "sideways with tabs and commas",
    "x\t0,5\t1\t1,5\t2\ny\t2,5\t4,5\t6,25\t8,75\n",
    "x",
    "y",
    "0.5 1 1.5 2",
    "2.5 4.5 6.25 8.75",
)
wanted(
    "two rows of three columns are no sideways table", "a,b,c\n1,2.5,3\n2,4.5,5\n", "a", "b", "1 2", "2.5 4.5"
)
# dates
DAYS = {
    "iso": "2024-02-{:02d}",
    "slashes": "2024/2/{}",
    "german": "{}.2.2024",
    "german short": "{:02d}.02.24",
    "english": "{} Feb 2024",
    "american words": "Feb {}, 2024",
    "english long": "{} February 2024",
    "chinese": "2024年2月{}日",
    "compact text": "2024-2-{}",
    "us": "2/{}/2024",
    "uk": "{}/2/2024",
}
for kind, form in DAYS.items():
    mark = ";" if "," in form else ","
    wanted(
        f"dates, {kind}",
        f"day{mark}level\n"
        + "".join(
            f"{form.format(day)}{mark}{level}\n"
            for day, level in ((3, 1.5), (4, 2.25), (14, 3.75), (28, 4.5))
        ),
        "day",
        "level",
        "0 1 11 25",
        "1.5 2.25 3.75 4.5",
    )
wanted(
    "date and time with AM and PM",
    "when,level\n2/14/2024 11:59:00 AM,1.5\n2/14/2024 12:00:00 PM,2.25\n2/14/2024 1:00:00 PM,3.75\n",
    "when",
    "level",
    "0 60 3660",
    "1.5 2.25 3.75",
)
wanted(
    "times with a zone",
    "when,level\n2024-02-14T08:00:00+01:00,1.5\n2024-02-14T08:00:30+01:00,2.25\n2024-02-14T08:02:00+01:00,3.75\n",
    "when",
    "level",
    "0 30 120",
    "1.5 2.25 3.75",
)
wanted(
    "times across midnight with dates",
    "when;level\n14.02.2024 23:59;1,5\n15.02.2024 00:01;2,25\n15.02.2024 00:04;3,75\n",
    "when",
    "level",
    "0 120 300",
    "1.5 2.25 3.75",
)
wanted(
    "minutes and seconds",
    "lap,pulse\n1:30.5,80\n2:45.25,95\n4:00.0,110\n",
    "lap",
    "pulse",
    "90.5 165.25 240",
    "80 95 110",
)
wanted(
    "dates downwards",
    "day,level\n2024-02-28,1.5\n2024-02-14,2.25\n2024-02-03,3.75\n",
    "day",
    "level",
    "25 11 0",
    "1.5 2.25 3.75",
)
wanted(
    "dates with a gap",
    "day,level\n2024-02-03,1.5\n,2.25\n2024-02-14,\n2024-02-28,3.75\n",
    "day",
    "level",
    "0 25",
    "1.5 3.75",
)
wanted(
    "dates behind a number",
    "level,day\n1.5,2024-02-03\n2.25,2024-02-14\n3.75,2024-02-28\n",
    "day",
    "level",
    "0 11 25",
    "1.5 2.25 3.75",
)

# blank columns and notes beside a table
wanted("three empty columns", "x;y;;;\n1,5;2;;;\n2,5;4;;;\n3,5;7;;;\n", "x", "y", "1.5 2.5 3.5", "2 4 7")
wanted("few rows, three empty columns", "a,b,,,\n1,2,,,\n3,4,,,\n", "a", "b", "1 3", "2 4")
wanted(
    "a note far beside",
    "t,v,,,,\n0,1,,,,\n1,2.5,,,,see page 3\n2,3.5,,,,\n3,5,,,,\n",
    "t",
    "v",
    "0 1 2 3",
    "1 2.5 3.5 5",
)
# rows that are odd among the first ones
wanted("a broken second row", "x;y\n1,5;2\nabc\n2,5;4\n3,5;5\n", "x", "y", "1.5 2.5 3.5", "2 4 5")
wanted(
    "French months",
    "Mois;T\nmars 2024;1,5\navril 2024;1,75\nmai 2024;2\njuin 2024;2,5\n",
    "Mois",
    "T",
    "0 31 61 92",
    "1.5 1.75 2 2.5",
)
wanted(
    "times of Arduino's serial monitor",
    "14:02:33.123 -> ms,raw\n14:02:34.223 -> 0,530\n14:02:35.323 -> 100,540\n14:02:36.423 -> 200,560\n",
    None,
    "ms",
    "0 1.1 2.2",
    "0 100 200",
)
wanted(
    "times of Arduino's serial monitor, one value",
    "14:02:34.250 -> 0.53\n14:02:35.250 -> 0.54\n14:02:36.750 -> 0.56\n",
    None,
    None,
    "0 1 2.5",
    "0.53 0.54 0.56",
)
wanted(
    "numbers of students",
    "学号,身高,体重\n20240101,1.5,40\n20240107,1.75,50\n",
    "身高",
    "体重",
    "1.5 1.75",
    "40 50",
)
wanted("samples", "Sample,h,m\n1,1.5,40\n2,1.75,50\n3,1.25,30\n", "h", "m", "1.5 1.75 1.25", "40 50 30")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_as_it_was_meant(name: str, tmp_path: Path) -> None:
    text, x_name, y_name, x, y = TABLES[name]
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8", newline="")
    points = read_points(path).points
    assert (points.x_name, points.y_name) == (x_name or points.x_name, y_name or points.y_name)
    np.testing.assert_allclose(points.x[:, 0], [float(word) for word in x.split()], CLOSE)
    np.testing.assert_allclose(points.y, [float(word) for word in y.split()], CLOSE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Quarter,GDP\n2023Q1,1.5\n2023Q2,1.6\n2023Q3,1.4\n", "“2023Q1” in “Quarter” is taken for text"),
        ("a;b\n5D1;1,5\n5D2;1,6\n", "“5D1” in “a” is taken for text"),
        ("Zeit,Weg\n0,5,1,25\n1,0,2,75\n1,5,4,50\n", "4 columns under 2 names"),
        ('{"x": [1, 2, 3], "y": [2, 4, 6]}', "is a JSON file"),
        ('[\n  {"x": 1, "y": 2},\n  {"x": 2, "y": 4}\n]', "is a JSON file"),
        ("%PDF-1.4\n1 0 obj\n<< /Length 44 /Count 2 >>\n0 1\n2 3\n", "is a PDF"),
        ("{\\rtf1\\ansi 1 2\n3 4\n}", "is a text document (RTF)"),
        ('<?xml version="1.0"?>\n<Workbook>\n</Workbook>\n', "is an XML file"),
    ],
)
def test_what_is_no_table_of_numbers_is_said_to_be_what_it_is(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Problem) as refusal:
        read_points(tmp_path / "table.csv")
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Jahr;Einwohner\n2001;12.500\n2002;13.100\n2003;14.250\n",
            "In “Einwohner”, 12.500 is read as 12.5; choose the comma as decimal mark if it means 12,500.",
        ),
        ("Zeit;Kanal A\n(ms);(V)\n\n-1,0;0,1\n0,0;0,2\n1,0;0,3\n", "The rows begin in line 4;"),
    ],
)
def test_what_may_be_meant_otherwise_is_said(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    assert words in read_points(tmp_path / "table.csv").message


def test_points_amid_numbers_are_no_doubt_where_the_person_has_chosen(tmp_path: Path) -> None:
    text = "Jahr;Einwohner\n2001;12.500\n2002;13.100\n"
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    for mark, y in ((",", [12_500, 13_100]), (".", [12.5, 13.1])):
        read = read_points(tmp_path / "table.csv", Reading(decimal=mark))
        assert (read.points.y.tolist(), "choose the comma" in read.message) == (y, False)
