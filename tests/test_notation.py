"""The cells of a column are read in the notation that most of them use, and in no other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.tables import Reading, parse_clipboard
from core.tables.cells import Cell, is_error, is_missing
from core.tables.notations.decimal_mark import propose_decimal
from core.tables.notations.notation import notation_of
from core.tables.notations.numbers import Numbers, is_number
from core.tables.notations.units import named_with
from core.tables.reading import ERROR_CELL, OTHER_NOTATION

# (cells of one column, decimal mark, numbers, unit)
COLUMNS: list[tuple[str, str, list[float], str]] = [
    # one cell after the other, parted by bars
    ("1|-2.5|+3|.5|4.|1e3|1E-3|-0", ".", [1, -2.5, 3, 0.5, 4, 1000, 0.001, 0], ""),
    ("1|-2,5|+3|,5|4,|1,5e3", ",", [1, -2.5, 3, 0.5, 4, 1500], ""),
    ("41%|52%|58.5%|-7.3%|12.3%|0.1%", ".", [0.41, 0.52, 0.585, -0.073, 0.123, 0.001], ""),
    ("5,5 %|10,0 %|1.234,5 %", ",", [0.055, 0.1, 12.345], ""),
    ("12\u00a0%|13\u202f%|14％", ".", [0.12, 0.13, 0.14], ""),
    ("3 ‰|35 ‰", ".", [0.003, 0.035], ""),
    ("$152,300|$181,900.50|-$5|$-6|($7)|$(8)", ".", [152300, 181900.5, -5, -6, None, None], "$"),
    ("$1,200|($300)|$0|($1,500.25)", ".", [1200, -300, 0, -1500.25], "$"),
    ("1.234,50 €|99,– €|12,- €|-5 €", ",", [1234.5, 99, 12, -5], "€"),
    ("€ 5|5 €|€6", ".", [5, 5, 6], "€"),
    ("£1|£2.50", ".", [1, 2.5], "£"),
    ("¥500|￥６００|¥7", ".", [500, 600, 7], "¥"),
    ("₹1,03,000|₹45,000|₹1,00,00,000.5", ".", [103000, 45000, 10000000.5], "₹"),
    ("Rs. 1,03,000|Rs. 500", ".", [103000, 500], "Rs."),
    ("USD 5|USD 1,000", ".", [5, 1000], "USD"),
    ("12.5 EUR|13 EUR", ".", [12.5, 13], "EUR"),
    ("100元|2,000元", ".", [100, 2000], "元"),
    ("US$5|US$ 6.25", ".", [5, 6.25], "US$"),
    ("CHF 1’234.50|CHF 5.--|CHF 6.-", ".", [1234.5, 5, 6], "CHF"),
    ("10 cm|12cm|-15 cm", ".", [10, 12, -15], "cm"),
    ("20,5 °C|25,0 °C|-1 ℃", ",", [20.5, 25, -1], "°C"),
    ("1 m/s|2 m / s|3 m/s", ".", [1, 2, 3], "m/s"),
    ("9.81 m/s²|9.80 m/s^2|9.79 m/s2|1 m/s²", ".", [9.81, 9.8, 9.79, 1], "m/s²"),
    ("5 µm|6 μm", ".", [5, 6], "μm"),
    ("5 kg·m²|6 kg·m²", ".", [5, 6], "kg·m²"),
    ("3 mol l-1|4 mol l-1", ".", [3, 4], "mol l-1"),
    ("5 min.|6 min", ".", [5, 6], "min."),
    ("12\"|13\"", ".", [12, 13], '"'),
    ("5米|6米", ".", [5, 6], "米"),
    ("3.5 秒|4 秒", ".", [3.5, 4], "秒"),
    ("3 years|4 years", ".", [3, 4], "years"),
    ("1e3 Hz|2.5E4 Hz", ".", [1000, 25000], "Hz"),
    ("5 %RH|6 %RH", ".", [5, 6], "%RH"),
    ("1,234|12,345,678|999", ".", [1234, 12345678, 999], ""),
    ("1.234|12.345.678,5|999", ",", [1234, 12345678.5, 999], ""),
    ("1'234.5|1’234|1ʼ234", ".", [1234.5, 1234, 1234], ""),
    ("1 234,5|1\u00a0234|1\u202f234|1\u2009234|1\u3000234", ",", [1234.5, 1234, 1234, 1234, 1234], ""),
    ("1_234|1_234_567.5", ".", [1234, 1234567.5], ""),
    ("1,03,000|12,34,567.25|45,000", ".", [103000, 1234567.25, 45000], ""),
    ("(5.5)|( 3.4 )|0.5|(1,234.5)", ".", [-5.5, -3.4, 0.5, -1234.5], ""),
    ("5.5-|3.4 -|0.5|1.234-", ".", [-5.5, -3.4, 0.5, -1.234], ""),
    ("\u22121.5|\u20132|\u20103|\uff0d4|- 5", ".", [-1.5, -2, -3, -4, -5], ""),
    ("1.5D+03|0.25d-2|-1.0D0|3.5q1|0.12345678-101", ".", [1500, 0.0025, -1, 35, 0.12345678e-101], ""),
    (
        "1.5×10^3|1.5·10⁻³|2 x 10^-2|-3*10^2|1.5 × 10-3|1.5*^3|10^3|10⁻²|2*10**3",
        ".",
        [1500, 0.0015, 0.02, -300, 0.0015, 1500, 1000, 0.01, 2000],
        "",
    ),
    ("1.5 e-3|2.5 E+3|1.5E 03", ".", [0.0015, 2500, 1500], ""),
    ('="1.5"|="-2"|= "3"', ".", [1.5, -2, None], ""),
    ("1,5·10³|2,5E-03", ",", [1500, 0.0025], ""),
    ("２．５|１２３|－４．５|＋６", ".", [2.5, 123, -4.5, 6], ""),
    ("１，５|２，２５", ",", [1.5, 2.25], ""),
    ("٣|١٢٫٥", ".", [3, 12.5], ""),
    ("\u200b1|2\u200b|\ufeff3|4\u2060|5\u00ad|\u200e6\u200f", ".", [1, 2, 3, 4, 5, 6], ""),
    ("\u00a01\u00a0|\u30002|\t3 ", ".", [1, 2, 3], ""),
    ("3.0±0.2|4.0 ± 0.1|5 +/- 1", ".", [3, 4, 5], ""),
    ("3.0 ± 0.2 cm|(4.0 ± 0.1) cm", ".", [3, 4], "cm"),
    ("1.602(5)|1.7(1)e-19", ".", [1.602, 1.7e-19], ""),
    ("6.674 30|1.602 176 634e-19", ".", [6.6743, 1.602176634e-19], ""),
    ("inf|-inf|1|∞|1.#INF|-1.#INF00", ".", [math.inf, -math.inf, 1, math.inf, math.inf, -math.inf], ""),
    ("1e400|-1e400|1e-400|" + "9" * 400, ".", [math.inf, -math.inf, 0, math.inf], ""),
    ("150 pm|160 pm", ".", [150, 160], "pm"),
    ("3 days|4 days", ".", [3, 4], "days"),
    ("2020年|2021年", ".", [2020, 2021], "年"),
]  # fmt: skip

ERRORS = (
    "#DIV/0!|#VALUE!|#REF!|#NAME?|#NUM!|#NULL!|#SPILL!|#CALC!|#ERROR!|#WERT!|#BEZUG!"
    "|#ZAHL!|#ÜBERLAUF!|#VALEUR!|#NOM?|#NOMBRE!|#¡VALOR!|#¿NOMBRE?|Err:502|#####"
)

WORDS = (
    " |-|--|---|–|—|?|??|.|..|…|/|n/a|N/A|NA|n.a.|N. A.|na|NaN|nan|-nan|-nan(ind)"
    "|1.#QNAN|-1.#IND|-1.#IND00|null|NULL|None|none|nil|missing|(missing)|[missing]"
    "|Not available|not measured|no data|unknown|n.d.|(blank)|$ -|- €|#N/A|#N/V|#NV|#N/D|<NA>"
    "|#N/A N/A|k.A.|k. A.|keine|Keine Angabe|keine Daten|fehlt|unbekannt"
    "|nicht gemessen|缺失|无|空|无数据|未知|未测|暂无|\u200b|\ufeff"
)


def read(cells: Sequence[Cell], decimal: str | None = ".") -> list[float | None]:
    """The numbers in the cells of a column, None where there are none."""
    notation = notation_of(cells, decimal)
    assert notation is not None, cells
    return [None if value != value else value for value in notation.read(cells).values.tolist()]


@pytest.mark.parametrize(("cells", "decimal", "numbers", "unit"), COLUMNS, ids=[row[0] for row in COLUMNS])
def test_a_column_is_read_in_its_notation(
    cells: str, decimal: str, numbers: list[float | None], unit: str
) -> None:
    column = cells.split("|")
    assert read(column, decimal) == numbers
    notation = notation_of(column, decimal)
    assert notation is not None
    assert notation.unit == unit


@pytest.mark.parametrize(
    "cells",
    [
        "a|b|c",
        "1st|2nd|3rd|4th|5th",
        "5 of 10|6 of 10",
        "1.2.3|1.2.4",
        "192.168.0.1|192.168.0.2",
        "1-2|2-3",
        "5'10\"|6'1\"",
        "1/2|3/4",
        "5½|6½",
        "5 e3|6 e3",
        '="|="',
        "39,see|40,see",
        "5 Jan|6 Jan|7 Jan",
        "5-Jan|6-Jan|7-Jan",
        "0x1F|0x2A",
        "10115 Berlin, Mitte|20095 Hamburg, Altstadt",
        "12 apples|3 pears|5 plums",
        "10 cm|1 m",
        "<0.5|<0.6|<0.7",
        "((5))|((6))",
        "-(5)|-(6)",
        "(5|6)",
        "--5|-5-",
        "1e5e5|2e2e2",
        "True|False",
        "12,34|12,345,67",
        "1 2 3|4 5 6",
        "#REF!|#DIV/0!",
        "",
        "|n/a|-",
    ],
)
def test_a_column_of_text_has_no_notation(cells: str) -> None:
    assert notation_of(cells.split("|"), ".") is None


def test_what_one_cell_of_a_text_column_looks_like_changes_nothing() -> None:
    for odd in ("12 %", "$5", "10 cm", "7", "(5)"):
        assert notation_of(["abc", "def", "ghi", odd], ".") is None


def test_words_for_missing_do_not_count() -> None:
    words = WORDS.split("|")
    for word in words:
        assert is_missing(word), word
        assert not is_error(word), word
    assert read(["", *words, "1.5", "2.5"])[-2:] == [1.5, 2.5]
    assert read(["1 cm", "- cm", "2 cm", "n/a"]) == [1, None, 2, None]
    for word in ("0", "x", "no", "10 cm", "keiner da", "NAME", "a.b"):
        assert not is_missing(word), word


def test_errors_of_spreadsheets_are_errors_and_not_words_for_missing() -> None:
    errors = ERRORS.split("|")
    for error in errors:
        assert is_error(error), error
        assert not is_missing(error), error
    notation = notation_of(["1", *errors], ".")
    assert notation is not None
    part = notation.read(["1", *errors, "x"])
    assert part.because[ERROR_CELL].tolist() == list(range(1, len(errors) + 1))
    assert part.examples == {ERROR_CELL: "#DIV/0!"}
    assert part.text.tolist() == [False] + [True] * (len(errors) + 1)


@pytest.mark.parametrize(
    ("cells", "numbers", "example"),
    [
        # most have a unit, some none, some another
        (["1 cm", "2 cm", "3", "4 cm", "5 m"], [1, 2, None, 4, None], "3"),
        (["1", "2 cm", "3", "4"], [1, None, 3, 4], "2 cm"),
        (["10 %", "0.2", "30 %"], [0.1, None, 0.3], "0.2"),
        (["$5", "€6", "$7"], [5, None, 7], "€6"),
        (["-1", "(2)", "-3"], [-1, None, -3], "(2)"),
        (["1-", "-2", "3-", "4"], [-1, None, -3, 4], "-2"),
        (["1.5", "<0.5", "2.5"], [1.5, None, 2.5], "<0.5"),
        (["1.5", ">100", "2.5"], [1.5, None, 2.5], ">100"),
        (["1.5", "~3", "2.5"], [1.5, None, 2.5], "~3"),
        (["1.5", "≈ 3", "2.5"], [1.5, None, 2.5], "≈ 3"),
        (["1.5", "ca. 3", "2.5"], [1.5, None, 2.5], "ca. 3"),
        (["1.5", "约3", "2.5"], [1.5, None, 2.5], "约3"),
        (["1.5", "3±0.2", "2.5"], [1.5, None, 2.5], "3±0.2"),
        (["1.5", "1e3*", "2.5"], [1.5, None, 2.5], "1e3*"),
        (["1.5", "3 [1]", "2.5"], [1.5, None, 2.5], "3 [1]"),
        (["1.5", "2,5", "3.5"], [1.5, None, 3.5], "2,5"),
        (["1.5", 2, "3 cm", 4.5], [1.5, 2, None, 4.5], "3 cm"),
        (["1 cm", 2, "3 cm"], [1, None, 3], "2"),
    ],
)
def test_a_number_in_another_notation_is_left_out_and_told(
    cells: list[Cell], numbers: list[float | None], example: str
) -> None:
    assert read(cells) == numbers
    notation = notation_of(cells, ".")
    assert notation is not None
    part = notation.read(cells)
    assert part.because[OTHER_NOTATION].tolist() == [i for i, value in enumerate(numbers) if value is None]
    assert part.examples[OTHER_NOTATION] == example


def test_the_message_says_how_many_numbers_are_in_another_notation() -> None:
    rows = [f"{x}\t{2 * x}" for x in range(1, 11)]
    rows[5:5] = ["11\t<25", "12\t<25", "13\t30*", "14\toops", "15\t"]
    read = parse_clipboard("\n".join(["dose\tresponse", *rows]))
    assert len(read.points) == 10
    assert read.dropped_because == {OTHER_NOTATION: 3, "not_a_number": 1, "missing": 1}
    assert "3 have a number in another notation than their column, such as “<25”" in read.message


@pytest.mark.parametrize(
    ("cells", "numbers", "sentence"),
    [
        (["12 %", "50 %"], [0.12, 0.5], "In “y”, 50 % is read as 0.5."),
        (["12 ‰", "50 ‰"], [0.012, 0.05], "In “y”, 50 ‰ is read as 0.05."),
        (["(12)", "50"], [-12, 50], "In “y”, (5) is read as -5."),
        (["12±1", "50±2"], [12, 50], "In “y”, the uncertainties are not read."),
        (["-12", "50"], [-12, 50], ""),
    ],
)
def test_the_message_says_how_a_notation_is_read_that_may_surprise(
    cells: list[str], numbers: list[float], sentence: str
) -> None:
    read = parse_clipboard("x\ty\n1\t{}\n2\t{}\n".format(*cells))
    assert read.points.y.tolist() == numbers
    assert sentence in read.message
    assert bool(sentence) == ("In “y”" in read.message)


def test_a_column_that_mixes_units_is_never_read_as_if_they_were_one() -> None:
    read = parse_clipboard("t,length\n1,10 cm\n2,12 cm\n3,1 m\n4,15 cm\n")
    np.testing.assert_array_equal(read.points.y, [10, 12, 15])
    assert "“1 m”" in read.message


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("10 cm|12 cm|1 m|2 m", ["“y” has no single notation", "10 cm, 1 m"]),
        ("10|12|1 m|2 m", ["“y” has no single notation", "10, 1 m"]),
        ("<0.5|<0.6|<0.7", ["“y” has no single notation", "<0.5"]),
        ("#DIV/0!|#REF!|n/a", ["“y” has only errors", "#DIV/0!"]),
        ("1,5|2,5|3,5|n/a", ["“y” has another decimal mark than the table", "1,5"]),
        ("1,5 cm|2,5 cm|3,5 cm|n/a", ["“y” has another decimal mark than the table", "1,5 cm"]),
        ("inf|-inf|inf", ["No row has a finite number"]),
        ("red|10 cm|green|blue", ["Only the column “x” has numbers"]),
    ],
)
def test_a_column_of_numbers_that_cannot_be_read_is_refused_with_its_cause(
    cells: str, words: list[str]
) -> None:
    table = "x\ty\n" + "".join(f"{n}.5\t{cell}\n" for n, cell in enumerate(cells.split("|")))
    for reading in (Reading(), Reading(y="y")):
        with pytest.raises(Problem) as refusal:
            parse_clipboard(table, reading)
        if len(words) > 1 or reading.y is None:
            assert all(word in str(refusal.value) for word in words), refusal.value


def test_a_column_is_found_by_its_name_and_by_the_name_with_its_unit() -> None:
    table = "n\tlength\tmass\n1\t10 cm\t5 g\n2\t12 cm\t6 g\n"
    for asked in ("mass", "mass (g)"):
        points = parse_clipboard(table, Reading(x="length (cm)", y=asked)).points
        assert (points.x_name, points.y_name, points.y.tolist()) == ("length (cm)", "mass (g)", [5, 6])


@pytest.mark.parametrize(
    ("columns", "separator", "decimal"),
    [
        ("1,234|5,678", ";", ","),  # doubtful, but commas part nothing here
        ("1,234|5,678", ",", "."),
        ("1.234|5.678", ";", "."),
        ("1,234|1,5", ",", ","),
        ("0,123|0,456", ",", ","),  # no thousands begin with 0
        ("5,5 %|10,0 %", ";", ","),
        ("1,5 m|2,0 m", ",", ","),
        ("$152,300|$181,900", ";", "."),  # amounts of money have two decimals or none
        ("152.300 €|181.900 €", ";", ","),
        ("1,659 €|1,709 €", ";", ","),  # for a litre
        ("987|1,234|12,500", ";", "."),
        ("0|1,234|2,468", ";", ","),
        ("1|1.125|3.375", ";", "."),
        ("1,03,000|45,000", ";", "."),
        ("1.234,5|1", ",", ","),
        ("1,234.5|1", ";", "."),
        ("1,234e-05|2,345e-05", ";", ","),
        ("a|b", ";", "."),
        ("", ";", "."),
    ],
)
def test_the_decimal_mark_is_the_one_that_makes_numbers_of_most_cells(
    columns: str, separator: str, decimal: str
) -> None:
    assert propose_decimal([columns.split("|")], separator) == decimal
    # other columns decide where this one does not
    assert propose_decimal([columns.split("|"), ["x", "y"]], separator) == decimal


def test_a_unit_goes_to_the_name_unless_it_is_there() -> None:
    for name, unit, expected in (
        ("length", "cm", "length (cm)"),
        ("length [cm]", "cm", "length [cm]"),
        ("length_cm", "cm", "length_cm"),
        ("time", "m", "time (m)"),
        ("Temp. (C)", "°C", "Temp. (C)"),
        ("Temp.", "°C", "Temp. (°C)"),
        ("speed in m / s", "m/s", "speed in m / s"),
        ("area (m2)", "m²", "area (m2)"),
        ("Price ($)", "$", "Price ($)"),
        ("score", "", "score"),
    ):
        assert named_with(name, unit) == expected
    points = parse_clipboard("t\tF\n1 s\t2.5 N\n2 s\t3.5 N\n").points
    assert (points.x_name, points.y_name) == ("t (s)", "F (N)")


NUMBERS = st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: float(f"{value:.3f}") + 0.0)
WRITERS: dict[str, Callable[[float], str]] = {
    "plain": repr,
    "thousands": lambda value: f"{value:,.3f}",
    "blanks": lambda value: f"{value:,.3f}".replace(",", "\u202f"),
    "apostrophes": lambda value: f"{value:,.3f}".replace(",", "’"),
    "underscores": lambda value: f"{value:_.3f}",
    "unit": lambda value: f"{value:.3f} kg",
    "currency before": lambda value: f"${value:,.3f}",
    "currency behind": lambda value: f"{value:,.3f} €",
    "parentheses": lambda value: f"({-value:,.3f})" if value < 0 else f"{value:,.3f}",
    "money in parentheses": lambda value: f"(${-value:,.3f})" if value < 0 else f"${value:,.3f}",
    "trailing minus": lambda value: f"{-value:.3f}-" if value < 0 else f"{value:.3f}",
    "typographic minus": lambda value: f"{value:.3f}".replace("-", "\u2212"),
    "Fortran": lambda value: f"{value:.17E}".replace("E", "D"),
    "times ten": lambda value: "×10^".join(f"{value:.17e}".split("e")),
    "full width": lambda value: f"{value:.3f}".translate({code: code + 0xFEE0 for code in range(43, 58)}),
    "no width": lambda value: f"\u200b{value:.3f}\ufeff",
    "uncertain": lambda value: f"{value:.3f} ± 0.002",
}  # fmt: skip


@settings(max_examples=25)
@given(values=st.lists(NUMBERS, min_size=2, max_size=8))
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_in_a_notation_reads_back_as_the_same_numbers(
    name: str, decimal: str, values: list[float]
) -> None:
    swapped = str.maketrans(".,．", ",.，") if decimal == "," else {}
    cells = [WRITERS[name](value).translate(swapped) for value in values]
    assert read(cells, decimal) == values, cells


@settings(max_examples=100)
@given(values=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8), digits=st.integers(0, 4))
def test_a_percentage_is_the_float_of_its_hundredth(values: list[int], digits: int) -> None:
    cells = [f"{value}e-{digits}%" if digits else f"{value}%" for value in values]
    assert read(cells) == [float(f"{value}e-{digits + 2}") for value in values]


def test_a_cell_of_any_length_is_told_at_once() -> None:
    long = 100_000
    for cell in (
        "#" * long + "x",
        "[" * long,
        "(" * long,
        "1," * long,
        "1 " * long,
        "-" * long,
        "1" * long + "x",
        "5" + " " * long + "*",
    ):
        assert notation_of([cell, cell], ".") is None
        assert not is_number(cell[:-1] + "?")
    assert is_number("1" * long)


@pytest.mark.parametrize("cell", ["1" * 60_000 + "x", "1." * 30_000, '"a' * 30_000, "a " * 30_000 + ":"])
def test_a_table_with_a_cell_of_any_length_is_read_at_once(cell: str) -> None:
    table = "".join(f"{n};{n}.5;{cell}\n" for n in range(3))
    assert parse_clipboard("x;y;note, or none\n" + table).points.y.tolist() == [0.5, 1.5, 2.5]


@settings(max_examples=150)
@given(text=st.text(alphabet="0123456789.,-+()'_ eEdD%$€mcs°±×10^⁻³<>~*#!?/", max_size=24))
def test_no_text_breaks_the_reading_and_what_is_read_is_known_as_a_number(text: str) -> None:
    for decimal in ".,":
        notation = notation_of([text], decimal)
        if isinstance(notation, Numbers):
            assert is_number(text)
            assert not math.isnan(notation.read([text]).values[0])
