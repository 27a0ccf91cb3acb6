"""The models as torch modules; each maps features `[N, P]` to `[N, 1]`."""

import math
from itertools import pairwise

import torch
from torch import nn

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}


class Line(nn.Linear):
    """One affine layer over x."""

    def __init__(self, inputs: int) -> None:
        super().__init__(inputs, 1)


class Polynomial(nn.Linear):
    """One affine layer over the powers of x."""

    def __init__(self, inputs: int, degree: int) -> None:
        super().__init__(inputs * degree, 1)


class Network(nn.Sequential):
    """A multilayer perceptron: hidden layers of one width, each with its activation, and an affine output."""

    def __init__(self, inputs: int, layers: int, width: int, activation: str) -> None:
        sizes = [inputs, *[width] * layers]
        modules: list[nn.Module] = []
        for before, after in pairwise(sizes):
            modules += [nn.Linear(before, after), ACTIVATIONS[activation]()]
        super().__init__(*modules, nn.Linear(width, 1))


def draw_start_values(model: nn.Module, generator: torch.Generator) -> None:
    """Give every layer PyTorch's own start values, drawn from `generator`.

    The formula of nn.Linear.reset_parameters, in its order, so that a generator seeded with s gives the
    numbers that a program gets after torch.manual_seed(s).
    """
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
            bound = 1 / math.sqrt(layer.in_features)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
