"""What theory says of a run, in a few numbers, and how far the run is from it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.insight.numbers import significant
from core.insight.optimum import Distance
from core.insight.theory import Theory
from core.texts import N_, _, n_
from gui.panels.cards import Card
from gui.theme import Theme
from gui.widgets.plain import plain_tip
from gui.widgets.still_label import StillLabel

DIGITS = 3
REACHED = 1e-8  # of the lowest loss: whoever is so near is there
NONE = "–"

# Of each row: its key, its caption, and what it means.
ROWS = {
    "optimum": (
        N_("Lowest loss"),
        N_(
            "The lowest loss that this model can have on the training points, computed without any training. "
            "Training comes near it, never below it."
        ),
    ),
    "distance": (
        N_("Loss"),
        N_("The loss of the fit on screen, of all training points, and how far it lies above the lowest."),
    ),
    "condition": (
        N_("Condition"),
        N_(
            "How many times steeper the loss is in its steepest direction than in its flattest: as the "
            "points are → standardised. Near 1 it is a round bowl and training goes straight down; large "
            "numbers are a long valley, along which training crawls."
        ),
    ),
    "limit": (
        N_("Learning rate"),
        N_(
            "How the learning rate compares with the largest stable one, beyond which gradient descent "
            "diverges. That is 2 divided by the curvature of the loss in its steepest direction, and more "
            "with momentum."
        ),
    ),
}


class TheoryCard(Card):
    """A few rows of numbers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(_("What should happen"), theme)
        self._theory = Theory()
        self._distance: Distance | None = None
        self._rate = 0.0
        self.setObjectName("theory_card")
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        rows.setSpacing(theme.px(2))
        self._rows = {key: TheoryRow(key, _(caption), theme) for key, (caption, _tip) in ROWS.items()}
        for row in self._rows.values():
            rows.addWidget(row)
        rows.addWidget(self._reason_line())
        rows.addStretch(1)
        self.set_plot(body)
        self.show_theory(None)

    def show_theory(self, theory: Theory | None) -> None:
        """Show what should happen, or that nothing is known."""
        self._theory = theory or Theory()
        self._distance = None
        known = self._theory.condition is not None
        self._reason.setText("" if known else self._theory.why_no_optimum)
        self._reason.setVisible(not known)
        for row in self._rows.values():
            row.setVisible(known)
        for show in (self._show_optimum, self._show_condition, self._show_limit, self._show_distance):
            show()

    def show_rate(self, rate: float) -> None:
        """Show which share of the limit the learning rate is."""
        self._rate = rate
        self._show_limit()

    def show_distance(self, distance: Distance | None) -> None:
        """Show how far the run is from the optimum, or that this is not known."""
        self._distance = distance
        self._show_distance()

    def _reason_line(self) -> QLabel:
        """What stands in the place of the rows where there is no number for any of them."""
        self._reason = QLabel()
        self._reason.setObjectName("theory_reason")
        self._reason.setProperty("muted", True)
        self._reason.setWordWrap(True)
        self._reason.setTextFormat(Qt.TextFormat.PlainText)
        self._reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return self._reason

    # --- the rows ---------------------------------------------------------------------------------------

    def _show_optimum(self) -> None:
        best, more = self._theory.optimum, ""
        if best is None:
            self._show("optimum", NONE, self._why_no_optimum())
            return
        if not best.unique:
            more = n_(
                "Many sets of parameters are equally good: they may go in {count} direction.",
                "Many sets of parameters are equally good: they may go in {count} directions.",
                best.free,
            ).format(count=best.free)
        self._show("optimum", significant(best.loss), more)

    def _why_no_optimum(self) -> str:
        theory = self._theory
        return theory.why_no_optimum or (_("The best fit is being computed.") if theory.pending else "")

    def _show_distance(self) -> None:
        best, distance = self._theory.optimum, self._distance
        if best is None or distance is None:
            self._show("distance", NONE, "" if best else self._why_no_optimum())
            return
        more = []
        if distance.rms is not None:
            more.append(
                _("On the average the fit is {rms} away from the best one, in the units of y.").format(
                    rms=significant(distance.rms, DIGITS)
                )
            )
        if distance.parameters is not None:
            more.append(
                _("Its parameters are {distance} away.").format(
                    distance=significant(distance.parameters, DIGITS)
                )
            )
        self._show("distance", _loss_text(best.loss + distance.excess, distance.relative), *more)

    def _show_condition(self) -> None:
        theory = self._theory
        if theory.condition is None:
            self._show("condition", NONE)
            return
        numbers = (theory.condition_raw, theory.condition_standardised)
        raw, standardised = (NONE if n is None else significant(n, DIGITS) for n in numbers)
        now = _("For this run it is {condition}.").format(condition=significant(theory.condition, DIGITS))
        self._show("condition", f"{raw} → {standardised}", now)

    def _show_limit(self) -> None:
        theory, share = self._theory, self._theory.share(self._rate)
        if theory.limit is None or share is None:
            self._show("limit", NONE, theory.why_not)
            return
        words = _("{share} × limit ≈ {limit}") if theory.estimated else _("{share} × limit {limit}")
        text = words.format(limit=significant(theory.limit, DIGITS), share=significant(share, 2))
        raw, standardised = (
            NONE if limit is None else significant(limit, DIGITS)
            for limit in (theory.limit_raw, theory.limit_standardised)
        )
        more = [
            _("As the points are the limit is {raw}, standardised {standardised}.").format(
                raw=raw, standardised=standardised
            )
        ]
        if theory.estimated:
            more.append(_("For mini-batches this is an estimate (Ma, Bassily and Belkin 2018)."))
        self._show("limit", text, *more)

    def _show(self, key: str, text: str, *more: str) -> None:
        """Show `text` in a row; the tooltip says what it means, and `more`."""
        if self._theory.condition is None:
            self._rows[key].show_text(NONE, "")  # the rows are hidden
            return
        self._rows[key].show_text(text, " ".join(filter(None, (_(ROWS[key][1]), *more))))


class TheoryRow(QWidget):
    """A caption, and at the right a value; both end in … where there is no room."""

    def __init__(self, key: str, caption: str, theme: Theme) -> None:
        super().__init__()
        title = StillLabel(caption, shrinks=True)
        title.setText(caption)
        title.setProperty("muted", True)
        self._value = StillLabel(shrinks=True)
        self._value.setObjectName(f"theory_{key}")
        self._value.setAccessibleName(caption)
        self._value.setFont(theme.font(bold=True, digits=True))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(8))
        layout.addWidget(title, 2)
        layout.addWidget(self._value, 3)

    def show_text(self, text: str, tip: str) -> None:
        """Show `text`, and explain it with `tip`."""
        self._value.setText(text)
        self.setToolTip(plain_tip(tip) if tip else "")


def _loss_text(loss: float, relative: float | None) -> str:
    """A loss, and by how much it is above the lowest; `relative` is None where that is zero."""
    if relative is None:
        return significant(loss)
    if relative < REACHED:
        return _("{loss}, the lowest").format(loss=significant(loss))
    if relative < 1:
        return _("{loss}, {percent} % more").format(
            loss=significant(loss), percent=significant(100 * relative, 2)
        )
    return _("{loss}, {factor} times").format(loss=significant(loss), factor=significant(1 + relative, 2))
