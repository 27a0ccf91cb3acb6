"""A titled group of labelled controls, parted from the next by a hairline."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.texts import _
from gui.theme import Theme
from gui.widgets.plain import plain_tip

LEAST = 72  # pixels, the least width of a control; it takes what room there is
CONTROL = 24  # pixels, the least height of a control: Chinese letters need it
LABEL = 100  # pixels, the least width of a label, so that the controls of most rows begin at one place
GAP = 6  # pixels between two rows
MARK = 14  # pixels, the little picture that tells live changes from those that restart


class Section(QFrame):
    """A title, which `tip` explains, and rows below it; a row is a label, a mark and a control."""

    def __init__(self, title: str, tip: str, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("section", True)
        name = QLabel(title)
        name.setToolTip(plain_tip(tip))
        name.setFont(theme.font(14, bold=True))
        self.heading = QHBoxLayout()
        self.heading.addWidget(name)
        self.heading.addStretch(1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        self.body.setSpacing(theme.px(GAP))
        self.body.addLayout(self.heading)

    def add_form(self) -> Form:
        """A new, empty form at the end of the section."""
        form = Form(self.theme)
        self.body.addWidget(form)
        return form


class Form(QWidget):
    """Rows of a label, a mark and a control; the labels are `label` pixels wide at least."""

    def __init__(self, theme: Theme, label: int = LABEL) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(GAP))
        self._grid.setColumnMinimumWidth(0, theme.px(label))
        self._grid.setColumnStretch(2, 1)
        self._rows: dict[QWidget, tuple[QWidget, ...]] = {}

    def add_row(self, label: str, control: QWidget, live: bool) -> None:
        """A row; `live` says whether the control reaches a running fit or starts a new run."""
        row = self._grid.rowCount()
        control.setMinimumHeight(self._theme.px(CONTROL))
        if not isinstance(control, QAbstractButton):
            control.setMinimumWidth(self._theme.px(LEAST))
            control.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        name = QLabel(label)
        name.setToolTip(control.toolTip())
        name.setBuddy(control)
        self._rows[control] = (name, live_mark(live, self._theme), control)
        for column, widget in enumerate(self._rows[control]):
            self._grid.addWidget(widget, row, column)

    def add_note(self, note: QLabel) -> None:
        """A line below the last row, over the whole width."""
        self._grid.addWidget(note, self._grid.rowCount(), 0, 1, -1)

    def show_row(self, control: QWidget, shown: bool) -> None:
        """Show or hide the whole row of `control`; a form without rows takes no room."""
        for widget in self._rows[control]:
            widget.setVisible(shown)
        self.setHidden(all(row.isHidden() for row in self._rows))


def live_mark(live: bool, theme: Theme) -> QLabel:
    """A little picture: a bolt for live changes, a flag, as at a start, for those that start a new run."""
    mark = QLabel()
    mark.setObjectName("live_mark")
    mark.setPixmap(theme.icon("bolt" if live else "flag").pixmap(theme.px(MARK), theme.px(MARK)))
    mark.setToolTip(live_words(live))
    mark.setAccessibleName(live_words(live))
    mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return mark


def live_words(live: bool) -> str:
    """What the picture means."""
    if live:
        return _("Live: a running fit takes this up at its next step.")
    return _("Changing this starts a new run, from step 0.")


def note(name: str) -> QLabel:
    """A line or more below a control, about what was chosen there; hidden while there is nothing to say."""
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.hide()
    return label
