"""A file that is written while it is read gives its own sentence, and never a part of its points."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from core.problem import Problem
from core.tables import open_table, pasted_table, preview, read_points
from core.tables.reading import Changed
from core.texts import use_language

ROWS = 30_000


def table(folder: Path, name: str = "table.csv") -> Path:
    """A table that is longer than what is looked at first."""
    path = folder / name
    path.write_text("x,y\n" + "".join(f"{n},{n + 1}\n" for n in range(ROWS)))
    return path


def cut(path: Path) -> None:
    path.write_text("x,y\n" + "".join(f"{n},{n + 1}\n" for n in range(ROWS // 2)))


def grow(path: Path) -> None:
    with path.open("a") as file:
        file.write("-1,-2\n")


def overwrite(path: Path) -> None:
    """Other numbers of the same length in the same place."""
    size = path.stat().st_size
    path.write_text(path.read_text().replace("1", "2"))
    assert path.stat().st_size == size


def replace(path: Path) -> None:
    """Another file of the same size and time, as programs do that write safely."""
    before = path.stat()
    other = path.with_name("other.csv")
    other.write_text(path.read_text().replace("1", "2"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def empty(path: Path) -> None:
    path.write_text("")


def binary(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


CHANGES = [cut, grow, overwrite, replace, empty, binary]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_during_the_reading_is_said(change: Callable[[Path], None], tmp_path: Path) -> None:
    path = table(tmp_path)
    changes = iter([change])

    def progress(_share: float) -> None:
        for once in changes:
            once(path)

    with pytest.raises(Changed, match=r"table\.csv was changed while it was read; open it again"):
        read_points(path, progress=progress)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_change_between_the_preview_and_the_reading_is_said(
    change: Callable[[Path], None], suffix: str, tmp_path: Path
) -> None:
    path = table(tmp_path)
    if suffix == "xlsx":
        book = openpyxl.Workbook()
        for row in (("x", "y"), (1, 2), (3, 4)):
            book.worksheets[0].append(row)
        other = path
        path = tmp_path / "table.xlsx"
        book.save(path)
        opened = open_table(path)
        other.replace(path)
    else:
        opened = open_table(path)
    if suffix == "csv":
        assert not preview(opened).problem
        change(path)
    with pytest.raises(Changed):
        read_points(opened)


def test_a_file_that_is_gone_says_so_and_not_that_it_was_changed(tmp_path: Path) -> None:
    path = table(tmp_path)
    opened = open_table(path)
    path.unlink()
    with pytest.raises(Problem, match="There is no file"):
        read_points(opened)


def test_what_does_not_change_is_read_again_and_again(tmp_path: Path) -> None:
    opened = open_table(table(tmp_path))
    assert [len(read_points(opened).points) for _again in range(2)] == [ROWS, ROWS]
    assert len(read_points(pasted_table("1\t2\n3\t4\n")).points) == 2


def test_the_sentence_is_there_in_chinese(tmp_path: Path) -> None:
    path = table(tmp_path)
    opened = open_table(path)
    grow(path)
    use_language("zh_CN")
    with pytest.raises(Changed, match="在读取过程中被修改"):
        read_points(opened)
