"""How the panels of the window are arranged: by the person, in each mode on its own, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QTabBar,
    QTabWidget,
    QToolBar,
    QWidget,
)

from core.texts import _
from gui.panel_sizes import WINDOW, read, shared_anew, written
from gui.panels.cards import Card, title_tools
from gui.preferences import Preferences
from gui.room import COLUMN, FIRST, Place, Room, room_for
from gui.theme import Theme
from gui.widgets.plain import plain_tip
from gui.widgets.scrolled import Scrolled
from gui.widgets.title_bar import TitleBar

SIMPLE, FULL, INSIDE = MODES = ("simple", "full", "inside")  # the first is that of a new person
MORE, INTO = "F2", "F3"  # the keys of the full mode and of the inside of a step, and back from there
FIRST_COLUMN = 288  # pixels at scale 1
MOST_FIRST = 0.45  # of the window's width
SHARES = {
    SIMPLE: (3, 2),
    FULL: (1, 1),
    INSIDE: (10, 11, 10),
}  # of the columns after the first, in what is left
ROW_SHARES = {SIMPLE: (1, 2), FULL: (1, 2), INSIDE: (1, 1)}  # of the rows of a column
AREA = Qt.DockWidgetArea.LeftDockWidgetArea  # the only one: there is nothing in the middle


@dataclass(frozen=True)
class Panel:
    """A part of the window, and its places at first, `(column, row)`; panels of one place are tabs there.

    `tip` says what it is for. `widget` may be what makes it, as late as somebody wants to see it. `places`
    are those in the modes that show it; in another one it is hidden, and comes to its `home` if the person
    wants it. A panel that `stays` cannot be closed, so that there is always something to see.
    """

    key: str
    title: str
    tip: str
    widget: QWidget | Callable[[], Card]
    home: Place
    places: Mapping[str, Place]
    stays: bool = False

    def place(self, mode: str) -> Place:
        """Where the panel stands in `mode`, or would stand."""
        return self.places.get(mode, self.home)


class Arrangement(QObject):
    """Owns the docks of a window, one for each panel, and lets each mode have its own arrangement of them.

    `mode_changed(mode)` tells the new mode, a word of MODES; `seen_changed(key, seen)` whether a panel can be
    seen: one that is hidden or behind a tab need not be drawn. `furnished(widget)` brings one that was made
    late.
    """

    mode_changed = Signal(object)
    seen_changed = Signal(object, object)
    furnished = Signal(object)

    def __init__(
        self,
        window: QMainWindow,
        panels: Sequence[Panel],
        actions: Mapping[str, QAction],
        preferences: Preferences,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._panels = panels
        self._actions = actions
        self._preferences = preferences
        self._theme = theme
        self._arranged = self._is_rearranging = False
        self._room = Room(0, True, True)  # that the present arrangement was made for
        self._former = FULL  # the mode before the inside of a step
        self._empty: dict[str, Callable[[], Card]] = {}
        self._seen: dict[str, bool] = {panel.key: False for panel in panels}
        self._tabs_change = QTimer(self)  # behind Qt's own work on them
        self._tabs_change.setSingleShot(True)
        self._tabs_change.timeout.connect(self._pass_by_empty_tabs)
        options = QMainWindow.DockOption
        window.setDockOptions(options.AllowNestedDocks | options.AllowTabbedDocks)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._docks = {panel.key: self._dock(panel) for panel in panels}
        modes = QActionGroup(self)
        for mode in MODES:
            modes.addAction(actions[mode])
            actions[mode].triggered.connect(lambda _checked=False, mode=mode: self.show_mode(mode))
        actions["arrange"].triggered.connect(lambda: self.arrange())
        self._show_choice()

    @property
    def mode(self) -> str:
        """The present mode, a word of MODES."""
        chosen = self._preferences.get("mode", MODES[0])
        return chosen if chosen in MODES else MODES[0]

    def seen(self, key: str) -> bool:
        """Whether a panel can be seen: neither hidden nor behind a tab."""
        return self._seen[key]

    def menu(self) -> QMenu:
        """Which panels there are, and which are shown."""
        menu = QMenu(_("&Panels"), self._window)
        menu.setObjectName("menu_panels")
        menu.setToolTipsVisible(True)
        menu.addActions([dock.toggleViewAction() for dock in self._docks.values()])
        return menu

    # --- modes ------------------------------------------------------------------------------------------

    def show_mode(self, mode: str) -> None:
        """Show the panels as they were when `mode` was left."""
        if mode == self.mode:
            return
        if self.mode != INSIDE:
            self._former = self.mode
        self.remember()
        self._preferences.put("mode", mode)
        self._show_choice()
        self.restore()
        self.mode_changed.emit(mode)

    def remember(self) -> None:
        """Remember the present arrangement; that of a picture is nobody's wish."""
        if self._arranged and self._is_on_screen():
            self._preferences.put(self._key(), self._window.saveState(self._version()))
            sizes = {WINDOW: self._window.size()}
            sizes |= {key: dock.size() for key, dock in self._docks.items() if self._is_docked(key)}
            self._preferences.put(f"{self._key()}_sizes", written(sizes))

    def restore(self) -> None:
        """The arrangement as it was last in this mode, or, where that cannot be had, as at first."""
        first, self._arranged = not self._arranged, True
        self._room = self._room_now()
        self._break_bars()
        sound = self._window.saveState()
        state = self._preferences.bytes(self._key())
        if not self._restore_state(state, self._version()) or self._lacks_bars():
            self._restore_state(sound)  # or Qt's layout would stand still after a state that is broken
            self.arrange()
            if first:
                QTimer.singleShot(0, self, self._raise_fronts)  # Qt has not made their tabs yet
        else:
            self._share_anew(read(self._preferences.get(f"{self._key()}_sizes", "")))
            if not self._has_room():
                self.arrange()  # so many panels beside each other have no room any more
        self._break_bars()
        for panel in self._panels:
            if panel.stays:
                self._docks[panel.key].show()
        if first:
            self._show_floating_later()

    def make_room(self) -> None:
        """Arrange the panels as they were last in a window of about this size, once it has it."""
        self._break_bars()
        if self._arranged and not self._is_rearranging and not self._fits():
            self._is_rearranging = True
            QTimer.singleShot(0, self, self._rearrange)

    def _rearrange(self) -> None:
        self._is_rearranging = False
        if not self._fits():
            self.remember()
            self.restore()

    def _fits(self) -> bool:
        """Whether the present arrangement is made for the present size of the window."""
        return self._room_now() == self._room and self._has_room()

    def _has_room(self) -> bool:
        """Whether all that is beside and above each other has room in the window."""
        least = self._window.minimumSizeHint()
        return least == least.boundedTo(self._window.size())

    def _room_now(self) -> Room:
        """The room that there is in the present mode."""
        places = [panel.places[self.mode] for panel in self._panels if self.mode in panel.places]
        return room_for(places, self._window.size() / self._theme.scale)

    def _break_bars(self) -> None:
        """Let the last bar at the top stand in a row of its own where it has no room beside the others."""
        bars = [bar for bar in self._bars() if self._window.toolBarArea(bar) == Qt.ToolBarArea.TopToolBarArea]
        if not bars:
            return
        *_others, last = bars
        has_room = sum(bar.sizeHint().width() for bar in bars) <= self._window.width()
        if self._window.toolBarBreak(last) == has_room:
            if has_room:
                self._window.removeToolBarBreak(last)
            else:
                self._window.insertToolBarBreak(last)

    def _restore_state(self, state: QByteArray, version: int = 0) -> bool:
        """Let Qt restore a state, which leaves the tabs of what was before in sight, over other panels."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        before = [bar for bar in self._window.findChildren(QTabBar, options=direct) if bar.count()]
        restored = self._window.restoreState(state, version)
        if restored:
            for bar in before:
                bar.hide()
        return restored

    def _share_anew(self, sizes: Mapping[str, QSize]) -> None:
        """Give each panel its share of a window that has not the size it had: Qt would squeeze the last."""
        window = self._window.size()
        if sizes.get(WINDOW) == window:
            return
        first = next(panel.key for panel in self._panels if panel.home[0] == 0)
        shared = shared_anew(sizes, first, round(MOST_FIRST * window.width()), window)
        keys = [key for key in shared if key in self._docks and self._is_docked(key)]
        docks = [self._docks[key] for key in keys]
        self._window.resizeDocks(docks, [shared[key].width() for key in keys], Qt.Orientation.Horizontal)
        self._window.resizeDocks(docks, [shared[key].height() for key in keys], Qt.Orientation.Vertical)

    def _is_docked(self, key: str) -> bool:
        """Whether a panel is in sight and in the window, so that its size is a part of the window's."""
        return self._seen[key] and not self._docks[key].isFloating()

    def _show_floating_later(self) -> None:
        """Some desktops put a panel above the window only if the window was on the screen before it."""
        for dock in self._docks.values():
            if dock.isFloating() and not dock.isHidden():
                dock.hide()
                QTimer.singleShot(0, dock.show)

    def _lacks_bars(self) -> bool:
        """Whether a state that was cut short has left out the bars of the window."""
        return any(self._window.toolBarArea(bar) == Qt.ToolBarArea.NoToolBarArea for bar in self._bars())

    def _bars(self) -> list[QToolBar]:
        """The bars of the window; the panels have others."""
        return self._window.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _is_on_screen(self) -> bool:
        return not self._window.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)

    def _key(self) -> str:
        """What an arrangement is remembered by: at another size it is another one."""
        return f"panels_{self.mode}_{self._theme.scale:g}{self._room.name}"

    def _version(self) -> int:
        """The arrangement of other panels is of no use."""
        return len(self._panels)

    def _show_choice(self) -> None:
        """Tick the mode, and let the keys lead to the others."""
        for mode in MODES:
            self._actions[mode].setChecked(mode == self.mode)
            keys = self._keys().get(mode, ())
            self._actions[mode].setShortcuts([QKeySequence(key) for key in keys])

    def _keys(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that lead from this mode to others; out of a step, to where it was entered from."""
        if self.mode != INSIDE:
            return {INSIDE: (INTO,), SIMPLE if self.mode == FULL else FULL: (MORE,)}
        return {FULL: (MORE, INTO)} if self._former == FULL else {FULL: (MORE,), SIMPLE: (INTO,)}

    # --- as at first ------------------------------------------------------------------------------------

    def arrange(self) -> None:
        """Every panel at its first place, those that this mode shows in sight."""
        self._furnish_mode()
        for dock in self._docks.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        places = self._places()
        columns = [places[place][0] for place in places if place[1] == 0]
        self._window.addDockWidget(AREA, columns[0])
        for left, right in pairwise(columns):
            self._window.splitDockWidget(left, right, Qt.Orientation.Horizontal)
        for (column, row), docks in places.items():
            if row:
                above = places[column, row - 1][0]
                self._window.splitDockWidget(above, docks[0], Qt.Orientation.Vertical)
        for docks in places.values():
            for before, dock in pairwise(docks):
                self._window.tabifyDockWidget(before, dock)
        for panel in self._panels:
            self._docks[panel.key].setVisible(self.mode in panel.places)
        self._share_out(places, columns)
        self._raise_fronts()

    def _places(self) -> dict[Place, list[QDockWidget]]:
        """The docks at each place, `(column, row)`, in the order of the places."""
        places: dict[Place, list[QDockWidget]] = {}
        for panel in sorted(self._panels, key=lambda panel: panel.place(self.mode)):
            place = self._room.place(panel.place(self.mode))
            places.setdefault(place, []).append(self._docks[panel.key])
        return dict(sorted(places.items(), key=lambda item: item[0]))

    def _raise_fronts(self) -> None:
        for docks in self._places().values():
            self._front(docks).raise_()

    def _front(self, docks: Sequence[QDockWidget]) -> QDockWidget:
        """Which of the docks at one place is in front: what always stays, or else the first that is shown."""
        staying = {self._docks[panel.key] for panel in self._panels if panel.stays}
        shown = [dock for dock in docks if not dock.isHidden()] or docks
        return next((dock for dock in shown if dock in staying), shown[0])

    def _share_out(self, places: Mapping[Place, list[QDockWidget]], columns: list[QDockWidget]) -> None:
        """The first column as wide as its controls need, the rest to the others; the height to the rows."""
        px, others = self._theme.px, len(columns) - 1
        first = max(px(FIRST), min(px(FIRST_COLUMN), self._window.width() - others * px(COLUMN)))
        if columns[0].isHidden():
            first = 0
        room = self._window.width() - first
        shares = SHARES[self.mode] if self._room.everything else (1,) * others
        widths = [max(first, 1), *(room * share // sum(shares) for share in shares)]
        self._window.resizeDocks(columns, widths, Qt.Orientation.Horizontal)
        for column in {column for column, _row in places}:
            docks = [places[place][0] for place in places if place[0] == column]
            rows = ROW_SHARES[self.mode]
            heights = [self._window.height() * share // sum(rows) for share in rows]
            if len(docks) == len(heights):
                self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)

    # --- the docks --------------------------------------------------------------------------------------

    def _dock(self, panel: Panel) -> QDockWidget:
        """A dock that is not shown yet."""
        dock = QDockWidget(panel.title, self._window)
        dock.setObjectName(f"dock_{panel.key}")
        dock.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        dock.hide()
        if panel.stays:
            dock.setFeatures(dock.features() & ~QDockWidget.DockWidgetFeature.DockWidgetClosable)
        if isinstance(panel.widget, QWidget):
            self._put(dock, panel, panel.widget)
        else:
            self._empty[panel.key] = panel.widget
        if panel.home[0] == 0:  # keeps its width in a larger window
            dock.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        shown = dock.toggleViewAction()
        shown.setObjectName(f"panel_{panel.key}")
        shown.setToolTip(plain_tip(panel.tip))
        shown.triggered.connect(lambda on: dock.raise_() if on else None)
        dock.visibilityChanged.connect(lambda seen: self._take_seen(panel, seen))
        return dock

    def _put(self, dock: QDockWidget, panel: Panel, widget: QWidget) -> None:
        """Fill a dock, whose bar is that of a card."""
        card = widget if isinstance(widget, Card) else None
        tools = title_tools(panel.title, self._theme) if card is None else card.top
        bar = TitleBar(dock, panel.key, tools, self._theme)
        bar.setProperty("card", card is not None)
        bar.setToolTip(plain_tip(panel.tip))
        dock.setTitleBarWidget(bar)
        dock.setWidget(Scrolled(widget, self._theme))

    def _furnish(self, panel: Panel) -> None:
        """Fill the dock of a panel that nobody has wanted to see yet."""
        make = self._empty.pop(panel.key, None)
        if make is not None:
            card = make()
            self._put(self._docks[panel.key], panel, card)
            self.furnished.emit(card)

    def _furnish_mode(self) -> None:
        """Fill the docks of this mode before they are placed: what is in them takes room."""
        for panel in self._panels:
            if self.mode in panel.places:
                self._furnish(panel)

    def _take_seen(self, panel: Panel, seen: bool) -> None:
        key = panel.key
        if seen:
            self._furnish(panel)
        if seen != self._seen[key]:
            self._tabs_change.start()
            self._seen[key] = seen
            self.seen_changed.emit(key, seen)

    def _pass_by_empty_tabs(self) -> None:
        """Qt keeps bars without tabs out of sight, and would let Tab come to them."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in self._window.findChildren(QTabBar, options=direct):
            bar.setFocusPolicy(Qt.FocusPolicy.TabFocus if bar.count() else Qt.FocusPolicy.NoFocus)


def stay(bar: QToolBar) -> None:
    """Let `bar` be where it is put: nobody moves or hides it."""
    bar.setMovable(False)
    bar.toggleViewAction().setVisible(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
