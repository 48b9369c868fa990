"""Which family of models makes a part of the linked table: what the user has decides, not the edition's kind.

A family is a folder of ``models``; the families of one part make the same tables behind one contract
(models/core). dbt reads the chosen ones alone (dbt_project.yml).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Choices:
    """One word a part.

    export_destinations: where provinces export to: as their customs rows say, or as the nation does.
    interprovincial_flows: what provinces deliver to each other; estimated by gravity, or as a workbook has it.
    """

    export_destinations: Literal["nation", "customs"] = "nation"
    interprovincial_flows: Literal["gravity", "workbook"] = "gravity"

    @property
    def variables(self) -> dict[str, str]:
        """As dbt's variables."""
        return {
            "export_destinations": self.export_destinations,
            "interprovincial_flows": self.interprovincial_flows,
        }


def choices_of(kind: str, filled: Collection[str]) -> Choices:
    """The families for a kind of edition whose roles of these names are filled.

    Kind `paper` demands all roles that others can do without.
    """
    has_all = kind == "paper"
    return Choices(
        export_destinations="customs" if has_all or "trade" in filled else "nation",
        interprovincial_flows=("workbook" if has_all or "provincial_mrio" in filled else "gravity"),
    )


SUPERSEDED: Mapping[str, str] = MappingProxyType({"provincial_table": "provincial_mrio"})
"""Role to the role whose files take its place, so that its own files are not used."""


def superseding(kind: str, role: str, filled: Collection[str]) -> str | None:
    """The filled role that takes the place of this one; None where the role is used.

    kind: of the edition; editions of licensed data have no such pairs.
    """
    other = SUPERSEDED.get(role)
    return other if kind != "paper" and other in filled else None


def idle_notes(kind: str, role: str, filled: Collection[str]) -> tuple[str, ...]:
    """A note when files in the role are not used, since files in another filled role take their place."""
    other = superseding(kind, role, filled)
    if other is None:
        return ()
    return (
        f"Files in {role} are not used: your files in {other} take their place."
        f" To use {role}: move the files of {other} out of the landing folder.",
    )


@dataclass(frozen=True)
class Replacement:
    """What a file in a role replaces. stand_ins: rows of fct_assumption that are gone (or fewer) then."""

    role: str
    what: str
    stand_ins: tuple[str, ...]
    files: str
    where: str


REPLACEMENTS: Mapping[str, Replacement] = MappingProxyType(
    {
        each.role: each
        for each in (
            Replacement(
                "global_table",
                "the edition's world table; with countries also parted demand and derived countries",
                (
                    "final_demand_parted",
                    "negative_demand_is_inventory",
                    "consumer_country_derived",
                    "global_table_derived",
                ),
                "a world table of the year (OECD, EXIOBASE 3, Eora26, GLORIA, WIOD), or a tidy one",
                "their publishers: docs/bring/world.md",
            ),
            Replacement(
                "provincial_table",
                "the bundled tables of single provinces",
                (),
                "workbooks of the statistics bureaus, or a tidy table",
                "statistics bureaus of the provinces; docs/your_data.md",
            ),
            Replacement(
                "provincial_mrio",
                "gravity between provinces, and provincial_table",
                (
                    "interprovincial_flow_by_gravity",
                    "outflow_inflow_reconciled",
                    "cross_haul_removed",
                    "transit_removed",
                    "re_export_removed",
                    "inventory_trimmed",
                    "table_error_to_trade",
                    "exchanged_columns",
                ),
                "CEADs' multi-regional workbook of the year, 42 sectors x 31 provinces",
                "ceads.net, after registration",
            ),
            Replacement(
                "trade",
                "China's destinations and origins in each province's trade in goods",
                ("export_destination_stand_in",),
                "customs export and import by province, partner and commodity",
                "stats.customs.gov.cn",
            ),
            Replacement(
                "sector_emission",
                "the bundled inventory by province",
                ("inventory_brought_to_national_total", "inventory_of_an_older_year"),
                "MEIC by province, or your own table",
                "meicmodel.org.cn, after registration",
            ),
            Replacement(
                "emission_concordance",
                "nothing: it says where the sectors of your own list go",
                (),
                "your table source_sector, to_code, weight",
                "docs/your_data.md",
            ),
            Replacement(
                "deflator",
                "the bundled price index: one for all of industry, the deflator of GDP for other sectors",
                (),
                "price levels by common sector and year, 100 in one year",
                "docs/bring/deflator.md",
            ),
            Replacement(
                "crude_death_rate",
                "China's death rates in every province",
                ("health_rates_of_the_nation",),
                "deaths of all causes per 1,000 residents by province",
                "statistical yearbooks of the provinces",
            ),
        )
    }
)
"""Role to what a user's file in it replaces, in editions of open data."""
