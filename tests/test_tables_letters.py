"""How letters are stored is told by all of a text, and what does not fit is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.problem import Problem
from core.tables import Reading, open_table, preview, read_points
from core.tables.limits import SAMPLE_BYTES
from core.texts import use_language

PLAIN = 4_000  # rows that are longer together than what is looked at first


def long_table(late: str, encoding: str, folder: Path, head: str = "t,v,place\n") -> Path:
    """A table of plain ASCII but for `head`, and for one row near its end."""
    rows = [f"{n},{2 * n},somewhere\n" for n in range(PLAIN)]
    assert sum(map(len, rows)) > SAMPLE_BYTES
    path = folder / "table.csv"
    path.write_bytes((head + "".join(rows) + late).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "place"), [("cp1252", "Köln"), ("gb18030", "北京大学"), ("utf-8", "Köln"), ("utf-8", "北京")]
)
def test_a_letter_late_in_a_long_file_decides_its_encoding(encoding: str, place: str, tmp_path: Path) -> None:
    path = long_table(f"-1,-2,{place}\n-3,-4,{place}\n", encoding, tmp_path)
    found = preview(open_table(path))
    assert found.reading.encoding == encoding
    read = read_points(path)
    assert (len(read.points), read.dropped_because) == (PLAIN + 2, {})
    assert read.points.x[-1, 0] == -3
    assert "encoding" not in read.message


def test_names_after_a_long_preamble_are_in_the_encoding_of_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("".join([f"{n},{n}\n" for n in range(12_000)] + ["1,2 # Größe\n"]).encode("cp1252"))
    assert preview(open_table(path)).reading.encoding == "cp1252"


def test_a_few_stray_letters_in_utf8_are_counted_and_said(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = (
        "".join(f"{n},{2 * n},Größe\n" for n in range(20)).encode()
        + b"20,40,M\xfcnchen\n21,4\xff2,x\n22,44,x\n"
    )
    path.write_bytes("Länge,Höhe,Ort\n".encode() + rows)
    read = read_points(path)
    assert (read.points.x_name, read.points.y_name) == ("Länge", "Höhe")
    np.testing.assert_array_equal(read.points.x[:, 0], [*range(21), 22])
    assert read.dropped_because == {"not_a_number": 1}
    assert "2 letters are not in the encoding UTF-8 and cannot be shown." in read.message
    assert "2 letters are not in the encoding UTF-8" in preview(open_table(path)).summary
    use_language("zh_CN")
    assert "有 2 个字符不属于编码 UTF-8" in read_points(path).message


def test_stray_letters_late_in_a_long_file_are_said_too(tmp_path: Path) -> None:
    path = long_table("-1,-2,Köln\n", "utf-8", tmp_path)
    path.write_bytes(path.read_bytes() + b"-3,-4,K\xf6ln\n")
    read = read_points(path)
    assert len(read.points) == PLAIN + 2
    assert "1 letter is not in the encoding UTF-8" in read.message


def test_a_replacement_character_that_was_there_already_is_not_stray(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("Länge,Höhe,�\n1,2,ä\n3,4,�\n".encode())
    assert "encoding" not in read_points(path).message


def test_an_encoding_that_was_asked_for_must_fit_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("Temperatur (°C),Größe\n1,2\n3,4\n".encode("cp1252"))
    assert read_points(path).points.y_name == "Größe"
    with pytest.raises(Problem, match="not in the encoding UTF-8; choose another"):
        read_points(path, Reading(encoding="utf-8"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_known_without_its_mark(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("时间\tlevel\n1\t2\n3\t4\n5\t6\n".encode(encoding))
    read = read_points(path)
    assert (read.points.x_name, len(read.points), read.reading.encoding) == ("时间", 3, encoding)


@pytest.mark.parametrize(
    "names",
    [
        "Größe,Länge",
        "GRÖSSE,Übergröße",
        "Maße (m²),Süße",
        "température (°C),débit",
        "año,niño",
        "Ångström,größer",
        "µm,±",
        "naïveté,çà",
    ],
)
def test_western_names_are_not_taken_for_chinese(names: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(f"{names}\n1,2\n3,4\n".encode("cp1252"))
    points = read_points(path).points
    assert f"{points.x_name},{points.y_name}" == names


@pytest.mark.parametrize(
    "names",
    ["身高,体重", "x轴,y轴", "时间(s),速度(m/s)", "温度℃,电阻Ω", "第1组,第2组", "《数据》,“值”"],
)
def test_chinese_names_are_known_in_gbk(names: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(f"{names}\n1,2\n3,4\n".encode("gb18030"))
    points = read_points(path).points
    assert f"{points.x_name},{points.y_name}" == names
