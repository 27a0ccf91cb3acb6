"""A hand that knows what each kind of control is for, and uses it with real keys and a real mouse."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QGraphicsView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QTextEdit,
    QWidget,
)

from gui.widgets.title_bar import TitleBar
from tests import mouse
from tests.monkey.desk import TYPED
from tests.monkey.inputs import main_window

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
KEYS = (
    *(
        "Space",
        "Return",
        "Escape",
        "Tab",
        "Shift+Tab",
        "Left",
        "Right",
        "Up",
        "Down",
        "Home",
        "End",
        "Delete",
    ),
    *("Backspace", "PgUp", "PgDown", "Shift+Left", "Shift+Right", "Shift+Down", "Ctrl+A", "Ctrl+C", "Ctrl+Z"),
    *("Ctrl+Y", "Ctrl+Home", "+", "-", "D", "M", "E", "F", "L", "U", "F2", "F3", "5", ".", "a"),
)
LEAVING = ("Return", "Tab", "Escape", "", "")  # a field: that is how what was typed is done with, or is not
WIDE = 20  # the most moves of one drag


class Hand:
    """Does one thing with a control; all that is left to chance is drawn from `draw`."""

    def __init__(self, draw: Random, files: list[str]) -> None:
        self._draw = draw
        self._files = files

    def use(self, widget: QWidget) -> None:
        """What one does with such a control."""
        bring_into_sight(widget)
        for kind, way in self._ways():
            if isinstance(widget, kind):
                way(widget)
                return
        self.click(widget)

    def _ways(self) -> tuple[tuple[type[QWidget] | tuple[type[QWidget], ...], Callable[..., None]], ...]:
        return (
            (QFileDialog, self.choose_file),
            (QMenu, self.choose_entry),
            (QComboBox, self.choose_word),
            ((QAbstractSpinBox, QLineEdit), self.write),
            (QAbstractSlider, self.slide),
            (QTabBar, self.choose_tab),
            (TitleBar, self.take_panel),
            (QGraphicsView, self.gesture),
            (QAbstractItemView, self.choose_cell),
            ((QPlainTextEdit, QTextEdit), self.read),
        )

    # --- keys -------------------------------------------------------------------------------------------

    def press_any_key(self) -> None:
        """A key or two, wherever the focus is."""
        for _press in range(self._draw.choice((1, 1, 1, 2, 5))):
            press(self._draw.choice(KEYS))

    def write(self, field: QWidget) -> None:
        """Type into a field, and leave it in one way or another, or with the number half typed."""
        where = field.findChild(QLineEdit) or field
        way = self._draw.random()
        if way < 0.2 and isinstance(field, QAbstractSpinBox):
            mouse.turn_wheel(field, middle(field), self._draw.choice((120, -120)))
            QTest.mouseClick(where, LEFT, NONE, where.rect().center())
            mouse.turn_wheel(field, middle(field), self._draw.choice((120, -120)))
            return
        QTest.mouseClick(where, LEFT, NONE, where.rect().center())
        if way < 0.4 and isinstance(field, QAbstractSpinBox):
            for _press in range(self._draw.randint(1, 4)):
                press(self._draw.choice(("Up", "Down")), field)
        else:
            press("Ctrl+A", where)
            text = self._draw.choice(TYPED)
            if not text:
                press("Delete", where)
            elif text.isascii():
                QTest.keyClicks(where, text)
            else:
                compose(where, text)
        press(self._draw.choice(LEAVING))

    def choose_word(self, combo: QComboBox, index: int | None = None) -> None:
        """A word of a list, or that at `index`: from the list that a click opens, or by keys."""
        if not combo.count():
            return
        wanted = index is not None
        if index is None:
            index = self._draw.randrange(combo.count())
        if wanted or self._draw.random() < 0.5:
            QTest.mouseClick(combo, LEFT, NONE, combo.rect().center())
            view = combo.view()
            if view.isVisible():
                chosen = view.model().index(index, combo.modelColumn())
                view.scrollTo(chosen)
                QTest.mouseMove(view.viewport(), view.visualRect(chosen).center())
            if view.isVisible():  # its list may have been made anew meanwhile
                QTest.mouseClick(view.viewport(), LEFT, NONE, view.visualRect(chosen).center())
            close_popups()
        else:
            combo.setFocus(Qt.FocusReason.TabFocusReason)
            distance = index - combo.currentIndex()
            for _press in range(abs(distance)):
                press("Down" if distance > 0 else "Up", combo)

    def choose_file(self, dialog: QFileDialog) -> None:
        """Type the name of a file, or go."""
        line = dialog.findChild(QLineEdit)
        if line is None or self._draw.random() < 0.2:
            press("Escape", dialog)
            return
        saves = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        names = [f"saved{number}" for number in range(4)] if saves else self._files
        press("Ctrl+A", line)
        if not (saves and self._draw.random() < 0.3):
            line.setText(self._draw.choice(names))  # no key types a line break
        press("Return", line)
        if dialog.isVisible():
            press("Escape", dialog)

    def choose_entry(self, menu: QMenu) -> None:
        """Choose any entry of an open menu that has no others below it."""
        entries = [action for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
        if entries and self._draw.random() < 0.8:
            QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(self._draw.choice(entries)).center())
        close_popups()

    # --- the mouse --------------------------------------------------------------------------------------

    def click(self, widget: QWidget) -> None:
        """Press a button, by the mouse or by Space; or click anything else."""
        if self._draw.random() < 0.25 and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            press("Space", widget)
        else:
            QTest.mouseClick(widget, LEFT, NONE, self._place(widget).toPoint())
        close_popups()

    def slide(self, slider: QAbstractSlider) -> None:
        """Drag the handle, click beside it, turn the wheel, or use the keys."""
        way = self._draw.random()
        if way < 0.6:
            places = [self._place(slider) for _turn in range(self._draw.randint(2, 4))]
            self._drag(slider, places, LEFT, NONE)
        elif way < 0.8:
            slider.setFocus(Qt.FocusReason.TabFocusReason)
            for _press in range(self._draw.randint(1, 5)):
                press(self._draw.choice(("Left", "Right", "PgUp", "PgDown", "Home", "End")), slider)
        else:
            QTest.mouseClick(slider, LEFT, NONE, self._place(slider).toPoint())
            mouse.turn_wheel(slider, middle(slider), self._draw.choice((120, -120)))

    def choose_tab(self, bar: QTabBar) -> None:
        """Click on a tab."""
        if bar.count():
            rect = bar.tabRect(self._draw.randrange(bar.count()))
            QTest.mouseClick(bar, LEFT, NONE, rect.center())

    def choose_cell(self, view: QAbstractItemView) -> None:
        """Click a cell, select, copy, go about by keys, turn the wheel."""
        port = view.viewport()
        QTest.mouseClick(port, LEFT, self._draw.choice((NONE, SHIFT)), self._place(port).toPoint())
        for key in self._draw.sample(("Ctrl+A", "Ctrl+C", "Down", "Right", "End", "PgDown"), 2):
            press(key, view)
        mouse.turn_wheel(port, middle(port), self._draw.choice((120, -120, -480)))

    def read(self, page: QPlainTextEdit | QTextEdit) -> None:
        """Click into a text, select some, copy it, scroll."""
        port = page.viewport()
        self._drag(port, [self._place(port), self._place(port)], LEFT, NONE)
        press(self._draw.choice(("Ctrl+A", "Ctrl+C", "PgDown", "PgUp", "Right", "Shift+Down")), page)
        mouse.turn_wheel(port, middle(port), self._draw.choice((120, -120, -480)))

    def take_panel(self, bar: QWidget) -> None:
        """Let a panel float or put it back, or drag it elsewhere."""
        if self._draw.random() < 0.5:
            QTest.mouseDClick(bar, LEFT, NONE, bar.rect().center())
        else:
            start = QPointF(bar.rect().center())
            away = QPointF(self._draw.uniform(-400, 400), self._draw.uniform(-200, 400))
            self._drag(bar, [start, start + away], LEFT, NONE)

    def gesture(self, plot: QWidget) -> None:
        """What one does on a plot: click, spray, drag, zoom, pan, look, move what is chosen."""
        port = plot.viewport() if isinstance(plot, QAbstractScrollArea) else plot
        way = self._draw.random()
        if way < 0.25:
            button, keys = (
                self._draw.choice((LEFT, LEFT, RIGHT)),
                self._draw.choice((NONE, NONE, CONTROL, SHIFT)),
            )
            QTest.mouseClick(port, button, keys, self._place(port).toPoint())
        elif way < 0.3:
            QTest.mouseDClick(port, LEFT, NONE, self._place(port).toPoint())
        elif way < 0.65:
            button = self._draw.choice((LEFT, LEFT, LEFT, RIGHT, MIDDLE))
            places = [self._place(port) for _turn in range(self._draw.randint(2, 4))]
            self._drag(port, places, button, self._draw.choice((NONE, NONE, NONE, SHIFT, CONTROL)))
        elif way < 0.8:
            mouse.turn_wheel(port, self._place(port), self._draw.choice((120, -120, 360, -1200)))
        elif way < 0.9:
            for _move in range(self._draw.randint(1, 6)):
                mouse.hover(port, self._place(port))
            mouse.leave(port)
        else:
            plot.setFocus(Qt.FocusReason.TabFocusReason)
            for _press in range(self._draw.randint(1, 4)):
                press(
                    self._draw.choice(("Left", "Right", "Up", "Shift+Up", "Delete", "Escape", "+", "-")), plot
                )

    def move_over_everything(self, widget: QWidget) -> None:
        """Let the cursor rest on a control, as one who reads its tip."""
        mouse.hover(widget, self._place(widget))

    def _drag(
        self, widget: QWidget, places: list[QPointF], button: Qt.MouseButton, keys: Qt.KeyboardModifier
    ) -> None:
        QTest.mousePress(widget, button, keys, places[0].toPoint())
        for start, end in pairwise(places):
            for at in mouse.between(start, end, self._draw.randint(1, WIDE)):
                mouse.mouse(widget, mouse.QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, button, keys)
            if self._draw.random() < 0.3:
                QTest.qWait(1)  # a frame may come in the middle of a drag
        QTest.mouseRelease(widget, button, keys, places[-1].toPoint())

    def _place(self, widget: QWidget) -> QPointF:
        """Anywhere on a control, mostly inside, sometimes at its very edge."""
        across, down = self._draw.random(), self._draw.random()
        if self._draw.random() < 0.05:
            across = self._draw.choice((0.0, 1.0))
        return QPointF(across * (widget.width() - 1), down * (widget.height() - 1))


def compose(field: QWidget, text: str) -> None:
    """Enter what no key has, as an input method does."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(field, event)


def press(keys: str, widget: QWidget | None = None) -> None:
    """Press and let go a key, at a control or where the focus is."""
    target = widget or QApplication.activePopupWidget() or QApplication.focusWidget()
    target = target or QApplication.activeWindow() or main_window()
    if target is None or not keys:
        return
    sequence = QKeySequence(keys)[0]
    QTest.keyClick(target, sequence.key(), sequence.keyboardModifiers())


def close_popups() -> None:
    """Escape from every list and menu that is still open."""
    for _popup in range(4):
        popup = QApplication.activePopupWidget()
        if popup is None:
            return
        QTest.keyClick(popup, Qt.Key.Key_Escape)
        if QApplication.activePopupWidget() is popup:
            popup.close()


def bring_into_sight(widget: QWidget) -> None:
    """Scroll the column in which a control is to where it can be seen."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()


def middle(widget: QWidget) -> QPointF:
    """The place in the middle of a control."""
    return QPointF(QPoint(widget.width() // 2, widget.height() // 2))
