"""Where a bar has no room: its last button can be seen, says what it is, and shows the rest."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Settings
from gui.app import create_window
from gui.panels.cards import title_tools
from gui.theme import Theme
from gui.widgets.more_button import NAME
from tests.windows import LINE


def narrow(qtbot: QtBot, theme: Theme) -> QToolBar:
    """A bar on the screen that has room for its title alone."""
    bar = title_tools("Title", theme)
    for text in ("first", "second", "third"):
        bar.addAction(text)
    bar.setStyleSheet(theme.style_sheet())
    bar.setPalette(theme.palette())
    qtbot.addWidget(bar)
    bar.resize(theme.px(120), theme.px(40))
    with qtbot.waitExposed(bar):
        bar.show()
    return bar


def more(bar: QToolBar) -> QToolButton:
    button = bar.findChild(QToolButton, NAME)
    assert isinstance(button, QToolButton)
    return button


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_rest_of_a_bar_is_behind_a_button_that_can_be_seen(
    qtbot: QtBot, dark: bool, scale: float
) -> None:
    theme = Theme(dark, scale)
    bar = narrow(qtbot, theme)
    button = more(bar)
    assert button.isVisible()
    assert button.isEnabled()
    assert bar.rect().contains(button.geometry())
    image = button.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1, 4)[:, :, 2::-1]
    ground = QColor(theme.accent_soft)
    contrast = np.abs(pixels.astype(int) - [ground.red(), ground.green(), ground.blue()]).min(axis=2)
    assert np.count_nonzero(contrast > 80) >= 6 * scale**2  # three dots
    assert button.toolTip() == button.accessibleName() == "More"


def test_the_bar_of_the_run_has_the_same_button(qtbot: QtBot) -> None:
    window = create_window(Experiment(LINE, Settings()))
    bar = window.findChild(QToolBar, "run_bar")
    assert isinstance(bar, QToolBar)
    assert more(bar).toolTip() == "More"
    window.close()


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_at_any_width_the_button_lies_on_no_other_control(qtbot: QtBot, scale: float) -> None:
    theme = Theme(scale=scale)
    bar = narrow(qtbot, theme)
    for width in range(150, 400, 6):
        bar.resize(width, bar.height())
        QApplication.processEvents()
        button = more(bar)
        tools = [bar.widgetForAction(action) for action in bar.actions()]
        shown = [tool for tool in tools if tool.isVisible()]
        assert bool(button.isHidden()) == (shown == tools)
        assert button.isHidden() or not any(tool.geometry().intersects(button.geometry()) for tool in shown)
    assert more(bar).isHidden()
