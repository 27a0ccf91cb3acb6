"""Tables as the programs of schools, laboratories and offices export them are read as a person reads them.

EXPECTED.tsv was written by hand with the files. Where a person may name a column in several ways, they have a
bar between them; where a name is empty, the file has none. An empty unit is not looked at.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.train_once import train_once

EXPORTS = Path(__file__).parent / "exports"
CLOSE = 1e-12  # relative: what dividing a percentage by a hundred may round off

with (EXPORTS / "EXPECTED.tsv").open(encoding="utf-8", newline="") as expected:
    ROWS = list(csv.DictReader(expected, delimiter="\t"))


def numbers(cell: str) -> np.ndarray:
    return np.array([float(word) for word in cell.split()])


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_an_export_is_read_as_a_person_reads_it(row: dict[str, str], language: str, tmp_path: Path) -> None:
    trained = train_once(EXPORTS / row["file"], tmp_path, language)
    points, report = trained.points, trained.report
    for axis, shown in (("x", points.x_name), ("y", points.y_name)):
        name, unit = report[f"{axis}_name"], report[f"{axis}_unit"]
        assert not row[f"{axis}_name"] or name in row[f"{axis}_name"].split("|")
        assert not row[f"{axis}_unit"] or unit == row[f"{axis}_unit"]
        assert shown in (name, f"{name} ({unit})")
    np.testing.assert_allclose(points.x[:, 0], numbers(row["x"]), CLOSE)
    np.testing.assert_allclose(points.y, numbers(row["y"]), CLOSE)
    assert report["points"] == len(numbers(row["y"]))


def test_every_file_has_a_row() -> None:
    assert {path.name for path in EXPORTS.iterdir()} == {"EXPECTED.tsv", *(row["file"] for row in ROWS)}
