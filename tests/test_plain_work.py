"""Whatever a person does, in whatever order, store and session are where a plain list of it all is."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
import torch  # noqa: F401  # its loading takes longer than any wait here
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.experiment import Experiment, Points, Settings
from gui.workspace import Workspace
from tests.plain_work import PlainWork

START = Points([-1.0, 0.5, 2.0], [-2.0, 1.5, 3.0])
PLAIN = Settings(
    model="line", loss="mse", optimizer="sgd", learning_rate=0.02, dtype="float64", start="zeros", epochs=None
)
LONGEST = 60  # seconds that a run may take to come to rest
MOMENT = 0.03  # seconds that a run goes on by itself
FEW, MANY = 8, 400  # lives, of which the many are lived with --all
ALL_LIVES = 1800  # seconds that the many may take on a busy machine
RULES = 25  # things that are done in one life
NEAR = 1e-9

places = st.sampled_from([-2.0, -1.25, 0.5, 1.0, 1.75])
heights = st.sampled_from([-3.0, -0.7, 0.4, 1.1, 2.5])
rates = st.sampled_from([0.005, 0.02, 0.05])


class Person(RuleBasedStateMachine):
    """Edits, undoes, trains and goes back, and does the same on a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace = Workspace(Experiment(START, PLAIN))
        self.store, self.session = self.workspace.store, self.workspace.session
        self.plain = PlainWork(START, PLAIN)
        self.session.set_speed(None)
        self.session.warm_up()

    def teardown(self) -> None:
        self.workspace.close()

    # --- edits ------------------------------------------------------------------------------------------

    @rule(x=places, y=heights)
    def add_a_point(self, x: float, y: float) -> None:
        self.store.add_points([x], [y])
        self.plain.change(self.store.points)

    @precondition(lambda self: len(self.store.points))
    @rule(share=st.floats(0, 0.99))
    def remove_a_point(self, share: float) -> None:
        self.store.remove_points([int(share * len(self.store.points))])
        self.plain.change(self.store.points)

    @rule(moves=st.lists(st.tuples(places, heights), min_size=1, max_size=4))
    def spray_points_in_one_stroke(self, moves: list[tuple[float, float]]) -> None:
        before = self.plain.done
        self.store.begin_stroke()
        for x, y in moves:
            self.store.add_points([x], [y])
            self.plain.change(self.store.points)
        self.store.end_stroke()
        self.plain.merge(before)

    @precondition(lambda self: len(self.store.points))
    @rule()
    def clear(self) -> None:
        self.store.clear_points()
        self.plain.change(self.store.points)

    @rule(x=st.lists(places, min_size=1, max_size=4))
    def load_other_points(self, x: list[float]) -> None:
        self.store.replace(Points(x, [2.0 + value for value in x]))
        self.plain.change(self.store.points, anew=True)

    @rule(rate=rates, loss=st.sampled_from(["mse", "huber"]))
    def choose_rate_and_loss(self, rate: float, loss: str) -> None:
        self.store.change(learning_rate=rate, loss=loss)
        self.plain.change(learning_rate=rate, loss=loss)

    @rule(seed=st.integers(0, 3))
    def choose_what_takes_another_run(self, seed: int) -> None:
        self.store.change(seed=seed)
        self.plain.change(seed=seed)

    @rule(change=st.sampled_from([{"learning_rate": -1.0}, {"model": "nothing"}, {"batch_size": 0}]))
    def ask_for_what_is_refused(self, change: dict[str, object]) -> None:
        self.store.change(**change)

    @rule()
    def undo(self) -> None:
        self.store.undo_stack.undo()
        self.plain.undo()

    @rule()
    def redo(self) -> None:
        self.store.undo_stack.redo()
        self.plain.redo()

    # --- training ---------------------------------------------------------------------------------------

    @rule(steps=st.integers(1, 5))
    def make_steps(self, steps: int) -> None:
        self.session.step(steps)
        if self.plain.run is not None:
            for _step in range(steps):
                self.plain.run.step()

    @rule()
    def run_for_a_moment(self) -> None:
        before = self.session.snapshot
        self.session.run()
        until = time.perf_counter() + MOMENT
        self.wait(lambda: time.perf_counter() > until)
        self.session.pause()
        after = self.session.snapshot
        if before is None or after is None or self.plain.run is None:
            assert before is after is self.plain.run is None
            return
        for _step in range(after.step - before.step):
            self.plain.run.step()

    @rule()
    def one_step_back(self) -> None:
        self.session.back()
        if self.plain.run is not None:
            self.plain.run.go_to(self.plain.run.at - 1)

    @rule(step=st.integers(-1, 40))
    def go_to_a_step(self, step: int) -> None:
        self.session.go_to(step)
        if self.plain.run is not None:
            self.plain.run.go_to(step)

    @rule()
    def reset(self) -> None:
        self.session.reset()
        self.plain.start_again()

    # --- what must be so --------------------------------------------------------------------------------

    @invariant()
    def the_work_is_the_same(self) -> None:
        now, stack = self.plain.now, self.store.undo_stack
        assert self.store.points is now.points
        assert self.store.settings == now.settings
        assert (stack.count(), stack.index()) == (len(self.plain.edits), self.plain.done)

    @invariant()
    def the_run_is_the_same(self) -> None:
        run, session = self.plain.run, self.session
        self.wait(lambda: not session.loading and not session.running and self.stands())
        if run is None:
            assert session.snapshot is None
            return
        snapshot, tip, history = session.snapshot, session.tip, session.history
        assert snapshot is not None
        assert tip is not None
        assert history is not None
        numbers = [*snapshot.numbers(), *tip.numbers()]
        np.testing.assert_allclose(numbers, [*run.path[run.at], *run.path[-1]], rtol=NEAR, atol=NEAR)
        assert tip.step == run.tip == history.losses().steps

    def stands(self) -> bool:
        """Whether the run has come to the step that it should stand at."""
        snapshot, run = self.session.snapshot, self.plain.run
        return snapshot is None or run is None or snapshot.step == run.at

    @staticmethod
    def wait(until: Callable[[], bool]) -> None:
        """Let the program work until something is so."""
        begin = time.perf_counter()
        while not until():
            assert time.perf_counter() < begin + LONGEST
            QTest.qWait(1)


@pytest.mark.timeout(ALL_LIVES)
def test_store_and_session_are_where_a_plain_list_of_what_was_done_is(
    qapp: QApplication, request: pytest.FixtureRequest
) -> None:
    times = MANY if request.config.getoption("--all") else FEW
    run_state_machine_as_test(Person, settings=examples(max_examples=times, stateful_step_count=RULES))
