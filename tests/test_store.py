"""The store: whatever was done can be undone, to the very arrays; what is refused leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

import numpy as np
import pytest
import shiboken6
from hypothesis import given, settings
from hypothesis import strategies as st

from core.experiment import Experiment, Points, Settings, Stretch
from gui import undo_memory
from gui.edit import Edit
from gui.store import Store

START = Points([0.0, 1.0, 2.0], [1.0, -1.0, 3.0])


class Ear:
    """Everything that a store said."""

    def __init__(self, store: Store) -> None:
        self.points: list[Points] = []
        self.settings: list[tuple[Settings, Settings]] = []
        self.refusals: list[str] = []
        store.points_changed.connect(self.points.append)
        store.settings_changed.connect(lambda after, before: self.settings.append((after, before)))
        store.refused.connect(self.refusals.append)

    def heard_nothing(self) -> bool:
        return not (self.points or self.settings or self.refusals)


@pytest.fixture
def store(qapp: object) -> Store:
    return Store(Experiment(START, Settings()))


def add(store: Store, random: Random) -> None:
    count = random.randrange(4)
    store.add_points(*([random.uniform(-5, 5) for _value in range(count)] for _axis in "xy"))


def remove(store: Store, random: Random) -> None:
    store.remove_points(chosen(store, random))


def move(store: Store, random: Random) -> None:
    store.move_points(chosen(store, random), random.choice((0.0, 1.5)), random.choice((0.0, -0.25)))


def replace(store: Store, random: Random) -> None:
    count = random.randrange(6)
    store.replace(Points(np.arange(count), [random.gauss(0, 1) for _point in range(count)], "t", "v"))


def clear(store: Store, _random: Random) -> None:
    store.clear_points()


def change(store: Store, random: Random) -> None:
    name, values = random.choice(
        (
            ("learning_rate", (0.1, 0.5, -1.0)),
            ("model", ("line", "mlp", "nothing")),
            ("loss", ("mse", "huber")),
            ("optimizer", ("sgd", "adam")),
            ("batch_size", (None, 1, 2, 0)),
            ("seed", (0, 1, 2)),
            ("start_values", ((), (1.0, 2.0), ("one",))),
        )
    )
    store.change(**{name: random.choice(values)})


def option(store: Store, random: Random) -> None:
    key, values = random.choice(
        (("huber.delta", (1.0, 2.0, -1.0)), ("sgd.momentum", (0.0, 0.9, "much")), ("mlp.width", (3, 0.5)))
    )
    store.set_option(key, random.choice(values))


def new_start(store: Store, _random: Random) -> None:
    store.new_start_values()


def open_other(store: Store, random: Random) -> None:
    store.open(Experiment(Points([random.random()], [1.0]), Settings(seed=random.randrange(3))))


def stroke(store: Store, random: Random) -> None:
    store.begin_stroke()
    edit = random.choice((add, remove, move, change))
    for _part in range(random.randrange(1, 6)):
        edit(store, random)
    store.end_stroke()


EDITS: tuple[Callable[[Store, Random], None], ...] = (
    add,
    remove,
    move,
    replace,
    clear,
    change,
    option,
    new_start,
    open_other,
    stroke,
)


def chosen(store: Store, random: Random) -> list[int]:
    """Some of the points, now and then none."""
    return [index for index in range(len(store.points)) if random.random() < 0.4]


def undone_and_redone(edits: Sequence[Callable[[Store, Random], None]], seed: int) -> None:
    """Make the edits, and walk back to the start and forth to the end, step by step."""
    store, random = Store(Experiment(START, Settings())), Random(seed)
    states = [store.experiment]
    for edit in edits:
        edit(store, random)
        if store.experiment is not states[-1]:
            states.append(store.experiment)
    assert store.undo_stack.index() == len(states) - 1
    kept = [(state.points.x.copy(), state.points.y.copy()) for state in states]
    for state in reversed(states[:-1]):
        store.undo_stack.undo()
        assert_same(store, state)
    assert not store.undo_stack.canUndo()
    for state in states[1:]:
        store.undo_stack.redo()
        assert_same(store, state)
    assert not store.undo_stack.canRedo()
    for state, (x, y) in zip(states, kept, strict=True):
        assert np.array_equal(state.points.x, x)
        assert np.array_equal(state.points.y, y)


def assert_same(store: Store, state: Experiment) -> None:
    """Not only equal: the very arrays."""
    assert store.points is state.points
    assert store.points.x is state.points.x
    assert store.points.y is state.points.y
    assert store.settings is state.settings


@given(edits=st.lists(st.sampled_from(EDITS), max_size=30), seed=st.integers(0, 2**32))
def test_any_edits_are_undone_and_redone_to_the_very_arrays(
    edits: list[Callable[[Store, Random], None]], seed: int
) -> None:
    undone_and_redone(edits, seed)


@settings(max_examples=3)
@given(seed=st.integers(0, 2**32))
def test_a_thousand_edits_are_undone_and_redone_to_the_very_arrays(seed: int) -> None:
    random = Random(seed)
    undone_and_redone([random.choice(EDITS) for _edit in range(1000)], seed)


@pytest.mark.parametrize(
    "edit",
    [
        lambda store: store.add_points([float("nan")], [1.0]),
        lambda store: store.add_points([1.0, 2.0], [1.0]),
        lambda store: store.add_points(["one"], [1.0]),
        lambda store: store.move_points([0], float("inf"), 0.0),
        lambda store: store.replace(Points([[1.0, 2.0]], [3.0])),
        lambda store: store.open(Experiment(Points([[1.0, 2.0]], [3.0]), Settings(seed=1))),
        lambda store: store.change(learning_rate=0.0),
        lambda store: store.change(model="cubic"),
        lambda store: store.change(batch_size=-1),
        lambda store: store.change(start_values=("w",)),
        lambda store: store.set_option("huber.delta", -1.0),
        lambda store: store.set_option("huber.epsilon", 1.0),
    ],
)
def test_what_is_refused_changes_nothing_and_is_told_in_one_sentence(
    store: Store, edit: Callable[[Store], None]
) -> None:
    ear, before = Ear(store), store.experiment
    edit(store)
    assert store.experiment is before
    assert not store.undo_stack.count()
    assert not ear.points
    (sentence,) = ear.refusals
    assert sentence.endswith((".", "?"))
    assert all(after is earlier is before.settings for after, earlier in ear.settings)


@pytest.mark.parametrize(
    "edit",
    [
        lambda store: store.add_points([], []),
        lambda store: store.remove_points([]),
        lambda store: store.move_points([], 1.0, 1.0),
        lambda store: store.move_points([0], 0.0, 0.0),
        lambda store: store.replace(Points(START.x, START.y)),
        lambda store: store.change(learning_rate=store.settings.learning_rate),
        lambda store: store.set_option("huber.delta", 1.0),
        lambda store: store.open(Experiment(Points(START.x, START.y), Settings())),
    ],
)
def test_what_changes_nothing_is_nothing_to_undo(store: Store, edit: Callable[[Store], None]) -> None:
    ear, before = Ear(store), store.experiment
    edit(store)
    assert store.experiment is before
    assert not store.undo_stack.canUndo()
    assert ear.heard_nothing()


def test_each_change_is_told_once_with_what_was_before(store: Store) -> None:
    ear = Ear(store)
    store.add_points([3.0], [4.0])
    store.change(loss="mae", learning_rate=0.5)
    assert [len(points) for points in ear.points] == [4]
    ((after, before),) = ear.settings
    assert (before.loss, after.loss, after.learning_rate) == ("mse", "mae", 0.5)
    store.undo_stack.undo()
    assert ear.settings[1] == (before, after)
    assert len(ear.points) == 1


def test_a_stroke_is_one_command_and_the_next_stroke_another(store: Store) -> None:
    for _stroke in range(2):
        store.begin_stroke()
        for x in range(10):
            store.add_points([x], [x])
        store.end_stroke()
    store.add_points([1.0], [1.0])
    store.add_points([2.0], [2.0])
    assert store.undo_stack.count() == 4
    for left in (24, 23, 13, 3):
        store.undo_stack.undo()
        assert len(store.points) == left
        if left == 3:
            assert store.points is START


def test_an_edit_in_mid_stroke_does_not_swallow_what_was_undone(store: Store) -> None:
    store.add_points([1.0], [1.0])
    store.begin_stroke()
    store.add_points([2.0], [2.0])
    store.undo_stack.undo()
    store.add_points([3.0], [3.0])
    store.end_stroke()
    store.undo_stack.undo()
    assert len(store.points) == 4
    store.undo_stack.undo()
    assert store.points is START


def test_new_start_values_are_always_other_ones(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = [store.settings.seed]
    for _throw in range(50):
        store.new_start_values()
        seeds.append(store.settings.seed)
    assert all(one != other for one, other in pairwise(seeds))
    assert store.undo_stack.count() == 50


def test_new_start_values_leave_own_ones_behind(store: Store) -> None:
    store.change(start="own", start_values=(1.0, 2.0))
    store.new_start_values()
    assert store.settings.start == "pytorch"
    store.undo_stack.undo()
    assert (store.settings.start, store.settings.start_values) == ("own", (1.0, 2.0))


# --- the bound on memory ---------------------------------------------------------------------------------

POINTS = 20_000
BYTES = 16 * POINTS  # of one state


@pytest.fixture
def small(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store that may keep the points of five states for undo."""
    monkeypatch.setattr(undo_memory, "LARGEST_UNDO", 5 * BYTES)
    return store


def big(number: int) -> Points:
    return Points(np.arange(POINTS), np.full(POINTS, float(number)))


def kept_bytes(store: Store) -> int:
    """The bytes of all the arrays that the undo stack keeps alive beside the present ones."""
    commands = (store.undo_stack.command(i) for i in range(store.undo_stack.count()))
    kept = {id(p): p for c in commands if isinstance(c, Edit) for p in (c.before.points,)}
    return sum(points.x.nbytes + points.y.nbytes for points in kept.values())


def test_the_oldest_edits_go_when_they_take_too_much_memory(small: Store) -> None:
    states = [big(number) for number in range(40)]
    for number, points in enumerate(states):
        ear = Ear(small)
        small.replace(points)
        assert small.points is points
        assert [len(told) for told in ear.points] == [POINTS]
        assert not ear.settings
        assert kept_bytes(small) <= 5 * BYTES
        assert small.undo_stack.canUndo()
        assert small.undo_stack.count() >= min(number + 1, 4)
        assert small.undo_stack.undoText() == "load points"
    for number in range(38, 38 - small.undo_stack.count(), -1):
        small.undo_stack.undo()
        assert small.points is states[number]
    while small.undo_stack.canRedo():
        small.undo_stack.redo()
    assert small.points is states[39]


def test_changes_of_settings_take_next_to_no_memory_and_stay(small: Store) -> None:
    small.replace(big(0))
    for rate in range(1, 101):
        small.change(learning_rate=rate / 1000)
    assert small.undo_stack.count() == 101


def test_a_long_stroke_stays_one_command_whatever_it_takes(small: Store) -> None:
    small.replace(big(0))
    start = small.points
    small.begin_stroke()
    for _move in range(40):
        small.move_points([0], 0.5, 0.0)
    small.end_stroke()
    assert small.points.x[0, 0] == 20.0
    small.undo_stack.undo()
    assert small.points is start


def test_a_stroke_stays_one_command_when_older_edits_go_in_its_midst(small: Store) -> None:
    small.begin_stroke()
    for number in range(8):
        small.replace(big(number))  # another stroke each, until the memory is full
        small.begin_stroke()
    start = small.points
    for _move in range(10):
        small.move_points([0], 0.5, 0.0)
    small.end_stroke()
    small.undo_stack.undo()
    assert small.points is start


def test_forgetting_does_not_make_changed_work_look_saved(small: Store) -> None:
    small.replace(big(0))
    small.undo_stack.setClean()
    for number in range(1, 40):
        small.replace(big(number))
    assert not small.undo_stack.isClean()
    while small.undo_stack.canUndo():
        small.undo_stack.undo()
        assert not small.undo_stack.isClean()


def test_forgetting_keeps_in_mind_which_state_was_saved(small: Store) -> None:
    for number in range(40):
        small.replace(big(number))
    small.undo_stack.setClean()
    saved = small.points
    small.replace(big(40))
    small.replace(big(41))
    assert not small.undo_stack.isClean()
    small.undo_stack.undo()
    small.undo_stack.undo()
    assert small.points is saved
    assert small.undo_stack.isClean()


def test_an_edit_that_is_asked_for_while_another_is_shown_does_not_get_between(store: Store) -> None:
    def meddle(_settings: Settings, _before: Settings) -> None:
        store.add_points([9.0], [9.0])
        store.change(seed=99)

    store.settings_changed.connect(meddle)
    store.change(loss="mae")
    assert (store.settings.loss, store.settings.seed) == ("mae", 0)
    store.undo_stack.undo()
    assert store.settings == Settings()
    assert store.points is START
    assert store.undo_stack.count() == 1
    store.undo_stack.redo()
    assert store.settings.loss == "mae"


RUN = Experiment(START, Settings(), (Stretch(40, START, Settings(learning_rate=0.5)),))
WAYS: dict[str, Callable[[Store], None]] = {
    "a live change": lambda store: store.change(learning_rate=0.2),
    "a change that starts a new run": lambda store: store.change(seed=5),
    "a hyper-parameter": lambda store: store.set_option("adam.beta1", 0.5),
    "points added": lambda store: store.add_points([4.0], [4.0]),
    "points cleared": lambda store: store.clear_points(),
    "other points": lambda store: store.replace(Points([1.0], [2.0])),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_recorded_changes_of_a_run_go_with_an_edit_and_come_back_with_undo(
    store: Store, way: str
) -> None:
    assert store.open(RUN)
    assert store.experiment.earlier == RUN.earlier
    WAYS[way](store)
    assert not store.experiment.earlier
    store.undo_stack.undo()
    assert store.experiment == RUN


def test_an_edit_that_changes_nothing_leaves_the_recorded_changes(store: Store) -> None:
    store.open(RUN)
    store.change(learning_rate=RUN.settings.learning_rate)
    store.set_option("adam.beta1", 0.9)
    store.move_points([0], 0.0, 0.0)
    assert store.experiment is RUN
    assert store.undo_stack.count() == 1


def test_the_same_work_without_its_recorded_changes_is_another(store: Store) -> None:
    store.open(RUN)
    store.open(Experiment(START, Settings()))
    assert not store.experiment.earlier
    store.undo_stack.undo()
    assert store.experiment.earlier == RUN.earlier


def test_a_store_that_is_closed_lets_go_of_its_edits_before_python_does(store: Store) -> None:
    for number in range(3):
        store.add_points([float(number)], [1.0])
    edits = [store.undo_stack.command(index) for index in range(store.undo_stack.count())]
    assert len(edits) == 3
    store.close()
    assert store.undo_stack.count() == 0
    assert not any(map(shiboken6.isValid, edits))
