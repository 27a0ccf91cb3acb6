"""Whether an installation works: each part that can be missing or broken is tried once."""

from __future__ import annotations

import logging
import platform
import tempfile
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from core.catalogue import Catalogue, Unreadable
from core.choices import TABLES
from core.experiment import (
    GENERATORS,
    Experiment,
    Points,
    Settings,
    generate,
    load_experiment,
    save_experiment,
)
from core.log import data_folder
from core.problem import Problem
from core.texts import CATALOGUES, LANGUAGES, N_, _, catalogue_file

RESOURCES = CATALOGUES.parent
PACKAGES = (
    "torch",
    "PySide6-Essentials",
    "pyqtgraph",
    "numpy",
    "contourpy",
    "pandas",
    "python-calamine",
    "ziamath",
    "Pygments",
    "scipy",
)
FEW_STEPS = 3
CLOSE = 1e-4  # between trained and least-squares parameters near 1

log = logging.getLogger(__name__)


def self_test(say: Callable[[str], None]) -> bool:
    """Try everything, `say` a line about each thing and a verdict; whether all of it works."""
    failures = 0
    for label, check in CHECKS.items():
        try:
            found = check()
        except Exception as error:  # whatever is broken here, the other checks go on
            log.warning("self-test: %s", label, exc_info=error)
            failures += 1
            say(_("FAILED  {name}: {reason}").format(name=_(label), reason=error or type(error).__name__))
        else:
            say(_("ok      {name}: {found}").format(name=_(label), found=found))
    say(_("Something is broken; install Fitscope again.") if failures else _("Everything works."))
    return not failures


def check_versions() -> str:
    """Every package is installed."""
    found = [f"Python {platform.python_version()}"]
    found += [f"{name} {metadata.version(name)}" for name in PACKAGES]
    return ", ".join(found)


def check_tables() -> str:
    """Every row of every table trains."""
    from core.training import Trainer

    points = generate("line", {"count": 16})
    keys = [(name, key) for name, rows in TABLES.items() for key in rows]
    for name, key in keys:
        choice: dict[str, Any] = {name: key, "learning_rate": 1e-3}
        trainer = Trainer(points, Settings(**choice))
        for _step in range(FEW_STEPS):
            trainer.step()
        if trainer.latest.step != FEW_STEPS or not trainer.latest.finite():
            raise Problem(_("“{name}” does not train.").format(name=key))
    return _("{count} choices train").format(count=len(keys))


def check_generators() -> str:
    """Every generator makes points."""
    return _("{count} kinds of points").format(count=sum(len(generate(key)) > 0 for key in GENERATORS))


def check_least_squares() -> str:
    """A trained line is the one that algebra gives."""
    from core.training import Trainer

    x = np.linspace(-1, 1, 9)
    y = 0.8 * x + 0.3 + 0.1 * np.cos(7 * x)
    points = Points(x, y)
    trainer = Trainer(points, Settings(optimizer="lbfgs", learning_rate=1, dtype="float64", steps=20))
    while trainer.stopped is None:
        trainer.step()
    trained = [float(trainer.latest.parameters[name]) for name in ("w", "b")]
    wanted = np.polyfit(x, y, 1)
    if not np.allclose(trained, wanted, rtol=0, atol=CLOSE):
        raise Problem(
            _("Trained {trained}, and least squares gives {wanted}.").format(trained=trained, wanted=wanted)
        )
    return trainer.latest.equation(points)


def check_devices() -> str:
    """The processors that can train."""
    from core.training.devices import available_devices

    return ", ".join(device.label for device in available_devices() if not device.reason)


def check_resources() -> str:
    """Icons, fonts, data and texts are there."""
    found = []
    for pattern in ("icons/*.svg", "fonts/*.otf", "data/*.csv"):
        files = list(RESOURCES.glob(pattern))
        if not files:
            raise Problem(
                _("There are no files {pattern} in {folder}.").format(pattern=pattern, folder=RESOURCES)
            )
        found.append(f"{len(files)} {pattern}")
    for code in LANGUAGES.keys() - {"en"}:
        try:
            Catalogue(catalogue_file(code))
        except Unreadable as error:
            sentence = _("The texts in {language} cannot be read.")
            raise Problem(sentence.format(language=LANGUAGES[code])) from error
    return ", ".join([*found, *LANGUAGES])


def check_files() -> str:
    """An experiment can be saved in the person's folder, and opened again."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    experiment = Experiment(generate("sine"), Settings(model="mlp"))
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "self-test.fit.json"
        save_experiment(experiment, path)
        if load_experiment(path) != experiment:
            raise Problem(_("An experiment that was saved and opened is not the same."))
    return str(folder)


CHECKS: Mapping[str, Callable[[], str]] = {
    N_("Versions"): check_versions,
    N_("Resources"): check_resources,
    N_("Files"): check_files,
    N_("Generators"): check_generators,
    N_("Devices"): check_devices,
    N_("Choices"): check_tables,
    N_("Least squares"): check_least_squares,
}
