"""The roles of an edition in ``raw.*``: what each is made from, and reading those that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse.assumption import ESTIMATED
from warehouse.database import read_table, tables_of, write_table
from warehouse.edition import PACKAGE, Edition
from warehouse.fingerprint import code_part, digest, file_parts, module_parts
from warehouse.home import Home
from warehouse.inventory_lists import CONCORDANCE, list_fault, lists_of, target_fault
from warehouse.landing import RoleInput, resolve
from warehouse.provenance import ProvenanceRecord
from warehouse.role_reading import read_role
from warehouse.sources import READERS
from warehouse.sources.kept_days import days_kept_in
from warehouse.sources.notes import collected
from warehouse.world_codes import ROLE as WORLD
from warehouse.world_codes import world_fault

PROVENANCE = "provenance"
# What turns files into a role, whatever the role, beside the readers and the contracts.
_FRAME = (
    "warehouse.landing",
    "warehouse.role_reading",
    "warehouse.role_provenance",
    "warehouse.loading",
)
_CONTRACT = ("warehouse.contracts", "warehouse.contract_check")


@dataclass(frozen=True)
class Loaded:
    """What was read: rows, and lines for people."""

    rows: int
    lines: tuple[str, ...]


def role_parts(found: RoleInput) -> dict[str, str]:
    """Checksums of all that decides a role's table: its files, their readers' code, the contracts, the year."""
    modules = {READERS[source.reader].read.__module__ for source in found.sources}
    beside = [*PACKAGE.glob("*.yml"), *PACKAGE.glob("sources/*.csv"), *_descriptions(found.files)]
    parts = file_parts(found.files, kind="file")
    parts |= module_parts([*sorted(modules), *_CONTRACT])
    for module in _FRAME:
        parts |= code_part(module)
    parts |= file_parts(sorted(beside))
    parts |= file_parts(
        sorted({seed for source in found.sources for seed in READERS[source.reader].seeds}),
        kind="seed",
    )
    parts["readers"] = digest([source.reader for source in found.sources])
    return parts | {"year": str(found.year)}


def load_roles(
    connection: duckdb.DuckDBPyConnection,
    edition: Edition,
    home: Path,
    only: Collection[str] | None = None,
) -> Loaded:
    """Read the roles of an edition, check them against their contracts, write raw.* and their provenance.

    only: the roles to read (None: all); the provenance of the others is kept.  Call it within a transaction.
    Raises InputError.
    """
    lines: list[str] = []
    records: list[ProvenanceRecord] = []
    rows = 0
    inputs = resolve(edition, home)
    for role_input in inputs:
        if only is not None and role_input.role not in only:
            continue
        days = Home(home).days / edition.name / role_input.role
        with collected() as notes, days_kept_in(days):
            frame, provenance = read_role(role_input)
        written = write_table(connection, "raw", role_input.role, frame)
        rows += written
        records += provenance
        lines.append(f"{role_input.role}: {written:,} rows")
        lines += [f"warning: {note}" for note in (*role_input.notes, *notes)]
    refuse_unknown_codes(connection, edition, inputs)
    roles = [role_input.role for role_input in inputs]
    write_table(connection, "raw", PROVENANCE, _provenance(connection, roles, records))
    return Loaded(rows, tuple(lines))


def refuse_unknown_codes(
    connection: duckdb.DuckDBPyConnection, edition: Edition, inputs: Sequence[RoleInput]
) -> None:
    """Raise InputError where codes have no place: an inventory's sectors, its concordance's, a world table's."""
    files = {each.role: ", ".join(str(file) for file in each.files) for each in inputs}
    if edition.kind not in ESTIMATED:
        return

    def codes(role: str, column: str) -> list[str]:
        found = connection.sql(f"select distinct {column} from raw.{role} order by all")
        return [str(code) for (code,) in found.fetchall()]

    if any(each.role == WORLD and not each.is_bundled for each in inputs):
        regions, sectors = codes(WORLD, "from_region"), codes(WORLD, "from_sector")
        lost = world_fault(edition, regions, sectors, files[WORLD])
        if lost is not None:
            raise lost
    if "sector_emission" not in files:
        return
    concordance = None
    if CONCORDANCE in files:
        concordance = codes(CONCORDANCE, "source_sector")
        wrong = target_fault(codes(CONCORDANCE, "to_code"), edition, files[CONCORDANCE])
        if wrong is not None:
            raise wrong
    given = codes("sector_emission", "source_sector")
    fault = list_fault(
        given, lists_of(edition, concordance), edition.name, files["sector_emission"]
    )
    if fault is not None:
        raise fault


def _provenance(
    connection: duckdb.DuckDBPyConnection, roles: Sequence[str], records: Iterable[ProvenanceRecord]
) -> pl.DataFrame:
    """The records of what was read now, and of the edition's other roles as they were; in the roles' order."""
    new = pl.DataFrame(list(records))
    order = pl.DataFrame({"role": list(roles)}).with_row_index("place")
    kept = new.clear() if new.width else new
    if PROVENANCE in tables_of(connection, "raw"):
        before = read_table(connection, f"select * from raw.{PROVENANCE}")
        read_now = new["role"].unique().to_list() if new.height else []
        kept = before.filter(~pl.col("role").is_in(read_now) & pl.col("role").is_in(list(roles)))
        if new.width and kept.columns != new.columns:  # of an older version
            kept = new.clear()
    both = pl.concat([kept, new], how="vertical_relaxed") if new.width else kept
    return (
        both.join(order, on="role", how="left", maintain_order="left")
        .sort("place", maintain_order=True)
        .drop("place")
    )


def _descriptions(files: Iterable[Path]) -> set[Path]:
    """The SOURCES.yml beside bundled files: what provenance says of them."""
    return {path for file in files if (path := file.parent / "SOURCES.yml").is_file()}
