"""The PyTorch program of a fit: written from the rows of the tables that run, in the person's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from core.experiment.experiment import Stretch
from core.experiment.points import Points
from core.experiment.settings import Settings
from core.export.course import course
from core.export.loop import loop_section
from core.export.page import SECTIONS, Folded, Line, Numbers
from core.export.setting_up import Notes, data_section, loss_section, model_section, optimizer_section
from core.export.training import drawing_section, result_section
from core.insight.scaling import Scaling

__all__ = ["SECTIONS", "Line", "Program", "program"]

BETWEEN = "\n\n"  # sections


@dataclass(frozen=True, eq=False)
class Program:
    """A program, in pieces; the sections follow each other in the order of SECTIONS."""

    pieces: tuple[tuple[Line | Numbers | Folded, ...], ...]

    def shown(self) -> tuple[Line, ...]:
        """For the eye: of long lists only the first numbers, so that any number of points costs the same."""
        lines: list[Line] = []
        for pieces in self.pieces:
            if lines:
                lines.append(Line("", "", lines[-1].section))
            lines += _shown(pieces)
        return tuple(lines)

    def sections(self) -> dict[str, str]:
        """The code of every section, with all data."""
        return dict(zip(SECTIONS, map(_code, self.pieces), strict=True))

    def text(self) -> str:
        """The whole program, with all data."""
        return BETWEEN.join(self.sections().values()) + "\n"


def program(
    points: Points,
    settings: Settings,
    steps: int | None = None,
    name: str = "",
    scaling: Scaling | None = None,
    changed: bool = False,
    earlier: Sequence[Stretch] = (),
    ended: str | None = None,
) -> Program:
    """The program that trains on `points` as `settings` say; on the CPU to the same bits as a Trainer.

    It trains for the `steps` that a run has made; by default until one of the rules of `settings` ends it,
    at the step where a Trainer ends. `name` is the file of the points, for a comment. `scaling` is that of
    the run, which saves finding it once more. `earlier` are the parts of the run before `points` and
    `settings` hold; `changed` says that there were some which are not known, so that it is another run.
    `ended` says why a run has ended, as Trainer.stopped does. Raises Problem where no run could start.
    """
    run = course(points, settings, earlier, steps, scaling, ended)
    pages = (
        data_section(run, Notes(name, changed)),
        model_section(run.first),
        loss_section(run),
        optimizer_section(run.first),
        loop_section(run),
        result_section(run),
        drawing_section(run.last),
    )
    return Program(tuple(tuple(page.pieces) for page in pages))


def _shown(pieces: Iterable[Line | Numbers | Folded]) -> Iterator[Line]:
    """The lines for the eye."""
    for piece in pieces:
        if isinstance(piece, Folded):
            yield from piece.note
        else:
            yield piece.shown() if isinstance(piece, Numbers) else piece


def _code(pieces: Iterable[Line | Numbers | Folded]) -> str:
    rows: list[str] = []
    for piece in chain.from_iterable(
        piece.pieces if isinstance(piece, Folded) else (piece,) for piece in pieces
    ):
        rows += piece.whole() if isinstance(piece, Numbers) else [piece.text]
    return "\n".join(rows)
