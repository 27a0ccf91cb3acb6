"""The row at the foot of the window that goes to any step of the run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from core.texts import _
from gui.theme import GRID, Theme
from gui.widgets.plain import plain_tip
from gui.widgets.readout import Readout
from gui.widgets.still_label import StillLabel
from gui.widgets.time_slider import TimeSlider

WIDEST = "00,000,000"
LEAST_SLIDER = 80  # pixels
SETTLES = 1000  # milliseconds in which the run comes to the step that was asked for last


class TimeBar(QWidget):
    """Shows which step is chosen, and of how many; `step_chosen(step)` is what the person wants to see.

    The run may take a moment to come to a step. Meanwhile the handle stays where the person has put it.
    """

    step_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("time_bar")
        self._first = self._last = 0
        self._step: int | None = None
        self._wish: int | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLES)
        self._make(theme)
        self._slider.setMinimumWidth(theme.px(LEAST_SLIDER))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(GRID), 0, theme.px(GRID), 0)
        layout.setSpacing(theme.px(GRID))
        layout.addWidget(self._caption)
        layout.addWidget(self._slider, 1)
        for widget in (self._newest, self._time, self._rate, self._engine, self._device):
            layout.addWidget(widget)
        self._row = layout
        self._slider.chosen.connect(self._choose)
        self._slider.sliderReleased.connect(self._show_slider)
        self._settling.timeout.connect(self._show_slider)
        self._newest.clicked.connect(self._choose_newest)
        self.show_time(0, None, 0)

    def _make(self, theme: Theme) -> None:
        self._caption = QLabel(_("time"))
        self._caption.setProperty("muted", True)
        self._caption.setToolTip(_("The steps of the run from the first to the newest: go back to any."))
        self._slider = TimeSlider()
        self._slider.setObjectName("time_slider")
        self._slider.setAccessibleName(_("Time"))
        self._newest = QToolButton()
        self._newest.setObjectName("time_newest")
        self._newest.setText(_("newest"))
        self._newest.setToolTip(_("Go to the newest step of the run."))
        self._newest.setProperty("outlined", True)
        policy = self._newest.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # or the slider would change under the hand
        self._newest.setSizePolicy(policy)
        self._time = StillLabel(_time_text(WIDEST, WIDEST))
        self._time.setObjectName("readout_time")
        self._time.setAccessibleName(_("Chosen step"))
        self._time.explain(_("The step that all views show, and how many the run has made."))
        self._time.setFont(theme.font(digits=True))
        self._rate = Readout(
            "readout_rate",
            _("steps/s"),
            "000,000",
            _("How many steps training takes in a second."),
            theme,
        )
        self._device = Readout(
            "readout_device", _("device"), "CUDA:0", _("The processor that trains."), theme
        )
        self._engine = Readout(
            "readout_engine",
            _("engine"),
            _("compiling {seconds} s").format(seconds="00"),
            "",
            theme,
        )
        self._engine.hide()

    def minimumSizeHint(self) -> QSize:
        """Room for the slider and the rate: what else there is may be left out."""
        return QSize(self._width_without(self._leaves_out()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._make_room()

    def _leaves_out(self) -> tuple[QWidget, ...]:
        """What is left out where there is no room for all, the first one first: others say it too."""
        return self._device, self._time, self._caption

    def _make_room(self) -> None:
        leaves_out = self._leaves_out()
        for count in range(len(leaves_out) + 1):
            if self._width_without(leaves_out[:count]) <= self.width():
                break
        for place, widget in enumerate(leaves_out):
            widget.setHidden(place < count)

    def _width_without(self, left_out: Sequence[QWidget]) -> int:
        """The least width of the bar without these."""
        shown = [self._caption, self._slider, self._newest, self._time, self._rate, self._device]
        if not self._engine.isHidden():
            shown.append(self._engine)
        shown = [widget for widget in shown if widget not in left_out]
        widths = [widget.minimumSizeHint().expandedTo(widget.minimumSize()).width() for widget in shown]
        margins = self._row.contentsMargins()
        return sum(widths) + (len(widths) - 1) * self._row.spacing() + margins.left() + margins.right()

    def show_time(self, first: int, step: int | None, last: int) -> None:
        """Show that `step` is chosen of a run that can be gone to from `first` to `last`; None is no run."""
        self._first, self._step, self._last = first, step, last
        self._time.setText("–" if step is None else _time_text(f"{step:,}", f"{last:,}"))
        self._newest.setVisible(step is not None and step < last)
        able = step is not None and first < last
        if not able:
            self._slider.setSliderDown(False)
            self._settling.stop()
        self._slider.setEnabled(able)
        tip = _slider_tip(step, able)
        if tip != self._slider.toolTip():
            self._slider.setToolTip(tip)
        if step == self._wish:
            self._settling.stop()
        self._show_slider()

    def show_speed(self, steps_per_second: float) -> None:
        """Show the speed of training."""
        self._rate.show_text(f"{steps_per_second:,.0f}" if steps_per_second else "–")

    def show_engine(self, word: str, sentence: str) -> None:
        """Show what makes the steps, and its `sentence` in the tooltip; nothing where nobody asked for it."""
        self._engine.show_text(word)
        self._engine.setToolTip(plain_tip(sentence))
        if self._engine.isHidden() == bool(word):
            self._engine.setVisible(bool(word))
            self._make_room()

    def show_device(self, device: str) -> None:
        """Show the device of the run; nothing is no run."""
        self._device.show_text(device.upper() or "–")

    def _show_slider(self) -> None:
        """Let the handle stand at the chosen step, unless the person has just moved it elsewhere."""
        if not self._slider.isSliderDown() and not self._settling.isActive():
            self._slider.show_step(self._first, self._step or 0, self._last)

    def _choose(self, step: int) -> None:
        self._wish = step
        self._settling.start()
        self.step_chosen.emit(step)

    def _choose_newest(self) -> None:
        self._settling.stop()
        self.step_chosen.emit(self._last)


def _time_text(step: str, steps: str) -> str:
    return _("step {step} of {steps}").format(step=step, steps=steps)


def _slider_tip(step: int | None, able: bool) -> str:
    """What the slider is for, or why it can do nothing."""
    if able:
        return _("Go to any step of the run: drag, click, or use the arrow keys.")
    if step is None:
        return _("There is no run to go back in: draw or open points first.")
    return _("The run has not made a step yet: press Run or Step.")
