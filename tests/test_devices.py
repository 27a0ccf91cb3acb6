"""Which processors are offered, and what is said of one that does not work."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

import core.training.devices as devices
from core.problem import Problem
from core.training.devices import available_devices, check_device, probe
from core.training.step_error import first_line


@pytest.fixture
def two_accelerators(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two CUDA devices, as torch reports them."""
    accelerator = SimpleNamespace(
        current_accelerator=lambda check_available: torch.device("cuda"), device_count=lambda: 2
    )
    monkeypatch.setattr(torch, "accelerator", accelerator)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda key: "Imaginary 9000")


def pretend(monkeypatch: pytest.MonkeyPatch, reasons: dict[str, str]) -> None:
    """Let the probe of each device give its reason."""
    monkeypatch.setattr(devices, "probe", lambda key: reasons[key])


def test_the_cpu_is_always_there_first_and_works() -> None:
    cpu = available_devices()[0]
    assert (cpu.key, cpu.label, cpu.reason) == ("cpu", "CPU", "")
    assert probe("cpu") == ""
    check_device("cpu", "float64")


def test_every_accelerator_of_torch_is_offered_by_name(
    two_accelerators: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, {"cuda": "", "cuda:1": ""})
    assert [(d.key, d.label) for d in available_devices()] == [
        ("cpu", "CPU"),
        ("cuda", "cuda (Imaginary 9000)"),
        ("cuda:1", "cuda:1 (Imaginary 9000)"),
    ]
    check_device("cuda:1", "float64")


def test_without_an_accelerator_there_is_the_cpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    none = SimpleNamespace(current_accelerator=lambda check_available: None, device_count=lambda: 0)
    monkeypatch.setattr(torch, "accelerator", none)
    assert [d.key for d in available_devices()] == ["cpu"]


def test_a_device_that_raises_is_kept_with_its_reason(
    two_accelerators: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("CUDA driver version is insufficient\nand a long explanation")

    monkeypatch.setattr(torch, "linspace", broken)
    found = available_devices()[1]
    assert found.reason == "cuda does not work here: CUDA driver version is insufficient"
    with pytest.raises(Problem, match="driver version is insufficient"):
        check_device("cuda", "float32")


def test_a_device_that_computes_wrong_numbers_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "allclose", lambda one, other: False)
    assert probe("cpu") == "cpu computes wrong numbers here."


def test_a_device_that_is_not_there_is_refused_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Problem, match="no device “abacus” here; choose one of: cpu"):
        check_device("abacus", "float32")


def test_a_very_long_name_is_not_repeated_whole() -> None:
    with pytest.raises(Problem) as caught:
        check_device("x" * 5000, "float32")
    assert len(str(caught.value)) < 200


def test_apple_s_gpu_is_told_apart_in_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    accelerator = SimpleNamespace(
        current_accelerator=lambda check_available: torch.device("mps"), device_count=lambda: 1
    )
    monkeypatch.setattr(torch, "accelerator", accelerator)
    pretend(monkeypatch, {"mps": ""})
    check_device("mps", "float32")
    with pytest.raises(Problem, match="float64; choose float32, or the CPU"):
        check_device("mps", "float64")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RuntimeError("one\ntwo"), "one"),
        (RuntimeError(), "RuntimeError"),
        (RuntimeError("x" * 500), "x" * 120),
    ],
)
def test_the_first_line_of_an_error_fits_a_sentence(error: Exception, line: str) -> None:
    assert first_line(error) == line


@pytest.mark.skipif(not torch.accelerator.is_available(), reason="there is no accelerator here")
def test_an_accelerator_trains_as_the_cpu_does() -> None:
    from core.experiment import Points, Settings
    from core.training import Trainer

    accelerator = available_devices()[1]
    assert accelerator.reason == ""
    points = Points([0.0, 1.0, 2.0], [1.0, 3.0, 4.0])
    here, there = (Trainer(points, Settings(device=key)) for key in ("cpu", accelerator.key))
    for _step in range(20):
        expected, found = here.step(), there.step()
    assert found.device == accelerator.key
    assert found.numbers() == pytest.approx(expected.numbers(), rel=1e-5)
