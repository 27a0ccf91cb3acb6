"""The experiment file: whole or not at all, exact, and strict."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core import whole_file
from core.choices import FIELDS, TABLES
from core.choices.choice import LONGEST_WORD
from core.choices.limits import MOST_START_VALUES
from core.experiment import (
    MOST_STRETCHES,
    Experiment,
    Points,
    Settings,
    Stretch,
    generate,
    load_experiment,
    packed,
    save_experiment,
)
from core.experiment import file as experiment_file
from core.experiment.file import SCHEMA, dumps, loads, save_work
from core.problem import Problem
from core.tables.save import save_points

MANY = 2 * packed.PIECE  # points
MESSY = Path(__file__).parent / "messy"
LINE = Experiment(Points([1, 2, 3], [2.5, 4, 6.25], "hours", "marks", "a class"), Settings(loss="mae"))

RUN = replace(
    LINE,
    earlier=(
        Stretch(5, Points([1, 2], [3, 4]), Settings(loss="mse", learning_rate=0.5)),
        Stretch(9, LINE.points, Settings(loss="mae", batch_size=2)),
    ),
)

finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def many_points(draw: st.DrawFn) -> Points:
    """Any points, of one to three features."""
    count, features = draw(st.integers(0, 30)), draw(st.integers(1, 3))
    features = features if count else 1
    x = draw(arrays(np.float64, (count, features), elements=finite))
    y = draw(arrays(np.float64, count, elements=finite))
    return Points(x, y, draw(st.text()), draw(st.text()), draw(st.text()))


@st.composite
def many_settings(draw: st.DrawFn) -> Settings:
    """Settings with any word, switch and rate, any start values and a few options."""
    words = {key: draw(st.sampled_from(list(f.words))) for key, f in FIELDS.items() if f.words}
    values = {
        "learning_rate": draw(st.floats(1e-300, 10)),
        "batch_size": draw(st.none() | st.integers(1, 10_000)),
        "epochs": draw(st.none() | st.integers(1, 10_000)),
        "seed": draw(st.integers(0, 2**31 - 1)),
        "standardise": draw(st.booleans()),
        "device": draw(st.text(max_size=LONGEST_WORD)),
        "start_values": tuple(draw(st.lists(finite, max_size=4))),
    }
    options = {
        "huber.delta": draw(st.floats(1e-9, 1e9)),
        "polynomial.degree": draw(st.integers(1, 12)),
        "adam.amsgrad": draw(st.booleans()),
        "mlp.activation": draw(st.sampled_from(["tanh", "relu", "sigmoid"])),
        "lbfgs.max_eval": draw(st.none() | st.integers(1, 50)),
    }
    return Settings(**words, **values, options=options)


@st.composite
def many_runs(draw: st.DrawFn) -> Experiment:
    """Experiments with changes during the run: of the rate, the loss, the hold-out and the points."""
    settings = draw(many_settings())
    parts = []
    for until in sorted(draw(st.sets(st.integers(1, 10_000_000), max_size=5))):
        live = {
            "learning_rate": draw(st.floats(1e-300, 10)),
            "loss": draw(st.sampled_from(list(FIELDS["loss"].words))),
            "validation": draw(st.floats(0, 0.9)),
            "clip_norm": draw(st.none() | st.floats(1e-9, 1e9)),
        }
        changed = replace(settings, **live) if draw(st.booleans()) else settings
        changed = changed.with_option("huber.delta", draw(st.floats(1e-9, 1e9)))
        points = Points(draw(st.lists(finite, min_size=3, max_size=3)), [1, 2, 3])
        parts.append(Stretch(until, draw(st.sampled_from([points, LINE.points])), changed))
    return Experiment(LINE.points, settings, tuple(parts))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def same_bits(one: Points, other: Points) -> bool:
    """Whether the arrays are equal to the last bit, the sign of zero too."""
    return one.x.shape == other.x.shape and (one.x.tobytes(), one.y.tobytes()) == (
        other.x.tobytes(),
        other.y.tobytes(),
    )


@given(many_points(), many_settings())
def test_what_is_written_is_read_back_to_the_last_bit(points: Points, settings: Settings) -> None:
    back = loads(dumps(Experiment(points, settings)))
    assert same_bits(back.points, points)
    assert back == Experiment(points, settings)
    assert back.points.source == points.source


@given(many_points(), many_runs())
def test_work_in_progress_is_read_back_to_the_last_bit(points: Points, run: Experiment) -> None:
    for work in (Experiment(points, Settings()), run):
        with TemporaryDirectory() as folder:
            file = Path(folder) / "work.fit.json"
            save_work(work, file)
            back = load_experiment(file)
        assert same_bits(back.points, work.points)
        assert back == work


@given(many_runs())
def test_the_changes_of_a_run_are_read_back_to_the_last_bit(experiment: Experiment) -> None:
    back = loads(dumps(experiment))
    assert back == experiment
    for one, other in zip(back.earlier, experiment.earlier, strict=True):
        assert same_bits(one.points, other.points)


def test_a_change_of_one_setting_takes_one_short_line_of_the_file() -> None:
    points = Points(np.arange(1000.0), np.arange(1000.0))
    rates = np.geomspace(1e-3, 1, 200)
    earlier = tuple(
        Stretch(10 * n, points, Settings(learning_rate=rate)) for n, rate in enumerate(rates, start=1)
    )
    plain, whole = (len(dumps(Experiment(points, earlier=parts))) for parts in ((), earlier))
    assert whole - plain < 100 * len(earlier)
    assert "earlier" not in dumps(Experiment(points))


def test_a_file_of_the_first_schema_is_read_as_it_was_written() -> None:
    experiment = load_experiment(MESSY / "experiment_schema_1.fit.json")
    assert experiment == Experiment(
        generate("sine", {"count": 12, "seed": 3}),
        Settings(
            *("polynomial", "huber", "sgd", 0.05),
            batch_size=8,
            epochs=250,
            seed=7,
            start="own",
            standardise=True,
            start_values=(0.5, 1.0, 0.0, -0.25),
            options={"huber.delta": 0.5, "sgd.momentum": 0.9, "sgd.nesterov": True},
        ),
    )
    assert experiment.settings.schedule == "constant"
    assert not experiment.earlier


def test_a_file_longer_than_one_piece_is_valid_json() -> None:
    x = np.linspace(0, 1, 2 * experiment_file.PIECE + 1)
    content = json.loads(dumps(Experiment(Points(x, x**2))))
    assert content["points"]["x"] == x.tolist()
    assert content["points"]["y"] == (x**2).tolist()


def test_the_file_names_every_field_of_the_table() -> None:
    content = json.loads(dumps(LINE))
    assert content["format"] == "fitscope-experiment"
    assert content["schema"] == SCHEMA == 4
    assert set(content["settings"]) == {*FIELDS, "start_values", "options"}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_every_table_survives_the_file(table: str) -> None:
    for key in TABLES[table]:
        experiment = Experiment(LINE.points, Settings(**{table: key}))
        assert loads(dumps(experiment)) == experiment


def test_an_experiment_is_saved_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "线 line.fit.json"
    save_experiment(LINE, path)
    assert load_experiment(path) == LINE
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_saving_over_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.fit.json"
    path.touch(0o640)
    path.chmod(0o640)
    save_experiment(LINE, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_saving_through_a_link_changes_the_file_behind_it(tmp_path: Path) -> None:
    path, link = tmp_path / "a.fit.json", tmp_path / "link.fit.json"
    save_experiment(Experiment(), path)
    link.symlink_to(path)
    save_experiment(LINE, link)
    assert link.is_symlink()
    assert load_experiment(path) == LINE


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "a.fit.json"
    save_experiment(LINE, path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(Problem, match=r"a\.fit\.json.*the disk is full.*choose another place"):
        save_experiment(Experiment(), path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_marked_read_only_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.fit.json"
    save_experiment(LINE, path)
    monkeypatch.setattr(os, "access", lambda *_: False)  # as it is for everybody but the superuser
    with pytest.raises(Problem, match="may not read or write"):
        save_experiment(Experiment(), path)
    assert load_experiment(path) == LINE


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no folder “nowhere”"):
        save_experiment(LINE, tmp_path / "nowhere" / "a.fit.json")
    with pytest.raises(Problem, match="could not be saved"):
        save_experiment(LINE, tmp_path)
    with pytest.raises(Problem, match="could not be saved"):
        save_experiment(LINE, tmp_path / "a\0b.fit.json")


def test_a_file_that_could_not_be_opened_again_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_file, "LARGEST_FILE", 100)
    with pytest.raises(Problem, match="larger than"):
        save_experiment(LINE, tmp_path / "a.fit.json")
    assert not list(tmp_path.iterdir())


def test_a_file_is_written_with_rests_for_its_bytes_and_not_for_its_rows_or_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(time, "sleep", rests.append)
    points = Points(np.linspace(0, 1, MANY), np.zeros(MANY))
    save_points(points, tmp_path / "a.csv")
    assert 0 < len(rests) <= (tmp_path / "a.csv").stat().st_size / whole_file.EVERY
    rests.clear()
    save_work(Experiment(points), tmp_path / "a.fit.json")
    assert len(rests) <= 2  # else a window at work would get the interpreter again and again meanwhile


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.fit.json"
    save_experiment(LINE, path)
    monkeypatch.setattr(experiment_file, "LARGEST_FILE", 100)
    monkeypatch.setattr(Path, "read_bytes", pytest.fail)
    with pytest.raises(Problem, match="smaller file"):
        load_experiment(path)


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"gone\.fit\.json.*not there"):
        load_experiment(tmp_path / "gone.fit.json")
    with pytest.raises(Problem, match="not a file"):
        load_experiment(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this system")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fit.json")
    with pytest.raises(Problem, match="not a file"):
        load_experiment(tmp_path / "pipe.fit.json")


def changed(**changes: object) -> str:
    """The file of LINE with parts changed, or left out where the value is ...; "points__x" is in points."""
    return with_changes(LINE, changes)


def changed_run(*earlier: object) -> str:
    """The file of LINE with these earlier parts of its run."""
    return with_changes(LINE, {"earlier": list(earlier)})


def with_changes(experiment: Experiment, changes: dict[str, object]) -> str:
    content = json.loads(dumps(experiment))
    for name, value in changes.items():
        *outer, last = name.split("__")
        part = content
        for key in outer:
            part = part[key]
        if value is ...:
            del part[last]
        else:
            part[last] = value
    return json.dumps(content)


REFUSED = {
    "an unknown part": (changed(pionts={}), "“pionts” here; did you mean points"),
    "an unknown part of the points": (changed(points__z=[]), "“z”"),
    "an unknown setting": (changed(settings__optimiser="sgd"), "“optimiser” here; did you mean optimizer"),
    "an unknown option": (changed(settings__options={"huber.dleta": 1}), "did you mean huber.delta"),
    "no points": (changed(points=...), "“points” is missing"),
    "no settings": (changed(settings=...), "“settings” is missing"),
    "no x": (changed(points__x=...), "“x” is missing"),
    "no schema": (changed(schema=...), "schema"),
    "a schema that is no number": (changed(schema="1"), "schema"),
    "a schema that is a switch": (changed(schema=True), "schema"),
    "a newer schema": (changed(schema=SCHEMA + 1), "newer Fitscope; update"),
    "another format": (changed(format="notebook"), "not an experiment"),
    "points that are a list": (changed(points=[1]), "“points” must be"),
    "settings that are none": (changed(settings=None), "“settings” must be"),
    "options that are a list": (changed(settings__options=[]), "Options"),
    "x that is a text": (changed(points__x="123"), "“x” must be a list of numbers"),
    "x of texts": (changed(points__x=["1", "2", "3"]), "“x” must be a list of numbers"),
    "packed bytes cut off": (
        changed(points__y={"columns": 1, "float64": "AAAA"}),
        "“y” are damaged",
    ),
    "packed numbers that are no text": (changed(points__x={"columns": 1, "float64": 3}), "“x” are damaged"),
    "packed numbers in other letters": (changed(points__x={"columns": 1, "float64": "é"}), "“x” are damaged"),
    "packed numbers with more": (changed(points__x={"columns": 1, "float64": "", "z": 0}), "“x” are damaged"),
    "packed rows of nothing": (changed(points__x={"columns": 0, "float64": ""}), "“x” are damaged"),
    "y of switches": (changed(points__y=[True, False, True]), "“y” must be a list of numbers"),
    "y with a gap": (changed(points__y=[1, None, 2]), "“y” must be a list of numbers"),
    "y of rows": (changed(points__y=[[1], [2], [3]]), "“y” must be a list of numbers"),
    "unequal lengths": (changed(points__y=[1, 2]), "x has 3 values and y has 2"),
    "rows of unequal lengths": (changed(points__x=[[1, 2], [3], [4, 5]]), "as many x values"),
    "rows of nothing": (changed(points__x=[[], [], []]), "x must have"),
    "rows and numbers mixed": (changed(points__x=[[1], 2, [3]]), "list of numbers"),
    "a name that is a number": (changed(points__x_name=1), "“x_name” must be a text"),
    "a word not in the table": (changed(settings__loss="rmse"), "Loss must be mse, mae"),
    "a rate out of range": (changed(settings__learning_rate=0), "Learning rate must be a number from"),
    "a seed with a fraction": (changed(settings__seed=1.5), "Seed must be a whole number"),
    "a switch that is a number": (changed(settings__standardise=1), "true or false"),
    "a device longer than any": (
        changed(settings__device="c" * (LONGEST_WORD + 1)),
        "at most 100 characters",
    ),
    "more start values than parameters": (
        changed(settings__start_values=[0] * (MOST_START_VALUES + 1)),
        "10,001 start values and the limit is 10,000",
    ),
    "epochs past every range": (changed(settings__epochs=10**400), "not a finite number"),
    "a start value that is a text": (changed(settings__start_values=["1"]), "Start values"),
    "a number past every range": (dumps(LINE).replace("2.5", "1e999"), "1e999 is not a finite number"),
    "NaN": (dumps(LINE).replace("2.5", "NaN"), "NaN is not a finite number"),
    "minus infinity": (dumps(LINE).replace("2.5", "-Infinity"), "-Infinity is not"),
    "a part that is there twice": (dumps(LINE).replace('"schema": 4', '"schema": 4, "schema": 4'), "twice"),
    "a rule broken by a row that is not chosen": (
        changed(settings__options={"sgd.nesterov": True}),
        "Nesterov needs momentum",
    ),
    "earlier parts that are none": (changed(earlier=None), "“earlier” must be a list"),
    "earlier parts by name": (changed(earlier={}), "“earlier” must be a list"),
    "an earlier part that is a number": (changed_run(3), "“earlier” must be a list"),
    "an earlier part without its step": (changed_run({}), "“until” is missing"),
    "an unknown name in an earlier part": (changed_run({"untli": 3}), "did you mean until"),
    "a step that is a text": (changed_run({"until": "3"}), "a step from 1"),
    "a step that is a switch": (changed_run({"until": True}), "a step from 1"),
    "a step with a fraction": (changed_run({"until": 3.0}), "a step from 1"),
    "step zero": (changed_run({"until": 0}), "a step from 1"),
    "a step past every run": (changed_run({"until": 10_000_001}), "a step from 1 to 10,000,000"),
    "a step past every number": (changed_run({"until": 10**400}), "not a finite number"),
    "steps that go back": (changed_run({"until": 5}, {"until": 3}), "in the order of their steps"),
    "one step twice": (changed_run({"until": 5}, {"until": 5}), "in the order of their steps"),
    "a change that takes a new run": (
        changed_run({"until": 5, "settings": {"seed": 1}}),
        "after step 5 starts a new run",
    ),
    "settings of a part that are a list": (changed_run({"until": 5, "settings": []}), "“settings” must be"),
    "settings of a part that are none": (changed_run({"until": 5, "settings": None}), "“settings” must be"),
    "an unknown setting in a part": (
        changed_run({"until": 5, "settings": {"lr": 1}}),
        "no setting called “lr”|nothing called “lr”",
    ),
    "a rate out of range in a part": (
        changed_run({"until": 5, "settings": {"learning_rate": -1}}),
        "Learning rate must be",
    ),
    "points of a part that are none": (changed_run({"until": 5, "points": None}), "“points” must be"),
    "a part without any point": (
        changed_run({"until": 5, "points": {"x": [], "y": []}}),
        "must have points",
    ),
    "a part with more columns": (
        changed_run({"until": 5, "points": {"x": [[1, 2]], "y": [1]}}),
        "number of x columns",
    ),
    "more parts than a run has": (
        changed_run(*({"until": n} for n in range(1, MOST_STRETCHES + 2))),
        "with 10,000 changes at most",
    ),
    "half a file": (dumps(LINE)[:100], "not valid JSON"),
    "nothing": ("", "not valid JSON"),
    "a number": ("1", "not an experiment"),
    "deep nesting": ("[" * 100_000, "nested too deeply"),
    "deep nesting of parts": ('{"a":' * 100_000, "nested too deeply"),
    "a deep value": (dumps(LINE).replace('"mae"', "[" * 900 + "]" * 900), "Loss|nested"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_right_gets_one_sentence(case: str) -> None:
    text, sentence = REFUSED[case]
    with pytest.raises(Problem, match=sentence) as caught:
        loads(text)
    assert one_sentence(caught.value)


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_right_is_refused_in_a_hurry_too(case: str) -> None:
    with pytest.raises(Problem) as caught:
        loads(REFUSED[case][0], alone=True)
    assert one_sentence(caught.value)


@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_in_a_hurry_the_numbers_are_the_same(numbers: list[float]) -> None:
    text = dumps(Experiment(Points(numbers, numbers)))
    assert loads(text, alone=True).points.x.tobytes() == loads(text).points.x.tobytes()


def one_sentence(problem: Problem) -> bool:
    """Whether the message is a sentence of a length that a person reads."""
    text = str(problem)
    return text.endswith((".", "?")) and "\n" not in text and len(text) < 300


@pytest.mark.parametrize("name", ["pickle", "deep", "nan", "newer"])
def test_the_bad_experiments_are_refused_by_name(name: str) -> None:
    with pytest.raises(Problem, match=f"^experiment_{name}.fit.json: ") as caught:
        load_experiment(MESSY / f"experiment_{name}.fit.json")
    assert one_sentence(caught.value)


def test_a_byte_order_mark_is_no_hindrance() -> None:
    assert loads(b"\xef\xbb\xbf" + dumps(LINE).encode()) == LINE


def test_settings_left_out_are_at_their_defaults() -> None:
    assert loads(changed(settings={})).settings == Settings()


def test_half_a_surrogate_pair_in_a_name_can_be_shown() -> None:
    name = loads(changed(points__x_name="a\ud800")).points.x_name
    assert name.encode() == b"a?"


@given(st.binary() | st.binary().map(lambda tail: dumps(LINE).encode()[:200] + tail))
def test_no_bytes_get_past_the_reader(data: bytes) -> None:
    with pytest.raises(Problem):
        loads(data)


def read_or_refused(text: str) -> bool:
    """Whether the text is an experiment, or refused with a sentence."""
    try:
        return isinstance(loads(text), Experiment)
    except Problem as problem:
        return one_sentence(problem)


@given(st.data(), json_values)
def test_no_value_in_any_place_does_worse_than_a_sentence(data: st.DataObject, value: object) -> None:
    content = json.loads(dumps(RUN))
    place = content
    while True:
        if place is content["earlier"]:
            place = data.draw(st.sampled_from(content["earlier"]))
        key = data.draw(st.sampled_from(list(place)) | st.text(max_size=8))
        if (isinstance(place.get(key), dict) or key == "earlier") and place[key] and data.draw(st.booleans()):
            place = place[key]
        else:
            break
    place[key] = value
    assert read_or_refused(json.dumps(content))


@given(st.integers(0, len(dumps(RUN)) - 1), st.characters())
def test_no_changed_character_does_worse_than_a_sentence(at: int, character: str) -> None:
    text = dumps(RUN)
    assert read_or_refused(text[:at] + character + text[at + 1 :])


def test_a_long_file_is_written_in_pieces_of_a_few_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece takes the interpreter for so long at most; between two, another thread gets its turn."""
    values = np.random.default_rng(1).normal(size=100_000)
    pieces = experiment_file._pieces(Experiment(Points(values, values)))
    taken = []
    while True:
        before = time.thread_time()
        if next(pieces, None) is None:
            break
        taken.append(time.thread_time() - before)
    assert len(taken) > 100
    assert np.median(taken) < 0.004


def test_two_threads_that_save_to_one_place_leave_one_of_their_files(tmp_path: Path) -> None:
    path = tmp_path / "a.fit.json"
    experiments = [replace(LINE, settings=Settings(seed=seed)) for seed in range(4)]
    threads = [threading.Thread(target=save_experiment, args=(e, path)) for e in experiments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load_experiment(path) in experiments
    assert len(list(tmp_path.iterdir())) == 1


def test_reading_runs_nothing_from_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "system", pytest.fail)
    with pytest.raises(Problem, match="not valid JSON"):
        loads(b"cos\nsystem\n(S'true'\ntR.")


def test_a_run_with_as_many_changes_as_may_be_is_read_in_a_moment() -> None:
    text = changed_run(
        *({"until": n, "settings": {"learning_rate": 0.1}} for n in range(1, MOST_STRETCHES + 1))
    )
    before = time.thread_time()
    assert len(loads(text).earlier) == MOST_STRETCHES
    assert time.thread_time() - before < 10


def test_the_parts_of_a_run_can_be_reached_from_each_other_by_live_changes_only() -> None:
    points, settings = LINE.points, Settings()
    live = Stretch(3, points.added([9], [9]), replace(settings, loss="mae", validation=0.5, l1=0.1))
    assert Experiment(points, settings, (live,)).earlier == (live,)
    for change in ({"optimizer": "sgd"}, {"schedule": "cosine"}, {"seed": 1}, {"dtype": "float64"}):
        with pytest.raises(Problem, match="after step 3 starts a new run"):
            Experiment(points, settings, (replace(live, settings=replace(settings, **change)),))
    with pytest.raises(Problem, match="after step 3"):
        Experiment(points, settings, (replace(live, settings=Settings(seed=1)), replace(live, until=4)))
