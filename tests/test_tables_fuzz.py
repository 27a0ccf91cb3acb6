"""Whatever the bytes are, nothing but a Problem comes out of the readers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.tables import (
    DECIMALS,
    ENCODINGS,
    SEPARATORS,
    Reading,
    open_table,
    parse_clipboard,
    preview,
    read_points,
)

MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
# each of these starts a process
FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])

CELLS = st.sampled_from(
    ["1", "2.5", "-3,5", "1e400", "", "NA", "nan", "inf", "abc", '"', '"1,5"', "身高", "# no", " ", "=1"]
)
TABLES = st.lists(
    st.lists(CELLS, min_size=1, max_size=5).flatmap(
        lambda row: st.sampled_from(",;\t| ").map(lambda s: s.join(row))
    ),
    max_size=30,
).flatmap(lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines)))
READINGS = st.builds(
    Reading,
    header=st.sampled_from([None, True, False]),
    separator=st.sampled_from([None, *SEPARATORS]),
    decimal=st.sampled_from([None, *DECIMALS]),
    encoding=st.sampled_from([None, *ENCODINGS]),
    x=st.one_of(st.none(), st.integers(-2, 6), st.text(max_size=3)),
    y=st.one_of(st.none(), st.integers(-2, 6)),
)


def try_to_read(path: Path, reading: Reading) -> None:
    """Preview and read; whatever is read is finite and honestly counted."""
    try:
        found = preview(open_table(path), reading)
        read = read_points(path, reading)
    except Problem as problem:
        sentence = str(problem)
    else:
        assert not found.problem
        assert len(read.points) > 0
        assert np.isfinite(read.points.x).all()
        sentence = read.message
    assert sentence.endswith(".")


@MANY
@given(content=st.binary(max_size=3000), reading=READINGS)
def test_random_bytes_are_read_or_refused(content: bytes, reading: Reading, tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try_to_read(path, reading)


@MANY
@given(text=TABLES, reading=READINGS, encoding=st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_random_tables_are_read_or_refused(
    text: str, reading: Reading, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "any.txt"
    path.write_bytes(text.encode(encoding))
    try_to_read(path, reading)


@MANY
@given(text=st.one_of(st.text(max_size=300), TABLES), reading=READINGS)
def test_random_texts_are_pasted_or_refused(text: str, reading: Reading) -> None:
    try:
        points = parse_clipboard(text, reading).points
    except Problem:
        return
    assert len(points) > 0


@settings(MANY, max_examples=40)
@given(text=TABLES, reading=READINGS, repeat=st.integers(20, 400))
def test_random_long_tables_are_read_or_refused(
    text: str, reading: Reading, repeat: int, tmp_path: Path
) -> None:
    path = tmp_path / "any.txt"
    path.write_text((text + "\n") * repeat, encoding="utf-8")
    try_to_read(path, reading)


@FEW
@given(
    content=st.binary(max_size=2000),
    start=st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_random_bytes_after_the_signature_of_a_workbook_are_refused(
    suffix: str, content: bytes, start: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"any.{suffix}"
    path.write_bytes(start + content)
    with pytest.raises(Problem):
        read_points(path)


def whole_workbook() -> bytes:
    """The bytes of an ordinary workbook."""
    book = openpyxl.Workbook()
    for row in (("a", "b"), (1, 2), (3.5, "x"), (None, True)):
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


WORKBOOKS = [
    whole_workbook(),
    *((Path(__file__).parent / "messy" / f"workbook.{kind}").read_bytes() for kind in ("xls", "ods")),
]


@FEW
@given(data=st.data(), which=st.integers(0, len(WORKBOOKS) - 1))
def test_a_workbook_with_some_bytes_changed_is_read_or_refused(
    data: st.DataObject, which: int, tmp_path: Path
) -> None:
    content = bytearray(WORKBOOKS[which])
    for _change in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "any.xlsx"
    path.write_bytes(content)
    try_to_read(path, Reading())


@FEW
@given(data=st.data())
def test_a_workbook_with_its_texts_changed_is_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / "any.xlsx"
    with zipfile.ZipFile(io.BytesIO(WORKBOOKS[0])) as old, zipfile.ZipFile(path, "w") as new:
        names = old.namelist()
        changed = data.draw(st.sampled_from(names))
        for name in names:
            content = bytearray(old.read(name))
            if name == changed:
                begin = data.draw(st.integers(0, len(content) - 1))
                length = data.draw(st.integers(0, 40))
                content[begin : begin + length] = data.draw(st.binary(max_size=40))
            new.writestr(name, bytes(content))
    try_to_read(path, Reading())
