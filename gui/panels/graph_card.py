"""The graph that PyTorch builds in a step, what it keeps, and what has changed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from core.insight.graph import ARRAYS_A_LAYER, CONSTANT, LAYER, LEAF, Graph, Node
from core.insight.phase_words import invitation
from core.texts import _
from core.training.inside import Inside
from gui.panels.cards import Card
from gui.plots.graph_boxes import brackets
from gui.plots.graph_numbers import counted, counted_in_short, numbers_of
from gui.plots.graph_plot import GraphPlot
from gui.theme import Theme
from gui.widgets.still_label import StillLabel

NOTHING = Graph((), 0, 0)


class GraphCard(Card):
    """Holds the GraphPlot, and below it how large the graph is and what has changed in it."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__(_("Graph"), theme)
        self.setObjectName("graph_card")
        self.add_units_switch(actions["trained_units"])
        self.plot = GraphPlot(theme)
        self.set_plot(self.plot)
        self.size_note = self._line("graph_size", _("How large the graph is"))
        self.change_note = self._line("graph_change", _("What has changed in the graph"))
        lines = QVBoxLayout()
        lines.setSpacing(theme.px(2))
        lines.addWidget(self.size_note)
        lines.addWidget(self.change_note)
        self.foot.addLayout(lines)
        self._graph = NOTHING
        self._change, self._changed_in = "", 0
        self.show_inside(None)

    def show_inside(self, inside: Inside | None) -> None:
        """Show the graph of a step; before there is one, the ghost of the one before, or what there is."""
        if inside is None:
            self.plot.show_graph(None, sentence=invitation())
            self._say("", "")
        elif inside.graph is not None and inside.objective is not None:
            self._note_change(inside.graph, inside.run)
            self._graph = inside.graph
            self.plot.show_graph(inside.graph, numbers_of(inside))
            if self._change and self._changed_in == inside.run:
                self._say(counted(inside.graph), _("The graph is new: it has changed."), self._change)
            else:
                self._say(counted(inside.graph), _("PyTorch builds the graph anew at every step."))
            self.size_note.show_shorter([counted_in_short(inside.graph)])
        else:
            self._show_unfinished(inside)

    def _show_unfinished(self, inside: Inside) -> None:
        """Show the ghost of the graph before, where it is of the same parameters; else what there is."""
        begun = inside.graph or _leaves(inside)
        if _same_leaves(self._graph, begun):
            self.plot.show_graph(self._graph, numbers_of(inside), ghost=True)
        else:
            self.plot.show_graph(begun, numbers_of(inside), ghost=inside.graph is None)
        self._say(
            _("The graph is not complete yet."),
            _("PyTorch builds it while the forward pass and the loss run."),
            shorter=_("Forward pass and loss build it."),
        )

    def light(self, phase: str) -> None:
        """Light what a phase (a word of PHASES) works on; nothing for an empty one."""
        self.plot.light(phase)

    def _note_change(self, graph: Graph, run: int) -> None:
        """Find what is in the graph before and not in this one, and the other way round."""
        if not self._graph.nodes or graph.structure == self._graph.structure:
            return
        before, after = (Counter(_names(each)) for each in (self._graph, graph))
        parts = [
            words.format(names=_listed(names))
            for words, names in ((_("new: {names}"), after - before), (_("gone: {names}"), before - after))
            if names
        ]
        changes = "; ".join(parts) or _("other connections")
        self._change = _("Built anew at every step; the last change: {changes}.").format(changes=changes)
        self._changed_in = run

    def _say(self, size: str, change: str, at_length: str = "", shorter: str = "") -> None:
        self.size_note.setText(size)
        self.change_note.setText(change)
        self.change_note.show_shorter([shorter] if shorter else [])
        self.change_note.explain(at_length)

    def _line(self, name: str, meaning: str) -> StillLabel:
        line = StillLabel(shrinks=True)
        line.setObjectName(name)
        line.setAccessibleName(meaning)
        line.setFont(self.theme.font(12))
        return line


def _leaves(inside: Inside) -> Graph:
    """The parameters alone, as nodes that nothing takes yet."""
    pairs = zip(inside.names, inside.before, strict=True)
    return Graph(
        tuple(
            Node(place, "", LEAF, LAYER, place // ARRAYS_A_LAYER + 1, symbol=name, shape=array.shape)
            for place, (name, array) in enumerate(pairs)
        ),
        0,
        0,
    )


def _same_leaves(one: Graph, other: Graph) -> bool:
    pairs = [{node.symbol: node.shape for node in each.nodes if node.kind == LEAF} for each in (one, other)]
    return pairs[0] == pairs[1]


def _names(graph: Graph) -> list[str]:
    """What each node is called: operations by their function, parameters with their shapes."""
    return [
        f"{node.symbol} {brackets(node.shape)}" if node.kind == LEAF else node.label
        for node in graph.nodes
        if node.kind != CONSTANT
    ]


def _listed(names: Counter[str]) -> str:
    return ", ".join(name if count == 1 else f"{count} × {name}" for name, count in names.items())
