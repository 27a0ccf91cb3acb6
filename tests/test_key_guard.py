"""Keys in the window: those a control needs stay with it, all others do what the window says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.experiment import Settings
from gui.main_window import MainWindow
from gui.theme import Theme
from gui.widgets.cell_view import CellView
from gui.widgets.code_view import CodeView
from gui.widgets.key_guard import KeyGuard
from tests.windows import action, opened, part, plot_of, ready, snapshot, wait_for_step

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

TAB = Qt.FocusReason.TabFocusReason
ENDLESS = Settings(epochs=None, learning_rate=1e-5)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, settings=ENDLESS) as made:
        yield made


def focused(window: MainWindow) -> QWidget:
    """Where the keys go."""
    widget = window.focusWidget()
    assert widget is not None
    assert window.isActiveWindow()
    return widget


def tab_to(window: MainWindow, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    control = part(window, kind, name)
    control.setFocus(TAB)
    assert focused(window) is control
    return control


def tick(box: QCheckBox) -> QPoint:
    """Where a person clicks to tick a box."""
    return QPoint(box.height() // 2, box.height() // 2)


def assert_space_runs(qtbot: QtBot, window: MainWindow) -> None:
    """Space runs and pauses, wherever the focus is now."""
    assert_space_runs_from(qtbot, window, focused(window))


def assert_space_runs_from(qtbot: QtBot, window: MainWindow, widget: QWidget) -> None:
    """Space runs and pauses where `widget` gets the keys."""
    assert not window.session.running
    qtbot.keyClick(widget, Qt.Key.Key_Space)
    assert window.session.running
    wait_for_step(qtbot, window, snapshot(window).step + 1)
    qtbot.keyClick(widget, Qt.Key.Key_Space)
    assert not window.session.running


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", ["model", "loss", "speed", "residuals", "device", "start"])
def test_after_a_click_on_a_list_space_still_runs(qtbot: QtBot, window: MainWindow, name: str) -> None:
    box = part(window, QComboBox, name)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(box.view().isVisible)
    qtbot.keyClick(box.view(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not box.view().isVisible())
    window.activateWindow()  # the platform without a screen forgets it when a list closes
    qtbot.waitUntil(window.isActiveWindow)
    assert_space_runs(qtbot, window)


def test_after_a_click_on_a_button_space_still_runs(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(part(window, QAbstractButton, "new_start"), Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    assert_space_runs(qtbot, window)


def test_after_a_click_on_a_check_box_space_still_runs(qtbot: QtBot, window: MainWindow) -> None:
    box = part(window, QCheckBox, "standardise")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=tick(box))
    ready(qtbot, window)
    assert window.store.settings.standardise
    assert_space_runs(qtbot, window)


def test_after_a_click_on_the_slider_space_still_runs(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(part(window, QSlider, "learning_rate_slider"), Qt.MouseButton.LeftButton)
    assert_space_runs(qtbot, window)


def test_after_a_click_on_a_control_that_came_later_space_still_runs(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.store.change(optimizer="sgd")
    ready(qtbot, window)
    more = part(window, QAbstractButton, "optimizer_more")
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    box = part(window, QCheckBox, "sgd.nesterov")
    window.store.set_option("sgd.momentum", 0.9)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=tick(box))
    ready(qtbot, window)
    assert window.store.settings.options["sgd.nesterov"] is True
    assert not box.hasFocus()
    assert_space_runs(qtbot, window)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", ["learning_rate", "batch_size", "seed", "epochs"])
def test_in_a_field_of_a_number_space_does_nothing(qtbot: QtBot, window: MainWindow, name: str) -> None:
    before = window.store.settings
    field = part(window, QAbstractSpinBox, name)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(field, "1")
    qtbot.keyClick(focused(window), Qt.Key.Key_Space)
    assert window.store.settings == before
    assert not window.session.running
    assert snapshot(window).step == 0
    assert field.text() == "1"


def test_in_a_field_of_a_number_the_arrows_move_the_cursor(qtbot: QtBot, window: MainWindow) -> None:
    field = part(window, QAbstractSpinBox, "seed")
    field.setFocus()
    qtbot.keyClicks(field, "17")
    qtbot.keyClick(field, Qt.Key.Key_Home)
    qtbot.keyClick(field, Qt.Key.Key_Right)
    qtbot.keyClick(field, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(field, "9")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    ready(qtbot, window)
    assert "9" in field.text()
    assert snapshot(window).step == 0


def test_in_a_field_of_a_number_letters_are_no_shortcuts(qtbot: QtBot, window: MainWindow) -> None:
    field = part(window, QAbstractSpinBox, "learning_rate")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "1e-3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.store.settings.learning_rate == 0.001
    assert action(window, "draw").isChecked()


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", ["learning_rate", "seed", "epochs"])
@pytest.mark.parametrize("enter", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_after_enter_in_a_field_of_a_number_letters_are_keys_of_the_window(
    qtbot: QtBot, window: MainWindow, name: str, enter: Qt.Key
) -> None:
    action(window, "move").trigger()
    field = part(window, QAbstractSpinBox, name)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(focused(window), "2")
    qtbot.keyClick(focused(window), enter)
    assert getattr(window.store.settings, name) == 2
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_D)
    assert action(window, "draw").isChecked()
    assert field.text() == "2"


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", ["learning_rate", "seed", "batch_size"])
def test_escape_in_a_field_of_a_number_shows_what_it_was_and_leaves_it(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    field = part(window, QAbstractSpinBox, name)
    before, shown = window.store.settings, field.text()
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(focused(window), "2")
    qtbot.keyClick(focused(window), Qt.Key.Key_Escape)
    assert field.text() == shown
    assert window.store.settings == before
    assert not field.hasFocus()
    assert_space_runs_from(qtbot, window, window.focusWidget() or window)


def test_escape_in_the_text_of_start_values_leaves_them(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(start="own", start_values=(1.0, 2.0))
    ready(qtbot, window)
    field = part(window, QLineEdit, "start_values")
    shown = field.text()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "3 -4")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == shown
    assert window.store.settings.start_values == (1.0, 2.0)
    assert not field.hasFocus()


def test_tab_goes_from_a_field_to_the_next_and_takes_its_number(qtbot: QtBot, window: MainWindow) -> None:
    field = part(window, QAbstractSpinBox, "seed")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "17")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert window.store.settings.seed == 17
    assert focused(window) is not field


def test_in_the_text_of_start_values_space_is_a_space(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(start="own", start_values=(1.0, 2.0))
    ready(qtbot, window)
    field = part(window, QLineEdit, "start_values")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "3 -4")
    assert not window.session.running
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.store.settings.start_values == (3.0, -4.0)


@pytest.mark.parametrize("name", ["learning_rate", "seed"])
def test_undo_in_a_field_takes_back_the_typing_and_then_the_change(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    undo = (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    before = getattr(window.store.settings, name)
    field = part(window, QAbstractSpinBox, name)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2")
    qtbot.keyClick(field, *undo)
    assert field.text() != "2"
    assert not window.store.undo_stack.count()
    field.selectAll()
    qtbot.keyClicks(field, "3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert getattr(window.store.settings, name) == 3
    qtbot.keyClick(field, *undo)
    assert getattr(window.store.settings, name) == before
    qtbot.keyClick(field, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert getattr(window.store.settings, name) == 3


def test_a_list_reached_by_tab_keeps_space_arrows_and_letters(qtbot: QtBot, window: MainWindow) -> None:
    box = tab_to(window, "loss", QComboBox)
    assert isinstance(box, QComboBox)
    qtbot.keyClick(box, Qt.Key.Key_End)
    last = box.itemData(box.count() - 1)
    assert window.store.settings.loss == last
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert window.store.settings.loss == box.itemData(0)
    first_letter = box.itemText(2)[0]
    qtbot.keyClicks(box, first_letter)
    assert box.currentText().startswith(first_letter)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(box.view().isVisible)
    qtbot.keyClick(box.view(), Qt.Key.Key_Escape)
    assert not window.session.running
    assert snapshot(window).step == 0


def test_a_check_box_reached_by_tab_keeps_space(qtbot: QtBot, window: MainWindow) -> None:
    box = tab_to(window, "standardise", QCheckBox)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert window.store.settings.standardise
    assert not window.session.running
    qtbot.keyClick(box, Qt.Key.Key_Right)
    ready(qtbot, window)


def test_the_slider_reached_by_tab_keeps_the_arrows(qtbot: QtBot, window: MainWindow) -> None:
    slider = tab_to(window, "learning_rate_slider", QSlider)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert window.store.settings.learning_rate > ENDLESS.learning_rate
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert window.store.settings.learning_rate == 1e-6
    assert snapshot(window).step == 0
    assert_space_runs(qtbot, window)


def test_scroll_bars_are_nowhere_a_person_tabs_to(window: MainWindow) -> None:
    for area in window.findChildren(QScrollArea):
        assert not area.verticalScrollBar().focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_plot_has_the_focus_at_first(window: MainWindow) -> None:
    assert plot_of(window).hasFocus()


# --- what is only to be read -------------------------------------------------------------------------------


class Pane(QWidget):
    """A window with a program and a table in it, whose keys are actions."""

    def __init__(self) -> None:
        super().__init__()
        self.code = CodeView(Theme())
        self.code.show_lines([f"line = {number}" for number in range(200)])
        self.model = QStandardItemModel(50, 5)
        self.table = CellView(Theme())
        self.table.setModel(self.model)
        layout = QVBoxLayout(self)
        layout.addWidget(self.code)
        layout.addWidget(self.table)
        self.pressed: list[str] = []
        for key in KEYS_OF_THE_WINDOW:
            action = QAction(key, self)
            action.setShortcut(key)
            action.triggered.connect(partial(self.note, key))
            self.addAction(action)
        self.guard = KeyGuard()
        self.guard.watch(self)

    def note(self, key: str, _checked: bool = False) -> None:
        self.pressed.append(key)


KEYS_OF_THE_WINDOW = (
    *("Down", "Shift+Down", "Left", "Right", "Shift+Right", "Space", "Home", "Ctrl+Z", "Ctrl+V"),
    *("D", "Ctrl+A", "Ctrl+Home"),
)
KEPT = ("Ctrl+A", "Ctrl+Home")  # by what is to be read, to select and to go to its begin


@pytest.fixture
def pane(qtbot: QtBot) -> Pane:
    made = Pane()
    qtbot.addWidget(made)
    made.resize(400, 400)
    with qtbot.waitActive(made):
        made.show()
    return made


def press(qtbot: QtBot, widget: QWidget, keys: str) -> None:
    """Press keys as a person does, by their names."""
    combination = QKeySequence(keys)[0]
    qtbot.keyClick(widget, combination.key(), combination.keyboardModifiers())


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", ["code", "table"])
@pytest.mark.parametrize("keys", KEYS_OF_THE_WINDOW)
def test_after_a_click_on_what_is_to_be_read_keys_are_still_those_of_the_window(
    qtbot: QtBot, pane: Pane, name: str, keys: str
) -> None:
    widget: CodeView | CellView = getattr(pane, name)
    qtbot.mouseClick(widget.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    assert widget.hasFocus()
    press(qtbot, widget, keys)
    assert pane.pressed == ([] if keys in KEPT else [keys])


@pytest.mark.parametrize("name", ["code", "table"])
def test_what_is_to_be_read_scrolls_by_the_page_keys(qtbot: QtBot, pane: Pane, name: str) -> None:
    widget: CodeView | CellView = getattr(pane, name)
    qtbot.mouseClick(widget.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    bar = widget.verticalScrollBar()
    for _ in range(2):
        press(qtbot, widget, "PgDown")
    below = bar.value()
    assert below > 0
    press(qtbot, widget, "PgUp")
    assert bar.value() < below


def test_what_is_to_be_read_selects_all_of_itself(qtbot: QtBot, pane: Pane) -> None:
    pane.code.setFocus()
    press(qtbot, pane.code, "Ctrl+A")
    press(qtbot, pane.code, "Ctrl+C")
    assert QGuiApplication.clipboard().text() == pane.code.toPlainText()
    pane.table.setFocus()
    press(qtbot, pane.table, "Ctrl+A")
    assert len(pane.table.selectedIndexes()) == 250


def test_down_without_a_phase_to_do_goes_to_the_next_cell(qtbot: QtBot, pane: Pane) -> None:
    pane.actions()[0].setEnabled(False)
    pane.table.setFocus()
    pane.table.setCurrentIndex(pane.model.index(3, 1))
    press(qtbot, pane.table, "Down")
    assert pane.table.currentIndex().row() == 4
