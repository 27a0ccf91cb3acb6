"""A long table is read in pieces by several threads, and comes out as if it had been read row by row."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.tables import Reading, read_points, source
from core.tables.source import Source, ignore, never
from core.tables.text import pieces, text_places, text_sample, text_table

MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECE = 64  # bytes: a handful of rows

NUMBERS = st.sampled_from(["1", "-2.5", "3e4", "0.1", "1e400", "-0", "007", " 8", "9 ", "+1"])
ODD = st.sampled_from(
    [
        "",
        "NA",
        "nan",
        "inf",
        "abc",
        "True",
        "1,5",
        '"4"',
        '"1,5"',
        '"6\n"',
        '" 7"',
        '"a"" b"',
        "１",
        "1_0",
        "0x1",
        "-",
        "é",
        "#3",
        " NA",
        ' "3"',
        "1 000",
        "1.5.2",
        "1e",
        "NULL",
        "5cm",
        "5%",
        "(5)",
        "5-",
        "−5",
        "\u200b5",
        "1.5D3",
        "<3",
        "3±1",
        "missing",
        "#DIV/0!",
    ]
)
ROWS = st.lists(
    st.one_of(
        st.tuples(NUMBERS, NUMBERS),
        st.tuples(NUMBERS, NUMBERS),
        st.tuples(st.one_of(NUMBERS, ODD), st.one_of(NUMBERS, ODD)),
        st.tuples(NUMBERS),
        st.tuples(NUMBERS, NUMBERS, st.one_of(st.just(""), NUMBERS)),
        st.just(()),
    ),
    min_size=10,
    max_size=60,
)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are looked at beforehand, and a piece is few rows."""
    monkeypatch.setattr(text_sample, "SAMPLE_ROWS", 3)
    for module in (text_places, text_sample):
        monkeypatch.setattr(module, "FAR_BYTES", PIECE)
    monkeypatch.setattr(source, "SAMPLE_BYTES", PIECE)
    for module in (text_table, pieces, source):
        monkeypatch.setattr(module, "BLOCK", PIECE)
    monkeypatch.setattr(pieces, "READ_AT_ONCE", PIECE)


def outcome(path: Path, reading: Reading) -> tuple[list[float], list[float], Mapping[str, int], str] | str:
    """What comes of a file: the numbers, what was left out and what is said, or why it is refused."""
    try:
        read = read_points(path, reading)
    except Problem as problem:
        return str(problem)
    return read.points.x[:, 0].tolist(), read.points.y.tolist(), dict(read.dropped_because), read.message


@MANY
@given(
    rows=ROWS,
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    decimal=st.sampled_from([".", ","]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
    unit=st.sampled_from(["", "%", "cm"]),
)
def test_pieces_come_to_the_same_as_one_row_after_the_other(
    rows: list[tuple[str, ...]],
    separator: str,
    decimal: str,
    end: str,
    encoding: str,
    unit: str,
    small_pieces: None,
    tmp_path: Path,
) -> None:
    with_unit = [(row[0], f"{row[1]}{unit}", *row[2:]) if len(row) > 1 else row for row in rows]
    first = [("a", "b"), *4 * [("1", f"2{unit}")]]
    lines = map(separator.join, [*first, *rows[::2], *with_unit[1::2]])
    path = tmp_path / "table.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    reading = Reading(header=True, separator=separator, decimal=decimal, encoding=encoding)
    found = outcome(path, reading)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_table.TextTable, "_quickly", text_table.TextTable._carefully)
        assert found == outcome(path, reading)


@pytest.mark.parametrize("size", range(1, 40))
def test_pieces_end_at_the_ends_of_lines_and_together_are_all(size: int, tmp_path: Path) -> None:
    data = b"a,b\n1,2\n\n33,44\r\n" + b"5" * 50 + b",6\n7,8"
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    for by_path in (True, False):
        with path.open("rb") as file:
            whole = Source(file, len(data), "utf-8", 1, ignore, never)
            cut = pieces.pieces_of_file(path, whole, size) if by_path else pieces.pieces_of(whole, size)
            parts = [b"".join(blocks) for blocks in cut]
        assert b"".join(parts) == data.removeprefix(b"a,b\n")
        assert all(part.endswith(b"\n") for part in parts[:-1])


def test_a_regular_table_is_what_pandas_makes_of_it(small_pieces: None, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {"x": random.normal(size=500), "n": range(500), "y": 10 ** random.uniform(-300, 300, 500)}
    )
    path = tmp_path / "table.csv"
    table.to_csv(path, index=False)
    found = read_points(path, Reading(x="x", y="y")).points
    expected = pd.read_csv(path)
    np.testing.assert_array_equal(found.x[:, 0], expected["x"])
    np.testing.assert_array_equal(found.y, expected["y"])


def test_a_long_table_whose_lines_end_in_cr_alone_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"x,y\r" + b"1,2\r" * 100_000)
    assert len(read_points(path).points) == 100_000


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="nobody can take cores from a process here")
def test_no_more_threads_read_than_the_process_has_cores() -> None:
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))});"
        "from core.tables.text.text_table import THREADS; print(THREADS)"
    )
    read = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert read.stdout == "1\n"
