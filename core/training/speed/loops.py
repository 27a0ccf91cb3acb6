"""The training loops of a first PyTorch course, as the course writes them; each hands out its losses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

Step = Callable[[Tensor, Tensor], object]


def five_lines(model: nn.Module, loss_function: nn.Module, optimizer: torch.optim.Optimizer) -> Step:
    """The step of every lesson."""

    def step(inputs: Tensor, targets: Tensor) -> object:
        optimizer.zero_grad()
        loss = loss_function(model(inputs), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def with_closure(model: nn.Module, loss_function: nn.Module, optimizer: torch.optim.Optimizer) -> Step:
    """The same for an optimizer that looks at the loss several times in one step, such as LBFGS."""

    def step(inputs: Tensor, targets: Tensor) -> object:
        def closure() -> Tensor:
            optimizer.zero_grad()
            loss: Tensor = loss_function(model(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        loss: Tensor = optimizer.step(closure)  # type: ignore
        return loss.item()

    return step


def data_loader_loop(
    x: Tensor, y: Tensor, batch_size: int, generator: torch.Generator, step: Step
) -> Iterator[object]:
    """Epochs without end, whose batches a DataLoader shuffles and puts together; x `[N, P]`, y `[N, 1]`."""
    dataset = TensorDataset(x, y)
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=True, generator=generator)
    while True:
        for inputs, targets in loader:
            yield step(inputs, targets)


def bare_loop(
    x: Tensor, y: Tensor, batch_size: int, generator: torch.Generator, step: Step
) -> Iterator[object]:
    """The same on whole tensors, from which an epoch takes its batches itself, if it has more than one."""
    while True:
        if batch_size >= len(x):
            yield step(x, y)
            continue
        order = torch.randperm(len(x), generator=generator)
        for batch in torch.split(order, batch_size):
            yield step(x[batch], y[batch])
