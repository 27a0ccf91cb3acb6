"""The loss plot: every step counts, no spike vanishes, the view grows in steps, the readout is true."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel

from core.training import history as history_module
from core.training.history import Record, Series
from gui.plots.decimation import BLOCK, Extremes
from gui.plots.loss_plot import LossPlot
from gui.plots.ticks import linear_ticks, log_ticks
from gui.theme import VALIDATION, Theme

NONE, LEFT, MIDDLE = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
FREE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
EXPONENT = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"


@pytest.fixture
def plot(qtbot):
    plot = LossPlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(480, 420)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def falling(count):
    """A loss that falls from 10 to 0.1, with some noise."""
    noise = np.random.default_rng(3).uniform(0.8, 1.2, size=count)
    return (0.1 + 9.9 * np.exp(-np.arange(count) / (count / 6 + 1))) * noise


def series(values, stride=1):
    """The series of a run with these numbers, kept as a Record keeps them."""
    values = np.asarray(values, dtype=np.float64)
    if stride == 1:
        return Series(values, values, 1, len(values))
    groups = [values[start : start + stride] for start in range(0, len(values), stride)]
    low, high = (np.array([reduce(group) for group in groups]) for reduce in (np.fmin.reduce, np.fmax.reduce))
    return Series(low, high, stride, len(values))


def show(plot, losses, validation=None, rates=None, step=None):
    """Show a run, at its newest step unless told otherwise."""
    known = series(losses) if isinstance(losses, np.ndarray | list) else losses
    plot.show_history(known, validation, rates, known.steps if step is None else step)


def curve(plot):
    x, y = plot.losses.trace.getData()
    return np.asarray(x), np.asarray(y)


def view(plot):
    return np.array(plot.getViewBox().viewRange())


def pixel(plot, step, height):
    return plot.getViewBox().mapViewToScene(QPointF(step, height))


def mouse(plot, kind, at, button=NONE, buttons=NONE, modifiers=FREE):
    everywhere = QPointF(plot.viewport().mapToGlobal(at.toPoint()))
    QApplication.sendEvent(plot.viewport(), QMouseEvent(kind, at, everywhere, button, buttons, modifiers))


def drag(plot, steps, modifiers=FREE):
    """Press over the first of these steps, drag over the others, and let go over the last."""
    at = [pixel(plot, step, 0) for step in steps]
    mouse(plot, QEvent.Type.MouseButtonPress, at[0], LEFT, LEFT, modifiers)
    for place in at[1:]:
        mouse(plot, QEvent.Type.MouseMove, place, NONE, LEFT, modifiers)
    mouse(plot, QEvent.Type.MouseButtonRelease, at[-1], LEFT, NONE, modifiers)


def told(signal):
    """A list that grows by what the signal tells."""
    heard = []
    signal.connect(heard.append)
    return heard


def wheel(plot, at, turned=120):
    event = QWheelEvent(at, at, QPoint(), QPoint(0, turned), NONE, FREE, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(plot.viewport(), event)


def drawn_where(plot, colour="#d55e00"):
    """Whether a picture of the plot shows the colour of the model in each pixel, [height, width]."""
    image = plot.grab().toImage().convertToFormat(plot.grab().toImage().Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    wanted = [int(colour[at : at + 2], 16) for at in (5, 3, 1)]
    return (np.abs(pixels[:, :, :3].astype(int) - wanted) < 60).all(axis=2)


def colours(plot):
    """A picture of the plot, [height, width, 4]."""
    image = plot.grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels.copy()


class TestDecimation:
    anything = st.floats(width=32) | st.just(0.0)

    @given(
        arrays(np.float64, st.integers(1, 700), elements=anything),
        st.integers(1, 40),
        st.booleans(),
        st.data(),
    )
    def test_columns_have_the_extremes_of_their_steps(self, losses, pixels, logarithmic, data):
        first, last = sorted(data.draw(st.tuples(st.integers(0, 700), st.integers(0, 700))))
        extremes = Extremes()
        extremes.take(series(losses))
        x, low, high = extremes.columns(first, last, pixels, logarithmic)
        usable = np.isfinite(losses) & (losses >= 0 if logarithmic else True)
        width = 1
        while width * 2 <= (last - first) / pixels:
            width *= 2
        steps = np.arange(1, len(losses) + 1)
        for middle, least, greatest in zip(x, low, high, strict=True):
            mine = losses[usable & ((steps - 1) // width == (int(middle) - 1) // width)]
            assert np.isnan(least) if not len(mine) else (least, greatest) == (mine.min(), mine.max())

    @given(
        arrays(np.float64, st.integers(1, 700), elements=anything), st.sampled_from([2, 4, 8]), st.booleans()
    )
    def test_of_steps_kept_together_no_extreme_is_lost(self, losses, stride, logarithmic):
        extremes = Extremes()
        extremes.take(series(np.where(np.isfinite(losses), losses, np.nan), stride))
        usable = losses[np.isfinite(losses) & (losses > 0 if logarithmic else True)]
        found = extremes.extent(logarithmic)
        assert (found is None) == (not len(usable))
        if found is not None and not logarithmic:
            assert found == (usable.min(), usable.max())
        elif found is not None:  # of steps kept together with one below zero, only the greatest is known
            assert found[1] == usable.max()
            assert usable.min() <= found[0] <= usable.max()

    @pytest.mark.parametrize("ends", [(2.0, np.inf), (-np.inf, 2.0), (2.0, np.nan)])
    def test_one_known_end_of_a_range_is_drawn(self, ends):
        extremes = Extremes()
        extremes.take(Series(np.array(ends[:1]), np.array(ends[1:]), 2, 2))
        assert extremes.extent(False) == (2.0, 2.0)

    @given(st.lists(st.integers(0, 600), min_size=1, max_size=12), st.integers(0, 2**32 - 1))
    def test_growing_and_stepping_back_gives_what_a_fresh_look_gives(self, lengths, seed):
        losses = np.random.default_rng(seed).exponential(size=600)
        grown, fresh = Extremes(), Extremes()
        for length in lengths:
            grown.take(series(losses[:length]))
        fresh.take(series(losses[: lengths[-1]].copy()))
        for one, other in zip(grown.columns(0, 600, 5, True), fresh.columns(0, 600, 5, True), strict=True):
            assert np.array_equal(one, other)

    def test_another_history_in_the_same_place_is_noticed(self):
        extremes = Extremes()
        extremes.take(series(np.full(10 * BLOCK, 1.0)))
        extremes.take(series(np.full(12 * BLOCK, 5.0)))
        assert extremes.extent(False) == (5.0, 5.0)

    @pytest.mark.parametrize("room", [256, 1 << 20])
    def test_it_follows_a_record_through_growth_coarsening_and_branches(self, monkeypatch, room):
        monkeypatch.setattr(history_module, "FIRST_ROOM", 128)
        monkeypatch.setattr(history_module, "MOST_ROOM", room)
        random = np.random.default_rng(8)
        record, extremes = Record(), Extremes()
        for _frame in range(60):
            if random.random() < 0.2:
                record.cut(int(random.integers(0, record.series().steps + 1)), random.exponential())
            for value in random.exponential(size=random.integers(1, 90)):
                record.append(value)
            known = record.series()
            extremes.take(known)
            fresh = Extremes()
            fresh.take(Series(known.low.copy(), known.high.copy(), known.stride, known.steps))
            assert extremes.extent(True) == fresh.extent(True) == (known.low.min(), known.high.max())
            for one, other in zip(
                extremes.columns(0, known.steps, 3, False),
                fresh.columns(0, known.steps, 3, False),
                strict=True,
            ):
                assert np.array_equal(one, other)

    @pytest.mark.parametrize("logarithmic", [True, False])
    @pytest.mark.parametrize("at", [0, 1, 63, 64, 499_999, 999_936, 999_999])
    def test_one_spike_in_a_million_survives(self, plot, at, logarithmic):
        losses = np.full(1_000_000, 0.5)
        losses[at] = 80.0
        plot.show_logarithmic(logarithmic)
        show(plot, losses)
        x, y = curve(plot)
        assert len(x) < 4_000
        peak = np.argmax(y)
        assert y[peak] == (np.log10(80.0) if logarithmic else 80.0)
        assert abs(x[peak] - (at + 1)) <= 1_000_000 / plot.area().width() * 2
        assert view(plot)[1, 1] >= y[peak]

    def test_a_spike_is_seen_on_the_screen(self, plot):
        losses = np.full(1_000_000, 0.5)
        losses[300_000] = 80.0
        show(plot, losses)
        spike = pixel(plot, 300_001, np.log10(20))
        column = drawn_where(plot)[round(spike.y()), :]
        assert column[round(spike.x()) - 3 : round(spike.x()) + 4].any()

    def test_a_frame_costs_about_the_same_however_long_the_run(self, plot):
        buffer = falling(10_000_000)

        def cost(steps):
            show(plot, buffer[:steps])
            times = []
            for frame in range(15):
                start = time.perf_counter()
                show(plot, buffer[: steps + 500 * frame])
                times.append(time.perf_counter() - start)
            return np.median(times)

        short = cost(10_000)
        assert cost(9_000_000) < 6 * short


class TestCurve:
    def test_few_steps_are_drawn_one_by_one(self, plot):
        losses = falling(150)
        show(plot, losses)
        x, y = curve(plot)
        assert np.array_equal(x, np.arange(1, 151))
        assert y == pytest.approx(np.log10(losses))

    def test_linear_shows_the_losses_themselves(self, plot):
        losses = falling(150)
        show(plot, losses)
        plot.show_logarithmic(False)
        assert np.array_equal(curve(plot)[1], losses)
        assert view(plot)[1, 0] == 0
        assert view(plot)[1, 1] >= losses.max()

    def test_losses_that_have_no_logarithm_leave_a_gap(self, plot):
        losses = np.array([4.0, 2.0, 0.0, 1.0, -1.0, np.inf, np.nan, 0.5, 0.25])
        show(plot, losses)
        connected = plot.losses.trace.opts["connect"]
        known = np.isfinite(losses) & (losses >= 0)
        assert list(connected[:-1]) == list(known[:-1] & known[1:])
        assert np.isfinite(view(plot)).all()

    @pytest.mark.parametrize("logarithmic", [True, False])
    @pytest.mark.parametrize(
        "losses", [[0.0, 0.0], [np.nan], [np.inf, -np.inf], [1e300, 1e-300], [5e-324], [-1.7e308]]
    )
    def test_strange_losses_are_no_reason_to_fail(self, plot, losses, logarithmic):
        plot.show_logarithmic(logarithmic)
        show(plot, np.array(losses))
        plot.fit_view()
        plot.grab()
        assert np.isfinite(view(plot)).all()

    def test_the_marker_is_at_the_newest_step(self, plot):
        losses = falling(500)
        for steps in (1, 20, 500):
            show(plot, losses[:steps])
            assert plot.losses.dot.isVisible()
            assert (plot.losses.dot.x(), plot.losses.dot.y()) == (steps, np.log10(losses[steps - 1]))

    def test_clear_empties_the_plot(self, plot):
        assert plot.empty_text.isVisible()
        show(plot, falling(50))
        assert not plot.empty_text.isVisible()
        plot.clear()
        assert plot.empty_text.isVisible()
        assert len(curve(plot)[0]) == 0
        show(plot, falling(7))
        assert len(curve(plot)[0]) == 7


class TestChosenStep:
    def test_what_comes_after_it_is_muted_and_the_dot_stands_at_it(self, plot):
        losses = falling(200)
        show(plot, losses, step=80)
        past, later = curve(plot), np.array(plot.losses.beyond.getData())
        assert past[0].tolist() == list(range(1, 81))
        assert later[0].tolist() == list(range(80, 201))
        assert later[1] == pytest.approx(np.log10(losses[79:]))
        assert (plot.losses.dot.x(), plot.losses.dot.y()) == (80, np.log10(losses[79]))
        assert plot.chosen_line.isVisible()
        assert set(plot.chosen_line.getData()[0]) == {80}

    def test_at_the_newest_step_nothing_is_muted_and_there_is_no_line(self, plot):
        losses = falling(200)
        show(plot, losses, step=80)
        show(plot, losses)
        assert len(plot.losses.beyond.getData()[0]) == 0
        assert not plot.chosen_line.isVisible()

    def test_at_the_start_the_whole_curve_is_muted(self, plot):
        show(plot, falling(200), step=0)
        assert len(curve(plot)[0]) == 0
        assert len(plot.losses.beyond.getData()[0]) == 200
        assert not plot.losses.dot.isVisible()
        assert plot.chosen_line.isVisible()

    def test_going_back_moves_no_view(self, plot):
        losses = falling(200)
        show(plot, losses)
        before = view(plot)
        for step in (150, 3, 0, 200):
            show(plot, losses, step=step)
            assert np.array_equal(view(plot), before)

    def test_it_is_seen_where_the_steps_are_many(self, plot):
        losses = falling(1_000_000)
        show(plot, series(losses, 8), step=500_001)
        x_past, x_later = curve(plot)[0], plot.losses.beyond.getData()[0]
        pixel = 1_000_000 / plot.area().width()
        assert abs(x_past[-1] - 500_001) < 2 * pixel
        assert abs(x_later[0] - 500_001) < 2 * pixel
        assert x_later[-1] == pytest.approx(1_000_000, abs=2 * pixel)


def entries(plot):
    return [entry.key for entry in plot.legend.shown]


class TestHeldOut:
    def test_its_losses_are_a_second_curve_told_apart_by_more_than_colour(self, plot):
        losses, held_out = falling(300), 2 * falling(300)
        show(plot, losses, series(held_out))
        x, y = plot.validation.trace.getData()
        assert (x[0], x[-1]) == (1, 300)
        assert y == pytest.approx(np.log10(held_out))
        assert plot.validation.trace.smooth_pen.style() != plot.losses.trace.smooth_pen.style()
        assert plot.validation.dot.brush().color() != plot.validation.dot.pen().color()
        assert entries(plot) == ["training", "held_out"]
        assert drawn_where(plot, VALIDATION.lower()).any()

    def test_a_curve_alone_needs_no_legend(self, plot):
        show(plot, falling(300))
        assert entries(plot) == []

    def test_what_is_missing_leaves_a_gap(self, plot):
        held_out = falling(300)
        held_out[:200] = np.nan
        show(plot, falling(300), series(held_out))
        connected = plot.validation.trace.opts["connect"]
        assert not connected[:200].any()
        assert connected[200:-1].all()

    def test_all_of_it_is_in_view(self, plot):
        show(plot, falling(300), series(1000 * falling(300)))
        assert view(plot)[1, 1] >= 4
        assert view(plot)[1, 0] <= -1


class TestRates:
    @pytest.fixture
    def scheduled(self, plot):
        self.rates = 0.1 * (1.1 + np.cos(np.arange(400) / 50))
        show(plot, falling(400), None, series(self.rates))
        plot.grab()
        return plot

    def test_there_is_a_strip_only_for_a_schedule(self, scheduled):
        assert scheduled.rates.area().height() == pytest.approx(56, abs=1)
        assert scheduled.rates.area().top() > scheduled.area().bottom()
        show(scheduled, falling(400))
        scheduled.grab()
        assert scheduled.rates.area().isEmpty()
        assert not scheduled.rates.box.isVisible()

    def test_it_has_the_steps_of_the_losses_whatever_is_done_to_the_view(self, scheduled):
        for act in (
            lambda: None,
            lambda: wheel(scheduled, pixel(scheduled, 100, 0)),
            lambda: wheel(scheduled, scheduled.rates.area().center(), 240),
            lambda: show(scheduled, falling(5000), None, series(np.full(5000, 0.1))),
            scheduled.fit_view,
        ):
            act()
            scheduled.grab()
            assert scheduled.rates.box.viewRange()[0] == pytest.approx(view(scheduled)[0])
            assert scheduled.rates.area().left() == pytest.approx(scheduled.area().left())
            assert scheduled.rates.area().right() == pytest.approx(scheduled.area().right())

    def test_every_rate_is_drawn_and_in_view(self, scheduled):
        x, y = scheduled.rates.curve.trace.getData()
        assert (x[0], x[-1]) == (1, 400)
        assert y == pytest.approx(np.log10(self.rates))
        low, high = scheduled.rates.box.viewRange()[1]
        assert low < y.min() < y.max() < high

    def test_the_wheel_and_a_drag_on_it_leave_the_losses_where_they_are(self, scheduled):
        before, at = view(scheduled), scheduled.rates.area().center()
        wheel(scheduled, at)
        assert np.array_equal(view(scheduled)[1], before[1])
        mouse(scheduled, QEvent.Type.MouseButtonPress, at, MIDDLE, MIDDLE)
        mouse(scheduled, QEvent.Type.MouseMove, at + QPointF(40, 9), NONE, MIDDLE)
        mouse(scheduled, QEvent.Type.MouseButtonRelease, at + QPointF(40, 9), MIDDLE, NONE)
        assert np.array_equal(view(scheduled)[1], before[1])
        assert view(scheduled)[0, 0] < before[0, 0] + np.ptp(before[0])

    def test_a_rate_that_falls_to_nothing_does_not_flatten_the_rest(self, plot):
        rates = np.append(np.full(50, 0.1), [1e-30, 0.0])
        show(plot, falling(52), None, series(rates))
        low, high = plot.rates.box.viewRange()[1]
        assert high - low < 8
        assert high > -1

    def test_the_chosen_step_is_marked_on_it_too(self, scheduled):
        show(scheduled, falling(400), None, series(self.rates), step=30)
        assert scheduled.rates.curve.dot.x() == 30
        assert set(scheduled.rates.line.getData()[0]) == {30}


class TestGhost:
    def test_the_abandoned_part_is_drawn_from_where_it_branched_off(self, plot):
        old, new = falling(300), 0.5 * falling(200)
        show(plot, old)
        plot.show_ghost(series(old), 120)
        show(plot, new)
        x, y = plot.ghost.trace.getData()
        assert x.tolist() == list(range(120, 301))
        assert y == pytest.approx(np.log10(old[119:]))
        behind_to_front = plot.box.childGroup.childItems()
        assert behind_to_front.index(plot.ghost.trace) < behind_to_front.index(plot.losses.trace)
        assert entries(plot) == ["training", "abandoned"]

    def test_all_its_steps_are_in_view(self, plot):
        plot.show_ghost(series(falling(3000)), 50)
        show(plot, falling(60))
        plot.fit_view()
        assert view(plot)[0, 1] >= 3000

    def test_one_that_diverged_does_not_press_the_others_flat(self, plot):
        show(plot, falling(60))
        plot.fit_view()
        before = view(plot)[1]
        plot.show_ghost(series(np.append(falling(60), 10.0 ** np.arange(1, 30))), 60)
        plot.fit_view()
        assert view(plot)[1, 1] == before[1]

    def test_one_that_came_lower_is_in_view(self, plot):
        plot.show_ghost(series(np.geomspace(1, 1e-6, 80)), 60)
        show(plot, falling(60))
        assert view(plot)[1, 0] <= -6

    def test_none_takes_it_away(self, plot):
        show(plot, falling(60))
        plot.show_ghost(series(falling(90)), 50)
        plot.show_ghost(None, 0)
        assert len(plot.ghost.trace.getData()[0]) == 0
        assert entries(plot) == []


class TestRange:
    def test_grows_in_steps_and_never_shrinks_while_running(self, plot):
        plot.set_running(True)
        losses = falling(20_000)
        ranges = []
        for steps in range(10, 20_000, 35):
            show(plot, losses[:steps])
            ranges.append(view(plot))
        ranges = np.array(ranges)
        assert (np.diff(ranges[:, :, 0], axis=0) <= 0).all()
        assert (np.diff(ranges[:, :, 1], axis=0) >= 0).all()
        limits = set(ranges[:, 0, 1])
        assert limits <= {10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000}
        assert len(limits) > 8
        assert len(np.unique(ranges[:, 1], axis=0)) < 15

    def test_every_loss_is_in_view(self, plot):
        losses = falling(3000)
        for steps in (1, 2, 10, 900, 3000):
            show(plot, losses[:steps])
            x, y = view(plot)
            assert x[0] <= 1 <= steps <= x[1]
            assert y[0] <= np.log10(losses[:steps].min())
            assert y[1] >= np.log10(losses[:steps].max())

    def test_a_zoom_stays_while_training_runs_until_f(self, plot):
        plot.set_running(True)
        losses = falling(2000)
        show(plot, losses[:500])
        at = pixel(plot, 100, 0)
        wheel(plot, at)
        zoomed = view(plot)
        assert np.ptp(zoomed[0]) == pytest.approx(1000 * 1.0015**-120)
        assert (pixel(plot, 100, 0) - at).manhattanLength() < 0.01
        show(plot, losses)
        assert np.array_equal(view(plot), zoomed)
        QApplication.sendEvent(plot, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F, FREE))
        assert view(plot)[0, 1] >= 2000

    def test_the_wheel_over_an_axis_zooms_that_axis_alone(self, plot):
        show(plot, falling(100))
        before = view(plot)
        wheel(plot, QPointF(250, 415))
        assert np.ptp(view(plot)[0]) < np.ptp(before[0])
        assert np.array_equal(view(plot)[1], before[1])

    def test_a_middle_drag_pans(self, plot):
        show(plot, falling(100))
        before = view(plot)
        start, end = pixel(plot, 50, 0), pixel(plot, 40, 0.5)
        mouse(plot, QEvent.Type.MouseButtonPress, start, MIDDLE, MIDDLE)
        mouse(plot, QEvent.Type.MouseMove, end, NONE, MIDDLE)
        mouse(plot, QEvent.Type.MouseButtonRelease, end, MIDDLE, NONE)
        assert view(plot) == pytest.approx(before + np.array([[10], [-0.5]]))


class TestReadout:
    @pytest.fixture
    def readout(self, plot):
        return plot.findChild(QLabel, "loss_readout")

    def test_tells_the_loss_of_the_step_under_the_cursor(self, plot, readout):
        losses = falling(4000)
        show(plot, losses)
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 1240, 0))
        step = int(readout.text().split()[1].replace(",", ""))
        assert abs(step - 1240) <= 5000 / plot.area().width()
        assert readout.text() == f"step {step:,}  loss before it {losses[step - 1]:.4g}"
        assert readout.isVisible()

    def test_beyond_the_newest_step_it_tells_the_newest(self, plot, readout):
        show(plot, falling(60))
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 90, 0))
        assert readout.text().startswith("step 60 ")
        show(plot, falling(70))
        assert readout.text().startswith("step 70 ")

    def test_of_steps_kept_together_it_tells_the_range(self, plot, readout):
        losses = falling(4000)
        show(plot, series(losses, 4))
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 1240, 0))
        first, last = (int(part.replace(",", "")) for part in readout.text().split()[1].split("–"))
        assert (first % 4, last) == (1, first + 3)
        mine = losses[first - 1 : last]
        words = f"loss before it {mine.min():.4g} to {mine.max():.4g}"
        assert readout.text() == f"step {first:,}–{last:,}  {words}"

    def test_tells_the_held_out_loss_and_the_rate_too(self, plot, readout):
        show(plot, falling(100), series(np.full(100, 0.25)), series(np.full(100, 0.001)))
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 50, 0))
        assert readout.text().splitlines()[1:] == ["validation loss 0.25", "rate 0.001"]

    def test_over_the_strip_of_the_rates_it_tells_the_same(self, plot, readout):
        show(plot, falling(100), None, series(np.full(100, 0.001)))
        plot.grab()
        mouse(plot, QEvent.Type.MouseMove, plot.rates.area().center())
        assert readout.isVisible()
        assert plot.rates.hover_line.isVisible()
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
        assert not plot.rates.hover_line.isVisible()

    def test_never_covers_the_cursor_and_is_never_cut_off(self, plot, readout):
        show(plot, falling(4000))
        area = plot.area().toRect()
        for x in np.linspace(area.left() + 1, area.right() - 1, 25):
            for y in np.linspace(area.top() + 1, area.bottom() - 1, 25):
                mouse(plot, QEvent.Type.MouseMove, QPointF(x, y))
                assert not readout.geometry().contains(round(x), round(y))
                assert QRect(0, 0, plot.width(), plot.height()).contains(readout.geometry())

    def test_goes_with_the_cursor_and_the_losses(self, plot, readout):
        show(plot, falling(60))
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, 0))
        mouse(plot, QEvent.Type.MouseMove, QPointF(3, 3))
        assert not readout.isVisible()
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, 0))
        assert readout.isVisible()
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
        assert not readout.isVisible()
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, 0))
        plot.clear()
        assert not readout.isVisible()


class TestHovering:
    def test_tells_the_step_under_the_cursor_once_and_that_it_is_gone(self, plot):
        heard = told(plot.step_hovered)
        show(plot, falling(60))
        for place in (pixel(plot, 30, 0), pixel(plot, 30, 0.2), pixel(plot, 31, 0)):
            mouse(plot, QEvent.Type.MouseMove, place)
        assert heard == [30, 31]
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
        assert heard == [30, 31, None]

    def test_tells_the_newest_step_as_it_comes_under_a_cursor_that_waits_for_it(self, plot):
        show(plot, falling(60))
        heard = told(plot.step_hovered)
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 90, 0))
        for steps in (61, 80):
            show(plot, falling(steps))
        assert heard == [60, 61, 80]

    @pytest.mark.parametrize("ends", [lambda plot: plot.clear(), lambda plot: plot.hide()])
    def test_nothing_is_hovered_over_a_plot_that_is_gone_or_empty(self, plot, ends):
        show(plot, falling(60))
        heard = told(plot.step_hovered)
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, 0))
        ends(plot)
        assert heard == [30, None]

    def test_the_cursor_says_that_the_curves_can_be_clicked(self, plot):
        def shape(at, modifiers=FREE):
            mouse(plot, QEvent.Type.MouseMove, at, modifiers=modifiers)
            return plot.viewport().cursor().shape()

        inside, outside = pixel(plot, 5, 0), QPointF(3, 3)
        assert shape(inside) == Qt.CursorShape.ArrowCursor
        show(plot, falling(60))
        assert shape(inside) == Qt.CursorShape.PointingHandCursor
        assert shape(inside, SHIFT) == Qt.CursorShape.SizeHorCursor
        assert shape(outside) == Qt.CursorShape.ArrowCursor


class TestScrubbing:
    def test_a_click_goes_to_the_step_there(self, plot):
        show(plot, falling(60))
        wanted = told(plot.step_wanted)
        drag(plot, [25])
        drag(plot, [25])
        assert wanted == [25, 25]

    def test_a_drag_goes_to_every_step_on_its_way_once(self, plot):
        show(plot, falling(60))
        wanted = told(plot.step_wanted)
        drag(plot, [40, 41, 41.2, 40.9, 42, 30])
        assert wanted == [40, 41, 42, 30]

    def test_no_further_than_from_the_start_values_to_the_newest_step(self, plot):
        show(plot, falling(60))
        wanted = told(plot.step_wanted)
        drag(plot, [0.2, -500, 95, 4000])
        assert wanted == [0, 60]

    def test_over_the_strip_of_the_rates_it_goes_to_the_step_too(self, plot):
        show(plot, falling(100), None, series(np.full(100, 0.001)))
        plot.grab()
        wanted = told(plot.step_wanted)
        at = QPointF(pixel(plot, 70, 0).x(), plot.rates.area().center().y())
        mouse(plot, QEvent.Type.MouseButtonPress, at, LEFT, LEFT)
        assert wanted == [70]

    def test_there_is_nowhere_to_go_without_a_run_or_beside_the_curves(self, plot):
        wanted = told(plot.step_wanted)
        drag(plot, [3])
        show(plot, falling(60))
        mouse(plot, QEvent.Type.MouseButtonPress, QPointF(5, 200), LEFT, LEFT)
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, 0), NONE, LEFT)
        mouse(plot, QEvent.Type.MouseButtonPress, pixel(plot, 30, 0), MIDDLE, MIDDLE)
        assert wanted == []

    def test_a_release_that_nobody_told_us_of_ends_it(self, plot):
        show(plot, falling(60))
        wanted = told(plot.step_wanted)
        mouse(plot, QEvent.Type.MouseButtonPress, pixel(plot, 25, 0), LEFT, LEFT)
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, 0))
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 40, 0), NONE, LEFT)
        assert wanted == [25]


class TestBrushing:
    @pytest.fixture
    def brushed(self, plot):
        """What the plot tells of stretches, each shown at once."""
        heard = told(plot.stretch_brushed)
        plot.stretch_brushed.connect(plot.show_stretch)
        show(plot, falling(60))
        return heard

    @pytest.mark.parametrize(
        ("way", "stretches"),
        [
            ([20, 30, 30.1, 45], [(20, 30), (20, 45)]),
            ([45, 40, 20], [(40, 45), (20, 45)]),
            ([45, 900], [(45, 60)]),
            ([20, -900], [(0, 20)]),
        ],
    )
    def test_a_drag_with_shift_marks_the_steps_on_its_way(self, plot, brushed, way, stretches):
        wanted = told(plot.step_wanted)
        drag(plot, way, SHIFT)
        assert brushed == stretches
        assert wanted == []

    def test_a_click_with_shift_marks_none(self, plot, brushed):
        drag(plot, [20, 30], SHIFT)
        drag(plot, [50], SHIFT)
        assert brushed == [(20, 30), None]

    def test_escape_marks_none_and_is_left_to_the_window_where_there_is_none(self, plot, brushed, qtbot):
        drag(plot, [20, 30], SHIFT)
        for accepted in (True, False):
            override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, FREE)
            override.ignore()
            QApplication.sendEvent(plot, override)
            assert override.isAccepted() == accepted
            qtbot.keyClick(plot, Qt.Key.Key_Escape)
        assert brushed == [(20, 30), None]

    def test_the_stretch_lies_under_a_veil_and_nothing_else_does(self, plot, brushed):
        plain = colours(plot)
        plot.show_stretch((20, 40))
        veiled = (colours(plot) != plain).any(axis=2)
        columns = np.flatnonzero(veiled.any(axis=0))
        assert len(columns) > 70
        assert columns[[0, -1]] == pytest.approx([pixel(plot, 19.5, 0).x(), pixel(plot, 40.5, 0).x()], abs=2)
        plot.show_stretch(None)
        assert np.array_equal(colours(plot), plain)

    def test_a_stretch_of_one_step_among_many_can_be_seen_and_one_out_of_view_cannot(self, plot):
        show(plot, falling(40_000))
        plain = colours(plot)
        plot.show_stretch((20_000, 20_000))
        assert (colours(plot) != plain).any()
        plot.show_stretch((60_000, 70_000))
        assert np.array_equal(colours(plot), plain)

    def test_a_new_run_has_no_stretch(self, plot):
        show(plot, falling(60))
        plain = colours(plot)
        plot.show_stretch((20, 40))
        plot.clear()
        show(plot, falling(60))
        assert np.array_equal(colours(plot), plain)


class TestMark:
    @pytest.fixture
    def readout(self, plot):
        return plot.findChild(QLabel, "loss_readout")

    def test_a_step_marked_elsewhere_is_shown_as_one_under_the_cursor(self, plot, readout):
        losses = falling(60)
        show(plot, losses)
        heard = told(plot.step_hovered)
        plot.show_mark(30)
        assert readout.text() == f"step 30  loss before it {losses[29]:.4g}"
        dot = pixel(plot, 30, np.log10(losses[29])).toPoint()
        apart = QRect(dot, dot).united(readout.geometry()).size() - readout.size()
        assert max(apart.width(), apart.height()) < 30
        assert not readout.geometry().contains(dot)
        marked = colours(plot)
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, np.log10(losses[29])))
        assert np.array_equal(colours(plot), marked)
        plot.show_mark(None)
        assert readout.isVisible()
        assert heard == [30]
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
        assert not readout.isVisible()

    def test_the_own_cursor_wins(self, plot, readout):
        show(plot, falling(60))
        mouse(plot, QEvent.Type.MouseMove, pixel(plot, 30, 0))
        plot.show_mark(50)
        assert readout.text().startswith("step 30 ")
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
        assert readout.text().startswith("step 50 ")

    def test_step_0_has_a_line_but_no_loss(self, plot, readout):
        show(plot, falling(60))
        plain = colours(plot)
        plot.show_mark(0)
        assert readout.text() == "step 0"
        assert (colours(plot) != plain).any()

    def test_a_loss_that_cannot_be_drawn_is_said_all_the_same(self, plot, readout):
        losses = falling(60)
        losses[29] = np.nan
        show(plot, losses)
        plot.show_mark(30)
        assert readout.text() == "step 30  loss before it –"
        assert readout.isVisible()

    @pytest.mark.parametrize("step", [61, 4000])
    def test_a_step_that_the_plot_does_not_know_is_not_shown(self, plot, readout, step):
        show(plot, falling(60))
        plot.show_mark(step)
        assert not readout.isVisible()

    def test_a_step_out_of_view_is_not_shown(self, plot, readout):
        show(plot, falling(60))
        plot.show_mark(30)
        wheel(plot, pixel(plot, 90, 0), 1200)
        assert not readout.isVisible()
        plot.fit_view()
        assert readout.isVisible()

    def test_an_empty_plot_has_no_mark(self, plot, readout):
        plot.show_mark(0)
        assert not readout.isVisible()


class TestTicks:
    def test_decades_are_labelled_with_the_loss(self):
        assert log_ticks(-3, 2, 8) == [
            (-3, "0.001"),
            (-2, "0.01"),
            (-1, "0.1"),
            (0, "1"),
            (1, "10"),
            (2, "100"),
        ]

    def test_far_decades_are_powers_of_ten(self):
        assert log_ticks(-9, -6, 3) == [(-9, "10⁻⁹"), (-8, "10⁻⁸"), (-7, "10⁻⁷"), (-6, "10⁻⁶")]

    @pytest.mark.parametrize(
        ("low", "high", "labels"),
        [
            (0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (-3, 3, ["−2", "0", "2"]),
            (0, 5e-7, ["0", "1·10⁻⁷", "2·10⁻⁷", "3·10⁻⁷", "4·10⁻⁷", "5·10⁻⁷"]),
            (9990, 10_010, ["9,990", "9,995", "10,000", "10,005", "10,010"]),
        ],
    )
    def test_labels_have_the_digits_that_tell_them_apart(self, low, high, labels):
        assert [text for _value, text in linear_ticks(low, high, 5)] == labels

    @given(
        st.floats(min_value=-1e12, max_value=1e12),
        st.floats(min_value=1e-9, max_value=1e12),
        st.integers(2, 12),
    )
    def test_no_two_ticks_say_the_same(self, low, width, most):
        width = max(width, 1e-9 * abs(low))
        ticks = linear_ticks(low, low + width, most)
        assert len(ticks) <= most + 1
        assert len({text for _value, text in ticks}) == len(ticks)

    @given(st.floats(min_value=-300, max_value=299), st.floats(min_value=1e-6, max_value=600))
    def test_logarithmic_ticks_stand_where_their_label_says(self, low, width):
        high = min(low + width, 300)
        for position, text in log_ticks(low, high, 8):
            assert low - 1e-9 <= position <= high + 1e-9
            assert position == pytest.approx(np.log10(meaning(text)), abs=1e-6)


def meaning(text):
    """The number that a label says."""
    mantissa, _dot, power = text.replace(",", "").rpartition("10") if text[-1] in EXPONENT else (text, "", "")
    exponent = int(power.translate(str.maketrans(EXPONENT, "-0123456789"))) if power else 0
    return float(mantissa.replace(",", "").rstrip("·") or 1) * 10.0**exponent
