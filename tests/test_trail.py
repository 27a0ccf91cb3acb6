"""The path over the landscape: its places against the plane's own, however it grew, and its pixels."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem
from pytestqt.qtbot import QtBot

from core.insight.plane import Plane
from core.training.path import Path, Way
from gui.plots.trail import FAR, LONGEST, MOST, Places, Trail
from gui.theme import MODEL, Theme

Floats = NDArray[np.float64]

FLAT = Plane(np.zeros(2), np.eye(2), ("w", "b"))
SLANTED = Plane(np.array([1.0, -2.0, 0.5]), np.array([[1.0, 2.0, 0.0], [0.0, 1.0, -3.0]]), ("one", "two"))
WIDE, HIGH = 200, 100
VIEW = ((0.0, 20.0), (0.0, 10.0))  # ten pixels for one
CORNER = np.array([[2.0, 2.0], [10.0, 2.0], [10.0, 8.0], [18.0, 8.0]])


def walk(steps: int, size: int = 3, seed: int = 0) -> Floats:
    """Parameters `[steps, size]` of a run that goes anywhere."""
    return np.random.default_rng(seed).normal(size=(steps, size)).cumsum(axis=0)


def way_of(numbers: Floats, stride: int = 1, cuts: int = 0) -> Way:
    """A way of which these are kept."""
    return Way(numbers, stride, (len(numbers) - 1) * stride, cuts)


def taken(way: Way, plane: Plane = SLANTED, run: int = 1) -> Places:
    """The places of a way that is seen at once."""
    places = Places()
    places.take(run, way, plane)
    return places


# --- where it has been --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stride", [1, 4])
def test_of_a_short_run_every_kept_step_has_its_place(stride: int) -> None:
    numbers = walk(50)
    places = taken(way_of(numbers, stride))
    assert places.steps.tolist() == list(range(0, 50 * stride, stride))
    assert places.at == pytest.approx(SLANTED.places(numbers), rel=1e-12)


@pytest.mark.parametrize("steps", [MOST, MOST + 1, 3 * MOST, 10 * MOST + 7])
def test_of_a_long_run_evenly_spaced_steps_have_theirs_and_no_more_than_can_be_drawn(steps: int) -> None:
    numbers = walk(steps)
    places = taken(way_of(numbers, stride=2))
    assert MOST / 2 <= len(places.steps) <= MOST
    assert places.steps[0] == 0
    assert len(set(np.diff(places.steps).tolist())) == 1
    assert places.at == pytest.approx(SLANTED.places(numbers[places.steps // 2]), rel=1e-12)


@given(pieces=st.lists(st.integers(1, 2 * MOST), min_size=1, max_size=8))
def test_a_run_seen_in_pieces_has_the_places_of_one_seen_at_once(pieces: list[int]) -> None:
    numbers = walk(sum(pieces))
    places = Places()
    for end in np.cumsum(pieces):
        places.take(1, way_of(numbers[:end]), SLANTED)
    whole = taken(way_of(numbers))
    assert np.array_equal(places.steps, whole.steps)
    assert places.at == pytest.approx(whole.at, rel=1e-12)  # a product of few rows may round differently


def test_a_path_that_keeps_ever_fewer_of_its_steps_is_followed() -> None:
    path = Path([np.zeros(40_000, dtype=np.float32)])
    plane = Plane(np.zeros(40_000), np.eye(2, 40_000), ("one", "two"))
    places, rng = Places(), np.random.default_rng(3)
    for _frame in range(8):
        for _step in range(25):
            path.append([rng.normal(size=40_000).astype(np.float32)])
        places.take(1, path.way(), plane)
    assert path.way().stride > 1
    assert places.at == pytest.approx(plane.places(path.way().numbers), rel=1e-12)
    assert places.steps[-1] == path.way().kept(200)


def test_a_branch_begins_anew_also_where_it_is_as_long() -> None:
    before, after = walk(30), walk(30, seed=1)
    places = taken(way_of(before))
    places.take(1, way_of(after, cuts=1), SLANTED)
    assert places.at == pytest.approx(SLANTED.places(after), rel=1e-12)
    places.take(1, way_of(after[:10], cuts=2), SLANTED)
    assert places.steps.tolist() == list(range(10))


def test_another_run_begins_anew_and_so_does_another_plane() -> None:
    numbers = walk(30)
    places = taken(way_of(numbers))
    places.take(2, way_of(walk(30, seed=1)), SLANTED)
    assert places.at == pytest.approx(SLANTED.places(walk(30, seed=1)), rel=1e-12)
    for turn in range(50):  # a new plane may well lie in memory where the one before last did
        plane = Plane(SLANTED.origin + turn, SLANTED.along, SLANTED.names)
        places.take(2, way_of(numbers), plane)
        assert places.at[7] == pytest.approx(plane.places(numbers[7:8])[0], rel=1e-12)
        del plane


# --- what is painted ----------------------------------------------------------------------------------------


class Scene:
    """A trail upon nothing, ten pixels for one."""

    def __init__(self, at: Floats, step: int | None = None, stride: int = 1) -> None:
        self.trail = Trail(Theme())
        self.trail.stand_in(QSizeF(WIDE, HIGH), VIEW)
        self.trail.places.take(1, way_of(at, stride), FLAT)
        step = len(at) - 1 if step is None else step
        self.trail.choose(step * stride, at[step])
        self._scene = QGraphicsScene(0, 0, WIDE, HIGH)
        self._scene.addItem(self.trail)

    def colours(self) -> NDArray[np.uint8]:
        """What is painted: `[HIGH, WIDE]` times red, green, blue, and how opaque."""
        image = QImage(WIDE, HIGH, QImage.Format.Format_RGBA8888)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self._scene.render(painter)
        painter.end()
        return np.array(image.constBits(), dtype=np.uint8).reshape(HIGH, WIDE, 4)

    def colour_at(self, u: float, v: float) -> str:
        """The colour of a place, "" for none."""
        red, green, blue, opaque = self.colours()[round(HIGH - 10 * v) - 1, round(10 * u)].tolist()
        return QColor(red, green, blue).name() if opaque > 200 else ""

    def painted(self) -> int:
        """How many pixels have been painted."""
        return int(np.count_nonzero(self.colours()[..., 3] > 100))


@pytest.mark.usefixtures("qapp")
class TestPainting:
    def test_the_line_passes_where_the_run_did_and_nowhere_else(self) -> None:
        scene = Scene(CORNER)
        for u, v in ((2.5, 2), (6, 2), (10, 2), (10, 5), (14, 8), (17.5, 8)):
            assert scene.colour_at(u, v) == MODEL.lower()
        for u, v in ((2, 8), (6, 3), (14, 2), (18, 9), (19, 8)):
            assert scene.colour_at(u, v) == ""
        assert 2 * 210 < scene.painted() < 2.6 * 220  # two pixels wide, 220 long

    def test_what_lies_beyond_the_chosen_step_is_faded(self) -> None:
        scene, faded = Scene(CORNER, step=1), Theme().faded(MODEL)
        assert [scene.colour_at(*place) for place in ((6, 2), (10, 5), (14, 8))] == [
            MODEL.lower(),
            faded,
            faded,
        ]

    def test_a_chosen_step_that_is_not_kept_is_on_the_line_too(self) -> None:
        scene = Scene(CORNER, step=1)
        scene.trail.choose(1, np.array([10.0, 0.5]))
        assert scene.colour_at(10, 1.2) != ""

    def test_a_stretch_is_broader_than_the_rest(self) -> None:
        scene = Scene(CORNER)
        before = scene.painted()
        scene.trail.show_stretch((1, 2))
        assert scene.painted() == pytest.approx(before + 2 * 60, abs=12)  # 60 pixels, two more wide
        scene.trail.show_stretch(None)
        assert scene.painted() == before

    @pytest.mark.parametrize(
        ("stretch", "broader"), [((11, 15), True), ((10, 20), True), ((40, 90), False), ((30, 30), False)]
    )
    def test_a_stretch_between_kept_steps_is_shown_as_far_as_they_are(
        self, stretch: tuple[int, int], broader: bool
    ) -> None:
        scene = Scene(CORNER, stride=10)
        before = scene.painted()
        scene.trail.show_stretch(stretch)
        assert scene.painted() == pytest.approx(before + 2 * 60 * broader, abs=12 * broader)

    def test_steps_out_of_sight_and_beyond_all_numbers_are_no_harm(self) -> None:
        away = np.array([[np.nan, 1.0], [np.inf, -np.inf], [1e308, -1e308], [-1e308, 5.0]])
        scene = Scene(np.vstack((CORNER, away)), step=3)
        assert scene.colour_at(6, 2) == MODEL.lower()
        x, y = scene.trail.pixels(np.vstack((CORNER, away)))
        assert np.abs(x).max() <= FAR * WIDE
        assert np.abs(y).max() <= FAR * HIGH

    def test_nothing_is_painted_without_a_run(self) -> None:
        scene = Scene(CORNER)
        scene.trail.places.clear()
        assert scene.painted() == 0


class Recorder:
    """Stands in for a painter, and keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[Floats] = []
        self.smooth: list[bool] = []

    def setPen(self, pen: object) -> None:  # noqa: N802
        """As that of Qt."""

    def setRenderHint(self, hint: object, on: bool) -> None:  # noqa: N802
        """As that of Qt."""
        self.smooth.append(on)

    def drawPath(self, path: QPainterPath) -> None:  # noqa: N802
        """As that of Qt."""
        for line in path.toSubpathPolygons():
            self.lines.append(np.array([(point.x(), point.y()) for point in line]))


def recorded(at: Floats) -> Recorder:
    """What would be painted of a run that is all done."""
    scene, recorder = Scene(at), Recorder()
    scene.trail.paint(cast(QPainter, recorder), QStyleOptionGraphicsItem())
    return recorder


def length(line: Floats) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def test_a_path_that_leaps_to_and_fro_stays_cheap_and_both_its_ends_are_drawn(qtbot: QtBot) -> None:
    leaps = (
        np.tile([[1.0, 1.0], [19.0, 9.0]], (MOST // 2, 1)) + 0.1 * np.sin(np.arange(2 * (MOST // 2)))[:, None]
    )
    first, last = recorded(leaps).lines
    assert LONGEST - 500 <= length(first) + length(last) <= LONGEST
    assert len(first) + len(last) < 250
    assert first[0] == pytest.approx([10 * leaps[0, 0], HIGH - 10 * leaps[0, 1]])
    assert last[-1] == pytest.approx([10 * leaps[-1, 0], HIGH - 10 * leaps[-1, 1]])


@pytest.mark.parametrize("factor", [1.2, 3.0, 1e5])
def test_of_a_run_that_swings_ever_further_out_its_beginning_is_drawn_where_it_was(
    qtbot: QtBot, factor: float
) -> None:
    """From a corner to the middle, and to and fro along (2, 1), until it is beyond all numbers."""
    with np.errstate(all="ignore"):
        out = np.append((-factor) ** np.arange(3_000), np.nan)
        path = np.array([10.0, 5.0]) + np.outer(out, [0.5, 0.25])
    path[0] = [12.0, 2.0]
    first, *later = recorded(path).lines
    assert first[0] == pytest.approx([120.0, 80.0])
    if factor < 8:
        assert first[1] == pytest.approx([10 * path[1, 0], HIGH - 10 * path[1, 1]])
    for line in later:
        assert line[:, 1] == pytest.approx(50 - (line[:, 0] - 100) / 2, abs=0.1)
        assert length(line) < 1.2 * np.hypot(WIDE, HIGH)


def test_many_steps_within_a_pixel_are_one_piece_of_line(qtbot: QtBot) -> None:
    slow = np.column_stack((np.linspace(2.0, 3.0, MOST), np.full(MOST, 5.0)))
    (line,) = recorded(slow).lines
    assert len(line) <= 14
    assert length(line) == pytest.approx(10.0, abs=0.1)
