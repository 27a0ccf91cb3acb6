"""The choices beside the plots, in the order of a PyTorch program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.choices import FIELDS, OPTIMIZERS, STOP_RULES
from core.choices.cores import CORES, too_few_cores
from core.choices.limits import USUAL_LOWEST_RATE
from core.experiment import Settings
from core.experiment.split import too_few_points
from core.insight.numbers import typed
from core.insight.theory import Theory
from core.texts import _
from gui.theme import Theme
from gui.widgets.fields import CountField, Field, WordField, field_for
from gui.widgets.fold import Fold
from gui.widgets.numbers_field import NumbersField
from gui.widgets.rate_slider import RateSlider
from gui.widgets.section import Form, Section, live_mark, live_words, note
from gui.widgets.table_choice import TableChoice

if TYPE_CHECKING:
    from core.training.devices import Device

SHOWN_AT_ONCE = {"model": 3, "loss": 3, "optimizer": 3, "schedule": 4}  # parameters; more are folded away
ESSENTIAL = ("learning_rate", "batch_size", "epochs")  # beside the model, the loss and the optimizer
PENALTIES = ("clip_norm", "l1")  # what becomes of the gradient before the optimizer takes it
PROCESSOR = ("device", "threads", "engine")
MORE_RULES = tuple(name for name in STOP_RULES if name != "epochs")


class SettingsPanel(QFrame):
    """All settings of a run. `changed({name: value})` and `option_changed(key, value)` are what is wanted.

    `stroke_began()` and `stroke_ended()` enclose one drag of the slider, `new_start_wanted()` asks for
    other start values, `own_start_wanted()` for the person's own, `rate_wanted()` for a learning rate to be
    found, `sweep_wanted()` for many runs beside each other, `full_wanted()` for all settings to be shown.
    """

    changed = Signal(object)
    option_changed = Signal(str, object)
    stroke_began = Signal()
    stroke_ended = Signal()
    new_start_wanted = Signal()
    own_start_wanted = Signal()
    rate_wanted = Signal()
    sweep_wanted = Signal()
    full_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fields: dict[str, Field] = {}
        self._rows: dict[str, tuple[Form, QWidget]] = {}
        self._settings = Settings()
        self._in_sight: set[str] = set()  # although only the essential is shown
        self._full = True
        self._choices = {
            name: TableChoice(name, theme, count, PENALTIES if name == "optimizer" else ())
            for name, count in SHOWN_AT_ONCE.items()
        }
        self._stop_rules = Fold(
            "stop_more", _("More rules"), _("Show or hide the other rules that end the training."), theme
        )
        self._training = Form(theme)
        self._new_start = QPushButton(theme.icon("dice-5"), _("New start values"))
        self._all = QToolButton()
        self._own = NumbersField()
        self._own_row = QWidget()
        self._cores = note("cores")
        self._batch = note("batch_note")
        self._count = 0  # of the points
        self._slider = RateSlider(USUAL_LOWEST_RATE, FIELDS["learning_rate"].maximum, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for choice in self._choices.values():
            choice.changed.connect(self.changed)
            choice.option_changed.connect(self.option_changed)
        layout.addWidget(self._legend())
        for name in ("model", "loss"):
            layout.addWidget(self._choice_section(name))
        layout.addWidget(self._optimizer_section())
        layout.addWidget(self._training_section())
        layout.addWidget(self._stop_section())
        self._engine_note = note("engine_note")
        self._device = self._device_section()
        layout.addWidget(self._device)
        layout.addWidget(self._all_button())

    def show_settings(self, settings: Settings) -> None:
        """Show `settings` everywhere."""
        for choice in self._choices.values():
            choice.show_settings(settings)
        self._show_cores(settings.threads)
        for name, field in self._fields.items():
            field.show_value(getattr(settings, name))
        self._stop_rules.show_values({name: getattr(settings, name) for name in MORE_RULES})
        self._slider.show_number(settings.learning_rate)
        rate, usual = FIELDS["learning_rate"], OPTIMIZERS[settings.optimizer].learning_rate
        tip = (
            _(rate.tip)
            + " "
            + _("PyTorch's default for {optimizer} is {rate}.").format(
                optimizer=_(OPTIMIZERS[settings.optimizer].label), rate=typed(usual)
            )
        )
        self._slider.show_tip(tip)
        self._own_row.setVisible(settings.start == "own")
        self._own.show_value(settings.start_values)
        self._settings = settings
        self._show_batch()
        self._in_sight |= self._set()  # what is at its default again stays, as in a fold
        self._show_rows()

    def _show_cores(self, wanted: int) -> None:
        """The arrows go up to what there is here; a file may ask for more, and then it is said."""
        threads = self._fields["threads"]
        assert isinstance(threads, CountField)
        with QSignalBlocker(threads):
            threads.setMaximum(max(CORES, wanted))
        self._cores.setText(too_few_cores(wanted))
        self._cores.setVisible(wanted > CORES)

    def show_points(self, count: int) -> None:
        """Say so where a step takes fewer of the `count` points than its batch should have."""
        self._count = count
        self._show_batch()

    def _show_batch(self) -> None:
        sentence = too_few_points(self._count, self._settings)
        self._batch.setText(sentence)
        self._batch.setVisible(bool(sentence))

    def show_full(self, full: bool) -> None:
        """Offer all settings, or the essential ones and those that are not at their defaults."""
        self._full = full
        self._in_sight = self._set()
        for fold in (
            *(self._choices[name].options for name in ("loss", "optimizer", "schedule")),
            self._stop_rules,
        ):
            fold.show_full(full)
        self._show_rows()

    def _set(self) -> set[str]:
        """The settings that are not at their defaults."""
        return {name for name in self._rows if getattr(self._settings, name) != FIELDS[name].default}

    def _show_rows(self) -> None:
        for name, (form, field) in self._rows.items():
            shown = self._full or name in ESSENTIAL or name in self._in_sight
            form.show_row(field, shown and (name != "validation_seed" or self._settings.validation > 0))
        self._device.setVisible(self._full or not self._in_sight.isdisjoint(PROCESSOR))
        self._new_start.setVisible(self._full)
        self._all.setVisible(not self._full)

    def show_theory(self, theory: Theory | None) -> None:
        """Show below the learning rate what theory knows of it."""
        self._slider.show_theory(theory)

    def show_engine(self, sentence: str) -> None:
        """Show below the engine how far its code is."""
        self._engine_note.setText(sentence)
        self._engine_note.setVisible(bool(sentence))

    def show_devices(self, devices: Iterable[Device]) -> None:
        """Offer `devices`; those that do not work are grey, with the reason."""
        field = self._fields["device"]
        assert isinstance(field, WordField)
        chosen = field.currentData()
        field.clear()
        for device in devices:
            field.addItem(device.label, device.key)
            if device.reason:
                field.grey_out(device.key, device.reason)
        if field.findData(chosen) < 0:
            field.addItem(str(chosen), chosen)
        field.show_value(chosen)

    # --- the parts --------------------------------------------------------------------------------------

    def _choice_section(self, name: str) -> Section:
        section = Section(_(FIELDS[name].label), _(FIELDS[name].tip), self._theme)
        choice = self._choices[name]
        section.heading.addWidget(live_mark(FIELDS[name].live, self._theme))
        section.body.addWidget(choice.field)
        section.body.addWidget(choice.options)
        return section

    def _optimizer_section(self) -> Section:
        """The optimizer; directly below it the learning rate and its schedule, as in a program."""
        section, schedule = self._choice_section("optimizer"), self._choices["schedule"]
        section.body.removeWidget(self._choices["optimizer"].options)
        self._add_rate(section)
        form = Form(self._theme, label=0)  # a list of long words takes what room there is
        form.add_row(_(FIELDS["schedule"].label), schedule.field, FIELDS["schedule"].live)
        self._rows["schedule"] = form, schedule.field
        section.body.addWidget(form)
        section.body.addWidget(schedule.options)
        section.body.addWidget(self._choices["optimizer"].options)
        return section

    def _add_rate(self, section: Section) -> None:
        """The learning rate: an exact field and a slider."""
        rate = FIELDS["learning_rate"]
        self._add_field(section.add_form(), rate.key)
        self._slider.setObjectName("learning_rate_slider")
        self._slider.setAccessibleName(_(rate.label))
        self._slider.chosen.connect(lambda rate: self.changed.emit({"learning_rate": rate}))
        self._slider.sliderPressed.connect(self.stroke_began)
        self._slider.sliderReleased.connect(self.stroke_ended)
        section.body.addWidget(self._slider)
        section.body.addWidget(self._slider.note)
        button = QPushButton(_("Find a learning rate…"))
        button.setObjectName("find_rate")
        button.setToolTip(_("Try all learning rates on a copy of the run, and see which one suits."))
        button.clicked.connect(self.rate_wanted)
        section.body.addWidget(button)
        sweep = QPushButton(_("Sweep…"))
        sweep.setObjectName("sweep")
        sweep.setToolTip(
            _("Train many runs together, each with a learning rate, a seed or a start of its own.")
        )
        sweep.clicked.connect(self.sweep_wanted)
        section.body.addWidget(sweep)

    def _training_section(self) -> Section:
        section = Section(
            _("Training"), _("How the points are used, and where the parameters start."), self._theme
        )
        section.body.addWidget(self._training)
        self._add_field(self._training, "batch_size")
        self._training.add_note(self._batch)
        for name in ("validation", "validation_seed", "seed", "start"):
            self._add_field(self._training, name)
        section.body.addWidget(self._own_start_row())
        self._new_start.setObjectName("new_start")
        self._new_start.setToolTip(_("Draw other start values, from a new seed."))
        self._new_start.clicked.connect(self.new_start_wanted)
        section.body.addWidget(self._new_start)
        form = section.add_form()
        for name in ("dtype", "standardise"):
            self._add_field(form, name)
        return section

    def _stop_section(self) -> Section:
        """When the training ends by itself: after its epochs, and by other rules for those who want them."""
        section = Section(
            _("Stop"), _("When the training ends by itself; Pause ends it at any time."), self._theme
        )
        self._add_field(section.add_form(), "epochs")
        self._stop_rules.fill({name: FIELDS[name] for name in MORE_RULES})
        self._stop_rules.chosen.connect(self._choose)
        section.body.addWidget(self._stop_rules)
        return section

    def _own_start_row(self) -> QWidget:
        self._own.setObjectName("start_values")
        self._own.setPlaceholderText(_("numbers, such as 1.5, -2"))
        self._own.setAccessibleName(_("Own start values"))
        self._own.setToolTip(_("One number for each parameter, in the units of the data; for the line w, b."))
        self._own.chosen.connect(lambda numbers: self.changed.emit({"start_values": numbers}))
        row = QHBoxLayout(self._own_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._own)
        return self._own_row

    def _device_section(self) -> Section:
        device = FIELDS["device"]
        section = Section(_(device.label), _(device.tip), self._theme)
        form = section.add_form()
        for name in PROCESSOR:
            self._add_field(form, name)
        section.body.addWidget(self._cores)
        field = self._fields["device"]
        assert isinstance(field, WordField)
        field.addItem("CPU", "cpu")
        section.body.addWidget(self._engine_note)
        return section

    def _add_field(self, form: Form, name: str) -> None:
        parameter = FIELDS[name]
        field = field_for(parameter)
        field.chosen.connect(lambda value: self._choose(name, value))
        form.add_row(_(parameter.label), field, parameter.live)
        self._fields[name] = field
        self._rows[name] = form, field

    def _choose(self, name: str, value: object) -> None:
        if (name, value) == ("start", "own"):
            self.own_start_wanted.emit()
        else:
            self.changed.emit({name: value})

    def _all_button(self) -> QToolButton:
        """The way from the essential settings to all."""
        self._all.setObjectName("all_settings")
        self._all.setText(_("All settings"))
        self._all.setToolTip(_("Show all settings and panels (F2)."))
        self._all.setIcon(self._theme.icon("chevron-right"))
        self._all.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._all.clicked.connect(self.full_wanted)
        return self._all

    def _legend(self) -> QWidget:
        """What the pictures beside the settings mean, above the first of them."""
        legend = QWidget()
        grid = QGridLayout(legend)
        grid.setContentsMargins(self._theme.px(12), self._theme.px(8), self._theme.px(12), self._theme.px(8))
        grid.setColumnStretch(1, 1)
        for row, (live, words) in enumerate(((True, _("changes live")), (False, _("starts a new run")))):
            grid.addWidget(live_mark(live, self._theme), row, 0)
            label = QLabel(words)
            label.setProperty("muted", True)
            label.setToolTip(live_words(live))
            grid.addWidget(label, row, 1)
        return legend
