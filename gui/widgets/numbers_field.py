"""The editor for several numbers in a row, such as the start values of a person's own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from gui.widgets.typed_text import TypedText

DIGITS = 12  # of a number that is shown


class NumbersField(QLineEdit):
    """Numbers, parted by commas, semicolons or blanks.

    `chosen(numbers)` is a tuple of what the person wrote, in which a word that is no number stays a word:
    whoever refuses it says why.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self._typed = TypedText(self, self)
        self.editingFinished.connect(self._finish)

    def show_value(self, numbers: Sequence[float]) -> None:
        """Show `numbers`, rounded."""
        self._shown = ", ".join(f"{number:.{DIGITS}g}" for number in numbers)
        with self._typed.kept():
            self.setText(self._shown)

    def take_up(self) -> bool:
        """Take what is written if there are but numbers; whether so."""
        if any(isinstance(word, str) for word in self._written()):
            return False
        self._finish()
        return True

    def give_up(self) -> None:
        """Show the numbers that are so."""
        self._typed.end()
        self.setText(self._shown)

    def _finish(self) -> None:
        if self._typed.pending:  # what is shown may be rounded, and nobody asked for that
            self._typed.end()
            self.chosen.emit(self._written())

    def _written(self) -> tuple[float | str, ...]:
        return tuple(map(_number_or_word, self.text().replace(";", ",").replace(",", " ").split()))


def _number_or_word(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word
