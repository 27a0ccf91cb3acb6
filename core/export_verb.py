"""The verb `export`: the PyTorch program of a fit, as a script or a notebook."""

from __future__ import annotations

import argparse

from core.experiment.split import too_few_points
from core.export import program, save_program
from core.export.save import check_ending
from core.file_names import readable, shown_name
from core.terminal import complain, say
from core.texts import _
from core.work import idle_options, work_of


def export(arguments: argparse.Namespace) -> int:
    """Do what `export` asks for, the arguments being those of core.cli.parse; the exit status.

    Raises Problem for what the person can mend.
    """
    check_ending(arguments.output)
    work = work_of(arguments)
    earlier = work.experiment.earlier
    made = program(work.points, work.settings, name=shown_name(arguments.file), earlier=earlier)
    save_program(made, arguments.output)
    say(_("Written: {file}").format(file=readable(arguments.output)))
    for sentence in (
        work.notice,
        *idle_options(arguments.set, work.settings),
        too_few_points(len(work.points), work.settings),
    ):
        if sentence:
            complain(sentence)
    return 0
