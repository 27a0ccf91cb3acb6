"""One model many times: its parameters with a leading run axis, and what all of them predict at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call


def is_layered(model: nn.Module) -> bool:
    """Whether it is a row of affine layers with biases, and functions without numbers between them."""
    layers = [model] if isinstance(model, nn.Linear) else list(model.children())
    plain = type(model).forward in (nn.Linear.forward, nn.Sequential.forward)
    return plain and all(
        each.bias is not None if isinstance(each, nn.Linear) else not list(each.parameters())
        for each in layers
    )


class Stack:
    """`models` of one structure, R of them, on `device`.

    `numbers` `[R, P]` are all their parameters, one row for each model; `parts` are views of it, of which
    autograd gives the gradients: of a layered model the weight `[R, out, in]` and the bias `[R, out]` of each
    layer.
    """

    def __init__(self, models: Sequence[nn.Module], device: str) -> None:
        rows = [torch.cat([p.detach().flatten() for p in model.parameters()]) for model in models]
        self.numbers = torch.stack(rows).to(device)
        self._model = models[0]
        self._layered = is_layered(self._model)
        self._between: list[Callable[[Tensor], Tensor]] = [
            layer.forward for layer in models[0].modules() if not isinstance(layer, nn.Linear | nn.Sequential)
        ]
        self.parts = self._split(models[0])
        self._count = self.numbers.new_tensor(float(len(models)))

    def _split(self, model: nn.Module) -> list[Tensor]:
        parts, end = [], 0
        for parameter in model.parameters():
            begin, end = end, end + parameter.numel()
            part = self.numbers[:, begin:end].view(-1, *parameter.shape)
            parts.append(part.requires_grad_())
        return parts

    def parts_of(self, numbers: Tensor) -> list[list[Tensor]]:
        """Those of each run alone, in the shapes of its model, as views of `numbers` `[R, P]`."""
        sizes, shapes = [part[0].numel() for part in self.parts], [part.shape[1:] for part in self.parts]
        return [
            [part.view(shape) for part, shape in zip(row.split(sizes), shapes, strict=True)]
            for row in numbers
        ]

    def predict(self, inputs: Tensor) -> Tensor:
        """The predictions `[R, N]` at inputs `[N, P]`, or at those of each run `[R, N, P]`."""
        if not self._layered:
            return self._one_by_one(inputs)
        weight, bias = self.parts[:2]
        if inputs.dim() == 2:  # one product for all runs
            rows = torch.addmm(bias.reshape(-1, 1), weight.flatten(0, 1), inputs.mT)
            hidden = rows.view(*bias.shape, -1)
        else:
            hidden = torch.baddbmm(bias.unsqueeze(2), weight, inputs.mT)
        for place, between in enumerate(self._between, 1):
            weight, bias = self.parts[2 * place : 2 * place + 2]
            hidden = torch.baddbmm(bias.unsqueeze(2), weight, between(hidden))
        return hidden.squeeze(1)

    def _one_by_one(self, inputs: Tensor) -> Tensor:
        """The same of any module: nothing is known of it that would let all run at once."""
        names = [name for name, _value in self._model.named_parameters()]
        runs = zip(*self.parts, strict=True)
        given = inputs.expand(len(self.numbers), *inputs.shape[-2:])
        found = [
            functional_call(self._model, dict(zip(names, parts, strict=True)), (own,))[:, 0]
            for parts, own in zip(runs, given, strict=True)
        ]
        return torch.stack(found)

    def gradient(self, objective: Tensor) -> Tensor:
        """The gradient `[R, P]` of what each run minimises, where `objective` is the mean of that."""
        gradients = torch.autograd.grad(objective, self.parts, self._count)
        return torch.cat([gradient.flatten(1) for gradient in gradients], dim=1)

    def size_of_weights(self) -> Tensor:
        """The sum of all absolute weights of all runs."""
        return torch.stack([part.abs().sum() for part in self.parts if part.dim() > 2]).sum()
