"""The losses of a run: complete, and readable while it grows."""

import threading

import numpy as np

from core.training.history import FIRST_ROOM, History


def test_every_loss_is_there_in_order_however_many_come() -> None:
    history = History()
    count = 3 * FIRST_ROOM + 1
    for step in range(count):
        history.append(float(step))
    assert np.array_equal(history.losses(), np.arange(count))


def test_a_new_history_is_empty() -> None:
    assert len(History().losses()) == 0


def test_what_was_read_stays_as_it_was() -> None:
    history = History()
    history.append(1.0)
    read = history.losses()
    for _step in range(2 * FIRST_ROOM):
        history.append(2.0)
    assert read.tolist() == [1.0]


def test_another_thread_never_reads_a_loss_that_is_not_there_yet() -> None:
    history = History()
    done = threading.Event()

    def write() -> None:
        for step in range(20 * FIRST_ROOM):
            history.append(float(step))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        losses = history.losses()
        assert np.array_equal(losses, np.arange(len(losses)))
    writer.join()
