"""The slider of the learning rate: its zones are those of the theory, and are told in words too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyle, QStyleOptionSlider, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Points, Settings
from core.insight.stability import ZONES
from core.insight.theory import Theory, theory
from gui.theme import Theme
from gui.widgets.rate_slider import RateSlider

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

X = np.linspace(0, 6, 30)
POINTS = Points(X, 2 * X + 1)
STEEPEST = float(np.linalg.eigvalsh(2 / 30 * np.array([[X @ X, X.sum()], [X.sum(), 30.0]]))[-1])
PANEL, LEAST = 288, 160  # pixels, the widths of the column of settings


def known(**changes: Any) -> Theory:
    return theory(POINTS, Settings(optimizer="sgd", **changes))


class Desk(QWidget):
    """A slider with its note below it."""

    def __init__(self, theme: Theme, width: int = PANEL) -> None:
        super().__init__()
        self.slider = RateSlider(1e-6, 10, theme)
        layout = QVBoxLayout(self)
        layout.addWidget(self.slider)
        layout.addWidget(self.slider.note)
        layout.addStretch(1)
        self.resize(width, 200)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return shown(qtbot, Desk(Theme()))


def shown(qtbot: QtBot, desk: Desk) -> Desk:
    qtbot.addWidget(desk)
    with qtbot.waitExposed(desk):
        desk.show()
    return desk


def band(slider: RateSlider) -> QImage:
    """The lowest pixels of the slider, where the zones are."""
    image = slider.grab().toImage()
    return image.copy(0, image.height() - 5, image.width(), 1)


def tints_of(image: QImage, theme: Theme) -> list[str]:
    """The zones whose tints are in `image`, from left to right."""
    names = {QColor(tint).name(): name for name, tint in theme.zone_tints.items()}
    found: list[str] = []
    for x in range(image.width()):
        name = names.get(image.pixelColor(x, 0).name())
        if name and name not in found:
            found.append(name)
    return found


def middle_of_handle(slider: RateSlider) -> int:
    """Where the style draws the handle."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    area = slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    )
    return area.center().x()


@pytest.mark.parametrize(
    ("share", "zone"), [(0.004, "crawling"), (0.3, "smooth"), (0.9, "oscillating"), (1.1, "diverging")]
)
def test_the_note_names_the_zone_of_the_rate(desk: Desk, share: float, zone: str) -> None:
    desk.slider.show_theory(known())
    rate = share * 2 / STEEPEST
    desk.slider.show_number(rate)
    assert desk.slider.zone() == zone
    assert desk.slider.note.text().startswith(ZONES[zone] + ":")
    assert f"{share:.2g}" in desk.slider.note.text()
    assert f"{2 / STEEPEST:.3g}" in desk.slider.note.text()
    assert desk.slider.accessibleDescription() == desk.slider.note.text()


def test_keys_lead_through_all_zones(qtbot: QtBot, desk: Desk) -> None:
    desk.slider.show_theory(known())
    desk.slider.setFocus()
    qtbot.keyClick(desk.slider, Qt.Key.Key_Home)
    seen = [desk.slider.zone()]
    while desk.slider.value() < desk.slider.maximum():
        qtbot.keyClick(desk.slider, Qt.Key.Key_Right)
        seen.append(desk.slider.zone())
        assert desk.slider.accessibleDescription().startswith(ZONES[seen[-1]])
    assert list(dict.fromkeys(seen)) == list(ZONES)


def test_dragging_the_handle_changes_the_zone(desk: Desk) -> None:
    slider = desk.slider
    slider.show_theory(known())
    slider.show_number(1e-5)
    rates: list[float] = []
    slider.chosen.connect(rates.append)
    start = QPoint(middle_of_handle(slider), slider.height() // 4)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(slider, QPoint(slider.width() - 12, start.y()))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 12, start.y()))
    assert slider.isSliderDown() is False
    assert rates[-1] > 1
    assert slider.zone() == "diverging"


@pytest.mark.parametrize(
    "theme", [Theme(), Theme(dark=True), Theme(scale=2.0)], ids=["light", "dark", "200 %"]
)
@pytest.mark.parametrize("width", [PANEL, LEAST])
def test_the_zones_are_drawn_in_their_order_and_end_where_the_handle_would_be(
    qtbot: QtBot, theme: Theme, width: int
) -> None:
    desk = shown(qtbot, Desk(theme, theme.px(width)))
    slider = desk.slider
    found = known()
    slider.show_theory(found)
    assert found.zones is not None
    image = band(slider)
    assert tints_of(image, theme) == list(ZONES)
    smooth, oscillating = (QColor(theme.zone_tints[name]).name() for name in ("smooth", "oscillating"))
    for rate, tint in ((0.8 * found.zones.smooth, smooth), (0.5 * found.zones.smooth, smooth)):
        slider.show_number(rate)
        assert image.pixelColor(middle_of_handle(slider), 0).name() == tint
    slider.show_number(1.4 * found.zones.smooth)
    around = range(middle_of_handle(slider) - 3, middle_of_handle(slider) + 4)
    assert oscillating in {image.pixelColor(x, 0).name() for x in around}


def test_each_zone_looks_different_without_colour(desk: Desk) -> None:
    desk.slider.show_theory(known())
    image = desk.slider.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    ends = known().zones
    assert ends is not None
    looks = []
    for rate in (1e-5, ends.smooth / 4, 2.0):
        desk.slider.show_number(rate)
        looks.append(image.copy(middle_of_handle(desk.slider) - 6, image.height() - 8, 12, 6))
    assert all(one != other for k, one in enumerate(looks) for other in looks[k + 1 :])


@pytest.mark.parametrize("changes", [{"optimizer": "adam"}, {"loss": "mae"}, {"model": "mlp"}])
def test_without_a_theory_there_are_no_zones_but_a_reason(desk: Desk, changes: dict[str, Any]) -> None:
    desk.slider.show_theory(known())
    with_zones = desk.slider.sizeHint().height()
    found = theory(POINTS, Settings(**{"optimizer": "sgd", **changes}))
    desk.slider.show_theory(found)
    assert desk.slider.zone() == ""
    assert desk.slider.note.isVisible()
    assert desk.slider.note.text() == desk.slider.accessibleDescription() == found.why_not != ""
    assert tints_of(band(desk.slider), Theme()) == []
    assert desk.slider.sizeHint().height() < with_zones
    assert "smooth" not in desk.slider.toolTip()


def test_before_anything_is_known_nothing_is_said(desk: Desk) -> None:
    assert not desk.slider.note.isVisible()
    desk.slider.show_theory(known())
    desk.slider.show_theory(None)
    assert not desk.slider.note.isVisible()
    assert desk.slider.accessibleDescription() == ""


def test_the_tooltip_tells_where_each_zone_begins(desk: Desk) -> None:
    desk.slider.show_tip("How far one step goes; < 1.")
    found = known()
    desk.slider.show_theory(found)
    tip = desk.slider.toolTip()
    assert "How far one step goes; &lt; 1." in tip
    assert all(word in tip for word in ZONES.values())
    assert found.zones is not None
    assert all(f"{end:.3g}" in tip for end in found.zones[1:])
    assert "estimate" not in tip
    desk.slider.show_theory(known(batch_size=3))
    assert "estimate" in desk.slider.toolTip()
    assert "≈" in desk.slider.note.text()


@pytest.mark.parametrize("size", [1e3, 1.7e9, 1e30])
def test_the_slider_begins_low_enough_for_all_zones_and_for_the_rate(desk: Desk, size: float) -> None:
    slider = desk.slider
    usual = slider.maximum()
    far = theory(Points(X * size, X), Settings(optimizer="sgd"))
    assert far.zones is not None
    slider.show_number(0.01)
    slider.show_theory(far)
    assert tints_of(band(slider), Theme())[:2] == ["crawling", "smooth"]
    assert slider.number(slider.minimum()) < far.zones[0]
    assert slider.number(slider.maximum()) == 10
    assert slider.number(slider.value()) == pytest.approx(0.01, rel=0.03)
    slider.show_number(1e-300)
    assert slider.number(slider.value()) == 1e-300
    slider.show_number(0.01)
    slider.show_theory(known())
    assert (slider.number(slider.minimum()), slider.maximum()) == (1e-6, usual)


def test_the_slider_stays_as_it_is_under_a_hand_that_drags(desk: Desk) -> None:
    slider = desk.slider
    slider.show_number(8.1e-9)
    long = slider.maximum()
    slider.setSliderDown(True)
    slider.setSliderPosition(long // 2)
    slider.show_number(slider.number(long // 2))
    assert (slider.maximum(), slider.value()) == (long, long // 2)
    slider.setSliderDown(False)
    assert slider.maximum() < long
    assert slider.number(slider.minimum()) == 1e-6


def test_no_limit_leaves_its_zones_where_they_are(desk: Desk) -> None:
    near = theory(Points(X * 0, X), Settings(optimizer="sgd"))
    desk.slider.show_theory(near)
    assert tints_of(band(desk.slider), Theme())[-1] == "diverging"


@pytest.mark.parametrize("width", [PANEL, LEAST])
def test_no_reason_widens_the_column(qtbot: QtBot, width: int) -> None:
    desk = shown(qtbot, Desk(Theme(), width))
    desk.slider.show_theory(theory(POINTS, Settings(optimizer="adagrad")))
    assert desk.minimumSizeHint().width() <= LEAST
    assert desk.width() == width
