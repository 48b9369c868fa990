"""Flow diagrams: from the place of emission through layers and exporters to the consumer.

`chain_links` and `sankey` have twins in assets/chains.js (a page must answer a choice without Python);
a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atlas.drawing import QUIET, layout
from atlas.figure import Chosen, Plot
from atlas.tables import Record, Rows

ALL = "all"
OTHERS = "other provinces"
SHOWN_PROVINCES = 8
LAYERS = {
    "PL0": "PL0: makes what is exported",
    "PL1": "PL1: supplies PL0",
    "PL2": "PL2: supplies PL1",
    "PL3": "PL3: supplies PL2",
    "PL4+": "PL4 and deeper",
}
COLUMN_COLOURS = ("#7a5195", "#bc8034", "#2f7f79", "#33608c", "#8c4a3c", "#52606d")


@dataclass(frozen=True)
class Node:
    """A bar of a flow diagram: the column it stands in, from the left, and its name."""

    column: int
    name: str


Links = dict[tuple[Node, Node], float]


def chain_links(rows: Iterable[Record], emitter: str, consumer: str) -> Links:
    """Tonnes from emitting province by layer to exporter, and from exporter to consumer.

    rows: of `chains.sql`.  emitter, consumer: a name or `all`.  With one consumer the layers drop out, for
    the marts do not split them by consumer.  The largest provinces are shown by name.
    """
    kept = [row for row in rows if emitter in (ALL, row["emitter"])]
    by_layer = [row for row in kept if row["layer"] != ALL] if consumer == ALL else []
    by_consumer = [
        row for row in kept if row["layer"] == ALL and consumer in (ALL, row["consumer"])
    ]
    emitters = _largest(by_consumer, "emitter")
    exporters = _largest(by_consumer, "exporter")
    links: Links = {}

    def add(source: Node, target: Node, tonnes: float) -> None:
        links[source, target] = links.get((source, target), 0.0) + tonnes

    for row in by_layer:
        layer = Node(1, LAYERS.get(str(row["layer"]), str(row["layer"])))
        add(Node(0, _shown(row["emitter"], emitters)), layer, row["emission_t"])
        add(layer, Node(2, _shown(row["exporter"], exporters)), row["emission_t"])
    for row in by_consumer:
        exporter = Node(2, _shown(row["exporter"], exporters))
        if consumer != ALL:
            add(Node(0, _shown(row["emitter"], emitters)), exporter, row["emission_t"])
        add(exporter, Node(3, row["consumer"]), row["emission_t"])
    return links


def _largest(rows: Sequence[Record], column: str) -> frozenset[str]:
    totals: dict[str, float] = {}
    for row in rows:
        totals[row[column]] = totals.get(row[column], 0.0) + row["emission_t"]
    ordered = sorted(totals, key=lambda name: (-totals[name], name))
    return frozenset(ordered[:SHOWN_PROVINCES])


def _shown(name: str, largest: frozenset[str]) -> str:
    return name if name in largest else OTHERS


def sankey(links: Mapping[tuple[Node, Node], float], heads: Sequence[tuple[int, str]]) -> Plot:
    """A flow diagram of links. heads: columns that have a heading, and the heading.

    Links without a positive amount are left out: a diagram cannot show them.
    """
    drawn = {pair: value for pair, value in links.items() if value > 0}
    totals: dict[Node, float] = {}
    for (source, target), value in drawn.items():
        totals[source] = totals.get(source, 0.0) + value
        totals[target] = totals.get(target, 0.0) + value
    nodes = sorted(totals, key=lambda node: (node.column, -totals[node], node.name))
    place = {node: number for number, node in enumerate(nodes)}
    columns = [column for column, _ in heads]
    first, last = min(columns), max(columns)
    trace: dict[str, Any] = {
        "type": "sankey",
        "valueformat": ".4s",
        "valuesuffix": " t",
        "node": {
            "label": [node.name for node in nodes],
            "color": [COLUMN_COLOURS[node.column % len(COLUMN_COLOURS)] for node in nodes],
            "pad": 10,
            "thickness": 14,
            "line": {"width": 0},
        },
        "link": {
            "source": [place[source] for source, _ in drawn],
            "target": [place[target] for _, target in drawn],
            "value": list(drawn.values()),
            "color": "rgba(82,96,109,0.28)",
        },
    }
    annotations = [
        {
            "x": (column - first) / (last - first),
            "y": 1.0,
            "xref": "paper",
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 8,
            "xanchor": "left" if column == first else "right" if column == last else "center",
            "showarrow": False,
            "text": text,
            "font": {"color": QUIET, "size": 13},
        }
        for column, text in heads
    ]
    margin = {"l": 8, "r": 8, "t": 36, "b": 12}
    return {"data": [trace], "layout": layout(annotations=annotations, margin=margin)}


def draw_chains(rows: Rows, chosen: Chosen) -> Plot:
    """The diagram of `chain_links` for a choice of emitter and consumer."""
    links = chain_links(rows, chosen["emitter"], chosen["consumer"])
    heads = [(0, "emitted in"), (1, "by which layer"), (2, "exported by"), (3, "consumed in")]
    shown = heads if chosen["consumer"] == ALL else [head for head in heads if head[0] != 1]
    # Without layers three columns share the width.
    columns = {column: number for number, (column, _) in enumerate(shown)}
    moved = {
        (Node(columns[s.column], s.name), Node(columns[t.column], t.name)): value
        for (s, t), value in links.items()
    }
    return sankey(moved, [(columns[column], text) for column, text in shown])


def draw_layer_flows(rows: Rows, _: Chosen) -> Plot:
    """What is emitted, handed from layer to layer, and exported, between regions of China."""
    columns = {"emitted": 0, "PL3": 1, "PL2": 2, "PL1": 3, "PL0": 4}
    links: Links = {}
    for row in rows:
        source, target = _stage(row["source"], columns), _stage(row["target"], columns)
        links[source, target] = links.get((source, target), 0.0) + row["emission_t"]
    heads = [(0, "emitted in"), (1, "PL3"), (2, "PL2"), (3, "PL1"), (4, "PL0"), (5, "use")]
    return sankey(links, heads)


def _stage(text: str, columns: Mapping[str, int]) -> Node:
    """``PL2: East Coast`` as a node of column PL2; a text without a stage is a use, the last column."""
    stage, colon, name = text.partition(": ")
    return Node(columns[stage], name) if colon else Node(len(columns), stage)
