#!/usr/bin/env bash
# One would guess that relu(x), x.clamp(min=0), torch.maximum(x, 0) and the largest of (x, 0) are one function to
# autograd too, as they are to the eye.
# At x = 0, where every dead unit and many a zero start stands, their gradients are 0, 1, 1/2 and, for the largest, 1/2
# by max() and amax() but 1 or 0 by max(dim=...), which follows the index. At the upper edge of 6 relu6 and hardtanh
# give 0, clamp gives 1.
# torch 2.13.0 (CPU), tools/autograd/derivatives.yaml. It bites who writes a pinball or hinge loss in another way than
# the formula, and compares the gradients of a fit that meets points exactly, or of a network that begins at zeros.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat >"$folder/look.py" <<'EOF'
import torch
from torch.nn import functional


def slope(function, at):
    x = torch.tensor(at, requires_grad=True)
    function(x).backward()
    return x.grad.item()


ZERO = torch.tensor(0.0)
AT_0 = {
    "relu(x)": (torch.relu, 0.0),
    "x.clamp(min=0)": (lambda x: x.clamp(min=0), 1.0),
    "maximum(x, 0)": (lambda x: torch.maximum(x, ZERO), 0.5),
    "stack((x, 0)).max()": (lambda x: torch.stack((x, ZERO)).max(), 0.5),
    "stack((x, 0)).amax()": (lambda x: torch.stack((x, ZERO)).amax(), 0.5),
    "stack((x, 0)).max(dim=0)": (lambda x: torch.stack((x, ZERO)).max(dim=0).values, 1.0),
    "stack((0, x)).max(dim=0)": (lambda x: torch.stack((ZERO, x)).max(dim=0).values, 0.0),
}
AT_6 = {
    "relu6(x)": (functional.relu6, 0.0),
    "hardtanh(x, 0, 6)": (lambda x: functional.hardtanh(x, 0.0, 6.0), 0.0),
    "x.clamp(0, 6)": (lambda x: x.clamp(0.0, 6.0), 1.0),
}
print("torch", torch.__version__)
for at, table in ((0.0, AT_0), (6.0, AT_6)):
    for name, (function, expected) in table.items():
        found = slope(function, at)
        print(f"at {at:g}, the slope of {name} is {found:g}")
        assert found == expected, f"{name} has another slope at {at:g} now"
print("What is one function to the eye has three different slopes at its edge.")
EOF
"$folder/venv/bin/python" "$folder/look.py"
