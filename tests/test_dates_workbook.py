"""Dates, times and durations come out of every kind of workbook as its cells have them."""

import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from core.tables import Reading, read_points

XLS = Path(__file__).parent / "dates"
DAY = timedelta(days=1)
ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Sheet">{rows}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<?xml version="1.0"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
)


def xlsx(path: Path, cells: Iterable[object], form: str, epoch: datetime = CALENDAR_WINDOWS_1900) -> Path:
    """A workbook with these cells beside 0, 1, 4, 9 …"""
    book = openpyxl.Workbook()
    book.epoch = epoch
    sheet = book.active
    sheet.append(["t", "y"])
    for row, cell in enumerate(cells):
        sheet.append([cell, row * row])
        sheet.cell(row + 2, 1).number_format = form
    book.save(path)
    return path


def ods(path: Path, kind: str, values: Iterable[str]) -> Path:
    """A workbook whose cells have values of a kind of OpenDocument, beside 0, 1, 4, 9 …"""
    texts = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        for name in "ty"
    )
    rows = f"<table:table-row>{texts}</table:table-row>"
    for row, value in enumerate(values):
        rows += (
            f'<table:table-row><table:table-cell office:value-type="{kind}" office:{kind}-value="{value}">'
            f'<text:p>{value}</text:p></table:table-cell><table:table-cell office:value-type="float" '
            f'office:value="{row * row}"><text:p>{row * row}</text:p></table:table-cell></table:table-row>'
        )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows=rows))
    return path


def read(path: Path, sheet: str | None = None) -> tuple[list[float], str]:
    points = read_points(path, Reading(sheet=sheet)).points
    return points.x[:, 0].tolist(), points.x_time


def test_the_cells_of_xlsx_are_what_they_are_formatted_as_in_both_calendars(tmp_path: Path) -> None:
    days = [date(2024, 2, 28) + n * DAY for n in range(4)]
    moments = [datetime(2024, 5, 1, 8) + timedelta(minutes=20 * n) for n in range(4)]
    times = [time(8, 30), time(9), time(9, 30)]
    lengths = [timedelta(minutes=30), timedelta(hours=25), timedelta(hours=26, seconds=1.5)]
    for cells, form, epoch, expected in (
        (days, "dd/mm/yyyy", CALENDAR_WINDOWS_1900, ([0.0, 1.0, 2.0, 3.0], "days since 2024-02-28")),
        (
            moments,
            "m/d/yy h:mm",
            CALENDAR_MAC_1904,
            ([0.0, 1200.0, 2400.0, 3600.0], "seconds since 2024-05-01T08:00:00"),
        ),
        (times, "hh:mm", CALENDAR_WINDOWS_1900, ([0.0, 1800.0, 3600.0], "seconds since 08:30:00")),
        (lengths, "[h]:mm:ss", CALENDAR_MAC_1904, ([1800.0, 90_000.0, 93_601.5], "seconds")),
        ([45_000, 45_001.5], "General", CALENDAR_WINDOWS_1900, ([45_000.0, 45_001.5], "")),
    ):
        assert read(xlsx(tmp_path / "book.xlsx", cells, form, epoch)) == expected, form


def test_the_cells_of_ods_are_what_they_are_also_durations_of_more_than_a_day(tmp_path: Path) -> None:
    for kind, values, expected in (
        ("date", ["2024-02-28", "2024-02-29", "2024-03-01"], ([0.0, 1.0, 2.0], "days since 2024-02-28")),
        (
            "date",
            ["2024-05-01T08:00:00", "2024-05-01T08:20:00.5"],
            ([0.0, 1200.5], "seconds since 2024-05-01T08:00:00"),
        ),
        ("time", ["PT08H30M00S", "PT09H30M00S"], ([0.0, 3600.0], "seconds since 08:30:00")),
        ("time", ["PT23H30M00S", "PT25H30M00S"], ([84_600.0, 91_800.0], "seconds")),
    ):
        assert read(ods(tmp_path / "book.ods", kind, values)) == expected, values


def test_the_cells_of_xls_are_what_they_are_formatted_as_in_both_calendars() -> None:
    assert read(XLS / "dates.xls", "dates") == ([0.0, 1.0, 2.0, 3.0], "days since 2024-02-28")
    # the other file holds the same numbers; its calendar begins 1,462 days later
    moment = datetime(2024, 5, 1, 8) + 1462 * DAY
    hours = [0.0, 3600.0, 7200.0, 10_800.0]
    assert read(XLS / "dates_1904.xls", "moments") == (hours, f"seconds since {moment.isoformat()}")
    assert read(XLS / "dates.xls", "times") == (hours, "seconds since 08:30:00")
    assert read(XLS / "dates.xls", "durations") == ([82_800.0, 86_400.0, 90_000.0, 93_600.0], "seconds")
