"""The verbs of the command line: what was asked for, and doing what needs no window."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from core.choices import FIELDS, STOP_RULES, TABLES, Parameter, Value
from core.experiment.settings import unknown_name
from core.problem import Problem
from core.reading_options import add_reading_options, reading_of
from core.terminal import say
from core.texts import LANGUAGES, N_, _, use_language

if TYPE_CHECKING:
    from core.train_verb import Draw

TRAIN, EXPORT, SCREENSHOT, SELF_TEST = "train", "export", "screenshot", "self-test"
WINDOW = "window"
INSTALL, REMOVE = "install-shortcut", "remove-shortcut"
VERBS = (TRAIN, EXPORT, SCREENSHOT, SELF_TEST)
OPENS_FILE = (WINDOW, TRAIN, EXPORT, SCREENSHOT)
SHORT_OPTIONS = {"learning_rate": "--lr"}
DEFAULT_SIZE = "1280x720"
SMALLEST_SIDE, LARGEST_SIDE = 320, 10_000  # pixels of a screenshot

Group = argparse._ArgumentGroup

THEME = Parameter(
    "theme",
    N_("Theme"),
    "light",
    str,
    words={"light": N_("light"), "dark": N_("dark")},
    tip=N_("The colours."),
)
SCALE = Parameter(
    "scale", N_("Size"), 1.0, minimum=1, maximum=3, tip=N_("The size of texts and controls, from 1 to 3.")
)
MODE = Parameter(
    "mode",
    N_("Mode"),
    "simple",
    str,
    words={"simple": N_("simple"), "full": N_("full"), "inside": N_("inside the step")},
    tip=N_("The essential panels and settings, or all, or those that tell a single step."),
)
LOOK = (THEME, SCALE, MODE)
STEPS = Parameter(
    "steps",
    FIELDS["steps"].label,
    0,
    int,
    0,
    FIELDS["steps"].maximum,
    tip=N_(
        "Train so many steps, from the start, before the picture is taken. Without it an experiment is shown "
        "at the step at which it was saved."
    ),
)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for; `verb` is one of the names above.

    A window has file, reading, language, theme, scale and mode; a screenshot also output, steps and size;
    train has file, reading and the texts of its options, export those and output. Raises Problem for what
    cannot be understood.
    """
    arguments, rest = _understood(_common(), argv)
    if arguments.language is not None:
        arguments.language = _language(arguments.language)
        use_language(arguments.language)
    verb = rest.pop(0) if rest and rest[0] in VERBS else WINDOW
    parser = {
        TRAIN: _train_parser,
        EXPORT: _export_parser,
        SCREENSHOT: _screenshot_parser,
        SELF_TEST: _self_test_parser,
    }.get(verb, _window_parser)()
    found, left = _understood(parser, rest)
    if left:
        raise _left_over(left[0], parser)
    found.verb = verb
    _add_look(found, arguments)
    if verb == SCREENSHOT:
        found.steps = None if found.steps is None else STEPS.parse(found.steps)
        found.size = _size(found.size)
    if verb in (TRAIN, EXPORT, SCREENSHOT) and found.file is None:
        example = f"{verb} engel.csv" + (" fit.py" if verb == EXPORT else "")
        raise Problem(_("Say which file to open, as in: {example}.").format(example=example))
    if verb == SCREENSHOT and found.output is None:
        raise Problem(_("Say where to put the picture, as in: {example}.").format(example="picture.png"))
    if verb == EXPORT and found.output is None:
        raise Problem(_("Say where to put the program, as in: {example}.").format(example="fit.py"))
    if verb in OPENS_FILE:
        found.reading = reading_of(found)
    if verb == WINDOW and (found.install_shortcut or found.remove_shortcut):
        found.verb = INSTALL if found.install_shortcut else REMOVE
    return found


def run(arguments: argparse.Namespace, draw: Draw | None = None) -> int:
    """Do what `arguments` ask for, unless it takes a window; the exit status.

    `draw` makes the picture of `train --plot`, which core cannot.
    """
    if arguments.verb == TRAIN:
        from core.train_verb import train

        return train(arguments, draw)
    if arguments.verb == EXPORT:
        from core.export_verb import export

        return export(arguments)
    if arguments.verb == SELF_TEST:
        from core.self_test import self_test

        return 0 if self_test(say) else 1
    from core.shortcut import install_shortcut, remove_shortcut

    install = arguments.verb == INSTALL
    for path in install_shortcut() if install else remove_shortcut():
        say((_("Written: {file}") if install else _("Removed: {file}")).format(file=path))
    return 0


class _Help(argparse.HelpFormatter):
    """argparse's help, in the person's language; a line of a description stays one."""

    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        super().add_usage(usage, actions, groups, _("How to use it: "))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        hanging = indent + "    " if "\n" in text else indent
        return "\n".join(
            textwrap.fill(line, width, initial_indent=indent, subsequent_indent=hanging)
            for line in text.splitlines()
        )


class _Parser(argparse.ArgumentParser):
    """A parser whose every complaint is a Problem of one sentence."""

    def __init__(self, verb: str = "", description: str = "", usage: str | None = None) -> None:
        super().__init__(
            prog=f"fitscope {verb}".strip(),
            usage=usage,
            description=description,
            formatter_class=_Help,
            add_help=False,
            allow_abbrev=False,
            exit_on_error=False,
        )
        self.files = self.add_argument_group(_("Files"))
        self.options = self.add_argument_group(_("Options"))

    def error(self, message: str) -> NoReturn:
        raise Problem(
            _("The command line cannot be understood ({detail}); see --help.").format(detail=message)
        )

    def print_help(self, file: object = None) -> None:
        say(self.format_help().rstrip())


def _understood(parser: _Parser, argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What `parser` knows in `argv`, and the rest."""
    try:
        return parser.parse_known_args(list(argv))
    except argparse.ArgumentError as error:
        raise Problem(
            _("{option} is not followed by what it needs; see --help.").format(option=error.argument_name)
        ) from error


def _common() -> _Parser:
    """The options that may stand before the verb or after it."""
    parser = _Parser()
    _add_common(parser)
    return parser


def _add_common(parser: _Parser, look: bool = True) -> None:
    parser.options.add_argument(
        "--language", metavar="|".join(LANGUAGES), help=_("The language of texts; the system's, if left out.")
    )
    for parameter in LOOK if look else ():
        _add(parser.options, parameter)


def _add_help(parser: _Parser, look: bool) -> _Parser:
    """`parser` with what every help ends with; the common options are listed there, and read before."""
    _add_common(parser, look)
    parser.options.add_argument("-h", "--help", action="help", help=_("Show this, and do nothing."))
    return parser


def _add(group: Group, parameter: Parameter, *more: str) -> None:
    """An option from a table: its name, its words and its help."""
    name = "--" + parameter.key.replace("_", "-")
    tip = _(parameter.tip)
    if parameter.kind is bool:
        group.add_argument(name, action=argparse.BooleanOptionalAction, help=tip)
        return
    plain = "NUMBER" if parameter.kind is float else parameter.key.split("_")[-1].upper()
    metavar = "|".join(parameter.words) or plain
    group.add_argument(name, *more, dest=parameter.key, metavar=metavar, help=tip.replace("%", "%%"))


def _window_parser() -> _Parser:
    parser = _Parser(
        description=_(
            "Draw or load points and watch PyTorch fit them. Without a verb, a window opens; "
            "the verbs train, export, screenshot and self-test need none: see their --help."
        )
    )
    _add_file(parser)
    parser.options.add_argument(
        "--install-shortcut", action="store_true", help=_("Put Fitscope on the desktop and into the menu.")
    )
    parser.options.add_argument("--remove-shortcut", action="store_true", help=_("Take it away from there."))
    add_reading_options(parser)
    return _add_help(parser, look=True)


def _train_parser() -> _Parser:
    parser = _Parser(
        TRAIN,
        _(
            "Train on the points of a file, and say what came out. An experiment is trained from its start, "
            "at whatever step it was saved."
        ),
        f"fitscope {TRAIN} FILE [--OPTION …]",
    )
    _add_file(parser)
    add_reading_options(parser)
    _add_settings(parser)
    options = parser.options
    options.add_argument(
        "--save", metavar="OUT.fit.json", help=_("Save points and settings as an experiment.")
    )
    options.add_argument("--plot", metavar="OUT.png", help=_("Draw the fit and the loss as a picture."))
    options.add_argument("--json", action="store_true", help=_("Print one JSON object and nothing else."))
    _add_hyper_parameters(parser)
    return _add_help(parser, look=False)


def _export_parser() -> _Parser:
    parser = _Parser(
        EXPORT,
        _(
            "Write the PyTorch program of a fit, as a script or a notebook. It needs PyTorch alone, "
            "and comes to the same numbers."
        ),
        f"fitscope {EXPORT} FILE OUT.py|OUT.ipynb [--OPTION …]",
    )
    _add_file(parser)
    parser.files.add_argument(
        "output", nargs="?", metavar="OUT.py|OUT.ipynb", type=Path, help=_("The program to write.")
    )
    add_reading_options(parser)
    _add_settings(parser)
    _add_hyper_parameters(parser)
    return _add_help(parser, look=False)


def _add_settings(parser: _Parser) -> None:
    """The options that say how the points are trained on."""
    options = parser.options
    stop = parser.add_argument_group(
        _("When to stop"),
        _(
            "Training ends with the first of these rules. --steps alone lifts the limit of --epochs, and the "
            "other way round; every other rule only ends it sooner. The word none lifts a rule."
        ),
    )
    for parameter in FIELDS.values():
        group = stop if parameter.key in STOP_RULES else options
        _add(group, parameter, *filter(None, [SHORT_OPTIONS.get(parameter.key)]))
    options.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help=_("Any other setting or hyper-parameter, such as huber.delta=2 or degree=5; may be repeated."),
    )


def _add_hyper_parameters(parser: _Parser) -> None:
    parser.add_argument_group(_("Hyper-parameters for --set, with their defaults"), _hyper_parameters())


def _hyper_parameters() -> str:
    """A line for each row that has any."""
    rows = [row for table in TABLES.values() for row in table.values() if row.parameters]
    return "\n".join(
        f"{row.key}: " + ", ".join(f"{p.key}={_written(p.default)}" for p in row.parameters) for row in rows
    )


def _written(value: Value) -> str:
    """A value as it is written on the command line."""
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def _screenshot_parser() -> _Parser:
    parser = _Parser(SCREENSHOT, _("Draw the window into a picture; no screen is needed."))
    _add_file(parser)
    parser.files.add_argument(
        "output", nargs="?", metavar="OUT.png", type=Path, help=_("The picture to write.")
    )
    _add(parser.options, STEPS)
    parser.options.add_argument(
        "--size",
        metavar="WxH",
        default=DEFAULT_SIZE,
        help=_("Width and height in pixels; {size} if left out.").format(size=DEFAULT_SIZE),
    )
    add_reading_options(parser)
    return _add_help(parser, look=True)


def _self_test_parser() -> _Parser:
    return _add_help(_Parser(SELF_TEST, _("Check that this installation works.")), look=False)


def _add_file(parser: _Parser) -> None:
    parser.files.add_argument(
        "file", nargs="?", metavar="FILE", type=Path, help=_("A table of data, or an experiment (.fit.json).")
    )


def _left_over(word: str, parser: _Parser) -> Problem:
    """The Problem that nobody knows what to do with `word`."""
    if word.startswith("-"):
        known = re.findall(r"--[a-z-]+", parser.format_help())
        return unknown_name(word.partition("=")[0], dict.fromkeys(known))
    return Problem(_("“{word}” is one argument too many; see --help.").format(word=word))


def _add_look(found: argparse.Namespace, common: argparse.Namespace) -> None:
    """Put the common options into `found`, where its verb has them; None where they were left out."""
    found.language = common.language
    for parameter in LOOK:
        text = getattr(common, parameter.key)
        if found.verb in (WINDOW, SCREENSHOT):
            setattr(found, parameter.key, None if text is None else parameter.parse(text))
        elif text is not None:
            raise Problem(
                _("{option} changes nothing here; leave it out.").format(option=f"--{parameter.key}")
            )


def _language(text: str) -> str:
    known = {code.lower(): code for code in LANGUAGES}
    code = text.replace("-", "_").lower()
    if code not in known:
        raise Problem(
            _("{name} must be {expected}, not {value}.").format(
                name="--language", expected=", ".join(LANGUAGES), value=text[:20]
            )
        )
    return known[code]


def _size(text: str) -> tuple[int, int]:
    """Width and height in pixels, from a text such as 1280x720."""
    match = re.fullmatch(r"([0-9]{1,5})[x×]([0-9]{1,5})", text.strip().lower())
    sides = [int(side) for side in match.groups()] if match else [0]
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides):
        raise Problem(
            _("--size must be like {example}, each side from {low} to {high}, not {value}.").format(
                example=DEFAULT_SIZE, low=SMALLEST_SIDE, high=LARGEST_SIDE, value=text[:20]
            )
        )
    return sides[0], sides[1]
