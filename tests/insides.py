"""The insides of steps that a Trainer makes phase by phase, for the tests of what shows them."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QAction

from core.choices.phases import PHASES
from core.experiment import Points, Settings
from core.training import Trainer
from core.training.inside import Inside, TensorView

RNG = np.random.default_rng(5)
X = RNG.normal(size=24)
POINTS = Points(X, 2 * X + 1 + RNG.normal(0, 0.3, 24))


def insides(settings: Settings, steps: int = 1, points: Points = POINTS) -> list[Inside]:
    """What there is to see behind each phase of the first steps of a run, `[steps * len(PHASES)]`."""
    trainer, found = Trainer(points, settings), []
    for _ in range(steps * len(PHASES)):
        trainer.phase()
        assert trainer.inside is not None
        found.append(trainer.inside)
    return found


def tensor(inside: Inside, name: str, after: int = -1) -> TensorView:
    """One tensor, behind so many phases of its step."""
    return next(view for view in inside.views[after] if view.name == name)


def units_action() -> dict[str, QAction]:
    """The action that a card needs, of a run that is not standardised."""
    action = QAction()
    action.setVisible(False)
    return {"trained_units": action}
