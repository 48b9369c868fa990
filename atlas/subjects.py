"""The figures that a comparison is made of: what is summed, by what, and from which marts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

import duckdb

from warehouse.database import connect, fetch, literal, translated


@dataclass(frozen=True)
class Held:
    """An edition and year of an attached file."""

    catalog: str
    edition: str
    year: int


@dataclass(frozen=True)
class Subject:
    """A figure by places or sectors.

    query: SQL with $marts, $edition and $year that gives pollutant, code and value.  needs: marts it reads.
    """

    title: str
    unit: str
    query: str
    needs: tuple[str, ...]


# Exports' output, summed once for the five subjects that divide it in different ways.
OUTPUT = """
    create temp table $driven as
    select producer_province, producer_sector, exporter_province, consumer_region, sum(output_musd) as output_musd
    from $marts.fct_export_output
    where edition = $edition and year = $year
    group by all
"""
_DRIVEN = """
    select intensity.pollutant, $code as code, output.output_musd * intensity.emission_t_per_musd as amount
    from $driven as output
    inner join $marts.fct_emission_intensity as intensity
        on output.producer_province = intensity.province and output.producer_sector = intensity.sector
    where intensity.edition = $edition and intensity.year = $year
"""
_SUM = "select pollutant, code, sum(amount) as value from ({}) group by all"


def _driven(code: str) -> str:
    return _SUM.format(Template(_DRIVEN).safe_substitute(code=code))


def _emitted(code: str) -> str:
    return _SUM.format(
        f"select pollutant, {code} as code, emission_t as amount from $marts.fct_emission_inventory"
        " where edition = $edition and year = $year"
    )


def _breathed(scenario_sign: str, code: str) -> str:
    return _SUM.format(
        f"select 'PM2.5' as pollutant, {code} as code, {scenario_sign} * pm25_ug_m3 as amount"
        " from $marts.fct_pm25_province where edition = $edition and year = $year and season = 'year'"
        " and weighting = 'population' and engine = 'reduced'"
    )


_OF_EXPORTS = (
    "(case when component in ('soa', 'background') then 0"
    " when scenario = 'Base' then 1 when scenario = 'I_EX' then -1 else 0 end)"
)
_OF_EVERYTHING = "(case when scenario = 'Base' then 1 else 0 end)"
FOOTPRINT = ("fct_export_output", "fct_emission_intensity")
_AIR = ("fct_pm25_province",)

SUBJECTS = (
    Subject("All emissions of China", "t", _emitted("'China'"), ("fct_emission_inventory",)),
    Subject("Emissions that exports drive", "t", _driven("'China'"), FOOTPRINT),
    Subject("All emissions by province", "t", _emitted("province"), ("fct_emission_inventory",)),
    Subject("For exports, by emitting province", "t", _driven("output.producer_province"), FOOTPRINT),
    Subject("For exports, by consumer", "t", _driven("output.consumer_region"), FOOTPRINT),
    Subject("For exports, by exporting province", "t", _driven("output.exporter_province"), FOOTPRINT),
    Subject("For exports, by emitting sector", "t", _driven("output.producer_sector"), FOOTPRINT),
    Subject("PM2.5 that people breathe", "ug/m3", _breathed(_OF_EVERYTHING, "province"), _AIR),
    Subject("PM2.5 of exports that people breathe", "ug/m3", _breathed(_OF_EXPORTS, "province"), _AIR),
)  # fmt: skip


def figures(
    connection: duckdb.DuckDBPyConnection, query: str, held: Held
) -> Mapping[tuple[str, str], float]:
    """The values of a subject by pollutant and code. query: of `Subject`, or OUTPUT before it."""
    rows = ask(connection, query, held).fetchall()
    return {(str(pollutant), str(code)): float(value) for pollutant, code, value in rows}


def ask(connection: duckdb.DuckDBPyConnection, query: str, held: Held) -> duckdb.DuckDBPyConnection:
    """Send a query with its names put in: $marts, $driven, $edition, $year."""
    names = {"marts": f"{held.catalog}.marts", "driven": f"driven_{held.catalog}"}
    sql = Template(query).safe_substitute(names)
    return connection.execute(sql, {"edition": held.edition, "year": held.year})


HEADLINES = SUBJECTS[:2]
"""The nation's figures: all emissions, and those that exports drive."""

Figure = tuple[str, str]
"""Title of a subject, and pollutant."""


def headlines(path: Path, edition: str, year: int) -> dict[Figure, float]:
    """The nation's figures of an edition in a published or working file, in tonnes."""
    held = Held("a", edition, year)
    with connect(None, repeatable=False) as connection, translated(path):
        connection.execute(f"attach {literal(str(path))} as a (read_only)")
        ask(connection, OUTPUT, held)
        return {
            (subject.title, pollutant): value
            for subject in HEADLINES
            for (pollutant, _), value in figures(connection, subject.query, held).items()
        }


def originals(path: Path, edition: str, year: int) -> dict[str, dict[str, str]]:
    """For each role of an edition in a published file, the name of every original file by its SHA-256."""
    found: dict[str, dict[str, str]] = {}
    with connect(None, repeatable=False) as connection, translated(path):
        connection.execute(f"attach {literal(str(path))} as a (read_only)")
        query = (
            "select role, original_sha256, original_file_name from a.marts.fct_provenance"
            " where edition = ? and year = ? order by all"
        )
        for role, sha, name in fetch(connection, query, [edition, year]):
            found.setdefault(str(role), {})[str(sha)] = str(name)
    return found
