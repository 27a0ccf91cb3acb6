"""Pictures made without a screen: the window after some steps, and a run's fit and loss."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QSplitter

from core.experiment import Experiment, Settings, load_experiment
from core.experiment.split import held_out
from core.file_names import shown_name
from core.problem import Problem
from core.reading_options import is_experiment
from core.tables.reading import Reading
from core.texts import _
from core.training import Snapshot
from core.training.history import History
from gui.plots.fit_plot import FitPlot
from gui.plots.loss_plot import LossPlot
from gui.theme import Theme

SIZE = (1200, 540)  # pixels


def open_any(path: Path, reading: Reading = Reading()) -> Experiment:  # noqa: B008 (it is frozen)
    """The experiment in a file, or the points of a table, read like `reading`, under the usual settings."""
    if is_experiment(path):
        return load_experiment(path, alone=True)
    from core.tables import read_points

    found = read_points(path, reading)
    return Experiment(found.points, Settings(standardise=found.proposes_standardise))


def fit_picture(experiment: Experiment, snapshot: Snapshot, history: History) -> QPixmap:
    """The fit and the loss of a run side by side."""
    theme = Theme()
    plots = QSplitter(Qt.Orientation.Horizontal)
    fit, loss = FitPlot(theme), LossPlot(theme)
    plots.addWidget(fit)
    plots.addWidget(loss)
    plots.resize(*SIZE)
    plots.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    plots.show()
    points, settings = experiment.points, experiment.settings
    fit.show_points(points, held_out(len(points), settings.validation, settings.validation_seed))
    fit.show_fit(snapshot.predict)
    loss.show_history(history.losses(), history.validation_losses(), history.rates(), snapshot.step)
    fit.fit_view()
    loss.fit_view()
    QCoreApplication.processEvents()
    picture = plots.grab()
    plots.close()
    return picture


def save_picture(picture: QPixmap, path: Path) -> None:
    """Write `picture` to `path`, in the format that its name says; raises Problem if that fails."""
    content = QBuffer()
    content.open(QBuffer.OpenModeFlag.WriteOnly)
    try:
        # Qt itself would write to another path than one that is no text
        if not picture.save(content, path.suffix.removeprefix(".") or None):
            raise OSError
        path.write_bytes(content.data().data())
    except OSError as error:
        raise Problem(
            _(
                "The picture {file} could not be written; choose a name in .png in a folder you may write."
            ).format(file=shown_name(path))
        ) from error
