"""The panel of the settings: every choice can be made there, and it always shows what is so."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.choices import FIELDS, TABLES, Parameter, Value
from core.experiment import Experiment, Settings
from core.experiment.settings import OPTIONS
from core.texts import LANGUAGES, use_language
from core.training.devices import Device
from gui.arrangement import FIRST_COLUMN
from gui.main_window import MainWindow
from gui.panels.settings_panel import SettingsPanel
from gui.store import Store
from gui.theme import Theme
from gui.widgets.fields import CountField
from gui.widgets.rate_slider import RateSlider
from tests.windows import LINE, action, message, opened, part, plot_of, ready, snapshot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

SCROLL_BAR = 14  # pixels
ARROW = 24  # pixels of a list that its arrow and its edges take
SECTIONS = ("model", "loss", "optimizer")  # their marks stand beside their titles
FOLDED = {
    "stop_more": ("steps", "seconds", "loss_below", "gradient_below", "patience"),
    "optimizer_more": ("clip_norm", "l1"),
}
ROWS = [(table, key) for table, rows in TABLES.items() for key in rows]


class Desk:
    """The panel upon a store, joined as the window joins them."""

    def __init__(self) -> None:
        self.store = Store(Experiment(LINE, Settings()))
        self.panel = SettingsPanel(Theme())
        self.panel.changed.connect(lambda changes: self.store.change(**changes))
        self.panel.option_changed.connect(self.store.set_option)
        self.panel.stroke_began.connect(self.store.begin_stroke)
        self.panel.stroke_ended.connect(self.store.end_stroke)
        self.store.settings_changed.connect(lambda settings, _before: self.panel.show_settings(settings))
        self.panel.show_settings(self.store.settings)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    made = Desk()
    qtbot.addWidget(made.panel)
    with qtbot.waitActive(made.panel):
        made.panel.show()
    return made


def shown(panel: QWidget, name: str) -> Value:
    """What a field of the panel says."""
    field = part(panel, QWidget, name)
    if isinstance(field, QComboBox):
        word: str = field.currentData()
        return word
    if isinstance(field, QCheckBox):
        return field.isChecked()
    assert isinstance(field, QAbstractSpinBox)
    return None if field.text() == field.specialValueText() else float(field.text())


def fold_of(panel: QWidget, name: str) -> QAbstractButton:
    """The button that shows and hides a field."""
    folds = {field: fold for fold, names in FOLDED.items() for field in names}
    folds |= {row: f"{table}_more" for table, rows in TABLES.items() for row in rows}
    return part(panel, QAbstractButton, folds[name.split(".")[0]])


def give(qtbot: QtBot, panel: QWidget, name: str, value: Value) -> None:
    """Enter a value as a person does."""
    field = part(panel, QWidget, name)
    if not field.isVisible():
        qtbot.mouseClick(fold_of(panel, name), Qt.MouseButton.LeftButton)
    assert field.isVisible()
    if isinstance(field, QComboBox):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Home)
        for _press in range(field.findData(value)):
            qtbot.keyClick(field, Qt.Key.Key_Down)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the forms that were passed by
    elif isinstance(field, QCheckBox):
        if field.isChecked() != value:
            middle = field.height() // 2
            qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(middle, middle))
    else:
        write(qtbot, panel, name, "0" if value is None else f"{value:g}")


def write(qtbot: QtBot, panel: QWidget, name: str, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field = part(panel, QWidget, name)
    assert isinstance(field, QAbstractSpinBox | QLineEdit)
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)


def other_value(parameter: Parameter) -> Value:
    """A value that is allowed, and not the default."""
    if parameter.kind is bool:
        return not parameter.default
    if parameter.words:
        return list(parameter.words)[-1]
    if parameter.kind is int:
        return int(min(parameter.maximum, (parameter.default or parameter.minimum) + 3))
    assert isinstance(parameter.default, float)
    low, high = max(parameter.minimum, -100.0), min(parameter.maximum, 100.0)
    near = parameter.default / 2 if parameter.default else low + (high - low) / 4
    return near if low < near < high else (low + high) / 2


# --- what there is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*FIELDS, "learning_rate_slider", "start_values", "new_start"])
def test_every_input_has_a_name_for_people_and_a_tooltip(desk: Desk, name: str) -> None:
    field = part(desk.panel, QWidget, name)
    assert field.toolTip()
    assert field.accessibleName() or field.text()


@pytest.mark.parametrize("name", [n for n in FIELDS if n not in SECTIONS])
def test_a_mark_says_whether_a_setting_changes_live(desk: Desk, name: str) -> None:
    field = part(desk.panel, QWidget, name)
    grid = field.parentWidget().layout()
    assert isinstance(grid, QGridLayout)
    row, _column, _rows, _columns = grid.getItemPosition(grid.indexOf(field))
    mark = grid.itemAtPosition(row, 1).widget()
    assert isinstance(mark, QLabel)
    assert not mark.pixmap().isNull()
    assert mark.toolTip().startswith("Live" if FIELDS[name].live else "Changing this starts a new run")


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("table", "key"), ROWS)
def test_every_row_of_every_table_can_be_chosen_and_brings_its_own_parameters(
    qtbot: QtBot, desk: Desk, table: str, key: str
) -> None:
    give(qtbot, desk.panel, table, key)
    assert getattr(desk.store.settings, table) == key
    for parameter in TABLES[table][key].parameters:
        field = part(desk.panel, QWidget, f"{key}.{parameter.key}")
        assert field.toolTip()
        assert field.accessibleName()
        assert shown(desk.panel, f"{key}.{parameter.key}") == parameter.default
    others = [row for row in TABLES[table] if row != key]
    visible = {w.objectName() for w in desk.panel.findChildren(QWidget) if w.isVisibleTo(desk.panel)}
    assert not {name for name in visible if name.split(".")[0] in others and "." in name}


@pytest.mark.one_in(6)
@pytest.mark.parametrize("key", OPTIONS)
def test_every_hyper_parameter_can_be_set(qtbot: QtBot, desk: Desk, key: str) -> None:
    row = key.split(".")[0]
    table = next(name for name, rows in TABLES.items() if row in rows)
    give(qtbot, desk.panel, table, row)
    if key == "sgd.nesterov":
        give(qtbot, desk.panel, "sgd.momentum", 0.9)
    value = other_value(OPTIONS[key])
    give(qtbot, desk.panel, key, value)
    assert desk.store.settings.options[key] == pytest.approx(value)
    assert shown(desk.panel, key) == pytest.approx(value)
    while desk.store.settings.options:
        desk.store.undo_stack.undo()
    assert shown(desk.panel, key) == OPTIONS[key].default


def test_many_hyper_parameters_are_folded_away_until_somebody_asks(qtbot: QtBot, desk: Desk) -> None:
    give(qtbot, desk.panel, "optimizer", "adam")
    more = part(desk.panel, QAbstractButton, "optimizer_more")
    field = part(desk.panel, QWidget, "adam.beta1")
    assert not field.isVisible()
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert field.isVisible()
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert not field.isVisible()


@pytest.mark.parametrize(("fold", "names"), FOLDED.items())
def test_what_few_people_need_is_folded_away_until_it_is_set(
    qtbot: QtBot, desk: Desk, fold: str, names: tuple[str, ...]
) -> None:
    button = part(desk.panel, QAbstractButton, fold)
    fields = {name: part(desk.panel, QWidget, name) for name in names}
    assert not any(field.isVisible() for field in fields.values())
    for name, field in fields.items():
        desk.store.change(**{name: 5})
        assert field.isVisible()
        desk.store.undo_stack.undo()
        assert field.isVisible()  # nothing jumps away from under the hand
        for _click in range(2):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not field.isVisible()


def test_a_rule_that_is_set_is_never_folded_away(qtbot: QtBot, desk: Desk) -> None:
    give(qtbot, desk.panel, "patience", 30)
    qtbot.mouseClick(fold_of(desk.panel, "patience"), Qt.MouseButton.LeftButton)
    assert part(desk.panel, QWidget, "patience").isVisible()
    assert not part(desk.panel, QWidget, "seconds").isVisible()


def test_the_hold_out_seed_is_asked_for_only_where_points_are_held_out(qtbot: QtBot, desk: Desk) -> None:
    field = part(desk.panel, QWidget, "validation_seed")
    assert not field.isVisible()
    give(qtbot, desk.panel, "validation", 0.2)
    assert field.isVisible()
    give(qtbot, desk.panel, "validation_seed", 9)
    assert desk.store.settings == Settings(validation=0.2, validation_seed=9)
    give(qtbot, desk.panel, "validation", 0)
    assert not field.isVisible()


def test_the_schedule_stands_below_the_learning_rate(desk: Desk) -> None:
    places = [
        part(desk.panel, QWidget, name).mapTo(desk.panel, QPoint(0, 0)).y()
        for name in ("optimizer", "learning_rate", "learning_rate_slider", "schedule", "optimizer_more")
    ]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_label_of_any_choice_is_cut(qtbot: QtBot, code: str) -> None:
    use_language(code)
    desk = Desk()
    qtbot.addWidget(desk.panel)
    desk.panel.resize(FIRST_COLUMN - SCROLL_BAR, 2_000)
    desk.panel.show()
    for button in desk.panel.findChildren(QToolButton):
        button.setChecked(True)
    for table, key in ROWS:
        desk.panel.show_settings(Settings(**{table: key}, validation=0.2))
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert desk.panel.minimumSizeHint().width() <= FIRST_COLUMN - SCROLL_BAR
        field = part(desk.panel, QComboBox, table)
        assert field.fontMetrics().horizontalAdvance(field.currentText()) <= field.width() - ARROW


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0.2),
        ("batch_size", 3),
        ("epochs", 12),
        ("epochs", None),
        ("steps", 40),
        ("seconds", 2.5),
        ("loss_below", 0.01),
        ("gradient_below", 1e-5),
        ("patience", 30),
        ("schedule", "step"),
        ("clip_norm", 0.5),
        ("l1", 0.01),
        ("validation", 0.25),
        ("seed", 77),
        ("start", "zeros"),
        ("dtype", "float64"),
        ("standardise", True),
    ],
)
def test_every_setting_can_be_given_and_undone(qtbot: QtBot, desk: Desk, name: str, value: Value) -> None:
    before = getattr(desk.store.settings, name)
    give(qtbot, desk.panel, name, value)
    assert desk.store.settings == dataclasses.replace(Settings(), **{name: value})
    assert shown(desk.panel, name) == value
    desk.store.undo_stack.undo()
    assert shown(desk.panel, name) == before
    desk.store.undo_stack.redo()
    assert shown(desk.panel, name) == value


def test_showing_settings_asks_for_nothing(qtbot: QtBot, desk: Desk) -> None:
    wishes: list[object] = []
    desk.panel.changed.connect(wishes.append)
    desk.panel.option_changed.connect(lambda *wish: wishes.append(wish))
    for table, key in ROWS:
        desk.panel.show_settings(Settings(**{table: key}, seed=5, batch_size=2, learning_rate=0.123))
    assert not wishes


def test_passing_through_every_field_changes_nothing(qtbot: QtBot, desk: Desk) -> None:
    odd = Settings(
        learning_rate=1 / 3,
        start="own",
        start_values=(1 / 3, -2e-7 / 3),
        loss="huber",
        options={"huber.delta": 1 / 7},
    )
    desk.store.open(Experiment(LINE, odd))
    fields = [w for w in desk.panel.findChildren(QWidget) if w.isVisible() and w.focusPolicy()]
    assert len(fields) > 10
    for field in [*fields, fields[0]]:
        field.setFocus(Qt.FocusReason.TabFocusReason)
    assert desk.store.undo_stack.count() == 1
    assert desk.store.settings == odd


# --- the learning rate -----------------------------------------------------------------------------------


def test_the_slider_and_the_field_show_the_same_rate(qtbot: QtBot, desk: Desk) -> None:
    slider = part(desk.panel, RateSlider, "learning_rate_slider")
    write(qtbot, desk.panel, "learning_rate", "0.5")
    assert slider.number(slider.value()) == pytest.approx(0.5, rel=0.03)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert shown(desk.panel, "learning_rate") == desk.store.settings.learning_rate == 10.0


def test_a_drag_of_the_slider_is_one_change(qtbot: QtBot, desk: Desk) -> None:
    slider = part(desk.panel, RateSlider, "learning_rate_slider")
    slider.setSliderDown(True)
    for position in range(0, slider.maximum(), 10):
        slider.setSliderPosition(position)
    slider.setSliderDown(False)
    assert desk.store.settings.learning_rate > 1
    assert desk.store.undo_stack.count() == 1
    slider.setSliderDown(True)
    slider.setSliderPosition(20)
    slider.setSliderDown(False)
    assert desk.store.undo_stack.count() == 2
    desk.store.undo_stack.undo()
    desk.store.undo_stack.undo()
    assert desk.store.settings.learning_rate == 0.01


def test_the_slider_says_what_pytorch_takes(qtbot: QtBot, desk: Desk) -> None:
    slider = part(desk.panel, RateSlider, "learning_rate_slider")
    give(qtbot, desk.panel, "optimizer", "sgd")
    assert "SGD is 0.001" in slider.toolTip()
    give(qtbot, desk.panel, "optimizer", "lbfgs")
    assert "is 1." in slider.toolTip()


# --- devices ---------------------------------------------------------------------------------------------


def test_a_device_that_fails_is_grey_and_says_why(desk: Desk) -> None:
    desk.panel.show_devices(
        [
            Device("cpu", "CPU"),
            Device("cuda", "cuda (Some GPU)"),
            Device("cuda:1", "cuda:1", "It is on fire."),
        ]
    )
    box = part(desk.panel, QComboBox, "device")
    assert [box.itemText(index) for index in range(box.count())] == ["CPU", "cuda (Some GPU)", "cuda:1"]
    assert [
        bool(box.model().flags(box.model().index(i, 0)) & Qt.ItemFlag.ItemIsEnabled) for i in range(3)
    ] == [
        True,
        True,
        False,
    ]
    assert box.itemData(2, Qt.ItemDataRole.ToolTipRole) == "<span>It is on fire.</span>"
    assert shown(desk.panel, "device") == "cpu"


def test_a_device_that_is_not_here_is_shown_all_the_same(desk: Desk) -> None:
    desk.store.change(device="cuda")
    assert shown(desk.panel, "device") == "cuda"
    desk.panel.show_devices([Device("cpu", "CPU")])
    box = part(desk.panel, QComboBox, "device")
    assert [box.itemText(index) for index in range(box.count())] == ["CPU", "cuda"]
    assert shown(desk.panel, "device") == "cuda"


def test_the_arrows_of_the_threads_go_up_to_the_cores(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.panels.settings_panel.CORES", 2)
    desk.store.change(seed=1)  # shows all settings anew
    field = part(desk.panel, CountField, "threads")
    for _press in range(3):
        field.stepUp()
    assert desk.store.settings.threads == field.value() == 2
    assert part(desk.panel, QLabel, "cores").isHidden()


def test_of_more_threads_than_cores_it_says_how_many_are_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("core.choices.cores", "gui.panels.settings_panel"):
        monkeypatch.setattr(f"{module}.CORES", 2)
    desk.store.change(threads=16)
    assert part(desk.panel, CountField, "threads").value() == 16
    note = part(desk.panel, QLabel, "cores")
    assert not note.isHidden()
    assert note.text() == "This computer has 2 cores, so the run takes 2 threads and not 16."


def test_a_switch_that_is_refused_goes_back(qtbot: QtBot, desk: Desk) -> None:
    refusals: list[str] = []
    desk.store.refused.connect(refusals.append)
    give(qtbot, desk.panel, "optimizer", "sgd")
    give(qtbot, desk.panel, "sgd.nesterov", True)
    assert len(refusals) == 1
    assert "set momentum to 0.9" in refusals[0]
    assert shown(desk.panel, "sgd.nesterov") is False
    give(qtbot, desk.panel, "sgd.momentum", 0.9)
    give(qtbot, desk.panel, "sgd.nesterov", True)
    assert shown(desk.panel, "sgd.nesterov") is True


def test_no_choice_is_ever_in_the_way_of_another(qtbot: QtBot, desk: Desk) -> None:
    """Whatever the hyper-parameters of a row are, it can be left and chosen again."""
    refusals: list[str] = []
    give(qtbot, desk.panel, "optimizer", "sgd")
    give(qtbot, desk.panel, "sgd.momentum", 0.9)
    give(qtbot, desk.panel, "sgd.nesterov", True)
    for name, value in (("sgd.momentum", 0), ("sgd.dampening", 0.5)):
        give(qtbot, desk.panel, name, value)
        assert shown(desk.panel, name) == (0.9 if name == "sgd.momentum" else 0)
    desk.store.refused.connect(refusals.append)
    for table, key in ROWS:
        give(qtbot, desk.panel, table, key)
        assert shown(desk.panel, table) == getattr(desk.store.settings, table) == key
        give(qtbot, desk.panel, "optimizer", "sgd")
        assert shown(desk.panel, "sgd.nesterov") is True
    assert not refusals


# --- in the window ---------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made


def test_a_learning_rate_that_cannot_be_is_told_in_one_sentence(qtbot: QtBot, window: MainWindow) -> None:
    before = window.store.experiment
    refusals: list[str] = []
    window.store.refused.connect(refusals.append)
    for text in ("0", "100", "-1", "1e-301", "1e999", "1e", "1.2.3", "--"):
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Tab):
            refusals.clear()
            write(qtbot, window, "learning_rate", text, key)
            assert window.store.experiment is before
            assert shown(window, "learning_rate") == 0.01
            assert refusals == [message(window)]
            assert message(window).startswith("Learning rate must be a number from 1e-300 to 10, not ")


def test_of_a_batch_larger_than_the_data_it_says_what_a_step_takes_until_there_are_more(
    window: MainWindow,
) -> None:
    note, few = part(window, QLabel, "batch_note"), len(LINE)
    window.store.change(batch_size=few)
    assert note.isHidden()
    window.store.change(batch_size=few + 2)
    assert not note.isHidden()
    assert note.text() == f"There are {few} points to train on, so a step takes all {few} and not {few + 2}."
    window.store.change(validation=0.5)
    assert f"a step takes all {few - few // 2} and" in note.text()
    window.store.change(validation=0.0)
    window.store.add_points([0.0, 1.0], [1.0, 1.0])
    assert note.isHidden()
    assert window.store.settings.batch_size == shown(window, "batch_size") == few + 2
    window.store.undo_stack.undo()
    assert not note.isHidden()


def test_a_batch_size_that_cannot_be_is_told_in_one_sentence(qtbot: QtBot, window: MainWindow) -> None:
    before = window.store.experiment
    for text in ("1.5", "many", "-3", "99999999999"):
        write(qtbot, window, "batch_size", text)
        assert window.store.experiment is before
        assert message(window).startswith("Batch size must be a whole number")
        assert text[:8] in message(window)


def use_own_start_values(qtbot: QtBot, window: MainWindow) -> QLineEdit:
    give(qtbot, window, "start", "own")
    ready(qtbot, window)
    field = part(window, QLineEdit, "start_values")
    assert field.isVisible()
    return field


def test_own_start_values_begin_with_those_of_the_run(qtbot: QtBot, window: MainWindow) -> None:
    start = snapshot(window).numbers()
    field = use_own_start_values(qtbot, window)
    assert [float(word) for word in field.text().split(",")] == pytest.approx(start)
    assert window.store.settings.start_values == start
    assert snapshot(window).numbers() == start


def test_own_start_values_are_taken_as_people_write_them(qtbot: QtBot, window: MainWindow) -> None:
    use_own_start_values(qtbot, window)
    for number, text in enumerate(("0, -2", "1 -2", "2;-2", " 3 ,  -2e0 ")):
        write(qtbot, window, "start_values", text)
        ready(qtbot, window)
        assert window.store.settings.start_values == (number, -2.0)
        assert snapshot(window).parameters == {"w": number, "b": -2.0}


def test_own_start_values_that_are_no_numbers_are_told(qtbot: QtBot, window: MainWindow) -> None:
    field = use_own_start_values(qtbot, window)
    before = window.store.experiment, field.text()
    for text in ("one, two", "1.5, x", "nan, 1", "inf, 1", "1e999, 0"):
        write(qtbot, window, "start_values", text)
        assert message(window).startswith("Start values must be a number, not ")
        assert (window.store.experiment, field.text()) == before
    ready(qtbot, window)


def test_the_wrong_number_of_own_start_values_is_told(qtbot: QtBot, window: MainWindow) -> None:
    use_own_start_values(qtbot, window)
    for text in ("", "1", "1, 2, 3"):
        write(qtbot, window, "start_values", text)
        qtbot.waitUntil(lambda: not window.session.loading)
        assert "give 2" in message(window)
        write(qtbot, window, "start_values", "1, 2")
        ready(qtbot, window)


def test_own_start_values_hide_when_they_are_not_wanted(qtbot: QtBot, window: MainWindow) -> None:
    field = use_own_start_values(qtbot, window)
    give(qtbot, window, "start", "pytorch")
    assert not field.isVisible()
    ready(qtbot, window)


def test_undo_by_the_mouse_while_a_number_is_typed_leaves_everything_in_order(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = window.store.experiment
    window.store.change(loss="huber")
    chosen = window.store.experiment
    field = part(window, QAbstractSpinBox, "huber.delta")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.5")
    action(window, "undo").trigger()  # the form goes, and the field in it loses the focus
    assert window.store.experiment is before
    assert window.store.undo_stack.index() == 0
    action(window, "redo").trigger()
    assert window.store.experiment is chosen
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the form that went
    assert shown(window, "huber.delta") == 1.0
    ready(qtbot, window)
    plot_of(window).setFocus()
    assert window.store.experiment is chosen
