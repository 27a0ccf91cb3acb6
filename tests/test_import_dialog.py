"""The import dialog shows how a table is read, lets the person change it, and says what will be left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from core.tables import Reading, read_points
from core.texts import use_language
from gui.dialogs.import_dialog import ImportDialog
from gui.dialogs.preview_model import LONGEST_CELL
from gui.theme import Theme

MESSY = Path(__file__).parent / "messy"
DATA = Path(__file__).parent.parent / "resources" / "data"

# the offscreen platform says so for every list that is opened
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

Open = Callable[[Path | str], ImportDialog]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    """Opens the dialog and waits until it has looked at the table."""

    def opened(source: Path | str) -> ImportDialog:
        dialog = ImportDialog(source, Theme())
        qtbot.addWidget(dialog)
        dialog.open()
        wait(dialog, qtbot)
        return dialog

    return opened


def wait(dialog: ImportDialog, qtbot: QtBot) -> None:
    """Wait until the preview shows what was asked for."""
    qtbot.waitUntil(lambda: not dialog.busy, timeout=10_000)


def child(dialog: ImportDialog, name: str) -> QWidget:
    """The widget called `import_NAME`."""
    widget = dialog.findChild(QWidget, f"import_{name}")
    assert widget is not None
    return widget


def combo(dialog: ImportDialog, name: str) -> QComboBox:
    widget = child(dialog, name)
    assert isinstance(widget, QComboBox)
    return widget


def summary(dialog: ImportDialog) -> str:
    label = child(dialog, "summary")
    assert isinstance(label, QLabel)
    return label.text()


def shown_cells(dialog: ImportDialog) -> list[list[str]]:
    """The texts in the preview."""
    view = child(dialog, "preview")
    assert isinstance(view, QTableView)
    model = view.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def pick(dialog: ImportDialog, name: str, text: str, qtbot: QtBot) -> None:
    """Choose an item of a list with the keyboard."""
    box = combo(dialog, name)
    box.setFocus()
    box.showPopup()
    view = box.view()
    index = view.model().index(box.findText(text), 0)
    view.setCurrentIndex(index)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    wait(dialog, qtbot)


def press(dialog: ImportDialog, name: str, qtbot: QtBot) -> None:
    """Click a button with the mouse."""
    qtbot.mouseClick(child(dialog, name), Qt.MouseButton.LeftButton)


def test_the_proposals_are_shown_and_can_be_accepted_at_once(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MESSY / "semicolon_decimal_comma.csv")
    assert combo(dialog, "separator").currentData() == ";"
    assert combo(dialog, "decimal").currentData() == ","
    assert combo(dialog, "encoding").currentData() == "utf-8"
    header = child(dialog, "header")
    assert isinstance(header, QCheckBox)
    assert header.isChecked()
    assert shown_cells(dialog)[0] == ["-1,388", "16,186"]
    assert summary(dialog) == "12 points."
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.table is not None
    assert len(read_points(dialog.table, dialog.reading).points) == 12


def test_the_person_picks_the_columns(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(DATA / "penguins.csv")
    assert (combo(dialog, "x").currentText(), combo(dialog, "y").currentText()) == (
        "bill_length_mm",
        "bill_depth_mm",
    )
    pick(dialog, "x", "flipper_length_mm", qtbot)
    pick(dialog, "y", "body_mass_g", qtbot)
    press(dialog, "open", qtbot)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.table is not None
    points = read_points(dialog.table, dialog.reading).points
    assert (points.x_name, points.y_name, len(points)) == ("flipper_length_mm", "body_mass_g", 342)


def test_x_and_y_change_places_when_one_takes_the_others_column(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MESSY / "plain.csv")
    pick(dialog, "x", "y", qtbot)
    assert (combo(dialog, "x").currentText(), combo(dialog, "y").currentText()) == ("y", "x")
    assert child(dialog, "open").isEnabled()


def test_a_column_of_text_is_greyed_and_says_why(opened: Open) -> None:
    dialog = opened(DATA / "penguins.csv")
    box = combo(dialog, "x")
    index = box.findText("species")
    assert not box.model().flags(box.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert "text" in box.itemData(index, Qt.ItemDataRole.ToolTipRole)


def test_rows_that_will_be_left_out_are_counted_and_marked(opened: Open) -> None:
    dialog = opened(MESSY / "missing_cells.csv")
    assert summary(dialog) == "12 points. 4 rows are left out: 4 have a missing cell."
    view = child(dialog, "preview")
    assert isinstance(view, QTableView)
    colour = {
        row: view.model().index(row, 0).data(Qt.ItemDataRole.BackgroundRole).color() for row in range(8)
    }
    assert colour[7] == colour[5] != colour[0]


def test_a_number_in_another_notation_than_its_column_is_marked_and_the_others_are_not(
    opened: Open, qtbot: QtBot
) -> None:
    dialog = opened("t\tlength\tshare\n1\t10 cm\t5 %\n2\t1 m\t6 %\n3\t12 cm\t(7 %)\n4\t15 cm\t8\n")
    view = child(dialog, "preview")
    assert isinstance(view, QTableView)

    def marked(column: int) -> list[int]:
        """The rows of which a cell in a column is in the colour of warnings."""
        model = view.model()
        colours = [
            model.index(row, column).data(Qt.ItemDataRole.ForegroundRole) for row in range(model.rowCount())
        ]
        warning = QColor(Theme().warning)
        return [row for row, colour in enumerate(colours) if colour and colour.color() == warning]

    assert (marked(0), marked(1)) == ([], [1])
    assert view.model().headerData(1, Qt.Orientation.Horizontal) == "length (cm)\ny axis"
    pick(dialog, "y", "share", qtbot)
    assert marked(2) == [3]


def test_no_more_of_a_cell_is_given_to_the_screen_than_has_room(opened: Open) -> None:
    dialog = opened(f"x;y;note\n1;2;{'so ' * 10_000}\n3;4;\n")
    (_x, _y, note), below = shown_cells(dialog)
    assert (note, below) == (("so " * 10_000)[:LONGEST_CELL], ["3", "4", ""])


def test_a_row_that_is_left_out_is_crossed_out_and_says_why(opened: Open) -> None:
    dialog = opened("x;share\n1 m;10 %\n2 m;20 %\n3 m;oops\n4 m;\n5 m;50 %\n6 m;60 %\n")
    view = child(dialog, "preview")
    assert isinstance(view, QTableView)
    model = view.model()
    said = {row: model.index(row, 1).data(Qt.ItemDataRole.ToolTipRole) for row in range(6)}
    assert {row for row, text in said.items() if text is None} == {0, 1, 4, 5}
    assert said[2] == "This row is left out. A cell of x or y is not a number."
    assert said[3] == "This row is left out. A cell of x or y is empty, or says that there is no value."
    assert model.headerData(3, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole) == said[3]
    fonts = [model.index(row, 0).data(Qt.ItemDataRole.FontRole) for row in (0, 2)]
    assert fonts[0] is None
    assert fonts[1].strikeOut()
    spoilt, beside = (model.index(2, c).data(Qt.ItemDataRole.ForegroundRole).color() for c in (1, 0))
    assert spoilt == QColor(Theme().warning) != beside
    assert combo(dialog, "x").currentText() == "x (m)"
    assert model.headerData(0, Qt.Orientation.Horizontal).splitlines()[0] == "x (m)"


def test_the_middle_and_the_end_of_a_long_table_are_shown_with_their_numbers(opened: Open) -> None:
    rows = [f"{n},{2 * n}\n" for n in range(1, 20_001)]
    rows[-2] = "19999,oops\n"
    dialog = opened("x,y\n" + "".join(rows))
    view = child(dialog, "preview")
    assert isinstance(view, QTableView)
    model = view.model()
    numbers = [
        model.headerData(row, Qt.Orientation.Vertical).replace(",", "") for row in range(model.rowCount())
    ]
    assert (numbers[0], numbers[-1], numbers.count("…")) == ("1", "20000", 2)
    for row, number in enumerate(numbers):
        cells = [model.index(row, column).data() for column in range(2)]
        assert cells == (["…", "…"] if number == "…" else [number, cells[1]])
    assert 5_000 < int(numbers[numbers.index("…") + 1]) < 15_000
    left_out = [row for row in range(len(numbers)) if model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)]
    assert [numbers[row] for row in left_out] == ["19999"]


def test_any_separator_is_found_shown_and_can_be_typed(opened: Open, qtbot: QtBot) -> None:
    dialog = opened("a^b\n1^2\n3^4\n5^6\n")
    box = combo(dialog, "separator")
    box.setFocus()
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "^")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    wait(dialog, qtbot)
    assert dialog.isVisible()  # Return took the character and not yet the points
    assert (box.currentData(), box.currentText()) == ("^", "Character ^")
    assert summary(dialog) == "3 points."
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "tab")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    wait(dialog, qtbot)
    assert box.currentText() == "Tab"
    line.selectAll()
    qtbot.keyClicks(line, "ab")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    wait(dialog, qtbot)
    assert "A separator is one character" in child(dialog, "open").toolTip()
    pick(dialog, "separator", "Semicolon ;", qtbot)
    assert shown_cells(dialog)[0] == ["1^2"]


def test_what_the_command_line_asked_for_is_shown_first(qtbot: QtBot) -> None:
    dialog = ImportDialog(MESSY / "semicolon_decimal_comma.csv", Theme(), None, Reading(separator="-"))
    qtbot.addWidget(dialog)
    dialog.open()
    wait(dialog, qtbot)
    assert combo(dialog, "separator").currentText() == "Character -"


def test_a_file_that_is_changed_meanwhile_is_shown_as_it_is_now(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    dialog = opened(path)
    path.write_text("a,b\n1,2\n3,4\n5,6\n")
    pick(dialog, "decimal", "Point 1.5", qtbot)
    assert summary(dialog) == "3 points."
    assert dialog.table is not None
    assert len(read_points(dialog.table, dialog.reading).points) == 3


def test_the_dialog_speaks_chinese(qtbot: QtBot) -> None:
    use_language("zh_CN")
    dialog = ImportDialog("x,y\n1,2\n3,oops\n5,6\n7,8\n", Theme(dark=True))
    qtbot.addWidget(dialog)
    dialog.open()
    wait(dialog, qtbot)
    view = child(dialog, "preview")
    assert isinstance(view, QTableView)
    assert view.model().index(1, 1).data(Qt.ItemDataRole.ToolTipRole) == "该行已略去。x 或 y 的单元格不是数。"


def test_a_long_table_says_that_only_its_first_rows_were_looked_at(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n" * 5000)
    assert "in the first 200 rows" in summary(opened(path))


def test_every_proposal_can_be_overridden_with_the_mouse_or_the_keyboard(opened: Open, qtbot: QtBot) -> None:
    dialog = opened("1,5;2,5\n3,5;4,5\n")
    assert summary(dialog) == "2 points."
    qtbot.mouseClick(child(dialog, "header"), Qt.MouseButton.LeftButton)
    wait(dialog, qtbot)
    assert summary(dialog) == "1 point."
    assert combo(dialog, "x").currentText() == "1,5"
    pick(dialog, "separator", "Comma ,", qtbot)
    assert shown_cells(dialog) == [["3", "5;4", "5"]]
    pick(dialog, "decimal", "Point 1.5", qtbot)
    assert combo(dialog, "decimal").currentData() == "."


def test_a_wrong_encoding_gives_a_sentence_and_can_be_taken_back(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MESSY / "gbk_header.csv")
    assert combo(dialog, "x").currentText() == "身高"
    pick(dialog, "encoding", "UTF-8", qtbot)
    assert not child(dialog, "preview").isVisible()
    assert not child(dialog, "open").isEnabled()
    assert "another encoding" in child(dialog, "open").toolTip()
    pick(dialog, "encoding", "Chinese (GB 18030)", qtbot)
    assert child(dialog, "preview").isVisible()
    assert combo(dialog, "x").currentText() == "身高"
    assert child(dialog, "open").isEnabled()


@pytest.mark.parametrize("name", ["page.csv", "empty.csv", "bomb.xlsx", "binary.csv", "not_there.csv"])
def test_what_cannot_be_read_gives_a_sentence_instead_of_a_preview(name: str, opened: Open) -> None:
    dialog = opened(MESSY / name)
    assert not child(dialog, "preview").isVisible()
    assert not child(dialog, "open").isEnabled()
    reason = child(dialog, "open").toolTip()
    assert reason.endswith(".")
    assert any(label.isVisible() and label.text() == reason for label in dialog.findChildren(QLabel))


def test_a_table_with_one_column_is_shown_but_cannot_be_taken(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MESSY / "one_column.csv")
    assert child(dialog, "preview").isVisible()
    assert "two such columns" in summary(dialog)
    assert not child(dialog, "open").isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_a_workbook_offers_its_sheets_and_no_encoding(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("a", "b"), (1, 2), (3, 4)):
        book.worksheets[0].append(row)
    second = book.create_sheet("Later")
    for row in (("c", "d"), (5, 6)):
        second.append(row)
    book.save(tmp_path / "book.xlsx")
    dialog = opened(tmp_path / "book.xlsx")
    assert combo(dialog, "sheet").isVisible()
    assert not combo(dialog, "encoding").isVisible()
    assert not combo(dialog, "separator").isVisible()
    pick(dialog, "sheet", "Later", qtbot)
    assert combo(dialog, "x").currentText() == "c"
    press(dialog, "open", qtbot)
    assert dialog.table is not None
    assert len(read_points(dialog.table, dialog.reading).points) == 1


def test_pasted_text_needs_no_encoding(opened: Open) -> None:
    dialog = opened("a\tb\n1\t2\n")
    assert not combo(dialog, "encoding").isVisible()
    assert combo(dialog, "separator").isVisible()


def test_cancel_takes_nothing(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MESSY / "plain.csv")
    press(dialog, "cancel", qtbot)
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert not dialog.isVisible()


def test_the_dialog_can_be_closed_before_it_has_looked(qtbot: QtBot) -> None:
    dialog = ImportDialog(MESSY / "plain.csv", Theme())
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.close()
    assert not dialog.busy


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_everything_a_person_uses_has_a_name_and_a_tip(dark: bool, scale: float, qtbot: QtBot) -> None:
    dialog = ImportDialog(MESSY / "plain.csv", Theme(dark, scale))
    qtbot.addWidget(dialog)
    dialog.open()
    wait(dialog, qtbot)
    for widget in dialog.findChildren(QWidget):
        if isinstance(widget, (QComboBox, QCheckBox, QPushButton)):
            assert widget.objectName().startswith("import_")
            assert widget.accessibleName()
            assert widget.toolTip()
    assert dialog.width() <= dialog.screen().availableSize().width()
    assert dialog.height() <= dialog.screen().availableSize().height()


def test_the_order_of_open_dates_is_asked_and_nothing_is_asked_elsewhere(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "dates.csv"
    path.write_text("date,y\n03/04/2024,1\n04/04/2024,2\n06/04/2024,4\n")
    dialog = opened(path)
    assert combo(dialog, "date_order").isVisible()
    assert combo(dialog, "date_order").currentText() == "day/month/year"
    assert "03/04/2024 is read as day/month/year" in summary(dialog)
    pick(dialog, "date_order", "month/day/year", qtbot)
    assert combo(dialog, "date_order").currentText() == "month/day/year"
    assert summary(dialog) == "3 points."
    assert dialog.table is not None
    points = read_points(dialog.table, dialog.reading).points
    assert (points.x[:, 0].tolist(), points.x_time) == ([0.0, 31.0, 92.0], "days since 2024-03-04")
    path.write_text("date,y\n2024-04-03,1\n2024-04-04,2\n")
    assert not combo(opened(path), "date_order").isVisible()
    assert not combo(opened(MESSY / "plain.csv"), "date_order").isVisible()


def test_of_a_long_table_the_dialog_says_that_later_rows_decide(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    days = [25 if n == 6000 else 1 + n // 600 for n in range(6600)]  # where no first look reaches
    rows = [f"{day:02}/04/2024 {n // 60 % 10:02}:{n % 60:02},{n}\n" for n, day in enumerate(days)]
    path.write_text("date,y\n" + "".join(rows))
    dialog = opened(path)
    assert "the rows behind these decide" in summary(dialog)
    assert dialog.table is not None
    read = read_points(dialog.table, dialog.reading)
    assert read.points.x_time == "days since 2024-04-01"
    assert "01/04/2024" not in read.message


def test_dates_are_not_offered_for_y_and_say_why(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    path.write_text("date,y\n2024-04-03,1\n2024-04-04,2\n")
    dialog = opened(path)
    model = combo(dialog, "y").model()
    assert not model.index(0, 0).flags() & Qt.ItemFlag.ItemIsEnabled
    assert "dates or times" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert combo(dialog, "x").model().index(0, 0).flags() & Qt.ItemFlag.ItemIsEnabled
