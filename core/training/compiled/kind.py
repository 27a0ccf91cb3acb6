"""What compiled code is made for: all that is written into it, and nothing that it takes as an input."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from core.choices import OPTIMIZERS, SCHEDULES
from core.experiment.settings import Settings
from core.texts import _
from core.training.compiled.rates import OF_THEIR_OWN

TOGETHER = 4  # steps of one turn of the code's loop, whose own work takes as long as one of them
LEAST = 2 * TOGETHER  # steps of a call
WRITTEN = ("model", "loss", "optimizer", "dtype", "l1", "clip_norm", "gradient_below")  # and their options


@dataclass(frozen=True)
class Kind:
    """A kind of step: code for it serves every learning rate, every number of points and every batch size.

    `settings` are those that are written into the code, all others at their defaults. `columns` is the number
    of columns of x, `batched` whether each step takes points of its own choice, `held` whether points are
    held out, `scaled` whether the loss has a length in units of y and the points are standardised.
    """

    settings: Settings
    columns: int
    batched: bool
    held: bool
    scaled: bool

    def text(self) -> str:
        """All of it, for another process."""
        return json.dumps(
            {
                "settings": {name: getattr(self.settings, name) for name in WRITTEN}
                | {"options": dict(self.settings.options)},
                "columns": self.columns,
                "batched": self.batched,
                "held": self.held,
                "scaled": self.scaled,
            },
            sort_keys=True,
        )

    @classmethod
    def from_text(cls, text: str) -> Kind:
        """The inverse of `text`."""
        values = json.loads(text)
        return cls(**values | {"settings": Settings(**values["settings"])})

    @property
    def norms(self) -> bool:
        """Whether the length of each gradient is wanted."""
        return self.settings.clip_norm is not None or self.settings.gradient_below is not None

    def key(self, makers: str) -> str:
        """A name for its file, another one for all `makers`: the program, torch and the machine."""
        return hashlib.sha256(f"{makers}\n{self.text()}".encode()).hexdigest()[:32]


def kind_of(settings: Settings, columns: int, points: int, held: bool) -> Kind:
    """The kind of the steps on `points` points to train on, in `columns` columns of x."""
    size = settings.batch_size
    loss = settings.row("loss")
    values = {name: getattr(settings, name) for name in WRITTEN}
    if settings.gradient_below is not None:
        values["gradient_below"] = 1.0  # any: the code only tells how long the gradients are
    written = Settings(**values, options=_options(settings))
    scaled = settings.standardise and any(parameter.unit == "y" for parameter in loss.parameters)
    return Kind(written, columns, size is not None and size < points, held, scaled)


def why_not(settings: Settings, device: str) -> str:
    """Why such steps are not compiled, in one sentence; empty if they are."""
    row = OPTIMIZERS[settings.optimizer]
    if not row.first_order:
        return _(
            "{optimizer} decides within each step how often to look at the loss, so its steps stay eager."
        ).format(optimizer=_(row.label))
    if not row.proportional and row.key not in OF_THEIR_OWN:
        return _(
            "How {optimizer} goes by its learning rate is not known here, so its steps stay eager."
        ).format(optimizer=_(row.label))
    if SCHEDULES[settings.schedule].measured:
        return _(
            "This schedule looks at the loss of every step, so the steps stay eager; choose another one."
        )
    if device != "cpu":
        return _("Only steps on the CPU are compiled, so this run stays eager; choose the CPU.")
    return ""


def _options(settings: Settings) -> dict[str, Any]:
    """The hyper-parameters of the rows that are written into the code."""
    return {
        f"{settings.row(table).key}.{key}": value
        for table in ("model", "loss", "optimizer")
        for key, value in settings.values(table).items()
    }
