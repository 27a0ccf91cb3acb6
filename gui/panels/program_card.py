"""The program of the settings, the line of it that runs just now, and what that line does, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.choices.phases import PHASES
from core.experiment.settings import Settings
from core.insight.phase_words import code, said, shorter_code, usual
from core.texts import _
from core.training.inside import Inside
from gui.panels.cards import Card
from gui.theme import Theme
from gui.widgets.code_view import CodeView, is_code
from gui.widgets.still_label import StillLabel

if TYPE_CHECKING:
    from core.export.page import Line

LEAST_CODE = 40  # pixels at scale 1, for two lines, where the words take the rest
SHARE = 3  # of the height, one part at most is kept for words that there may not be


class ProgramCard(Card):
    """Holds the CodeView, and below it the words about the phase that is lit."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Program"), theme)
        self.setObjectName("program_card")
        self._phases: tuple[str, ...] = ()
        self._inside: Inside | None = None
        self._lit = ""
        self._parameter = 0
        self._ended = ""
        self._usual = usual()
        self.code = CodeView(theme)
        self.code.setMinimumHeight(theme.px(LEAST_CODE))
        self.add_spring()
        for name, text in (("phase", _("Next line")), ("slow_motion", _("Slow motion"))):
            self.add_tool(actions[name], text)
            button = self.top.widgetForAction(actions[name])
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for name in ("copy_program", "save_program"):
            self.add_tool(actions[name])
        self.code.all_copied.connect(actions["copy_program"].trigger)
        self.set_plot(self.code)
        self.foot.addWidget(self._strip())
        self._show_words()

    def show_program(self, lines: Sequence[Line]) -> None:
        """Show the program."""
        pairs = [(text, line.phase) for line in lines for text in line.text.split("\n")]
        self._phases = tuple(phase for _text, phase in pairs)
        self.code.show_lines([text for text, _phase in pairs])
        self._show_lit()
        self._show_words()

    def show_inside(self, inside: Inside | None) -> None:
        """Tell of this step; None where there is none, for want of points or because nobody asked for it."""
        self._inside = inside
        self._show_words()

    def show_parameter(self, index: int) -> None:
        """Tell of this parameter, by its place in a flat row of all."""
        self._parameter = index
        self._show_words()

    def show_end(self, ended: str) -> None:
        """Say why the run has no next step, "diverged" or "nan"; empty where it has one."""
        self._ended = ended
        self._show_words()

    def light(self, phase: str) -> None:
        """Mark the lines of `phase`, a word of PHASES, and say what they do; empty for no phase."""
        self._lit = phase
        self._show_lit()
        self._show_words()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for what there usually is to say, so that the code stays where it is."""
        super().resizeEvent(event)
        margins = self.foot.contentsMargins()
        room = QRect(0, 0, self.width() - margins.left() - margins.right(), self.height())
        usually = self._words.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self._usual)
        self._words.setMinimumHeight(min(usually.height(), self.height() // SHARE))

    def _strip(self) -> QWidget:
        """The line of code that is lit, which of the five it is, and what it does."""
        theme = self.theme
        self._title = StillLabel(shrinks=True)
        self._title.setObjectName("phase_title")
        self._title.setFont(theme.code_font())
        self._place = StillLabel(_("{place} of {count}").format(place=len(PHASES), count=len(PHASES)))
        self._place.setObjectName("phase_place")
        self._place.setAccessibleName(_("Phase"))
        self._place.setProperty("muted", True)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title, 1)
        row.addWidget(self._place)
        self._words = QLabel()
        self._words.setObjectName("phase_words")
        self._words.setAccessibleName(_("What the lit line does"))
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        strip = QWidget()
        lines = QVBoxLayout(strip)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.px(2))
        lines.addWidget(self._head)
        lines.addWidget(self._words)
        return strip

    def _show_lit(self) -> None:
        """Mark the lines of the lit phase."""
        self.code.light(
            [place for place, phase in enumerate(self._phases) if self._lit and phase == self._lit]
        )

    def _show_words(self) -> None:
        """Say what the lit phase does, under the line of code as the program has it."""
        text = said(self._inside, self._lit, self._parameter, self._ended)
        if text != self._words.text():
            self._words.setText(text)
        self._head.setVisible(bool(self._lit))
        if self._lit:
            line = self._line_of_code()
            self._title.setText(line)
            self._title.show_shorter(shorter_code(line))
            place = PHASES.index(self._lit) + 1
            self._place.setText(_("{place} of {count}").format(place=place, count=len(PHASES)))

    def _line_of_code(self) -> str:
        """The first line of the program that does something in the lit phase, without its comment."""
        found = (self.code.lines[place] for place in self.code.lit)
        settings = Settings() if self._inside is None else self._inside.settings
        as_a_rule = code(self._lit, settings)
        return next((line.partition("  #")[0].strip() for line in found if is_code(line)), as_a_rule)
