"""How many cores a run may take on this computer, and what is said of a wish for more."""

import os

from core.texts import n_

# Those that this process may use, which in a container are fewer than there are.
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_used(wanted: int) -> int:
    """The number of threads that a run takes here when its settings ask for `wanted`."""
    return min(wanted, CORES)


def too_few_cores(wanted: int) -> str:
    """The sentence that a run takes fewer threads than its settings ask for; "" where it does not."""
    if wanted <= CORES:
        return ""
    return n_(
        "This computer has {cores} core, so the run takes {cores} thread and not {wanted}.",
        "This computer has {cores} cores, so the run takes {cores} threads and not {wanted}.",
        CORES,
    ).format(cores=CORES, wanted=wanted)
