#!/usr/bin/env bash
# One would guess that np.linalg lets other threads run while LAPACK works, since inv, solve and eigh do.
# Whether a generalised ufunc gives the interpreter's lock away is decided by the size of its results alone, up to 500
# numbers of which it keeps it: NpyIter_GetIterSize, over the loop and the core dimensions of the outputs, is what
# NPY_BEGIN_THREADS_THRESHOLDED gets (numpy/_core/src/umath/ufunc_object.c). The determinant of any matrix is one number, so
# det and slogdet stop every other thread for as long as they take; so do the singular values or eigenvalues alone of a
# matrix with at most 500 columns, qr of one with at most 500 columns and any number of rows, and lstsq of few columns.
# NumPy 2.4.6. It bites who computes in a background thread so that a window or a server stays awake; work in pieces of
# rows, ask for the vectors too, or call scipy.linalg or torch.linalg.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy==2.4.6

cat >"$folder/look.py" <<'EOF'
import threading
import time

import numpy as np

rng = np.random.default_rng(0)


def longest_wait(work):
    """The longest time for which another thread did not get to run, as a share of that of `work`."""
    seen, done = [], threading.Event()

    def look():
        while not done.is_set():
            seen.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=look)
    thread.start()
    time.sleep(0.05)
    begin = time.perf_counter()
    work()
    took = time.perf_counter() - begin
    done.set()
    thread.join()
    return max(np.diff(seen)) / took


square = rng.normal(size=(1500, 1500))
narrow, wide = rng.normal(size=(3000, 480)), rng.normal(size=(3000, 520))
print("numpy", np.__version__)
shares = {}
for name, work in {
    "slogdet, two numbers": lambda: np.linalg.slogdet(square),
    "inv, 2,250,000 numbers": lambda: np.linalg.inv(square),
    "480 singular values": lambda: np.linalg.svd(narrow, compute_uv=False),
    "520 singular values": lambda: np.linalg.svd(wide, compute_uv=False),
    "triangle of 480 columns": lambda: np.linalg.qr(narrow, mode="r"),
    "triangle of 520 columns": lambda: np.linalg.qr(wide, mode="r"),
}.items():
    shares[name] = longest_wait(work)
    print(f"{name}: another thread waited for {shares[name]:.2f} of the time")
kept = [share for name, share in shares.items() if "two" in name or "480" in name]
given = [share for name, share in shares.items() if "two" not in name and "480" not in name]
assert min(kept) > 0.5, "the lock is given away now"
assert max(given) < 0.5, "the lock is kept for large results too"
print("Results of at most 500 numbers keep every other thread waiting, however long they take.")
EOF
"$folder/venv/bin/python" "$folder/look.py"
