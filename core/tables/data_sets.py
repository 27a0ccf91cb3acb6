"""The real data sets that come with the program, each with its source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from core.experiment.points import Points
from core.problem import Problem
from core.tables.cells import number
from core.texts import N_, _

DATA = Path(__file__).resolve().parent.parent.parent / "resources" / "data"


@dataclass(frozen=True)
class DataSet:
    """One row of the table: two columns of a file, all rows or those `where` a column has a certain text."""

    key: str
    label: str
    file: str
    x: str
    y: str
    what: str
    source: str
    where: tuple[str, str] | None = None


_ANSCOMBE = N_("Anscombe 1973, American Statistician; the numbers of the paper")
_PENGUINS = N_("Gorman, Williams, Fraser 2014, palmerpenguins; CC0")
_DATASAURUS = N_("Matejka, Fitzmaurice 2017, datasauRus; MIT")
_SAME_LINE = N_("One of four sets with the same line and different stories")
_SAME_SPREAD = N_("One of thirteen shapes with the same mean, spread and line")

_ROWS = (
    DataSet(
        "engel",
        N_("Engel: food"),
        "engel.csv",
        "income",
        "foodexp",
        N_("Income and food expenditure of 235 Belgian households"),
        N_("Engel 1857, statsmodels; public domain"),
    ),
    DataSet(
        "galton",
        N_("Galton: heights"),
        "galton.csv",
        "parent",
        "child",
        N_("Heights of 928 children and their parents, in inches"),
        N_("Galton 1886; the numbers of the paper"),
    ),
    DataSet(
        "nile",
        N_("Nile: flow"),
        "nile.csv",
        "year",
        "volume",
        N_("Annual flow of the Nile at Aswan, 1871 to 1970"),
        N_("Cobb 1978, statsmodels; public domain"),
    ),
    DataSet(
        "longley",
        N_("Longley: employment"),
        "longley.csv",
        "GNP",
        "TOTEMP",
        N_("Gross national product and employment in the USA, 1947 to 1962"),
        N_("Longley 1967, statsmodels; public domain"),
    ),
    DataSet(
        "stackloss",
        N_("Stack loss"),
        "stackloss.csv",
        "AIRFLOW",
        "STACKLOSS",
        N_("Air flow and lost ammonia in 21 days of a plant, with outliers"),
        N_("Brownlee 1965, statsmodels; public domain"),
    ),
    DataSet(
        "penguins_flipper",
        N_("Penguins: flipper and mass"),
        "penguins.csv",
        "flipper_length_mm",
        "body_mass_g",
        N_("Flipper length and body mass of penguins on three islands"),
        _PENGUINS,
    ),
    DataSet(
        "penguins_bill",
        N_("Penguins: bill"),
        "penguins.csv",
        "bill_length_mm",
        "bill_depth_mm",
        N_("Bill length and depth of penguins: the line turns round within each species"),
        _PENGUINS,
    ),
    DataSet("anscombe_1", N_("Anscombe I"), "anscombe.csv", "x1", "y1", _SAME_LINE, _ANSCOMBE),
    DataSet("anscombe_2", N_("Anscombe II"), "anscombe.csv", "x2", "y2", _SAME_LINE, _ANSCOMBE),
    DataSet("anscombe_3", N_("Anscombe III"), "anscombe.csv", "x3", "y3", _SAME_LINE, _ANSCOMBE),
    DataSet("anscombe_4", N_("Anscombe IV"), "anscombe.csv", "x4", "y4", _SAME_LINE, _ANSCOMBE),
    *(
        DataSet(
            f"datasaurus_{shape}",
            label,
            "datasaurus.csv",
            "x",
            "y",
            _SAME_SPREAD,
            _DATASAURUS,
            ("dataset", shape),
        )
        for shape, label in (
            ("dino", N_("Datasaurus: dinosaur")),
            ("star", N_("Datasaurus: star")),
            ("circle", N_("Datasaurus: circle")),
            ("x_shape", N_("Datasaurus: cross")),
            ("bullseye", N_("Datasaurus: bullseye")),
            ("slant_up", N_("Datasaurus: slanted lines")),
        )
    ),
)
DATA_SETS = {row.key: row for row in _ROWS}


def load_data_set(key: str) -> Points:
    """The points of a data set, with its source and without missing cells; Problem for another key."""
    if key not in DATA_SETS:
        text = _("There is no data set {key}; choose one of {known}.")
        raise Problem(text.format(key=key, known=", ".join(DATA_SETS)))
    row = DATA_SETS[key]
    try:
        pairs = _pairs(row)
    except OSError as error:
        text = _("The file {name} of the program is missing; install the program again.")
        raise Problem(text.format(name=row.file)) from error
    return Points([x for x, _y in pairs], [y for _x, y in pairs], row.x, row.y, _(row.source))


def _pairs(row: DataSet) -> list[tuple[float, float]]:
    """The x and y of the rows that have both."""
    column, wanted = row.where or ("", None)
    with (DATA / row.file).open(encoding="utf-8", newline="") as file:
        rows = [cells for cells in csv.DictReader(file) if cells.get(column) == wanted]
    pairs = [(number(cells[row.x]), number(cells[row.y])) for cells in rows]
    return [(x, y) for x, y in pairs if x is not None and y is not None]
