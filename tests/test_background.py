"""Work in the background: one after the other, only the newest of a kind, delivered in the GUI thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from gui.background import Background, Left


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


class Desk:
    """Where results and errors are put down, and a door that work waits behind."""

    def __init__(self, background: Background) -> None:
        self.results: list[object] = []
        self.errors: list[Exception] = []
        self.threads: list[threading.Thread] = []
        self.door = threading.Event()
        self.begun = threading.Event()
        self._background = background

    def run(self, key: str, work: Callable[[], object]) -> None:
        self._background.run(key, work, self.results.append, self.errors.append)

    def wait_behind_the_door(self) -> str:
        self.threads.append(threading.current_thread())
        self.begun.set()
        assert self.door.wait(10)
        return "late"

    def block(self, key: str = "first") -> None:
        """Let the thread be busy until the door opens."""
        self.run(key, self.wait_behind_the_door)
        assert self.begun.wait(10)


@pytest.fixture
def desk(background: Background) -> Iterator[Desk]:
    made = Desk(background)
    yield made
    made.door.set()


def wait(qtbot: QtBot, background: Background) -> None:
    qtbot.waitUntil(lambda: not background.busy)


def test_the_work_is_done_in_a_thread_and_delivered_in_the_one_that_asked(
    qtbot: QtBot, background: Background
) -> None:
    places = []
    background.run(
        "where",
        threading.current_thread,
        lambda worked: places.extend((worked, threading.current_thread())),
        pytest.fail,
    )
    wait(qtbot, background)
    worked, delivered = places
    assert delivered is threading.current_thread()
    assert worked is not delivered
    assert not worked.is_alive() or worked.name.startswith("background")


def test_several_kinds_of_work_are_done_in_the_order_in_which_they_were_asked(
    qtbot: QtBot, background: Background, desk: Desk
) -> None:
    for number in range(20):
        desk.run(f"job {number}", lambda number=number: number)
    wait(qtbot, background)
    assert desk.results == list(range(20))


def test_of_one_kind_only_the_newest_counts(qtbot: QtBot, background: Background, desk: Desk) -> None:
    desk.block("fit")
    for number in range(5):
        desk.run("fit", lambda number=number: number)
    desk.door.set()
    wait(qtbot, background)
    assert desk.results == [4]


def test_work_that_was_dropped_delivers_nothing_whether_it_waits_or_runs(
    qtbot: QtBot, background: Background, desk: Desk
) -> None:
    desk.block("runs")
    desk.run("waits", lambda: "waited")
    desk.run("other", lambda: "other")
    background.drop("waits")
    background.drop("runs")
    background.drop("unknown")
    desk.door.set()
    wait(qtbot, background)
    assert desk.results == ["other"]
    assert not desk.errors


def test_what_was_dropped_can_be_asked_for_again(qtbot: QtBot, background: Background, desk: Desk) -> None:
    desk.block("fit")
    background.drop("fit")
    desk.run("fit", lambda: "again")
    desk.door.set()
    wait(qtbot, background)
    assert desk.results == ["again"]


def test_an_error_is_delivered_as_an_error(qtbot: QtBot, background: Background, desk: Desk) -> None:
    error = ValueError("wrong")

    def fail() -> None:
        raise error

    desk.run("fails", fail)
    desk.run("works", lambda: 1)
    wait(qtbot, background)
    assert desk.errors == [error]
    assert desk.results == [1]


def test_one_who_fails_to_take_a_result_does_not_hold_up_the_others(
    qtbot: QtBot, background: Background, desk: Desk
) -> None:
    def choke(_result: object) -> None:
        raise RuntimeError("cannot swallow that")

    with qtbot.capture_exceptions() as raised:
        background.run("first", lambda: 1, choke, choke)
        desk.run("second", lambda: 2)
        wait(qtbot, background)
    assert [str(error) for _kind, error, _trace in raised] == ["cannot swallow that"]
    assert desk.results == [2]


def test_a_result_may_ask_for_more_work_of_its_kind(qtbot: QtBot, background: Background, desk: Desk) -> None:
    background.run("chain", lambda: 1, lambda _one: desk.run("chain", lambda: 2), pytest.fail)
    wait(qtbot, background)
    assert desk.results == [2]


def test_the_timer_rests_while_there_is_nothing_to_wait_for(
    qtbot: QtBot, background: Background, desk: Desk
) -> None:
    (timer,) = background.findChildren(QTimer)
    assert not timer.isActive()
    desk.block()
    assert timer.isActive()
    desk.door.set()
    wait(qtbot, background)
    assert not timer.isActive()


def test_closing_waits_for_the_thread_and_delivers_nothing_more(
    qtbot: QtBot, background: Background, desk: Desk
) -> None:
    desk.block()
    desk.run("waits", lambda: 1)
    opener = threading.Timer(0.05, desk.door.set)
    opener.start()
    background.close()
    assert not desk.threads[0].is_alive()
    opener.join()
    background.close()
    desk.run("too late", lambda: 2)
    qtbot.wait(0)
    assert not background.busy
    assert not desk.results


def test_a_search_asks_whether_its_result_is_wanted(qtbot: QtBot, background: Background, desk: Desk) -> None:
    told: list[bool] = []
    begun = threading.Event()

    def search(stop: Callable[[], bool]) -> str:
        told.append(stop())
        begun.set()
        while not stop():
            pass
        told.append(stop())
        return "late"

    for end in (lambda: background.drop("search"), lambda: desk.run("search", lambda: "newer")):
        begun.clear()
        background.search("search", search, desk.results.append, desk.errors.append)
        assert begun.wait(10)
        end()
        wait(qtbot, background)
    assert told == [False, True, False, True]
    assert desk.results == ["newer"]
    background.search("search", search, desk.results.append, desk.errors.append)
    background.close()
    assert desk.results == ["newer"]
    assert told[-1]


def test_a_search_that_passes_is_delivered_though_another_one_waits(
    qtbot: QtBot, background: Background, desk: Desk
) -> None:
    for number in range(3):
        background.search(
            "search",
            lambda stop, number=number: (number, stop()),
            desk.results.append,
            pytest.fail,
            passing=True,
        )
    wait(qtbot, background)
    assert desk.results[-1] == (2, False)
    assert (0, False) in desk.results


def test_work_that_would_end_the_program_is_an_error_as_any(
    qtbot: QtBot, background: Background, desk: Desk
) -> None:
    desk.run("leaves", sys.exit)
    wait(qtbot, background)
    assert isinstance(desk.errors[0], Left)
    assert "SystemExit" in str(desk.errors[0])


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_object_that_is_gone_hears_nothing_of_what_it_asked_for(
    qtbot: QtBot, background: Background, desk: Desk, wrapped: bool
) -> None:
    asker = Asker()
    heard = asker.heard
    then = partial(asker.hear, "wrapped") if wrapped else asker.hear
    background.run("late", desk.wait_behind_the_door, then, desk.errors.append)
    assert desk.begun.wait(10)
    shiboken6.delete(asker)
    desk.door.set()
    wait(qtbot, background)
    assert not heard
    desk.run("next", lambda: "next")
    wait(qtbot, background)
    assert desk.results == ["next"]
    assert not desk.errors


class Asker(QObject):
    """Something in a window that wants a result."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []

    def hear(self, *results: object) -> None:
        self.heard.extend(results)
