"""Taking a fit home: its PyTorch program, as a script and as a notebook."""

from core.export.program import SECTIONS, Line, Program, program
from core.export.save import save_program

__all__ = ["SECTIONS", "Line", "Program", "program", "save_program"]
