"""Start values are those that a program gets after torch.manual_seed, whatever the module is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from threading import Thread

import numpy as np
import pytest
import torch
from torch import nn

from core.experiment import Settings
from core.insight.curves import Line, Network
from core.insight.scaling import Scaling
from core.training import fit
from core.training.fit import start_model

SEED = 11
PLAIN = Scaling(np.zeros(1), np.ones(1), 0.0, 1.0)


class Bare(nn.Module):
    """Parameters of its own, one drawn and one not, beside a layer and a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.randn(3))
        self.offset = nn.Parameter(torch.full((2,), 0.5))
        self.layer = nn.Linear(3, 2)
        self.noise = nn.Parameter(torch.rand_like(self.offset))
        self.norm = nn.BatchNorm1d(2)


MODULES: list[Callable[[], nn.Module]] = [
    lambda: nn.Linear(4, 2),
    lambda: nn.Conv2d(3, 5, 3),
    lambda: nn.Embedding(7, 4, padding_idx=2),
    lambda: nn.LSTM(3, 4, num_layers=2),
    Bare,
]


@pytest.mark.parametrize("make", MODULES, ids=["linear", "conv", "embedding", "lstm", "bare"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_they_are_those_of_a_plain_program(
    make: Callable[[], nn.Module], dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(SEED)
    plain = make().to(getattr(torch, dtype)).state_dict()
    torch.manual_seed(3)
    monkeypatch.setattr(fit, "named", lambda _path: lambda _inputs: make())
    found = start_model(Settings(seed=SEED, dtype=dtype), Line({}), PLAIN).state_dict()
    assert found.keys() == plain.keys()
    for name, numbers in plain.items():
        assert torch.equal(found[name], numbers), name


def test_what_others_draw_goes_on_as_if_no_model_had_been_made() -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    found = torch.rand(2)
    start_model(Settings(seed=SEED), Line({}), PLAIN)
    assert torch.equal(torch.cat((found, torch.rand(2))), expected)


def test_models_that_are_made_in_several_threads_do_not_draw_from_each_other() -> None:
    wanted = Settings(model="mlp", options={"mlp.width": 64, "mlp.layers": 3})
    curve = Network(wanted.values("model"))
    found: dict[int, list[torch.Tensor]] = {}

    def make(seed: int) -> None:
        for _time in range(20):
            model = start_model(replace(wanted, seed=seed), curve, PLAIN)
            found.setdefault(seed, []).append(torch.cat([each.ravel() for each in model.parameters()]))

    threads = [Thread(target=make, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, several in found.items():
        torch.manual_seed(seed)
        sizes = [1, 64, 64, 64, 1]
        plain = [nn.Linear(*pair) for pair in pairwise(sizes)]
        expected = torch.cat([each.ravel() for layer in plain for each in layer.parameters()])
        assert all(torch.equal(each, expected) for each in several)
