"""What the figures of a measuring say, in sentences; each follows from the figures alone."""

from __future__ import annotations

import math

from core.texts import _, joined
from core.training.speed.figures import (
    BARE,
    COMPILED,
    CPU,
    EAGER,
    LOADER,
    WITH_COMPILING,
    Figure,
    Report,
    Way,
    break_even,
    figure_of,
)
from core.training.speed.plan import CALCULATES, SMALLEST
from core.training.speed.words import duration, round_text, way_name

ALIKE = 1.15  # times as fast: less is chance
UNDISTURBED = 0.85  # of the time; measuring that had less of the processor says so
NEARLY_ALL = 0.95
TWO = 2  # digits of what is compared


def ways_verdict(report: Report) -> str:
    """Which way is the fastest, and what the DataLoader and compiling cost."""
    return joined(_fastest(report), _loader(report), _compiling(report))


def batch_verdict(report: Report) -> str:
    """What larger batches gain, and what they lose."""
    timed = [f for f in report.batches if f.way == Way(EAGER) and f.rate is not None]
    if len(timed) < 2:
        return _("There is one batch size only, since there is one point.") if report.points == 1 else ""
    small, large = timed[0], timed[-1]
    best = max(timed, key=lambda f: f.points_rate or 0.0)
    return joined(
        _(
            "A pass over {points} points takes {slow} in batches of {small}, {fast} in batches of {best}."
        ).format(
            points=f"{report.points:,}",
            slow=duration(_pass(report, small)),
            small=f"{small.size:,}",
            fast=duration(_pass(report, best)),
            best=f"{best.size:,}",
        ),
        _per_step(small, large),
        _compiled_pass(report, small),
        _("But small batches make more updates in a pass: {updates} instead of {few}.").format(
            updates=f"{_steps(report, small):,}", few=f"{_steps(report, best):,}"
        ),
    )


def size_verdict(report: Report) -> str:
    """From how many points in a step on a compiled step or another device pays."""
    return joined(_overhead(report), _compiled_sizes(report), *_devices(report))


def disturbed_sentence(report: Report) -> str:
    """That other work took some of the time, if it did."""
    if report.share >= UNDISTURBED:
        return ""
    return _(
        "Other work on this machine took {share} of the time, so all figures are too low: compare bars only."
    ).format(share=f"{1 - report.share:.0%}")


# --- the ways -----------------------------------------------------------------------------------------------


def _fastest(report: Report) -> str:
    timed = [f for f in report.ways if f.rate is not None and f.way.loop != WITH_COMPILING]
    if len(timed) < 2:
        return ""
    slow, fast = (choose(timed, key=lambda f: f.rate or 0.0) for choose in (min, max))
    ratio = _ratio(fast, slow)
    if ratio < ALIKE:
        return _("All ways are about equally fast here.")
    sentence = _("Fastest: {fast}. It makes {times} times as many steps a second as the slowest: {slow}.")
    return joined(
        sentence.format(fast=way_name(fast.way), times=_times(ratio), slow=way_name(slow.way)), _why(fast.way)
    )


def _why(way: Way) -> str:
    """What makes a way fast."""
    if way.device != CPU:
        return _("That device works on many points at once, and here there are enough of them.")
    if way.loop == COMPILED:
        return _("It makes many steps in one call, so Python has nothing to do in between.")
    return "" if way.loop == LOADER else _("It does little more than the five lines of a step.")


def _loader(report: Report) -> str:
    loader, bare = figure_of(report.ways, Way(LOADER)), figure_of(report.ways, Way(BARE))
    if loader is None or bare is None:
        return ""
    ratio = _ratio(bare, loader)
    if ratio < ALIKE and (bare.seconds or 0.0) >= CALCULATES:
        return _("The DataLoader costs hardly anything here, since calculating takes far longer.")
    if ratio < ALIKE:
        return _("The DataLoader costs hardly anything here, since a step takes so few points.")
    return _(
        "The DataLoader takes {share} of its loop’s time: it picks each point by itself and puts the batch "
        "together again. It is made for data that do not fit into memory."
    ).format(share=f"{1 - 1 / ratio:.0%}")


def _compiling(report: Report) -> str:
    eager, compiled = figure_of(report.ways, Way(EAGER)), figure_of(report.ways, Way(COMPILED))
    if report.no_code:
        return report.no_code
    if eager is None or compiled is None or report.compiling is None:
        return ""
    if _ratio(compiled, eager) < ALIKE:
        return _("Compiled steps are not faster here, so compiling does not pay, however long the run.")
    seconds = report.compiling.seconds
    needed = math.ceil(break_even(eager.rate or 1.0, compiled.rate or 1.0, seconds) or 0.0)
    sentence = (
        _("Compiling takes {seconds} and pays from about {steps} steps on: in this run of {planned} it does.")
        if report.planned >= needed
        else _(
            "Compiling takes {seconds} and pays from about {steps} steps on: in this run of {planned} it "
            "does not, unless an earlier one has left its code."
        )
    )
    return sentence.format(
        seconds=duration(seconds), steps=round_text(needed, TWO), planned=f"{report.planned:,}"
    )


# --- the batches --------------------------------------------------------------------------------------------


def _compiled_pass(report: Report, small: Figure) -> str:
    """How much of that compiling takes away."""
    compiled = figure_of(report.batches, Way(COMPILED), small.size)
    if compiled is None or _ratio(compiled, small) < ALIKE:
        return ""
    return _("Compiled, the pass in batches of {small} takes {time}.").format(
        small=f"{small.size:,}", time=duration(_pass(report, compiled))
    )


def _per_step(small: Figure, large: Figure) -> str:
    """Why: how long a step takes with few points and with many."""
    ratio, points = _ratio(small, large), large.size / small.size
    sentence = (
        _("A step on {many} points takes hardly longer than one on {few}.")
        if ratio < ALIKE
        else _("A step on {many} points takes {times} times as long as one on {few}, not {points} times.")
        if ratio < points / ALIKE
        else _("A step on {many} points takes {times} times as long as one on {few}.")
    )
    return sentence.format(
        many=f"{large.size:,}", few=f"{small.size:,}", times=_times(ratio), points=round_text(points)
    )


def _steps(report: Report, figure: Figure) -> int:
    """How many steps a pass takes."""
    return -(-report.points // figure.size)


def _pass(report: Report, figure: Figure) -> float:
    """How many seconds a pass takes."""
    return _steps(report, figure) / (figure.rate or math.inf)


# --- the sizes ----------------------------------------------------------------------------------------------


def around_the_calculation(report: Report) -> float | None:
    """The share of an eager step that does not depend on how many points it takes, from 0 to 1."""
    own, least = (figure_of(report.sizes, Way(EAGER), size) for size in (report.batch, SMALLEST))
    return None if own is None or least is None else min(1.0, 1 / _ratio(least, own))


def pays_from(slow: list[Figure], fast: list[Figure]) -> Figure | None:
    """The first of the `fast` figures from which on all are faster than the `slow` ones of the same size."""
    rates = {figure.size: figure.rate for figure in slow}
    found = None
    for figure in reversed(fast):
        rate = rates.get(figure.size)
        if rate is None or figure.rate is None or figure.rate < ALIKE * rate:
            break
        found = figure
    return found


def _overhead(report: Report) -> str:
    share = around_the_calculation(report)
    if share is None:
        return ""
    sentence = (
        _(
            "Nearly all of an eager step on {batch} points is the work of Python and PyTorch around the "
            "calculation."
        )
        if share > NEARLY_ALL
        else _(
            "{share} of an eager step on {batch} points is the work of Python and PyTorch around the "
            "calculation: even a step on {few} points takes so long."
        )
    )
    return sentence.format(share=f"{share:.0%}", batch=f"{report.batch:,}", few=SMALLEST)


def _compiled_sizes(report: Report) -> str:
    eager, compiled = _timed(report, Way(EAGER)), _timed(report, Way(COMPILED))
    ratios = [
        (figure.size, (figure.rate or 0.0) / other.rate)
        for figure in compiled
        if (other := figure_of(eager, Way(EAGER), figure.size)) is not None and other.rate
    ]
    if not ratios:
        return ""
    (few, first), (many, last) = ratios[0], ratios[-1]
    too_many = None
    for size, ratio in reversed(ratios):
        if ratio >= ALIKE:
            break
        too_many = size
    sentence = (
        _("Compiled steps are {first} times as fast as eager ones on {few} points, {last} times on {many}.")
        if too_many is None
        else _("Compiled steps are not faster from {size} points in a step on.")
    )
    return sentence.format(
        first=_times(first), few=f"{few:,}", last=_times(last), many=f"{many:,}", size=f"{too_many or 0:,}"
    )


def _devices(report: Report) -> list[str]:
    devices = sorted({figure.way.device for figure in report.sizes} - {CPU})
    if not devices:
        return [report.no_gpu, _without_gpu(report)]
    return [_device(report, device) for device in devices]


def _without_gpu(report: Report) -> str:
    """What a GPU could do at most: it leaves what surrounds the calculation as it is."""
    share = around_the_calculation(report)
    if share is None or not report.no_gpu:
        return ""
    if share > 1 / ALIKE:
        return _("It would hardly pay here: even one that calculates in no time leaves that work as it is.")
    return _("One that calculates in no time would make a step {times} times as fast at most.").format(
        times=_times(1 / share)
    )


def _device(report: Report, device: str) -> str:
    cpu, other = _timed(report, Way(EAGER)), _timed(report, Way(EAGER, device))
    if not cpu or not other:
        return next((f.reason for f in report.sizes if f.way.device == device and f.reason), "")
    found, name = pays_from(cpu, other), device.upper()
    if found is None:
        least = figure_of(cpu, Way(EAGER), other[0].size)
        return _(
            "{device} does not pay up to {size} points in a step: on {few} points one takes {there} there, "
            "and {here} on the CPU."
        ).format(
            device=name,
            size=f"{other[-1].size:,}",
            few=f"{other[0].size:,}",
            there=duration(other[0].seconds or 0.0),
            here=duration((least or cpu[0]).seconds or 0.0),
        )
    same, compiled = (figure_of(report.sizes, Way(loop), found.size) for loop in (EAGER, COMPILED))
    sentence = (
        _("{device} pays from {size} points in a step on, where it is {times} times as fast as the CPU.")
        if report.batch >= found.size
        else _(
            "{device} pays from {size} points in a step on, where it is {times} times as fast as the CPU; "
            "with {batch} points it does not."
        )
    )
    sentence = sentence.format(
        device=name,
        size=f"{found.size:,}",
        times=_times(_ratio(found, same) if same else 1.0),
        batch=f"{report.batch:,}",
    )
    if compiled is None or _ratio(found, compiled) >= 1:
        return sentence
    return joined(sentence, _("Compiled steps on the CPU are faster still there."))


def _timed(report: Report, way: Way) -> list[Figure]:
    return [figure for figure in report.sizes if figure.way == way and figure.rate is not None]


def _ratio(fast: Figure, slow: Figure) -> float:
    return (fast.rate or 0.0) / (slow.rate or math.inf)


def _times(ratio: float) -> str:
    return round_text(ratio, TWO)
