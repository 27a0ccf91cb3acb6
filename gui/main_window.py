"""The window: it makes the parts, lays them out and joins them; it decides nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QScrollArea, QSplitter, QVBoxLayout, QWidget

from core.experiment import Experiment, Points, Settings
from core.insight.least_squares import least_squares
from core.insight.measures import r_squared
from core.tables import ReadPoints, load_data_set
from core.texts import _
from core.training import Snapshot
from gui.actions import make_actions
from gui.dialogs.generate_dialog import GenerateDialog
from gui.dialogs.text_dialog import about_text, keys_text, show_text
from gui.files import Files
from gui.menus import add_menus, look_menu, ready_made_menu, recent_menu
from gui.panels.data_panel import DataPanel
from gui.panels.fit_card import FitCard
from gui.panels.loss_card import LossCard
from gui.panels.run_bar import RunBar
from gui.panels.settings_panel import SettingsPanel
from gui.theme import Theme
from gui.widgets.key_guard import KeyGuard
from gui.widgets.message_line import MessageLine
from gui.workspace import Workspace

AT_ONCE = 20_000  # points whose R² is found within a frame
PANEL_WIDTH = 272  # pixels at scale 1
SIZE = (1280, 720)


class MainWindow(QMainWindow):
    """One look upon a workspace. `look_changed()` asks for another window upon the same one."""

    look_changed = Signal()

    def __init__(self, workspace: Workspace, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.workspace = workspace
        self.store = workspace.store
        self.session = workspace.session
        self._theme = theme
        self._painted = False
        self._keeps_workspace = False
        self._make()
        self._lay_out()
        self._join()
        self._show_all()

    def hand_over(self) -> None:
        """Close this window and leave its workspace to another one."""
        self._keeps_workspace = True
        self.close()

    def open_path(self, path: str) -> None:
        """Open a data file or an experiment."""
        self.files.open_path(path)

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
        self._data = DataPanel(theme, self.actions_by_name, self._ready_made)
        self._settings = SettingsPanel(theme)
        self._fit = FitCard(theme, self.actions_by_name)
        self._loss = LossCard(theme, self.actions_by_name)
        self._message = MessageLine(theme)
        self._keys = KeyGuard(self)

    def _lay_out(self) -> None:
        theme = self._theme
        self.resize(theme.px(SIZE[0]), theme.px(SIZE[1]))
        add_menus(self, self.actions_by_name, self._ready_made, self._recent, self._look)
        self.addToolBar(self._run_bar)
        plots = QSplitter(Qt.Orientation.Horizontal)
        plots.setObjectName("plots")
        plots.addWidget(self._fit)
        plots.addWidget(self._loss)
        plots.setChildrenCollapsible(False)
        self._plots = plots
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(0)
        top.addWidget(self._panel())
        top.addWidget(plots, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top, 1)
        foot = QFrame()
        foot.setProperty("foot", True)
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, theme.px(4), 0, theme.px(4))
        row.addWidget(self._message)
        column.addWidget(foot)
        self.setCentralWidget(body)
        plots.setSizes([3, 2])
        self._keys.watch(self)
        self._fit.plot.setFocus()
        preferences = self.workspace.preferences
        self.restoreGeometry(preferences.bytes("geometry"))
        plots.restoreState(preferences.bytes("plots"))

    def _panel(self) -> QScrollArea:
        """The data and the settings, in a column that scrolls."""
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._data)
        layout.addWidget(self._settings)
        layout.addStretch(1)
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidget(column)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(self._theme.px(PANEL_WIDTH))
        return area

    def _join(self) -> None:
        self._join_actions()
        self._join_store()
        self._join_session()
        plot, store = self._fit.plot, self.store
        plot.stroke_began.connect(store.begin_stroke)
        plot.stroke_ended.connect(store.end_stroke)
        plot.points_drawn.connect(store.add_points)
        plot.points_erased.connect(store.remove_points)
        plot.points_moved.connect(store.move_points)
        self._fit.tool_chosen.connect(plot.set_tool)
        self._fit.residuals_chosen.connect(lambda mode: self._prefer("residuals", mode))
        self._settings.changed.connect(lambda changes: store.change(**changes))
        self._settings.option_changed.connect(store.set_option)
        self._settings.stroke_began.connect(store.begin_stroke)
        self._settings.stroke_ended.connect(store.end_stroke)
        self._settings.new_start_wanted.connect(store.new_start_values)
        self._settings.own_start_wanted.connect(self.session.use_own_start_values)
        self.files.said.connect(self._message.say)
        self.files.read.connect(self._show_read)
        self.files.path_changed.connect(self._show_title)

    def _join_actions(self) -> None:
        session, store, plot = self.session, self.store, self._fit.plot
        for name, does in {
            "new": lambda: store.open(Experiment()),
            "open": self.files.open,
            "save": self.files.save,
            "save_as": self.files.save_as,
            "save_points": self.files.save_points,
            "quit": self.close,
            "undo": store.undo_stack.undo,
            "redo": store.undo_stack.redo,
            "paste": self.files.paste,
            "select_all": plot.select_all,
            "clear": store.clear_points,
            "generate": self._generate,
            "step": session.step,
            "step_epoch": session.step_epoch,
            "reset": session.reset,
            "new_start": store.new_start_values,
            "fit_view": self._fit_view,
            "keys": lambda: show_text(self, _("Keys and mouse"), keys_text()),
            "about": lambda: show_text(self, _("About Fitscope"), about_text()),
        }.items():
            self.actions_by_name[name].triggered.connect(lambda _checked=False, does=does: does())
        self.actions_by_name["run"].triggered.connect(session.toggle)
        self.actions_by_name["reference"].triggered.connect(lambda on: self._prefer("reference", on))
        self.actions_by_name["log_loss"].triggered.connect(lambda on: self._prefer("log_loss", on))
        self._run_bar.speed_chosen.connect(lambda speed: self._prefer("speed", speed or 0.0))

    def _join_store(self) -> None:
        self.store.points_changed.connect(self._show_points)
        self.store.settings_changed.connect(self._show_settings)
        self.store.refused.connect(self.warn)
        stack = self.store.undo_stack
        stack.canUndoChanged.connect(self._show_undo)
        stack.canRedoChanged.connect(self._show_undo)
        stack.indexChanged.connect(self._show_undo)
        stack.cleanChanged.connect(self._show_title)

    def _join_session(self) -> None:
        session = self.session
        session.run_started.connect(self._show_start)
        session.snapshot_changed.connect(self._show_snapshot)
        session.numbers_changed.connect(self._show_numbers)
        session.state_changed.connect(self._show_state)
        session.said.connect(self._message.say)
        session.idle.connect(self._message.idle)
        session.devices_found.connect(self._settings.show_devices)

    # --- show -------------------------------------------------------------------------------------------

    def _show_all(self) -> None:
        """Everything as it is now: the window may be new upon an old workspace."""
        session, preferences = self.session, self.workspace.preferences
        self._show_preferences()
        self._settings.show_settings(self.store.settings)
        if session.devices:
            self._settings.show_devices(session.devices)
        self._data.show_points(self.store.points)
        self._fit.plot.show_points(self.store.points)
        self._fit_view()
        self._show_reference()
        self._show_start(session.start)
        if session.snapshot is not None:
            self._show_snapshot(session.snapshot)
            self._show_numbers(session.snapshot)
        self._show_state()
        self._show_undo()
        self._show_title()
        sentence, warning = session.sentence
        self._message.say(sentence, warning)
        session.set_speed(preferences.get("speed", 100.0) or None)

    def _show_preferences(self) -> None:
        preferences = self.workspace.preferences
        self._fit.show_residuals(preferences.get("residuals", "off"))
        logarithmic = preferences.get("log_loss", True)
        self.actions_by_name["log_loss"].setChecked(logarithmic)
        self._loss.plot.show_logarithmic(logarithmic)
        self.actions_by_name["reference"].setChecked(preferences.get("reference", True))
        self._run_bar.show_speed(preferences.get("speed", 100.0) or None)

    def _show_points(self, points: Points) -> None:
        self._data.show_points(points)
        self._fit.plot.show_points(points)
        self._show_reference()
        if self.session.snapshot is not None:
            self._show_numbers(self.session.snapshot)

    def _show_settings(self, settings: Settings, before: Settings) -> None:
        self._settings.show_settings(settings)
        if (settings.model, settings.values("model")) != (before.model, before.values("model")):
            self._show_reference()

    def _show_reference(self) -> None:
        """The least-squares solution, found in the background: for many points it takes its time."""
        if not self.actions_by_name["reference"].isChecked():
            self._fit.plot.show_reference(None)
            return
        experiment = self.store.experiment
        self.workspace.background.run(
            "reference",
            lambda: least_squares(experiment.points, experiment.settings),
            self._fit.plot.show_reference,
            self._forget_reference,
        )

    def _forget_reference(self, _error: Exception) -> None:
        self._fit.plot.show_reference(None)

    def _show_start(self, start: Snapshot | None) -> None:
        self._fit.plot.show_start(None if start is None else start.predict)
        self._loss.plot.clear()
        if start is None:
            self._fit.plot.show_fit(None)
            self._show_numbers(None)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self._fit.plot.show_fit(snapshot.predict)
        self._loss.plot.show_losses(self.session.losses()[: snapshot.step])

    def _show_numbers(self, snapshot: Snapshot | None) -> None:
        self._run_bar.show_numbers(snapshot)
        self._fit.show_equation(snapshot)
        self._show_r2(snapshot)
        self._loss.show_numbers(snapshot, self.session.steps_per_second)

    def _show_r2(self, snapshot: Snapshot | None) -> None:
        points = self.store.points
        if snapshot is None or not len(points):
            self._fit.show_r2(None)
        elif len(points) <= AT_ONCE:
            self._fit.show_r2(_r_squared(points, snapshot))
        else:
            show = self._fit.show_r2
            work = partial(_r_squared, points, snapshot)
            self.workspace.background.run("r2", work, show, lambda _error: show(None))

    def _show_state(self) -> None:
        running = self.session.running
        self._run_bar.show_running(running, self.session.loading)
        self._fit.plot.set_running(running)
        self._loss.plot.set_running(running)

    def _show_undo(self) -> None:
        stack = self.store.undo_stack
        for name, able, text, plain in (
            ("undo", stack.canUndo(), stack.undoText(), _("&Undo")),
            ("redo", stack.canRedo(), stack.redoText(), _("&Redo")),
        ):
            self.actions_by_name[name].setEnabled(able)
            self.actions_by_name[name].setText(f"{plain} {text}".strip())
        self._show_title()

    def _show_title(self) -> None:
        name = Path(self.workspace.path).name
        self.setWindowTitle((f"{name}[*] – " if name else "") + "Fitscope")
        self.setWindowModified(bool(name) and not self.store.undo_stack.isClean())

    def _show_read(self, found: ReadPoints) -> None:
        """What was read from a file; a file with large numbers is better trained on standardised."""
        self._fit_view()
        if found.proposes_standardise and not self.store.settings.standardise:
            self._message.propose(
                found.message
                + " "
                + _("Its numbers are far from 1: standardised, training goes much faster."),
                _("Standardise"),
                self._standardise,
            )
        else:
            self._message.keep(found.message)

    # --- small things that belong to no part ------------------------------------------------------------

    def _prefer(self, key: str, value: bool | float | str) -> None:
        """Remember a choice about the look, and show it."""
        self.workspace.preferences.put(key, value)
        self._show_preferences()
        if key == "reference":
            self._show_reference()
        if key == "speed":
            self.session.set_speed(float(value) or None)

    def _standardise(self) -> None:
        self.store.change(standardise=True)

    def _fit_view(self) -> None:
        self._fit.plot.fit_view()
        self._loss.plot.fit_view()

    def _load_data_set(self, key: str) -> None:
        found = load_data_set(key)
        self.store.replace(found)
        self._fit_view()

    def _generate(self) -> None:
        dialog = GenerateDialog(self._theme, self)
        dialog.accepted.connect(lambda: self._take_generated(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_generated(self, dialog: GenerateDialog) -> None:
        self.store.replace(dialog.points())
        self._fit_view()

    # --- Qt's own events --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Once the window is on screen, PyTorch may load."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            if self.session.snapshot is None and not self.session.loading:
                QTimer.singleShot(0, self.session.warm_up)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """The first file that was dropped is opened."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.open_path(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, end what runs; what is not saved is kept for the next start."""
        self.workspace.preferences.put("geometry", self.saveGeometry())
        self.workspace.preferences.put("plots", self._plots.saveState())
        self.files.close()
        if not self._keeps_workspace:
            self.workspace.close()
        super().closeEvent(event)


def _r_squared(points: Points, snapshot: Snapshot) -> float | None:
    return r_squared(points.y, snapshot.predict(points.x))
