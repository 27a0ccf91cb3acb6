"""The inputs of reported faults and of messy files come to their right outcome on the command line.

POINTS.tsv was written by hand: all x and y of each file in EXPECTED.tsv that is to be read.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from core.experiment import Points
from core.problem import Problem
from tests.train_once import train_once

HERE = Path(__file__).parent
REPORTS, MESSY = HERE / "reports", HERE / "messy"
CLOSE = 1e-12  # relative: what dividing a percentage by a hundred may round off
TWELVE = (
    [-1.388, 6.165, 2.945, 4.819, -1.874, 7.029, 6.147, 2.345, -0.255, 7.817, -2.695, 8.27],
    [16.186, 1.377, 6.237, 14.718, -4.291, 5.819, -4.947, 13.039, 18.632, -4.235, 8.535, 4.53],
)
MESSY_POINTS = {  # where they are not TWELVE
    "constant_x.csv": ([2.0] * 12, TWELVE[1]),
    "duplicate_rows.csv": (TWELVE[0] * 2, TWELVE[1] * 2),
    "one_point.csv": ([1.0], [2.0]),
}
REFUSALS = {  # what each sentence must speak of, in English and in Chinese
    "w01_formulas_no_results.xlsx": ("formula", "公式"),
    "w02_formulas_zero_results.xlsx": ("formula", "公式"),
    "huge_values.csv": ("too large to train on in float32", "float32"),
    "empty.csv": ("is empty", "空"),
    "header_only.csv": ("no rows", "没有"),
    "one_column.csv": ("Only the column “y” has numbers", "“y”"),
    "all_text.csv": ("No column of the table has numbers", "没有"),
    "all_missing.csv": ("No column of the table has numbers", "没有"),
    "infinite.csv": ("infinite", "无穷"),
    "binary.csv": ("no text", "文本"),
    "nul.csv": ("no text", "文本"),
    "page.csv": ("web page", "网页"),
    "not_a_workbook.xlsx": ("damaged or is not a workbook", "损坏"),
    "bomb.xlsx": ("more than 100 MB unpacked", "100 MB"),
    "experiment_pickle.fit.json": ("not an experiment", "不是"),
    "experiment_deep.fit.json": ("nested too deeply", "嵌套"),
    "experiment_nan.fit.json": ("NaN is not a finite number", "NaN"),
    "experiment_newer.fit.json": ("newer Fitscope", "更新"),
}


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a table of outcomes by their files."""
    with path.open(encoding="utf-8", newline="") as table:
        return {row["file"]: row for row in csv.DictReader(table, delimiter="\t")}


EXPECTED, BY_HAND, OF_MESSY = map(
    rows_of, (REPORTS / "EXPECTED.tsv", REPORTS / "POINTS.tsv", MESSY / "EXPECTED.tsv")
)


def numbers(cell: str) -> list[float]:
    return [float(word) for word in cell.split()]


def same_points(points: Points, x: list[float], y: list[float]) -> None:
    np.testing.assert_allclose(points.x[:, 0], x, CLOSE)
    np.testing.assert_allclose(points.y, y, CLOSE)


@pytest.mark.parametrize("file", BY_HAND)
def test_a_reported_file_is_read_as_a_person_reads_it(file: str, tmp_path: Path) -> None:
    expected, by_hand = EXPECTED[file], BY_HAND[file]
    trained = train_once(REPORTS / file, tmp_path)
    points = trained.points
    same_points(points, numbers(by_hand["x"]), numbers(by_hand["y"]))
    for name in ("x_name", "y_name"):
        assert trained.report[name] == (expected[name] or by_hand[name] or trained.report[name])
    ends = [points.x[0, 0], points.y[0], points.x[-1, 0], points.y[-1]]
    for found, name in zip(ends, ("first_x", "first_y", "last_x", "last_y"), strict=True):
        assert not expected[name] or found == pytest.approx(float(expected[name]), rel=CLOSE)
    assert len(points) == trained.report["points"] == int(expected["points"] or len(points))


# huge_values.csv is read, and then refused before training
@pytest.mark.parametrize("file", [file for file in OF_MESSY if file not in REFUSALS])
def test_a_messy_file_is_read_as_a_person_reads_it(file: str, tmp_path: Path) -> None:
    points = train_once(MESSY / file, tmp_path).points
    same_points(points, *MESSY_POINTS.get(file, TWELVE))


@pytest.mark.parametrize(("language", "which"), [("en", 0), ("zh_CN", 1)])
@pytest.mark.parametrize("file", REFUSALS)
def test_a_refusal_names_its_cause(file: str, language: str, which: int, tmp_path: Path) -> None:
    folder = REPORTS if file in EXPECTED else MESSY
    with pytest.raises(Problem) as refusal:
        train_once(folder / file, tmp_path, language)
    sentence = str(refusal.value)
    assert REFUSALS[file][which] in sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", "。")[which])


def test_no_file_is_forgotten() -> None:
    to_read = {file for file, row in EXPECTED.items() if row["outcome"] != "sentence"}
    to_refuse = {file for file, row in OF_MESSY.items() if row["outcome"] == "refuse"}
    assert to_read == set(BY_HAND)
    assert to_refuse | (EXPECTED.keys() - to_read) <= set(REFUSALS)
