"""Titles of the review of observed air: what the chosen rows say first."""

from __future__ import annotations

from atlas.figure import Chosen
from atlas.findings import STANDARD_UG_M3, top
from atlas.tables import Rows
from atlas.words import ug


def quarter(rows: Rows, chosen: Chosen) -> str:
    """Who has most PM2.5 in the quarter, and how many are above the standard of a year."""
    first = top(rows.records, "mean_ug_m3")
    if first is None:
        return ""
    above = sum(float(row["mean_ug_m3"]) > STANDARD_UG_M3 for row in rows)
    return (
        f"{first['name']} had most PM2.5 in {chosen['period']}: {ug(first['mean_ug_m3'])} µg/m³; {above} of "
        f"{len(rows)} provinces were above {STANDARD_UG_M3}"
    )


def series(rows: Rows, _: Chosen) -> str:
    """The last quarter that is known."""
    known = [row for row in rows if row["mean_ug_m3"] is not None]
    if not known:
        return ""
    last = max(known, key=lambda row: str(row["period"]))
    return (
        f"{last['name']} had {ug(last['mean_ug_m3'])} µg/m³ of PM2.5 in {last['period']}, the last "
        f"quarter known"
    )


def weather(rows: Rows, _: Chosen) -> str:
    """In how many places emissions clearly lowered or raised PM2.5: the interval lies on one side of zero."""
    known = [
        row
        for row in rows
        if row["emission_low_pp"] is not None and row["emission_high_pp"] is not None
    ]
    if not known:
        return ""
    lowered = sum(float(row["emission_high_pp"]) < 0 for row in known)
    raised = sum(float(row["emission_low_pp"]) > 0 for row in known)
    return (
        f"Emissions, not the weather, clearly lowered PM2.5 in {lowered} of {len(known)} places and "
        f"raised it in {raised}"
    )
