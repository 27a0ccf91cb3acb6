"""What a sweep has come to, in words."""

from __future__ import annotations

from dataclasses import replace

from core.choices import STOP_RULES
from core.experiment import Experiment, Settings
from core.insight.numbers import significant
from core.texts import _
from core.training.sweep_plan import RATE, SEED, START
from core.training.sweep_view import SweepView

# What a run of a sweep has of its own, and therefore brings along wherever it is made the run.
OWN = {RATE: ("learning_rate",), SEED: ("seed", "start", "start_values"), START: ("start", "start_values")}


def run_words(view: SweepView, run: int, validated: bool) -> str:
    """A run and how it stands, as a part of a sentence; `validated` where points are held out."""
    names = {
        RATE: _("learning rate {value}"),
        SEED: _("seed {value}"),
        START: _("{value} times the start values"),
    }
    # As few digits as the value has: it is what the settings will show.
    name = names[view.plan.what].format(value=f"{view.values[run]:.15g}")
    if view.diverged_at[run]:
        return _("{run} diverged at step {step}").format(run=name, step=f"{view.diverged_at[run]:,}")
    words = (
        _("{run}, validation loss {loss} at step {step}")
        if validated
        else _("{run}, loss {loss} at step {step}")
    )
    return words.format(run=name, loss=significant(float(view.standing[run])), step=f"{view.step:,}")


def standing_sentence(view: SweepView, run: int, words: str) -> str:
    """The sentence for a run, whose `words` are those above: whether it is the best one."""
    if run != view.best:
        sentence = _("{run}.")
    elif view.complete:
        sentence = _("Best: {run}.")
    else:
        sentence = _("Best so far: {run}.")
    return capitalised(sentence.format(run=words))


def all_diverged_sentence(what: str) -> str:
    """What to do where no run of a sweep of `what` has come to its end."""
    if what == RATE:
        return _("All runs have diverged: sweep lower values, or standardise.")
    return _("All runs have diverged: choose a lower learning rate, or standardise.")


def outdated_sentence(what: str, swept: Experiment, now: Experiment) -> str:
    """A sentence where a sweep of `what` upon what there is now would be another one; else an empty one."""
    if swept.points is now.points and _others(what, swept.settings) == _others(what, now.settings):
        return ""
    return _("Points or settings have changed since: Run sweeps them anew.")


def capitalised(sentence: str) -> str:
    """With a capital letter at its begin."""
    return sentence[:1].upper() + sentence[1:]


def _others(what: str, settings: Settings) -> Settings:
    """The settings, but for what a sweep of `what` gives each of its runs, and what it leaves aside."""
    usual = Settings()
    names = (*OWN[what], "engine", *STOP_RULES)
    return replace(settings, **{name: getattr(usual, name) for name in names})
