"""One editor for each kind of parameter.

Each says `chosen(value)` when the person changes it, and takes `show_value(value)`, which never echoes back.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QStandardItemModel, QValidator
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QWidget

from core.choices import Parameter, Value
from core.insight.numbers import typed
from core.texts import _
from gui.widgets.key_guard import KeyGuard
from gui.widgets.plain import plain_tip
from gui.widgets.typed_text import TypedText

STEP_DIGITS = 12  # of a number that the arrows came to by adding
NEXT_TO_ZERO = 1e-6  # where the arrows go from zero, in a field that has it
SAME = 1e-9  # relative: a number that a rounding error has moved this far is the same


PASSING = (  # why the focus is elsewhere for a while
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)


class WordField(QComboBox):
    """One of some words."""

    chosen = Signal(object)

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for key, label in parameter.words.items():
            self.addItem(_(label), key)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_value(self, value: Value) -> None:
        """Show the word `value`, also one that is not offered here."""
        if self.findData(value) < 0:
            self.addItem(str(value), value)
        self.setCurrentIndex(self.findData(value))

    def grey_out(self, key: str, reason: str) -> None:
        """Make the word `key` impossible to choose; its tooltip says why."""
        index = self.findData(key)
        model = self.model()
        if isinstance(model, QStandardItemModel):
            model.item(index).setEnabled(False)
        self.setItemData(index, plain_tip(reason), Qt.ItemDataRole.ToolTipRole)


class SwitchField(QCheckBox):
    """True or false."""

    chosen = Signal(object)

    def __init__(self, _parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clicked.connect(lambda checked: self.chosen.emit(checked))

    def show_value(self, value: Value) -> None:
        """Show `value` as a tick."""
        self.setChecked(bool(value))


class SpinField(QDoubleSpinBox):
    """A number that is typed, or goes up and down; each kind of number says how it is written.

    Where None is allowed it is the lowest position, with its own words, and an empty text means it. What is
    no number of the range is `chosen` too, as it was written: whoever refuses it says why.
    """

    chosen = Signal(object)
    KIND: type[int] | type[float]
    DECIMALS: int
    LARGEST: float

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        lowest = max(parameter.minimum, -self.LARGEST)
        if parameter.unset and not parameter.above:
            lowest -= 1
        self._none = lowest if parameter.unset else None
        self._usual = parameter.usual
        self.setLocale(QLocale.c())
        self.setDecimals(self.DECIMALS)
        self.setRange(lowest, min(parameter.maximum, self.LARGEST))
        self.setSpecialValueText(_(parameter.unset) if parameter.unset else "")
        self.setKeyboardTracking(False)
        self.valueChanged.connect(self._choose)
        self._typed = TypedText(self, self.lineEdit())
        self.editingFinished.connect(self._finish)

    def show_value(self, value: Value) -> None:
        """Show the number `value`, or the words for None."""
        with QSignalBlocker(self), self._typed.kept():
            self.setValue(float(value) if isinstance(value, int | float) else self._none or 0.0)

    def take_up(self) -> bool:
        """Take what is typed as Enter does, if it is a number of the range by now; whether it is."""
        if not self.hasAcceptableInput():
            return False
        self.interpretText()
        self._finish()
        return True

    def give_up(self) -> None:
        """Show the number that is so."""
        self._typed.end()
        with QSignalBlocker(self):
            self.setValue(self.value())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what is typed; what is no number yet waits where a menu or another window comes between."""
        if self._typed.pending and event.reason() in PASSING and not self.take_up():
            return
        super().focusOutEvent(event)

    def valueFromText(self, text: str) -> float:  # noqa: N802
        """The number that was written, or the lowest position for its words."""
        value = self._written(text)
        return self.value() if value is None else value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; only a number inside the range is taken."""
        value = self._written(text)
        inside = value is not None and self.minimum() <= value <= self.maximum()
        return QValidator.State.Acceptable if inside else QValidator.State.Intermediate, text, position

    def fixup(self, text: str) -> str:
        """Nothing is mended in what cannot be taken; the field goes back to what it was."""
        self._typed.end()
        if text.strip():
            value = self._number(text)
            self.chosen.emit(text if value is None else value)
            return text
        return self.textFromValue(self.value())

    def _written(self, text: str) -> float | None:
        """The position that is written; None where it is none."""
        if self._none is not None and text.strip() in ("", self.specialValueText()):
            return self._none
        return self._number(text)

    def _finish(self) -> None:
        """Say so too where what was typed is the number that is so already."""
        if self._typed.pending:
            self._choose(self.value())

    def _choose(self, value: float) -> None:
        self._typed.end()
        self.chosen.emit(None if value == self._none else self.KIND(value))

    def _number(self, text: str) -> float | None:
        """The number that is written, with a point or a comma; None where it is none of the kind."""
        try:
            return self.KIND(text.strip().replace(",", "."))
        except ValueError:
            return None


class CountField(SpinField):
    """A whole number."""

    KIND = int
    DECIMALS = 0
    LARGEST = 2**31 - 1

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parameter, parent)
        self.setStepType(SpinField.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Its digits."""
        return str(int(value))

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """The first press up from None goes to the usual number, where there is one."""
        if steps > 0 and self.value() == self._none and isinstance(self._usual, int):
            self.setValue(self._usual)
        else:
            super().stepBy(steps)


class NumberField(SpinField):
    """A number, written as people write it (0.01, 1e-6); the arrows go 1, 2, 5, 10, or by its own step."""

    KIND = float
    DECIMALS = 323  # so that it loses none; it shows as few as the number needs
    LARGEST = 1e300

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parameter, parent)
        self._step = parameter.step

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """As few digits as the number needs."""
        return typed(value)

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """One press goes to the next of 1, 2, 5 times a power of ten; from zero to the next small number.

        With a step of its own it adds that; up from None it goes to the usual number.
        """
        value = self.value()
        for _press in range(abs(steps)):
            if steps > 0 and value == self._none and isinstance(self._usual, float):
                value = self._usual
            elif self._step:
                value = round(value + math.copysign(self._step, steps), STEP_DIGITS)
            else:
                value = _next_125(value, up=steps > 0, crosses_zero=self.minimum() <= 0)
        self.setValue(value)


def _next_125(value: float, up: bool, crosses_zero: bool) -> float:
    """The neighbour of `value` among ±(1, 2, 5) · 10ⁿ; where it `crosses_zero`, from 1e-6 to 0 and on."""
    if value < 0:
        return 0.0 - _next_125(-value, not up, crosses_zero)
    if value == 0:
        return NEXT_TO_ZERO if up else -NEXT_TO_ZERO
    power = math.floor(math.log10(value))
    series = [float(f"{m}e{n}") for n in range(power - 1, power + 2) for m in (1, 2, 5)]
    if up:
        return next(s for s in series if s > value * (1 + SAME))
    below = next(s for s in reversed(series) if s < value * (1 - SAME))
    return 0.0 if crosses_zero and below < NEXT_TO_ZERO * (1 - SAME) else below


Field = WordField | SwitchField | CountField | NumberField


def field_for(parameter: Parameter, parent: QWidget | None = None) -> Field:
    """The editor for `parameter`, with its tooltip and name."""
    kinds: dict[type, type[Field]] = {bool: SwitchField, int: CountField, float: NumberField, str: WordField}
    field = kinds[parameter.kind](parameter, parent)
    field.setObjectName(parameter.key)
    field.setToolTip(_(parameter.tip))
    field.setAccessibleName(_(parameter.label))
    KeyGuard(field).watch(field)
    return field
