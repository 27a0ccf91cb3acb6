"""The card of what should happen, alone and in the window: its numbers are those of numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings
from core.insight.numbers import significant
from core.insight.optimum import Distance
from core.insight.theory import theory
from core.texts import LANGUAGES, use_language
from gui.main_window import MainWindow
from gui.panels.theory_card import TheoryCard
from gui.theme import Theme
from gui.widgets.rate_slider import RateSlider
from tests.windows import LINE, action, opened, part, show_panel, text, wait_for_rest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

X = np.linspace(10, 16, 30)
POINTS = Points(X, 2 * X + 1 + np.random.default_rng(2).normal(0, 1, 30))
SGD = Settings(optimizer="sgd", learning_rate=1e-4, epochs=None)
COLUMN = 294  # pixels, the width of the column in a window of 1024


def curvatures(x: np.ndarray) -> tuple[float, float]:
    """The eigenvalues of the Hessian of the MSE of a line, the larger one last."""
    low, high = np.linalg.eigvalsh(2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1.0]]))
    return float(low), float(high)


@pytest.fixture
def card(qtbot: QtBot) -> TheoryCard:
    made = TheoryCard(Theme())
    qtbot.addWidget(made)
    made.resize(COLUMN, made.sizeHint().height())
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot, POINTS, SGD) as made:
        show_panel(qtbot, made, "theory")
        known(qtbot, made)
        yield made


def known(qtbot: QtBot, window: MainWindow, row: str = "condition") -> None:
    """Wait until the card shows something."""
    qtbot.waitUntil(lambda: text(window, f"theory_{row}") != "–")


def row_tip(card: TheoryCard, key: str) -> str:
    row = part(card, QLabel, f"theory_{key}").parentWidget()
    assert row is not None
    return row.toolTip()


# --- the card alone --------------------------------------------------------------------------------------


def test_the_rows_tell_the_theory_and_how_far_the_run_is_from_it(card: TheoryCard) -> None:
    found = theory(POINTS, SGD)
    card.show_theory(found)
    card.show_rate(0.25 * 2 / curvatures(X)[1])
    card.show_distance(Distance(0.5, 0.25, 0.32, 1.5))
    line = np.polyfit(X, POINTS.y, 1)
    least = float(np.mean((np.polyval(line, X) - POINTS.y) ** 2))
    low, high = curvatures(X)
    assert text(card, "theory_optimum") == significant(least)
    assert text(card, "theory_distance") == f"{significant(least + 0.25)}, 32 % more"
    assert text(card, "theory_condition") == f"{significant(high / low, 3)} → 1.00"
    assert text(card, "theory_limit") == f"0.25 × limit {significant(2 / high, 3)}"
    assert "0.500 away" in row_tip(card, "distance")
    assert "1.50 away" in row_tip(card, "distance")
    assert significant(high / low, 3) in row_tip(card, "condition")


@pytest.mark.parametrize(
    ("relative", "words"), [(3.0, ", 4.0 times"), (1e-12, ", the lowest"), (None, ""), (0.5, ", 50 % more")]
)
def test_the_loss_now_is_compared_with_the_lowest(
    card: TheoryCard, relative: float | None, words: str
) -> None:
    found = theory(POINTS, SGD)
    assert found.optimum is not None
    card.show_theory(found)
    card.show_distance(Distance(0.0, 0.0, relative, None))
    assert text(card, "theory_distance") == significant(found.optimum.loss) + words


def test_an_estimate_is_marked(card: TheoryCard) -> None:
    card.show_theory(theory(POINTS, Settings(optimizer="sgd", batch_size=4)))
    card.show_rate(0.001)
    assert "≈" in text(card, "theory_limit")
    assert "estimate" in row_tip(card, "limit")


def test_where_a_number_is_not_known_the_tooltip_says_why(card: TheoryCard) -> None:
    found = theory(POINTS, Settings(optimizer="adam", options={"adam.weight_decay": 0.1}))
    card.show_theory(found)
    for key, reason in (("optimum", found.why_no_optimum), ("limit", found.why_not)):
        assert text(card, f"theory_{key}") == "–"
        assert reason in row_tip(card, key)


def test_free_parameters_are_mentioned(card: TheoryCard) -> None:
    card.show_theory(theory(Points([2.0, 2.0], [1.0, 3.0]), SGD))
    assert "1 direction" in row_tip(card, "optimum")
    assert text(card, "theory_condition").startswith("∞")


def test_where_nothing_is_known_one_sentence_says_so(card: TheoryCard) -> None:
    card.show_theory(theory(POINTS, Settings(model="mlp")))
    assert part(card, QLabel, "theory_reason").isVisible()
    assert "this model" in text(card, "theory_reason")
    assert not part(card, QLabel, "theory_optimum").isVisible()
    card.show_theory(theory(POINTS, SGD))
    assert not part(card, QLabel, "theory_reason").isVisible()
    assert part(card, QLabel, "theory_optimum").isVisible()


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_card_is_low_and_never_wider_than_the_loss_plot(qtbot: QtBot, code: str, scale: float) -> None:
    use_language(code)
    theme = Theme(scale=scale)
    card = TheoryCard(theme)
    qtbot.addWidget(card)
    for settings in (SGD, Settings(model="mlp"), Settings()):
        card.show_theory(theory(POINTS, settings))
        assert card.minimumSizeHint().width() <= theme.px(130)
        assert card.sizeHint().height() <= theme.px(130)


# --- in the window ---------------------------------------------------------------------------------------


def test_the_numbers_in_the_window_are_those_of_numpy(qtbot: QtBot, window: MainWindow) -> None:
    line = np.polyfit(X, POINTS.y, 1)
    least = float(np.mean((np.polyval(line, X) - POINTS.y) ** 2))
    low, high = curvatures(X)
    assert text(window, "theory_optimum") == significant(least)
    assert text(window, "theory_condition") == f"{significant(high / low, 3)} → 1.00"
    assert text(window, "theory_limit") == (
        f"{significant(1e-4 * high / 2, 2)} × limit {significant(2 / high, 3)}"
    )
    action(window, "step").trigger()
    wait_for_rest(qtbot, window)
    snapshot = window.session.snapshot
    assert snapshot is not None
    now = float(np.mean((snapshot.predict(X) - POINTS.y) ** 2))
    assert text(window, "theory_distance").startswith(f"{significant(now)}, ")


def test_dragging_the_rate_changes_its_zone_and_its_share(window: MainWindow) -> None:
    slider = part(window, RateSlider, "learning_rate_slider")
    before = text(window, "theory_limit")
    window.store.change(learning_rate=1e-6)
    assert text(window, "learning_rate_note").startswith("crawling")
    seen = []
    for position in range(slider.value(), slider.maximum(), 5):
        slider.setSliderPosition(position)
        seen.append(text(window, "learning_rate_note").partition(":")[0])
    assert list(dict.fromkeys(seen)) == ["crawling", "smooth", "oscillating", "diverging"]
    assert text(window, "theory_limit") != before
    share = window.store.settings.learning_rate * curvatures(X)[1] / 2
    assert text(window, "theory_limit").startswith(significant(share, 2))


def test_adam_shows_no_zones_and_says_why(qtbot: QtBot, window: MainWindow) -> None:
    slider = part(window, RateSlider, "learning_rate_slider")
    assert slider.zone()
    window.store.change(optimizer="adam")
    qtbot.waitUntil(lambda: slider.zone() == "")
    assert "Adam" in text(window, "learning_rate_note")
    assert text(window, "theory_limit") == "–"
    assert text(window, "theory_optimum") != "–"


def test_standardising_moves_the_limit_to_the_rounded_bowl(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(standardise=True)
    qtbot.waitUntil(lambda: text(window, "theory_limit").endswith("limit 1.00"))
    x = (X - X.mean()) / X.std()
    assert curvatures(x) == pytest.approx((2, 2))
    assert text(window, "theory_condition").endswith("→ 1.00")


def test_other_points_have_another_theory(qtbot: QtBot, window: MainWindow) -> None:
    window.store.replace(LINE)
    least = float(np.polyfit(LINE.x[:, 0], LINE.y, 1, full=True)[1][0]) / len(LINE)
    qtbot.waitUntil(lambda: text(window, "theory_optimum") == significant(least))
    window.store.clear_points()
    qtbot.waitUntil(lambda: text(window, "theory_reason") != "")
    assert not part(window, QLabel, "theory_optimum").isVisible()


def test_a_network_is_not_compared_with_a_line(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(model="mlp")
    qtbot.waitUntil(lambda: part(window, QLabel, "theory_reason").isVisible())
    window.store.change(model="polynomial")
    known(qtbot, window)
    qtbot.waitUntil(lambda: text(window, "theory_distance") != "–")
    expected = np.polyfit(X - 13, POINTS.y, 3)
    least = float(np.mean((np.polyval(expected, X - 13) - POINTS.y) ** 2))
    assert text(window, "theory_optimum") == significant(least)


def test_on_a_schedule_the_rate_is_that_of_the_last_step(qtbot: QtBot, window: MainWindow) -> None:
    window.store.change(schedule="step")
    for _press in range(2):
        action(window, "step").trigger()
        wait_for_rest(qtbot, window)
    snapshot = window.session.snapshot
    assert snapshot is not None
    share = snapshot.learning_rate * curvatures(X)[1] / 2
    qtbot.waitUntil(lambda: text(window, "theory_limit").startswith(significant(share, 2)))


def test_a_card_that_is_first_seen_later_knows_what_was_found_before(qtbot: QtBot) -> None:
    with opened(qtbot, POINTS, SGD, mode="simple") as window:
        assert window.findChild(TheoryCard) is None
        qtbot.waitUntil(lambda: not window.workspace.busy)
        show_panel(qtbot, window, "theory")
        least = float(np.mean((np.polyval(np.polyfit(X, POINTS.y, 1), X) - POINTS.y) ** 2))
        assert text(window, "theory_optimum") == significant(least)
        assert text(window, "theory_distance") != "–"


def test_with_very_many_points_the_distance_is_found_too(qtbot: QtBot) -> None:
    x = np.linspace(10, 16, 120_000)
    y = 2 * x + np.cos(40 * x)
    with opened(qtbot, Points(x, y), SGD) as window:
        show_panel(qtbot, window, "theory")
        known(qtbot, window, "distance")
        least = float(np.mean((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2))
        assert text(window, "theory_optimum") == significant(least)
        assert text(window, "theory_distance").endswith("times")
