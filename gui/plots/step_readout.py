"""The small label on the loss plot that says the numbers of one step."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from core.texts import _
from core.training.history import Series
from gui.theme import GRID, Theme

DIGITS = 4  # of a loss


class StepReadout(QLabel):
    """Stands beside a place of the plot, never upon it and never cut off."""

    def __init__(self, theme: Theme, viewport: QWidget) -> None:
        super().__init__(viewport)
        px = theme.px
        self._gap = px(2 * GRID)
        self.setObjectName("loss_readout")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(digits=True))
        self.setStyleSheet(
            f"color: {theme.text}; background: {theme.surface};"
            f"border: 1px solid {theme.hairline}; border-radius: {px(4)}px;"
            f"padding: {px(3)}px {px(GRID)}px;"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, lines: list[str], place: QPointF, area: QRect) -> None:
        """Say these lines beside `place`, within `area`, both in pixels of the viewport."""
        self.setText("\n".join(lines))
        self.adjustSize()
        gap, size = self._gap, self.size()
        right = round(place.x()) + gap
        left = right if right + size.width() <= area.right() else right - 2 * gap - size.width()
        top = round(place.y()) - gap - size.height()
        below = min(top + 2 * gap + size.height(), area.bottom() - size.height())
        self.move(max(left, 0), top if top >= area.top() else below)
        self.show()


def said(step: int, losses: Series, validation: Series, rates: Series) -> list[str]:
    """What is known of a step, in lines; of a long run, what is known of the steps kept together."""
    if step < 1:
        return [_("step {step}").format(step=step)]
    first = (step - 1) // losses.stride * losses.stride + 1
    last = min(first + losses.stride - 1, losses.steps)
    steps = f"{first:,}" if first == last else f"{first:,}–{last:,}"
    lines = [_("step {step}  loss {loss}").format(step=steps, loss=_number(losses, step))]
    for text, series in ((_("held out {number}"), validation), (_("rate {number}"), rates)):
        if step <= series.steps:
            lines.append(text.format(number=_number(series, step)))
    return lines


def _number(series: Series, step: int) -> str:
    """The number of a step, or the range of those that are kept together."""
    ends = [f"{end:.{DIGITS}g}" for end in series.at(step)]
    if ends[0] == ends[1]:
        return "–" if ends[0] == "nan" else ends[0]
    return _("{low} to {high}").format(low=ends[0], high=ends[1])
