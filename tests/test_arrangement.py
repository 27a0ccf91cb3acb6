"""The panels as a person arranges them: shown, hidden, floated, in two modes, remembered and put back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDockWidget,
    QLabel,
    QMenu,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, Settings
from core.texts import LANGUAGES, use_language
from gui.app import create_window
from gui.arrangement import MODES
from gui.main_window import MainWindow
from gui.preferences import Preferences
from tests.windows import LEFT, LINE, action, opened, part, plot_of, show_panel, snapshot, text, windows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen

ESSENTIAL = ("model", "loss", "optimizer", "learning_rate", "learning_rate_slider", "epochs", "batch_size")
MORE = ("schedule", "optimizer_more", "seed", "start", "dtype", "device", "stop_more", "new_start")
SIMPLE = {"settings", "fit", "loss"}
INSIDE_ALONE = {"graph", "formulas", "tensors"}
STAYS = "fit"  # what is always there
ON_SCREEN = (790, 760)  # the screen of the tests is small, and no window comes back larger than it
SIZES = [(1280, 720), (1024, 768)]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """The window of a person who has just installed the program."""
    with opened(qtbot, mode="") as made:
        made.resize(*ON_SCREEN)
        yield made


@pytest.fixture
def full(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        made.resize(*ON_SCREEN)
        yield made


def dock(window: QWidget, key: str) -> QDockWidget:
    return part(window, QDockWidget, f"dock_{key}")


def keys(window: QWidget) -> list[str]:
    """Every panel."""
    return [found.objectName().removeprefix("dock_") for found in window.findChildren(QDockWidget)]


def shown(window: QWidget) -> set[str]:
    """The panels that are open, be it behind a tab."""
    return {key for key in keys(window) if not dock(window, key).isHidden()}


def places(window: MainWindow) -> dict[str, QRect]:
    """Where each panel that can be seen is, and how large."""
    QApplication.processEvents()
    return {key: dock(window, key).geometry() for key in keys(window) if window.arrangement.seen(key)}


def press(qtbot: QtBot, window: QWidget, name: str) -> None:
    """Click a button."""
    qtbot.mouseClick(part(window, QAbstractButton, name), LEFT)
    QApplication.processEvents()


def press_on_bar(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Click the button of an action in the run bar."""
    button = part(window, QToolBar, "run_bar").widgetForAction(action(window, name))
    assert button.isVisible()
    qtbot.mouseClick(button, LEFT)
    QApplication.processEvents()


def choose_panel(window: QWidget, key: str) -> None:
    """Choose a panel in View > Panels."""
    menu = part(window, QMenu, "menu_panels")
    entry = next(entry for entry in menu.actions() if entry.objectName() == f"panel_{key}")
    entry.trigger()
    QApplication.processEvents()


def remembered() -> list[str]:
    """What the arrangements are remembered by."""
    keys = [f"panels_{mode}_1" for mode in MODES]
    return [key for key in keys if Preferences().bytes(key)]


def next_window(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """Close the window; the window of the next start."""
    window.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    new = create_window(Experiment(LINE, Settings()))
    with qtbot.waitActive(new):
        new.show()
    return new


def other_look(window: MainWindow, name: str) -> MainWindow:
    """Choose an entry of the look menus; the window that takes over."""
    part_of_menu = window.findChild(QAction, name)
    assert part_of_menu is not None
    part_of_menu.trigger()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    (new,) = windows()
    return new


# --- two modes -------------------------------------------------------------------------------------------


def test_a_new_person_sees_the_essential(window: MainWindow) -> None:
    assert shown(window) == SIMPLE
    assert action(window, "simple").isChecked()
    assert not action(window, "full").isChecked()
    for name in (
        "model",
        "loss",
        "optimizer",
        "learning_rate",
        "learning_rate_slider",
        "epochs",
        "batch_size",
    ):
        assert part(window, QWidget, name).isVisible(), name
    for name in ("schedule", "optimizer_more", "seed", "start", "dtype", "device", "stop_more", "new_start"):
        assert not part(window, QWidget, name).isVisible(), name


def test_one_click_shows_the_rest_and_one_takes_it_away(qtbot: QtBot, window: MainWindow) -> None:
    press_on_bar(qtbot, window, "full")
    assert shown(window) == set(keys(window)) - INSIDE_ALONE > SIMPLE
    assert action(window, "full").isChecked()
    for name in MORE:
        assert part(window, QWidget, name).isVisible(), name
    assert not part(window, QWidget, "all_settings").isVisible()
    press_on_bar(qtbot, window, "simple")
    assert shown(window) == SIMPLE
    assert not part(window, QWidget, "schedule").isVisible()


def test_a_click_on_the_mode_that_is_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    before = places(window)
    press_on_bar(qtbot, window, "simple")
    assert action(window, "simple").isChecked()
    assert places(window) == before


def test_f2_goes_to_and_fro(qtbot: QtBot, window: MainWindow) -> None:
    for mode in ("full", "simple", "full"):
        qtbot.keyClick(plot_of(window), Qt.Key.Key_F2)
        assert action(window, mode).isChecked()
        assert Preferences().get("mode", "") == mode


def test_no_tabs_of_one_mode_are_left_in_another(full: MainWindow) -> None:
    tabs = {
        "simple": [],
        "full": [["Landscape", "What should happen", "Program"]],
        "inside": [["Fit", "Loss"]],
    }
    for mode in ("full", "inside", "full", "simple", "inside", "simple", "full", "inside"):
        action(full, mode).trigger()
        full.resize(*SIZES[0])
        QApplication.processEvents()
        bars = [bar for bar in full.findChildren(QTabBar) if bar.isVisible() and bar.count()]
        assert [[bar.tabText(tab) for tab in range(bar.count())] for bar in bars] == tabs[mode]


@pytest.mark.parametrize("mode", ["simple", "full"])
def test_f3_goes_inside_the_step_and_back(qtbot: QtBot, window: MainWindow, mode: str) -> None:
    action(window, mode).trigger()
    for wanted in ("inside", mode, "inside"):
        qtbot.keyClick(plot_of(window), Qt.Key.Key_F3)
        assert action(window, wanted).isChecked()
        assert Preferences().get("mode", "") == wanted
        assert plot_of(window).hasFocus()
    qtbot.keyClick(plot_of(window), Qt.Key.Key_F2)
    assert action(window, "full").isChecked()


def test_the_button_below_the_essential_settings_shows_all(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, "all_settings")
    assert action(window, "full").isChecked()
    assert part(window, QWidget, "schedule").isVisible()


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("schedule", Settings(schedule="step")),
        ("validation_seed", Settings(validation=0.2, validation_seed=3)),
        ("seed", Settings(seed=4)),
        ("start", Settings(start="zeros")),
        ("dtype", Settings(dtype="float64")),
        ("standardise", Settings(standardise=True)),
        ("patience", Settings(patience=30)),
        ("clip_norm", Settings(clip_norm=0.5)),
        ("adam.beta1", Settings(options={"adam.beta1": 0.5})),
        ("device", Settings(device="cuda")),
    ],
)
def test_what_is_not_at_its_default_is_never_hidden(
    window: MainWindow, name: str, settings: Settings
) -> None:
    hidden = "l1"
    assert not part(window, QWidget, name).isVisible()
    window._settings.show_settings(settings)
    assert part(window, QWidget, name).isVisible()
    assert not part(window, QWidget, hidden).isVisible()


def test_what_is_at_its_default_again_goes_with_the_next_switch(qtbot: QtBot, window: MainWindow) -> None:
    field = part(window, QCheckBox, "standardise")
    window.store.change(standardise=True)
    window.store.undo_stack.undo()
    assert field.isVisible()  # nothing jumps away from under the hand
    for mode in ("full", "simple"):
        press_on_bar(qtbot, window, mode)
    assert not field.isVisible()


# --- panels ----------------------------------------------------------------------------------------------


def test_every_panel_has_an_entry_and_buttons_with_names_and_tips(qtbot: QtBot, full: MainWindow) -> None:
    entries = part(full, QMenu, "menu_panels").actions()
    assert {entry.objectName() for entry in entries} == {f"panel_{key}" for key in keys(full)}
    assert all(entry.text() for entry in entries)
    for key in keys(full):
        show_panel(qtbot, full, key)
        for name in (f"float_{key}",) if key == STAYS else (f"float_{key}", f"close_{key}"):
            button = part(full, QToolButton, name)
            assert dock(full, key).windowTitle() in button.accessibleName()
            assert button.toolTip()


def test_a_closed_panel_comes_back_from_the_menu(qtbot: QtBot, full: MainWindow) -> None:
    for key in sorted(set(keys(full)) - {STAYS}):
        show_panel(qtbot, full, key)
        press(qtbot, full, f"close_{key}")
        assert key not in shown(full)
        choose_panel(full, key)
        assert full.arrangement.seen(key)
    assert shown(full) == set(keys(full))


def test_all_panels_but_the_fit_can_be_closed_and_put_back_with_one_click(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = places(window)
    for key in SIMPLE - {STAYS}:
        press(qtbot, window, f"close_{key}")
    assert shown(window) == {STAYS}
    assert window.findChild(QToolButton, f"close_{STAYS}") is None
    choose_panel(window, STAYS)
    assert window.arrangement.seen(STAYS)
    press_on_bar(qtbot, window, "arrange")
    assert places(window) == before


@pytest.mark.parametrize("key", ["fit", "loss", "theory"])
def test_a_panel_floats_and_is_put_back(qtbot: QtBot, full: MainWindow, key: str) -> None:
    show_panel(qtbot, full, key)
    before = places(full)
    button = part(full, QToolButton, f"float_{key}")
    docked = button.accessibleName()
    press(qtbot, full, f"float_{key}")
    assert dock(full, key).isFloating()
    assert dock(full, key).isWindow()
    assert button.accessibleName() != docked
    press(qtbot, full, f"float_{key}")
    assert not dock(full, key).isFloating()
    assert button.accessibleName() == docked
    assert places(full) == before


def test_a_double_click_on_a_title_floats_its_panel(qtbot: QtBot, window: MainWindow) -> None:
    title = dock(window, "loss").titleBarWidget().findChild(QLabel)
    qtbot.mouseDClick(title, LEFT)
    assert dock(window, "loss").isFloating()


def test_keys_work_in_a_floating_panel(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, "float_fit")
    plot = plot_of(window)
    with qtbot.waitActive(dock(window, "fit")):
        dock(window, "fit").activateWindow()
    qtbot.keyClick(dock(window, "fit").focusWidget() or dock(window, "fit"), Qt.Key.Key_Space)
    assert dock(window, "fit").isFloating()  # no button has taken the key
    assert window.session.running
    qtbot.keyClick(plot, Qt.Key.Key_Space)
    step = snapshot(window).step
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert snapshot(window).step == step + 1
    qtbot.keyClick(plot, Qt.Key.Key_F2)
    assert action(window, "full").isChecked()


def test_dragging_a_title_takes_its_panel_out(qtbot: QtBot, window: MainWindow) -> None:
    title = dock(window, "loss").titleBarWidget()
    start = QPoint(title.width() // 2, title.height() // 2)
    QTest.mousePress(title, LEFT, pos=start)
    for across in range(0, -400, -40):
        QTest.mouseMove(title, start + QPoint(across, 150))
        QApplication.processEvents()
    assert dock(window, "loss").isFloating()
    QTest.mouseRelease(title, LEFT, pos=start + QPoint(-400, 150))
    assert dock(window, "loss").isVisible()


# --- seen ------------------------------------------------------------------------------------------------


def test_a_panel_that_is_hidden_or_behind_a_tab_is_unseen(qtbot: QtBot, full: MainWindow) -> None:
    told: list[tuple[str, bool]] = []
    full.arrangement.seen_changed.connect(lambda key, seen: told.append((key, seen)))
    assert full.arrangement.seen("loss")
    press(qtbot, full, "close_loss")
    assert not full.arrangement.seen("loss")
    assert ("loss", False) in told
    choose_panel(full, "loss")
    full.tabifyDockWidget(dock(full, "fit"), dock(full, "loss"))
    show_panel(qtbot, full, "loss")
    assert not full.arrangement.seen("fit")
    show_panel(qtbot, full, "fit")
    qtbot.waitUntil(lambda: not full.arrangement.seen("loss"))
    of_loss = [seen for key, seen in told if key == "loss"]
    assert of_loss == [bool(number % 2) for number in range(len(of_loss))]  # what is so is not told twice


def test_what_the_simple_mode_does_not_show_is_unseen(qtbot: QtBot, window: MainWindow) -> None:
    assert {key for key in keys(window) if window.arrangement.seen(key)} == SIMPLE
    press(qtbot, window, "float_loss")
    assert window.arrangement.seen("loss")


def test_the_theory_is_up_to_date_when_it_is_seen_again(qtbot: QtBot, full: MainWindow) -> None:
    show_panel(qtbot, full, "theory")
    qtbot.waitUntil(lambda: text(full, "theory_distance") != "–")
    before = text(full, "theory_distance")
    press(qtbot, full, "close_theory")
    action(full, "step").trigger()
    assert text(full, "theory_distance") == before
    choose_panel(full, "theory")
    assert text(full, "theory_distance") != before


# --- remembered ------------------------------------------------------------------------------------------


def test_each_mode_has_its_own_arrangement_in_the_next_window_too(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, "close_loss")
    window.resizeDocks([dock(window, "settings")], [350], Qt.Orientation.Horizontal)
    simple = places(window)
    assert simple["settings"].width() == 350
    press_on_bar(qtbot, window, "full")
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock(window, "settings"))
    press(qtbot, window, "close_theory")
    full = places(window)
    assert "loss" in full
    press_on_bar(qtbot, window, "simple")
    assert places(window) == simple
    new = next_window(qtbot, window)
    try:
        assert places(new) == simple
        press_on_bar(qtbot, new, "full")
        assert places(new) == full
        new = next_window(qtbot, new)
        assert places(new) == full
        assert action(new, "full").isChecked()
    finally:
        new.close()


def test_another_look_has_the_same_arrangement(qtbot: QtBot, full: MainWindow) -> None:
    press(qtbot, full, "float_loss")
    dock(full, "loss").setGeometry(100, 120, 420, 330)
    press(qtbot, full, "close_theory")
    before = places(full)
    new = other_look(full, "theme_dark")
    assert action(new, "full").isChecked()
    assert dock(new, "loss").isFloating()
    assert part(new, QWidget, "loss_plot").isVisible()
    assert places(new) == before
    assert part(new, QWidget, "schedule").isVisible()
    new = other_look(new, "language_zh_CN")
    assert dock(new, "loss").geometry() == before["loss"]
    assert "theory" not in shown(new)


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_at_another_size_the_arrangement_is_another(qtbot: QtBot, full: MainWindow, scale: str) -> None:
    press(qtbot, full, "close_loss")
    new = other_look(full, f"scale_{scale}")
    assert "loss" in shown(new)
    new = other_look(new, "scale_1")
    assert "loss" not in shown(new)


def test_reset_puts_everything_back_in_this_mode_alone(qtbot: QtBot, window: MainWindow) -> None:
    simple = places(window)
    press(qtbot, window, "close_settings")
    press_on_bar(qtbot, window, "full")
    full = places(window)
    press(qtbot, window, "float_fit")
    press(qtbot, window, "close_loss")
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock(window, "settings"))
    press_on_bar(qtbot, window, "arrange")
    assert places(window) == full
    press_on_bar(qtbot, window, "simple")
    assert shown(window) == {"fit", "loss"}
    action(window, "arrange").trigger()
    assert places(window) == simple


def test_a_state_that_cannot_be_restored_is_ignored(qtbot: QtBot, window: MainWindow) -> None:
    before, mode = places(window), window.arrangement
    mode.remember()
    (key,) = remembered()
    whole = Preferences().bytes(key)
    for broken in (QByteArray(b"nonsense"), *(whole.left(size) for size in range(0, whole.size(), 16))):
        press(qtbot, window, "close_loss")
        Preferences().put(key, broken)
        mode.restore()
        assert places(window) == before
        for name in ("run_bar", "foot"):
            bar = part(window, QToolBar, name)
            assert bar.isVisible()
            assert bar.width() == window.width()


@pytest.mark.parametrize("sizes", [((1280, 720), (1024, 768)), ((1024, 768), (1600, 900))])
def test_in_a_window_of_another_size_every_panel_has_its_share(
    qtbot: QtBot, window: MainWindow, sizes: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    shares = []
    for size in sizes:
        window.resize(*size)
        action(window, "simple").trigger()
        if not shares:
            action(window, "arrange").trigger()
            window.resizeDocks([dock(window, "fit")], [size[0] // 2], Qt.Orientation.Horizontal)
        found = places(window)
        assert found["settings"].width() == pytest.approx(288, abs=3)
        shares.append(found["fit"].width() / (size[0] - 288))
        action(window, "full").trigger()
    assert shares[1] == pytest.approx(shares[0], abs=0.02)


@pytest.mark.parametrize("broken", ["", "window=0x0", "window=9x9 fit=-1x2 loss=axb settings=99999x1", "é="])
def test_sizes_that_make_no_sense_are_ignored(window: MainWindow, broken: str) -> None:
    before = places(window)
    window.arrangement.remember()
    Preferences().put("panels_simple_1_sizes", broken)
    window.arrangement.restore()
    assert places(window) == before


def test_a_fit_that_was_closed_in_an_earlier_version_is_there_again(qtbot: QtBot, window: MainWindow) -> None:
    dock(window, STAYS).hide()
    window.arrangement.remember()
    window.arrangement.restore()
    assert window.arrangement.seen(STAYS)


def test_a_mode_that_there_is_not_is_the_simple_one(qtbot: QtBot) -> None:
    with opened(qtbot, mode="expert") as window:
        assert shown(window) == SIMPLE


def test_a_picture_leaves_the_arrangement_alone(qtbot: QtBot) -> None:
    window = create_window(Experiment(LINE, Settings()))
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.show()
    press(qtbot, window, "close_loss")
    window.close()
    assert not remembered()


def test_a_window_with_floating_panels_leaves_nothing_behind(qtbot: QtBot) -> None:
    with opened(qtbot) as window:
        for key in ("fit", "loss", "theory"):
            press(qtbot, window, f"float_{key}")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDockWidget)]


# --- room ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["simple", "full"])
def test_everything_has_room(qtbot: QtBot, mode: str, size: tuple[int, int], code: str) -> None:
    use_language(code)
    with opened(qtbot, mode=mode) as window:
        window.resize(*size)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        found = places(window)
        assert found["settings"].width() == 288
        share = 0.6 if mode == "simple" else 0.5
        assert found["fit"].width() == pytest.approx(share * (size[0] - 288), abs=10)
        assert found["loss"].x() > found["fit"].x() > found["settings"].x()
        for name in ("readout_step", "readout_epoch", "readout_loss"):
            value = part(window, QLabel, name)
            assert value.isVisible(), name
            assert value.mapTo(window, QPoint(value.width(), 0)).x() <= window.width(), name
        foot = part(window, QWidget, "foot")
        assert (foot.width(), foot.geometry().bottom()) == (size[0], size[1] - 1)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_the_inside_of_a_step_has_room(qtbot: QtBot, size: tuple[int, int], code: str) -> None:
    use_language(code)
    with opened(qtbot, mode="inside") as window:
        window.resize(*size)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        found = places(window)
        assert found["fit"].x() < found["program"].x() < found["graph"].x()
        assert found["graph"].x() == found["formulas"].x()
        assert found["tensors"].x() == found["fit"].x()
        assert found["program"].height() > found["graph"].height() + found["formulas"].height() - 60
        assert all(found[key].width() >= 280 for key in ("fit", "tensors", "program", "graph", "formulas"))
        assert all(found[key].height() >= 190 for key in ("fit", "tensors", "program", "graph", "formulas"))
        assert not window.arrangement.seen("settings")


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_rows_that_have_no_room_on_the_screen_are_tabs(full: MainWindow, scale: str) -> None:
    new = full if scale == "1" else other_look(full, f"scale_{scale}")
    assert new.height() <= new.screen().availableGeometry().height()
    tabbed = dock(new, "theory") in new.tabifiedDockWidgets(dock(new, "loss"))
    assert tabbed == (scale != "1")
    assert new.arrangement.seen("fit")
    assert new.arrangement.seen("settings")


def test_the_settings_keep_their_width_in_a_larger_window(window: MainWindow) -> None:
    before = places(window)
    window.resize(1700, 900)
    after = places(window)
    assert after["settings"].width() == before["settings"].width()
    assert after["fit"].width() > before["fit"].width()
    assert after["loss"].width() > before["loss"].width()


def test_the_bars_can_be_neither_hidden_nor_moved(window: MainWindow) -> None:
    for name in ("run_bar", "foot"):
        bar = part(window, QToolBar, name)
        assert not bar.isMovable()
        assert not bar.toggleViewAction().isVisible()
