"""What a diagnosis finds: a sentence, what it claims, and what one click can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from core.choices import Value
from core.experiment.settings import Settings


@dataclass(frozen=True)
class Remedy:
    """What one click does: `changes` of settings by name, and `options` by "row.parameter"."""

    label: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Value] = field(default_factory=dict)

    def applied(self, settings: Settings) -> Settings:
        """The settings with the remedy; raises Problem where it is none for them."""
        return replace(settings, **self.changes, options={**settings.options, **self.options})


class Claims(NamedTuple):
    """What a sentence says of a run, so that it can be held against others; None where it says nothing.

    `loss` is one of the words of core.insight.diagnosis.motion, `arrived` whether nothing is left to gain,
    and `zone` where the learning rate lies, a key of core.insight.stability.ZONES.
    """

    loss: str | None = None
    arrived: bool | None = None
    zone: str | None = None


NO_CLAIMS = Claims()


@dataclass(frozen=True)
class Finding:
    """One sentence about a run, in the person's language, and the remedy for what it says, if any."""

    key: str
    sentence: str
    warning: bool = False
    remedy: Remedy | None = None
    claims: Claims = NO_CLAIMS
