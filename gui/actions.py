"""The actions of the window, one row each: text, picture, keys and tip. Menus and bars show the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from core.texts import N_, _
from gui.theme import Theme

Keys = str | QKeySequence.StandardKey


@dataclass(frozen=True)
class Row:
    """One action. `name` becomes the object name `action_NAME`."""

    name: str
    text: str
    icon: str = ""
    keys: tuple[Keys, ...] = ()
    tip: str = ""
    checkable: bool = False


Standard = QKeySequence.StandardKey

ROWS = (
    Row(
        "new",
        N_("&New"),
        "plus",
        (Standard.New,),
        N_("Start over: no points, all settings at their defaults."),
    ),
    Row("open", N_("&Open…"), "folder-open", (Standard.Open,), N_("Open a data file or an experiment.")),
    Row("save", N_("&Save experiment"), "device-floppy", (Standard.Save,), N_("Save points and settings.")),
    Row("save_as", N_("Save experiment &as…"), "", (Standard.SaveAs,), N_("Save under another name.")),
    Row("save_points", N_("Save &points as CSV…"), "download", (), N_("Save the points as a table.")),
    Row(
        "save_program",
        N_("E&xport the program…"),
        "file-export",
        ("Ctrl+E",),
        N_("Save the PyTorch program of this run, as a script or a notebook."),
    ),
    Row(
        "quit",
        N_("&Quit"),
        "",
        (Standard.Quit, "Ctrl+Q"),
        N_("Close the program; it starts with this work again."),
    ),
    Row("undo", N_("&Undo"), "arrow-back-up", (Standard.Undo,), N_("Take back the last change.")),
    Row("redo", N_("&Redo"), "arrow-forward-up", (Standard.Redo, "Ctrl+Y"), N_("Make it again.")),
    Row(
        "paste",
        N_("&Paste points"),
        "clipboard",
        (Standard.Paste,),
        N_("Paste two columns from a spreadsheet."),
    ),
    Row(
        "copy_program",
        N_("Copy the pro&gram"),
        "copy",
        ("Ctrl+Shift+C",),
        N_("Put the whole PyTorch program of this run onto the clipboard."),
    ),
    Row("select_all", N_("Select &all points"), "", (Standard.SelectAll,), N_("Select every point.")),
    Row("clear", N_("&Clear points"), "trash", (), N_("Remove all points; undo brings them back.")),
    Row(
        "generate",
        N_("&Generate points…"),
        "chart-dots",
        ("Ctrl+G",),
        N_("Points made by a formula and chance."),
    ),
    Row("run", N_("&Run"), "player-play", ("Space",), N_("Train, or pause."), checkable=True),
    Row("back", N_("&Back"), "chevron-left", ("Left",), N_("One step back: the parameters before it.")),
    Row("step", N_("&Step"), "chevron-right", ("Right",), N_("One step: one update of the parameters.")),
    Row(
        "step_epoch",
        N_("Step one &epoch"),
        "player-skip-forward",
        ("Shift+Right",),
        N_("One pass over the points."),
    ),
    Row(
        "phase",
        N_("Next &phase"),
        "player-track-next",
        ("Down",),
        N_("One phase of a step: the next of its five lines."),
    ),
    Row(
        "slow_motion",
        N_("Slow &motion"),
        "hourglass",
        ("Shift+Down",),
        N_("Go through the phases by themselves, one each second, or stay at this one."),
        checkable=True,
    ),
    Row(
        "reset",
        N_("Rese&t"),
        "player-skip-back",
        ("Home",),
        N_("Back to step 0, with the same start values; undo brings the run back."),
    ),
    Row(
        "new_start", N_("&New start values"), "dice-5", ("Ctrl+Home",), N_("Start from other random values.")
    ),
    Row(
        "find_rate",
        N_("Find a &learning rate…"),
        "",
        ("Ctrl+L",),
        N_("Try all learning rates on a copy of the run, and see which one suits."),
    ),
    Row(
        "sweep",
        N_("S&weep…"),
        "",
        ("Ctrl+Shift+L",),
        N_("Train many runs together, each with a learning rate, a seed or a start of its own."),
    ),
    Row(
        "speed",
        N_("Spee&d…"),
        "",
        ("Ctrl+T",),
        N_("Time the loops, the engines, the devices and the batch sizes on this machine."),
    ),
    Row(
        "fit_view",
        N_("&Fit the view"),
        "focus-centered",
        ("F",),
        N_("Show all points, the whole loss curve, and start, path and goal in the landscape."),
    ),
    Row("draw", N_("&Draw points"), "pencil", ("D",), N_("Click adds a point, drag sprays."), checkable=True),
    Row(
        "move",
        N_("&Move points"),
        "pointer",
        ("M",),
        N_("Drag a point, or a rectangle around some."),
        checkable=True,
    ),
    Row(
        "erase", N_("&Erase points"), "eraser", ("E",), N_("Remove points under the circle."), checkable=True
    ),
    Row(
        "reference",
        N_("&Best fit"),
        "",
        (),
        N_("The best fit there is by the chosen loss, dashed. By the mean squared error: the least squares."),
        checkable=True,
    ),
    Row(
        "surface",
        N_("Landscape in &3-D"),
        "",
        (),
        N_("The landscape as a surface that you turn with the mouse."),
        checkable=True,
    ),
    Row("log_loss", N_("L&ogarithmic loss"), "", ("L",), N_("Loss in powers of ten."), checkable=True),
    Row(
        "trained_units",
        N_("Numbers as trai&ned"),
        "",
        ("U",),
        N_("Parameters, gradients, steps and data as training has them, or all in the units of the data."),
        checkable=True,
    ),
    Row("simple", N_("&Simple"), "", (), N_("Only the essential panels and settings (F2)."), checkable=True),
    Row(
        "full",
        N_("F&ull"),
        "",
        (),
        N_("All settings, the landscape of the loss, the theory and the program (F2)."),
        checkable=True,
    ),
    Row(
        "inside",
        N_("&Inside the step"),
        "",
        (),
        N_("One step as a program, as a graph, as mathematics, and its tensors (F3)."),
        checkable=True,
    ),
    Row("arrange", N_("&Arrange as at first"), "layout", (), N_("Put all panels back to their places.")),
    Row("keys", N_("&Keys and mouse"), "keyboard", ("F1",), N_("What every key and mouse button does.")),
    Row("about", N_("&About Fitscope"), "info-circle", (), N_("Version, licences and sources.")),
)


def make_actions(parent: QWidget, theme: Theme) -> dict[str, QAction]:
    """All actions by name, as children of `parent`, with their keys at work in its window."""
    actions = {}
    for row in ROWS:
        action = QAction(_(row.text), parent)
        action.setObjectName(f"action_{row.name}")
        action.setCheckable(row.checkable)
        action.setShortcuts(_sequences(row.keys))
        if row.icon:
            action.setIcon(theme.icon(row.icon))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(_(row.tip) + (f" ({keys})" if keys else ""))
        action.setStatusTip(_(row.tip))
        parent.addAction(action)
        actions[row.name] = action
    return actions


def _sequences(keys: tuple[Keys, ...]) -> list[QKeySequence]:
    """Every key sequence that `keys` stand for on this system, once: twice would be ambiguous to Qt."""
    found: dict[str, QKeySequence] = {}
    for key in keys:
        sequences = [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
        found.update((sequence.toString(), sequence) for sequence in sequences)
    return list(found.values())
