"""The processors that can train: which there are, and whether each really works."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import torch

from core.problem import Problem
from core.texts import _
from core.training.step_error import first_line

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Device:
    """One processor: its key as torch writes it, what a person reads, and why it cannot be used, if so."""

    key: str
    label: str
    reason: str = ""


def available_devices() -> tuple[Device, ...]:
    """The CPU and every accelerator that torch reports, each probed; the CPU comes first."""
    found = [Device("cpu", "CPU")]
    kind = accelerator()
    if kind is not None:
        for index in range(torch.accelerator.device_count()):
            key = f"{kind}:{index}" if index else kind
            found.append(Device(key, _label(key), probe(key)))
    return tuple(found)


def accelerator() -> str | None:
    """The kind of accelerator that torch reports (cuda, mps, xpu), or None."""
    current = torch.accelerator.current_accelerator(check_available=True)
    return None if current is None else current.type


def probe(key: str) -> str:
    """Why a small sum on the device `key` fails, in one sentence; empty if it works."""
    try:
        x = torch.linspace(-1.0, 1.0, 64, device=key).reshape(-1, 1).requires_grad_()
        (x.T @ x).sum().backward()  # type: ignore[no-untyped-call]
        gradient = x.grad
        works = gradient is not None and torch.allclose(gradient.cpu(), 2 * x.detach().cpu())
    except Exception as error:
        log.warning("the device %s failed its probe", key, exc_info=True)
        return _("{device} does not work here: {reason}").format(device=key, reason=first_line(error))
    return "" if works else _("{device} computes wrong numbers here.").format(device=key)


def check_device(key: str, dtype: str) -> None:
    """Raise Problem if a run cannot start on the device `key` with numbers of `dtype`."""
    if key == "cpu":
        return
    keys = {device.key: device for device in available_devices()}
    key = key.removesuffix(":0")  # as torch also calls the first one
    if key not in keys:
        raise Problem(
            _("There is no device “{device}” here; choose one of: {known}.").format(
                device=key[:40], known=", ".join(keys)
            )
        )
    if keys[key].reason:
        raise Problem(keys[key].reason)
    if key.startswith("mps") and dtype == "float64":
        raise Problem(_("Apple's GPU cannot compute in float64; choose float32, or the CPU."))


def _label(key: str) -> str:
    """The name of the device as its driver gives it, where it does."""
    name = torch.cuda.get_device_name(key) if key.startswith("cuda") else ""
    return f"{key} ({name})" if name else key
