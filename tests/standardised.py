"""Standardised runs of every model, and what they are in the units of the data: programs of their own."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.experiment import Points, Settings

Floats = NDArray[np.float64]

RNG = np.random.default_rng(7)
X = RNG.uniform(3, 9, 40)
ONE = Points(X, 12 + 5 * X + RNG.normal(0, 4, 40))
TWO = Points(np.column_stack((X, RNG.normal(-40, 6, 40))), 3 - 2 * X + RNG.normal(0, 2, 40))
BASE = Settings(standardise=True, dtype="float64", epochs=None, learning_rate=0.02)
NETWORK = replace(BASE, model="mlp", options={"mlp.width": 4, "mlp.layers": 2})
CASES = {
    "line": (ONE, BASE),
    "line of two": (TWO, BASE),
    "polynomial": (ONE, replace(BASE, model="polynomial", options={"polynomial.degree": 3})),
    "network": (ONE, NETWORK),
    "network of two": (TWO, NETWORK),
}


def predictions(points: Points, settings: Settings, theta: Tensor) -> Tensor:
    """What a model with the parameters `theta` of the data makes of x as it is; a program of its own."""
    x = torch.tensor(points.x)
    if settings.model == "polynomial":
        degree = int(str(settings.values("model")["degree"]))
        return sum((theta[k] * x[:, 0] ** (k + 1) for k in range(degree)), theta[degree])
    if settings.model == "line":
        return x @ theta[:-1] + theta[-1]
    sizes, hidden, at = [x.shape[1], 4, 4, 1], x, 0
    for number, (before, after) in enumerate(pairwise(sizes)):
        weight = theta[at : at + before * after].reshape(after, before)
        bias = theta[at + before * after : at + before * after + after]
        at += before * after + after
        hidden = hidden @ weight.T + bias
        hidden = torch.tanh(hidden) if number < 2 else hidden
    return hidden[:, 0]


def loss_of_data(points: Points, settings: Settings, theta: Tensor) -> Tensor:
    """The loss that a person reads: torch's own, of the data as they are."""
    prediction, y = predictions(points, settings, theta), torch.tensor(points.y)
    values = settings.values("loss")
    residual = prediction - y
    match settings.loss:
        case "mse":
            return nn.functional.mse_loss(prediction, y)
        case "mae":
            return nn.functional.l1_loss(prediction, y)
        case "huber":
            return nn.functional.huber_loss(prediction, y, delta=float(str(values["delta"])))
        case "smooth_l1":
            return nn.functional.smooth_l1_loss(prediction, y, beta=float(str(values["beta"])))
        case "log_cosh":
            scale = float(str(values["scale"]))
            return scale**2 * torch.log(torch.cosh(residual / scale)).mean()
    quantile = float(str(values["quantile"]))
    return torch.maximum(-quantile * residual, (1 - quantile) * residual).mean()


def slopes(points: Points, settings: Settings, theta: Floats) -> Floats:
    """By autograd."""
    leaf = torch.tensor(theta, requires_grad=True)
    (found,) = torch.autograd.grad(loss_of_data(points, settings, leaf), leaf)
    return found.numpy()
