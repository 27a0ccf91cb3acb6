"""Taking a fit home: its PyTorch program, as a script and as a notebook."""

from core.export.program import Line, Program, program
from core.export.save import save_program

__all__ = ["Line", "Program", "program", "save_program"]
