"""The command line can say how a table is read, and says what was read of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import main
from core import cli
from core.experiment import Experiment, Points, load_experiment, save_experiment
from core.problem import Problem
from core.tables.reading import Reading
from core.texts import use_language
from gui.picture import open_any

Train = Callable[..., tuple[dict[str, object], Points]]


@pytest.fixture
def train(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Train:
    """What `train` prints as JSON for a file with some content, and the points that it saves."""

    def trained(content: str | bytes, *words: str) -> tuple[dict[str, object], Points]:
        path, saved = tmp_path / "table.csv", tmp_path / "out.fit.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        command = ["train", str(path), "--steps", "1", "--save", str(saved), "--json", *words]
        assert main.main(command) == 0
        return json.loads(capsys.readouterr().out), load_experiment(saved).points

    return trained


def book(folder: Path) -> Path:
    """A workbook with two sheets."""
    made = openpyxl.Workbook()
    made.worksheets[0].title = "First"
    for row in (("a", "b"), (1, 2), (3, 4)):
        made.worksheets[0].append(row)
    second = made.create_sheet("Later")
    for row in (("c", "d"), (5, 6), (7, None), (8, 9)):
        second.append(row)
    made.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def columns(points: Points) -> list[list[float]]:
    return [points.x[:, 0].tolist(), points.y.tolist()]


@pytest.mark.parametrize(
    ("character", "word"),
    [
        ("\t", "tab"),
        ("\t", "TAB"),
        ("\t", r"\t"),
        (" ", "space"),
        ("，", "，"),
        ("^", "^"),
        ("e", "e"),
        ("-", "-"),
    ],
)
def test_any_character_can_part_the_cells(character: str, word: str, train: Train) -> None:
    rows = [("u", "v"), ("1.5", "2.25"), ("2.5", "4.25"), ("3.5", "6")]
    found, points = train("".join(f"{a}{character}{b}\n" for a, b in rows), "--separator", word)
    assert columns(points) == [[1.5, 2.5, 3.5], [2.25, 4.25, 6]]
    assert (found["x_name"], found["y_name"], found["sheet"], found["dropped_rows"]) == ("u", "v", None, {})


def test_the_decimal_mark_decides_what_1_234_is(train: Train) -> None:
    table = "a;b\n1,234;1\n2,345;2\n"
    assert columns(train(table, "--decimal", ",")[1])[0] == [1.234, 2.345]
    assert columns(train(table, "--decimal", "comma")[1])[0] == [1.234, 2.345]
    assert columns(train(table, "--decimal", ".")[1])[0] == [1234, 2345]


@pytest.mark.parametrize("name", ["cp1251", "windows-1251", "CP1251"])
def test_an_encoding_has_all_its_usual_names(name: str, train: Train) -> None:
    found, _points = train("время,путь\n1,2\n3,4\n".encode("cp1251"), "--encoding", name)
    assert (found["x_name"], found["y_name"]) == ("время", "путь")


@pytest.mark.parametrize("name", ["gbk", "GB2312", "gb18030"])
def test_the_narrower_chinese_encodings_are_read_by_the_widest(name: str, train: Train) -> None:
    assert train("身高,体重\n1,2\n3,4\n".encode("gbk"), "--encoding", name)[0]["x_name"] == "身高"


def test_a_first_row_is_names_or_data_as_the_person_says(train: Train) -> None:
    table = "1,2\n3,4\n5,6\n"
    found, points = train(table, "--header")
    assert (found["x_name"], found["y_name"], found["points"]) == ("1", "2", 2)
    assert columns(points) == [[3, 5], [4, 6]]
    assert columns(train(table, "--no-header")[1]) == [[1, 3, 5], [2, 4, 6]]


def test_a_sheet_is_chosen_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", str(book(tmp_path)), "--sheet", "Later", "--steps", "1", "--json"]
    assert main.main(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["sheet"], found["x_name"], found["y_name"], found["points"]) == ("Later", "c", "d", 2)
    assert found["dropped_rows"] == {"missing": 1}


def test_units_in_the_cells_stand_beside_the_names_and_in_what_is_kept(train: Train) -> None:
    found, points = train("length,share\n10 m,50 %\n15 m,60 %\n20 m,75 %\n")
    names = [found[key] for key in ("x_name", "x_unit", "y_name", "y_unit")]
    assert names == ["length", "m", "share", ""]
    assert (points.x_name, points.y_name) == ("length (m)", "share")
    assert columns(points) == [[10, 15, 20], [0.5, 0.6, 0.75]]


def test_an_experiment_has_names_and_no_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.fit.json"
    save_experiment(Experiment(Points([1, 2, 3], [2, 4, 6], "hours", "marks")), path)
    assert main.main(["train", str(path), "--steps", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["x_name"], found["y_name"], found["sheet"]) == ("hours", "marks", None)
    assert found["dropped_rows"] == {}


def test_export_and_screenshot_read_a_table_in_the_same_way(tmp_path: Path) -> None:
    path, out = tmp_path / "table.csv", tmp_path / "fit.py"
    path.write_text("a;b\n1,234;1\n2,345;2\n")
    words = ["--decimal", ".", "--y", "a", "--x", "b"]
    assert main.main(["export", str(path), str(out), *words]) == 0
    assert "2345" in out.read_text("utf-8")
    shot = cli.parse(["screenshot", str(path), "a.png", *words])
    assert columns(open_any(shot.file, shot.reading).points) == [[1, 2], [1234, 2345]]


def test_the_window_gets_what_was_asked_for() -> None:
    words = "a.csv --x h --y m --sheet S --separator ; --decimal , --encoding utf8 --no-header"
    asked = Reading(False, ";", ",", "utf-8", "S", "h", "m")
    assert cli.parse(words.split()).reading == asked
    assert cli.parse(["a.csv"]).reading == Reading()


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (["{csv}", "--separator", "ab"], "A separator is one character", "分隔符是一个字符"),
        (["{csv}", "--separator", ""], "A separator is one character", "分隔符是一个字符"),
        (["{csv}", "--separator", "5"], "no digit", "数字"),
        (["{csv}", "--separator", '"'], "quotation mark", "引号"),
        (["{csv}", "--separator", "\n"], "line end", "换行符"),
        (["{csv}", "--decimal", "'"], "--decimal must be . ,", "--decimal"),
        (["{csv}", "--encoding", "klingon"], "--encoding must be utf-8, utf-16", "--encoding"),
        (["{csv}", "--encoding", "rot13"], "not rot13", "rot13"),
        (["{csv}", "--sheet", "A"], "has no sheets", "没有工作表"),
        (["{csv}", "--x", "z"], "There is no column z", "z"),
        (["{book}", "--separator", "tab"], "is a workbook", "工作簿"),
        (["{book}", "--encoding", "utf-8"], "is a workbook", "工作簿"),
        (["{book}", "--sheet", "Nowhere"], "no sheet Nowhere; choose one of its sheets: ", "Nowhere"),
        (["{fit}", "--header"], "--header is for tables", "--header"),
        (["{fit}", "--separator", ";"], "--separator is for tables", "--separator"),
        (["{csv}", "--sheet"], "--sheet is not followed", "--sheet"),
    ],
)
def test_a_wrong_value_is_one_sentence(
    words: list[str], english: str, chinese: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    save_experiment(Experiment(Points([1, 2], [3, 4])), tmp_path / "a.fit.json")
    files = {"csv": tmp_path / "a.csv", "book": book(tmp_path), "fit": tmp_path / "a.fit.json"}
    for language, part in (("en", english), ("zh_CN", chinese)):
        command = ["train", *(word.format(**files) for word in words), "--steps", "1"]
        assert main.main(["--language", language, *command]) == 2
        said = capsys.readouterr().err
        assert part in said
        assert said.count("\n") == 1
        assert said.endswith((".\n", "。\n"))


def test_a_choice_without_a_file_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--separator", ";"]) == 2
    assert "say which file" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["train", "export", "screenshot", ""])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_help_names_the_options(verb: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    use_language(language)
    with pytest.raises(SystemExit):
        cli.parse([*filter(None, [verb]), "--help"])
    printed = capsys.readouterr().out
    for option in (
        "--x",
        "--y",
        "--sheet",
        "--separator",
        "--decimal",
        "--encoding",
        "--header",
        "--no-header",
    ):
        assert option in printed


def test_dates_are_read_in_the_order_that_is_asked_for_and_the_report_says_what_x_counts(
    train: Train, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    content = "date,y\n03/04/2024,1\n04/04/2024,2\n"
    report, points = train(content)
    assert [report[key] for key in ("x_kind", "x_unit", "x_origin")] == ["dates", "days", "2024-04-03"]
    assert columns(points) == [[0, 1], [1, 2]]
    report, points = train(content, "--date-order", "MDY")
    assert report["x_origin"] == "2024-03-04"
    assert (columns(points), points.x_time) == ([[0, 31], [1, 2]], "days since 2024-03-04")
    report, _points = train("t,y\n08:00,1\n09:00,2\n")
    assert [report[key] for key in ("x_kind", "x_unit", "x_origin")] == ["times", "seconds", "08:00:00"]
    report, _points = train("x,y\n1,1\n2,2\n")
    assert [report[key] for key in ("x_kind", "x_unit", "x_origin")] == ["numbers", "", None]
    (tmp_path / "open.csv").write_text(content)
    for language, sentence in (
        ("zh_CN", "03/04/2024 按日/月/年读取"),
        ("en", "03/04/2024 is read as day/month/year"),
    ):
        assert main.main(["train", str(tmp_path / "open.csv"), "--steps", "1", "--language", language]) == 0
        said = capsys.readouterr().out
        assert sentence in said
        assert "--date-order mdy" in said
    use_language("en")
    with pytest.raises(Problem, match="--date-order must be dmy, mdy, ymd, not day"):
        cli.parse(["train", "open.csv", "--date-order", "day"])


def test_the_text_says_what_was_read_and_which_rows_were_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log.csv"
    rows = ["# a logger", "# 12 volts", "t;U", *(f"{n};{2 * n}" for n in range(1, 30))]
    for number in (4, 7, 9, 12, 20, 21):
        rows[2 + number] = f"{number};"
    path.write_text("\n".join(rows))
    english = (
        "Read 23 points from log.csv: x is “t”, y is “U”. "
        "The rows begin in line 4; nothing that stands above them is read but names. "
        "6 rows are left out: 6 have a missing cell. "
        "Rows without a point, the first row of data being 1: 4; 7; 9; 12; 20; …."
    )
    chinese = "没有成为数据点的行（第一行数据为 1）：4; 7; 9; 12; 20; …。"
    for language, sentence in (("en", english), ("zh_CN", chinese)):
        assert main.main(["--language", language, "train", str(path), "--steps", "1"]) == 0
        assert sentence in capsys.readouterr().out
