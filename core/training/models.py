"""The models as torch modules; each maps features `[N, P]` to `[N, 1]`."""

from itertools import pairwise

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
