"""Everything but the points that makes a run: frozen, and valid from the first moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from core.choices import FIELDS, STOP_RULES, TABLES, Choice, Parameter, Value
from core.choices.choice import LONGEST_ECHO
from core.choices.limits import MOST_START_VALUES
from core.problem import Problem
from core.texts import _


@dataclass(frozen=True)
class Settings:
    """The choices of a run. The first fields are described by core.choices.FIELDS.

    `start_values` are the person's own start values, in the units of the data and in the order of the
    parameters. `options` holds the hyper-parameters that are not at their defaults, by "row.parameter",
    such as "huber.delta"; those of rows not chosen are remembered. Raises Problem for anything not allowed.
    """

    model: str = "line"
    loss: str = "mse"
    optimizer: str = "adam"
    learning_rate: float = 0.01
    schedule: str = "constant"
    clip_norm: float | None = None
    l1: float = 0.0
    batch_size: int | None = None
    epochs: int | None = 1000
    steps: int | None = None
    seconds: float | None = None
    loss_below: float | None = None
    gradient_below: float | None = None
    patience: int | None = None
    validation: float = 0.0
    validation_seed: int = 0
    seed: int = 0
    start: str = "pytorch"
    device: str = "cpu"
    threads: int = 1
    dtype: str = "float32"
    engine: str = "eager"
    standardise: bool = False
    start_values: tuple[float, ...] = ()
    options: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for name, parameter in FIELDS.items():
            object.__setattr__(self, name, parameter.check(getattr(self, name)))
        object.__setattr__(self, "start_values", _start_values(self.start_values))
        object.__setattr__(self, "options", _options(self.options))
        for row in (row for rows in TABLES.values() for row in rows.values()):
            if row.rule is not None:  # also of a row not chosen: choosing it must not be refused
                row.rule(self._values_of(row))

    def row(self, name: str) -> Choice:
        """The chosen row of the table `name`: "model", "loss", "optimizer" or "schedule"."""
        return TABLES[name][getattr(self, name)]

    def values(self, name: str) -> dict[str, Value]:
        """The parameters of the chosen row of the table `name`, by parameter key."""
        return self._values_of(self.row(name))

    def _values_of(self, row: Choice) -> dict[str, Value]:
        return {p.key: self.options.get(f"{row.key}.{p.key}", p.default) for p in row.parameters}

    def with_option(self, key: str, value: Value) -> Settings:
        """These settings with one hyper-parameter ("row.parameter") changed."""
        return replace(self, options={**self.options, key: value})

    def steps_like(self, other: Settings) -> bool:
        """Whether a step is the same with both: neither stop rules nor the engine have a part in it."""
        if self is other or self == other:
            return True
        return replace(self, **{name: getattr(other, name) for name in ("engine", *STOP_RULES)}) == other

    def restarts(self, other: Settings) -> bool:
        """Whether going from these settings to `other` takes a new run; otherwise the change is live."""
        if any(getattr(self, f.key) != getattr(other, f.key) for f in FIELDS.values() if not f.live):
            return True
        if self.start == "own" and self.start_values != other.start_values:
            return True
        return any(self.values(name) != other.values(name) for name in TABLES if not FIELDS[name].live)


def option_parameters() -> Mapping[str, Parameter]:
    """Every hyper-parameter of every row, by "row.parameter"."""
    return MappingProxyType(
        {
            f"{row.key}.{parameter.key}": parameter
            for rows in TABLES.values()
            for row in rows.values()
            for parameter in row.parameters
        }
    )


OPTIONS = option_parameters()
NAMES = tuple(f.name for f in fields(Settings))


def unknown_name(name: object, known: Iterable[str]) -> Problem:
    """The Problem that there is no `name`, with the names nearest to it among `known`."""
    shown = "".join(c if c.isprintable() else "�" for c in str(name)[:LONGEST_ECHO])
    from difflib import get_close_matches  # here, because only a mistake needs it

    near = get_close_matches(shown, known, 2)
    if not near:
        return Problem(
            _("There is no setting called “{name}”; leave it out, or see --help for the names.").format(
                name=shown
            )
        )
    return Problem(
        _("There is nothing called “{name}” here; did you mean {near}?").format(
            name=shown, near=_(" or ").join(near)
        )
    )


def _options(options: Mapping[str, Value]) -> Mapping[str, Value]:
    """The options checked, in the order of the tables and without those at their defaults."""
    if not isinstance(options, Mapping):
        raise Problem(_("Options must be pairs of a name and a value."))
    for key in options:
        if key not in OPTIONS:
            raise unknown_name(key, OPTIONS)
    checked = {key: OPTIONS[key].check(options[key]) for key in OPTIONS if key in options}
    return MappingProxyType({k: v for k, v in checked.items() if v != OPTIONS[k].default})


def _start_values(values: object) -> tuple[float, ...]:
    number = Parameter("start_values", FIELDS["start"].label, 0.0)
    if not isinstance(values, tuple | list):
        raise Problem(_("Start values must be a list of numbers."))
    if len(values) > MOST_START_VALUES:
        text = _("There are {count} start values and the limit is {limit}; give one for each parameter.")
        raise Problem(text.format(count=f"{len(values):,}", limit=f"{MOST_START_VALUES:,}"))
    return tuple(float(number.check(value) or 0) for value in values)
