"""The numbers of one step, in words."""

from core.texts import _
from core.training.history import Series

DIGITS = 4  # of a loss


def said(step: int, losses: Series, validation: Series, rates: Series) -> list[str]:
    """What is known of a step, in lines; of a long run, what is known of the steps kept together."""
    if step < 1:
        return [_("step {step}").format(step=step)]
    first = (step - 1) // losses.stride * losses.stride + 1
    last = min(first + losses.stride - 1, losses.steps)
    steps = f"{first:,}" if first == last else f"{first:,}–{last:,}"
    lines = [_("step {step}  loss before it {loss}").format(step=steps, loss=_number(losses, step))]
    for text, series in ((_("validation loss {number}"), validation), (_("rate {number}"), rates)):
        if step <= series.steps:
            lines.append(text.format(number=_number(series, step)))
    return lines


def _number(series: Series, step: int) -> str:
    """The number of a step, or the range of those that are kept together."""
    low, high = series.at(step)
    if low == high == 0:
        return _("exactly 0")
    ends = [f"{end:.{DIGITS}g}" for end in (low, high)]
    if ends[0] == ends[1]:
        return "–" if ends[0] == "nan" else ends[0]
    return _("{low} to {high}").format(low=ends[0], high=ends[1])
