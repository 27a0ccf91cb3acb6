"""Shows a program, with the lines marked that run just now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QMenu, QPlainTextEdit, QWidget

from core.texts import _
from gui.theme import Theme
from gui.widgets.code_colours import CodeColours

GUTTER = 18  # pixels, for the sign beside a lit line
SIGN = 8  # pixels, its height
GOES_ON = "↪"
COPY = "edit-copy"  # Qt's name for it in the menu of a right-click


class CodeView(QPlainTextEdit):
    """A program to read and to copy from; lit lines have a ground, and a sign where they do something.

    Where all of it is copied, `all_copied()` says so: there may be more of it than is shown.
    """

    all_copied = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: list[str] = [""]
        self._lit: tuple[int, ...] = ()
        self.setObjectName("code_view")
        self.setAccessibleName(_("Program"))
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setFont(theme.code_font())
        self.setViewportMargins(theme.px(GUTTER), 0, 0, 0)
        self._colours = CodeColours(self.document(), theme)
        self._gutter = _Gutter(self, theme)
        self.updateRequest.connect(self._gutter.follow)

    # --- what is shown ----------------------------------------------------------------------------------

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these lines; those that stay keep their place, and whatever is selected in them."""
        before, after = self._lines, list(lines) or [""]
        if after == before:
            return
        self._lines = after
        first, last = _differing(before, after)
        bars = (self.horizontalScrollBar(), self.verticalScrollBar())
        places = [bar.value() for bar in bars]
        behind = last + len(after) - len(before)
        self._colours.expect(after)
        self._replace(first, last, after[first:behind])
        self._colours.settle(behind)
        self._lit = tuple(line for line in self._lit if line < len(after))
        for bar, place in zip(bars, places, strict=True):
            bar.setValue(place)

    def light(self, lines: Sequence[int]) -> None:
        """Mark these lines, by their places from 0 on, and bring them into view where they are not."""
        lit = tuple(line for line in lines if line < len(self._lines))
        if lit != self._lit:
            self._lit = lit
            self._bring_into_view()
            self.viewport().update()
            self._gutter.update()

    @property
    def lit(self) -> tuple[int, ...]:
        """The places of the marked lines."""
        return self._lit

    def _replace(self, first: int, last: int, lines: Sequence[str]) -> None:
        """Put `lines` in the place of those from `first` to before `last`."""
        document = self.document()
        cursor = QTextCursor(document.findBlockByNumber(first))
        end = document.findBlockByNumber(last - 1)
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("\n".join(lines))

    def _bring_into_view(self) -> None:
        """Scroll to the lit lines, so that they are in the middle; not at all if they are to be seen.

        Where there is no room for all of them, the first that does something counts, not what is said of it.
        """
        if not self._lit:
            return
        self._count_rows()
        bar = self.verticalScrollBar()
        room = bar.pageStep()
        first, last = self._rows(self._lit[0])[0], self._rows(self._lit[-1])[1]
        if last - first >= room:
            first, last = self._rows(next(filter(self._is_code, self._lit), self._lit[0]))
        if not bar.value() <= first <= last < bar.value() + room:
            bar.setValue(first - max(0, room - (last - first + 1)) // 2)

    def _count_rows(self) -> None:
        """Let Qt find how many rows each line takes at this width; by itself it does for those in view."""
        block = self.document().begin()
        while block.isValid():
            self.blockBoundingRect(block)
            block = block.next()

    def _is_code(self, line: int) -> bool:
        return is_code(self._lines[line])

    def _rows(self, line: int) -> tuple[int, int]:
        """The first and the last row on the screen of a line, counted from the first of all."""
        block = self.document().findBlockByNumber(line)
        return block.firstLineNumber(), block.firstLineNumber() + block.lineCount() - 1

    @property
    def lines(self) -> list[str]:
        """The program, line by line."""
        return self._lines

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Say so where all of the program is copied."""
        super().keyPressEvent(event)
        if event.matches(QKeySequence.StandardKey.Copy):
            self._note_copied()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu, whose Copy does what the keys do."""
        menu = self.menu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self, place: QPoint) -> QMenu:
        """What a right-click at `place` offers; it belongs to the caller."""
        menu = self.createStandardContextMenu(place)
        copy = menu.findChild(QAction, COPY)
        assert isinstance(copy, QAction)
        copy.triggered.connect(self._note_copied)
        return menu

    def _note_copied(self) -> None:
        """Say so where what was copied is all of the program."""
        cursor = self.textCursor()
        if cursor.selectionEnd() - cursor.selectionStart() == self.document().characterCount() - 1 > 0:
            self.all_copied.emit()

    # --- drawing ----------------------------------------------------------------------------------------

    def ground(self, line: int) -> QRectF:
        """Where on the viewport a line is, over its whole width."""
        block = self.document().findBlockByNumber(line)
        area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return QRectF(0, area.top(), self.viewport().width(), area.height())

    def continued(self) -> list[float]:
        """Where on the viewport the rows begin in which a line goes on that is too long for one."""
        places = []
        block = self.firstVisibleBlock()
        while block.isValid() and (area := self.ground(block.blockNumber())).top() < self.viewport().height():
            layout = block.layout()
            places += [area.top() + layout.lineAt(row).y() for row in range(1, layout.lineCount())]
            block = block.next()
        return places

    def paintEvent(self, event: QPaintEvent) -> None:
        """The grounds of the lit lines, and the text upon them."""
        painter = QPainter(self.viewport())
        for line in self._lit:
            painter.fillRect(self.ground(line), QColor(self._theme.accent_soft))
        painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the gutter beside the text, and the lit lines in view."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._gutter.setGeometry(
            QRect(inside.left(), inside.top(), self._theme.px(GUTTER), self.viewport().height())
        )
        self._bring_into_view()


class _Gutter(QWidget):
    """The narrow column at the left of the program, with a sign beside each lit line."""

    def __init__(self, view: CodeView, theme: Theme) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def follow(self, _area: QRect, _down: int) -> None:
        """The text is drawn anew, or scrolled."""
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A triangle that points at each lit line, and an arrow where a line goes on below."""
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = self._view.fontMetrics().lineSpacing()
        for line in self._view.lit:
            area = self._view.ground(line)
            painter.fillRect(QRectF(0, area.top(), self.width(), area.height()), QColor(theme.accent_soft))
            if is_code(self._view.lines[line]):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.accent))
                painter.drawPolygon(_sign(theme.px(SIGN) / 2, theme.px(5), area.top() + row / 2))
        painter.setPen(QColor(theme.muted))
        for place in self._view.continued():
            painter.drawText(QRectF(0, place, self.width(), row), Qt.AlignmentFlag.AlignCenter, GOES_ON)


def is_code(line: str) -> bool:
    """Whether a line does something: neither empty nor a comment alone."""
    return not line.lstrip().startswith("#") and bool(line.strip())


def _sign(half: float, left: float, middle: float) -> QPolygonF:
    """A triangle that points to the right."""
    tips = ((left, middle - half), (left, middle + half), (left + 1.7 * half, middle))
    return QPolygonF([QPointF(*tip) for tip in tips])


def _differing(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Of the lines `before`, the first and the one behind the last that `after` has otherwise; at least one.

    Lines alone at an end, and such as are only put in or taken out, count with a neighbour that stays.
    """
    most = min(len(before), len(after)) - 1  # of both something is left to replace
    start = 0
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, len(before) - end
