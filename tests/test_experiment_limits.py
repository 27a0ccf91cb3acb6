"""An experiment is no larger than what can be opened again, and says which limit it meets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.experiment import Experiment, Points, load_experiment, save_experiment
from core.experiment import file as experiment_file
from core.experiment import points as experiment_points
from core.problem import Problem
from core.tables import read_points
from core.texts import use_language
from gui.store import Store


def written(folder: Path, **changes: object) -> Path:
    """The file of an experiment, its points changed by hand."""
    path = folder / "a.fit.json"
    save_experiment(Experiment(Points([1.0, 2.0], [3.0, 4.0], "hours", "marks", "a.csv")), path)
    content = json.loads(path.read_text())
    content["points"] |= changes
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("part", "most", "english", "chinese"),
    [
        (
            "x_name",
            1_000,
            "The name of x has 1,001 characters",
            "x 的名称有 1,001 个字符",
        ),
        (
            "y_name",
            1_000,
            "The name of y has 1,001 characters",
            "y 的名称有 1,001 个字符",
        ),
        (
            "source",
            10_000,
            "The note on where the points come from has",
            "数据点来源说明有 10,001 个字符",
        ),
    ],
)
def test_a_text_that_is_too_long_is_refused_with_its_name(
    part: str, most: int, english: str, chinese: str, tmp_path: Path
) -> None:
    assert getattr(load_experiment(written(tmp_path, **{part: "数" * most})).points, part) == "数" * most
    path = written(tmp_path, **{part: "数" * (most + 1)})
    for language, sentence in (("en", english), ("zh_CN", chinese)):
        use_language(language)
        with pytest.raises(Problem, match=sentence) as refusal:
            load_experiment(path)
        assert str(refusal.value).startswith("a.fit.json: ")
    with pytest.raises(Problem):
        Points([1.0], [2.0], **{part: "n" * (most + 1)})


def test_more_points_than_a_table_may_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert experiment_points.MOST_POINTS == 2_000_000
    path = written(tmp_path, x=[1, 2, 3, 4], y=[1, 2, 3, 4])
    monkeypatch.setattr(experiment_points, "MOST_POINTS", 3)
    with pytest.raises(Problem, match="There are 4 points and the limit is 3; keep a part"):
        load_experiment(path)
    assert len(load_experiment(written(tmp_path, x=[1, 2, 3], y=[1, 2, 3])).points) == 3


def test_two_million_points_are_allowed_and_no_more() -> None:
    most = np.zeros(2_000_000)
    assert len(Points(most, most)) == 2_000_000
    with pytest.raises(Problem, match=r"2,000,001 points and the limit is 2,000,000"):
        Points(most, most).added([1.0], [1.0])


def test_a_window_says_why_no_more_points_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(Experiment(Points([1.0, 2.0], [3.0, 4.0])))
    said: list[str] = []
    store.refused.connect(said.append)
    monkeypatch.setattr(experiment_points, "MOST_POINTS", 2)
    store.add_points([5.0], [6.0])
    assert len(store.points) == 2
    assert said == ["There are 3 points and the limit is 2; keep a part, for example every tenth."]


def test_what_could_not_be_opened_is_neither_parsed_nor_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, points = tmp_path / "a.fit.json", Points(np.arange(300.0), np.arange(300.0))
    save_experiment(Experiment(points), path)
    before = path.read_bytes()
    monkeypatch.setattr(experiment_file, "MOST_COMMAS", 600)
    with pytest.raises(Problem, match="The experiment has more than 600 numbers; keep fewer points"):
        load_experiment(path)
    with pytest.raises(Problem, match="more than 600 numbers"):
        save_experiment(Experiment(points), path)
    assert path.read_bytes() == before
    assert [part.name for part in tmp_path.iterdir()] == ["a.fit.json"]
    save_experiment(Experiment(points.removed(range(50))), path)
    assert len(load_experiment(path).points) == 250


def test_a_table_never_gives_a_name_that_could_not_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{'n' * 5_000},{'m' * 5_000}\n1,2\n3,4\n")
    points = read_points(path).points
    save_experiment(Experiment(points), tmp_path / "a.fit.json")
    assert load_experiment(tmp_path / "a.fit.json").points == points
