"""What a row of a table is: one thing that a person can choose, and the parameters that come with it."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from core.problem import Problem
from core.texts import _

Value = float | int | bool | str | None
Rule = Callable[[Mapping[str, Value]], None]
Row = TypeVar("Row", bound="Choice")
LONGEST_ECHO = 40  # characters of a wrong value that a message repeats
LONGEST_WORD = 100  # characters of a word that no table has, such as the name of a device


@dataclass(frozen=True)
class Parameter:
    """One number, switch or word that a person can set.

    `kind` is float, int, bool or str. Numbers lie between `minimum` and `maximum`, which `above` and `below`
    exclude. Words are the keys of `words`, whose values are their labels. `unset` is the label of None
    where None is allowed. `unit` is "y" for a length in the units of y. `argument` is PyTorch's name where
    it differs from `key`; parameters of one `argument` make a tuple. `live` values reach a running fit.
    In a form, `step` is what an arrow adds, where that is not the next of 1, 2, 5, 10, and `usual` where the
    arrows begin from None.
    """

    key: str
    label: str
    default: Value
    kind: type = float
    minimum: float = -math.inf
    maximum: float = math.inf
    above: bool = False
    below: bool = False
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    unset: str = ""
    unit: str = ""
    tip: str = ""
    argument: str = ""
    live: bool = False
    step: float = 0.0
    usual: Value = None

    def check(self, value: object) -> Value:
        """`value` as this parameter's kind; raises Problem where it is not one of its values."""
        if value is None and self.unset:
            return None
        if self.kind is bool and isinstance(value, bool):
            return value
        if self.kind is str and isinstance(value, str) and self._is_word(value):
            return value
        if self.kind in (int, float) and isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(value)
        raise self._problem(value)

    def parse(self, text: str) -> Value:
        """The value that a person wrote as `text` on the command line."""
        word = text.strip().lower()
        if self.unset and word in ("none", "off", "all", ""):
            return None
        if self.kind is bool:
            if word not in _SWITCHES:
                raise self._problem(text)
            return _SWITCHES[word]
        if self.kind is str:
            return self.check(word if self.words else text)
        try:
            return self.check(float(text) if self.kind is float else int(text))
        except ValueError as error:
            raise self._problem(text) from error

    def _is_word(self, text: str) -> bool:
        """Whether `text` is in the table; where there is none, a word that a window can show."""
        return text in self.words if self.words else len(text) <= LONGEST_WORD

    def _number(self, value: float) -> Value:
        # Compared, because math.isfinite and float overflow for an int of hundreds of digits.
        inside = abs(value) <= sys.float_info.max and self.minimum <= value <= self.maximum
        on_edge = (self.above and value == self.minimum) or (self.below and value == self.maximum)
        if not inside or on_edge or (self.kind is int and value != int(value)):
            raise self._problem(value)
        number: Value = self.kind(value)
        return number

    def _problem(self, value: object) -> Problem:
        text = value if isinstance(value, str) else repr(value)
        shown = "".join(c if c.isprintable() else "�" for c in text[:LONGEST_ECHO])
        if len(text) > LONGEST_ECHO:
            shown += "…"
        return Problem(
            _("{name} must be {expected}, not {value}.").format(
                name=_(self.label), expected=self.expected(), value=shown
            )
        )

    def expected(self) -> str:
        """The values that are allowed, in words."""
        if self.kind is bool:
            return _("true or false")
        if self.kind is str:
            return ", ".join(self.words) or _("a text of at most {most} characters").format(most=LONGEST_WORD)
        number = _("a whole number") if self.kind is int else _("a number")
        low, high = f"{self.minimum:.10g}", f"{self.maximum:.10g}"
        if math.isfinite(self.minimum) and math.isfinite(self.maximum):
            forms = {
                (False, False): _("{number} from {low} to {high}"),
                (False, True): _("{number} from {low} to below {high}"),
                (True, False): _("{number} above {low}, up to {high}"),
                (True, True): _("{number} above {low} and below {high}"),
            }
            return forms[self.above, self.below].format(number=number, low=low, high=high)
        if math.isfinite(self.minimum):
            above = _("{number} above {low}") if self.above else _("{number}, {low} or more")
            return above.format(number=number, low=low)
        return number


_SWITCHES = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass(frozen=True)
class Choice:
    """One row: its key, its label, the class that runs, by name, and that class's parameters.

    `rule` refuses combinations of parameters, by raising Problem.
    """

    key: str
    label: str
    runs: str
    parameters: tuple[Parameter, ...] = ()
    tip: str = ""
    rule: Rule | None = None

    def arguments(self, values: Mapping[str, Value]) -> dict[str, object]:
        """The keyword arguments of the class, from `values` by parameter key."""
        grouped: dict[str, list[Value]] = {}
        for parameter in self.parameters:
            value = values[parameter.key]
            grouped.setdefault(parameter.argument or parameter.key, []).append(
                None if value == "none" else value
            )
        return {name: tuple(found) if len(found) > 1 else found[0] for name, found in grouped.items()}


def table(*rows: Row) -> Mapping[str, Row]:
    """A frozen table of rows by key, in the order given."""
    return MappingProxyType({row.key: row for row in rows})
