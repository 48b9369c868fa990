"""The two readings of direct and indirect exports: their names and what each means, in one sentence."""

from __future__ import annotations

from atlas.figure import Chosen, Select, fixed

EXPORTER, FINAL_PRODUCER = "exporter", "final_producer"
MEANS = {
    EXPORTER: "Reading exporter: emissions for goods that a province sells abroad itself are direct, those for "
    "its supplies to exports of other provinces are indirect.",
    FINAL_PRODUCER: "Reading final_producer, the paper's: emissions for final goods that a province makes itself "
    "are direct, those for goods that others finish, in China or abroad, are indirect.",
}
BOTH = " ".join(MEANS.values())
READING = Select(
    "reading",
    "Reading",
    fixed((EXPORTER, "exporter"), (FINAL_PRODUCER, "final_producer (the paper's)")),
)
"""A choice that changes what is drawn, not the rows: they hold both."""
INDIRECT = {
    "indirect_share": "indirect_share_exporter",
    "indirect_share_final_producer": "indirect_share_final_producer",
}
"""A measure of the maps, and its column."""


def explained(chosen: Chosen) -> str:
    """What the reading means that a choice shows; empty where it shows neither."""
    measure = chosen.get("measure", "")
    if measure in INDIRECT:
        return MEANS[INDIRECT[measure].removeprefix("indirect_share_")]
    return MEANS.get(chosen.get("reading", ""), "")


def column_of(measure: str) -> str:
    """The column of a map's measure."""
    return INDIRECT.get(measure, measure)
