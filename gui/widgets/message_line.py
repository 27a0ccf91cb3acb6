"""The line at the foot of the window that says, in a sentence, what is going on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.texts import _, joined
from gui.theme import Theme
from gui.widgets.message_text import MessageText

if TYPE_CHECKING:
    from core.insight.diagnosis import Finding

LINES = 2  # of text that there is room for
LOW = 340  # pixels at scale 1; in a lower window there is room for one
PASSING = 5000  # milliseconds that a sentence about something else is read in


class Proposal(NamedTuple):
    """A button: what is on it, and what it does."""

    label: str
    action: Callable[[], object]


class MessageLine(QWidget):
    """A sentence, marked when it is a warning, and at times a button that does what it proposes.

    Behind the sentence about the state of the run stands what a diagnosis found in it; sentences about
    anything else stand alone. The button of a finding goes before one that was proposed otherwise.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sentence, self._warns = "", False
        self._of_state = self._of_change = self._keeps = False
        self._finding: Finding | None = None
        self._instead = ""
        self._remedy: Proposal | None = None
        self._proposal: Proposal | None = None
        self._since = QElapsedTimer()
        self.refuses = False
        self._icon = QLabel()
        self._text = MessageText()
        self._text.setObjectName("message")
        self._text.show_lines(LINES)
        self._button = QPushButton()
        self._button.setObjectName("message_action")
        self._button.clicked.connect(self._act)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        self.say("")

    def make_room(self, window: int) -> None:
        """Take what a window of that height can spare."""
        self._text.show_lines(1 if window < self._theme.px(LOW) else LINES)

    # --- sentences ----------------------------------------------------------------------------------------

    def say(self, sentence: str, warning: bool = False) -> None:
        """Show `sentence`. A proposal stays beside it until it is taken or withdrawn."""
        self._take(sentence, warning, of_state=False)

    def say_state(self, sentence: str, warning: bool = False) -> None:
        """Show `sentence`, which is about the run, and what was found in it."""
        self._take(sentence, warning, of_state=True)

    def keep(self, sentence: str) -> None:
        """Show `sentence`, which only news replaces."""
        self.say(sentence)
        self._keeps = True

    def say_change(self, sentence: str) -> None:
        """Show `sentence`, which is about the newest change, and is no longer so with the next."""
        self.say(sentence)
        self._of_change = True

    def is_past(self, replaced: bool) -> bool:
        """Whether what is said is no longer so behind a change, by which points were `replaced` or not."""
        return self.refuses or self._of_change or (self._keeps and replaced)

    def idle(self, sentence: str) -> None:
        """Show `sentence`, which is about the run, and no news: what is just being read stays."""
        is_read = bool(self._sentence) and not (self._of_state or self._warns or self.has_passed)
        if not (self._keeps or is_read):
            self.say_state(sentence)

    def warn(self, sentence: str) -> None:
        """Show `sentence` as a warning, until the person has done better."""
        self.say(sentence, True)
        self.refuses = True

    def take_back(self, sentence: str) -> None:
        """Show `sentence` no longer, if it is there: it is not so any more."""
        if self._sentence == sentence:
            self.say("")

    @property
    def has_passed(self) -> bool:
        """Whether a sentence about something else than the run has been there long enough."""
        return not self._of_state and not self.refuses and self._since.elapsed() > PASSING

    def _take(self, sentence: str, warning: bool, of_state: bool) -> None:
        self._sentence, self._warns, self._of_state = sentence, warning, of_state
        self._of_change = self._keeps = self.refuses = False
        self._instead = ""
        self._since.start()
        self._show()

    # --- findings and proposals ---------------------------------------------------------------------------

    def show_finding(
        self, finding: Finding | None, remedy: Callable[[], object] = lambda: None, instead: str = ""
    ) -> None:
        """Show what was found in the run, behind the sentence about its state; `instead` of that, if given.

        `remedy` is what the button of the finding does.
        """
        proposed = None if finding is None else finding.remedy
        self._finding, self._instead = finding, instead
        self._remedy = None if proposed is None else Proposal(proposed.label, remedy)
        self._show()

    def propose(self, label: str, action: Callable[[], object]) -> None:
        """Show a button that does `action`."""
        self._proposal = Proposal(label, action)
        self._show()

    def withdraw(self) -> None:
        """Propose nothing any more, except for what was found."""
        self._proposal = None
        self._show()

    def _act(self) -> None:
        proposal = self._shown_proposal()
        self._remedy = self._proposal = None
        self._show()
        if proposal is not None:
            proposal.action()

    def _shown_proposal(self) -> Proposal | None:
        return (self._remedy if self._of_state else None) or self._proposal

    def _show(self) -> None:
        """Show what is to be said now, and the button that belongs to it."""
        text, warns = self._sentence, self._warns
        if self._of_state and self._finding is not None:
            text = joined(self._instead or text, self._finding.sentence)
            warns = warns or self._finding.warning
        icon = "alert-triangle" if warns else "info-circle"
        self._icon.setPixmap(self._theme.icon(icon).pixmap(self._theme.icon_size()))
        colour = f"color: {self._theme.warning if warns else self._theme.text}"
        if self._text.styleSheet() != colour:
            self._text.setStyleSheet(colour)
        if self._text.text() != text:
            self._text.setText(text)
        proposal = self._shown_proposal()
        self._button.setVisible(proposal is not None)
        if proposal is not None:
            self._button.setText(proposal.label)
            self._button.setToolTip(
                _("{label}: done with one click; Undo takes it back.").format(label=proposal.label)
            )
