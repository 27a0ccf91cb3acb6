"""What the command line gives to work on: the points of a file, and the settings of its options."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.choices import FIELDS, TABLES, Value
from core.experiment.experiment import Experiment
from core.experiment.file import load_experiment
from core.experiment.points import Points
from core.experiment.settings import NAMES, OPTIONS, Settings, unknown_name
from core.file_names import shown_name
from core.problem import Problem
from core.reading_options import is_experiment
from core.tables.reading import Column
from core.texts import _, joined, n_


@dataclass(frozen=True)
class Work:
    """What the command line gives to train on.

    `message` says what was read, `x` and `y` from which columns, `sheet` of which sheet, `dropped_because`
    how many rows of the table are no points for which reason, and `notice` what of an experiment was left
    out.
    """

    experiment: Experiment
    message: str
    x: Column
    y: Column
    sheet: str | None = None
    dropped_because: Mapping[str, int] = field(default_factory=dict)
    notice: str = ""

    @property
    def points(self) -> Points:
        """The points after the last change."""
        return self.experiment.points

    @property
    def settings(self) -> Settings:
        """The settings after the last change."""
        return self.experiment.settings


def work_of(arguments: argparse.Namespace) -> Work:
    """The points of the file and the settings of the options; raises Problem where they cannot be had."""
    path: Path = arguments.file
    if not is_experiment(path):
        from core.tables import read_points

        settings = settings_of(arguments, Settings())
        read = read_points(path, arguments.reading)
        message = joined(
            read.message,
            *(
                _("{option} reads it so.").format(option=f"--date-order {order}")
                for order in read.open_date_orders[:1]
            ),
        )
        experiment = Experiment(read.points, settings)
        return Work(experiment, message, read.x, read.y, read.reading.sheet, read.dropped_because)
    experiment = load_experiment(path, alone=True)
    count = len(experiment.points)
    message = n_("{count} point from {file}.", "{count} points from {file}.", count)
    settings = settings_of(arguments, experiment.settings)
    notice = ""
    if settings != experiment.settings:
        if experiment.earlier:
            notice = _("The changes recorded in {file} were left out, because other settings were given.")
        experiment = Experiment(experiment.points, settings)
    x, y = Column(experiment.points.x_name, None), Column(experiment.points.y_name, None)
    name = shown_name(path)
    return Work(experiment, message.format(count=count, file=name), x, y, notice=notice.format(file=name))


def settings_of(arguments: argparse.Namespace, base: Settings) -> Settings:
    """`base` changed by the options and the --set of `arguments`; raises Problem for what is not allowed."""
    given: dict[str, Value] = {}
    for key, parameter in FIELDS.items():
        value = getattr(arguments, key)
        if value is not None:
            given[key] = value if isinstance(value, bool) else parameter.parse(value)
    start_values = base.start_values
    options: dict[str, str] = {}
    for name, text in map(_pair, arguments.set):
        if name in FIELDS:
            given[name] = FIELDS[name].parse(text)
        elif name == "start_values":
            start_values = tuple(_number(part) for part in text.split(","))
            given.setdefault("start", "own")
        else:
            options[name] = text
    _lift_other_limit(given)
    values: dict[str, Any] = {name: getattr(base, name) for name in NAMES} | given
    chosen = _option_names(values)
    values["start_values"] = start_values
    values["options"] = {**base.options, **dict(_option(chosen, *pair) for pair in options.items())}
    return Settings(**values)


def _lift_other_limit(given: dict[str, Value]) -> None:
    """Whoever sets one of the two limits means it alone, and not whichever comes first."""
    for one, other in (("steps", "epochs"), ("epochs", "steps")):
        if given.get(one) is not None:
            given.setdefault(other, None)


def _option_names(values: dict[str, Any]) -> dict[str, str]:
    """The names by which --set knows the hyper-parameters: "huber.delta", and "delta" of a chosen row."""
    rows = [TABLES[name][values[name]] for name in TABLES]
    short = {parameter.key: f"{row.key}.{parameter.key}" for row in rows for parameter in row.parameters}
    return {**{name: name for name in OPTIONS}, **short}


def _option(names: dict[str, str], name: str, text: str) -> tuple[str, Value]:
    """The whole name and the value of one hyper-parameter."""
    if name not in names:
        raise unknown_name(name, [*FIELDS, "start_values", *names])
    return names[name], OPTIONS[names[name]].parse(text)


def idle_options(pairs: list[str], settings: Settings) -> list[str]:
    """A sentence for each --set of a hyper-parameter whose row is not chosen."""
    chosen = {settings.row(name).key for name in TABLES}
    names = [_pair(text)[0] for text in pairs]
    return [
        _("{name} changes nothing, because {row} is not chosen.").format(name=name, row=name.split(".")[0])
        for name in names
        if "." in name and name.split(".")[0] not in chosen
    ]


def _pair(text: str) -> tuple[str, str]:
    """The name and the value in NAME=VALUE."""
    name, sign, value = text.partition("=")
    if not sign:
        raise Problem(
            _("--set takes a name and a value, such as {example}, not {value}.").format(
                example="huber.delta=2", value=text[:40]
            )
        )
    return name.strip().replace("-", "_"), value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Problem(
            _("Start values must be numbers with commas between them, not {value}.").format(value=text[:40])
        ) from error
