"""Titles as sentences: what the chosen rows of a figure say first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from atlas.drawing import APART
from atlas.figure import Chosen, Find
from atlas.readings import EXPORTER, column_of
from atlas.tables import Record, Rows
from atlas.words import amount, people, share, the, ug

Say = Callable[[Record], str]
UNNAMED = (*APART, "all")
"""Consumers that are never first: the rest of the world is not a country, and returned exports are China's."""


STANDARD_UG_M3, GUIDELINE_UG_M3 = 35, 5
"""China's annual standard (GB 3095-2012, class II) and the guideline of the WHO (2021) for PM2.5."""


def top(rows: Sequence[Record], column: str) -> Record | None:
    """The row with the largest value of a column; None without any."""
    known = [row for row in rows if row[column] is not None]
    return max(known, key=lambda row: float(row[column]), default=None)


def by_measure(says: Mapping[str, Say]) -> Find:
    """The sentence of the measure that is chosen, on the place where it is largest."""

    def find(rows: Rows, chosen: Chosen) -> str:
        first = top(rows.records, column_of(chosen["measure"]))
        return says[chosen["measure"]](first) if first else ""

    return find


PM25_MAP = by_measure(
    {
        "export_ug_m3": lambda row: (
            f"Foreign consumption puts most PM2.5 over {row['name']}: {ug(row['export_ug_m3'])} µg/m³"
        ),
        "export_share": lambda row: (
            f"Foreign consumption has the largest share of PM2.5 over {row['name']}: {share(row['export_share'])}"
        ),
        "indirect_share": lambda row: (
            f"{share(row['indirect_share_exporter'])} of what exports put over {row['name']} is indirect, the "
            "largest share (reading exporter)"
        ),
        "indirect_share_final_producer": lambda row: (
            f"{share(row['indirect_share_final_producer'])} of what exports put over {row['name']} is indirect, "
            "the largest share (reading final_producer)"
        ),
        "east_coast_ug_m3": lambda row: (
            f"Exports of the East Coast put most over {row['name']}: {ug(row['east_coast_ug_m3'])} µg/m³"
        ),
        "total_ug_m3": lambda row: (
            f"{row['name']} breathes most PM2.5: {ug(row['total_ug_m3'])} µg/m³"
        ),
    }
)
EXPORT_MAP = by_measure(
    {
        "driven_t": lambda row: (
            f"{row['name']} emits most for exports: {amount(row['driven_t'])} t of {row['pollutant']}"
        ),
        "share_of_emissions": lambda row: (
            f"{row['name']} emits the largest share for exports: {share(row['share_of_emissions'])} of its "
            f"{row['pollutant']}"
        ),
        "indirect_share": lambda row: (
            f"{row['name']} supplies {share(row['indirect_share_exporter'])} of what it emits for exports to "
            "exports of other provinces (reading exporter)"
        ),
        "indirect_share_final_producer": lambda row: (
            f"{share(row['indirect_share_final_producer'])} of what {row['name']} emits for exports goes into "
            "goods that others finish (reading final_producer)"
        ),
        "east_coast_share": lambda row: (
            f"{share(row['east_coast_share'])} of what {row['name']} emits for exports, the East Coast exports"
        ),
    }
)
HEALTH_MAP = by_measure(
    {
        "deaths": lambda row: (
            f"{people(row['deaths'])} deaths a year in {row['name']} are associated with PM2.5, the most"
        ),
        "deaths_per_100k": lambda row: (
            f"Deaths are most frequent in {row['name']}: {people(row['deaths_per_100k'])} a year per 100,000 "
            "residents"
        ),
        "export_deaths": lambda row: (
            f"Foreign demand is associated with most deaths in {row['name']}: {people(row['export_deaths'])}"
        ),
        "export_share": lambda row: (
            f"Foreign demand has the largest share of deaths in {row['name']}: {share(row['export_share'])}"
        ),
    }
)


def direct_and_indirect(rows: Rows, chosen: Chosen) -> str:
    """The indirect part of all provinces together, with the name of the reading."""
    column = f"indirect_share_{chosen['reading']}"
    whole = sum(float(row["driven_t"] or 0) for row in rows)
    if not whole:
        return ""
    indirect = sum(float(row["driven_t"] or 0) * float(row[column] or 0) for row in rows)
    how = (
        "for exports of other provinces"
        if chosen["reading"] == EXPORTER
        else "for goods that others finish"
    )
    part = f"{share(indirect / whole)} of {rows.records[0]['pollutant']} driven by exports"
    return f"{part} is indirect, {how} (reading {chosen['reading']})"


def exposure(threshold_ug_m3: float) -> Find:
    """How many people exports lift above a level."""

    def find(rows: Rows, _: Chosen) -> str:
        above = {
            str(row["scenario"]): float(row["people_above_persons"])
            for row in rows
            if float(row["threshold_ug_m3"]) == threshold_ug_m3
        }
        if set(above) != {"Base", "I_EX"}:
            return ""
        lifted = people(above["Base"] - above["I_EX"])
        place = rows.records[0]["name"]
        return f"Exports lift {lifted} people in {place} above {threshold_ug_m3:g} µg/m³"

    return find


def sources(rows: Rows, chosen: Chosen) -> str:
    """The first consumer or exporter behind the PM2.5 of a place."""
    first = top([row for row in rows if row["code"] not in UNNAMED], "pm25_ug_m3")
    if first is None:
        return ""
    put = f"{ug(first['pm25_ug_m3'])} µg/m³ over {first['name']}"
    part = f"{share(first['export_share'])} of what exports put there"
    if chosen["side"] == "consumer":
        return f"Consumption in {the(first['whose'])} puts {put}: {part}"
    return f"Exports of {first['whose']} carry {put}: {part}"


def leading_consumer(rows: Rows, _: Chosen) -> str:
    """The first named consumer behind a place's emissions."""
    first = top([row for row in rows if row["consumer"] not in UNNAMED], "driven_t")
    if first is None:
        return ""
    drives, buys = share(first["emission_share"]), share(first["export_share"])
    return (
        f"Consumption in {the(first['consumer_name'])} drives {drives} of what {first['name']} emits for exports; "
        f"it buys {buys} of their value"
    )


def sector(rows: Rows, chosen: Chosen) -> str:
    """The first sector, as emitter or as the product that is consumed."""
    first = top(rows.records, "driven_t")
    if first is None:
        return ""
    name = first["sector_name"] or first["sector"]
    how = "emits" if chosen["perspective"] == "production" else "is the product behind"
    return f"{name} {how} {share(first['share'])} of {first['pollutant']} driven by exports"
