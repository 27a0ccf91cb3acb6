"""A report as plain text, for the clipboard."""

from __future__ import annotations

from core.choices import FIELDS
from core.choices.limits import USUAL_LOWEST_RATE
from core.insight.numbers import typed
from core.texts import _, enumerated, joined
from core.training.speed.figures import Figure, Report
from core.training.speed.verdicts import batch_verdict, disturbed_sentence, size_verdict, ways_verdict
from core.training.speed.words import points_text, rate_text, way_name, way_text


def as_text(report: Report) -> str:
    """Every figure and every sentence; a heading, the lines under it, and what they say, for each part."""
    parts = (
        _part(
            ways_title(),
            [f"{way_name(f.way)}\t{way_text(report, f)}" for f in report.ways],
            ways_verdict(report),
        ),
        _part(batches_title(), [_sized(f, points_text(f)) for f in report.batches], batch_verdict(report)),
        _part(sizes_title(), [_sized(f, rate_text(f)) for f in report.sizes], size_verdict(report)),
    )
    return "\n\n".join(filter(None, (how_sentence(report), disturbed_sentence(report), *parts))) + "\n"


def ways_title() -> str:
    """What the first part is called."""
    return _("Ways to train")


def batches_title() -> str:
    """What the second part is called."""
    return _("Batch sizes")


def sizes_title() -> str:
    """What the third part is called."""
    return _("Points in a step")


def how_sentence(report: Report) -> str:
    """What was timed, and how; also what the run has and the steps that were timed have not."""
    sentence = _(
        "Timed by turns with PyTorch {version}, on one thread of the processor: {points} points, {batch} in "
        "each step, at a learning rate of {rate}; the bars are medians."
    )
    return joined(
        sentence.format(
            version=report.torch,
            points=f"{report.points:,}",
            batch=f"{report.batch:,}",
            rate=typed(USUAL_LOWEST_RATE),
        ),
        _aside_sentence(report),
    )


def _aside_sentence(report: Report) -> str:
    """Which settings were left aside; empty where none were."""
    if not report.aside:
        return ""
    names = enumerated(_(FIELDS[name].label) for name in report.aside)
    return _("Left aside, so that all ways do the same: {names}.").format(names=names)


def _sized(figure: Figure, text: str) -> str:
    return f"{figure.size:,}\t{way_name(figure.way)}\t{text}"


def _part(title: str, lines: list[str], verdict: str) -> str:
    return "\n".join((title, *lines, *([verdict] if verdict else []))) if lines else ""
