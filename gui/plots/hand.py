"""The tools of the fit plot: which of them a press of the mouse means, and the cursor that says so."""

from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from core.texts import _
from gui.plots.curve_tools import Curves, CurveTool, StepTool
from gui.plots.tools import REACH, DrawTool, EraseTool, Ground, MoveTool, Tool

MOST_POINTS = 200_000  # of more, the moving cursor does not find out which is under it; a press does


class FitGround(Ground, Curves, Protocol):
    """What the tools work on, which is the fit plot."""


class Hand:
    """Holds one tool for the left button; the right one erases, and Ctrl goes to steps, with any tool."""

    def __init__(self, plot: FitGround) -> None:
        self._plot = plot
        self.tools = {"draw": DrawTool(plot), "move": MoveTool(plot), "erase": EraseTool(plot)}
        self.tool: Tool = self.tools["draw"]
        self._eraser = EraseTool(plot)
        self._curve_tool = CurveTool(plot)
        self._step_tool = StepTool(plot)

    def take(self, name: str) -> None:
        """Hold the tool called "draw", "move" or "erase"."""
        self.tool = self.tools[name]

    def tip(self) -> str:
        """What the tool does, in the person's language."""
        return _(self.tool.tip)

    def erases(self) -> bool:
        """Whether the tool is the eraser."""
        return self.tool is self.tools["erase"]

    def tool_for(self, event: QMouseEvent) -> Tool | None:
        """What a press is about; None for nothing that is done to the data or the curves."""
        if event.button() == Qt.MouseButton.RightButton:
            return self._eraser
        if event.button() != Qt.MouseButton.LeftButton:
            return None
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._step_tool
        return self._curve_tool if self._grips(event.position(), event.modifiers()) else self.tool

    def cursor(self, pixel: QPointF, modifiers: Qt.KeyboardModifier, step: int | None) -> Qt.CursorShape:
        """What says what a press at a pixel would do; `step` is the one whose curve is near, if any."""
        if step is not None and modifiers & Qt.KeyboardModifier.ControlModifier:
            return self._step_tool.cursor
        looks = len(self._plot.shown.x) <= MOST_POINTS
        return self._curve_tool.hint(pixel) if looks and self._grips(pixel, modifiers) else self.tool.cursor

    def _grips(self, pixel: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a press takes the fitted curve; with Shift it begins a rectangle there too."""
        return (
            self.tool is self.tools["move"]
            and not modifiers & Qt.KeyboardModifier.ShiftModifier
            and self._plot.area().contains(pixel)
            and self._curve_tool.reaches(pixel)
            and self._plot.shown.nearest(pixel, self._plot.theme.px(REACH)) is None
        )
