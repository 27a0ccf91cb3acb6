"""What a sweep has come to, in words."""

from __future__ import annotations

from dataclasses import replace

from core.choices import STOP_RULES
from core.experiment import Experiment, Settings
from core.insight.numbers import significant
from core.texts import _
from core.training.sweep_plan import RATE, SEED, START
from core.training.sweep_view import SweepView


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


def outdated_sentence(swept: Experiment, now: Experiment) -> str:
    """A sentence where there is something else to sweep upon by now; else an empty one."""
    if swept.points is now.points and _others(swept.settings) == _others(now.settings):
        return ""
    return _("Points or settings have changed since: Run sweeps them anew.")


def capitalised(sentence: str) -> str:
    """With a capital letter at its begin."""
    return sentence[:1].upper() + sentence[1:]


def _others(settings: Settings) -> Settings:
    """The settings, but for what a sweep tries out or leaves aside."""
    usual = Settings()
    names = ("learning_rate", "seed", "start", "start_values", "engine", *STOP_RULES)
    return replace(settings, **{name: getattr(usual, name) for name in names})
