"""The phases of a step, in their order: the five lines of every PyTorch lesson."""

PHASES = ("zero_grad", "forward", "loss", "backward", "step")
