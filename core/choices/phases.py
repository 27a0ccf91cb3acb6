"""The phases of a step, in their order: the five lines of every PyTorch lesson."""

from collections.abc import Mapping
from types import MappingProxyType

PHASES = ("zero_grad", "forward", "loss", "backward", "step")

# Of each phase: its line of code, as every lesson has it.
CODE: Mapping[str, str] = MappingProxyType(
    {
        "zero_grad": "optimizer.zero_grad()",
        "forward": "prediction = model(inputs)",
        "loss": "loss = loss_function(prediction, targets)",
        "backward": "loss.backward()",
        "step": "optimizer.step()",
    }
)
