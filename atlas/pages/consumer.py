"""A page for one consumer at a time: what its consumption puts over whom, through whom, from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from atlas.countries import DERIVED
from atlas.drawing import DOTTED, HATCH, bars, label, province_map, with_legend
from atlas.figure import (
    POLLUTANT,
    POLLUTANTS,
    Choice,
    Chosen,
    Figure,
    Page,
    Plot,
    Select,
    Told,
    column_options,
)
from atlas.pages.consumers import ASSUMED
from atlas.pages.consumption import ESTIMATED, MODELLED
from atlas.tables import Record, Rows
from atlas.words import amount, in_sentence, ordinal, people, share, the, ug, verb

DEFAULT = "USA"
MOST_BARS = 15
SUBJECT = Select(
    "consumer", "Consumer", column_options("consumer", "name"), "consumer", default=DEFAULT
)
_OF_ROWS = replace(SUBJECT, options=column_options("consumer", "consumer_name"))
_SO2 = replace(POLLUTANT, default="SO2")


def _derived_options(rows: Rows) -> tuple[Choice, ...]:
    options = column_options("consumer", "consumer_name")(rows)
    return tuple(Choice(each.value, f"{each.label} (derived)") for each in options)


_COUNTRY = replace(SUBJECT, options=_derived_options)


def _puts(rows: Rows, _: Chosen) -> Told:
    row = rows.records[0]
    name, put = str(row["name"]), ug(row["pm25_ug_m3"])
    facts = [
        (
            "Over people in China",
            f"{put} µg/m³",
            f"of PM2.5, mean of the year: {share(row['share_of_exports'])} of what exports put there{_rank(row)}.",
        ),
        (
            "Over whom most",
            str(row["receptors"]),
            f"{ug(row['receptor_ug_m3'])} µg/m³{verb(row['receptors_at_the_top'], '', ' each, a tie')}.",
        ),
        (
            "Through whom",
            str(row["exporters"]),
            f"{verb(row['exporters_at_the_top'], 'Its exports carry', 'A tie: their exports carry about')} "
            f"{share(row['exporter_share'])} of it{verb(row['exporters_at_the_top'], '', ' each')}.",
        ),
    ]
    if row["deaths"] is not None:
        text = "a year in China are associated with that PM2.5."
        facts.append(("What it costs", f"{people(row['deaths'])} deaths", text))
    return Told(
        f"{_whose(row)} puts {put} µg/m³ of PM2.5 over people in China",
        tuple(facts),
        tuple(_notes(row, name)),
    )


def _whose(row: Record) -> str:
    if row["kind"] == "home":
        return "What returns from abroad to China's own consumption"
    if row["consumer"] == "ROW":
        return "Consumption of the rest of the world"
    return f"Consumption in {the(row['name'])}"


def _rank(row: Record) -> str:
    if row["kind"] == "home" or row["consumer"] == "ROW":
        return ""
    return f", {ordinal(row['named_rank'])} of {row['named_consumers']} named consumers"


def _notes(row: Record, name: str) -> list[str]:
    if row["consumer"] == "ROW":
        return [
            f"{name} is not a country: it stands for all countries without a row of their own in the world table. "
            "It has no rank among consumers."
        ]
    if row["kind"] == "home":
        return [
            "Exports that other countries process and that China finally buys. They are not foreign consumption."
        ]
    return []


def _over(rows: Rows, _: Chosen) -> Plot:
    records = [row for row in rows if row["side"] == "receptor"]
    hover = "%{customdata[0]}<br>%{z:.2g} µg/m³"
    return province_map(records, "pm25_ug_m3", "µg/m³ PM2.5, mean of the year", hover)


def _over_found(rows: Rows, _: Chosen) -> str:
    top = max(
        (row for row in rows if row["side"] == "receptor"), key=lambda row: float(row["pm25_ug_m3"])
    )
    return f"Most of it lies over {top['name']}: {ug(top['pm25_ug_m3'])} µg/m³"


def _through(rows: Rows, _: Chosen) -> Plot:
    records = [row for row in rows if row["side"] == "exporter"]
    return _province_bars(records, "pm25_ug_m3", "µg/m³ PM2.5 over people in China", "µg/m³")


def _through_found(rows: Rows, _: Chosen) -> str:
    records = [row for row in rows if row["side"] == "exporter"]
    total = sum(float(row["pm25_ug_m3"]) for row in records)
    top = max(records, key=lambda row: float(row["pm25_ug_m3"]))
    return f"Exports of {top['name']} carry {share(float(top['pm25_ug_m3']) / total)} of it"


def _emits(rows: Rows, chosen: Chosen) -> Plot:
    unit = f"tonnes a year of {POLLUTANTS.get(chosen['pollutant'], chosen['pollutant'])}"
    return _province_bars(list(rows), "driven_t", unit, "t")


def _emits_found(rows: Rows, _: Chosen) -> str:
    top = max(rows, key=lambda row: float(row["driven_t"]))
    total = sum(float(row["driven_t"]) for row in rows)
    return (
        f"It drives {amount(total)} t of emissions in {len(rows)} provinces, most in {top['name']}: "
        f"{amount(top['driven_t'])} t"
    )


def _derived(rows: Rows, chosen: Chosen) -> Told:
    """What a country within a region drives: emissions alone, since the marts divide no PM2.5."""
    records = sorted(rows, key=lambda row: -float(row["driven_t"]))
    first = records[0]
    total = sum(float(row["driven_t"]) for row in records)
    name, region = str(first["consumer_name"]), str(first["region_name"])
    pollutant = in_sentence(POLLUTANTS.get(chosen["pollutant"], chosen["pollutant"]))
    return Told(
        f"Consumption in {the(name)} drives {amount(total)} t of {chosen['pollutant']} in China (derived)",
        (
            (
                "It drives",
                f"{amount(total)} t",
                f"of {pollutant} a year, in {len(records)} provinces.",
            ),
            (
                "Of its region",
                share(total / float(first["region_t"])),
                f"of what {the(region)} drives.",
            ),
            (
                "Where most",
                str(first["name"]),
                f"{amount(first['driven_t'])} t, {share(float(first['driven_t']) / total)} of it.",
            ),
        ),
        (
            f"Derived: the world table has {the(region)} as one. The parts of its countries follow WIOD "
            f"of 2014 and sum "
            f"to it. PM2.5 is not divided by country: choose {region} for it.",
        ),
    )


def _derived_emits(rows: Rows, chosen: Chosen) -> Plot:
    plot = _emits(rows, chosen)
    plot["data"][0] |= {"name": "derived within its region"}
    plot["data"][0]["marker"]["pattern"] = DOTTED
    return with_legend(plot)


def _province_bars(records: Sequence[Record], column: str, unit: str, short_unit: str) -> Plot:
    """The largest provinces as bars that lead to their pages; what is left is one bar.

    Hatched where the records say that more than half rests on assumed destinations.
    """
    ordered = sorted(records, key=lambda row: -float(row[column]))
    named, rest = ordered[:MOST_BARS], ordered[MOST_BARS:]
    names = [label(row) for row in named]
    values = [float(row[column]) for row in named]
    codes: list[str | None] = [str(row["province"]) for row in named]
    if rest:
        names.append(f"{len(rest)} others")
        values.append(sum(float(row[column]) for row in rest))
        codes.append(None)
    plot = bars(names, [("", values)], unit=unit, hover_unit=short_unit)
    plot["data"][0]["meta"] = {"page": "province", "codes": codes}
    plot["data"][0]["hovertemplate"] = f"%{{y}}: %{{x:,.3s}} {short_unit}<extra></extra>"
    hatched = [_is_assumed([row], column) for row in named] + (
        [_is_assumed(rest, column)] if rest else []
    )
    if any(hatched):
        shapes = ["/" if each else "" for each in hatched]
        plot["data"][0]["marker"]["pattern"] = {**HATCH, "shape": shapes}
        plot["data"][0]["name"] = "hatched: destinations assumed"
        return with_legend(plot)
    return plot


def _is_assumed(records: Sequence[Record], column: str) -> bool:
    """Whether more than half of an amount rests on assumed destinations."""
    whole = sum(float(row[column]) for row in records)
    part = sum(float(row[column]) * float(row.get("assumed_share") or 0) for row in records)
    return part > 0.5 * whole


PAGE = Page(
    "consumer",
    "Consumer by consumer",
    "What its consumption puts over whom, through whose exports, and where it is emitted.",
    (
        Figure(
            "consumer_puts",
            "What it puts over China",
            "consumer_puts",
            "PM2.5 over people that its consumption calls for, whatever country the goods pass through.",
            MODELLED,
            selects=(SUBJECT,),
            tell=_puts,
            absent="",
        ),
        Figure(
            "consumer_over",
            "Over whom",
            "consumer_over",
            "PM2.5 over each province that its consumption calls for, weighted by where people live.",
            MODELLED,
            _over,
            (_OF_ROWS,),
            finding=_over_found,
            absent="",
        ),
        Figure(
            "consumer_through",
            "Through whose exports",
            "consumer_over",
            "PM2.5 over people in China that its consumption calls for, by the province that exports. "
            + ASSUMED,
            MODELLED,
            _through,
            (_OF_ROWS,),
            finding=_through_found,
            absent="",
        ),
        Figure(
            "consumer_emits",
            "Where it is emitted",
            "consumer_emits",
            "Emissions in each province that its consumption drives: for the province's own exports, and for its "
            "supplies to other provinces' exports. " + ASSUMED,
            ESTIMATED,
            _emits,
            (_OF_ROWS, _SO2),
            finding=_emits_found,
            absent="",
        ),
        Figure(
            "country_drives",
            "What a country within a region drives",
            "country_emits",
            "Emissions in China that the consumption of this country drives, as part of its region.",
            DERIVED,
            selects=(_COUNTRY, _SO2),
            tell=_derived,
            absent="",
        ),
        Figure(
            "country_emits",
            "Where it is emitted for a country",
            "country_emits",
            "Emissions in each province that the consumption of this country drives. Dotted: derived.",
            DERIVED,
            _derived_emits,
            (_COUNTRY, _SO2),
            finding=_emits_found,
            absent="",
        ),
    ),
    subject=SUBJECT,
)
