"""The file of an experiment: JSON, written all or not at all, read strictly."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.choices.choice import LONGEST_ECHO
from core.experiment.experiment import Experiment, Stretch, require_few
from core.experiment.packed import packed, unpacked
from core.experiment.points import Floats, Points
from core.experiment.settings import NAMES, Settings, unknown_name
from core.file_names import shown_name
from core.problem import Problem
from core.texts import _
from core.whole_file import LARGEST_FILE, reason_in_words, save_whole

FORMAT = "fitscope-experiment"
# 1 had no schedule, penalty, held-out points or earlier parts of the run, 2 no dates, 3 no step at which the
# run stood; all are still read
SCHEMA = 4
PIECE = 250  # numbers handled at a time: about 0.1 ms, as a window beside it waits so long again and again
MOST_COMMAS = 8_000_000  # as many as numbers, nearly; the file would take minutes and gigabytes to open
EXACT_DIGITS = 18  # a whole number of more digits is read as a float

NEEDED = ("format", "schema", "points", "settings")
PARTS = (*NEEDED, "earlier", "step")
STRETCH_PARTS = ("until", "points", "settings")
POINT_PARTS = tuple(f.name for f in fields(Points))


def save_experiment(experiment: Experiment, path: str | os.PathLike[str]) -> None:
    """Write `experiment` to `path`, whole or not at all; raises Problem where it cannot be written."""
    save_whole(path, (piece.encode("ascii") for piece in _counted(_pieces(experiment))))


def save_work(experiment: Experiment, path: Path) -> None:
    """Write `experiment` to `path` as save_experiment does, quickly, and not for a person to read.

    Nobody else may write that file meanwhile.
    """
    save_whole(path, (piece.encode("ascii") for piece in _pieces(experiment, packs=True)), alone=True)


def load_experiment(path: str | os.PathLike[str], alone: bool = False) -> Experiment:
    """The experiment in the file `path`; raises Problem for anything but a file that Fitscope could write.

    With `alone` it takes a third of the time, in which nothing else of the program moves.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.stat().st_size > LARGEST_FILE:
            raise Problem(_too_large().format(file=shown_name(path), limit=LARGEST_FILE // 1_000_000))
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise Problem(
            _("“{file}” could not be opened, because {reason}; choose another file.").format(
                file=shown_name(path), reason=reason_in_words(error)
            )
        ) from error
    try:
        return loads(data, alone)
    except Problem as problem:
        raise Problem(f"{shown_name(path)}: {problem}") from problem


def dumps(experiment: Experiment) -> str:
    """The text of the file of `experiment`."""
    return "".join(_pieces(experiment))


def loads(data: str | bytes, alone: bool = False) -> Experiment:
    """The experiment in the content of a file; raises Problem, and nothing else, whatever the content.

    `alone` as in load_experiment.
    """
    try:
        return _experiment(_parsed(data, alone))
    except (RecursionError, MemoryError) as error:
        raise Problem(_("The experiment is nested too deeply; open a file that Fitscope saved.")) from error


def _pieces(experiment: Experiment, packs: bool = False) -> Iterator[str]:
    """The text of the file, a short piece at a time."""
    yield f'{{\n"format": {json.dumps(FORMAT)},\n"schema": {SCHEMA},\n"points": '
    yield from _points_pieces(experiment.points, packs)
    values = {name: getattr(experiment.settings, name) for name in NAMES}
    yield f',\n"settings": {json.dumps(values, indent=1, default=dict)}'
    if experiment.earlier:
        yield ',\n"earlier": ['
        yield from _stretch_pieces(experiment, packs)
        yield "\n]"
    if experiment.step:
        yield f',\n"step": {experiment.step}'
    yield "\n}\n"


def _counted(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces; Problem where they could not be opened again."""
    commas = 0
    for piece in pieces:
        commas += piece.count(",")
        _require_few_numbers(commas)
        yield piece


def _require_few_numbers(commas: int) -> None:
    """Raise Problem for a file with more numbers than can be opened."""
    if commas > MOST_COMMAS:
        text = _("The experiment has more than {limit} numbers; keep fewer points, for example every tenth.")
        raise Problem(text.format(limit=f"{MOST_COMMAS:,}"))


def _points_pieces(points: Points, packs: bool) -> Iterator[str]:
    write = packed if packs else _numbers
    yield '{\n"x": '
    yield from write(points.x[:, 0] if points.x.shape[1] == 1 else points.x)
    yield ',\n"y": '
    yield from write(points.y)
    for name in POINT_PARTS[2:]:
        yield f",\n{json.dumps(name)}: {json.dumps(getattr(points, name))}"
    yield "\n}"


def _stretch_pieces(experiment: Experiment, packs: bool) -> Iterator[str]:
    """The earlier parts of the run: of each, its last step and what was other than in the part after it."""
    earlier = experiment.earlier
    after: tuple[Stretch | Experiment, ...] = (*earlier[1:], experiment)
    for number, (one, other) in enumerate(zip(earlier, after, strict=True)):
        yield f'{"," if number else ""}\n{{"until": {one.until}'
        if one.points is not other.points and one.points != other.points:
            yield ', "points": '
            yield from _points_pieces(one.points, packs)
        values = {name: getattr(one.settings, name) for name in NAMES}
        changed = {name: value for name, value in values.items() if value != getattr(other.settings, name)}
        if changed:
            yield f', "settings": {json.dumps(changed, default=dict)}'
        yield "}"


def _numbers(values: Floats) -> Iterator[str]:
    """The numbers as a JSON list; the text of a number is that of repr, and exact."""
    yield "["
    for start in range(0, len(values), PIECE):
        text = json.dumps(values[start : start + PIECE].tolist())
        yield (", " if start else "") + text[1:-1]
    yield "]"


def _parsed(data: str | bytes, alone: bool) -> object:
    """The content as JSON; strict where Python's reader is not."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        _require_few_numbers(text.count(","))
        # Numbers are made in Python, not in C, so that a large file leaves a window beside it free to move;
        # those that C makes are checked where they are used.
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=float if alone else _finite,
            parse_int=_whole,
            parse_constant=_finite,
        )
    except json.JSONDecodeError as error:
        raise Problem(
            _("Line {line} is not valid JSON; open an undamaged file that Fitscope saved.").format(
                line=error.lineno
            )
        ) from error
    except UnicodeDecodeError as error:
        raise _foreign() from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(
                _("The name {name} is there twice; remove one of the two.").format(
                    name=repr(name[:LONGEST_ECHO])
                )
            )
        found[name] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not np.isfinite(value):
        raise Problem(
            _("{value} is not a finite number; write a number in its place.").format(
                value=text[:LONGEST_ECHO]
            )
        )
    return value


def _whole(text: str) -> float:
    return int(text) if len(text) <= EXACT_DIGITS else _finite(text)


def _experiment(content: object) -> Experiment:
    """The experiment in parsed content."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _foreign()
    _require_schema(content.get("schema"))
    _require_names(content, PARTS, needed=NEEDED)
    points, settings = _points(_mapping(content, "points")), _settings(_mapping(content, "settings"))
    earlier = _earlier(content.get("earlier", []), points, settings)
    return Experiment(points, settings, earlier, content.get("step", 0))


def _earlier(parts: object, points: Points, settings: Settings) -> tuple[Stretch, ...]:
    """The earlier parts of a run, the last of which was followed by `points` and `settings`."""
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise Problem(_("“earlier” must be a list of the parts of a run; open a file that Fitscope saved."))
    require_few(len(parts))
    found: list[Stretch] = []
    for part in reversed(parts):
        _require_names(part, STRETCH_PARTS, needed=("until",))
        points = _points(_mapping(part, "points")) if "points" in part else points
        settings = _settings(_mapping(part, "settings"), settings) if "settings" in part else settings
        found.append(Stretch(part["until"], points, settings))
    return tuple(reversed(found))


def _require_schema(schema: object) -> None:
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise Problem(_("The experiment does not say which schema it has; open a file that Fitscope saved."))
    if schema > SCHEMA:
        raise Problem(_("The experiment was written by a newer Fitscope; update the program to open it."))


def _require_names(content: Mapping[str, object], known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """Raise Problem for a name that is not known, and for one that is not there."""
    for name in content:
        if name not in known:
            raise unknown_name(name, known)
    for name in needed:
        if name not in content:
            raise Problem(
                _("“{name}” is missing in the experiment; open a file that Fitscope saved.").format(name=name)
            )


def _mapping(content: Mapping[str, object], name: str) -> dict[str, object]:
    part = content[name]
    if not isinstance(part, dict):
        raise Problem(
            _("“{name}” must be pairs of a name and a value; open a file that Fitscope saved.").format(
                name=name
            )
        )
    return part


def _points(content: Mapping[str, object]) -> Points:
    _require_names(content, POINT_PARTS, needed=("x", "y"))
    x = content["x"]
    rows = isinstance(x, list) and bool(x) and isinstance(x[0], list)
    words = {name: _text(name, content[name]) for name in POINT_PARTS[2:] if name in content}
    return Points(_table(x) if rows else _array("x", x), _array("y", content["y"]), **words)


def _array(name: str, values: object) -> Floats:
    """Numbers as an array; a list is used up, since to free a long one at once takes long."""
    if isinstance(values, dict):
        return unpacked(name, values)
    if not isinstance(values, list):
        raise _not_numbers(name)
    array = np.empty(len(values))
    for start in reversed(range(0, len(values), PIECE)):
        piece = values[start:]
        del values[start:]
        if not set(map(type, piece)) <= {int, float}:
            raise _not_numbers(name)
        array[start : start + PIECE] = piece
    return array


def _table(rows: object) -> Floats:
    """A list of equally long lists of numbers as an array."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise _not_numbers("x")
    if any(len(row) != len(rows[0]) for row in rows):
        raise Problem(_("Every point must have as many x values as the first."))
    return _array("x", [value for row in rows for value in row]).reshape(len(rows), -1)


def _settings(content: Mapping[str, object], base: Settings | None = None) -> Settings:
    """The settings, those that are left out being those of `base`, or else the defaults."""
    _require_names(content, NAMES, needed=())
    values: dict[str, Any] = dict(content)
    return replace(base or Settings(), **values)  # which checks every value itself


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Problem(_("“{name}” must be a text.").format(name=name))
    return value.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be shown


def _foreign() -> Problem:
    return Problem(_("This is not an experiment of Fitscope; open a file that it saved as .fit.json."))


def _not_numbers(name: str) -> Problem:
    return Problem(_("“{name}” must be a list of numbers.").format(name=name))


def _too_large() -> str:
    return _("“{file}” is larger than {limit} MB; open a smaller file.")
