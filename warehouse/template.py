"""A role as it is used now, as a table that a user can change and land."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl

from warehouse.contract_check import TEXT, Column, Contract
from warehouse.contracts import CONTRACTS
from warehouse.edition import Edition
from warehouse.errors import UserFacingError
from warehouse.inventory_year import as_used
from warehouse.landing import RoleInput, RoleUnfilled, resolve_role
from warehouse.nearest import hint
from warehouse.provenance import ProvenanceRecord
from warehouse.role_reading import read_role
from warehouse.sources import READERS, tidy
from warehouse.sources.notes import collected

COMMENT = "# "
# Its sums are optional. Without them a user who changes one figure has no sum to change.
_WITH_OPTIONAL_SUMS = "sector_emission"


def write_template(edition: Edition, role: str, home: Path, out: IO[str]) -> int:
    """Write the role of an edition as CSV below comments that say what it holds; returns the rows.

    Landed as it is, the file gives the run the same figures: an inventory of an older year is written as a run
    brings it to the edition's year, and its sums over sectors are left out.  Of a role that nothing fills,
    comments and heading are written.  Raises UserFacingError for a role that the edition does not have,
    InputError where its present file is at fault.
    """
    found = _found(edition, demanded(edition, role), home)
    if found is None:
        _write(out, _unfilled(edition, CONTRACTS[role]))
        out.write(",".join(CONTRACTS[role].column_names) + "\n")
        return 0
    with collected():
        frame, records = read_role(found)
    used = as_used(edition, role, frame, records, home)
    _write(out, _comments(edition, CONTRACTS[role], records, used.brought_from))
    table = used.frame
    if role == _WITH_OPTIONAL_SUMS:
        table = table.filter(pl.col("source_sector") != "TOTAL")
    out.write(table.write_csv())
    return table.height


def _found(edition: Edition, role: str, home: Path) -> RoleInput | None:
    try:
        return resolve_role(edition, role, home)
    except RoleUnfilled:
        return None


def _write(out: IO[str], comments: Iterator[str]) -> None:
    for line in comments:
        out.write(f"{COMMENT}{line}\n")


def demanded(edition: Edition, role: str) -> str:
    """The role, when the edition has it. Raises UserFacingError that names the nearest ones."""
    if role in edition.roles:
        return role
    raise UserFacingError(
        f"Edition {edition.name} has no role {role}{hint(role, edition.roles)}.",
        remedy=f"Its roles: {', '.join(edition.roles)}.",
    )


def _comments(
    edition: Edition, contract: Contract, records: list[ProvenanceRecord], brought_from: int | None
) -> Iterator[str]:
    yield f"{contract.name} of {edition.name} ({edition.year}): {contract.grain}"
    yield f"from {'; '.join(sorted({f'{each.producer}, {each.title}' for each in records}))}"
    if brought_from is not None:
        yield (
            f"The figures of {brought_from} are brought to China's totals of {edition.year} by group of sectors,"
            " as a run does it (docs/inventory.md). A run takes this file as it is."
        )
    yield from _rules(edition, contract)


def _unfilled(edition: Edition, contract: Contract) -> Iterator[str]:
    """What a file must be in a role that nothing fills now: a publisher's file, or a table below this heading."""
    readers = [
        reader.publication.title
        for name, reader in READERS.items()
        if contract.name in reader.roles and name != tidy.NAME
    ]
    yield f"{contract.name} of {edition.name} ({edition.year}): {contract.grain}"
    yield "Nothing fills this role now."
    if readers:
        yield f"These files are read as published, without a change: {'; '.join(readers)}."
        yield "Or bring your own table with the heading below:"
    yield from _rules(edition, contract)


def _rules(edition: Edition, contract: Contract) -> Iterator[str]:
    yield f"No two rows with the same {', '.join(contract.key)}. Lines that begin with # are passed over."
    for column in contract.columns:
        yield f"{column.name}: {_described(column)}"
    yield f"Look at it without a run: tradeplume try {contract.name} FILE --edition {edition.name}"
    yield f"Use it: put it into landing/{edition.name}/{contract.name}/ of the home, and tradeplume run"


def _described(column: Column) -> str:
    parts = [column.description]
    if column.unit:
        parts.append(f"in {column.unit}")
    if column.minimum is not None:
        parts.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        parts.append(f"at most {column.maximum:g}")
    if column.dtype == TEXT and column.allowed is not None and len(column.allowed) <= 12:
        parts.append(f"one of {' '.join(sorted(column.allowed))}")
    return ", ".join(parts)
