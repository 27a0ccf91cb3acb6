"""Columns of dates and times: what is read must be what the calendar of the standard library says."""

from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from core.experiment import Experiment, Points, Settings, load_experiment, save_experiment
from core.experiment.time_scale import TimeScale, time_scale
from core.export import program
from core.problem import Problem
from core.tables import Reading, open_table, preview, read_points, save_points
from core.tables.notations.dates import dates_of
from core.tables.reading import ERROR_CELL, MISSING, NOT_A_DATE
from core.texts import use_language

MAY = datetime(2024, 5, 1)
MOMENTS = [datetime(2024, 5, day, hour, 30) for day in (3, 4, 27) for hour in (0, 9, 12, 21)]
DAYS = [datetime(2024, 3, 9), datetime(2024, 3, 10), datetime(2024, 12, 31), datetime(2025, 5, 1)]
MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September"]
MONTHS += ["Oktober", "November", "Dezember"]


def chinese_time(moment: datetime) -> str:
    return f"{'上午' if moment.hour < 12 else '下午'}{(moment.hour - 1) % 12 + 1}:{moment:%M}"


# How people and programs write days, then days with times; every one of them has a 13 to 31 somewhere.
DAY_FORMS = {
    "ISO": lambda d: f"{d:%Y-%m-%d}",
    "slashes, day first": lambda d: f"{d:%d/%m/%Y}",
    "slashes, month first": lambda d: f"{d:%m/%d/%Y}",
    "without zeros": lambda d: f"{d.month}/{d.day}/{d.year}",
    "German": lambda d: f"{d:%d.%m.%Y}",
    "German, short": lambda d: f"{d.day}.{d.month}.{d:%y}",
    "German with blanks": lambda d: f"{d.day}. {d.month}. {d.year}",
    "German in words": lambda d: f"{d.day}. {MONTHS[d.month - 1]} {d.year}",
    "German, short words": lambda d: f"{d.day}. {MONTHS[d.month - 1][:3]} {d:%y}",
    "Chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "Chinese, slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "Chinese with the weekday": lambda d: (
        f"{d.year}年{d.month}月{d.day}日 星期{'一二三四五六日'[d.weekday()]}"
    ),
    "English": lambda d: f"{d:%B} {d.day}, {d.year}",
    "English with the weekday": lambda d: f"{d:%A}, {d:%B} {d.day}, {d.year}",
    "British": lambda d: f"{d.day} {d:%b} {d.year}",
    "a spreadsheet's": lambda d: f"{d.day}-{d:%b}-{d:%y}",
    "points, year first": lambda d: f"{d:%Y.%m.%d}",
    "wide digits": lambda d: f"{d:%Y-%m-%d}".translate({ord(str(n)): 0xFF10 + n for n in range(10)}),
}
MOMENT_FORMS = {
    "ISO": lambda d: d.isoformat(),
    "ISO with a blank": lambda d: f"{d:%Y-%m-%d %H:%M:%S}",
    "ISO without marks": lambda d: f"{d:%Y%m%dT%H%M%S}",
    "a fraction": lambda d: f"{d:%Y-%m-%d %H:%M:%S}.000",
    "a fraction with a comma": lambda d: f"{d:%d.%m.%Y %H:%M:%S},000",
    "twelve hours": lambda d: f"{d:%m/%d/%Y %I:%M:%S %p}",
    "twelve hours, small": lambda d: f"{d.month}/{d.day}/{d:%y} {d:%I:%M}" + ("am" if d.hour < 12 else "pm"),
    "German": lambda d: f"{d:%d.%m.%Y %H:%M} Uhr",
    "German in words": lambda d: f"{d.day}. {MONTHS[d.month - 1]} {d.year} {d:%H:%M}",
    "English in words": lambda d: f"{d:%B} {d.day}, {d.year} {d:%I:%M %p}",
    "Chinese": lambda d: f"{d.year}年{d.month}月{d.day}日 {chinese_time(d)}",
    "Chinese without a blank": lambda d: f"{d.year}年{d.month}月{d.day}日{d.hour}时{d.minute}分",
    "Chinese, slashes": lambda d: f"{d.year}/{d.month}/{d.day} {chinese_time(d)}",
    "a camera's": lambda d: f"{d:%Y:%m:%d %H:%M:%S}",
    "a server's": lambda d: f"{d:%d/%b/%Y:%H:%M:%S}",
    "two blanks": lambda d: f"{d:%d/%m/%Y  %H:%M}",
}


def numbers(cells: list[str], order: str | None = None) -> tuple[list[float], str]:
    """What a column of dates becomes, every cell of it being one."""
    found = dates_of(cells, order)
    assert found is not None, cells
    part = found.read(cells)
    assert not part.text.any(), cells
    x, scale = found.on_scale(part.values)
    return x.tolist(), str(scale)


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_days_are_counted_from_the_first_however_they_are_written() -> None:
    expected = [float((day - DAYS[0]).days) for day in DAYS]
    for name, written in DAY_FORMS.items():
        assert numbers([written(day) for day in DAYS]) == (expected, "days since 2024-03-09"), name


def test_seconds_are_counted_from_the_first_however_date_and_time_are_written() -> None:
    moments = [moment for moment in MOMENTS if moment.day < 5] + [datetime(2024, 5, 2, 23, 30)]
    first = min(moments)
    expected = [(moment - first).total_seconds() for moment in moments]
    for name, written in MOMENT_FORMS.items():
        cells = [written(moment) for moment in moments]
        found = dates_of(
            [*cells, written(datetime(2024, 5, 27, 8))]
        )  # its day says which number is the month
        assert found is not None, name
        x, scale = found.on_scale(found.read(cells).values)
        assert (x.tolist(), str(scale)) == (expected, "seconds since 2024-05-02T23:30:00"), name


def test_a_long_time_is_counted_in_days_also_with_times() -> None:
    expected = [(moment - MOMENTS[0]) / timedelta(days=1) for moment in MOMENTS]
    x, scale = numbers([moment.isoformat() for moment in MOMENTS])
    assert scale == "days since 2024-05-03T00:30:00"
    np.testing.assert_allclose(x, expected, rtol=0, atol=1e-12)


def test_months_are_their_first_days() -> None:
    expected = [0.0, 31.0, 59.0 + 1]  # 2024 has a 29th of February
    for cells in (
        ["2024-01", "2024-02", "2024-03"],
        ["01/2024", "02/2024", "03/2024"],
        ["2024年1月", "2024年2月", "2024年3月"],
        ["Jan 2024", "Feb 2024", "Mar 2024"],
        ["Jan-24", "Feb-24", "Mar-24"],
        ["Jänner 2024", "Februar 2024", "März 2024"],
    ):
        assert numbers(cells) == (expected, "days since 2024-01-01"), cells


def test_fractions_of_seconds_are_exact() -> None:
    assert numbers(["08:00:00.1", "08:00:00.2", "08:00:00.4"])[0] == [0.0, 0.1, 0.3]
    cells = [f"2024-05-01 23:59:59,{n:03}" for n in range(100, 110)]
    assert numbers(cells)[0] == [n / 1000 for n in range(10)]


def test_offsets_from_utc_are_respected_and_times_without_one_stay_as_written() -> None:
    # the clock of Berlin is put back at three on the 27th of October
    cells = ["2024-10-27T02:30:00+02:00", "2024-10-27T02:00:00+01:00", "2024-10-27T02:30:00+01:00"]
    moments = [datetime.fromisoformat(cell) for cell in cells]
    expected = [(moment - moments[0]).total_seconds() for moment in moments]
    assert numbers(cells) == (expected, "seconds since 2024-10-27T02:30:00+02:00")
    assert numbers(["2024-10-27T00:30:00Z", "2024-10-27 01:30:00 UTC"])[0] == [0.0, 3600.0]
    assert numbers(["2024-10-27T00:30", "2024-10-27T03:30"])[0] == [0.0, 3 * 3600.0]
    assert dates_of(["2024-10-27T00:30+30:00", "2024-10-27T03:30+30:00"]) is None


def test_times_of_day_count_from_the_first_and_durations_from_nothing() -> None:
    assert numbers(["08:00", "09:30"]) == ([0.0, 5400.0], "seconds since 08:00:00")
    assert numbers(["3:00 pm", "4:00:30 pm"]) == ([0.0, 3630.0], "seconds since 15:00:00")
    assert numbers(["下午3:00", "下午4:00"]) == ([0.0, 3600.0], "seconds since 15:00:00")
    assert numbers(["23:15:00", "26:15:00"]) == ([83_700.0, 94_500.0], "seconds")
    assert numbers(["1:02.5", "2:03"]) == ([62.5, 123.0], "seconds")
    assert numbers(["59:30", "1:00:30"]) == ([3570.0, 3630.0], "seconds")
    assert numbers(["0:30:00", "1 day, 2:30:00"]) == ([1800.0, 95_400.0], "seconds")
    assert numbers(["PT26H30M", "P1DT3H", "PT1.5S"]) == ([95_400.0, 97_200.0, 1.5], "seconds")
    assert numbers(["P999999D", "P1D"]) == ([999_999.0, 1.0], "days")
    assert dates_of(["P5M", "P6M"]) is None  # months, which are not equally long
    assert numbers(["0:00:00", "72:00:00"]) == ([0.0, 3.0], "days")
    assert numbers([str(timedelta(hours=-1)), "0:00:00"]) == ([-3600.0, 0.0], "seconds")


def test_times_of_day_run_on_over_midnight_where_they_only_run_on() -> None:
    assert numbers(["23:00", "23:30", "00:15", "01:00"])[0] == [0.0, 1800.0, 4500.0, 7200.0]
    assert numbers(["09:00", "08:00", "10:00"])[0] == [3600.0, 0.0, 7200.0]


def test_it_is_told_that_times_run_on_over_midnight(tmp_path: Path) -> None:
    read = read_points(table(tmp_path, "t,y\n23:00,1\n23:30,2\n00:15,3\n"))
    assert "over midnight" in read.message
    assert read.points.x[:, 0].tolist() == [0.0, 1800.0, 4500.0]
    assert "midnight" not in read_points(table(tmp_path, "t,y\n09:00,1\n09:30,2\n")).message


def test_two_digit_years_are_of_this_century_up_to_68() -> None:
    x, scale = numbers(["31.12.69", "31.12.99", "31.12.00", "31.12.68"])
    assert scale == "days since 1969-12-31"
    assert x[3] == (datetime(2068, 12, 31) - datetime(1969, 12, 31)).days


def test_numbers_words_and_versions_are_no_dates() -> None:
    for cells in (
        ["2021", "2022"],
        ["1.5", "2.5"],
        ["red", "may"],
        ["1.2.3.4", "x"],
        ["12:75", "25:99"],
        ["P", "T"],
    ):
        assert dates_of(cells) is None, cells
    assert dates_of(["31/02/2024", "30/02/2024"]) is None


def test_a_thirteenth_anywhere_decides_the_order_also_behind_the_first_rows(tmp_path: Path) -> None:
    start = datetime(2024, 3, 4)
    moments = [start + timedelta(minutes=10 * n) for n in range(2000)]
    for written in ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"):
        path = table(
            tmp_path, "t,y\n" + "".join(f"{m.strftime(written)},{n}\n" for n, m in enumerate(moments))
        )
        read = read_points(path)
        expected = [(moment - start) / timedelta(days=1) for moment in moments]
        np.testing.assert_allclose(read.points.x[:, 0], expected, rtol=0, atol=1e-12)
        assert read.points.x_time == "days since 2024-03-04"
        assert read.dropped == 0
        assert "03/04" not in read.message


def test_an_open_order_is_told_and_can_be_chosen(tmp_path: Path) -> None:
    path = table(tmp_path, "date,y\n03/04/2024,1\n04/04/2024,2\n06/04/2024,4\n")
    read = read_points(path)
    assert read.points.x_time == "days since 2024-04-03"
    assert "03/04/2024 is read as day/month/year" in read.message
    assert "month/day/year" in preview(open_table(path)).summary
    other = read_points(path, Reading(date_order="mdy"))
    assert other.points.x_time == "days since 2024-03-04"
    assert other.points.x[:, 0].tolist() == [0.0, 31.0, 92.0]
    assert "03/04/2024" not in other.message
    assert preview(open_table(path)).reading.date_order == "dmy"
    assert preview(open_table(table(tmp_path, "date,y\n2024-03-04,1\n"))).reading.date_order is None


def test_of_two_orders_the_one_is_assumed_in_which_the_dates_are_evenly_apart() -> None:
    for cells, order in (
        (["24/05/01", "24/05/02", "24/05/03"], "ymd"),
        (["03/04/2024 22:00", "03/04/2024 23:00", "04/04/2024 00:00"], "dmy"),
        (["04/03/2024 22:00", "04/03/2024 23:00", "04/04/2024 00:00"], "mdy"),
        (["5/1/2024 8:00 AM", "5/1/2024 9:00 AM"], "mdy"),
    ):
        found = dates_of(cells)
        assert found is not None
        assert found.order == order, cells
        assert len(found.open_orders) > 1, cells


def test_what_is_no_date_in_a_column_of_dates_is_left_out_with_its_reason(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "d,y\n2024-05-01,1\n\n2024-05-02,2\nn/a,3\nsoon,4\n2024-05-03,6\n#REF!,5\n2024-05-04,\n2024-05-05,7\n",
    )
    read = read_points(path)
    assert read.points.x[:, 0].tolist() == [0.0, 1.0, 2.0, 4.0]
    assert read.dropped_because == {MISSING: 2, NOT_A_DATE: 1, ERROR_CELL: 1}
    assert "soon" in read.message
    long = table(tmp_path, f"d,y\n2024-05-01,1\n2024-05-02,2\n{'soon ' * 100},3\n")
    assert len(read_points(long).message) < 250


def test_a_column_of_days_and_one_of_times_behind_it_are_one(tmp_path: Path) -> None:
    path = table(tmp_path, "day;clock;T\n1.5.2024;23:30;1,5\n2.5.2024;00:30;2,5\n2.5.2024;;3\n")
    read = read_points(path)
    assert read.points.x[:, 0].tolist() == [0.0, 3600.0]
    assert (read.points.x_name, read.points.x_time) == ("day clock", "seconds since 2024-05-01T23:30:00")
    assert read.dropped_because == {MISSING: 1}
    lines = [f"{MAY + timedelta(seconds=n):%Y-%m-%d %H:%M:%S} {n / 2}\n" for n in range(3000)]
    read = read_points(table(tmp_path, "".join(lines)))
    assert read.points.x[:, 0].tolist() == (2 * read.points.y).tolist() == list(range(3000))


def test_dates_are_proposed_as_x_and_refused_as_y(tmp_path: Path) -> None:
    path = table(tmp_path, "T,when,p\n1,2024-05-01,7\n2,2024-05-02,9\n")
    read = read_points(path)
    assert (read.points.x_name, read.points.y_name) == ("when", "p")
    with pytest.raises(Problem, match=r"when.*dates or times"):
        read_points(path, Reading(x="T", y="when"))
    assert read_points(path, Reading(x="T", y="p")).points.x_time == ""
    with pytest.raises(Problem, match=r"dates or times \(when\) and no column of numbers"):
        read_points(table(tmp_path, "when,what\n2024-05-01,a\n2024-05-02,b\n"))
    with pytest.raises(Problem, match="Only the column “T” has numbers"):
        read_points(table(tmp_path, "when,T\n2024-05-01,1\n2024-05-02,2\n"), Reading(x="T"))


def test_years_in_a_column_of_numbers_stay_numbers(tmp_path: Path) -> None:
    read = read_points(table(tmp_path, "year,y\n2021,1\n2022,2\n"))
    assert (read.points.x[:, 0].tolist(), read.points.x_time) == ([2021.0, 2022.0], "")


def test_a_scale_is_its_text_and_says_the_moment_of_every_x() -> None:
    zone = timezone(timedelta(hours=2))
    for scale, text, moment in (
        (TimeScale("days", MAY), "days since 2024-05-01", datetime(2024, 5, 2, 12)),
        (
            TimeScale("seconds", MAY.replace(hour=8)),
            "seconds since 2024-05-01T08:00:00",
            datetime(2024, 5, 1, 8, 0, 1, 500_000),
        ),
        (
            TimeScale("seconds", MAY.replace(tzinfo=zone)),
            "seconds since 2024-05-01T00:00:00+02:00",
            datetime(2024, 5, 1, 0, 0, 1, 500_000, zone),
        ),
        (TimeScale("seconds", time(8, 0)), "seconds since 08:00:00", timedelta(hours=8, seconds=1.5)),
        (TimeScale("days"), "days", timedelta(hours=36)),
    ):
        assert str(scale) == text
        assert time_scale(text) == scale
        assert scale.at(1.5) == moment
        assert scale.at(1e300) is None
    assert time_scale("seconds since 2024-05-01T00:00:00Z").origin == MAY.replace(tzinfo=UTC)
    for text in ("hours since 2024-05-01", "days since yesterday", "days since ", "x", "seconds since"):
        with pytest.raises(Problem, match="days since 2024-05-01"):
            time_scale(text)


def test_an_experiment_keeps_what_x_counts_and_every_bit(tmp_path: Path) -> None:
    points = Points([0.1, 1 / 3], [1, 2], "Datum", "T", "t.csv", "days since 2024-05-01T08:00:00+02:00")
    path = tmp_path / "a.fit.json"
    save_experiment(Experiment(points, Settings()), path)
    opened = load_experiment(path).points
    assert opened == points
    assert opened.x_time == points.x_time
    assert opened.x.tobytes() == points.x.tobytes()
    assert points.added([2.0], [3.0]).x_time == points.x_time
    assert points != Points(points.x, points.y, "Datum", "T")
    path.write_text(path.read_text().replace("days since", "moons since"))
    with pytest.raises(Problem, match="x_time"):
        load_experiment(path)


def test_points_with_dates_are_saved_as_dates_that_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    for x, x_time, first in (
        ([0.0, 1.0, 30.0], "days since 2024-05-01", "2024-05-01,1.0"),
        ([0.0, 0.25, 3600.0], "seconds since 2024-05-01T08:00:00", "2024-05-01 08:00:00,1.0"),
        ([0.0, 3600.0, 7200.0], "seconds since 23:30:00", "23:30:00,1.0"),
        ([0.0, 1.5], "seconds since 2024-05-01T08:00:00+02:00", "2024-05-01 08:00:00+02:00,1.0"),
    ):
        points = Points(x, np.arange(1.0, len(x) + 1), "when", "T", "", x_time)
        save_points(points, path)
        assert path.read_text().splitlines()[1] == first
        assert read_points(path).points == points, x_time


def test_durations_and_what_no_calendar_has_are_saved_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    save_points(Points([0.5, 1.5], [1, 2], "t", "y", "", "seconds"), path)
    assert path.read_text() == "t (seconds),y\n0.5,1.0\n1.5,2.0\n"
    save_points(Points([0.0, 1e9], [1, 2], "t", "y", "", "days since 2024-05-01"), path)
    assert path.read_text() == "t (days since 2024-05-01),y\n0.0,1.0\n1000000000.0,2.0\n"


def test_an_exported_program_says_what_x_counts() -> None:
    points = Points([0.0, 1.0, 3.0], [1, 2, 4], "when", "T", "", "days since 2024-05-01")
    for code, comment in (("en", "x counts days since 2024-05-01."), ("zh_CN", "自 2024-05-01 起的天数")):
        use_language(code)
        text = program(points, Settings(steps=2)).text()
        assert comment in text
        assert points.x_title in text
        compile(text, "fit.py", "exec")


def test_a_column_read_at_once_is_the_same_as_cell_by_cell() -> None:
    start = datetime(1899, 12, 30, 22, 58, 59)
    moments = [start + timedelta(days=37 * n, minutes=17 * n, milliseconds=7 * n) for n in range(2000)]
    for form in (
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%dT%H:%M",
        "%Y/%m/%d",
        "%d.%m.%Y %H:%M:%S,%f",
        "%m/%d/%Y %H:%M:%S",
        "%d-%m-%Y",
        "%H:%M:%S.%f",
    ):
        cells = [moment.strftime(form) for moment in moments]
        found = dates_of(cells)
        assert found is not None
        regular = found.read([*cells, None])
        one_by_one = found.read([*cells, None, "soon"])  # which is unlike the others
        np.testing.assert_allclose(regular.values[:-1], one_by_one.values[:-2], rtol=0, atol=1e-5)
        assert np.isnan(regular.values[-1])
        assert not regular.text.any()
        assert one_by_one.text.tolist() == [False] * 2001 + [True]
        x, scale = found.on_scale(regular.values[:-1])
        if "H" not in form or "Y" not in form:
            continue
        parsed = [datetime.strptime(cell, form) for cell in cells]
        expected = [(moment - parsed[0]) / timedelta(days=1) for moment in parsed]
        np.testing.assert_allclose(x, expected, rtol=1e-15, atol=1e-12)
        assert scale.origin == parsed[0]


def test_days_that_no_calendar_has_and_odd_cells_are_found_among_regular_ones() -> None:
    good = [f"2024-02-{day:02}" for day in range(1, 30)]
    for bad in ("2024-02-30", "2024-13-01", "2024-00-10", "2024-02-1O", "2024-02-011", "２024-02-01", "soon"):
        found = dates_of(good)
        assert found is not None
        part = found.read([*good, bad])
        expected = [False] * len(good) + [bad != "２024-02-01"]  # wide digits are digits
        assert part.text.tolist() == expected, bad
    clocks = dates_of(["08:00:00", "09:00:00"])
    assert clocks is not None
    assert clocks.read(["08:00:00", "08:60:00", "08:00:75"]).text.tolist() == [False, True, True]
