"""Compiles steps in a process of its own, at a low priority, so that the window never waits for it.

Run as `python -m core.training.compiled.compile_child OUT < KIND`: writes the code for the kind of steps on
standard input to the file OUT. Its exit status says what failed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

NO_COMPILER = 3  # exit status: there is no C++ compiler
LOWER = 10  # of the priority, where the system has one
OPTIONS = {"aot_inductor.precompile_headers": False}  # which would pay from the third kind on


def main(out: Path) -> int:
    """Compile; the exit status."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(LOWER)
    with tempfile.TemporaryDirectory(prefix="compile-", ignore_cleanup_errors=True) as folder:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
        os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
        # What the processor has is known; to compile a test for it takes longer than the code.
        os.environ["TORCHINDUCTOR_VEC_ISA_OK"] = "1"
        import torch._inductor
        from torch._inductor.exc import InvalidCxxCompiler

        from core.training.compiled.kind import Kind
        from core.training.compiled.program import Program

        torch.set_num_threads(1)
        program = Program(Kind.from_text(sys.stdin.read()))
        with torch.no_grad():
            exported = torch.export.export(
                program, program.example, dynamic_shapes=(program.sizes(),), strict=False
            )
        try:
            code = torch._inductor.aot_compile(exported.module(), program.example, options=OPTIONS)
        except InvalidCxxCompiler:
            return NO_COMPILER
        whole = out.with_suffix(f".{os.getpid()}")
        shutil.copyfile(str(code), whole)
        whole.replace(out)
    return 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the compiler's own
    logging.disable()
    sys.exit(main(Path(sys.argv[1])))
