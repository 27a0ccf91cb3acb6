"""The axis of dates: its ticks are rounded dates and times, at the places that the calendar gives them."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from core.experiment import Points
from core.experiment.time_scale import TimeScale, time_scale
from core.texts import use_language
from gui.plots.date_ticks import date_ticks
from gui.plots.fit_plot import FitPlot
from gui.plots.sweep_curves import SweepCurves
from gui.theme import Theme

MOST = 8


def labels(text: str, low: float, high: float) -> list[str]:
    return [label for _x, label in date_ticks(time_scale(text), low, high, MOST)]


def test_ticks_are_rounded_dates_and_times() -> None:
    for text, low, high, expected in (
        ("seconds since 2024-05-01T08:10:00", 0, 7200, "08:15 08:30 08:45 09:00 09:15 09:30 09:45 10:00"),
        ("seconds since 2024-05-01T08:00:00", 0, 20, "08:00:00 08:00:05 08:00:10 08:00:15 08:00:20"),
        (
            "seconds since 2024-05-01T08:00:00",
            0,
            0.5,
            "08:00:00.0 08:00:00.1 08:00:00.2 08:00:00.3 08:00:00.4 08:00:00.5",
        ),
        (
            "seconds since 2024-05-01T20:00:00",
            0,
            57600,
            "20:00 22:00 May~2 02:00 04:00 06:00 08:00 10:00 12:00",
        ),
        ("days since 2024-05-01", -1, 2, "Apr~30 12:00 May~1 12:00 May~2 12:00 May~3"),
        ("days since 2024-12-29", 0, 5, "Dec~29 Dec~30 Dec~31 Jan~1,~2025 Jan~2 Jan~3"),
        ("days since 2024-02-26", 0, 7, "Feb~26 Feb~27 Feb~28 Feb~29 Mar~1 Mar~2 Mar~3 Mar~4"),
        ("days since 2024-05-01", 0, 240, "May Jun Jul Aug Sep Oct Nov Dec"),
        ("days since 2024-05-01", 100, 700, "Oct Jan~2025 Apr Jul Oct Jan~2026 Apr"),
        ("days since 2020-05-01", 0, 2500, "2021 2022 2023 2024 2025 2026 2027"),
        ("seconds since 22:00:00", 0, 14400, "22:00 22:30 23:00 23:30 00:00 00:30 01:00 01:30 02:00"),
        ("seconds", 82800, 97200, "23:00 23:30 24:00 24:30 25:00 25:30 26:00 26:30 27:00"),
        ("seconds", -60, 60, "−0:01:00 −0:00:45 −0:00:30 −0:00:15 0:00:00 0:00:15 0:00:30 0:00:45 0:01:00"),
        ("days", 0, 4, "0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0"),
    ):
        found = labels(text, low, high)
        assert found == [word.replace("~", " ") for word in expected.split()], (text, low, high)


def test_a_tick_is_where_its_date_is() -> None:
    origin = datetime(2024, 5, 1, 8, 20)
    scale = TimeScale("seconds", origin)
    for x, label in date_ticks(scale, 0, 7200, MOST):
        moment = origin + timedelta(seconds=x)
        assert label == f"{moment:%H:%M}"
    for x, label in date_ticks(TimeScale("days", origin), 0, 300, MOST):
        moment = origin + timedelta(days=x)
        assert (moment.day, moment.hour, moment.minute) == (1, 0, 0)
        assert label == f"{moment:%b}" + (" 2025" if moment.month == 1 else "")


def test_ticks_are_never_many_and_go_on_as_numbers_where_the_calendar_ends() -> None:
    for unit in (
        "seconds since 2024-05-01T08:00:00",
        "days since 2024-05-01",
        "seconds since 08:00:00",
        "seconds",
    ):
        for span in np.geomspace(1e-9, 1e18, 200):
            ticks = date_ticks(time_scale(unit), -span / 3, span, MOST)
            assert len(ticks) <= MOST * 4 / 3 + 2, (unit, span)
            assert all(-span / 3 <= x <= span for x, _label in ticks), (unit, span)
    assert labels("days since 2024-05-01", 0, 1e7)[1] == "2·10⁶"


def test_chinese_ticks_are_in_its_order() -> None:
    use_language("zh_CN")
    assert labels("days since 2024-12-30", 0, 3) == [
        "12月30日",
        "12:00",
        "12月31日",
        "12:00",
        "2025年1月1日",
        "12:00",
        "1月2日",
    ]
    assert labels("days since 2024-05-01", 100, 400) == ["10月", "2025年1月", "4月"]
    assert labels("days since 2024-05-01", 100, 300)[-2:] == ["2025年1月", "2月"]


def test_one_long_label_does_not_thin_out_the_others(qapp: QApplication) -> None:
    plot = FitPlot(Theme())
    plot.resize(560, 500)
    plot.show()
    plot.show_points(Points([0, 10, 48], [1, 2, 3], "Datum", "T", "", "days since 2023-12-28"))
    shown = [label for _x, label in plot.axes["bottom"].ticks()]
    assert len(shown) >= 4
    assert any(label.endswith(", 2024") for label in shown)
    plot.close()


@pytest.mark.parametrize("plot", [FitPlot, SweepCurves])
def test_the_axis_of_a_plot_shows_dates_and_then_numbers_again(
    plot: type[FitPlot | SweepCurves], qapp: QApplication
) -> None:
    shown = plot(Theme())
    shown.resize(800, 500)
    shown.show()
    dated = Points([0, 3600, 7200], [1, 2, 3], "Datum", "T", "", "seconds since 2024-05-01T08:00:00")
    shown.show_points(dated)
    axis = shown.axes["bottom"]
    assert "09:00" in [label for _x, label in axis.ticks()]
    assert axis.name == "Datum (x: seconds since 2024-05-01 08:00:00)"
    assert {x for x, _label in axis.ticks()} <= set(shown.grid.xData.tolist())
    shown.show_points(Points([0, 3600, 7200], [1, 2, 3], "t", "T"))
    assert "09:00" not in [label for _x, label in axis.ticks()]
    assert axis.name == "t"
    assert {x for x, _label in axis.ticks()} <= set(shown.grid.xData.tolist())
    shown.close()
