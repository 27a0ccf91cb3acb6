"""The loop: one fit in progress, and the thread that steps it. torch is imported with the first Trainer."""

from typing import TYPE_CHECKING, Any

from core.training.snapshot import Snapshot
from core.training.worker import Worker

if TYPE_CHECKING:
    from core.training.trainer import Trainer

__all__ = ["Snapshot", "Trainer", "Worker"]


def __getattr__(name: str) -> Any:
    """`Trainer`, on its first use: the window stands before torch is loaded.

    Raises Problem where torch cannot be.
    """
    if name != "Trainer":
        raise AttributeError(name)
    from core.training.libraries import require_torch

    require_torch()
    from core.training.trainer import Trainer

    return Trainer
