"""The dialog that makes points: choose a kind, set it, see it, use it."""

from __future__ import annotations

import secrets

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.choices import Parameter, Value
from core.experiment import GENERATORS, Points, generate
from core.experiment.generators import REACH
from core.problem import Problem
from core.texts import N_, _
from gui.plots.axis import Axis
from gui.screen_room import screen_room
from gui.theme import DATA, GRID, Theme
from gui.widgets.fields import field_for

FIRST = next(iter(GENERATORS))
KIND = Parameter(
    "generator",
    N_("Kind"),
    FIRST,
    str,
    words={key: row.label for key, row in GENERATORS.items()},
    tip=N_("What the points look like."),
)
KEPT = ("count", "seed")  # what another kind of points takes over from the one before
LARGEST_DICE_SEED = 9_999  # short enough to be written on a blackboard
MOST_SHOWN = 3_000  # points of the preview; any of them show what all are like
MARGIN = 1.0  # around the reach of the points, in their units
LEAST_PREVIEW = 200  # pixels
SIZE = (700, 480)  # pixels, where the screen has so many
FORM_WIDTH = 260  # pixels
DOT = 6  # pixels


class GenerateDialog(QDialog):
    """Asks for a generator and its values; `points()` are what was chosen.

    Every row of GENERATORS has the same parameters, each with its own defaults.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = FIRST
        self._values: dict[str, Value] = {}
        self._points = Points()
        self.setObjectName("generate_dialog")
        self.setWindowTitle(_("Generate points"))
        self.setFont(theme.font())
        self._kind = field_for(KIND)
        self._kind.chosen.connect(self._choose)
        self._tip = self._make_tip()
        self._fields = {parameter.key: field_for(parameter) for parameter in GENERATORS[FIRST].parameters}
        for key, field in self._fields.items():
            field.setObjectName(f"generate_{key}")
            field.chosen.connect(lambda value, key=key: self._set(key, value))
        self._dots = pg.ScatterPlotItem(size=theme.px(DOT), brush=pg.mkBrush(DATA), pen=None, pxMode=True)
        self._lay_out()
        self._choose(FIRST)

    def points(self) -> Points:
        """The points as the dialog has them now."""
        return self._points

    def accept(self) -> None:
        """Take up what is still being typed, and close."""
        for field in self._fields.values():
            if isinstance(field, QAbstractSpinBox):
                field.interpretText()
        super().accept()

    def _choose(self, key: object) -> None:
        """Another kind of points: its own noise and outliers, and the same count and seed."""
        row = GENERATORS[str(key)]
        kept = {name: self._values[name] for name in KEPT if name in self._values}
        self._key = row.key
        self._values = {parameter.key: parameter.default for parameter in row.parameters} | kept
        self._kind.show_value(row.key)
        self._tip.setText(_(row.tip))
        for name, field in self._fields.items():
            field.show_value(self._values[name])
        self._show()

    def _set(self, name: str, value: Value) -> None:
        """Show the points with another value; the field has gone back already from one that is refused."""
        before, self._values[name] = self._values[name], value
        try:
            self._show()
        except Problem:
            self._values[name] = before

    def _roll(self) -> None:
        """A new seed."""
        seed = secrets.randbelow(LARGEST_DICE_SEED) + 1
        self._fields["seed"].show_value(seed)
        self._set("seed", seed)

    def _show(self) -> None:
        """Make the points and show them."""
        self._points = generate(self._key, self._values)
        self._dots.setData(x=self._points.x[:MOST_SHOWN, 0], y=self._points.y[:MOST_SHOWN])

    # --- the parts ----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        gap = self._theme.px(GRID)
        form = QFormLayout()
        form.setSpacing(gap)
        form.addRow(_(KIND.label), self._kind)
        form.addRow(self._tip)
        for parameter in GENERATORS[FIRST].parameters:
            form.addRow(_(parameter.label), self._control(parameter.key))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch()
        top = QHBoxLayout()
        top.setSpacing(2 * gap)
        top.addLayout(left)
        top.addWidget(self._make_preview(), 1)
        everything = QVBoxLayout(self)
        everything.setContentsMargins(2 * gap, 2 * gap, 2 * gap, 2 * gap)
        everything.setSpacing(2 * gap)
        everything.addLayout(top)
        everything.addLayout(self._make_buttons())
        wanted = QSize(self._theme.px(SIZE[0]), self._theme.px(SIZE[1]))
        self.resize(wanted.boundedTo(screen_room(self)))

    def _control(self, name: str) -> QWidget | QHBoxLayout:
        """The field of a parameter; that of the seed has a die beside it."""
        field = self._fields[name]
        if name != "seed":
            return field
        die = QToolButton()
        die.setObjectName("generate_dice")
        die.setIcon(self._theme.icon("dice-5"))
        die.setIconSize(self._theme.icon_size())
        die.setToolTip(_("Throw another seed."))
        die.setAccessibleName(_("Another seed"))
        die.clicked.connect(self._roll)
        line = QHBoxLayout()
        line.addWidget(field, 1)
        line.addWidget(die)
        return line

    def _make_tip(self) -> QLabel:
        tip = QLabel()
        tip.setObjectName("generate_tip")
        tip.setWordWrap(True)
        tip.setFixedWidth(self._theme.px(FORM_WIDTH))
        tip.setMinimumHeight(3 * tip.fontMetrics().lineSpacing())  # so that no text moves the fields below
        tip.setAlignment(Qt.AlignmentFlag.AlignTop)
        tip.setStyleSheet(f"color: {self._theme.muted}")
        return tip

    def _make_preview(self) -> pg.PlotWidget:
        theme, reach, gap = self._theme, REACH + MARGIN, self._theme.px(GRID)
        axes = {name: Axis(theme, name) for name in ("bottom", "left")}
        plot = pg.PlotWidget(background=theme.surface, axisItems=axes, enableMenu=False)
        plot.setObjectName("generate_preview")
        plot.setAccessibleName(_("Preview"))
        plot.setToolTip(_("What the points will look like."))
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setRange(xRange=(-reach, reach), yRange=(-reach, reach), padding=0)
        plot.setMinimumSize(theme.px(LEAST_PREVIEW), theme.px(LEAST_PREVIEW))
        plot.plotItem.setContentsMargins(gap, gap, 2 * gap, gap)
        plot.addItem(self._dots, ignoreBounds=True)
        return plot

    def _make_buttons(self) -> QHBoxLayout:
        use = QPushButton(_("Use these points"))
        use.setObjectName("generate_ok")
        use.setToolTip(_("Put these points in the place of those in the window; Undo brings them back."))
        use.setProperty("primary", True)
        use.setDefault(True)
        use.clicked.connect(self.accept)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("generate_cancel")
        cancel.setToolTip(_("Close this and leave the points as they are."))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(cancel)
        line.addWidget(use)
        return line
