"""A page for one province at a time: what it breathes, for whom, through whom, what it makes for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from atlas import findings
from atlas.drawing import province_map
from atlas.figure import (
    POLLUTANT,
    POLLUTANTS,
    Chosen,
    Figure,
    Page,
    Plot,
    Select,
    Told,
    column_options,
)
from atlas.pages.consumers import leading
from atlas.pages.consumption import ESTIMATED, MODELLED
from atlas.readings import BOTH
from atlas.sources import HATCHED, SIDE, sources
from atlas.tables import Record, Rows
from atlas.words import amount, in_sentence, interval, ordinal, people, share, ug, verb
from warehouse.regions import home_region

DEFAULT = "CN-HE"
SUBJECT = Select(
    "province", "Province", column_options("province", "name"), "province", default=DEFAULT
)
_BY_RECEPTOR = Select("province", "Province", column_options("receptor", "name"), "receptor")
_BY_PRODUCER = Select(
    "province", "Province", column_options("producer", "producer_name"), "producer"
)


def _breathes(rows: Rows, _: Chosen) -> Told:
    row = rows.records[0]
    name, total = str(row["name"]), ug(row["total_ug_m3"])
    put, part = ug(row["export_ug_m3"]), share(row["export_share"])
    spread = interval(row["export_p05_ug_m3"], row["export_p95_ug_m3"])
    rank = f"{ordinal(row['export_rank'])} of {row['provinces']} provinces"
    facts = [
        (
            "It breathes",
            f"{total} µg/m³",
            f"PM2.5, mean of the year over its people. Exports put {put} µg/m³{spread} of it there: {part}, "
            f"{rank}.",
        ),
        ("For whom", *_for_whom(row)),
        ("Through whom", *_through_whom(row)),
    ]
    if row["export_deaths"] is not None:
        spread = interval(row["export_p05_deaths"], row["export_p95_deaths"], people)
        facts.append(
            (
                "What it costs",
                f"{people(row['export_deaths'])} deaths",
                f"a year are associated with that PM2.5{spread}.",
            )
        )
    return Told(
        f"Exports put {put} µg/m³ of PM2.5 over {name}", tuple(facts), tuple(_air_notes(row))
    )


def _for_whom(row: Record) -> tuple[str, str]:
    if row["consumers"] is None:
        return "not known", "No foreign consumer has a name in this edition."
    several = int(row["consumers_at_the_top"]) > 1
    text = (
        f"Each calls for about {share(row['consumer_share'])} of it: a tie"
        if several
        else f"Its consumption calls for {share(row['consumer_share'])} of it"
    )
    if row["rest_of_world_share"] is not None:
        text += (
            f". Countries without a row of their own, together: {share(row['rest_of_world_share'])}"
        )
    return str(row["consumers"]), f"{text}."


def _through_whom(row: Record) -> tuple[str, str]:
    several = int(row["exporters_at_the_top"]) > 1
    text = (
        f"Their exports carry about {share(row['exporter_share'])} each: a tie"
        if several
        else f"Its exports carry {share(row['exporter_share'])} of it"
    )
    own = row["own_exports_share"]
    if row["exporters"] != row["name"] and own is not None:
        text += f". Exports of {row['name']} itself carry {share(own)}"
    return str(row["exporters"]), f"{text}."


def _air_notes(row: Record) -> list[str]:
    notes = []
    if row["observed_ug_m3"] is not None:
        notes.append(
            f"Observed there in the year: {ug(row['observed_ug_m3'])} µg/m³. The engine has "
            f"{ug(row['modelled_ug_m3'])} for the same cells."
        )
    if row["returned_ug_m3"]:
        notes.append(
            f"{ug(row['returned_ug_m3'])} µg/m³ of what exports put there returns as China's own consumption. "
            "Bars and shares include it, maps of scenarios do not."
        )
    return notes


def _makes(rows: Rows, _: Chosen) -> Told:
    row = rows.records[0]
    name = str(row["name"])
    what = in_sentence(POLLUTANTS.get(str(row["pollutant"]), str(row["pollutant"])))
    spread = interval(row["driven_p05_t"], row["driven_p95_t"], amount)
    facts = [
        (
            "It emits for exports",
            f"{amount(row['driven_t'])} t",
            f"of {what} a year{spread}: {share(row['share_of_emissions'])} of all that it emits.",
        ),
        ("Indirect, reading exporter", share(row["indirect_share_exporter"]), _for_others(row)),
        (
            "Indirect, reading final_producer",
            share(row["indirect_share_final_producer"]),
            "of that goes into goods that others finish, in China or abroad.",
        ),
    ]
    if row["consumers"]:
        facts.append(
            (
                "For whose consumption",
                str(row["consumers"]),
                f"{verb(row['consumers_at_the_top'], 'Largest named consumer', 'A tie of the largest')}: "
                f"{share(row['consumer_share'])} of it{verb(row['consumers_at_the_top'], '', ' each')}.",
            )
        )
    found = f"{share(row['share_of_emissions'])} of what {name} emits is made for exports"
    return Told(found, tuple(facts), tuple(_emission_notes(row)))


def _for_others(row: Record) -> str:
    """Who takes what the province supplies to exports of others."""
    supplied = "of that leaves as supplies to other provinces, which export it."
    if not row["exporters"]:
        return supplied
    takes = verb(row["exporters_at_the_top"], "takes", "take")
    tie = verb(row["exporters_at_the_top"], "", " each, a tie")
    return f"{supplied} {row['exporters']} {takes} most: {share(row['exporter_share'])}{tie}."


def _emission_notes(row: Record) -> list[str]:
    notes = []
    if assumed := row["assumed_destination_share"]:
        notes.append(
            f"Assumed: where {share(assumed)} of the exports of {row['name']} go (of "
            f"{amount(row['export_musd'])} million US$). No customs data by province is landed: each product "
            "goes where China's exports of it go."
        )
    if located := row["located_by_output_t"]:
        notes.append(
            f"Thin data: no CO2 account of {row['name']} is published. {amount(located)} t of its emissions stand "
            "where its sectors produce, at what the other provinces emit for the same output."
        )
    return notes


def _from_where(rows: Rows, _: Chosen) -> Plot:
    records = [
        {
            "province": row["producer"],
            "name": row["producer_name"],
            "name_zh": row["producer_name_zh"],
            "pm25_ug_m3": row["pm25_ug_m3"],
        }
        for row in rows
    ]
    return _air_map(records)


def _over_whom(rows: Rows, _: Chosen) -> Plot:
    return _air_map([{**row, "province": row["receptor"]} for row in rows])


def _air_map(records: Sequence[Record]) -> Plot:
    hover = "%{customdata[0]}<br>%{z:.2g} µg/m³"
    return province_map(records, "pm25_ug_m3", "µg/m³ PM2.5, mean of the year", hover)


def _from_where_found(rows: Rows, _: Chosen) -> str:
    place = str(rows.records[0]["name"])
    total = sum(float(row["pm25_ug_m3"]) for row in rows)
    own = sum(
        float(row["pm25_ug_m3"]) for row in rows if row["producer"] == rows.records[0]["receptor"]
    )
    if own:
        return f"{share(own / total)} of the PM2.5 that exports put over {place} is emitted in {place} itself"
    return f"All PM2.5 that exports put over {place} is emitted in other provinces"


def _over_whom_found(rows: Rows, _: Chosen) -> str:
    place = str(rows.records[0]["producer_name"])
    others = [row for row in rows if row["receptor"] != row["producer"]]
    if not others:
        return f"What {place} emits for exports stays over {place}"
    most = max(others, key=lambda row: float(row["pm25_ug_m3"]))
    return (
        f"What {place} emits for exports puts {ug(most['pm25_ug_m3'])} µg/m³ over {most['name']}, "
        f"the most outside {place}"
    )


_SO2 = replace(POLLUTANT, default="SO2")
_NO_TABLE = "This edition has no input-output table of this province. What it makes for others is not known."

PAGE = Page(
    "province",
    "Province by province",
    "What it breathes, for whom, through whom; what it makes for others.",
    (
        Figure(
            "province_breathes",
            "What it breathes",
            "province_breathes",
            "PM2.5 over the people of the province, and the part of it that exports drive, emitted anywhere.",
            MODELLED,
            selects=(SUBJECT,),
            tell=_breathes,
        ),
        Figure(
            "province_whom",
            "For whom, and through whom",
            "pm25_sources",
            "Each bar: PM2.5 over the province that the consumption of a region calls for, or that the exports "
            f"of a province carry. {HATCHED}",
            MODELLED,
            sources,
            (_BY_RECEPTOR, SIDE),
            finding=findings.sources,
            height=420,
        ),
        Figure(
            "province_from_where",
            "Where the PM2.5 over it is emitted",
            "pm25_pairs",
            "PM2.5 over the chosen province that exports drive, by the province that emits it.",
            MODELLED,
            _from_where,
            (_BY_RECEPTOR,),
            finding=_from_where_found,
        ),
        Figure(
            "province_makes",
            "What it makes for others",
            "province_makes",
            "Emissions of the province that exports drive: its own, and those of the provinces that it supplies. "
            + BOTH,
            ESTIMATED,
            selects=(SUBJECT, _SO2),
            tell=_makes,
            absent=_NO_TABLE,
        ),
        Figure(
            "province_leading",
            "Whose consumption drives its emissions",
            "leading_consumers",
            "The ten consumers that drive most, by where the product is finally bought, beside the export volume "
            "by first country of destination.",
            ESTIMATED,
            leading,
            (SUBJECT, _SO2),
            finding=findings.leading_consumer,
            absent=_NO_TABLE,
        ),
        Figure(
            "province_over_whom",
            "Over whom its emissions for exports come down",
            "pm25_pairs",
            "PM2.5 over each province that comes from emissions of the chosen province, driven by exports.",
            MODELLED,
            _over_whom,
            (_BY_PRODUCER,),
            finding=_over_whom_found,
            absent=_NO_TABLE,
        ),
        Figure(
            "province_assumptions",
            "What rests on an assumption here",
            "province_assumptions",
            "Each stand-in that touches the province, with the amount that it moves, all sectors together.",
            "Counted by the steps that make the assumptions (fct_assumption).",
            selects=(SUBJECT,),
            absent="No assumption names this province.",
        ),
    ),
    subject=SUBJECT,
    subject_leaves_out=frozenset({"all", home_region()}),
)
