"""Random unit slips in the raw roles of an edition, and which of them gate 1 finds by peers alone.

    python -m tests.expectations.slips [WORKING_FILE ...]

prints, by factor and by kind, how many of 200 slips are an error and how many at least a warning.
Without a working file it slips the bundled files of open-2007. The bounds recorded for an edition and
the totals that a contract checks are left aside: a user's own edition has neither. Nothing is written.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from expectations.peers import run_peers
from warehouse.database import literal, tables_of

BUNDLED = Path(__file__).resolve().parents[2] / "warehouse" / "bundled" / "open_2007"
FACTORS = (10, 100, 1_000, 10_000)
KINDS = ("province", "sector group", "pollutant", "role")
SEED, SLIPS = 20_261_130, 200


@dataclass(frozen=True)
class Role:
    """A role's measure, and the SQL that names its places and parts; empty where it has none."""

    measure: str
    province: str = ""
    sector: str = ""
    pollutant: str = ""

    def column(self, kind: str) -> str:
        """The SQL of a kind of slip."""
        return {
            "province": self.province,
            "sector group": self.sector,
            "pollutant": self.pollutant,
            "role": "'all'",
        }[kind]


_BLOCK = """
case
    when row_kind <> 'sector' then null when row_code = '01' then 'agriculture'
    when row_code <= '05' then 'mining' when row_code <= '10' then 'light industry'
    when row_code <= '15' then 'materials' when row_code <= '22' then 'equipment'
    when row_code <= '25' then 'utilities' when row_code = '26' then 'construction'
    else 'services'
end
"""
_USER = "case when from_province <> 'ALL' then from_province else to_province end"
_EMITTER = "regexp_extract(source_sector, '^(Power|End_Use_[A-Za-z]+|[A-Z]+$)')"
ROLES = {
    "provincial_table": Role("value_10k_cny", "province", _BLOCK),
    "provincial_mrio": Role("value_10k_cny", _USER, _BLOCK),
    "sector_emission": Role("emission_t", "province", "source_sector", "pollutant"),
    "subsector_emission": Role("emission_t", "", _EMITTER, "pollutant"),
    "emission_proxy": Role("value_mt_co2", "province", "component"),
    "export_total": Role("value_million", "province"),
    "global_table": Role("value_musd"),
    "gtap_flow": Role("value_musd"),
    "population": Role("population_persons", "province"),
    "population_total": Role("population_persons", "province"),
    "grid_cell": Role("population_persons", "province"),
    "ammonia": Role("emission_t", "province", "product_category"),
    "sector_output": Role("value", "province", "product_code"),
    "trade": Role("value_million", "province"),
}
"""Roles of provinces and nations with a unit. Prices, grids, weather and observations have their own checks."""


@dataclass(frozen=True)
class Slip:
    """A role's measure in another unit: times the factor where the column of its kind has the value."""

    role: str
    kind: str
    value: str
    factor: float

    @property
    def size(self) -> int:
        """The factor either way."""
        return round(max(self.factor, 1 / self.factor))


def bundled() -> duckdb.DuckDBPyConnection:
    """The raw roles of open-2007, in memory, with what provenance says of the census."""
    connection = duckdb.connect()
    connection.execute("create schema raw")
    for role in ROLES:
        if (file := BUNDLED / f"{role}.parquet").exists():
            connection.execute(f"create table raw.{role} as from {literal(str(file))}")
    connection.execute(
        "create table raw.provenance as select 'population' as role, 2020 as vintage_year"
    )
    return connection


def slips(connection: duckdb.DuckDBPyConnection, count: int = SLIPS) -> list[Slip]:
    """Random slips, as many of each factor and kind, either way; role and place by chance."""
    random = np.random.default_rng(SEED)
    there = [role for role in ROLES if role in tables_of(connection, "raw")]
    found = []
    for number in range(count):
        factor = float(FACTORS[number % len(FACTORS)])
        kind = KINDS[number // len(FACTORS) % len(KINDS)]
        able = [role for role in there if ROLES[role].column(kind)]
        role = able[int(random.integers(len(able)))]
        column = ROLES[role].column(kind)
        values = sorted(
            str(value)
            for (value,) in connection.execute(
                f"select distinct {column} from raw.{role} where {_slipped(role)}"
            ).fetchall()
            if value
        )
        value = values[int(random.integers(len(values)))]
        found.append(Slip(role, kind, value, factor if random.random() < 0.5 else 1 / factor))
    return found


def _slipped(role: str) -> str:
    """Rows that slip; totals that the source prints follow from them and are not the reader's concern here."""
    return {
        "sector_emission": "source_sector <> 'TOTAL'",
        "subsector_emission": "source_sector <> 'SUM'",
        "emission_proxy": "source_sector <> 'Total Consumption'",
        "sector_output": "measure <> 'price_cny_t'",
    }.get(role, "true")


@contextmanager
def slipped(connection: duckdb.DuckDBPyConnection, slip: Slip) -> Iterator[None]:
    """The role with the slip; as before afterwards."""
    role = ROLES[slip.role]
    connection.execute("begin")
    try:
        connection.execute(
            f"update raw.{slip.role} set {role.measure} = {role.measure} * {slip.factor!r}"
            f" where {_slipped(slip.role)} and {role.column(slip.kind)} = {literal(slip.value)}"
        )
        yield
    finally:
        connection.execute("rollback")


def severity_of(connection: duckdb.DuckDBPyConnection, slip: Slip, year: int) -> str:
    """`error`, `warn` or `unseen`: what gate 1 says of a slip that it did not say before."""
    with slipped(connection, slip):
        failed = {check.severity for check in run_peers(connection, year) if not check.passed}
    return "error" if "error" in failed else "warn" if failed else "unseen"


def report(connection: duckdb.DuckDBPyConnection, year: int, count: int = SLIPS) -> str:
    """The tables by factor and by kind, and the slips that no error found."""
    tried = [(slip, severity_of(connection, slip, year)) for slip in slips(connection, count)]
    lines = ["| factor | slips | error | error or warning |", "|---|---|---|---|"]
    by_size = {size: [found for slip, found in tried if slip.size == size] for size in FACTORS}
    by_kind = {kind: [found for slip, found in tried if slip.kind == kind] for kind in KINDS}
    lines += [_row(f"{size:,}", found) for size, found in by_size.items()]
    lines += ["", "| kind | slips | error | error or warning |", "|---|---|---|---|"]
    lines += [_row(kind, found) for kind, found in by_kind.items()]
    missed = [f"{slip} {found}" for slip, found in tried if found != "error" and slip.size > 10]
    return "\n".join([*lines, "", "no error, factor 100 and more:", *(missed or ["none"])])


def _row(name: str, found: list[str]) -> str:
    counted = Counter(found)
    error, seen = counted["error"], counted["error"] + counted["warn"]
    return f"| {name} | {len(found)} | {error} ({error / len(found):.0%}) | {seen} ({seen / len(found):.0%}) |"


def main(files: list[str]) -> None:
    """Report the bundled files, or each working file given."""
    if not files:
        print(report(bundled(), 2007))
    for file in files:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(file)} as held (read_only)")
            connection.execute("create schema raw")
            for role in [*ROLES, "provenance"]:
                known = "select 1 from duckdb_tables() where schema_name = 'raw' and table_name = ?"
                if connection.execute(f"{known} and database_name = 'held'", [role]).fetchall():
                    connection.execute(f"create table raw.{role} as from held.raw.{role}")
            print(f"\n{Path(file).name}\n\n{report(connection, int(Path(file).stem[-4:]))}")


if __name__ == "__main__":
    main(sys.argv[1:])
