"""The editors of numbers, words and switches: what a person types is taken up, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.choices import FIELDS, Parameter, Value
from core.experiment.settings import OPTIONS
from gui.theme import Theme
from gui.widgets.fields import CountField, Field, NumberField, SwitchField, WordField, field_for
from gui.widgets.plain import plain_tip
from gui.widgets.rate_slider import RateSlider

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

RATE = FIELDS["learning_rate"]
BATCH = FIELDS["batch_size"]
ALL = {**FIELDS, **OPTIONS}
NOTCH = 120  # of a wheel


class Bench:
    """A field on the screen, beside another one to go to, and what it said."""

    def __init__(self, qtbot: QtBot, field: Field | RateSlider) -> None:
        self.field = field
        self.said: list[Value] = []
        self._qtbot = qtbot
        self._around = QWidget()
        self._other = field_for(FIELDS["seed"])
        layout = QVBoxLayout(self._around)
        layout.addWidget(field)
        layout.addWidget(self._other)
        qtbot.addWidget(self._around)
        with qtbot.waitActive(self._around):
            self._around.show()
        field.chosen.connect(self.said.append)

    def write(self, text: str, leave_by: Qt.Key | None = Qt.Key.Key_Tab) -> None:
        """Type over what stands in the field."""
        assert isinstance(self.field, QAbstractSpinBox)
        self.field.setFocus()
        self.field.selectAll()
        self._qtbot.keyClicks(self.field, text)
        if leave_by is not None:
            self._qtbot.keyClick(self.field, leave_by)

    def leave(self) -> None:
        self._other.setFocus()

    def turn(self, by: int) -> None:
        """Turn the wheel over the field."""
        middle = QPointF(self.field.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(self.field.mapToGlobal(middle)),
            QPoint(0, 0),
            QPoint(0, by * NOTCH),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.field, event)


def number(qtbot: QtBot, value: float = 0.01, parameter: Parameter = RATE) -> Bench:
    field = field_for(parameter)
    field.show_value(value)
    return Bench(qtbot, field)


def count(qtbot: QtBot, value: int | None = None, parameter: Parameter = BATCH) -> Bench:
    field = field_for(parameter)
    field.show_value(value)
    return Bench(qtbot, field)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", ALL)
def test_every_setting_has_a_field_that_shows_its_default_and_says_nothing_of_itself(
    qtbot: QtBot, name: str
) -> None:
    parameter = ALL[name]
    field = field_for(parameter)
    qtbot.addWidget(field)
    said: list[Value] = []
    field.chosen.connect(said.append)
    field.show_value(parameter.default)
    assert shown(field) == parameter.default
    assert field.objectName() == parameter.key
    assert field.toolTip()
    assert field.accessibleName()
    assert not said


def shown(field: Field) -> Value:
    """The value that a person reads in a field."""
    match field:
        case WordField():
            word: str = field.currentData()
            return word
        case SwitchField():
            return field.isChecked()
        case CountField():
            return int(field.text()) if field.text().lstrip("-").isdigit() else None
        case NumberField():
            return None if field.text() == field.specialValueText() else float(field.text())


# --- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("0,25", 0.25), ("1e-3", 0.001), ("1E-6", 1e-6), (" 3 ", 3.0), ("+2", 2.0), (".5", 0.5)],
)
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_number_is_taken_as_people_write_it(qtbot: QtBot, text: str, value: float, key: Qt.Key) -> None:
    bench = number(qtbot)
    bench.write(text, leave_by=key)
    assert bench.said == [value]


def test_a_number_counts_when_it_is_whole_not_while_it_is_typed(qtbot: QtBot) -> None:
    bench = number(qtbot)
    bench.write("0.25", leave_by=None)
    assert not bench.said
    bench.leave()
    assert bench.said == [0.25]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("100", 100.0),
        ("-5", -5.0),
        ("1e-301", 1e-301),
        ("1e999", float("inf")),
        ("1e", "1e"),
        ("1.2.3", "1.2.3"),
        ("hello", "hello"),
    ],
)
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_what_is_no_number_of_the_range_is_told_and_the_field_goes_back(
    qtbot: QtBot, text: str, said: Value, key: Qt.Key
) -> None:
    bench = number(qtbot)
    bench.write(text, leave_by=key)
    assert bench.said == [said]
    assert bench.field.text() == "0.01"


@pytest.mark.parametrize("text", ["", "    "])
def test_blanks_are_no_wish(qtbot: QtBot, text: str) -> None:
    bench = number(qtbot)
    bench.write(text)
    assert not bench.said
    assert bench.field.text() == "0.01"


def test_what_is_not_a_number_by_name_is_never_shown(qtbot: QtBot) -> None:
    bench = number(qtbot)
    bench.write("nan")
    assert bench.said != [0.01]
    assert bench.field.text() == "0.01"


@given(value=st.floats(1e-300, 10))
def test_a_number_is_shown_with_no_more_digits_than_it_needs(qapp: object, value: float) -> None:
    field = NumberField(RATE)
    field.show_value(value)
    assert float(field.text()) == pytest.approx(value, rel=1e-8)
    assert len(field.text()) <= len(repr(value))


@pytest.mark.parametrize("text", ["1e-300", "8.1e-7", "1e-6", "0.001", "0.3", "1", "10", "2.5"])
def test_a_round_number_is_shown_round(qtbot: QtBot, text: str) -> None:
    bench = number(qtbot, float(text))
    assert bench.field.text() == text


def test_the_arrows_go_by_one_two_five(qtbot: QtBot) -> None:
    bench = number(qtbot)
    bench.field.setFocus()
    for _press in range(4):
        qtbot.keyClick(bench.field, Qt.Key.Key_Up)
    assert bench.said == [0.02, 0.05, 0.1, 0.2]
    for _press in range(5):
        qtbot.keyClick(bench.field, Qt.Key.Key_Down)
    assert bench.said[4:] == [0.1, 0.05, 0.02, 0.01, 0.005]


@pytest.mark.parametrize(("start", "key"), [(10.0, Qt.Key.Key_Up), (1e-300, Qt.Key.Key_Down)])
def test_the_arrows_stay_inside_the_range(qtbot: QtBot, start: float, key: Qt.Key) -> None:
    bench = number(qtbot, start)
    bench.field.setFocus()
    qtbot.keyClick(bench.field, key)
    assert not bench.said
    assert float(bench.field.text()) == start


def test_the_arrows_go_below_a_millionth_where_zero_is_no_value(qtbot: QtBot) -> None:
    bench = number(qtbot, 2e-6)
    bench.field.setFocus()
    for _press in range(3):
        qtbot.keyClick(bench.field, Qt.Key.Key_Down)
    assert bench.said == [1e-6, 5e-7, 2e-7]
    assert bench.field.text() == "2e-7"
    qtbot.keyClick(bench.field, Qt.Key.Key_Up)
    assert bench.said[-1] == 5e-7


def test_the_arrows_pass_zero(qtbot: QtBot) -> None:
    bench = number(qtbot, 2e-6, Parameter("b", "b", 0.0, minimum=-10, maximum=10))
    bench.field.setFocus()
    for _press in range(4):
        qtbot.keyClick(bench.field, Qt.Key.Key_Down)
    assert bench.said == [1e-6, 0.0, -1e-6, -2e-6]


def unset(qtbot: QtBot, value: float | None = None, name: str = "clip_norm") -> Bench:
    """A number that may be left out."""
    field = field_for(FIELDS[name])
    field.show_value(value)
    return Bench(qtbot, field)


UNSET = [name for name, p in ALL.items() if p.kind is float and p.unset]


@pytest.mark.parametrize("name", UNSET)
def test_a_number_that_may_be_unset_says_so_in_words(qtbot: QtBot, name: str) -> None:
    bench = unset(qtbot, None, name)
    assert bench.field.text() == ALL[name].unset
    bench.write("2.5")
    assert bench.field.text() == "2.5"
    bench.write("0")
    assert bench.field.text() == ALL[name].unset
    assert bench.said == [2.5, None]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_number_that_may_be_unset_is_so_when_it_is_rubbed_out(qtbot: QtBot, key: Qt.Key) -> None:
    bench = unset(qtbot, 0.5)
    bench.field.setFocus()
    bench.field.selectAll()
    qtbot.keyClick(bench.field, Qt.Key.Key_Delete)
    assert not bench.said
    qtbot.keyClick(bench.field, key)
    assert bench.said == [None]
    assert bench.field.text() == "off"


@pytest.mark.parametrize(("text", "said"), [("many", "many"), ("-1", -1.0), ("1e13", 1e13)])
@pytest.mark.parametrize("value", [0.5, None])
def test_what_a_number_that_may_be_unset_cannot_be_is_told(
    qtbot: QtBot, text: str, said: Value, value: float | None
) -> None:
    bench = unset(qtbot, value)
    before = bench.field.text()
    bench.write(text)
    assert bench.said == [said]
    assert bench.field.text() == before


def test_the_arrows_begin_at_the_usual_number_and_end_at_none(qtbot: QtBot) -> None:
    bench = unset(qtbot)
    bench.field.setFocus()
    qtbot.keyClick(bench.field, Qt.Key.Key_Down)
    assert not bench.said
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(bench.field, key)
    assert bench.said == [1.0, 2.0, 1.0, 0.5]
    for _press in range(18):
        qtbot.keyClick(bench.field, Qt.Key.Key_Down)
    assert bench.said[-2:] == [1e-6, None]
    assert bench.field.text() == "off"


def test_none_has_its_place_also_below_a_lowest_number_that_is_allowed(qtbot: QtBot) -> None:
    bench = number(qtbot, 0.0, Parameter("a", "a", None, minimum=0, maximum=10, unset="off"))
    assert bench.field.text() == "0"
    bench.write("off")
    bench.write("0")
    assert bench.said == [None, 0.0]


@given(value=st.floats(1e-300, 1e300))
def test_no_number_is_so_small_or_large_that_it_looks_unset(qapp: object, value: float) -> None:
    field = field_for(FIELDS["loss_below"])
    field.show_value(value)
    assert float(field.text()) == value


def test_the_arrows_add_the_step_of_a_number_that_has_one(qtbot: QtBot) -> None:
    bench = number(qtbot, 0.0, FIELDS["validation"])
    bench.field.setFocus()
    for _press in range(10):
        qtbot.keyClick(bench.field, Qt.Key.Key_Up)
    assert bench.said == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    qtbot.keyClick(bench.field, Qt.Key.Key_Down)
    assert bench.field.text() == "0.8"


# --- whole numbers ---------------------------------------------------------------------------------------


def test_a_count_that_may_be_unset_says_so_in_words(qtbot: QtBot) -> None:
    bench = count(qtbot)
    assert bench.field.text() == "all points"
    bench.write("12")
    assert bench.said == [12]
    bench.write("0")
    assert bench.said == [12, None]
    assert bench.field.text() == "all points"


def test_a_count_that_must_be_set_has_no_lowest_word(qtbot: QtBot) -> None:
    bench = count(qtbot, 3, FIELDS["seed"])
    bench.write("0")
    assert bench.said == [0]
    assert bench.field.text() == "0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("many", "many"),
        ("-", "-"),
        ("1.5", "1.5"),
        ("1e3", "1e3"),
        ("-3", -3),
        ("99999999999", 99999999999),
    ],
)
@pytest.mark.parametrize("start", [7, None])
def test_what_is_no_count_is_told_and_the_field_goes_back(
    qtbot: QtBot, text: str, said: Value, start: int | None
) -> None:
    bench = count(qtbot, start)
    before = bench.field.text()
    bench.write(text)
    assert bench.said == [said]
    assert bench.field.text() == before


def leave_empty(qtbot: QtBot, bench: Bench) -> None:
    """Rub out what stands in the field, and go on."""
    bench.field.setFocus()
    bench.field.selectAll()
    qtbot.keyClick(bench.field, Qt.Key.Key_Delete)
    qtbot.keyClick(bench.field, Qt.Key.Key_Tab)


def test_a_count_left_empty_is_unset_where_it_may_be(qtbot: QtBot) -> None:
    bench = count(qtbot, 7)
    leave_empty(qtbot, bench)
    assert bench.said == [None]
    assert bench.field.text() == "all points"


def test_a_count_that_must_be_set_and_is_left_empty_stays_as_it_was(qtbot: QtBot) -> None:
    bench = count(qtbot, 7, FIELDS["seed"])
    leave_empty(qtbot, bench)
    assert not bench.said
    assert bench.field.text() == "7"


def test_the_arrows_begin_at_the_usual_count(qtbot: QtBot) -> None:
    bench = count(qtbot, None, FIELDS["patience"])
    bench.field.setFocus()
    qtbot.keyClick(bench.field, Qt.Key.Key_Up)
    assert bench.said == [FIELDS["patience"].usual]


def test_the_arrows_count_and_reach_the_words(qtbot: QtBot) -> None:
    bench = count(qtbot, 2)
    bench.field.setFocus()
    for _press in range(4):
        qtbot.keyClick(bench.field, Qt.Key.Key_Down)
    assert bench.said == [1, None]
    assert bench.field.text() == "all points"
    qtbot.keyClick(bench.field, Qt.Key.Key_Up)
    assert bench.said == [1, None, 1]


def test_large_seeds_keep_all_their_digits(qtbot: QtBot) -> None:
    bench = count(qtbot, 0, FIELDS["seed"])
    bench.write("2147483647")
    assert bench.said == [2147483647]


# --- words and switches ----------------------------------------------------------------------------------


def test_a_word_is_chosen_by_the_keyboard(qtbot: QtBot) -> None:
    field = WordField(FIELDS["loss"])
    bench = Bench(qtbot, field)
    field.show_value("mse")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert bench.said == ["mae"]
    assert shown(field) == "mae"


def test_a_word_that_is_not_offered_is_shown_all_the_same(qtbot: QtBot) -> None:
    field = WordField(FIELDS["device"])
    bench = Bench(qtbot, field)
    field.addItem("CPU", "cpu")
    for _time in range(2):
        field.show_value("cuda")
        assert field.currentText() == "cuda"
    assert field.count() == 2
    assert not bench.said


def test_a_grey_word_cannot_be_chosen_and_says_why(qtbot: QtBot) -> None:
    field = WordField(FIELDS["loss"])
    bench = Bench(qtbot, field)
    field.show_value("mse")
    field.grey_out("mae", "It is away.")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert bench.said == ["huber"]
    assert field.itemData(field.findData("mae"), Qt.ItemDataRole.ToolTipRole) == plain_tip("It is away.")


def test_a_switch_tells_of_each_click(qtbot: QtBot) -> None:
    field = SwitchField(FIELDS["standardise"])
    bench = Bench(qtbot, field)
    field.show_value(True)
    for _click in range(2):
        qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(8, field.height() // 2))
    assert bench.said == [False, True]


# --- the slider ------------------------------------------------------------------------------------------


def slider() -> RateSlider:
    return RateSlider(1e-6, RATE.maximum, Theme())


def test_the_slider_reaches_from_end_to_end(qtbot: QtBot) -> None:
    field = slider()
    bench = Bench(qtbot, field)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_End)
    qtbot.keyClick(field, Qt.Key.Key_Home)
    assert bench.said == [10.0, 1e-6]


def test_every_position_of_the_slider_is_its_own_short_number(qtbot: QtBot) -> None:
    field = slider()
    qtbot.addWidget(field)
    numbers = [field.number(position) for position in range(field.minimum(), field.maximum() + 1)]
    assert numbers == sorted(set(numbers))
    assert all(len(f"{rate:.3g}") >= len(f"{rate:.12g}") for rate in numbers)
    for rate in numbers:
        field.show_number(rate)
        assert field.number(field.value()) == rate


def test_the_slider_shows_a_number_silently(qtbot: QtBot) -> None:
    field = slider()
    bench = Bench(qtbot, field)
    for rate in (1e-6, 0.0123, 10.0):
        field.show_number(rate)
        assert field.number(field.value()) == pytest.approx(rate, rel=0.03)
    assert not bench.said


# --- the wheel -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["loss", "batch_size", "learning_rate"])
def test_the_wheel_turns_only_what_has_the_focus(qtbot: QtBot, name: str) -> None:
    field = field_for(FIELDS[name])
    field.show_value(FIELDS[name].default)
    bench = Bench(qtbot, field)
    bench.leave()
    bench.turn(-1)
    assert not bench.said
    assert shown(field) == FIELDS[name].default
    assert not field.hasFocus()
    field.setFocus()
    bench.turn(1 if name == "batch_size" else -1)
    assert len(bench.said) == 1
