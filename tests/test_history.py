"""What a run leaves behind: complete as long as memory is bounded, without losing a spike beyond."""

import threading

import numpy as np
import pytest

from core.training import history as history_module
from core.training.history import FIRST_ROOM, History, Record

ROOM = 64  # numbers, in place of the million that a record really keeps


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Records that hold few numbers, so that a test soon fills them."""
    monkeypatch.setattr(history_module, "FIRST_ROOM", 8)
    monkeypatch.setattr(history_module, "MOST_ROOM", ROOM)
    return ROOM


def filled(values: np.ndarray) -> Record:
    record = Record()
    for value in values:
        record.append(float(value))
    return record


def test_every_loss_is_there_in_order_however_many_come() -> None:
    history = History()
    count = 3 * FIRST_ROOM + 1
    for step in range(count):
        history.append(float(step))
    losses = history.losses()
    assert losses.steps == count
    assert losses.stride == 1
    assert np.array_equal(losses.low, np.arange(count))
    assert np.array_equal(losses.high, np.arange(count))


def test_a_new_history_is_empty() -> None:
    history = History()
    assert history.losses().steps == 0
    assert history.validation_losses() is None
    assert history.rates() is None


def test_what_was_read_stays_as_it_was() -> None:
    history = History()
    history.append(1.0)
    read = history.losses()
    for _step in range(2 * FIRST_ROOM):
        history.append(2.0)
    assert read.low.tolist() == [1.0]


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
        assert np.array_equal(losses.low, np.arange(losses.steps))
    writer.join()


@pytest.mark.parametrize("count", [ROOM, ROOM + 1, 2 * ROOM, 5 * ROOM + 3, 40 * ROOM + 17])
def test_a_long_run_keeps_every_spike_in_a_bounded_room(small: int, count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    series = filled(values).series()
    assert len(series.low) <= small
    assert series.steps == count
    for place in range(len(series.low)):
        about = values[place * series.stride : (place + 1) * series.stride]
        assert (series.low[place], series.high[place]) == (about.min(), about.max())


def test_a_number_that_is_missing_hides_no_other(small: int) -> None:
    values = np.arange(4.0 * small)
    values[1::2] = np.nan
    series = filled(values).series()
    assert np.isfinite(series.low).all()
    assert series.high[-1] == np.nanmax(values)


@pytest.mark.parametrize("count", [10, ROOM - 1, 3 * ROOM, 9 * ROOM + 5])
@pytest.mark.parametrize("cut", [0, 1, 7, 10])
def test_a_cut_record_grows_on_and_leaves_what_was_read(small: int, count: int, cut: int) -> None:
    record = filled(np.arange(float(count)))
    before = record.series()
    kept = before.low.copy()
    record.cut(cut, newest=cut - 1.0)
    assert record.series().steps == cut
    assert record.series().high.max(initial=0.0) <= max(cut - 1.0, 0.0)  # no spike of what was abandoned
    record.append(1e6)
    assert record.series().steps == cut + 1
    assert record.series().high[-1] == 1e6
    assert np.array_equal(before.low, kept)


def test_what_begins_late_is_missing_before(small: int) -> None:
    history = History()
    for step in range(5 * small):
        history.append(float(step))
    history.append(1.0, validation_loss=7.0, rate=0.5)
    history.append(2.0)
    for series, value in ((history.validation_losses(), 7.0), (history.rates(), 0.5)):
        assert series is not None
        assert series.steps == 5 * small + 2
        assert series.stride == history.losses().stride
        assert np.isnan(series.low[0])
        assert series.at(5 * small + 1)[1] == value


def test_the_part_up_to_a_step_is_what_was_there_then(small: int) -> None:
    values = np.random.default_rng(0).normal(size=50)
    series = filled(values).series().upto(20)
    assert series.steps == 20
    assert np.array_equal(series.low, values[:20])
    assert series.at(20) == (values[19], values[19])
