"""The dialog that finds a learning rate, used as a person uses it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings, generate
from core.training.rate_finder import COUNT, RateSearch, find_rate
from gui.dialogs import rate_dialog
from gui.dialogs.rate_dialog import RateDialog
from gui.main_window import MainWindow
from gui.plots.rate_plot import RatePlot
from tests.windows import LEFT, PATIENCE, action, opened, part, plot_of, snapshot

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # of the platform without a screen

LINE = generate("line")
SGD = Settings(optimizer="sgd", learning_rate=0.001)
FAR_OFF = replace(SGD, start="own", start_values=(1e10, 0.0))  # the loss is beyond float32


@pytest.fixture
def window(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    points, settings = getattr(request, "param", (LINE, SGD))
    with opened(qtbot, points, settings) as made:
        yield made


def ask(qtbot: QtBot, window: MainWindow) -> RateDialog:
    """Open the dialog with its key."""
    qtbot.keyClick(plot_of(window), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    return part(window, RateDialog, "rate_dialog")


def use(dialog: RateDialog) -> QPushButton:
    return part(dialog, QPushButton, "rate_use")


def sentence(dialog: RateDialog) -> str:
    return part(dialog, QLabel, "rate_sentence").text()


def found(qtbot: QtBot, window: MainWindow) -> RateDialog:
    """The dialog, when its search is over."""
    dialog = ask(qtbot, window)
    qtbot.waitUntil(lambda: bool(sentence(dialog)), timeout=PATIENCE)
    return dialog


def searches() -> list[threading.Thread]:
    """The threads of backgrounds, of which a window has two at most."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("background")]


def point_at(dialog: RateDialog, rate: float) -> QPointF:
    """Where a rate is on the plot."""
    plot = dialog.plot
    (left, right), area = plot.view()[0], plot.area()
    across = area.left() + (np.log10(rate) - left) / (right - left) * area.width()
    return QPointF(float(across), area.center().y())


def wait_to_be_halted(
    _points: Points, _settings: Settings, halted: Callable[[], bool], _report: Callable[[float, float], None]
) -> RateSearch:
    """A search that has not come to its first rate when it is halted."""
    never = threading.Event()
    while not halted():
        never.wait(0.002)
    return RateSearch(np.empty(0), np.empty(0), None, "")


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A search that reports a few steps and then waits to be halted; set when it has been."""
    over = threading.Event()

    def wait(
        points: Points, settings: Settings, halted: Callable[[], bool], report: Callable[[float, float], None]
    ) -> RateSearch:
        told: list[float] = []
        never = threading.Event()

        def tell(rate: float, loss: float) -> None:
            told.append(rate)
            report(rate, loss)
            while len(told) == 20 and not halted():
                never.wait(0.002)

        try:
            return find_rate(points, settings, halted, tell)
        finally:
            over.set()

    monkeypatch.setattr(rate_dialog, "find_rate", wait)
    return over


# --- what a person does -----------------------------------------------------------------------------------


def test_the_rate_that_is_proposed_is_used_with_one_click_and_can_be_undone(
    qtbot: QtBot, window: MainWindow
) -> None:
    expected = find_rate(LINE, SGD)
    dialog = found(qtbot, window)
    assert sentence(dialog) == expected.reason
    assert use(dialog).text() == f"Use {expected.proposed:g}"
    qtbot.mouseClick(use(dialog), LEFT)
    assert window.store.settings.learning_rate == expected.proposed
    assert not dialog.isVisible()
    action(window, "undo").trigger()
    assert window.store.settings == SGD


def test_the_run_itself_stays_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step(5)
    before = snapshot(window)
    dialog = found(qtbot, window)
    dialog.reject()
    assert snapshot(window) is before
    assert window.store.settings == SGD


def test_the_button_beside_the_rate_opens_it_too(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(part(window, QPushButton, "find_rate"), LEFT)
    part(window, RateDialog, "rate_dialog").reject()


def test_it_draws_every_loss_that_the_search_saw(qtbot: QtBot, window: MainWindow) -> None:
    search = find_rate(LINE, SGD)
    dialog = found(qtbot, window)
    rates, losses = dialog.plot.trace.getData()
    finite = np.isfinite(search.losses)
    assert rates == pytest.approx(np.log10(search.rates[finite]))
    assert losses == pytest.approx(np.log10(search.losses[finite]))
    assert dialog.plot.marker.isVisible()
    assert dialog.plot.marker.pos().x() == pytest.approx(np.log10(search.proposed or 0))
    dialog.reject()


def test_a_click_on_the_plot_chooses_another_rate(qtbot: QtBot, window: MainWindow) -> None:
    dialog = found(qtbot, window)
    place = point_at(dialog, 0.1).toPoint()
    qtbot.mouseClick(dialog.plot.viewport(), LEFT, pos=place)
    chosen = dialog.rate
    assert chosen == pytest.approx(0.1, rel=0.05)
    assert use(dialog).text() == f"Use {chosen:g}"
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert window.store.settings.learning_rate == chosen


def test_the_arrow_keys_move_the_rate(qtbot: QtBot, window: MainWindow) -> None:
    dialog = found(qtbot, window)
    before = dialog.rate
    assert before is not None
    QTest.keyClick(dialog.plot, Qt.Key.Key_Right)
    assert dialog.rate is not None
    assert before < dialog.rate < 1.3 * before
    for _press in range(200):
        QTest.keyClick(dialog.plot, Qt.Key.Key_Right)
    assert dialog.rate == 10
    for _press in range(400):
        QTest.keyClick(dialog.plot, Qt.Key.Key_Left)
    assert dialog.rate == 1e-6
    dialog.reject()


def test_escape_leaves_without_a_rate(qtbot: QtBot, window: MainWindow) -> None:
    dialog = found(qtbot, window)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert window.store.settings == SGD


# --- while it goes on -------------------------------------------------------------------------------------


def test_it_draws_while_the_search_goes_on(
    qtbot: QtBot, window: MainWindow, endless: threading.Event
) -> None:
    dialog = ask(qtbot, window)
    bar = part(dialog, QProgressBar, "rate_progress")
    qtbot.waitUntil(lambda: bar.value() >= 20, timeout=PATIENCE)
    assert dialog.plot.trace.getData()[0][-1] >= np.log10(find_rate(LINE, SGD).rates[19])
    assert bar.maximum() == COUNT
    assert not use(dialog).isEnabled()
    assert "still going on" in use(dialog).toolTip()
    assert not endless.is_set()
    dialog.reject()
    assert endless.wait(5)


def test_a_search_that_has_found_nothing_yet_is_waited_for(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_dialog, "find_rate", wait_to_be_halted)
    dialog = ask(qtbot, window)
    qtbot.waitSignals([dialog._timer.timeout] * 2).wait()
    assert part(dialog, QProgressBar, "rate_progress").value() == 0
    assert not use(dialog).isEnabled()


def test_cancel_ends_the_search(qtbot: QtBot, window: MainWindow, endless: threading.Event) -> None:
    dialog = ask(qtbot, window)
    qtbot.mouseClick(part(dialog, QPushButton, "rate_cancel"), LEFT)
    assert not dialog.isVisible()
    assert endless.wait(5)


def test_closing_the_window_ends_the_search(
    qtbot: QtBot, window: MainWindow, endless: threading.Event
) -> None:
    threads = set(searches())
    ask(qtbot, window)
    qtbot.waitUntil(lambda: len(set(searches()) - threads) == 1)
    (thread,) = set(searches()) - threads
    window.close()
    assert endless.wait(5)
    thread.join(5)
    assert not thread.is_alive()


# --- what cannot be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ((Points(), SGD), "no points"),
        ((LINE, Settings(optimizer="rprop")), "nothing to search for"),
        ((Points([1e15, 2e15], [1.0, 2.0]), FAR_OFF), "standardise"),
    ],
    indirect=["window"],
)
def test_where_no_rate_can_be_proposed_a_sentence_says_why(
    qtbot: QtBot, window: MainWindow, words: str
) -> None:
    dialog = found(qtbot, window)
    assert words in sentence(dialog)
    assert not use(dialog).isEnabled()
    assert use(dialog).toolTip() == "There is no rate to use."
    dialog.reject()


def test_a_fault_is_a_sentence_too(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(rate_dialog, "find_rate", fail)
    dialog = found(qtbot, window)
    assert "the log has the details" in sentence(dialog)
    assert "the search failed" in caplog.text
    dialog.reject()


def test_everything_a_person_uses_has_a_name_and_a_tooltip(qtbot: QtBot, window: MainWindow) -> None:
    assert action(window, "find_rate").toolTip()
    assert part(window, QPushButton, "find_rate").toolTip()
    dialog = found(qtbot, window)
    for name in ("rate_plot", "rate_progress", "rate_use", "rate_cancel"):
        widget = part(dialog, QWidget, name)
        assert widget.toolTip()
        assert widget.accessibleName() or getattr(widget, "text", str)()
    dialog.reject()


def test_the_plot_without_a_search_says_what_it_will_show(qtbot: QtBot) -> None:
    from gui.theme import Theme

    plot = RatePlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    with qtbot.waitExposed(plot):
        plot.show()
    chosen: list[float] = []
    plot.chosen.connect(chosen.append)
    qtbot.mouseClick(plot.viewport(), LEFT, pos=plot.area().center().toPoint())
    assert chosen == []
    assert plot.empty_text.isVisible()
    plot.show_losses(np.array([1e-3, 1e-2, 1e-1]), np.array([1.0, np.inf, -1.0]))
    assert not plot.empty_text.isVisible()
    assert len(plot.trace.getData()[0]) == 1
