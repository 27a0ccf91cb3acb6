"""The window: it makes the parts, lays them out and joins them; it decides nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QMainWindow, QTabBar, QToolBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from core.experiment import Experiment, Settings, generate
from core.file_names import path_written, shown_name
from core.insight.units import DATA, TRAINED
from core.tables import load_data_set
from core.tables.reading import Reading
from core.texts import _
from gui.actions import make_actions
from gui.all_panels import all_panels
from gui.arrangement import FULL, INSIDE, SIMPLE, Arrangement, Panel, stay
from gui.diagnostician import Diagnostician
from gui.dialogs.dialog_room import keep_on_screen
from gui.dialogs.dialogs import Dialogs
from gui.dialogs.text_dialog import about_text, keys_text, show_text
from gui.engine_teller import EngineTeller
from gui.files import Files
from gui.linker import Linker
from gui.menus import add_menus, look_menu, ready_made_menu, recent_menu
from gui.narrator import Narrator
from gui.panels.data_panel import DataPanel
from gui.panels.fit_card import FitCard
from gui.panels.loss_card import LossCard
from gui.panels.readout_bar import ReadoutBar
from gui.panels.run_bar import RunBar
from gui.panels.settings_panel import SettingsPanel
from gui.panels.time_bar import TimeBar
from gui.presenter import Parts, Presenter
from gui.return_dialog import ReturnDialog
from gui.start_by_hand import StartByHand
from gui.theme import Theme
from gui.theorist import Theorist
from gui.widgets.focus_ring import FocusRing
from gui.widgets.key_guard import KeyGuard
from gui.widgets.message_line import MessageLine
from gui.widgets.more_tabs import MoreTabs
from gui.widgets.notice_strip import NoticeStrip
from gui.widgets.tab_order import go_on
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.dialogs.generate_dialog import GenerateDialog
    from gui.dialogs.rate_dialog import RateDialog
    from gui.dialogs.sweep_dialog import SweepDialog
    from gui.panels.landscape_card import LandscapeCard
    from gui.surveyor import Surveyor

EXAMPLE = "line"  # a key of GENERATORS
SIZE = (1280, 720)
LEAST_PANEL = 60  # pixels at scale 1, of the height


class MainWindow(QMainWindow):
    """One look upon a workspace. `look_changed()` asks for another window upon the same one.

    `closing()` says that the window goes, and with it what stands over it.
    """

    look_changed = Signal()
    closing = Signal()

    def __init__(self, workspace: Workspace, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.workspace = workspace
        self.store = workspace.store
        self.session = workspace.session
        self._theme = theme
        self._rows_of_tabs: list[MoreTabs] = []
        self._shown = self._painted = False
        self._keeps_workspace = False
        self._make()
        self._lay_out()
        self._join()
        self._presenter.show_all()
        self._theorist.show_all()
        self._settings.show_full(self.arrangement.mode != SIMPLE)
        self._show_title()

    def hand_over(self) -> None:
        """Leave the workspace to another window; closing this one then ends nothing else."""
        self._keeps_workspace = True
        self.arrangement.remember()
        self._leave()

    def _leave(self) -> None:
        """Want nothing more of the workspace."""
        parts = (self._presenter, self._theorist, self._surveyor, self._diagnostician, self._teller)
        for part in (*parts, self._narrator, self._return):
            if part is not None:
                part.leave()

    def open_path(self, path: str, reading: Reading = Reading()) -> None:  # noqa: B008 (it is frozen)
        """Open a data file or an experiment."""
        self.files.open_path(path, reading)

    def warn(self, sentence: str) -> None:
        """Show `sentence` as a warning."""
        self._message.warn(sentence)

    # --- make, lay out, join ----------------------------------------------------------------------------

    def _make(self) -> None:
        theme, preferences = self._theme, self.workspace.preferences
        self.setStyleSheet(theme.style_sheet())
        self.actions_by_name = make_actions(self, theme)
        self.files = Files(self.workspace, theme, self)
        self._ready_made = ready_made_menu(self, self.actions_by_name, self._load_data_set)
        self._recent = recent_menu(self, preferences, self.files.open_path)
        self._look = look_menu(self, preferences, self.look_changed.emit)
        self._run_bar = RunBar(theme, self.actions_by_name)
        self._readouts = ReadoutBar(theme)
        self._data = DataPanel(theme, self.actions_by_name, self._ready_made)
        self._settings = SettingsPanel(theme)
        self._fit = FitCard(theme, self.actions_by_name)
        self._loss = LossCard(theme, self.actions_by_name)
        self._time = TimeBar(theme)
        self._message = MessageLine(theme)
        self._keys = KeyGuard(self)
        self.dialogs = Dialogs(self)
        self.closing.connect(self.dialogs.close)
        self.dialogs.refused.connect(self.warn)
        self._presenter = Presenter(
            self.workspace,
            Parts(
                self.actions_by_name,
                self._run_bar,
                self._readouts,
                self._data,
                self._settings,
                self._fit,
                self._loss,
                self._time,
                self._message,
            ),
            self,
        )
        self._surveyor: Surveyor | None = None
        self._linker = Linker(self.workspace, self._fit.plot, self._loss.plot, self)
        self._hand = StartByHand(self.workspace, self._fit.plot, self)
        self._theorist = Theorist(self.workspace, self._settings, theme, self)
        self._diagnostician = Diagnostician(self.workspace, self._message, self)
        self._teller = EngineTeller(self.workspace, self._settings, self._time, self._message, self)
        self._narrator = Narrator(self.workspace, theme, self.actions_by_name, self)
        self._return = ReturnDialog(self.session, theme, self)

    def _lay_out(self) -> None:
        theme = self._theme
        self.arrangement = Arrangement(
            self, self._panels(), self.actions_by_name, self.workspace.preferences, theme
        )
        self.resize(theme.px(SIZE[0]), theme.px(SIZE[1]))
        menus = (self._ready_made, self._recent, self._look, self.arrangement.menu())
        add_menus(self, self.actions_by_name, *menus)
        for bar in (self._run_bar, self._readouts):
            stay(bar)
            self.addToolBar(bar)
        self.insertToolBarBreak(self._readouts)  # until there is known to be room beside the others
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self._foot())
        self.restoreGeometry(self.workspace.preferences.bytes("geometry"))
        self._message.make_room(self.height())
        self._allow_small()

    def _allow_small(self) -> None:
        """Let the window become as small as its bars allow: the panels are then arranged otherwise."""
        bars = self.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        width = max(bar.minimumSizeHint().width() for bar in bars)
        height = sum(bar.sizeHint().height() for bar in (self.menuBar(), *bars))
        self.setMinimumSize(width, height + self._theme.px(LEAST_PANEL))

    def _foot(self) -> QToolBar:
        """The time and the messages, over the whole width."""
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(self._theme.px(2))
        rows.addWidget(self._time)
        rows.addWidget(NoticeStrip(self.workspace.notices, self.actions_by_name, self._theme, body))
        rows.addWidget(self._message)
        foot = QToolBar()
        foot.setObjectName("foot")
        foot.setProperty("foot", True)
        stay(foot)
        foot.addWidget(body)
        return foot

    def _panels(self) -> tuple[Panel, ...]:
        """What the person arranges."""
        late = {key: partial(self._narrator.card, key) for key in ("program", "graph", "formulas", "tensors")}
        now = {"settings": self._column(), "fit": self._fit, "loss": self._loss}
        return all_panels({**now, **late, "landscape": self._landscape, "theory": self._theorist.card})

    def _landscape(self) -> LandscapeCard:
        """The landscape, for the first time, with who keeps it, joined to the other views."""
        from gui.panels.landscape_card import LandscapeCard
        from gui.surveyor import Surveyor

        card = LandscapeCard(self._theme, self.actions_by_name)
        self._surveyor = Surveyor(self.workspace, card, self._theme, self)
        self._linker.link(self._surveyor)
        self._hand.reach(self._surveyor)
        self._surveyor.show_all()
        return card

    def _column(self) -> QWidget:
        """The data and the settings."""
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._data)
        layout.addWidget(self._settings)
        layout.addStretch(1)
        return column

    def _join(self) -> None:
        self._join_actions()
        plot, store = self._fit.plot, self.store
        plot.stroke_began.connect(store.begin_stroke)
        plot.stroke_ended.connect(store.end_stroke)
        plot.points_drawn.connect(store.add_points)
        plot.points_erased.connect(store.remove_points)
        plot.points_moved.connect(store.move_points)
        self._fit.tool_chosen.connect(lambda name: self._prefer("tool", name))
        self._fit.residuals_chosen.connect(lambda mode: self._prefer("residuals", mode))
        self._settings.changed.connect(lambda changes: store.change(**changes))
        self._settings.option_changed.connect(store.set_option)
        self._settings.stroke_began.connect(store.begin_stroke)
        self._settings.stroke_ended.connect(store.end_stroke)
        self._settings.new_start_wanted.connect(store.new_start_values)
        self._settings.own_start_wanted.connect(self.session.use_own_start_values)
        self._settings.rate_wanted.connect(self._find_rate)
        self._settings.sweep_wanted.connect(self._sweep)
        self._settings.full_wanted.connect(lambda: self.arrangement.show_mode(FULL))
        self._narrator.inside_wanted.connect(lambda: self.arrangement.show_mode(INSIDE))
        self._narrator.said.connect(self._message.say)
        self.arrangement.mode_changed.connect(self._show_mode)
        self.arrangement.seen_changed.connect(self._show_seen)
        self.arrangement.furnished.connect(self._watch_keys)
        self.files.said.connect(self._message.say)
        self._hand.said.connect(self._message.say_change)
        self.files.read.connect(self._presenter.show_read)
        self.files.opened.connect(self._presenter.show_loaded)
        self.workspace.open_file.changed.connect(self._show_title)
        store.undo_stack.cleanChanged.connect(self._show_title)
        self.session.points_wanted.connect(self._point_out_points)

    def _join_actions(self) -> None:
        session, store = self.session, self.store
        for name, does in {
            "new": self._start_over,
            "open": self.files.open,
            "save": self.files.save,
            "save_as": self.files.save_as,
            "save_points": self.files.save_points,
            "save_program": lambda: self.files.save_program(self._narrator.program()),
            "quit": self.close,
            "undo": store.undo_stack.undo,
            "redo": store.undo_stack.redo,
            "paste": self.files.paste,
            "select_all": self._select_all,
            "clear": store.clear_points,
            "generate": self._generate,
            "back": session.back,
            "step": session.step,
            "step_epoch": session.step_epoch,
            "reset": session.reset,
            "new_start": store.new_start_values,
            "find_rate": self._find_rate,
            "sweep": self._sweep,
            "speed": self._speed,
            "fit_view": self._fit_view,
            "keys": lambda: show_text(self, _("Keys and mouse"), keys_text()),
            "about": lambda: show_text(self, _("About Fitscope"), about_text()),
        }.items():
            self.actions_by_name[name].triggered.connect(lambda _checked=False, does=does: does())
        self.actions_by_name["run"].triggered.connect(session.toggle)
        self.actions_by_name["reference"].triggered.connect(lambda on: self._prefer("reference", on))
        self.actions_by_name["surface"].triggered.connect(lambda on: self._prefer("surface", on))
        self.actions_by_name["trained_units"].triggered.connect(
            lambda on: self._prefer("units", TRAINED if on else DATA)
        )
        self.actions_by_name["log_loss"].triggered.connect(lambda on: self._prefer("log_loss", on))
        self._time.step_chosen.connect(session.go_to)
        self._run_bar.speed_chosen.connect(lambda speed: self._prefer("speed", speed or 0.0))

    # --- small things that belong to no part ------------------------------------------------------------

    def _fit_view(self) -> None:
        """Show in every plot all that there is."""
        self._presenter.fit_view()
        if self._surveyor is not None:
            self._surveyor.fit_view()

    def _select_all(self) -> None:
        """Select every point, and let the keys go to them."""
        self._fit.plot.select_all()
        self._fit.plot.setFocus()

    def _show_title(self) -> None:
        name = shown_name(self.workspace.open_file.path)
        name = name.replace("[*]", "[*][*]")  # Qt's own mark, taken literally
        self.setWindowTitle((f"{name}[*] – " if name else "") + "Fitscope")
        self.setWindowModified(bool(name) and not self.store.undo_stack.isClean())

    def _show_seen(self, key: str, seen: bool) -> None:
        """Nothing is computed for a panel that nobody sees."""
        if key == "theory":
            self._theorist.show_seen(seen)
        elif key == "landscape":
            if self._surveyor is not None:
                self._surveyor.show_seen(seen)
        else:
            self._presenter.show_seen(key, seen)
            self._narrator.show_seen(key, seen)

    def _show_mode(self, mode: str) -> None:
        """The panel that had the focus may be hidden now; the next control would take the window's keys."""
        self._settings.show_full(mode != SIMPLE)
        self._fit.plot.setFocus()

    def _watch_keys(self, card: QWidget) -> None:
        """A card that was made late; the others are watched once the window is painted."""
        if self._painted:
            self._keys.watch(card)

    def _prefer(self, key: str, value: bool | float | str) -> None:
        """Remember a choice about the look or the speed, and show it."""
        self.workspace.preferences.put(key, value)
        self._presenter.show_preferences()
        self._narrator.show_preferences()
        if self._surveyor is not None:
            self._surveyor.show_preferences()

    def _start_over(self) -> None:
        self.store.open(Experiment())
        self.workspace.open_file.path = ""
        self._presenter.fit_view()

    def _load_data_set(self, key: str) -> None:
        self.store.replace(load_data_set(key))
        self._presenter.show_loaded()

    def _point_out_points(self) -> None:
        """There is nothing to train on: show where points come from."""
        self._fit.plot.point_out_empty()
        self.warn(_("There are no points to train on yet: click into the plot, or take example points."))
        self._message.propose(_("Example points"), self._take_example)

    def _take_example(self) -> None:
        self.store.replace(generate(EXAMPLE, {}))
        self._presenter.show_loaded()

    def _generate(self) -> None:
        from gui.dialogs.generate_dialog import GenerateDialog

        self.dialogs.open(GenerateDialog, lambda: GenerateDialog(self._theme, self), self._join_generate)

    def _join_generate(self, dialog: GenerateDialog) -> None:
        dialog.accepted.connect(lambda: self._take_generated(dialog))

    def _take_generated(self, dialog: GenerateDialog) -> None:
        self.store.replace(dialog.points())
        self._presenter.show_loaded()

    def _find_rate(self) -> None:
        from gui.dialogs.rate_dialog import RateDialog

        make = partial(RateDialog, self.store.experiment, self._theme, self)
        self.dialogs.open(RateDialog, make, self._join_rate)

    def _join_rate(self, dialog: RateDialog) -> None:
        dialog.accepted.connect(lambda: self.store.change(learning_rate=dialog.rate))

    def _sweep(self) -> None:
        """The dialog of a sweep, which leaves the window to be used meanwhile."""
        from gui.dialogs.sweep_dialog import SweepDialog

        make = partial(SweepDialog, self.store, self.workspace.preferences, self._theme, self)
        self.dialogs.show(SweepDialog, make, self._join_sweep)

    def _join_sweep(self, dialog: SweepDialog) -> None:
        dialog.run_wanted.connect(self._run_with)

    def _speed(self) -> None:
        """The page that times the ways to train, beside the window."""
        from gui.dialogs.speed_dialog import SpeedDialog

        self.dialogs.show(SpeedDialog, partial(SpeedDialog, self.store, self.session, self._theme, self))

    def _run_with(self, settings: Settings) -> None:
        """Train from the start, with other settings, and without what was recorded of a run with these."""
        if settings == self.store.settings and not self.store.experiment.earlier:
            self.session.reset()
        else:
            self.session.pause()
            self.store.start_with(settings)
        self.session.run()

    def _ask_before_closing(self) -> None:
        """The work cannot be kept: say so once more, and let it be saved elsewhere first."""
        from gui.dialogs.unkept_dialog import UnkeptDialog

        if not any(dialog.isVisible() for dialog in self.findChildren(UnkeptDialog)):
            dialog = UnkeptDialog(self.workspace.why_not_kept, self._theme, self)
            dialog.save_wanted.connect(lambda: self.files.save_before(self.close))
            dialog.close_wanted.connect(self._close_all_the_same)
            dialog.open()

    def _close_all_the_same(self) -> None:
        self.workspace.gives_up = True
        self.close()

    # --- Qt's own events --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """What can wait until the window is on the screen follows."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._wake)

    def _wake(self) -> None:
        """The window is on the screen: PyTorch may load, and keys be pressed."""
        self._keys.watch(self)  # not before: it would be asked about every event of the building
        FocusRing(self, self._theme)
        self.session.warm_up()

    def showEvent(self, event: QShowEvent) -> None:
        """The panels as they were last; not before, as their sizes are those of a window on the screen."""
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            self.arrangement.restore()
            self._fit.plot.setFocus()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802
        """Qt's own order is that in which the parts were made, and includes what is behind a tab."""
        return go_on(self, next) or super().focusNextPrevChild(next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size has room for other panels beside each other."""
        super().resizeEvent(event)
        self.arrangement.make_room()
        self._message.make_room(self.height())

    def childEvent(self, event: QChildEvent) -> None:
        """Qt has made a row of tabs by itself, or a dialog is to be shown."""
        child = event.child() if event.polished() else None
        if isinstance(child, QTabBar):
            # Held here: with the last name for it Python would forget what it knows of its children.
            self._rows_of_tabs = [row for row in self._rows_of_tabs if isValid(row)]
            self._rows_of_tabs.append(MoreTabs(child, self._theme))
        elif isinstance(child, QDialog):
            keep_on_screen(child)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """The first file that was dropped is opened."""
        urls = [url.toEncoded().toStdString() for url in event.mimeData().urls() if url.isLocalFile()]
        if urls:
            self.open_path(path_written(urls[0]))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, end what runs; what is not saved is kept for the next start.

        At the end of the process what runs is ended when the window is gone.
        """
        if not self._keeps_workspace and self.workspace.loses_work:
            event.ignore()
            self._ask_before_closing()
            return
        if not self.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen):
            self.workspace.preferences.put("geometry", self.saveGeometry())
        self.arrangement.remember()
        self.files.close()
        self.closing.emit()
        if not self._keeps_workspace:
            self._leave()
            if not self.workspace.ends_process:
                self.workspace.close()
        super().closeEvent(event)
