"""The dialog of a sweep, used as a person uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Points, Settings, generate
from core.experiment.experiment import Stretch
from core.texts import use_language
from core.training.sweep import Sweep
from core.training.sweep_plan import CHOICES, RATE, SEED, START
from core.training.sweep_view import SweepView
from gui.dialogs.sweep_dialog import SweepDialog
from gui.dialogs.sweep_form import SweepForm
from gui.dialogs.sweep_words import outdated_sentence
from gui.main_window import MainWindow
from gui.plots.sweep_curves import SweepCurves
from gui.preferences import Preferences
from gui.screen_room import screen_room
from gui.store import Store
from gui.theme import MODEL, Theme
from tests.mouse import click, hover, leave
from tests.sweeps import losses, row, single, swept
from tests.windows import (
    LEFT,
    PATIENCE,
    action,
    opened,
    part,
    plot_of,
    snapshot,
    wait_for_rest,
    wait_for_step,
)

# What the platform without a screen says.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise", extend=True)

POINTS = generate("line")
SGD = Settings(optimizer="sgd", learning_rate=0.003)
ENDLESS = 1_000_000  # steps
FEW = {"sweep_runs": "8", "sweep_steps": "60"}


@pytest.fixture
def window(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    """A window whose person has swept few runs last time."""
    points, settings = getattr(request, "param", (POINTS, SGD))
    for key, value in FEW.items():
        Preferences().put(key, value)
    with opened(qtbot, points, settings) as made:
        yield made


def ask(qtbot: QtBot, window: MainWindow) -> SweepDialog:
    """Open the dialog with its keys."""
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(plot_of(window), Qt.Key.Key_L, keys)
    return part(window, SweepDialog, "sweep_dialog")


def button(dialog: QWidget, name: str) -> QPushButton:
    return part(dialog, QPushButton, f"sweep_{name}")


def sentence(dialog: SweepDialog) -> str:
    return part(dialog, QLabel, "sweep_sentence").text()


def press(qtbot: QtBot, dialog: SweepDialog, name: str) -> None:
    qtbot.mouseClick(button(dialog, name), LEFT)


def type_in(qtbot: QtBot, dialog: SweepDialog, key: str, text: str) -> None:
    """Overwrite a field of the form."""
    field = part(dialog, QWidget, f"sweep_{key}")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Tab)


def choose_what(dialog: SweepDialog, what: str) -> None:
    """Choose with the keys what is swept."""
    field = part(dialog, QComboBox, "sweep_what")
    field.setFocus()
    place = list(CHOICES["what"].words).index(what)
    QTest.keyClick(field, Qt.Key.Key_Home)
    for _press in range(place):
        QTest.keyClick(field, Qt.Key.Key_Down)


def complete(qtbot: QtBot, dialog: SweepDialog) -> SweepView:
    """Run a sweep to its end."""
    press(qtbot, dialog, "run")
    words = button(dialog, "run").text
    qtbot.waitUntil(lambda: dialog.view is not None and words() == "Run", timeout=PATIENCE)
    assert view_of(dialog).complete
    return view_of(dialog)


def under_way(qtbot: QtBot, dialog: SweepDialog) -> None:
    """Run a sweep that does not end by itself, until it shows something."""
    type_in(qtbot, dialog, "steps", str(ENDLESS))
    press(qtbot, dialog, "run")
    qtbot.waitUntil(lambda: progress(dialog) > 0, timeout=PATIENCE)


def view_of(dialog: SweepDialog) -> SweepView:
    assert dialog.view is not None
    return dialog.view


def progress(dialog: SweepDialog) -> int:
    return part(dialog, QProgressBar, "sweep_progress").value()


def sweeps() -> list[threading.Thread]:
    """The threads of sweeps."""
    return [thread for thread in threading.enumerate() if thread.name == "sweep"]


def on_curve(curves: SweepCurves, view: SweepView, run: int) -> QPointF:
    """A place on the curve of a run where no other one is as near."""
    area, ((left, right), (low, high)) = curves.area(), curves.view()
    place = len(curves.x) - 3
    across = (curves.x[place] - left) / (right - left)
    down = (high - view.curves[run, place]) / (high - low)
    return QPointF(area.left() + across * area.width(), area.top() + down * area.height())


# --- what a person finds ------------------------------------------------------------------------------


def test_it_opens_empty_and_says_what_it_does(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert "The run itself stays as it is" in sentence(dialog)
    assert dialog.pictures.plot.empty_text.isVisible()
    assert not button(dialog, "cancel").isEnabled()
    assert button(dialog, "cancel").toolTip() == "There is no sweep to cancel."
    assert progress(dialog) == 0
    dialog.reject()


def test_it_is_opened_from_the_learning_rate_too_and_only_once(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    qtbot.mouseClick(part(window, QPushButton, "sweep"), LEFT)
    action(window, "sweep").trigger()
    assert window.findChildren(SweepDialog) == [dialog]
    dialog.reject()


def test_everything_a_person_uses_has_a_name_and_a_tooltip(qtbot: QtBot, window: MainWindow) -> None:
    assert action(window, "sweep").toolTip()
    dialog = ask(qtbot, window)
    names = ("run", "cancel", "close", "progress", "plot", "curves", "scale", *CHOICES)
    for name in names:
        widget = part(dialog, QWidget, f"sweep_{name}")
        assert widget.toolTip(), name
    dialog.reject()


def test_only_the_fields_of_what_is_swept_are_there(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    ends = {"rate_low", "rate_high", "seed_low", "start_low", "start_high"}
    for what, there in (
        (SEED, {"seed_low"}),
        (START, {"start_low", "start_high"}),
        ("learning_rate", {"rate_low", "rate_high"}),
    ):
        choose_what(dialog, what)
        assert {key for key in ends if part(dialog, QWidget, f"sweep_{key}").isVisible()} == there
    dialog.reject()


def test_without_points_it_says_so(qtbot: QtBot, window: MainWindow) -> None:
    window.store.clear_points()
    dialog = ask(qtbot, window)
    assert dialog.pictures.curves.empty_text.isVisible()
    press(qtbot, dialog, "run")
    qtbot.waitUntil(lambda: "no points" in sentence(dialog), timeout=PATIENCE)
    assert button(dialog, "run").text() == "Run"
    dialog.reject()


@pytest.mark.parametrize(
    ("settings", "what", "words"),
    [
        (Settings(optimizer="lbfgs"), "learning_rate", "several times in a step"),
        (Settings(optimizer="rprop"), "learning_rate", "first step alone"),
        (Settings(start="zeros"), START, "All start values are zero"),
    ],
)
def test_what_cannot_be_swept_says_why(
    qtbot: QtBot, window: MainWindow, settings: Settings, what: str, words: str
) -> None:
    window.store.apply(lambda _settings: settings)
    dialog = ask(qtbot, window)
    choose_what(dialog, what)
    press(qtbot, dialog, "run")
    assert words in sentence(dialog)
    assert not sweeps()
    dialog.reject()


def test_a_plan_that_cannot_be_says_why_and_a_right_one_runs_then(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    type_in(qtbot, dialog, "rate_low", "0.5")
    type_in(qtbot, dialog, "rate_high", "0.1")
    press(qtbot, dialog, "run")
    assert sentence(dialog) == "The first value of the sweep must be below the last."
    assert not sweeps()
    type_in(qtbot, dialog, "rate_low", "0.01")
    view = complete(qtbot, dialog)
    assert view.values[[0, -1]].tolist() == [0.01, 0.1]
    dialog.reject()


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("runs", "1000", "Runs must be"),
        ("steps", "0", "Steps must be"),
        ("rate_high", "11", "Highest learning rate must be"),
    ],
)
def test_a_field_that_refuses_says_why_and_goes_back(
    qtbot: QtBot, window: MainWindow, key: str, text: str, words: str
) -> None:
    dialog = ask(qtbot, window)
    field = part(dialog, QAbstractSpinBox, f"sweep_{key}")
    before = field.text()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    press(qtbot, dialog, "run")
    assert words in sentence(dialog)
    assert not sweeps()
    assert field.text() == before
    dialog.reject()


def test_what_is_still_being_typed_counts(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    field = part(dialog, QWidget, "sweep_runs")
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, "5")
    assert len(complete(qtbot, dialog).values) == 5
    dialog.reject()


def test_the_last_choices_are_remembered(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    choose_what(dialog, START)
    type_in(qtbot, dialog, "start_high", "7")
    type_in(qtbot, dialog, "runs", "3")
    complete(qtbot, dialog)
    dialog.reject()
    form = SweepForm(Theme(), Settings(), Preferences())
    qtbot.addWidget(form)
    plan = form.plan()
    assert (plan.what, plan.high, plan.runs, plan.steps) == (START, 7, 3, 60)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_its_fields_take_as_many_lines_as_the_screen_is_too_narrow_for(qtbot: QtBot, scale: float) -> None:
    theme = Theme(scale=scale)
    dialog = SweepDialog(Store(), Preferences(), theme)
    qtbot.addWidget(dialog)
    dialog.setStyleSheet(theme.style_sheet())
    assert dialog.minimumSizeHint().width() <= screen_room(dialog).width()
    fields = [each for each in dialog.form.fields.values() if not each.isHidden()]
    dialog.show()
    lines = dialog.form.layout()
    assert lines is not None
    assert lines.count() > (scale > 1)
    assert all(field.geometry().right() < dialog.form.width() for field in fields)
    dialog.resize(1, 1)  # which becomes the least that it can be
    QApplication.processEvents()
    QApplication.processEvents()
    lists = [field for field in fields if isinstance(field, QComboBox)]
    assert all(field.width() >= field.sizeHint().width() for field in lists)


def test_what_is_remembered_wrongly_is_left_out(qtbot: QtBot) -> None:
    for key, value in (("what", "colour"), ("runs", "many"), ("steps", "-1"), ("rate_low", "nan")):
        Preferences().put(f"sweep_{key}", value)
    form = SweepForm(Theme(), Settings(learning_rate=1e-4, seed=12), Preferences())
    qtbot.addWidget(form)
    plan = form.plan()
    assert (plan.what, plan.runs, plan.steps, plan.low) == ("learning_rate", 64, 1000, 1e-5)


# --- a sweep --------------------------------------------------------------------------------------------


def test_it_shows_all_runs_and_names_the_best(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step(5)
    before = snapshot(window)
    dialog = ask(qtbot, window)
    view = complete(qtbot, dialog)
    expected = swept(POINTS, SGD, view.plan).view(dialog.pictures.curves.x)
    assert np.array_equal(view.losses, expected.losses, equal_nan=True)
    assert np.array_equal(view.curves, expected.curves, equal_nan=True)
    assert progress(dialog) == 60
    assert view.best is not None
    assert sentence(dialog).startswith(f"Best: learning rate {view.values[view.best]:g}, loss 0.")
    assert sentence(dialog).endswith("Click a row or a curve to make it the run.")
    assert snapshot(window) is before
    assert window.store.settings == SGD
    dialog.reject()


def test_pause_and_go_on(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    under_way(qtbot, dialog)
    assert button(dialog, "run").text() == "Pause"
    assert sentence(dialog).startswith("Best so far: ")
    assert not dialog.form.isEnabled()
    assert dialog.form.toolTip() == "Cancel the sweep to change this."
    press(qtbot, dialog, "run")
    qtbot.waitUntil(lambda: button(dialog, "run").text() == "Go on")
    assert not sweeps()
    here = progress(dialog)
    press(qtbot, dialog, "run")
    qtbot.waitUntil(lambda: progress(dialog) > here)
    dialog.reject()


def test_a_step_that_takes_long_holds_nothing_up(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, gate, advance = threading.Event(), threading.Event(), Sweep.advance

    def slow(sweep: Sweep) -> None:
        entered.set()
        gate.wait(30)
        advance(sweep)

    monkeypatch.setattr(Sweep, "advance", slow)
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "run")
    qtbot.waitUntil(entered.is_set, timeout=PATIENCE)
    press(qtbot, dialog, "run")
    assert button(dialog, "run").text() == "Pause"
    gate.set()
    qtbot.waitUntil(lambda: button(dialog, "run").text() == "Go on")
    assert not sweeps()
    dialog.reject()


def test_cancel_ends_the_thread_and_empties_the_pictures(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    under_way(qtbot, dialog)
    press(qtbot, dialog, "cancel")
    qtbot.waitUntil(lambda: not sweeps())
    assert dialog.isVisible()
    assert dialog.pictures.plot.empty_text.isVisible()
    assert progress(dialog) == 0
    assert button(dialog, "run").text() == "Run"
    assert dialog.form.isEnabled()
    dialog.reject()


@pytest.mark.parametrize("way", ["close", "escape", "window", "x"])
def test_closing_in_mid_sweep_ends_the_thread(qtbot: QtBot, window: MainWindow, way: str) -> None:
    dialog = ask(qtbot, window)
    under_way(qtbot, dialog)
    if way == "close":
        press(qtbot, dialog, "close")
    elif way == "escape":
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    elif way == "x":
        dialog.close()
    else:
        window.close()
    qtbot.waitUntil(lambda: not sweeps())


def test_another_choice_forgets_a_sweep_that_is_over(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    complete(qtbot, dialog)
    type_in(qtbot, dialog, "runs", "9")
    assert dialog.pictures.plot.empty_text.isVisible()
    assert len(complete(qtbot, dialog).values) == 9
    dialog.reject()


def test_a_fault_is_a_sentence(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_sweep: Sweep) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(Sweep, "advance", fail)
    dialog = ask(qtbot, window)
    press(qtbot, dialog, "run")
    qtbot.waitUntil(lambda: "the log has the details" in sentence(dialog), timeout=PATIENCE)
    assert "the sweep failed" in caplog.text
    assert button(dialog, "run").text() == "Run"
    dialog.reject()


def test_where_all_runs_diverge_it_says_what_to_do(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    type_in(qtbot, dialog, "rate_low", "5")
    type_in(qtbot, dialog, "steps", "200")
    complete(qtbot, dialog)
    assert sentence(dialog) == "All runs have diverged: sweep lower values, or standardise."
    dialog.reject()


def test_where_all_seeds_diverge_it_does_not_ask_for_lower_ones(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(learning_rate=5.0)
    dialog = ask(qtbot, window)
    choose_what(dialog, SEED)
    type_in(qtbot, dialog, "steps", "200")
    complete(qtbot, dialog)
    assert sentence(dialog) == "All runs have diverged: choose a lower learning rate, or standardise."
    dialog.reject()


def test_validation_losses_are_called_so(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(validation=0.3)
    dialog = ask(qtbot, window)
    complete(qtbot, dialog)
    assert ", validation loss " in sentence(dialog)
    dialog.reject()


def test_it_speaks_chinese(qtbot: QtBot, window: MainWindow) -> None:
    use_language("zh_CN")
    dialog = ask(qtbot, window)
    assert button(dialog, "run").text() == "运行"
    press(qtbot, dialog, "run")
    qtbot.waitUntil(lambda: sentence(dialog).startswith("最好："), timeout=PATIENCE)
    assert sentence(dialog).endswith("单击一行或一条曲线，即可采用这次训练。")
    hover(dialog.pictures.plot.viewport(), row(dialog.pictures.plot, 0))
    assert sentence(dialog).startswith("学习率 0.0001，第 60 步的损失为 ")
    assert "." not in sentence(dialog).replace("0.", "").replace("1.", "").replace("2.", "")
    dialog.reject()


# --- pointing and choosing ------------------------------------------------------------------------------


def test_pointing_at_a_row_tells_its_run(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    view = complete(qtbot, dialog)
    plot = dialog.pictures.plot
    for run in (0, 3, 7):
        hover(plot.viewport(), row(plot, run))
        assert f"earning rate {view.values[run]:g}" in sentence(dialog)
    assert view.diverged_at[7]
    assert f"diverged at step {view.diverged_at[7]}." in sentence(dialog)
    leave(plot.viewport())
    assert sentence(dialog).startswith("Best: ")
    dialog.reject()


def test_pointing_at_a_curve_tells_its_run_and_beside_all_none(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    view = complete(qtbot, dialog)
    curves = dialog.pictures.curves
    for run in (0, 3, 4):
        hover(curves.viewport(), on_curve(curves, view, run))
        assert f"earning rate {view.values[run]:g}, " in sentence(dialog)
    hover(curves.viewport(), curves.area().topLeft() + QPointF(2, 2))
    assert sentence(dialog).startswith("Best: ")
    hover(curves.viewport(), QPointF(1, 1))
    assert sentence(dialog).startswith("Best: ")
    dialog.reject()


def test_the_best_curve_is_painted_strongest(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    view = complete(qtbot, dialog)
    assert view.best is not None
    curves = dialog.pictures.curves
    place = on_curve(curves, view, view.best).toPoint()
    picture = curves.viewport().grab().toImage()
    near = {picture.pixelColor(place.x(), place.y() + down).name() for down in range(-3, 4)}
    assert QColor(MODEL).name() in near
    dialog.reject()


@pytest.mark.parametrize("picture", ["plot", "curves"])
def test_a_click_makes_it_the_run_which_gives_that_curve(
    qtbot: QtBot, window: MainWindow, picture: str
) -> None:
    dialog = ask(qtbot, window)
    view = complete(qtbot, dialog)
    run = 4
    if picture == "plot":
        click(dialog.pictures.plot.viewport(), row(dialog.pictures.plot, run))
    else:
        curves = dialog.pictures.curves
        click(curves.viewport(), on_curve(curves, view, run))
    value = float(view.values[run])
    assert window.store.settings.learning_rate == value
    assert "Undo there brings the old settings back" in sentence(dialog)
    wait_for_step(qtbot, window, 60)
    window.session.pause()
    history = window.session.history
    assert history is not None
    assert history.losses().low[:60] == pytest.approx(view.losses[run], rel=1e-5)
    action(window, "undo").trigger()
    assert window.store.settings == SGD
    assert not window.store.undo_stack.canUndo()
    dialog.reject()


def test_one_undo_brings_back_the_settings_together_with_the_run_that_it_took_the_place_of(
    qtbot: QtBot, window: MainWindow
) -> None:
    wait_for_rest(qtbot, window)
    window.session.step(20)
    wait_for_rest(qtbot, window)
    dialog = ask(qtbot, window)
    complete(qtbot, dialog)
    click(dialog.pictures.plot.viewport(), row(dialog.pictures.plot, 4))
    assert window.store.settings != SGD
    wait_for_step(qtbot, window, 5)
    window.session.pause()
    action(window, "undo").trigger()
    assert window.store.settings == SGD
    assert window.session.snapshot is not None
    assert window.session.snapshot.step == 20
    action(window, "redo").trigger()
    assert window.store.settings != SGD
    assert window.session.snapshot.step >= 5
    dialog.reject()


def test_it_becomes_the_run_without_what_was_recorded_of_the_old_one(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = Stretch(5, POINTS, replace(SGD, learning_rate=0.1))
    window.store.open(Experiment(POINTS, SGD, (before,)))
    wait_for_rest(qtbot, window)
    dialog = ask(qtbot, window)
    type_in(qtbot, dialog, "rate_low", "0.003")
    view = complete(qtbot, dialog)
    click(dialog.pictures.plot.viewport(), row(dialog.pictures.plot, 0))
    assert window.store.settings == SGD
    wait_for_step(qtbot, window, 60)
    window.session.pause()
    history = window.session.history
    assert history is not None
    assert history.losses().low[:60] == pytest.approx(view.losses[0], rel=1e-5)
    dialog.reject()


@pytest.mark.parametrize("what", [SEED, START])
def test_a_run_of_another_seed_or_start_is_the_run_too(qtbot: QtBot, window: MainWindow, what: str) -> None:
    dialog = ask(qtbot, window)
    choose_what(dialog, what)
    view = complete(qtbot, dialog)
    click(dialog.pictures.plot.viewport(), row(dialog.pictures.plot, 2))
    settings = window.store.settings
    if what == SEED:
        assert (settings.seed, settings.start) == (view.values[2], "pytorch")
    else:
        assert (settings.start, settings.start_values) == ("own", tuple(view.starts[2]))
    one = single(POINTS, settings, 60)
    assert losses(one) == pytest.approx(view.losses[2], rel=1e-5)
    wait_for_step(qtbot, window, 1)
    dialog.reject()


def test_the_keys_go_from_row_to_row_and_enter_takes_one(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    view = complete(qtbot, dialog)
    plot = dialog.pictures.plot
    assert view.best is not None
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert sentence(dialog).startswith("Best: ")
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert f"earning rate {view.values[view.best - 1]:g}" in sentence(dialog)
    qtbot.keyClick(plot, Qt.Key.Key_PageUp)
    assert f"earning rate {view.values[-1]:g}" in sentence(dialog)
    qtbot.keyClick(plot, Qt.Key.Key_PageDown)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert window.store.settings.learning_rate == view.values[0]
    wait_for_step(qtbot, window)
    dialog.reject()


def test_before_a_sweep_neither_mouse_nor_keys_choose_anything(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    plot = dialog.pictures.plot
    click(plot.viewport(), plot.area().center())
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert "The run itself stays as it is" in sentence(dialog)
    assert window.store.settings == SGD
    dialog.reject()


# --- while the window changes -----------------------------------------------------------------------------


def test_it_says_when_it_is_out_of_date(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    complete(qtbot, dialog)
    window.store.change(learning_rate=0.5, epochs=7, engine="compiled")
    assert "have changed since" not in sentence(dialog)
    window.store.change(loss="mae")
    assert sentence(dialog).endswith("Points or settings have changed since: Run sweeps them anew.")
    action(window, "undo").trigger()
    assert "have changed since" not in sentence(dialog)
    window.store.add_points([0.0], [1.0])
    assert "have changed since" in sentence(dialog)
    view = complete(qtbot, dialog)
    assert "have changed since" not in sentence(dialog)
    expected = swept(window.store.points, window.store.settings, view.plan).view(view.values)
    assert np.array_equal(view.losses, expected.losses, equal_nan=True)
    dialog.reject()


@pytest.mark.parametrize(
    ("what", "changes", "says"),
    [
        (RATE, {"learning_rate": 0.5}, False),
        (RATE, {"seed": 7}, True),
        (RATE, {"start": "own", "start_values": (1.0, 2.0)}, True),
        (SEED, {"seed": 7, "start": "own", "start_values": (1.0, 2.0)}, False),
        (SEED, {"learning_rate": 0.5}, True),
        (START, {"start": "own", "start_values": (1.0, 2.0)}, False),
        (START, {"learning_rate": 0.5}, True),
        (START, {"seed": 7}, True),
    ],
)
def test_only_what_a_run_has_of_its_own_may_be_another_one(
    what: str, changes: dict[str, Any], says: bool
) -> None:
    swept_upon = Experiment(POINTS, SGD)
    now = replace(swept_upon, settings=replace(SGD, **changes))
    assert bool(outdated_sentence(what, swept_upon, now)) == says


def test_a_run_that_was_taken_makes_nothing_out_of_date(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(start="own", start_values=(1.0, 2.0))
    dialog = ask(qtbot, window)
    for what in (SEED, START, RATE):
        choose_what(dialog, what)
        complete(qtbot, dialog)
        before = window.store.settings
        click(dialog.pictures.plot.viewport(), row(dialog.pictures.plot, 2))
        assert window.store.settings != before
        leave(dialog.pictures.plot.viewport())
        assert sentence(dialog).endswith("Click a row or a curve to make it the run.")
    wait_for_rest(qtbot, window)
    dialog.reject()


def test_a_sweep_goes_on_upon_what_there_was_when_it_began(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    under_way(qtbot, dialog)
    window.store.clear_points()
    here = progress(dialog)
    qtbot.waitUntil(lambda: progress(dialog) > here)
    assert "have changed since" in sentence(dialog)
    dialog.reject()


def test_start_values_of_what_was_before_are_not_taken(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    choose_what(dialog, START)
    complete(qtbot, dialog)
    window.store.change(model="polynomial")
    changed = window.store.settings
    click(dialog.pictures.plot.viewport(), row(dialog.pictures.plot, 2))
    assert sentence(dialog) == "Points or settings have changed since: Run sweeps them anew."
    assert window.store.settings == changed
    wait_for_rest(qtbot, window)
    dialog.reject()


def test_points_that_are_drawn_before_a_sweep_are_shown(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ask(qtbot, window)
    window.store.replace(Points([10.0, 20.0], [5.0, 6.0], "length", "weight"))
    curves = dialog.pictures.curves
    assert curves.dots.getData()[0].tolist() == [10.0, 20.0]
    assert (curves.axes["bottom"].name, curves.axes["left"].name) == ("length", "weight")
    dialog.reject()
