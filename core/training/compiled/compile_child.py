"""Compiles steps in a process of its own, at a low priority, so that the window never waits for it.

Run as `python -m core.training.compiled.compile_child OUT FOLDER KIND`: writes the code for the kind of steps
to the file OUT, with room for its work in FOLDER. Its exit status says what failed. When its standard input
ends it gives up, so that it does not outlive the program that started it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import sys
import threading
import warnings
from pathlib import Path

NO_COMPILER = 3  # exit status: there is no C++ compiler
LOWER = 10  # of the priority, where the system has one
OPTIONS = {
    "aot_inductor.precompile_headers": False,  # which would pay from the third kind on
    # PyTorch 2.13 makes one operation of a sum with a product of matrices, and forgets the factor of the sum:
    # the step of plain SGD is such a sum with the factor −1, and weight decay one with its own.
    "pattern_matcher": False,
}


def main(out: Path, folder: str, kind: str) -> int:
    """Compile; the exit status."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(LOWER)
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    # What the processor has is known; to compile a test for it takes longer than the code.
    os.environ["TORCHINDUCTOR_VEC_ISA_OK"] = "1"
    import torch._inductor
    from torch._inductor.cpp_builder import get_cpp_compiler
    from torch._inductor.exc import InvalidCxxCompiler

    try:
        get_cpp_compiler()  # now, since there is a lot to do before it is needed
    except InvalidCxxCompiler:
        return NO_COMPILER

    from core.training.compiled.kept import keep
    from core.training.compiled.kind import Kind
    from core.training.compiled.program import Program

    torch.set_num_threads(1)
    program = Program(Kind.from_text(kind))
    with torch.no_grad():
        exported = torch.export.export(
            program, program.example, dynamic_shapes=(program.sizes(),), strict=False
        )
    code = torch._inductor.aot_compile(exported.module(), program.example, options=OPTIONS)
    keep(out, Path(str(code)).read_bytes())
    return 0


def _end_with_parent(folder: str) -> None:
    """Wait for the end of standard input, then leave nothing behind: no file, no compiler at work."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)  # the group that it leads, itself included
    os._exit(1)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the compiler's own
    logging.disable()
    threading.Thread(target=_end_with_parent, args=(sys.argv[2],), daemon=True).start()
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
