"""The first, the middle and the last rows of a table in the import dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView, QTableView

from core.tables import Preview
from core.texts import _
from gui.dialogs.preview_model import PreviewModel
from gui.theme import Theme

NARROWEST, WIDEST = 80, 240  # pixels, the columns
ROW = 24  # pixels
PADDING = 16  # pixels beside the text of a cell
FITTED = 40  # columns, and rows in them, that are measured


class ImportPreview(QTableView):
    """The rows of a Preview, to look at; x and y are brought into view."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._model = PreviewModel(theme, self)
        self.setObjectName("import_preview")
        self.setAccessibleName(_("Rows of the table"))
        self.setToolTip(
            _("The first, middle and last rows; x and y are tinted, what is left out is crossed out.")
        )
        self.setModel(self._model)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setFont(theme.font(digits=True))
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.horizontalHeader().setDefaultSectionSize(theme.px(NARROWEST))
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setHighlightSections(False)

    def show_preview(self, found: Preview) -> None:
        """Show other rows."""
        self._model.show_preview(found)
        self._fit_columns(found)
        for axis in (found.reading.y, found.reading.x):  # where there is room for one only, for x
            if isinstance(axis, int):
                self.scrollTo(self._model.index(self.rowAt(0), axis))

    def _fit_columns(self, found: Preview) -> None:
        """Make the columns as wide as their longest cell or name, or wider where there is room."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        metrics = self.fontMetrics()
        for column in range(min(len(found.columns), FITTED)):
            cells = (self._model.text(place, column) for place in range(min(len(found.rows), FITTED)))
            longest = max(*self._model.title(column).splitlines(), *cells, key=len)
            width = metrics.horizontalAdvance(longest) + self._theme.px(PADDING)
            width = min(width, self._theme.px(WIDEST))
            header.resizeSection(column, max(width, self._theme.px(NARROWEST)))
        if header.length() < self.viewport().width():
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
