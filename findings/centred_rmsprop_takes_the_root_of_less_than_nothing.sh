#!/usr/bin/env bash
# One would guess that torch.optim.RMSprop(centered=True) is safe where the gradient is calm: it divides by the
# root of the variance of the gradient, which is at least 0, plus eps.
# The variance is found as square_avg - grad_avg², in one fused operation (addcmul), and eps is added behind the
# root. Once a gradient has stayed the same for some hundred steps both are equal but for rounding; the fused
# difference is then often below 0, also where square_avg - grad_avg**2, written out, is exactly 0. Its root is NaN,
# and so is the parameter: the loss falls up to the very step before. Gradients of the mean absolute error are as calm.
# torch 2.13.0 (CPU), torch/optim/rmsprop.py. A float64 run meets it later, not never. It bites who looks for an
# exploding gradient or a rate that is too large, since nothing has grown.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat >"$folder/look.py" <<'EOF'
import torch

STEPS = 1000
GRADIENTS = [number / 10 for number in range(1, 100)]


def run(gradient, dtype):
    """The step at which the parameter becomes NaN under a gradient that stays as it is, and its variances."""
    weight = torch.zeros(1, dtype=dtype, requires_grad=True)
    optimizer = torch.optim.RMSprop([weight], lr=1e-4, alpha=0.9, centered=True)
    for step in range(1, STEPS + 1):
        weight.grad = torch.tensor([gradient], dtype=dtype)
        optimizer.step()
        if torch.isnan(weight).any():
            square, mean = (optimizer.state[weight][name] for name in ("square_avg", "grad_avg"))
            return step, (square - mean**2).item(), square.addcmul(mean, mean, value=-1).item()
    return None


print("torch", torch.__version__)
for dtype in (torch.float32, torch.float64):
    found = {gradient: run(gradient, dtype) for gradient in GRADIENTS}
    lost = {gradient: told for gradient, told in found.items() if told}
    print(f"{dtype}: {len(lost)} of {len(GRADIENTS)} constant gradients end in NaN within {STEPS} steps")
    for gradient, (step, written_out, fused) in list(lost.items())[:3]:
        print(f"  gradient {gradient}: step {step}, variance {written_out} written out, {fused} fused")
    if dtype == torch.float32:
        assert lost, "no constant gradient ends in NaN any more"
        assert all(fused < 0 for _step, _written, fused in lost.values())
print("Centred RMSprop divides by the root of a variance that rounding brings below 0.")
EOF
"$folder/venv/bin/python" "$folder/look.py"
