"""The engine: everything that works without a window."""

import os

# One thread for NumPy's linear algebra too, before NumPy is loaded: its threads would fight with training
# and with the window for the cores, and sums in another order give other last digits.
for _library in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_library, "1")
