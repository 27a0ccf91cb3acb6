"""Where the boxes of a graph stand: in ranks, each as close before what takes its result as it can be.

In Sugiyama's way (Sugiyama, Tagawa and Toda 1981), with one sweep, as a step is nearly a chain: ranks
by the longest path, the order in a rank by what the boxes lead to, and places by least squares. It knows
neither screens nor numbers, so the same structure always stands in the same places.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

Place = tuple[float, float]  # along the way of the forward pass, and across it
Edge = tuple[str, str]  # from the box that gives to the one that takes

STRAIGHT, PASSING, LOOSE = 16.0, 4.0, 1.0  # how much each wants to stand before what it leads to


class Size(NamedTuple):
    """How much room a box needs; `anchor` is where arrows come and go, across, from its middle."""

    along: float
    across: float
    anchor: float = 0.0


class Gaps(NamedTuple):
    """What is left free: between ranks, between neighbours in a rank, and for an arrow that passes by."""

    along: float
    across: float
    passing: float


class Laid(NamedTuple):
    """The middles of the boxes, where their ranks begin and end, the ways of arrows past others, the room."""

    places: dict[str, Place]
    spans: dict[str, Place]
    bends: dict[Edge, tuple[Place, ...]]
    along: float
    across: float


def lay_out(
    sizes: Mapping[str, Size],
    edges: Sequence[Edge],
    straight: Collection[str],
    first: Collection[str],
    gaps: Gaps,
) -> Laid:
    """Places for boxes of these `sizes`; edges into one box are in the order of its inputs.

    Boxes of `straight` form the main line, and those of `first` stand in the first rank.
    """
    ranks = _ranks(sizes, _takers(sizes, edges), first)
    room = dict(sizes)
    chains = {edge: _stations(edge, ranks) for edge in edges}
    weights = {key: STRAIGHT if key in straight else LOOSE for key in sizes}
    links: list[Edge] = []  # each from one rank to the next
    for edge, stations in chains.items():
        way = (edge[0], *stations, edge[1])
        links += itertools.pairwise(way)
        for station in stations:
            room[station], weights[station] = Size(0, gaps.passing), PASSING
            ranks[station] = ranks[way[way.index(station) - 1]] + 1
    columns = _ordered(room, ranks, links)
    across = _across(columns, room, links, weights, gaps.across)
    return _placed(columns, room, across, chains, gaps)


def _ranks(
    sizes: Mapping[str, Size], takers: Mapping[str, Sequence[str]], first: Collection[str]
) -> dict[str, int]:
    """The rank of each box, 0 for the first: as late as what takes its result allows."""
    depths: dict[str, int] = {}

    def depth(key: str) -> int:
        if key not in depths:
            depths[key] = max((1 + depth(taker) for taker in takers[key]), default=0)
        return depths[key]

    deepest = max((depth(key) for key in sizes), default=0)
    return {key: 0 if key in first else deepest - depth(key) for key in sizes}


def _stations(edge: Edge, ranks: Mapping[str, int]) -> tuple[str, ...]:
    """Names of places that keep a way free for an edge, one in each rank that it passes."""
    source, target = edge
    return tuple(f"{source}>{target}@{rank}" for rank in range(ranks[source] + 1, ranks[target]))


def _ordered(room: Mapping[str, Size], ranks: Mapping[str, int], links: Sequence[Edge]) -> list[list[str]]:
    """The keys of each rank in their order: each before what it leads to, inputs in their own order."""
    columns: list[list[str]] = [[] for _rank in range(max(ranks.values(), default=-1) + 1)]
    for key in room:
        columns[ranks[key]].append(key)
    takers = _takers(room, links)
    inputs: dict[str, list[str]] = {}
    for source, target in links:
        inputs.setdefault(target, []).append(source)
    order: dict[str, float] = {}
    for column in reversed(columns):
        wanted = {
            key: _mean([_slot(key, taker, inputs) + order[taker] for taker in takers[key]]) for key in column
        }
        column.sort(key=lambda key: wanted[key])
        order.update({key: float(place) for place, key in enumerate(column)})
    return columns


def _takers(keys: Iterable[str], links: Sequence[Edge]) -> dict[str, list[str]]:
    """What each key leads to."""
    found: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in links:
        found[source].append(target)
    return found


def _slot(key: str, taker: str, inputs: Mapping[str, Sequence[str]]) -> float:
    """Which of the inputs of `taker` this is, from 0 to below 1."""
    return inputs[taker].index(key) / len(inputs[taker])


def _across(
    columns: Sequence[Sequence[str]],
    room: Mapping[str, Size],
    links: Sequence[Edge],
    weights: Mapping[str, float],
    gap: float,
) -> dict[str, float]:
    """The middles across: each as near before what it leads to as its neighbours allow."""
    takers = _takers(room, links)
    found: dict[str, float] = {}
    for column in reversed(columns):
        wanted = [
            _mean([found[taker] + room[taker].anchor for taker in takers[key]]) - room[key].anchor
            for key in column
        ]
        halves = [room[key].across / 2 for key in column]
        found.update(zip(column, _spread(wanted, [weights[key] for key in column], halves, gap), strict=True))
    return found


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _spread(
    wanted: Sequence[float], weights: Sequence[float], halves: Sequence[float], gap: float
) -> list[float]:
    """Middles nearest to those wanted (weighted least squares) that keep their order and their distances.

    By pooling adjacent violators (Ayer et al. 1955).
    """
    offsets = [0.0]
    for before, after in itertools.pairwise(halves):
        offsets.append(offsets[-1] + before + gap + after)
    pools: list[tuple[float, float, int]] = []  # weight, weight times place, members
    for want, weight, offset in zip(wanted, weights, offsets, strict=False):
        pool = (weight, weight * (want - offset), 1)
        while pools and pools[-1][1] * pool[0] > pool[1] * pools[-1][0]:
            last = pools.pop()
            pool = (last[0] + pool[0], last[1] + pool[1], last[2] + pool[2])
        pools.append(pool)
    places = [pool[1] / pool[0] for pool in pools for _member in range(pool[2])]
    return [place + offset for place, offset in zip(places, offsets, strict=False)]


def _placed(
    columns: Sequence[Sequence[str]],
    room: Mapping[str, Size],
    across: Mapping[str, float],
    chains: Mapping[Edge, Sequence[str]],
    gaps: Gaps,
) -> Laid:
    """Everything moved to begin at (0, 0)."""
    low = min((across[key] - room[key].across / 2 for key in room), default=0.0)
    high = max((across[key] + room[key].across / 2 for key in room), default=0.0)
    places: dict[str, Place] = {}
    spans: dict[str, tuple[float, float]] = {}
    along = 0.0
    for column in columns:
        widest = max(room[key].along for key in column)
        for key in column:
            places[key] = along + widest / 2, across[key] - low
            spans[key] = along, along + widest
        along += widest + gaps.along
    bends = {
        edge: tuple((end, places[station][1]) for station in stations for end in spans[station])
        for edge, stations in chains.items()
    }
    boxes = {key: place for key, place in places.items() if "@" not in key}
    return Laid(boxes, spans, bends, max(along - gaps.along, 0.0), high - low)
