"""A page of text: the keys, and what the program is."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from core.texts import _
from gui.theme import BODY

SIZE = (560, 480)  # pixels at scale 1


def show_text(parent: QWidget, title: str, markdown: str) -> None:
    """Show `markdown` in a window of its own that does not hold up the program."""
    dialog = QDialog(parent)
    dialog.setObjectName("text_dialog")
    dialog.setWindowTitle(title)
    dialog.resize(QSize(*SIZE) * (dialog.fontInfo().pixelSize() / BODY))
    page = QTextBrowser()
    page.setMarkdown(markdown)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(page)
    layout.addWidget(buttons)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def keys_text() -> str:
    """What keys and mouse do, as Markdown."""
    rows = (
        (_("Space"), _("run and pause")),
        (_("Right"), _("one step")),
        (_("Shift+Right"), _("one epoch")),
        (_("Left"), _("one step back")),
        (_("Down"), _("one phase of a step: the next of its five lines")),
        (_("Shift+Down"), _("slow motion: one phase each second, until it is pressed again")),
        (_("Home"), _("back to step 0, same start values")),
        ("Ctrl+Home", _("new start values")),
        ("D, M, E", _("draw, move or erase points")),
        (_("click, drag"), _("draw: add a point, spray many")),
        (_("right-drag"), _("remove points, with any tool")),
        (_("drag with the move tool"), _("move a point, or draw a rectangle to select")),
        (_("drag the fitted curve with the move tool"), _("shift it; turn a line by its ends")),
        (_("arrow keys"), _("move the selected points; with Shift ten times as far")),
        (_("Delete"), _("remove the selected points")),
        (_("click, drag on the loss"), _("go to a step")),
        (_("Shift-drag on the loss"), _("mark a stretch of steps; Escape takes it away")),
        (_("click, drag on the landscape"), _("start the training from there")),
        (_("Ctrl-click on the path, or near a line that was"), _("go to that step")),
        (_("drag the landscape in 3-D"), _("turn it; arrow keys too, + and − come nearer")),
        (_("wheel, middle-drag"), _("zoom, pan; over an axis, that axis alone")),
        ("F", _("fit the view")),
        ("L", _("loss in powers of ten, or linear")),
        ("U", _("with Standardise: numbers in the units of the data, or as trained")),
        ("F2", _("only the essential panels and settings, or all")),
        ("F3", _("inside the step: program, graph, formulas, tensors")),
        ("Ctrl+E", _("save the program as a script or a notebook")),
        ("Ctrl+Shift+C", _("copy the program")),
        ("Ctrl+G", _("generate points")),
        ("Ctrl+L", _("find a learning rate")),
        ("Ctrl+T", _("time the loops, engines, devices and batch sizes")),
        ("Ctrl+Z, Ctrl+Y", _("undo, redo")),
        ("Ctrl+V", _("paste points from a spreadsheet")),
        ("Ctrl+O, Ctrl+S", _("open, save")),
    )
    table = "\n".join(f"| **{keys}** | {does} |" for keys, does in rows)
    title = _("Keys and mouse")
    return f"| {title} | |\n|---|---|\n{table}\n"


def about_text() -> str:
    """Version, licences and sources, as Markdown."""
    from importlib import metadata  # here, because it would hold up the first paint

    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("torch", "PySide6-Essentials", "pyqtgraph")
    )
    return "\n\n".join(
        (
            "# Fitscope",
            _("An oscilloscope for PyTorch training: draw points, choose, and watch the fit move."),
            _("Fitscope is free software under the MIT licence. It stands on {versions}.").format(
                versions=versions
            ),
            _("Icons: Tabler (MIT). Chinese font: Noto Sans CJK SC (OFL). Colours: Okabe and Ito 2008."),
        )
    )
