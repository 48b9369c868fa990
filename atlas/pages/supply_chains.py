"""Page 4: along which supply chains (Figure 4, supplementary 6 and 7 of the paper)."""

from __future__ import annotations

from atlas import page_findings
from atlas.drawing import LAYER_COLOURS, bars, label
from atlas.figure import POLLUTANT, Choice, Chosen, Figure, Page, Plot, Select, column_options
from atlas.pages.consumption import ESTIMATED
from atlas.sankey import ALL, draw_chains, draw_layer_flows
from atlas.tables import Rows

_LAYERS = {
    "PL0": "PL0: makes what is exported",
    "PL1": "PL1: its suppliers",
    "PL2": "PL2: theirs",
    "PL3": "PL3",
    "PL4+": "PL4 and deeper",
}


def _all_and(column: str, everything: str) -> Select:
    named = column_options(column)

    def options(rows: Rows) -> tuple[Choice, ...]:
        return (
            Choice(ALL, everything),
            *(choice for choice in named(rows) if choice.value != ALL),
        )

    return Select(column, column.capitalize(), options)


def _layers(rows: Rows, _: Chosen) -> Plot:
    share = {(row["province"], row["layer"]): row["share"] for row in rows}
    names = {row["province"]: label(row) for row in rows}
    codes = sorted(names, key=lambda code: (-float(share.get((code, "PL0")) or 0), code))
    series = [
        (name, [share.get((code, layer)) for code in codes]) for layer, name in _LAYERS.items()
    ]
    return bars(
        [names[code] for code in codes],
        series,
        unit="share of the province's emissions for exports",
        percent=True,
        stacked=True,
        colours=LAYER_COLOURS,
    )


def _transfers(rows: Rows, _: Chosen) -> Plot:
    records = sorted(rows, key=lambda row: -float(row["disparity_t"]))
    values = [float(row["disparity_t"]) for row in records]
    return bars(
        [label(row) for row in records],
        [
            ("moves pollution out", [value if value > 0 else None for value in values]),
            ("takes pollution in", [value if value <= 0 else None for value in values]),
        ],
        unit="tonnes a year: driven elsewhere less driven here by others",
        stacked=True,
        hover_unit="t",
    )


PAGE = Page(
    "supply_chains",
    "Supply chains",
    "Through which suppliers and exporters does pollution reach the foreign consumer?",
    (
        Figure(
            "chains",
            "From the place of emission to the consumer",
            "chains",
            "Read from left to right: where it is emitted, how many steps before the exported product (PL0 "
            "makes it, PL1 supplies PL0, and so on), which province exports it, where it is finally consumed. "
            "Choose a province to see its own chains. With one consumer chosen the layers drop out: the marts "
            "do not split layers by consumer, and nothing is guessed.",
            ESTIMATED,
            draw_chains,
            (
                _all_and("emitter", "All provinces"),
                _all_and("consumer", "All consumers"),
                POLLUTANT,
            ),
            live=True,
            finding=page_findings.chains,
            split_by="pollutant",
            height=620,
            wide=True,
        ),
        Figure(
            "layer_flows",
            "Emissions handed from layer to layer",
            "layer_flows",
            "Between regions of China. What enters a bar from the left is emitted there in that layer, what "
            "comes from the layer before is embodied in supplies. PL3 holds what all deeper layers hand on, so "
            "its bars are fed by more than is drawn. The last step: sold abroad for final use, or as parts.",
            ESTIMATED,
            draw_layer_flows,
            (POLLUTANT,),
            finding=page_findings.layer_flows,
            height=620,
            wide=True,
        ),
        Figure(
            "layers",
            "How far up the chain each province emits",
            "layers",
            "Provinces that make the exported goods themselves stand at the top.",
            ESTIMATED,
            _layers,
            (POLLUTANT,),
            finding=page_findings.layers,
            height=820,
        ),
        Figure(
            "transfers",
            "Who emits for whom among the provinces",
            "transfers",
            "What a province's exports emit in other provinces, less what their exports emit in it. Above "
            "zero: it moves pollution to others.",
            ESTIMATED,
            _transfers,
            (POLLUTANT,),
            finding=page_findings.transfers,
            height=820,
        ),
        Figure(
            "top_paths",
            "The twenty largest supply chains",
            "top_paths",
            "Exact: every chain of up to twelve steps was searched. From the exporter at the left to the "
            "emitter at the right; ranked by the APE index. Each is a small part of the total, for there are "
            "very many chains.",
            ESTIMATED,
            selects=(
                Select(
                    "exports_of",
                    "Exports of",
                    column_options("exports_of", first="China"),
                    "exports_of",
                ),
            ),
        ),
        Figure(
            "transfer_flows",
            "The ten largest transfers between two provinces (APE)",
            "transfer_flows",
            "The first province's exports emit more in the second than the other way round.",
            ESTIMATED,
        ),
    ),
)
