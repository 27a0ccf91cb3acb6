"""The left side of the import dialog: which columns, and how the table is written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.tables import DATE_ORDERS, DECIMALS, ENCODINGS, Column, Preview, Reading
from core.texts import _
from gui.dialogs.separator_box import SeparatorBox, prepare_combo
from gui.theme import Theme

WIDTH = 208  # pixels


class ImportChoices(QScrollArea):
    """Shows how a table was read; `asked(changes)`, fields of a Reading, is what the person wants instead."""

    asked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown = Reading()
        self._labels: dict[QComboBox, QLabel] = {}
        self._offered: tuple[Column, ...] = ()
        self._make()
        self._lay_out()
        self._join()
        self._show_row(self._sheet, False)
        self._show_row(self._date_order, False)
        self.setEnabled(False)

    def show_kind(self, is_text: bool, is_file: bool) -> None:
        """Show what the kind of table needs: a workbook has no separators, a pasted text no encoding."""
        self._show_row(self._separator, is_text)
        self._show_row(self._encoding, is_text and is_file)
        self.setEnabled(True)

    def show_preview(self, found: Preview) -> None:
        """Show what was proposed or chosen."""
        self._shown = found.reading
        self._header.setChecked(bool(found.reading.header))
        self._separator.show_separator(found.reading.separator)
        self._decimal.setCurrentIndex(self._decimal.findData(found.reading.decimal))
        self._encoding.setCurrentIndex(self._encoding.findData(found.reading.encoding))
        self._date_order.setCurrentIndex(self._date_order.findData(found.reading.date_order))
        self._show_row(self._date_order, found.reading.date_order is not None)
        self._show_sheets(found)
        self._offer(found.columns)
        for combo, position in ((self._x, found.reading.x), (self._y, found.reading.y)):
            combo.setCurrentIndex(position if isinstance(position, int) else -1)
            combo.setEnabled(True)

    def show_no_columns(self) -> None:
        """Nothing is known about the columns."""
        for combo in (self._x, self._y):
            combo.setCurrentIndex(-1)
            combo.setEnabled(False)

    def _make(self) -> None:
        self._x = _combo("import_x", _("x"), _("The column along the horizontal axis: what is known."))
        self._y = _combo("import_y", _("y"), _("The column along the vertical axis: what is predicted."))
        self._header = QCheckBox(_("First row has the names"))
        self._header.setObjectName("import_header")
        self._header.setAccessibleName(self._header.text())
        self._header.setToolTip(_("Whether the first row names the columns."))
        tip = _("What stands between two cells of a row; any other character can be typed here.")
        self._separator = SeparatorBox(tip)
        tip = _("What stands before the decimals.")
        self._decimal = _combo("import_decimal", _("Decimal mark"), tip, DECIMALS)
        tip = _("How the letters are stored in the file.")
        self._encoding = _combo("import_encoding", _("Encoding"), tip, ENCODINGS)
        tip = _("In which order day, month and year stand in dates such as 03/04/2024.")
        self._date_order = _combo("import_date_order", _("Dates"), tip, DATE_ORDERS)
        self._sheet = _combo("import_sheet", _("Sheet"), _("Which sheet of the workbook to read."))

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, self._theme.px(8), 0)
        column.setSpacing(self._theme.px(4))
        column.addWidget(self._heading(_("Columns")))
        self._add_rows(column, self._x, self._y)
        column.addSpacing(self._theme.px(16))
        column.addWidget(self._heading(_("How it is written")))
        column.addWidget(self._header)
        self._add_rows(column, self._sheet, self._date_order, self._separator, self._decimal, self._encoding)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(self._theme.px(WIDTH))

    def _join(self) -> None:
        self._header.clicked.connect(lambda on: self.asked.emit({"header": on}))
        self._separator.chosen.connect(
            # other cells, other columns
            lambda separator: self.asked.emit({"separator": separator, "x": None, "y": None})
        )
        self._decimal.activated.connect(lambda: self.asked.emit({"decimal": self._decimal.currentData()}))
        self._encoding.activated.connect(lambda: self.asked.emit({"encoding": self._encoding.currentData()}))
        self._date_order.activated.connect(
            lambda: self.asked.emit({"date_order": self._date_order.currentData()})
        )
        self._sheet.activated.connect(self._ask_for_sheet)
        self._x.activated.connect(lambda index: self._ask_for_columns("x", index, "y"))
        self._y.activated.connect(lambda index: self._ask_for_columns("y", index, "x"))

    def _ask_for_sheet(self) -> None:
        """Another sheet is another table: nothing else is kept."""
        anew = {"header": None, "decimal": None, "date_order": None, "x": None, "y": None}
        self.asked.emit({"sheet": self._sheet.currentData(), **anew})

    def _ask_for_columns(self, axis: str, index: int, other: str) -> None:
        """Another column for an axis; when it is the other axis's, they change places."""
        before = {"x": self._shown.x, "y": self._shown.y}
        self.asked.emit({axis: index, other: before[axis] if before[other] == index else before[other]})

    def _heading(self, text: str) -> QLabel:
        heading = QLabel(text)
        heading.setFont(self._theme.font(14, bold=True))
        return heading

    def _add_rows(self, column: QVBoxLayout, *combos: QComboBox) -> None:
        """The lists with their labels above them."""
        for combo in combos:
            label = QLabel(combo.accessibleName())
            label.setBuddy(combo)
            label.setToolTip(combo.toolTip())
            self._labels[combo] = label
            column.addWidget(label)
            column.addWidget(combo)

    def _show_row(self, combo: QComboBox, shown: bool) -> None:
        combo.setVisible(shown)
        self._labels[combo].setVisible(shown)

    def _show_sheets(self, found: Preview) -> None:
        self._sheet.clear()
        for name in found.sheets:
            self._sheet.addItem(name, name)
        self._sheet.setCurrentIndex(self._sheet.findData(found.reading.sheet))
        self._show_row(self._sheet, len(found.sheets) > 1)

    def _offer(self, columns: tuple[Column, ...]) -> None:
        """Offer the columns of numbers; the others are greyed and say why."""
        if columns == self._offered:
            return  # there may be thousands
        self._offered = columns
        for combo in (self._x, self._y):
            combo.clear()
            combo.addItems([column.title for column in columns])
            model = combo.model()
            assert isinstance(model, QStandardItemModel)
            for index, column in enumerate(columns):
                if not column.numeric:
                    model.item(index).setEnabled(False)
                    model.item(index).setToolTip(_("This column is text."))
                elif combo is self._y and column.has_times:
                    model.item(index).setEnabled(False)
                    model.item(index).setToolTip(_("This column has dates or times, which can only be x."))


def _combo(name: str, title: str, tip: str, table: dict[str, str] | None = None) -> QComboBox:
    """A list of the rows of a table, as wide as there is room, however long its words are."""
    combo = QComboBox()
    prepare_combo(combo, name, title, tip)
    for key, label in (table or {}).items():
        combo.addItem(_(label), key)
    combo.setCurrentIndex(-1)
    return combo
