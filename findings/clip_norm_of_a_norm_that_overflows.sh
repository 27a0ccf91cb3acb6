#!/usr/bin/env bash
# One would guess that torch.nn.utils.clip_grad_norm_(parameters, math.inf) only measures the gradient, and that a
# limit of 1 shortens whatever is longer to the length 1, as long as every number of the gradient is finite.
# In float32 the squares are summed in float32, so the norm of finite numbers from about 1e19 on is infinite. The
# factor is then max_norm / inf: 0 for a limit of 1, so that the whole gradient vanishes and the step does nothing,
# and NaN for an infinite limit, so that the gradient itself becomes NaN. error_if_nonfinite is False by default.
# torch 2.13.0 (CPU), torch/nn/utils/clip_grad.py. It bites who uses an infinite limit to watch the norm, and who
# takes clipping for a protection against gradients that explode.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat >"$folder/look.py" <<'EOF'
import math

import torch
from torch import nn

print("torch", torch.__version__)
found = {}
for limit in (math.inf, 1.0):
    weights = nn.Parameter(torch.zeros(2))
    weights.grad = torch.tensor([3e38, 3e38])
    assert bool(torch.isfinite(weights.grad).all())
    norm = nn.utils.clip_grad_norm_([weights], limit).item()
    found[limit] = weights.grad.tolist()
    print(f"limit {limit}: the norm is told as {norm}, and the gradient becomes {found[limit]}")
assert all(math.isnan(number) for number in found[math.inf]), "an infinite limit leaves the gradient alone now"
assert found[1.0] == [0.0, 0.0], "a limit of 1 shortens a finite gradient now"
print("A finite gradient whose norm overflows becomes NaN under an infinite limit, and 0 under a finite one.")
EOF
"$folder/venv/bin/python" "$folder/look.py"
